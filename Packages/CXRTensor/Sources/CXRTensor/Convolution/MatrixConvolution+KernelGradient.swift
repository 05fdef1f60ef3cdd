import CXRParallel
import CConvolution
import CTensorKernels

// The gradient of the kernel: cut into parts of the kernel, and, where these are few, each share's images into runs that are
// summed by themselves. Both follow from the shape.
extension MatrixConvolution {
  /// Work that is cut for threads, at least, unless there are fewer images.
  private static let parts = 16
  /// Of a part of the kernel: its rows and columns.
  private static let (partRows, partColumns) = (288, 512)
  /// Floats that a thread sums at a time.
  private static let sumBlock = 4096

  /// A part of the kernel as a matrix.
  private struct Part {
    let rows: Range<Int>
    let columns: Range<Int>

    /// Adds what rows of a and of the output's gradient, of so many filters, come to.
    func add(
      _ a: cxr_rows, _ places: Range<Int>, _ dy: UnsafePointer<Float>, _ filters: Int,
      isFirst: Bool, to sum: UnsafeMutablePointer<Float>, _ scratch: FloatBuffer
    ) {
      var a = a
      a.values += rows.lowerBound
      a.factor = a.factor.map { $0 + rows.lowerBound }
      a.offset = a.offset.map { $0 + rows.lowerBound }
      TransposedProduct.add(
        a, rows: places, inner: rows.count, dy + columns.lowerBound, strideB: filters,
        outer: columns.count, accumulate: !isFirst,
        into: sum + rows.lowerBound * filters + columns.lowerBound, stride: filters, scratch)
    }
  }

  private var kernelParts: [Part] {
    let size = plan.kernel[0] * plan.kernel[1] * plan.kernel[2]
    return cut(size, Self.partRows).flatMap { rows in
      cut(plan.filters, Self.partColumns).map { Part(rows: rows, columns: $0) }
    }
  }

  /// `0..<count` in pieces of at most `most`, each of whole vectors but the last.
  private func cut(_ count: Int, _ most: Int) -> [Range<Int>] {
    let pieces = (count + most - 1) / most
    let each = ((count + pieces - 1) / pieces + 15) / 16 * 16
    return stride(from: 0, to: count, by: each).map { $0..<min(count, $0 + each) }
  }

  /// What a thread takes at most, in bytes: patches, and what a product lays down.
  var threadBytes: Int {
    let stages = ConvolutionEngine.standard.stages
    let patches = plan.needsPatches ? mostPatchFloats : 0
    let forward = stages.product_scratch(
      max(plan.filters, plan.kernel.count / max(1, plan.filters)))
    let backward = stages.transposed_product_scratch(
      kernelParts.map(\.rows.count).max() ?? 0, kernelParts.map(\.columns.count).max() ?? 0)
    return 4 * (patches + max(forward, backward))
  }

  /// Sums that are formed beside one another, each of a whole kernel.
  var gradientSums: Int {
    (0..<plan.shares.count).reduce(0) { $0 + imageRuns(ofShare: $1).count }
  }

  /// `[R, S, C, K]`, summed over runs of a share's images, those in order, and the shares in their tree.
  func kernelGradient(_ x: ConvolutionInput, _ dy: Tensor) -> PendingGradient {
    let runs = (0..<plan.shares.count).flatMap { share in
      imageRuns(ofShare: share).map { (share: share, images: $0) }
    }
    let partial = runs.map { _ in Tensor(shape: plan.kernel) { _ in } }
    // Patches are written once for all parts of a kernel.
    let parts = kernelParts
    let groups = plan.needsPatches ? [parts] : parts.map { [$0] }
    x.withRows { all in
      Parallel.withWorkers(runs.count * groups.count) { next in
        let scratch = TransposedProduct.scratch(
          inner: parts.map(\.rows.count).max() ?? 0, outer: parts.map(\.columns.count).max() ?? 0)
        let memory = plan.needsPatches ? patchMemory() : nil
        while let item = next() {
          let (run, group) = (item / groups.count, groups[item % groups.count])
          let (images, sum) = (runs[run].images, partial[run].buffer.base)
          func add(_ a: cxr_rows, _ rows: Range<Int>, _ dy: UnsafePointer<Float>, isFirst: Bool) {
            for part in group {
              part.add(a, rows, dy, plan.filters, isFirst: isFirst, to: sum, scratch)
            }
          }
          guard let memory else {
            let rows = images.lowerBound * pixels..<images.upperBound * pixels
            add(all, rows, dy.buffer.base, isFirst: true)
            continue
          }
          for place in images.lowerBound * blocksPerImage..<images.upperBound * blocksPerImage {
            let (n, rows) = (place / blocksPerImage, rows(ofBlock: place % blocksPerImage))
            let first = n * pixels + rows.lowerBound * plan.output[2]
            add(
              matrix(x.values, image: n, rows: rows, memory), 0..<rows.count * plan.output[2],
              dy.buffer.base + first * plan.filters,
              isFirst: place == images.lowerBound * blocksPerImage)
          }
        }
      }
    }
    // All sums of a block of the kernel one after another: each by itself is short work for several threads.
    var additions: [(sum: Tensor, other: Tensor)] = []
    func added(_ sum: Tensor, _ other: Tensor) -> Tensor {
      additions.append((sum, other))
      return sum
    }
    let sums = plan.shares.partSums(
      { share in
        // A share with images has a run.
        let own = runs.indices.filter { runs[$0].share == share }
        return own.dropFirst().reduce(partial[own[0]]) { added($0, partial[$1]) }
      }, added)
    Parallel.forEachBlock(of: plan.kernel.count, size: Self.sumBlock) { block in
      for (sum, other) in additions {
        cxr_add(
          sum.buffer.base + block.lowerBound, other.buffer.base + block.lowerBound, block.count)
      }
    }
    return plan.shares.pendingSum(shape: plan.kernel, ofParts: sums)
  }

  /// The images of a share in runs that are summed by themselves, cut from a whole batch's.
  private func imageRuns(ofShare share: Int) -> [Range<Int>] {
    let (whole, present) = (plan.shares.nominalPlaces(of: share), plan.shares.places(of: share))
    let others = plan.shares.count * (plan.needsPatches ? 1 : kernelParts.count)
    let count = max(1, min(whole.count, Self.parts / others))
    return (0..<count).map {
      (whole.lowerBound + whole.count * $0 / count..<whole.lowerBound + whole.count * ($0 + 1)
        / count).clamped(to: present)
    }.filter { !$0.isEmpty }
  }
}
