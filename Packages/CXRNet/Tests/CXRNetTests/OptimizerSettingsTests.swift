import CXRParallel
import CXRTensor
import Testing

@testable import CXRNet

/// Optimizers by name: what stands in records, and what is refused.
@Suite struct OptimizerSettingsTests {
  private let model = Dense(from: 2, to: 1, random: RandomStream(seed: 0))

  /// These texts stand in checkpoints: a change of one makes runs of before strange to those of after.
  @Test func defaultsHaveTheseTexts() throws {
    let adam = [
      "beta1": "0.9", "beta2": "0.999", "epsilon": "1e-07",
      "epsilon_placement": "outside_correction",
    ]
    let expected = [
      "adam": adam,
      "adamw": adam.merging(["weight_decay": "0.004"]) { $1 },
      "sgd": ["momentum": "0.0", "momentum_form": "rate_inside", "nesterov": "false"],
    ]
    let own: [any Optimizer] = [Adam(for: model), AdamW(for: model), SGD(for: model)]
    #expect(Optimizers.standard.names == own.map(\.settings.name))
    for (name, optimizer) in zip(Optimizers.standard.names, own) {
      let settings = try OptimizerSettings(name: name)
      #expect(settings.values == expected[name])
      #expect(optimizer.settings == settings)
      #expect(try Optimizers.standard.make(settings, for: model).settings == settings)
    }
    #expect(
      SGD(for: model).settings.description
        == "sgd momentum=0.0 momentum_form=rate_inside nesterov=false")
  }

  @Test func everySettingReachesItsOptimizer() throws {
    let adam = [
      "beta1": "0.5", "beta2": "0.75", "epsilon": "0.125",
      "epsilon_placement": "inside_correction",
    ]
    let all: [(String, [String: String])] = [
      ("adam", adam), ("adamw", adam.merging(["weight_decay": "0.25"]) { $1 }),
      ("sgd", ["momentum": "0.5", "momentum_form": "rate_outside", "nesterov": "true"]),
    ]
    try #require(all.map(\.0) == Optimizers.standard.names)
    for (name, values) in all {
      let settings = try OptimizerSettings(name: name, values: values)
      #expect(settings.values == values)
      #expect(try Optimizers.standard.make(settings, for: model).settings == settings)
      let standard = try OptimizerSettings(name: name)
      #expect(values.count == standard.values.count)
      #expect(values.allSatisfy { standard.values[$0.key] != $0.value }, "\(name)")
    }
    let made = try Optimizers.standard.make(
      OptimizerSettings(name: "sgd", values: all[2].1), for: model)
    let sgd = try #require(made as? SGD)
    #expect(sgd.momentum == 0.5 && sgd.nesterov && sgd.form == .rateOutside)
  }

  @Test func equalNumbersAreEqualTexts() throws {
    let written = try OptimizerSettings(name: "sgd", values: ["momentum": "0.90"])
    #expect(written == SGD(for: model, momentum: 0.9).settings)
    #expect(written.values["momentum"] == "0.9")
    #expect(
      try OptimizerSettings(name: "sgd", values: ["momentum": "-0"]).values["momentum"] == "0.0")
    #expect(written != SGD(for: model, momentum: 0.9, nesterov: true).settings)
    #expect(try OptimizerSettings(name: written.name, values: written.values) == written)
  }

  @Test func whatIsWrongIsNamed() {
    func error(_ name: String, _ values: [String: String]) -> NetError? {
      do throws(NetError) {
        _ = try OptimizerSettings(name: name, values: values)
        return nil
      } catch {
        return error
      }
    }
    #expect(error("Adam", [:]) == .unknownOptimizer("Adam", known: ["adam", "adamw", "sgd"]))
    #expect(
      error("sgd", ["nesterov": "true", "momentum": "0.9", "beta1": "0.9", "rate": "1"])
        == .unknownOptimizerOption(
          "beta1", optimizer: "sgd", known: ["momentum", "nesterov", "momentum_form"]))
    let refused: [(String, String, [String])] = [
      ("adam", "beta1", ["1", "-0.1", "nan", "inf", "", "0,9", "0.9 "]),
      ("adam", "beta2", ["1", "-0.1", "2"]),
      ("adam", "epsilon", ["0", "-1e-7", "1.1", "1e-31"]),
      ("adam", "epsilon_placement", ["outside", "Inside_correction", ""]),
      ("adamw", "weight_decay", ["-0.1", "1.5", "none"]),
      ("sgd", "momentum", ["1", "-0.5"]),
      ("sgd", "nesterov", ["yes", "1", "True"]),
      ("sgd", "momentum_form", ["keras"]),
    ]
    for (name, option, values) in refused {
      for value in values {
        guard case .optimizerOption(option, name, value, let allowed) = error(name, [option: value])
        else {
          Issue.record("\(name): \(option) \"\(value)\" gives no error")
          continue
        }
        #expect(!allowed.isEmpty)
      }
    }
    for (name, option, value) in [
      ("adam", "beta1", "0"), ("adam", "beta2", "0.999999"), ("adam", "epsilon", "1"),
      ("adamw", "weight_decay", "0"), ("sgd", "momentum", "0.999999"),
    ] {
      #expect(error(name, [option: value]) == nil, "\(name): \(option) \(value)")
    }
    #expect(
      error("sgd", ["nesterov": "true"])
        == .optimizerOption(
          "nesterov", optimizer: "sgd", value: "true", allowed: "false where momentum is 0"))
  }

  @Test func messagesNameTheRemedy() {
    #expect(
      NetError.unknownOptimizer("lion", known: ["adam", "sgd"]).description
        == "there is no optimizer \"lion\"; choose one of adam, sgd")
    #expect(
      NetError.unknownOptimizerOption("beta", optimizer: "sgd", known: ["momentum", "nesterov"])
        .description
        == "the optimizer sgd has no setting \"beta\"; it has momentum, nesterov: correct the name or leave it out"
    )
    #expect(
      NetError.optimizerOption("beta1", optimizer: "adam", value: "2", allowed: "a number")
        .description
        == "beta1 of the optimizer adam is \"2\", but may be a number: correct it, or leave it out for the default"
    )
  }

  /// Settings that were told and not checked, as a record's may be, are checked before anything is made of them.
  @Test func toldSettingsAreCheckedToo() throws {
    let told = OptimizerSettings(telling: "adam", ["beta1": 2])
    #expect(throws: NetError.self) { try Optimizers.standard.make(told, for: model) }
    #expect(throws: NetError.self) { try told.choice("beta1", as: EpsilonPlacement.self) }
    #expect(throws: NetError.self) { try told.number("beta2") }
    #expect(throws: NetError.self) { try told.flag("beta1") }
    let some = OptimizerSettings(telling: "adam", ["beta1": 0.5])
    let made = try Optimizers.standard.make(some, for: model)
    #expect(try made.settings == OptimizerSettings(name: "adam", values: ["beta1": "0.5"]))
  }

  /// A rule of someone else's.
  private struct Sign: Optimizer {
    let size: Double
    var step = 0
    static let kind = OptimizerKind(
      name: "sign", options: [.number("size", default: 1, in: 0...2)]
    ) { (settings, _) throws(NetError) in Sign(size: try settings.number("size")) }

    var settings: OptimizerSettings { OptimizerSettings(telling: "sign", ["size": size]) }
    mutating func forEachParameter(
      at path: ParameterPath, _ body: (ParameterPath, inout Parameter) -> Void
    ) {}
    mutating func update<Model: Module>(
      _ model: inout Model, with gradients: Gradients, learningRate: Float
    ) { step += 1 }
  }

  @Test func aRegistryTakesOthers() throws {
    let own = Optimizers(Optimizers.standard.kinds + [Sign.kind])
    let settings = try OptimizerSettings(name: "sign", values: ["size": "0.5"], of: own)
    #expect(try (own.make(settings, for: model) as? Sign)?.size == 0.5)
    #expect(throws: NetError.unknownOptimizer("sign", known: Optimizers.standard.names)) {
      try Optimizers.standard.make(settings, for: model)
    }
  }
}
