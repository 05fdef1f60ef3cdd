/// The optimizers that can be asked for by name.
///
///     let settings = try OptimizerSettings(name: "adamw", values: ["weight_decay": "0.01"])
///     var optimizer = try Optimizers.standard.make(settings, for: model)
public struct Optimizers: Sendable {
  /// Every optimizer that this package has; a new one is added here and nowhere else.
  public static let standard = Optimizers([Adam.kind, AdamW.kind, SGD.kind])

  /// In the order in which messages name them.
  public let kinds: [OptimizerKind]

  /// These and no others; no two of the same name.
  public init(_ kinds: [OptimizerKind]) {
    precondition(
      Set(kinds.map(\.name)).count == kinds.count, "Optimizers: two of the same name")
    self.kinds = kinds
  }

  /// All names.
  public var names: [String] { kinds.map(\.name) }

  /// The optimizer of a name.
  /// - Throws: ``NetError/unknownOptimizer(_:known:)``.
  public func kind(named name: String) throws(NetError) -> OptimizerKind {
    guard let kind = kinds.first(where: { $0.name == name }) else {
      throw .unknownOptimizer(name, known: names)
    }
    return kind
  }

  /// An optimizer that has taken no step, for the trained parameters of `model`; settings that are left out have
  /// their defaults.
  /// - Throws: ``NetError/unknownOptimizer(_:known:)``, ``NetError/unknownOptimizerOption(_:optimizer:known:)``,
  ///   ``NetError/optimizerOption(_:optimizer:value:allowed:)``.
  public func make(
    _ settings: OptimizerSettings, for model: some Module
  ) throws(NetError) -> any Optimizer {
    let kind = try kind(named: settings.name)
    return try kind.maker(try kind.settings(settings.values), model)
  }
}

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

/// One thing that an optimizer can be made with.
public struct OptimizerOption: Sendable {
  /// How it is called in records.
  public let name: String
  /// Its text where none is given.
  public let standard: String
  /// What it can be, in words.
  public let allowed: String
  /// The one text for all that mean the same; `nil` for what is not allowed.
  let canonical: @Sendable (String) -> String?

  /// A number of a range.
  public static func number(
    _ name: String, default standard: Double, in range: ClosedRange<Double>
  ) -> Self {
    Self(
      name: name, standard: "\(standard)",
      allowed: "a number from \(range.lowerBound) to \(range.upperBound)"
    ) { text in
      // Zero is added so that −0 is 0.
      Double(text).flatMap { range.contains($0) ? "\($0 + 0)" : nil }
    }
  }

  /// One of a few named ways.
  public static func choice<Choice: CaseIterable & RawRepresentable<String> & Sendable>(
    _ name: String, default standard: Choice
  ) -> Self {
    Self(name: name, standard: standard.rawValue, allowed: names(of: Choice.self)) {
      Choice(rawValue: $0)?.rawValue
    }
  }

  /// `true` or `false`.
  public static func flag(_ name: String, default standard: Bool) -> Self {
    Self(name: name, standard: "\(standard)", allowed: "true or false") {
      Bool($0)?.description
    }
  }

  /// All cases' names.
  static func names<Choice: CaseIterable & RawRepresentable<String> & Sendable>(
    of type: Choice.Type
  ) -> String {
    Choice.allCases.map(\.rawValue).joined(separator: " or ")
  }
}
