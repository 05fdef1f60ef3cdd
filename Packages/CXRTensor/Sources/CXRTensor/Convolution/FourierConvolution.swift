import Glibc
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
  /// Images in a group at most, and how many groups that makes.
  private let groupSize: Int
  private let groups: Int

  /// Floats of column spectra that a thread works on: what a core's second cache holds.
  private static let columnFloats = Int(getenv("XG").map{String(cString:$0)} ?? "150000")!
  /// Tiles in a group at least: fewer, and reading the kernel's spectrum takes longer than multiplying.
  private static let fewestTiles = Int(getenv("XM").map{String(cString:$0)} ?? "32")!
  /// Floats between the ends of two frequencies, so that equal places do not share a cache set.
  private static let gap = 32

  init?(_ plan: ConvolutionPlan) {
    guard case .fourier(let tile) = plan.algorithm, let tiling = plan.tiling(tile: tile) else {
      return nil
    }
    self.plan = plan
    self.tiling = tiling
    stages = plan.engine.stages
    lanes = plan.engine.lanes
    tiles = tiling.tiles_y * tiling.tiles_x
    inputBlocks = plan.engine.blocks(plan.channels)
    outputBlocks = plan.engine.blocks(plan.filters)
    let perImage = tile * tiles * (inputBlocks + outputBlocks) * 3 * lanes
    let most = max(
      1, min(plan.images, max(Self.columnFloats / perImage, (Self.fewestTiles + tiles - 1) / tiles)))
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

    init(tiles: Int, blocks: Int, rows: Int, lanes: Int, frequencies: Int) {
      blockSize = rows * 2 * lanes
      tileSize = blocks * blockSize
      stride = tiles * tileSize + FourierConvolution.gap
      buffer = FloatBuffer(count: frequencies * stride)
    }

    func at(tile: Int, block: Int = 0) -> UnsafeMutablePointer<Float> {
      buffer.base + tile * tileSize + block * blockSize
    }
  }

  private func inputRows() -> Rows {
    withUnsafePointer(to: tiling) {
      Rows(
        tiles: groupSize * tiles, blocks: inputBlocks, rows: stages.input_rows($0), lanes: lanes,
        frequencies: horizontal)
    }
  }

  private func outputRows() -> Rows {
    withUnsafePointer(to: tiling) {
      Rows(
        tiles: groupSize * tiles, blocks: outputBlocks, rows: stages.output_rows($0), lanes: lanes,
        frequencies: horizontal)
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

  private func item(_ number: Int, of images: Range<Int>, blocks: Int) -> Item {
    let inGroup = number / blocks
    return Item(
      image: images.lowerBound + inGroup / tiles, tile: inGroup % tiles, inGroup: inGroup,
      block: number % blocks)
  }

  /// Calls `body` for each horizontal frequency, with scratch memory of the thread's own.
  private func forEachFrequency(
    _ body: (_ kx: Int, _ scratch: UnsafeMutablePointer<Float>) -> Void
  ) {
    Parallel.withWorkers(horizontal) { next in
      let size = withUnsafePointer(to: tiling) { stages.column_scratch($0) }
      let scratch = FloatBuffer(count: size)
      while let place = next() { body(frequency(place), scratch.base) }
    }
  }

  // MARK: The kernel

  /// The spectrum of a kernel `[R, S, C, K]`: conjugated for the forward pass, or with its channel
  /// axes swapped for the input's gradient.
  func spectrum(of kernel: Tensor, forInputGradient: Bool = false) -> FloatBuffer {
    let (inner, outer) =
      forInputGradient ? (plan.filters, plan.channels) : (plan.channels, plan.filters)
    let area = plan.kernel[0] * plan.kernel[1]
    var source = kernel.buffer
    if forInputGradient {
      let swapped = FloatBuffer(count: kernel.shape.count)
      let size = inner * outer
      Parallel.run(blocks: area) {
        cxr_swap_channels(
          source.base + $0 * size, 1, outer, inner, swapped.base + $0 * size)
      }
      source = swapped
    }
    let blocks = plan.engine.blocks(outer)
    return withUnsafePointer(to: tiling) { t in
      let height = stages.kernel_rows(t)
      let stride = blocks * inner * height * 2 * lanes + Self.gap
      let rows = FloatBuffer(count: horizontal * stride)
      Parallel.forEachBlock(of: inner * blocks, size: 8) { items in
        for item in items {
          stages.transform_kernel_rows(
            t, source.base, inner, outer, item % inner, item / inner, rows.base, stride)
        }
      }
      let spectrum = FloatBuffer(
        count: cxr_frequencies(tiling.tile) * stages.spectrum_stride(inner, blocks))
      Parallel.run(blocks: horizontal) { place in
        let kx = frequency(place)
        stages.transform_kernel_column(
          t, kx, inner, outer, forInputGradient ? 0 : 1, rows.base + kx * stride, spectrum.base)
      }
      return spectrum
    }
  }

  // MARK: Forwards

  private func forward(
    _ x: ScaledInput, spectrum: FloatBuffer, order: ImageOrder,
    _ finish: (_ rows: Rows, _ item: Item) -> Void
  ) {
    let (input, output) = (inputRows(), outputRows())
    withUnsafePointer(to: tiling) { t in
      x.withScale { factor, offset in
        forEachGroup(order) { group, before in
          let finishing = itemCount(before, blocks: outputBlocks)
          Parallel.run(blocks: finishing + itemCount(group, blocks: inputBlocks)) { number in
            if number < finishing {
              finish(output, item(number, of: before, blocks: outputBlocks))
            } else {
              let item = item(number - finishing, of: group, blocks: inputBlocks)
              stages.transform_input(
                t, x.values.buffer.base + item.image * plan.inputStride, factor, offset, item.tile,
                item.block, input.at(tile: item.inGroup, block: item.block), input.stride)
            }
          }
          guard !group.isEmpty else { return }
          forEachFrequency { kx, scratch in
            stages.multiply_column(
              t, group.count * tiles, kx, input.buffer.base, input.stride, spectrum.base,
              output.buffer.base, output.stride, scratch)
          }
        }
      }
    }
  }

  /// `[N, H, W, C]` → `[N, H′, W′, K]`, bias added.
  func output(_ x: Tensor, spectrum: FloatBuffer, bias: Tensor?) -> Tensor {
    Tensor(shape: plan.output) { y in
      withUnsafePointer(to: tiling) { t in
        forward(ScaledInput(x), spectrum: spectrum, order: .ascending) { rows, item in
          stages.store_output(
            t, rows.at(tile: item.inGroup, block: item.block), rows.stride, bias?.buffer.base,
            item.tile, item.block, y + item.image * plan.outputStride)
        }
      }
    }
  }

  /// `[N, H, W, C]` → bias, ReLU, 2×2 maximum.
  func pooled(
    _ x: ScaledInput, spectrum: FloatBuffer, bias: Tensor, remembering: Bool, order: ImageOrder
  ) -> PooledOutput {
    let pool = PoolingMemory(plan, parts: tiles, remembering: remembering)
    withUnsafePointer(to: tiling) { t in
      forward(x, spectrum: spectrum, order: order) { rows, item in
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
    let gradient = outputRows()
    // The input's gradient is finished from one of them while the next group's inputs fill the other.
    var input = inputRows()
    var finished = wantsInput ? inputRows() : input
    let transposed = wantsInput ? spectrum(of: kernel, forInputGradient: true) : nil
    let kernelSpectrum =
      wantsKernel
      ? FloatBuffer(
        count: cxr_frequencies(tiling.tile) * stages.spectrum_stride(plan.channels, outputBlocks))
      : nil
    var bias = [Double](repeating: 0, count: outputBlocks * lanes)
    var sums = [Double](repeating: 0, count: mean == nil ? 0 : plan.images * plan.channels * 2)
    let dx = wantsInput ? FloatBuffer(count: plan.input.count) : nil
    var isFirst = true
    withUnsafePointer(to: tiling) { t in
      bias.withUnsafeMutableBufferPointer { bias in
        sums.withUnsafeMutableBufferPointer { sums in
          x.withScale { factor, offset in
            forEachGroup(order) { group, before in
              let finishing = wantsInput ? before.count : 0
              let gradients = itemCount(group, blocks: outputBlocks)
              let inputs = wantsKernel ? itemCount(group, blocks: inputBlocks) : 0
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
                  let item = item(number - finishing - gradients, of: group, blocks: inputBlocks)
                  stages.transform_input(
                    t, x.values.buffer.base + item.image * plan.inputStride, factor, offset,
                    item.tile, item.block, input.at(tile: item.inGroup, block: item.block),
                    input.stride)
                }
              }
              guard !group.isEmpty else { return }
              forEachFrequency { kx, scratch in
                stages.differentiate_column(
                  t, group.count * tiles, kx, input.buffer.base, input.stride, gradient.buffer.base,
                  gradient.stride, transposed?.base, kernelSpectrum?.base, isFirst ? 0 : 1,
                  bias.baseAddress, scratch)
              }
              isFirst = false
              swap(&input, &finished)
            }
          }
        }
      }
    }
    return PooledGradients(
      input: dx.map { Tensor(buffer: $0, shape: plan.input) },
      inputSums: mean.map { _ in sums.summedPairs(channels: plan.channels) },
      kernel: kernelSpectrum.map(kernelGradient)
        ?? Tensor(repeating: 0, shape: wantsKernel ? plan.kernel : [0]),
      bias: Tensor(bias[..<plan.filters].map { Float($0) }, shape: [plan.filters]))
  }

  private func kernelGradient(_ spectrum: FloatBuffer) -> Tensor {
    withUnsafePointer(to: tiling) { t in
      let stride =
        outputBlocks * plan.channels * stages.kernel_rows(t) * 2 * lanes + Self.gap
      let rows = FloatBuffer(count: horizontal * stride)
      Parallel.run(blocks: horizontal) { place in
        let kx = frequency(place)
        stages.kernel_gradient_column(t, kx, spectrum.base, rows.base + kx * stride)
      }
      return Tensor(shape: plan.kernel) { dw in
        Parallel.forEachBlock(of: plan.channels * outputBlocks, size: 8) { items in
          for item in items {
            stages.kernel_gradient_rows(
              t, item % plan.channels, item / plan.channels, rows.base, stride, dw)
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
