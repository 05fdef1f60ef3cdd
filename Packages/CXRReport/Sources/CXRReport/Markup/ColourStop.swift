/// A colour of a scale: red, green and blue, 0…255.
public struct ColourStop: Sendable {
  /// 0…255.
  public let red: UInt8
  /// 0…255.
  public let green: UInt8
  /// 0…255.
  public let blue: UInt8

  /// A colour.
  public init(red: UInt8, green: UInt8, blue: UInt8) {
    (self.red, self.green, self.blue) = (red, green, blue)
  }

  /// In a style sheet.
  public var css: String { "rgb(\(red),\(green),\(blue))" }
}
