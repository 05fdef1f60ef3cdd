import CXRParallel
import CXRTensor

/// The networks that can be built by their name.
public struct Architectures: Sendable {
  private let types: [any FilmClassifier.Type]

  /// Those of this package, the reference's first.
  public static let standard = Architectures([
    ChestCNN.self, ChestResNet.self, DenseNet121.self, ResNet18.self, ResNet50.self,
  ])

  /// These; traps where two have one name.
  public init(_ types: [any FilmClassifier.Type]) {
    precondition(
      Set(types.map { $0.name }).count == types.count, "Architectures: two networks have one name")
    self.types = types
  }

  /// These and one more.
  public func adding(_ type: any FilmClassifier.Type) -> Architectures {
    Architectures(types + [type])
  }

  /// These, and one more where it is none of them.
  public func including(_ type: any FilmClassifier.Type) -> Architectures {
    types.contains { $0 == type } ? self : adding(type)
  }

  /// As they are given on a command line.
  public var names: [String] { types.map { $0.name } }

  /// The settings of each with their defaults, a line a network: `chest-cnn: channels=16,32,64,128 …`.
  public var summary: [String] {
    types.map { type in
      "\(type.name): "
        + type.defaults.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }
        .joined(separator: " ")
    }
  }

  /// The architecture that a name and settings, `KEY=VALUE` each, describe, as they are given on a command line.
  /// - Throws: ``NetError/notASetting(_:)``, and as ``architecture(_:texts:)``.
  public func architecture(_ name: String, settings: [String]) throws -> Architecture {
    var texts: [String: String] = [:]
    for text in settings {
      let parts = text.split(separator: "=", maxSplits: 1).map(String.init)
      guard parts.count == 2 else { throw NetError.notASetting(text) }
      if let earlier = texts.updateValue(parts[1], forKey: parts[0]) {
        throw NetError.invalidSetting(
          network: name, key: parts[0], value: "\(earlier) and \(parts[1])", allowed: "one value")
      }
    }
    return try architecture(name, texts: texts)
  }

  /// The architecture that a name, as given on a command line, and texts of settings describe.
  /// - Throws: ``NetError/unknownNetwork(name:known:)``, ``NetError/unknownSetting(network:key:known:)``,
  ///   ``NetError/invalidSetting(network:key:value:allowed:)``.
  public func architecture(_ name: String, texts: [String: String] = [:]) throws -> Architecture {
    let type = try type(called: name)
    var settings: [String: Setting] = [:]
    for (key, text) in texts.sorted(by: { $0.key < $1.key }) {
      guard let standard = type.defaults[key] else { throw unknown(key, type) }
      guard let value = standard.parsed(text) else {
        throw NetError.invalidSetting(
          network: type.name, key: key, value: text, allowed: "a value like \(standard)")
      }
      settings[key] = value
    }
    return try complete(Architecture(type.recordedName, settings))
  }

  /// The same with every setting, those that were missing by their defaults.
  /// - Throws: as ``architecture(_:texts:)``.
  public func complete(_ architecture: Architecture) throws -> Architecture {
    let type = try type(called: architecture.name)
    var settings = type.defaults
    for (key, value) in architecture.settings.sorted(by: { $0.key < $1.key }) {
      guard let standard = type.defaults[key] else { throw unknown(key, type) }
      guard let value = value.asKind(of: standard) else {
        throw NetError.invalidSetting(
          network: type.name, key: key, value: "\(value)", allowed: "a value like \(standard)")
      }
      settings[key] = value
    }
    return Architecture(type.recordedName, settings)
  }

  /// A network with fresh weights.
  ///
  /// - Parameters:
  ///   - architecture: settings that are missing have their defaults.
  ///   - side: of the square input, in pixels.
  ///   - labels: logits a film, at least 1.
  ///   - random: what the weights are drawn from.
  /// - Throws: ``NetError``.
  public func make(
    _ architecture: Architecture, side: Int, labels: Int, random: RandomStream
  ) throws -> any FilmClassifier {
    precondition(side > 0 && labels > 0, "Architectures.make: side \(side), \(labels) labels")
    return try type(called: architecture.name)
      .init(complete(architecture), side: side, labels: labels, random: random)
  }

  /// The numbers in all kernels of a network, counted without memory for them, so that a description that
  /// nobody wrote cannot ask for all there is.
  /// - Throws: ``NetError``.
  public func kernelCount(_ architecture: Architecture, side: Int, labels: Int) throws -> Int {
    let count = KernelCount()
    _ = try KernelCount.$current.withValue(count) {
      try make(architecture, side: side, labels: labels, random: RandomStream(seed: 0))
    }
    return count.total
  }

  private func type(called name: String) throws -> any FilmClassifier.Type {
    guard let type = types.first(where: { $0.name == name || $0.recordedName == name }) else {
      throw NetError.unknownNetwork(name: name, known: names)
    }
    return type
  }

  private func unknown(_ key: String, _ type: any FilmClassifier.Type) -> NetError {
    .unknownSetting(network: type.name, key: key, known: type.defaults.keys.sorted())
  }
}
