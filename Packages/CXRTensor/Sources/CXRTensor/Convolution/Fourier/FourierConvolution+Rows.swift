import CConvolution

// The first and the last stage's numbers: rows of tiles in the frequency domain.
extension FourierConvolution {
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
        vectors: stages.input_vectors($0, cut.largest * tiles), blocks: inputBlocks,
        rows: stages.input_rows($0), lanes: lanes, frequencies: horizontal)
    }
  }

  func outputRows() -> Rows {
    withUnsafePointer(to: tiling) {
      Rows(
        vectors: cut.largest * tiles * outputBlocks, blocks: outputBlocks,
        rows: stages.output_rows($0), lanes: lanes, frequencies: horizontal)
    }
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
          t, x.values.buffer.base + strip.image * plan.inputStride, factor, offset,
          x.isRectified ? 1 : 0, strip.inImage, rows.at(tile: strip.firstTile), rows.stride)
      }
    }
  }
}
