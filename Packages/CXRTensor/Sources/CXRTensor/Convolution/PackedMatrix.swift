import CConvolution
import CXRParallel

/// The right factor of products, `[depth, columns]`, laid out as they read it: by the convolution engine, so that neither speed
/// nor bits depend on a BLAS.
///
/// What an element of a product comes to depends on the depth alone, not on how rows and columns are cut.
struct PackedMatrix {
  /// Rows of the left factor that a thread takes at once.
  private static let rowsPerBlock = 192
  private static var stages: cxr_engine { ConvolutionEngine.standard.stages }
  /// Columns of a panel, which lie side by side down all the depth.
  private static let panel = 2 * ConvolutionEngine.standard.lanes

  let depth: Int
  let columns: Int
  let packed: FloatBuffer

  /// Packs the matrix whose element (p, j) lies at p·row + j·column.
  init(_ matrix: UnsafePointer<Float>, row: Int, column: Int, depth: Int, columns: Int) {
    (self.depth, self.columns) = (depth, columns)
    let packed = FloatBuffer(count: Self.stages.packed_matrix_size(depth, columns))
    self.packed = packed
    Parallel.run(blocks: (columns + Self.panel - 1) / Self.panel) { place in
      let first = place * Self.panel
      Self.stages.pack_matrix(
        matrix + first * column, row, column, depth, min(Self.panel, columns - first),
        packed.base + first * depth)
    }
  }

  /// One that was packed before.
  init(_ packed: FloatBuffer, depth: Int, columns: Int) {
    (self.packed, self.depth, self.columns) = (packed, depth, columns)
  }

  /// Scratch that ``multiply(_:rows:columns:into:stride:_:)`` takes, for one thread.
  func scratch() -> FloatBuffer { FloatBuffer(count: Self.stages.product_scratch(depth)) }

  /// Some rows of a times the matrix, into rows of c that are `stride` floats apart.
  func multiply(
    _ a: cxr_rows, rows: Range<Int>, into c: UnsafeMutablePointer<Float>, stride: Int,
    _ scratch: FloatBuffer
  ) {
    multiply(a, rows: rows, columns: 0..<columns, into: c, stride: stride, scratch)
  }

  private func multiply(
    _ a: cxr_rows, rows: Range<Int>, columns: Range<Int>, into c: UnsafeMutablePointer<Float>,
    stride: Int, _ scratch: FloatBuffer
  ) {
    withUnsafePointer(to: a) {
      Self.stages.multiply_rows(
        $0, rows.lowerBound, rows.upperBound, depth, packed.base + columns.lowerBound * depth,
        columns.count, c + columns.lowerBound, stride, scratch.base)
    }
  }

  /// All rows of a times the matrix, on all threads: few rows are cut by columns too.
  ///
  /// - Parameters:
  ///   - a: of `count` rows.
  ///   - c: `[count, columns]`.
  ///   - finish: what is done to rows as soon as they are whole.
  func multiplyAll(
    _ a: cxr_rows, count: Int, into c: UnsafeMutablePointer<Float>,
    finish: ((Range<Int>) -> Void)? = nil
  ) {
    let rowBlocks = (count + Self.rowsPerBlock - 1) / Self.rowsPerBlock
    let panels = (columns + Self.panel - 1) / Self.panel
    let parts =
      finish == nil ? max(1, min(panels, 2 * Parallel.threads / max(1, rowBlocks))) : 1
    Parallel.withWorkers(rowBlocks * parts) { next in
      let scratch = scratch()
      while let block = next() {
        let first = block / parts * Self.rowsPerBlock
        let rows = first..<min(count, first + Self.rowsPerBlock)
        let part = block % parts
        let some =
          panels * part / parts
          * Self.panel..<min(columns, panels * (part + 1) / parts * Self.panel)
        multiply(a, rows: rows, columns: some, into: c, stride: columns, scratch)
        finish?(rows)
      }
    }
  }
}

/// Products of transposed rows: what kernels' gradients are.
enum TransposedProduct {
  private static var stages: cxr_engine { ConvolutionEngine.standard.stages }

  /// Scratch of one thread for blocks of so many columns.
  static func scratch(inner: Int, outer: Int) -> FloatBuffer {
    FloatBuffer(count: stages.transposed_product_scratch(inner, outer))
  }

  /// Adds aᵀ·b over some rows to c, or sets it.
  ///
  /// - Parameters:
  ///   - a: rows of at least `inner` columns.
  ///   - b: rows, `strideB` floats apart, of `outer` columns.
  ///   - accumulate: whether it is added.
  ///   - c: `inner` rows, `stride` floats apart.
  static func add(
    _ a: cxr_rows, rows: Range<Int>, inner: Int, _ b: UnsafePointer<Float>, strideB: Int,
    outer: Int,
    accumulate: Bool, into c: UnsafeMutablePointer<Float>, stride: Int, _ scratch: FloatBuffer
  ) {
    withUnsafePointer(to: a) {
      stages.multiply_transposed(
        $0, rows.lowerBound, rows.upperBound, inner, b, strideB, outer, accumulate ? 1 : 0, c,
        stride,
        scratch.base)
    }
  }
}
