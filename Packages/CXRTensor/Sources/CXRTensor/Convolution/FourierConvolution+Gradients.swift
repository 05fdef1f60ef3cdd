import CConvolution

// The way back: gradients of input, kernel and bias.
extension FourierConvolution {
  func backward(
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

  func kernelGradient(_ rows: KernelRows) -> Tensor {
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
