/// An optimizer's name and what it was made with, as text: for records, and to compare them.
///
/// Settings made by ``init(name:values:of:)`` or told by an ``Optimizer`` are complete and written in one way
/// only, so that the same optimizer has the same text:
///
/// ```swift
/// print(try OptimizerSettings(name: "sgd", values: ["momentum": "0.90"]).values)
/// // ["momentum": "0.9", "momentum_form": "rate_inside", "nesterov": "false"]
/// ```
public struct OptimizerSettings: Sendable, Hashable, CustomStringConvertible {
  /// `adam`, `adamw`, `sgd`.
  public let name: String
  /// Every setting's text by its name, such as `beta1`.
  public let values: [String: String]

  /// Checked settings; those that `values` leaves out have their defaults.
  ///
  /// - Parameters:
  ///   - name: one of ``Optimizers/names``.
  ///   - values: texts by the names of the optimizer's ``OptimizerKind/options``.
  ///   - optimizers: those known.
  /// - Throws: ``NetError/unknownOptimizer(_:known:)``, ``NetError/unknownOptimizerOption(_:optimizer:known:)``,
  ///   ``NetError/optimizerOption(_:optimizer:value:allowed:)``.
  public init(
    name: String, values: [String: String] = [:], of optimizers: Optimizers = .standard
  ) throws(NetError) {
    self = try optimizers.kind(named: name).settings(values)
  }

  /// What an optimizer tells of itself, unchecked: every setting that it has.
  public init(telling name: String, _ values: KeyValuePairs<String, any CustomStringConvertible>) {
    self.init(
      name: name,
      texts: Dictionary(values.map { ($0.key, $0.value.description) }) { first, _ in first })
  }

  init(name: String, texts: [String: String]) { (self.name, values) = (name, texts) }

  /// The number that a setting is.
  /// - Throws: ``NetError/optimizerOption(_:optimizer:value:allowed:)`` when there is none.
  public func number(_ option: String) throws(NetError) -> Double {
    guard let number = values[option].flatMap(Double.init) else {
      throw wrong(option, allowed: "a number")
    }
    return number
  }

  /// The case that a setting names.
  /// - Throws: ``NetError/optimizerOption(_:optimizer:value:allowed:)`` when it names none.
  public func choice<Choice: CaseIterable & RawRepresentable<String> & Sendable>(
    _ option: String, as type: Choice.Type = Choice.self
  ) throws(NetError) -> Choice {
    guard let choice = values[option].flatMap(Choice.init) else {
      throw wrong(option, allowed: OptimizerOption.names(of: Choice.self))
    }
    return choice
  }

  /// Whether a setting is `true`.
  /// - Throws: ``NetError/optimizerOption(_:optimizer:value:allowed:)`` when it is neither that nor `false`.
  public func flag(_ option: String) throws(NetError) -> Bool {
    guard let flag = values[option].flatMap(Bool.init) else {
      throw wrong(option, allowed: "true or false")
    }
    return flag
  }

  private func wrong(_ option: String, allowed: String) -> NetError {
    .optimizerOption(option, optimizer: name, value: values[option] ?? "", allowed: allowed)
  }

  /// One line: `sgd momentum=0.9 momentum_form=rate_inside nesterov=false`.
  public var description: String {
    ([name] + values.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" })
      .joined(separator: " ")
  }
}
