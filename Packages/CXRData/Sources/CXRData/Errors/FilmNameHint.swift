/// What would find films that are missing under their names.
public struct FilmNameHint: Sendable, Equatable {
  /// What may be done, all of it together.
  public let remedies: [Remedy]
  /// How many of the missing films are found then.
  public let count: Int

  /// What a person reads.
  public var description: String {
    let ways = remedies.map { remedy in
      remedy == .ignoreExtensions
        ? "extensions are ignored"
        : "the leading folder \(remedy.value ?? "") of their names is left out of account"
    }
    return "\(count) \(count == 1 ? "row matches" : "rows match") if "
      + ways.joined(separator: " and ")
  }
}
