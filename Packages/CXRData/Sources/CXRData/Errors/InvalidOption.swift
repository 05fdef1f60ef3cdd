/// An option that cannot be taken as it is: which, what it is set to, and what is needed instead. Packages that stand on this
/// one have options of their own; a consumer knows them by these names, a program by its own.
public struct InvalidOption: Sendable, Hashable, CustomStringConvertible {
  /// The option's name as Swift writes it: `batchSize`.
  public let name: String
  /// What it is set to; `nil` where that says nothing, or is not there.
  public let value: String?
  /// What is needed, or what is wrong, in words.
  public let needed: String
  /// What else can be done.
  public let remedies: [Remedy]

  /// Names an option.
  ///
  /// - Parameters:
  ///   - name: its name as Swift writes it.
  ///   - value: what it is set to.
  ///   - needed: what is needed.
  ///   - remedies: what else can be done.
  public init(_ name: String, _ value: String? = nil, needed: String, remedies: [Remedy] = []) {
    (self.name, self.value, self.needed, self.remedies) = (name, value, needed, remedies)
  }

  /// What a person reads: `batchSize 0: a number from 1 to 4096 is needed`.
  public var description: String { text(calling: name) }

  /// The same where the option is called otherwise, as by a program.
  public func text(calling name: String) -> String {
    name + (value.map { " " + $0 } ?? "") + ": " + needed
  }
}

/// An error that may be of an option, which a program spells as its own.
public protocol OptionError: Error {
  /// The option that cannot be taken; `nil` of what is wrong with something else.
  var invalidOption: InvalidOption? { get }
}
