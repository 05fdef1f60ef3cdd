import CFilmCodec

/// How a film becomes another size.
public enum ResizeMethod: String, Sendable, CaseIterable, Codable {
  /// The four nearest pixels, whatever the scale: TensorFlow's `tf.image.resize`, bit for bit.
  case bilinear
  /// A triangle as wide as the scale, so that every pixel counts: `tf.image.resize(antialias=True)`.
  case antialias
}

extension GreyFilm {
  /// The film at another size; each axis is scaled on its own, the aspect ratio is not kept.
  public func resized(height: Int, width: Int, method: ResizeMethod = .bilinear) -> FilmPlane {
    precondition(height > 0 && width > 0, "resized: \(height) × \(width) has no pixels")
    let values =
      if let fineLevels {
        // 1/256 of a level is a power of two: the arithmetic is that of levels, to the last bit.
        fineLevels.withUnsafeBufferPointer { levels in
          switch method {
          case .bilinear: bilinearLevels(levels, height, width)
          case .antialias: antialiased(levels, height, width)
          }
        }.map { $0 / 256 }
      } else {
        switch method {
        case .bilinear: bilinearBytes(height, width)
        case .antialias: pixels.withUnsafeBufferPointer { antialiased($0, height, width) }
        }
      }
    return FilmPlane(height: height, width: width, values: values)
  }

  /// Of a film of 8 bits, eight pixels at a time.
  private func bilinearBytes(_ outHeight: Int, _ outWidth: Int) -> [Float] {
    let (rows, columns) = (bilinearTaps(height, outHeight), bilinearTaps(width, outWidth))
    let (left, right) = (columns.map { Int32($0.low) }, columns.map { Int32($0.high) })
    let fractions = columns.map(\.fraction)
    return [Float](unsafeUninitializedCapacity: outHeight * outWidth) { output, count in
      pixels.withUnsafeBufferPointer { input in
        guard let output = output.baseAddress, let input = input.baseAddress else { return }
        for (y, row) in rows.enumerated() {
          film_resize_row(
            input + row.low * width, input + row.high * width, row.fraction, left, right,
            fractions, outWidth, output + y * outWidth)
        }
      }
      count = outHeight * outWidth
    }
  }

  /// Of a deeper film.
  private func bilinearLevels(
    _ input: UnsafeBufferPointer<UInt16>, _ outHeight: Int, _ outWidth: Int
  ) -> [Float] {
    let (rows, columns) = (bilinearTaps(height, outHeight), bilinearTaps(width, outWidth))
    return [Float](unsafeUninitializedCapacity: outHeight * outWidth) { output, count in
      for (y, row) in rows.enumerated() {
        let (top, bottom) = (row.low * width, row.high * width)
        for (x, column) in columns.enumerated() {
          let (topLeft, topRight) = (
            Float(input[top + column.low]), Float(input[top + column.high])
          )
          let (bottomLeft, bottomRight) = (
            Float(input[bottom + column.low]), Float(input[bottom + column.high])
          )
          let upper = topLeft + (topRight - topLeft) * column.fraction
          let lower = bottomLeft + (bottomRight - bottomLeft) * column.fraction
          output[y * outWidth + x] = upper + (lower - upper) * row.fraction
        }
      }
      count = outHeight * outWidth
    }
  }

  @_specialize(where Level == UInt8)
  @_specialize(where Level == UInt16)
  private func antialiased<Level: FixedWidthInteger>(
    _ input: UnsafeBufferPointer<Level>, _ outHeight: Int, _ outWidth: Int
  ) -> [Float] {
    let (rows, columns) = (triangleTaps(height, outHeight), triangleTaps(width, outWidth))
    // Columns first, over every input row.
    var narrow = [Float](repeating: 0, count: height * outWidth)
    for y in 0..<height {
      for (x, tap) in columns.enumerated() {
        var sum: Float = 0
        for (k, weight) in tap.weights.enumerated() {
          sum += weight * Float(input[y * width + tap.first + k])
        }
        narrow[y * outWidth + x] = sum
      }
    }
    var values = [Float](repeating: 0, count: outHeight * outWidth)
    for (y, tap) in rows.enumerated() {
      for (k, weight) in tap.weights.enumerated() {
        let from = (tap.first + k) * outWidth
        for x in 0..<outWidth { values[y * outWidth + x] += weight * narrow[from + x] }
      }
    }
    return values
  }
}

private struct BilinearTap {
  let low: Int
  let high: Int
  let fraction: Float
}

/// The two inputs of each output along one axis, in the reference's `Float` arithmetic: the fraction
/// comes from the position before it is clamped.
private func bilinearTaps(_ input: Int, _ output: Int) -> [BilinearTap] {
  let scale = Float(input) / Float(output)
  return (0..<output).map { i in
    let position = (Float(i) + 0.5) * scale - 0.5
    let floor = position.rounded(.down)
    return BilinearTap(
      low: max(Int(floor), 0), high: min(Int(position.rounded(.up)), input - 1),
      fraction: position - floor)
  }
}

private struct TriangleTap {
  let first: Int
  let weights: [Float]
}

/// The inputs under a triangle around each output's centre, weights summing to one.
private func triangleTaps(_ input: Int, _ output: Int) -> [TriangleTap] {
  let scale = Float(input) / Float(output)
  let radius = max(scale, 1)
  return (0..<output).map { i in
    let centre = (Float(i) + 0.5) * scale
    let first = max(Int((centre - radius - 0.5).rounded(.up)), 0)
    let last = min(Int((centre + radius - 0.5).rounded(.down)), input - 1)
    var weights = (first...last).map { max(0, 1 - abs(Float($0) + 0.5 - centre) / radius) }
    let total = weights.reduce(0, +)
    for k in weights.indices { weights[k] /= total }
    return TriangleTap(first: first, weights: weights)
  }
}
