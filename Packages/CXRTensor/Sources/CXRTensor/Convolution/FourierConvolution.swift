import CConvolution

/// A convolution by tiles in the frequency domain.
///
/// Images go through in groups whose spectra fit the caches. For a group, each stage is spread over
/// the threads: rows of all tiles; then, one horizontal frequency at a time, columns, products and
/// inverse columns; then inverse rows. What a stage's block covers depends on the shape alone.
struct FourierConvolution {
  let plan: ConvolutionPlan
  private let tiling: cxr_tiling
  private let stages: cxr_engine
  private let lanes: Int
  /// Tiles an image, channel blocks in and out.
  private let tiles: Int
  private let inputBlocks: Int
  private let outputBlocks: Int
  private var isPacked: Bool { tiling.packed != 0 }
  /// Images in a group at most, and how many groups that makes.
  private let groupSize: Int
  private let groups: Int

  /// Row spectra of a group, in floats: what stays in the shared cache between two stages.
  private static let groupFloats = 1_000_000
  /// Kernel spectra larger than this are read from memory each time, so that one large group is better.
  private static let largeSpectrum = 2_000_000
  /// Row spectra of that one group, at most.
  private static let largestGroup = 5_000_000
  /// Floats between the ends of two frequencies, so that equal places do not share a cache set.
  private static let gap = 32

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
    let perImage =
      (tile / 2 + 1) * tiles * 2 * lanes * (inputBlocks * inRows + outputBlocks * outRows)
    let spectrum =
      cxr_frequencies(tile) * plan.engine.stages.spectrum_stride(plan.channels, outputBlocks)
    let fitting = max(1, Self.groupFloats / perImage)
    let isLarge = spectrum > Self.largeSpectrum
    let most = min(plan.images, isLarge ? max(fitting, Self.largestGroup / perImage) : fitting)
    groups = (plan.images + most - 1) / most
    groupSize = (plan.images + groups - 1) / max(1, groups)
  }

  private var horizontal: Int { tiling.tile / 2 + 1 }

  /// kx by place: the two that take half the work come last, so that threads end together.
  private func frequency(_ place: Int) -> Int {
    place < horizontal - 2 ? place + 1 : (place == horizontal - 2 ? 0 : horizontal - 1)
  }

  /// Row spectra of a group's tiles.
  private struct Rows {
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

  private func inputRows() -> Rows {
    withUnsafePointer(to: tiling) {
      Rows(
        vectors: stages.input_vectors($0, groupSize * tiles), blocks: inputBlocks,
        rows: stages.input_rows($0), lanes: lanes, frequencies: horizontal)
    }
  }

  private func outputRows() -> Rows {
    withUnsafePointer(to: tiling) {
      Rows(
        vectors: groupSize * tiles * outputBlocks, blocks: outputBlocks,
        rows: stages.output_rows($0), lanes: lanes, frequencies: horizontal)
    }
  }

  /// Calls `body` for each group in order, and once more for none: each call may finish the group
  /// before while it begins its own.
  private func forEachGroup(
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
  private struct Item {
    let image: Int
    let tile: Int
    let inGroup: Int
    let block: Int
  }

  private func itemCount(_ images: Range<Int>, blocks: Int) -> Int {
    images.count * tiles * blocks
  }

  private func inputItemCount(_ images: Range<Int>) -> Int {
    withUnsafePointer(to: tiling) { stages.input_vectors($0, images.count * tiles) }
  }

  /// Transforms the rows of one item of a group's inputs: a tile and channel block, or a pack of tiles.
  private func transformInput(
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

  private func item(_ number: Int, of images: Range<Int>, blocks: Int) -> Item {
    let inGroup = number / blocks
    return Item(
      image: images.lowerBound + inGroup / tiles, tile: inGroup % tiles, inGroup: inGroup,
      block: number % blocks)
  }

  /// Calls `body` for each horizontal frequency, with scratch memory of the thread's own, and room for
  /// spectra of one kx whose frequencies are the given numbers of floats apart.
  private func forEachFrequency(
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

  // MARK: The kernel

  /// A kernel's spectra: all of them, or, where they are used once, each as it is needed.
  private enum Spectra {
    case whole(FloatBuffer)
    case rows(KernelRows)
  }

  /// Row spectra of a kernel, `[kx][outer block][inner][rows][2L]`.
  private struct KernelRows {
    let buffer: FloatBuffer
    let stride: Int
    let inner: Int
    let outer: Int
    let isConjugate: Bool

    func at(_ kx: Int) -> UnsafeMutablePointer<Float> { buffer.base + kx * stride }
  }

  private func emptyKernelRows(inner: Int, outer: Int, isConjugate: Bool) -> KernelRows {
    let height = withUnsafePointer(to: tiling) { stages.kernel_rows($0) }
    let stride = plan.engine.blocks(outer) * inner * height * 2 * lanes + Self.gap
    return KernelRows(
      buffer: FloatBuffer(count: horizontal * stride), stride: stride, inner: inner, outer: outer,
      isConjugate: isConjugate)
  }

  /// The rows of a kernel `[R, S, C, K]`: conjugated for the forward pass, or with its channel axes
  /// swapped for the input's gradient.
  private func rows(of kernel: Tensor, forInputGradient: Bool) -> KernelRows {
    let (inner, outer) =
      forInputGradient ? (plan.filters, plan.channels) : (plan.channels, plan.filters)
    var source = kernel.buffer
    if forInputGradient {
      let swapped = FloatBuffer(count: kernel.shape.count)
      let size = inner * outer
      Parallel.run(blocks: plan.kernel[0] * plan.kernel[1]) {
        cxr_swap_channels(source.base + $0 * size, 1, outer, inner, swapped.base + $0 * size)
      }
      source = swapped
    }
    let rows = emptyKernelRows(inner: inner, outer: outer, isConjugate: !forInputGradient)
    withUnsafePointer(to: tiling) { t in
      Parallel.forEachBlock(of: inner * plan.engine.blocks(outer), size: 8) { items in
        for item in items {
          stages.transform_kernel_rows(
            t, source.base, inner, outer, item % inner, item / inner, rows.buffer.base, rows.stride)
        }
      }
    }
    return rows
  }

  /// Floats from one frequency to the next, and of all frequencies of one kx.
  private func spectrumStride(inner: Int, outer: Int) -> Int {
    stages.spectrum_stride(inner, plan.engine.blocks(outer))
  }

  private func column(
    _ rows: KernelRows, _ kx: Int, into spectrum: UnsafeMutablePointer<Float>
  ) {
    withUnsafePointer(to: tiling) {
      stages.transform_kernel_column(
        $0, kx, rows.inner, rows.outer, rows.isConjugate ? 1 : 0, rows.at(kx), spectrum)
    }
  }

  /// The spectrum at kx: where it is kept, or formed in `scratch`.
  private func spectrum(
    _ spectra: Spectra, _ kx: Int, stride: Int, scratch: UnsafeMutablePointer<Float>
  ) -> UnsafePointer<Float> {
    switch spectra {
    case .whole(let buffer):
      return UnsafePointer(buffer.base + cxr_first_frequency(tiling.tile, kx) * stride)
    case .rows(let rows):
      column(rows, kx, into: scratch)
      return UnsafePointer(scratch)
    }
  }

  private func wholeSpectrum(_ rows: KernelRows) -> FloatBuffer {
    let stride = spectrumStride(inner: rows.inner, outer: rows.outer)
    let spectrum = FloatBuffer(count: cxr_frequencies(tiling.tile) * stride)
    Parallel.run(blocks: horizontal) { place in
      let kx = frequency(place)
      column(rows, kx, into: spectrum.base + cxr_first_frequency(tiling.tile, kx) * stride)
    }
    return spectrum
  }

  /// The whole spectrum of a kernel `[R, S, C, K]` for the forward pass.
  func spectrum(of kernel: Tensor) -> FloatBuffer {
    wholeSpectrum(rows(of: kernel, forInputGradient: false))
  }

  /// With a single group each spectrum is used once, and never written to memory as a whole.
  private func spectra(of kernel: Tensor, forInputGradient: Bool = false) -> Spectra {
    let rows = rows(of: kernel, forInputGradient: forInputGradient)
    return groups == 1 ? .rows(rows) : .whole(wholeSpectrum(rows))
  }

  /// What the forward pass multiplies with: a kernel, or its spectrum from an earlier batch.
  enum Kernel {
    case fresh(Tensor)
    case prepared(FloatBuffer)
  }

  // MARK: Forwards

  private func forward(
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

  // MARK: Backwards

  private func backward(
    _ x: ScaledInput, kernel: Tensor, wantsInput: Bool, wantsKernel: Bool, order: ImageOrder,
    sumsAround mean: [Double]?,
    _ transformGradient: (_ rows: Rows, _ item: Item) -> Void
  ) -> PooledGradients {
    precondition(!(wantsInput && isPacked), "FourierConvolution: packed inputs have no gradient")
    let gradient = outputRows()
    // The input's gradient is finished from one of them while the next group's inputs fill the other.
    var input = inputRows()
    var finished = wantsInput ? inputRows() : input
    let transposed = wantsInput ? spectra(of: kernel, forInputGradient: true) : nil
    let transposedStride = spectrumStride(inner: plan.filters, outer: plan.channels)
    let stride = spectrumStride(inner: plan.channels, outer: plan.filters)
    // The kernel's gradient is gathered over groups as a whole spectrum; that of a single group goes
    // back to rows at once.
    let kernelRows = emptyKernelRows(
      inner: plan.channels, outer: plan.filters, isConjugate: false)
    let kernelSpectrum =
      wantsKernel && groups > 1
      ? FloatBuffer(count: cxr_frequencies(tiling.tile) * stride) : nil
    var bias = [Double](repeating: 0, count: outputBlocks * lanes)
    var sums = [Double](repeating: 0, count: mean == nil ? 0 : plan.images * plan.channels * 2)
    let dx = wantsInput ? FloatBuffer(count: plan.input.count) : nil
    var visited = 0
    withUnsafePointer(to: tiling) { t in
      bias.withUnsafeMutableBufferPointer { bias in
        sums.withUnsafeMutableBufferPointer { sums in
          x.withScale { factor, offset in
            forEachGroup(order) { group, before in
              let finishing = wantsInput ? before.count : 0
              let gradients = itemCount(group, blocks: outputBlocks)
              let inputs = wantsKernel ? inputItemCount(group) : 0
              Parallel.run(blocks: finishing + gradients + inputs) { number in
                if number < finishing, let dx {
                  let image = before.lowerBound + number
                  let target = dx.base + image * plan.inputStride
                  stages.store_input_gradient(
                    t, finished.at(tile: number * tiles), finished.stride, target)
                  if let mean, let sums = sums.baseAddress {
                    stages.gradient_sums(
                      x.values.buffer.base + image * plan.inputStride, target, mean,
                      plan.input[1] * plan.input[2], plan.channels,
                      sums + image * plan.channels * 2)
                  }
                } else if number < finishing + gradients {
                  transformGradient(
                    gradient, item(number - finishing, of: group, blocks: outputBlocks))
                } else {
                  transformInput(
                    x, factor, offset, number: number - finishing - gradients, of: group,
                    into: input)
                }
              }
              guard !group.isEmpty else { return }
              visited += 1
              let isLast = visited == groups
              forEachFrequency(room: [transposedStride, stride]) { kx, scratch, room in
                let target =
                  kernelSpectrum.map { $0.base + cxr_first_frequency(tiling.tile, kx) * stride }
                  ?? room[1]
                stages.differentiate_column(
                  t, group.count * tiles, kx, input.buffer.base, input.stride, gradient.buffer.base,
                  gradient.stride,
                  transposed.map { spectrum($0, kx, stride: transposedStride, scratch: room[0]) },
                  wantsKernel ? target : nil, visited > 1 ? 1 : 0, bias.baseAddress, scratch)
                if wantsKernel, isLast {
                  stages.kernel_gradient_column(t, kx, target, kernelRows.at(kx))
                }
              }
              swap(&input, &finished)
            }
          }
        }
      }
    }
    return PooledGradients(
      input: dx.map { Tensor(buffer: $0, shape: plan.input) },
      inputSums: mean.map { _ in sums.summedPairs(channels: plan.channels) },
      kernel: wantsKernel ? kernelGradient(kernelRows) : Tensor(repeating: 0, shape: [0]),
      bias: Tensor(bias[..<plan.filters].map { Float($0) }, shape: [plan.filters]))
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

  /// The gradients from the output's gradient `[N, H′, W′, K]`.
  func gradients(
    _ x: Tensor, kernel: Tensor, outputGradient dy: Tensor, wantsInput: Bool, wantsKernel: Bool
  ) -> PooledGradients {
    withUnsafePointer(to: tiling) { t in
      backward(
        ScaledInput(x), kernel: kernel, wantsInput: wantsInput, wantsKernel: wantsKernel,
        order: .descending, sumsAround: nil
      ) { rows, item in
        stages.transform_gradient(
          t, dy.buffer.base + item.image * plan.outputStride, item.tile, item.block,
          rows.at(tile: item.inGroup, block: item.block), rows.stride)
      }
    }
  }

  /// The gradients from the pooled output's gradient.
  func pooledGradients(
    _ x: ScaledInput, kernel: Tensor, outputGradient: PooledGradient, wantsInput: Bool,
    order: ImageOrder, sumsAround mean: [Double]?
  ) -> PooledGradients {
    let source = PooledGradientSource(plan, outputGradient)
    return withUnsafePointer(to: tiling) { t in
      source.withCoefficients { coefficients in
        backward(
          x, kernel: kernel, wantsInput: wantsInput, wantsKernel: true, order: order,
          sumsAround: wantsInput ? mean : nil
        ) { rows, item in
          var gradient = source.at(image: item.image, coefficients)
          stages.transform_pooled_gradient(
            t, &gradient, item.tile, item.block, rows.at(tile: item.inGroup, block: item.block),
            rows.stride)
        }
      }
    }
  }
}

extension [Double] {
  /// The sums over images of `[images, channels, 2]`, in image order.
  func summedPairs(channels: Int) -> (gradient: [Double], product: [Double]) {
    var (first, second) = (
      [Double](repeating: 0, count: channels), [Double](repeating: 0, count: channels)
    )
    for i in 0..<count / Swift.max(1, channels * 2) {
      for c in 0..<channels {
        first[c] += self[(i * channels + c) * 2]
        second[c] += self[(i * channels + c) * 2 + 1]
      }
    }
    return (first, second)
  }
}
