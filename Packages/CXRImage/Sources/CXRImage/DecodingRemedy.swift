/// A decoding option with which a film would be read that is refused without it.
public struct DecodingRemedy: Sendable, Hashable, CustomStringConvertible {
  /// The option's name among ``DecodingOptions``: `dicomModalities`, `dicomRange` or `pngBits`.
  public let option: String
  /// What it would be set to, names separated by commas: `CR,DX,OT`, `full`, `12`.
  public let value: String

  /// Names an option and its value.
  public init(option: String, value: String) { (self.option, self.value) = (option, value) }

  /// What a person reads: `dicomRange full takes it`.
  public var description: String { "\(option) \(value) takes it" }
}
