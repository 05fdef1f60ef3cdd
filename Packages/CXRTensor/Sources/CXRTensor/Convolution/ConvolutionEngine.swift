import CConvolution

/// The compute stages of one vector unit, and how many channels one of its vectors holds.
// Sendable: the pointer is to a constant of the program, function addresses and two numbers.
struct ConvolutionEngine: @unchecked Sendable, Hashable {
  private let pointer: UnsafePointer<cxr_engine>

  var stages: cxr_engine { pointer.pointee }
  var lanes: Int { pointer.pointee.lanes }
  var name: String { String(cString: pointer.pointee.name) }

  private init(_ pointer: UnsafePointer<cxr_engine>) { self.pointer = pointer }

  /// For the widest vector unit, or the one that the environment variable `CXR_VECTORS` names.
  static let standard = ConvolutionEngine(cxr_engine_default())
  private static let narrow = ConvolutionEngine(cxr_engine_of_lanes(8))

  /// The engine that wastes fewest lanes on a convolution of these channels: half as many lanes take
  /// twice as many vectors, but where channels fill only half a vector, nothing is lost by it.
  static func forChannels(_ counts: Int...) -> ConvolutionEngine {
    func padded(_ engine: ConvolutionEngine) -> Int {
      counts.reduce(1) { $0 * (($1 + engine.lanes - 1) / engine.lanes * engine.lanes) }
    }
    return padded(narrow) * 4 < padded(standard) * 3 ? narrow : standard
  }

  func blocks(_ channels: Int) -> Int { (channels + lanes - 1) / lanes }
}
