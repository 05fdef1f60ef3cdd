import CConvolution

/// A convolution by tiles in the frequency domain.
///
/// Images go through in groups whose spectra fit the caches. For a group, each stage is spread over
/// the threads: rows of all tiles; then, one horizontal frequency at a time, columns, products and
/// inverse columns; then inverse rows. What a stage's block covers depends on the shape alone.
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
  /// Images in a group at most, and how many groups that makes.
  let groupSize: Int
  let groups: Int

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
    let most = max(1, min(plan.images, spectrum / perImage))
    groups = (plan.images + most - 1) / most
    groupSize = (plan.images + groups - 1) / max(1, groups)
  }

  var horizontal: Int { tiling.tile / 2 + 1 }

  /// kx by place: the two that take half the work come last, so that threads end together.
  func frequency(_ place: Int) -> Int {
    place < horizontal - 2 ? place + 1 : (place == horizontal - 2 ? 0 : horizontal - 1)
  }

  /// Row spectra of a group's tiles.
  struct Rows {
    let buffer: FloatBuffer
    let stride: Int
    private let tileSize: Int
    private let blockSize: Int

    init(vectors: Int, blocks: Int, rows: Int, lanes: Int, frequencies: Int) {
      blockSize = rows * 2 * lanes
      tileSize = blocks * blockSize
      stride = vectors * blockSize + FourierConvolution.gap
      buffer = FloatBuffer(count: frequencies * stride)
    }

    func at(tile: Int, block: Int = 0) -> UnsafeMutablePointer<Float> {
      buffer.base + tile * tileSize + block * blockSize
    }
  }

  func inputRows() -> Rows {
    withUnsafePointer(to: tiling) {
      Rows(
        vectors: stages.input_vectors($0, groupSize * tiles), blocks: inputBlocks,
        rows: stages.input_rows($0), lanes: lanes, frequencies: horizontal)
    }
  }

  func outputRows() -> Rows {
    withUnsafePointer(to: tiling) {
      Rows(
        vectors: groupSize * tiles * outputBlocks, blocks: outputBlocks,
        rows: stages.output_rows($0), lanes: lanes, frequencies: horizontal)
    }
  }

  /// Calls `body` for each group in order, and once more for none: each call may finish the group
  /// before while it begins its own.
  func forEachGroup(
    _ order: ImageOrder, _ body: (_ group: Range<Int>, _ before: Range<Int>) -> Void
  ) {
    var before = 0..<0
    for place in 0..<groups {
      let number = order(place, of: groups)
      let group = number * groupSize..<min(plan.images, (number + 1) * groupSize)
      body(group, before)
      before = group
    }
    body(0..<0, before)
  }

  /// One tile and channel block of a group.
  struct Item {
    let image: Int
    let tile: Int
    let inGroup: Int
    let block: Int
  }

  func itemCount(_ images: Range<Int>, blocks: Int) -> Int {
    images.count * tiles * blocks
  }

  func inputItemCount(_ images: Range<Int>) -> Int {
    withUnsafePointer(to: tiling) { stages.input_vectors($0, images.count * tiles) }
  }

  /// Transforms the rows of one item of a group's inputs: a tile and channel block, or a pack of tiles.
  func transformInput(
    _ x: ScaledInput, _ factor: UnsafePointer<Float>?, _ offset: UnsafePointer<Float>?, number: Int,
    of group: Range<Int>, into rows: Rows
  ) {
    withUnsafePointer(to: tiling) { t in
      if isPacked {
        let pack = lanes / plan.channels
        stages.transform_packed_input(
          t, x.values.buffer.base + group.lowerBound * plan.inputStride, factor, offset,
          number * pack, group.count * tiles, rows.at(tile: number), rows.stride)
      } else {
        let item = item(number, of: group, blocks: inputBlocks)
        stages.transform_input(
          t, x.values.buffer.base + item.image * plan.inputStride, factor, offset, item.tile,
          item.block, rows.at(tile: item.inGroup, block: item.block), rows.stride)
      }
    }
  }

  func item(_ number: Int, of images: Range<Int>, blocks: Int) -> Item {
    let inGroup = number / blocks
    return Item(
      image: images.lowerBound + inGroup / tiles, tile: inGroup % tiles, inGroup: inGroup,
      block: number % blocks)
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
    _ x: ScaledInput, _ kernel: Kernel, order: ImageOrder,
    _ finish: (_ rows: Rows, _ item: Item) -> Void
  ) {
    let (input, output) = (inputRows(), outputRows())
    let spectra: Spectra =
      switch kernel {
      case .fresh(let kernel): spectra(of: kernel)
      case .prepared(let spectrum): .whole(spectrum)
      }
    let stride = spectrumStride(inner: plan.channels, outer: plan.filters)
    withUnsafePointer(to: tiling) { t in
      x.withScale { factor, offset in
        forEachGroup(order) { group, before in
          let finishing = itemCount(before, blocks: outputBlocks)
          Parallel.run(blocks: finishing + inputItemCount(group)) { number in
            if number < finishing {
              finish(output, item(number, of: before, blocks: outputBlocks))
            } else {
              transformInput(
                x, factor, offset, number: number - finishing, of: group, into: input)
            }
          }
          guard !group.isEmpty else { return }
          forEachFrequency(room: [stride]) { kx, scratch, room in
            stages.multiply_column(
              t, group.count * tiles, kx, input.buffer.base, input.stride,
              spectrum(spectra, kx, stride: stride, scratch: room[0]), output.buffer.base,
              output.stride, scratch)
          }
        }
      }
    }
  }

  /// `[N, H, W, C]` → `[N, H′, W′, K]`, bias added.
  func output(_ x: Tensor, _ kernel: Kernel, bias: Tensor?) -> Tensor {
    Tensor(shape: plan.output) { y in
      withUnsafePointer(to: tiling) { t in
        forward(ScaledInput(x), kernel, order: .ascending) { rows, item in
          stages.store_output(
            t, rows.at(tile: item.inGroup, block: item.block), rows.stride, bias?.buffer.base,
            item.tile, item.block, y + item.image * plan.outputStride)
        }
      }
    }
  }

  /// `[N, H, W, C]` → bias, ReLU, 2×2 maximum.
  func pooled(
    _ x: ScaledInput, _ kernel: Kernel, bias: Tensor, remembering: Bool, order: ImageOrder
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
