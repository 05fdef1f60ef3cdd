import CXRParallel
import CConvolution

/// A convolution by tiles in the frequency domain.
///
/// Images go through in groups whose spectra fit the caches, and a group goes through three stages: rows
/// of all its tiles; then, one horizontal frequency at a time, columns, products and inverse columns;
/// then inverse rows. Threads under one cache share the stages of each group; threads far from each
/// other take groups of their own, so that spectra never move between them. The bits are the same.
struct FourierConvolution {
  let plan: ConvolutionPlan
  let tiling: cxr_tiling
  let stages: cxr_engine
  let lanes: Int
  /// Tiles an image, channel blocks in and out.
  let tiles: Int
  let inputBlocks: Int
  let outputBlocks: Int
  var isPacked: Bool { tiling.packed != 0 }
  /// How the images go through.
  let cut: ImageGroups
  var groups: Int { cut.groups.count }

  /// Floats between the ends of two frequencies, so that equal places do not share a cache set.
  static let gap = 32

  /// `nil` where the plan is another. The input's gradient cannot be formed where `packing` is allowed.
  init?(_ plan: ConvolutionPlan, packing: Bool = true) {
    guard case .fourier(let tile) = plan.algorithm, var tiling = plan.tiling(tile: tile) else {
      return nil
    }
    if !packing { tiling.packed = 0 }
    self.plan = plan
    self.tiling = tiling
    stages = plan.engine.stages
    lanes = plan.engine.lanes
    tiles = tiling.tiles_y * tiling.tiles_x
    inputBlocks = plan.engine.blocks(plan.channels)
    outputBlocks = plan.engine.blocks(plan.filters)
    let (inRows, outRows) = withUnsafePointer(to: tiling) {
      (plan.engine.stages.input_rows($0), plan.engine.stages.output_rows($0))
    }
    // A group's row spectra are as large as the kernel's spectrum, which each group reads again: with
    // smaller groups the kernel's would be read too often, with larger ones neither stays in a cache.
    let perImage =
      (tile / 2 + 1) * tiles * 2 * lanes * (inputBlocks * inRows + outputBlocks * outRows)
    let spectrum =
      cxr_frequencies(tile) * plan.engine.stages.spectrum_stride(plan.channels, outputBlocks)
    let most = max(1, spectrum / perImage)
    cut = ImageGroups.cut(
      plan.shares, wanted: (plan.shares.nominal + most - 1) / most, isApart: tiling.packed != 0)
  }

  var horizontal: Int { tiling.tile / 2 + 1 }

  /// kx by place. The two that take half the work come last, so that threads end together; where there is
  /// an even number of others, one of the two ends each half.
  func frequency(_ place: Int) -> Int {
    let last = horizontal - 1
    let first = horizontal.isMultiple(of: 2) ? last / 2 : last - 1
    if place == first { return 0 }
    if place == last { return last }
    return place < first ? place + 1 : place
  }

  /// Calls `body` for each horizontal frequency, with scratch memory of the thread's own, and room for
  /// spectra of one kx whose frequencies are the given numbers of floats apart.
  func forEachFrequency(
    room: [Int],
    _ body: (
      _ kx: Int, _ scratch: UnsafeMutablePointer<Float>, _ room: [UnsafeMutablePointer<Float>]
    ) -> Void
  ) {
    Parallel.withWorkers(horizontal) { next in
      let scratch = FloatBuffer(
        count: withUnsafePointer(to: tiling) { stages.column_scratch($0) })
      // Spectra that are kept as a whole need no room.
      let buffers = room.map { FloatBuffer(count: groups == 1 ? tiling.tile * $0 : 0) }
      while let place = next() { body(frequency(place), scratch.base, buffers.map(\.base)) }
    }
  }

  func forward(
    _ x: ScaledInput, _ kernel: Kernel, order: BlockOrder,
    _ finish: (_ rows: Rows, _ item: Item) -> Void
  ) {
    let spectra: Spectra =
      switch kernel {
      case .fresh(let kernel): spectra(of: kernel)
      case .prepared(let spectrum): .whole(spectrum)
      }
    let stride = spectrumStride(inner: plan.channels, outer: plan.filters)
    withUnsafePointer(to: tiling) { t in
      x.withScale { factor, offset in
        func take(_ groups: Range<Int>, _ input: Rows, _ output: Rows) {
          self.take(groups, order) {
            inputItemCount($0)
          } begin: { group, block in
            transformInput(x, factor, offset, number: block, of: group.images, into: input)
          } columns: { group in
            forEachFrequency(room: [stride]) { kx, scratch, room in
              stages.multiply_column(
                t, group.images.count * tiles, kx, input.buffer.base, input.stride,
                spectrum(spectra, kx, stride: stride, scratch: room[0]), output.buffer.base,
                output.stride, scratch)
            }
          } ends: {
            outputItemCount($0)
          } end: { group, block in
            finish(output, outputItem(block, of: group.images))
          }
        }
        guard isDivided(parts: groups) else {
          return take(0..<groups, inputRows(), outputRows())
        }
        Parallel.withWorkers(groups, order: order) { next in
          let (input, output) = (inputRows(), outputRows())
          while let group = next() { take(group..<group + 1, input, output) }
        }
      }
    }
  }

  /// `[N, H, W, C]` → `[N, H′, W′, K]`, bias added.
  func output(_ x: ScaledInput, _ kernel: Kernel, bias: Tensor?) -> Tensor {
    Tensor(shape: plan.output) { y in
      withUnsafePointer(to: tiling) { t in
        forward(x, kernel, order: .ascending) { rows, item in
          stages.store_output(
            t, rows.at(tile: item.inGroup, block: item.block), rows.stride, bias?.buffer.base,
            item.tile, item.block, y + item.image * plan.outputStride)
        }
      }
    }
  }

  /// `[N, H, W, C]` → bias, ReLU, 2×2 maximum.
  func pooled(
    _ x: ScaledInput, _ kernel: Kernel, bias: Tensor, remembering: Bool, order: BlockOrder
  ) -> PooledOutput {
    let pool = PoolingMemory(plan, parts: tiles, remembering: remembering)
    withUnsafePointer(to: tiling) { t in
      forward(x, kernel, order: order) { rows, item in
        var target = pool.target(image: item.image, bias: bias)
        stages.pool_output(
          t, rows.at(tile: item.inGroup, block: item.block), rows.stride, &target, item.tile,
          item.block, item.image * tiles + item.tile)
      }
    }
    return pool.output()
  }
}
