/// The record from which a network is built again, but for its weights, its input and its labels.
///
/// ```swift
/// let architecture = Architecture("ChestCNN", ["kernel": .integer(5)])
/// let model = try Architectures.standard.make(
///   architecture, side: 224, labels: 14, random: RandomStream(seed: 0))
/// ```
public struct Architecture: Sendable, Equatable, CustomStringConvertible {
  /// As files record it.
  public let name: String
  /// By name; those that are missing have the network's defaults.
  public let settings: [String: Setting]

  /// Records a network.
  public init(_ name: String, _ settings: [String: Setting] = [:]) {
    (self.name, self.settings) = (name, settings)
  }

  /// Name and settings in a line, sorted.
  public var description: String {
    ([name] + settings.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" })
      .joined(separator: " ")
  }

  // ---- What a network reads of it

  /// A whole number of a range.
  /// - Throws: ``NetError/invalidSetting(network:key:value:allowed:)``.
  public func integer(_ key: String, in range: ClosedRange<Int>) throws -> Int {
    guard case .integer(let value)? = settings[key], range.contains(value) else {
      throw invalid(key, "a whole number from \(range.lowerBound) to \(range.upperBound)")
    }
    return value
  }

  /// A list of whole numbers, its length and each of a range.
  /// - Throws: ``NetError/invalidSetting(network:key:value:allowed:)``.
  public func integers(
    _ key: String, count: ClosedRange<Int>, in range: ClosedRange<Int>
  ) throws -> [Int] {
    guard case .integers(let values)? = settings[key], count.contains(values.count),
      values.allSatisfy({ range.contains($0) })
    else {
      throw invalid(
        key,
        "\(count.lowerBound) to \(count.upperBound) whole numbers from \(range.lowerBound) to "
          + "\(range.upperBound), with commas between them")
    }
    return values
  }

  /// A number of a range.
  /// - Throws: ``NetError/invalidSetting(network:key:value:allowed:)``.
  public func number(_ key: String, in range: ClosedRange<Double>) throws -> Double {
    guard case .number(let value)? = settings[key], range.contains(value) else {
      throw invalid(key, "a number from \(range.lowerBound) to \(range.upperBound)")
    }
    return value
  }

  /// One of some words.
  /// - Throws: ``NetError/invalidSetting(network:key:value:allowed:)``.
  public func word(_ key: String, of words: [String]) throws -> String {
    guard case .text(let value)? = settings[key], words.contains(value) else {
      throw invalid(key, words.joined(separator: " or "))
    }
    return value
  }

  private func invalid(_ key: String, _ allowed: String) -> NetError {
    .invalidSetting(
      network: name, key: key, value: settings[key].map { "\($0)" } ?? "nothing", allowed: allowed)
  }
}

extension Architecture: Codable {
  private struct Key: CodingKey {
    var stringValue: String
    var intValue: Int? { nil }
    init(stringValue: String) { self.stringValue = stringValue }
    init?(intValue: Int) { nil }
    static let name = Key(stringValue: "name")
  }

  /// One object: `name`, and a member a setting.
  public init(from decoder: any Decoder) throws {
    let members = try decoder.container(keyedBy: Key.self)
    name = try members.decode(String.self, forKey: .name)
    settings = Dictionary(
      uniqueKeysWithValues: try members.allKeys.filter { $0.stringValue != Key.name.stringValue }
        .map { ($0.stringValue, try members.decode(Setting.self, forKey: $0)) })
  }

  public func encode(to encoder: any Encoder) throws {
    var members = encoder.container(keyedBy: Key.self)
    try members.encode(name, forKey: .name)
    for (key, value) in settings { try members.encode(value, forKey: Key(stringValue: key)) }
  }
}
