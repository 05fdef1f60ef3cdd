import CXRParallel

extension Tensor {
  /// The sums over axes, in Double and in the order of the elements, whatever the threads; the axes become 1. Where the
  /// first axis is one of them, its shares are summed apart: those given, or the standard ones.
  func summed(over axes: Set<Int>, _ shares: BatchShares? = nil) -> Tensor {
    let shape = self.shape.reduced(over: axes, keepingAxes: true)
    // Where the batch is divided among ranks its first axis is longer than what is here, and summed over or not as a whole.
    let whole =
      shares?.isDivided == true
      ? Shape([shares?.wholeImages ?? 0] + self.shape.dimensions.dropFirst()) : self.shape
    let runs = AxisRuns(whole) { !axes.contains($0) }
    // The sum over all axes but the last, and over all, which is parallel over rows.
    if runs.areKept == [false, true] || runs.areKept == [false] {
      let channels = runs.areKept.count == 1 ? 1 : runs.inner
      let shares = shares ?? BatchShares(images: self.shape.rank > 0 ? self.shape[0] : 1)
      return reshaped(to: [self.shape.count / Swift.max(1, channels), channels])
        .columnSums(shares).reshaped(to: shape)
    }
    if runs.areKept.first == false, axes.contains(0), whole[0] > 1 {
      let shares = (shares ?? BatchShares(images: self.shape[0])).suiting(rows: self.shape[0])
      if shares.count > 1 {
        let runs = shares.runs(ofRows: self.shape[0])
        return shares.sum(shape: shape) {
          firstPlaces(runs[$0]).summed(inOrderOver: axes, to: shape)
        }
      }
    }
    return summed(inOrderOver: axes, to: shape)
  }

  /// The elements at a run of places of the first axis.
  private func firstPlaces(_ places: Range<Int>) -> Tensor {
    let each = shape.count / shape[0]
    return Tensor(shape: Shape([places.count] + shape.dimensions.dropFirst())) {
      $0.update(from: buffer.base + places.lowerBound * each, count: places.count * each)
    }
  }

  private func summed(inOrderOver axes: Set<Int>, to shape: Shape) -> Tensor {
    let runs = AxisRuns(self.shape) { !axes.contains($0) }
    return reduced(runs, to: shape) { elements, count, sums, isInnerKept in
      if isInnerKept {
        for i in 0..<count { sums[i] += Double(elements[i]) }
      } else {
        var sum = 0.0
        for i in 0..<count { sum += Double(elements[i]) }
        sums[0] += sum
      }
    }
  }

  /// The largest elements over axes, NaN where one is; the axes become 1. Traps where there is none.
  func largest(over axes: Set<Int>) -> Tensor {
    let shape = self.shape.reduced(over: axes, keepingAxes: true)
    precondition(
      self.shape.count > 0 || shape.count == 0, "maximum: shape \(self.shape) has no elements")
    let runs = AxisRuns(self.shape) { !axes.contains($0) }
    return reduced(runs, to: shape, from: -.infinity) { elements, count, largest, isInnerKept in
      for i in 0..<count {
        let (x, place) = (Double(elements[i]), isInnerKept ? i : 0)
        // A NaN is kept, and replaces what is none.
        if !(x <= largest[place]) && !largest[place].isNaN { largest[place] = x }
      }
    }
  }

  /// Takes elements that lie side by side into the results of their places, whose number is theirs where the last run is
  /// kept, and 1 otherwise; piece after piece in the order of the elements.
  private func reduced(
    _ runs: AxisRuns, to shape: Shape, from start: Double = 0,
    _ take: (
      _ elements: UnsafePointer<Float>, _ count: Int, _ results: UnsafeMutablePointer<Double>,
      _ isInnerKept: Bool
    ) -> Void
  ) -> Tensor {
    guard self.shape.count > 0 else { return Tensor(repeating: Float(start), shape: shape) }
    let (count, inner, isInnerKept) = (runs.outerKeptCount, runs.inner, runs.isInnerKept)
    let (begins, dropped) = (runs.keptOffset, runs.droppedOffsets)
    let width = isInnerKept ? inner : 1
    return scalars.withUnsafeBufferPointer { source in
      Tensor(shape: shape) { target in
        guard let source = source.baseAddress else { return }
        Parallel.forEachBlock(of: count, size: placesOfBlock(inner * dropped.count)) { places in
          withUnsafeTemporaryAllocation(of: Double.self, capacity: width) { results in
            guard let base = results.baseAddress else { return }
            for place in places {
              base.update(repeating: start, count: width)
              for offset in dropped {
                take(source + begins(place) + offset, inner, base, isInnerKept)
              }
              for i in 0..<width { target[place * width + i] = Float(base[i]) }
            }
          }
        }
      }
    }
  }
}
