import CXRParallel
import CConvolution

// The way back: gradients of input, kernel and bias.
extension FourierConvolution {
  func backward(
    _ x: ScaledInput, kernel: Tensor, wantsInput: Bool, wantsKernel: Bool, wantsBias: Bool,
    order: BlockOrder, sumsAround mean: [Double]?,
    _ transformGradient: (_ rows: Rows, _ strip: Strip) -> Void
  ) -> ConvolutionGradients {
    precondition(!(wantsInput && isPacked), "FourierConvolution: packed inputs have no gradient")
    let transposed = wantsInput ? spectra(of: kernel, forInputGradient: true) : nil
    let transposedStride = spectrumStride(inner: plan.filters, outer: plan.channels)
    let stride = spectrumStride(inner: plan.channels, outer: plan.filters)
    let kernelRows = emptyKernelRows(
      inner: plan.channels, outer: plan.filters, isConjugate: false)
    // Of several groups, or ranks, a share of the kernel's gradient is gathered as a whole spectrum; that of a single group
    // goes back to rows at once.
    let shareSize = cxr_frequencies(tiling.tile) * stride
    let isGathered = wantsKernel && (groups > 1 || plan.shares.isDivided)
    let gathered = ShareTree<GatheredSpectrum>(plan.shares) { $0.adding($1) }
    let biasSize = outputBlocks * lanes
    var biasShares = [Double](repeating: 0, count: plan.shares.count * biasSize)
    var sums = [Double](repeating: 0, count: mean == nil ? 0 : plan.images * plan.channels * 2)
    let dx = wantsInput ? FloatBuffer(count: plan.input.count) : nil
    withUnsafePointer(to: tiling) { t in
      biasShares.withUnsafeMutableBufferPointer { biasShares in
        sums.withUnsafeMutableBufferPointer { sums in
          x.withScale { factor, offset in
            // The input's gradient takes the input's place, and is there while the next group begins.
            func take(_ unit: Int, _ inputs: [Rows], _ gradient: Rows) {
              let numbers = cut.units[unit]
              let own = cut.groups[numbers.lowerBound].parts
              let spectra = isGathered ? own.map { _ in FloatBuffer(count: shareSize) } : []
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
                let parts = group.group.parts
                forEachFrequency(
                  room: [transposedStride] + parts.map { _ in wantsKernel ? stride : 0 }
                ) { kx, scratch, room in
                  let targets = parts.indices.map { part in
                    isGathered
                      ? spectra[part].base + cxr_first_frequency(tiling.tile, kx) * stride
                      : room[1 + part]
                  }
                  let shares = parts.indices.map { part in
                    cxr_share(
                      tiles: parts[part].images.count * tiles,
                      kernel_gradient: wantsKernel ? targets[part] : nil,
                      accumulate: group.place > 0 ? 1 : 0,
                      bias_gradient: biasShares.baseAddress.map {
                        $0 + parts[part].share * biasSize
                      })
                  }
                  stages.differentiate_column(
                    t, shares, shares.count, kx, input.buffer.base, input.stride,
                    gradient.buffer.base, gradient.stride,
                    transposed.map {
                      spectrum($0, kx, stride: transposedStride, scratch: room[0])
                    }, scratch)
                  if wantsKernel, !isGathered {
                    let sum = sum(ofParts: parts, targets, count: tiling.tile * stride)
                    stages.kernel_gradient_column(
                      t, kx, sum.first, sum.second, kernelRows.at(kx))
                  }
                }
              } ends: {
                wantsInput ? $0.count * pieces(of: $0) : 0
              } end: { group, block in
                guard let dx else { return }
                let input = inputs[group.place % 2]
                let pieces = pieces(of: group.images)
                let (place, piece) = block.quotientAndRemainder(dividingBy: pieces)
                let (first, last) = (
                  inputBlocks * piece / pieces, inputBlocks * (piece + 1) / pieces
                )
                let image = group.images.lowerBound + place
                let target = dx.base + image * plan.inputStride
                stages.store_input_gradient(
                  t, input.at(tile: place * tiles), input.stride, first, last, target)
                if let mean, let sums = sums.baseAddress {
                  stages.gradient_sums(
                    x.values.buffer.base + image * plan.inputStride, target, mean,
                    plan.input[1] * plan.input[2], plan.channels, first, last,
                    sums + image * plan.channels * 2)
                }
              }
              for (part, spectrum) in zip(own, spectra) {
                gathered.take(GatheredSpectrum(first: spectrum), of: part.share)
              }
            }
            func rows() -> ([Rows], Rows) {
              let input = inputRows()
              return ([input, wantsInput && groups > 1 ? inputRows() : input], outputRows())
            }
            let units = cut.units.count
            if isDivided(parts: units) {
              Parallel.withWorkers(units, order: order) { next in
                let (inputs, gradient) = rows()
                while let unit = next() { take(unit, inputs, gradient) }
              }
            } else {
              let (inputs, gradient) = rows()
              for place in 0..<units { take(order(place, of: 0..<units), inputs, gradient) }
            }
          }
        }
      }
    }
    let (bias, inputSums) = summed(bias: wantsBias ? biasShares : [], pairs: sums)
    return ConvolutionGradients(
      input: dx.map { Tensor(buffer: $0, shape: plan.input) },
      inputSums: mean == nil ? nil : inputSums,
      kernel: wantsKernel
        ? kernelGradient(kernelRows, isGathered ? gathered.totals : [], stride: stride) : nil,
      bias: wantsBias ? Tensor(bias[..<plan.filters].map { Float($0) }, shape: [plan.filters]) : nil
    )
  }

  /// In how many pieces, of some channels each, the input's gradient of an image of a group is written: of few images several, so
  /// that no thread has the last one alone.
  private func pieces(of images: Range<Int>) -> Int {
    images.count < 4 ? min(inputBlocks, 4) : 1
  }

  /// The sums over shares of the bias's gradient, by share, and over images of pairs a channel, by image: in one message to every
  /// other rank.
  private func summed(
    bias: [Double], pairs: [Double]
  ) -> (bias: [Double], pairs: (gradient: [Double], product: [Double])) {
    let (biasSize, pairSize) = (bias.count / plan.shares.count, pairs.count / max(1, plan.images))
    let sums =
      biasSize + pairSize == 0
      ? []
      : plan.shares.sum { share -> [Double] in
        var sums = Array(bias[share * biasSize..<(share + 1) * biasSize])
        sums += [Double](repeating: 0, count: pairSize)
        for image in plan.shares.places(of: share) {
          for i in 0..<pairSize { sums[biasSize + i] += pairs[image * pairSize + i] }
        }
        return sums
      } ?? [Double](repeating: 0, count: biasSize + pairSize)
    let channels = 0..<pairSize / 2
    return (
      Array(sums[..<biasSize]),
      (
        channels.map { sums[biasSize + $0 * 2] },
        channels.map { sums[biasSize + $0 * 2 + 1] }
      )
    )
  }

  /// The gradients from the output's gradient `[N, H′, W′, K]`.
  func gradients(
    _ x: ScaledInput, kernel: Tensor, outputGradient dy: Tensor, wantsInput: Bool, wantsKernel: Bool
  ) -> ConvolutionGradients {
    withUnsafePointer(to: tiling) { t in
      backward(
        x, kernel: kernel, wantsInput: wantsInput, wantsKernel: wantsKernel, wantsBias: false,
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
          x, kernel: kernel, wantsInput: wantsInput, wantsKernel: true, wantsBias: true,
          order: order,
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
