/// What a member says of the array that it holds.
struct NPYHeader: Equatable {
  let format: ElementFormat
  /// Whether the first axis is fastest.
  let isFortranOrder: Bool
  let shape: [Int]

  /// Why a header gives no array.
  enum Problem: Error {
    /// It is none.
    case malformed(String)
    /// It describes an array, but one that is not read.
    case unsupported(reason: String, remedy: String)
  }

  /// Reads the text that follows the prefix.
  init(_ text: [UInt8]) throws(Problem) {
    guard let entries = PythonLiteral.dictionary(text), entries.count == 3,
      let descr = entries["descr"],
      case .truth(let isFortranOrder)? = entries["fortran_order"]?.value,
      case .tuple(let axes)? = entries["shape"]?.value
    else { throw .malformed("its header is none of an array") }
    var shape: [Int] = []
    for axis in axes {
      guard case .number(let size) = axis, size >= 0 else {
        throw .malformed("its header gives no shape")
      }
      shape.append(size)
    }
    guard case .text(let type) = descr.value else {
      throw .unsupported(
        reason: "its type is structured (\(descr.source.printable))",
        remedy: "save each of its fields as an array of its own, a[field].astype(\"float32\")")
    }
    guard let format = ElementFormat(type) else { throw Self.unsupported(type) }
    guard shape.count <= NPYFormat.largestRank else {
      throw .unsupported(
        reason: "it has \(shape.count) axes, more than \(NPYFormat.largestRank)",
        remedy: "reshape it")
    }
    (self.format, self.isFortranOrder, self.shape) = (format, isFortranOrder, shape)
  }

  private static func unsupported(_ type: String) -> Problem {
    let kind = type.dropFirst(type.first?.isLetter == true ? 0 : 1).first
    let (elements, remedy) =
      switch kind {
      case "c":
        (
          "complex numbers",
          "save a.real.astype(\"float32\") and a.imag.astype(\"float32\") in its place"
        )
      case "U", "S", "a":
        (
          "texts",
          "leave it out or, where the texts are numbers, save a.astype(\"float32\") in its place"
        )
      case "O":
        (
          "Python objects, which are never loaded",
          "where the objects are numbers, save a.astype(\"float32\") in its place"
        )
      case "M", "m":
        ("times", "save a.astype(\"int64\").astype(\"float32\") in its place")
      default:
        ("of a type that is not read", "save a.astype(\"float32\") in its place")
      }
    return .unsupported(
      reason: "its elements are \(elements) ('\(type.printable)')", remedy: remedy)
  }
}
