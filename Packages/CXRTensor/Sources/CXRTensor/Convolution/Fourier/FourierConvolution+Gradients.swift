import CXRParallel
import CConvolution

// The way back: gradients of input, kernel and bias.
extension FourierConvolution {
  func backward(
    _ x: ScaledInput, kernel: Tensor, wantsInput: Bool, wantsKernel: Bool, order: BlockOrder,
    sumsAround mean: [Double]?,
    _ transformGradient: (_ rows: Rows, _ strip: Strip) -> Void
  ) -> ConvolutionGradients {
    precondition(!(wantsInput && isPacked), "FourierConvolution: packed inputs have no gradient")
    let transposed = wantsInput ? spectra(of: kernel, forInputGradient: true) : nil
    let transposedStride = spectrumStride(inner: plan.filters, outer: plan.channels)
    let stride = spectrumStride(inner: plan.channels, outer: plan.filters)
    // A share of the kernel's gradient is gathered over its groups as a whole spectrum; that of a single
    // group goes back to rows at once.
    let kernelRows = emptyKernelRows(
      inner: plan.channels, outer: plan.filters, isConjugate: false)
    let shareSize = cxr_frequencies(tiling.tile) * stride
    let kernelShares =
      wantsKernel && groups > 1 ? FloatBuffer(count: shares * shareSize) : nil
    let biasSize = outputBlocks * lanes
    var biasShares = [Double](repeating: 0, count: max(1, shares) * biasSize)
    var sums = [Double](repeating: 0, count: mean == nil ? 0 : plan.images * plan.channels * 2)
    let dx = wantsInput ? FloatBuffer(count: plan.input.count) : nil
    withUnsafePointer(to: tiling) { t in
      biasShares.withUnsafeMutableBufferPointer { biasShares in
        sums.withUnsafeMutableBufferPointer { sums in
          x.withScale { factor, offset in
            // The input's gradient takes the input's place, and is there while the next group begins.
            func take(_ share: Int, _ inputs: [Rows], _ gradient: Rows) {
              let numbers = groups * share / shares..<groups * (share + 1) / shares
              self.take(numbers, order) {
                stripCount($0) + (wantsKernel ? inputItemCount($0) : 0)
              } begin: { group, block in
                let gradients = stripCount(group.images)
                if block < gradients {
                  transformGradient(gradient, strip(block, of: group.images))
                } else {
                  transformInput(
                    x, factor, offset, number: block - gradients, of: group.images,
                    into: inputs[group.place % 2])
                }
              } columns: { group in
                let input = inputs[group.place % 2]
                forEachFrequency(room: [transposedStride, stride]) { kx, scratch, room in
                  let target =
                    kernelShares.map {
                      $0.base + share * shareSize + cxr_first_frequency(tiling.tile, kx) * stride
                    } ?? room[1]
                  stages.differentiate_column(
                    t, group.images.count * tiles, kx, input.buffer.base, input.stride,
                    gradient.buffer.base, gradient.stride,
                    transposed.map {
                      spectrum($0, kx, stride: transposedStride, scratch: room[0])
                    }, wantsKernel ? target : nil, group.place > 0 ? 1 : 0,
                    biasShares.baseAddress.map { $0 + share * biasSize }, scratch)
                  if wantsKernel, groups == 1 {
                    stages.kernel_gradient_column(t, kx, target, 1, 0, kernelRows.at(kx))
                  }
                }
              } ends: {
                wantsInput ? $0.count : 0
              } end: { group, block in
                guard let dx else { return }
                let input = inputs[group.place % 2]
                let image = group.images.lowerBound + block
                let target = dx.base + image * plan.inputStride
                stages.store_input_gradient(t, input.at(tile: block * tiles), input.stride, target)
                if let mean, let sums = sums.baseAddress {
                  stages.gradient_sums(
                    x.values.buffer.base + image * plan.inputStride, target, mean,
                    plan.input[1] * plan.input[2], plan.channels, sums + image * plan.channels * 2)
                }
              }
            }
            func rows() -> ([Rows], Rows) {
              let input = inputRows()
              return ([input, wantsInput && groups > 1 ? inputRows() : input], outputRows())
            }
            if isDivided(parts: shares) {
              Parallel.withWorkers(shares, order: order) { next in
                let (inputs, gradient) = rows()
                while let share = next() { take(share, inputs, gradient) }
              }
            } else {
              let (inputs, gradient) = rows()
              for place in 0..<shares { take(order(place, of: 0..<shares), inputs, gradient) }
            }
          }
        }
      }
      if let kernelShares {
        Parallel.run(blocks: horizontal) {
          let kx = frequency($0)
          stages.kernel_gradient_column(
            t, kx, kernelShares.base + cxr_first_frequency(tiling.tile, kx) * stride, shares,
            shareSize, kernelRows.at(kx))
        }
      }
    }
    let bias = (0..<biasSize).map { i in
      (0..<shares).reduce(0) { $0 + biasShares[$1 * biasSize + i] }
    }
    return ConvolutionGradients(
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
  ) -> ConvolutionGradients {
    withUnsafePointer(to: tiling) { t in
      backward(
        ScaledInput(x), kernel: kernel, wantsInput: wantsInput, wantsKernel: wantsKernel,
        order: .descending, sumsAround: nil
      ) { rows, strip in
        stages.transform_gradient(
          t, dy.buffer.base + strip.image * plan.outputStride, strip.inImage,
          rows.at(tile: strip.firstTile), rows.stride)
      }
    }
  }

  /// The gradients from the pooled output's gradient.
  func pooledGradients(
    _ x: ScaledInput, kernel: Tensor, outputGradient: PooledGradient, wantsInput: Bool,
    order: BlockOrder, sumsAround mean: [Double]?
  ) -> ConvolutionGradients {
    let source = PooledGradientSource(plan, outputGradient)
    return withUnsafePointer(to: tiling) { t in
      source.withCoefficients { coefficients in
        backward(
          x, kernel: kernel, wantsInput: wantsInput, wantsKernel: true, order: order,
          sumsAround: wantsInput ? mean : nil
        ) { rows, strip in
          var gradient = source.at(image: strip.image, coefficients)
          stages.transform_pooled_gradient(
            t, &gradient, strip.inImage, rows.at(tile: strip.firstTile), rows.stride)
        }
      }
    }
  }
}
