/// What is known of an optimizer before it is made: its name, its options, and its maker.
public struct OptimizerKind: Sendable {
  /// How it is called in records.
  public let name: String
  /// Everything that it can be made with.
  public let options: [OptimizerOption]
  private let check: @Sendable (OptimizerSettings) throws(NetError) -> Void
  let maker: @Sendable (OptimizerSettings, any Module) throws(NetError) -> any Optimizer

  /// Describes an optimizer.
  ///
  /// - Parameters:
  ///   - name: how it is called in records.
  ///   - options: everything that it can be made with.
  ///   - check: throws where options, each allowed, do not go together.
  ///   - maker: makes it from complete and checked settings, for the trained parameters of a model.
  public init(
    name: String, options: [OptimizerOption],
    check: @escaping @Sendable (OptimizerSettings) throws(NetError) -> Void = {
      (_: OptimizerSettings) throws(NetError) -> Void in
    },
    maker: @escaping @Sendable (OptimizerSettings, any Module) throws(NetError) -> any Optimizer
  ) {
    (self.name, self.options, self.check, self.maker) = (name, options, check, maker)
  }

  /// Complete settings; those that `values` leaves out have their defaults.
  /// - Throws: ``NetError/unknownOptimizerOption(_:optimizer:known:)``,
  ///   ``NetError/optimizerOption(_:optimizer:value:allowed:)``.
  public func settings(_ values: [String: String]) throws(NetError) -> OptimizerSettings {
    let known = options.map(\.name)
    if let unknown = values.keys.sorted().first(where: { !known.contains($0) }) {
      throw .unknownOptimizerOption(unknown, optimizer: name, known: known)
    }
    var texts: [String: String] = [:]
    for option in options {
      let given = values[option.name] ?? option.standard
      guard let text = option.canonical(given) else {
        throw .optimizerOption(
          option.name, optimizer: name, value: given, allowed: option.allowed)
      }
      texts[option.name] = text
    }
    let settings = OptimizerSettings(name: name, texts: texts)
    try check(settings)
    return settings
  }

  /// What is wrong with the settings of an optimizer of this kind; `nil` where nothing is.
  func problem(of settings: OptimizerSettings) -> NetError? {
    do throws(NetError) {
      _ = try self.settings(settings.values)
      return nil
    } catch {
      return error
    }
  }
}
