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
  /// Images in a group at most, and how many groups that makes.
  let groupSize: Int
  let groups: Int
  /// Parts of the batch whose kernel gradients are summed apart, and then added in order.
  let shares: Int
  private static let mostShares = 2

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
    let wanted = (plan.images + most - 1) / most
    let shares = wanted == 1 ? 1 : Self.mostShares
    // Shares of equal numbers of groups keep threads equally busy.
    let groups = min(plan.images, (wanted + shares - 1) / shares * shares)
    groupSize = groups == 0 ? 0 : (plan.images + groups - 1) / groups
    self.groups = groupSize == 0 ? 0 : (plan.images + groupSize - 1) / groupSize
    self.shares = min(shares, self.groups)
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

  /// The images of a group.
  func images(_ group: Int) -> Range<Int> {
    group * groupSize..<min(plan.images, (group + 1) * groupSize)
  }

  /// Whether each thread takes parts of its own when there are so many: far from each other threads
  /// should, unless some would have nothing to do.
  func isDivided(parts: Int) -> Bool {
    let threads = Parallel.threads
    return (parts.isMultiple(of: threads) || parts > 4 * threads) && !Parallel.threadsShareCache
  }

  /// A group whose turn it is.
  struct Visit {
    let images: Range<Int>
    /// How many came before it.
    let place: Int
  }

  /// Takes groups through their stages. The threads end one group while they begin the next.
  ///
  /// - Parameters:
  ///   - groups: their numbers.
  ///   - begins: the number of blocks that `begin` is called for.
  ///   - ends: the number of blocks that `end` is called for.
  func take(
    _ groups: Range<Int>, _ order: BlockOrder,
    begins: (_ images: Range<Int>) -> Int, begin: (_ group: Visit, _ block: Int) -> Void,
    columns: (_ group: Visit) -> Void,
    ends: (_ images: Range<Int>) -> Int, end: (_ group: Visit, _ block: Int) -> Void
  ) {
    var before: Visit?
    for place in 0...groups.count {
      let now =
        place < groups.count
        ? Visit(images: images(order(place, of: groups)), place: place) : nil
      let ending = before.map { ends($0.images) } ?? 0
      let beginning = now.map { begins($0.images) } ?? 0
      // The smaller ones last, so that threads end together.
      let first = ending > beginning ? beginning : 0
      Parallel.run(blocks: ending + beginning) { block in
        if block < first, let now {
          begin(now, block)
        } else if block < first + ending, let before {
          end(before, block - first)
        } else if let now {
          begin(now, block - ending)
        }
      }
      if let now { columns(now) }
      before = now
    }
  }

  /// One row of tiles of a group.
  struct Strip {
    let image: Int
    let inImage: Int
    /// The place of its first tile in the group.
    let firstTile: Int
  }

  func stripCount(_ images: Range<Int>) -> Int { images.count * tiling.tiles_y }

  func strip(_ number: Int, of images: Range<Int>) -> Strip {
    let (image, inImage) = number.quotientAndRemainder(dividingBy: tiling.tiles_y)
    return Strip(
      image: images.lowerBound + image, inImage: inImage, firstTile: number * tiling.tiles_x)
  }

  /// One tile and channel block of a group.
  struct Item {
    let image: Int
    let tile: Int
    let inGroup: Int
    let block: Int
  }

  func outputItemCount(_ images: Range<Int>) -> Int {
    images.count * tiles * outputBlocks
  }

  func outputItem(_ number: Int, of images: Range<Int>) -> Item {
    let inGroup = number / outputBlocks
    return Item(
      image: images.lowerBound + inGroup / tiles, tile: inGroup % tiles, inGroup: inGroup,
      block: number % outputBlocks)
  }

  func inputItemCount(_ images: Range<Int>) -> Int {
    isPacked
      ? withUnsafePointer(to: tiling) { stages.input_vectors($0, images.count * tiles) }
      : stripCount(images)
  }

  /// Transforms the rows of one item of a group's inputs: a strip, or a pack of tiles.
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
        let strip = strip(number, of: group)
        stages.transform_input(
          t, x.values.buffer.base + strip.image * plan.inputStride, factor, offset, strip.inImage,
          rows.at(tile: strip.firstTile), rows.stride)
      }
    }
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
