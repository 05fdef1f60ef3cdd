/// Gives out names, each once: a repeated one gets -2, -3, …
public struct UniqueNames: Sendable {
  private var used: Set<String> = []
  private var counts: [String: Int] = [:]

  /// None given yet.
  public init() {}

  /// `base`, or the next free name after it.
  public mutating func name(_ base: String) -> String {
    var number = counts[base] ?? 1
    var name = number == 1 ? base : "\(base)-\(number)"
    while !used.insert(name).inserted {
      number += 1
      name = "\(base)-\(number)"
    }
    counts[base] = number
    return name
  }
}
