import CXRParallel
import CConvolution

// The gradient of the kernel from spectra: the shares' sums, and what they come to.
extension FourierConvolution {
  /// The kernel's gradient from its rows, into which the sums of gathered spectra go first, where these were gathered.
  ///
  /// Where the batch is divided among ranks, each adds the spectra of some horizontal frequencies, and gives the rows that they come
  /// to, which are shorter.
  func kernelGradient(
    _ rows: KernelRows, _ gathered: [GatheredSpectrum], stride: Int
  ) -> PendingGradient {
    guard plan.shares.isDivided else {
      for sum in gathered { toRows(sum, 0..<horizontal, rows, stride: stride) }
      return PendingGradient(kernelGradient(rows))
    }
    let runs = plan.shares.runs(of: horizontal)
    func floats(_ begin: (Int) -> Int) -> [Range<Int>] {
      runs.map { begin($0.lowerBound)..<begin($0.upperBound) }
    }
    let parts = gathered.map(\.added)
    // The last frequency has fewer columns than what follows from its number.
    let frequencies = cxr_frequencies(tiling.tile)
    let add = plan.shares.beginSum(
      parts, floats { min(cxr_first_frequency(tiling.tile, $0), frequencies) * stride })
    let rowRuns = floats { $0 * rows.stride }
    return PendingGradient(holding: frequencies * stride + rows.buffer.count) {
      add()
      if let sum = parts.first {
        toRows(
          GatheredSpectrum(first: sum), runs[plan.shares.ownRun], rows, stride: stride)
      }
      let share = plan.shares.beginSharing(rows.buffer, rowRuns)
      return .waiting {
        share()
        return .formed(kernelGradient(rows))
      }
    }
  }

  private func toRows(
    _ sum: GatheredSpectrum, _ frequencies: Range<Int>, _ rows: KernelRows, stride: Int
  ) {
    // In the order in which they last least.
    let places = (0..<horizontal).map(frequency).filter(frequencies.contains)
    withUnsafePointer(to: tiling) { t in
      Parallel.run(blocks: places.count) {
        let kx = places[$0]
        let first = cxr_first_frequency(tiling.tile, kx) * stride
        stages.kernel_gradient_column(
          t, kx, sum.first.base + first, sum.second.map { $0.base + first }, rows.at(kx))
      }
    }
  }

  private func kernelGradient(_ rows: KernelRows) -> Tensor {
    withUnsafePointer(to: tiling) { t in
      Tensor(shape: plan.kernel) { dw in
        Parallel.forEachBlock(of: plan.channels * outputBlocks, size: 8) { items in
          for item in items {
            stages.kernel_gradient_rows(
              t, item % plan.channels, item / plan.channels, rows.buffer.base, rows.stride, dw)
          }
        }
      }
    }
  }

  /// The sum of the spectra of a single group's parts, of which there is one a share with images.
  func sum(
    ofParts parts: [ImageGroups.Part], _ spectra: [UnsafeMutablePointer<Float>], count: Int
  ) -> SpectrumSum {
    var next = spectra.makeIterator()
    let sum = plan.shares.partSums({ _ in next.next().map { SpectrumSum(first: $0) } }) {
      first, second in first?.adding(second, count: count) ?? second
    }
    guard let sum = sum.first ?? nil else {
      preconditionFailure("FourierConvolution: a group without parts")
    }
    return sum
  }
}
