import CXRParallel
import CXRTensor
import Testing

@testable import CXRNet

/// `forEachParameter` is written by hand: reflection finds a parameter that it forgets, which would neither be trained
/// nor saved, without a word.
@Suite struct ForgottenParameterTests {
  /// A value of every type that is a ``Module``, one line a type, called as it is nested: `Outer.Inner`. A private type
  /// is asked about within the value of one that holds it. Scripts/check_modules.py names types that are missing here.
  private static func makers() throws -> [(name: String, value: any Module)] {
    let random = RandomStream(seed: 1)
    let dense = Dense(from: 2, to: 3, random: random)
    let body = Sequential([("conv", Conv2D(from: 2, to: 2, kernel: 1, random: random))])
    let residual = try Architectures.standard.make(
      Architecture(ChestResNet.name), side: 40, labels: 2, random: random)
    func small(_ name: String, _ size: String) throws -> any FilmClassifier {
      try Architectures.standard.make(
        Architecture(name, [size: .integer(2), "blocks": .integers([1, 1])]), side: 40, labels: 2,
        random: random)
    }
    let norms = try NormSettings(
      Architectures.standard.complete(Architecture(DenseNet121.name)))
    let block = DenseBlock(
      from: 2, count: 2, growth: 2, bottleneck: 2, norms: norms, random: random)
    let film = FilmConvolution(
      conv: Conv2D(from: 3, to: 2, kernel: 7, random: random), channels: .same)
    return [
      ("Activation", Activation.relu),
      ("Adam", Adam(for: dense)),
      ("AdamW", AdamW(for: dense)),
      ("AveragePool", AveragePool()),
      ("BatchNorm", BatchNorm(channels: 3)),
      ("ChestCNN", try ChestCNN(imageSize: 28, labels: 2, channels: [2, 3], random: random)),
      ("ChestResNet", residual),
      ("Conv2D", Conv2D(from: 1, to: 2, kernel: 3, random: random)),
      ("Dense", dense),
      ("DenseBlock", block),
      ("DenselyConnected", DenselyConnected(body)),
      ("DenseNet121", try small("densenet121", "growth")),
      ("Dropout", Dropout(rate: 0.1)),
      ("FilmConvolution", film),
      ("GlobalAveragePooling", GlobalAveragePooling()),
      ("MaxPool", MaxPool()),
      ("ResNet", try small("resnet18", "width")),
      ("ResNetBlock", ResNetBlock(body: body, downsample: body)),
      ("Residual", Residual(body: body, shortcut: body)),
      ("SGD", SGD(for: dense, momentum: 0.9)),
      ("Sequential", Sequential([("one", dense), ("two", BatchNorm(channels: 3))])),
    ]
  }

  @Test func noModuleForgetsAParameter() throws {
    for (name, value) in try Self.makers() {
      #expect(Self.problems(of: value, called: name) == [], "\(name)")
    }
  }

  /// The check itself is checked: by a module that holds parameters in many ways, and does wrong to one at a time.
  @Test func whatIsForgottenIsFound() {
    let name = "ForgottenParameterTests.Holder"
    #expect(Holder(wrong: nil).parameters.count == 7)
    #expect(Self.problems(of: Holder(wrong: nil), called: name) == [])
    for wrong in Holder.Wrong.allCases {
      #expect(!Self.problems(of: Holder(wrong: wrong), called: name).isEmpty, "\(wrong)")
    }
    let deep = Sequential([("all", Sequential([("one", Forgetful()), ("two", MaxPool())]))])
    #expect(Self.problems(of: deep, called: "Sequential") == ["1 of 2 parameters forgotten: [1]"])
    #expect(Self.problems(of: MaxPool(), called: "AveragePool") == ["no AveragePool is in it"])
  }

  // MARK: What is held, and what is visited

  /// What `forEachParameter` of a value leaves out or does otherwise than it should.
  ///
  /// It gives each parameter bits of its own, those of a NaN, which none has before: one that is passed over, passed
  /// twice, or passed as a copy is told by what is then held, also where parameters were equal.
  private static func problems(of value: any Module, called name: String) -> [String] {
    var (visited, marks): (any Module, [(path: ParameterPath, value: Tensor)]) = (value, [])
    visited.forEachParameter(at: .root) { path, parameter in
      let bits = Float.nan.bitPattern + UInt32(marks.count + 1)
      let mark = Tensor(repeating: Float(bitPattern: bits), shape: parameter.value.shape)
      marks.append((path, mark))
      parameter.value = mark
    }
    var held = Held()
    held.gather(visited)
    var problems = held.names.contains(name) ? [] : ["no \(name) is in it"]
    let forgotten = held.parameters.filter { parameter in
      !marks.contains { $0.value.hasSameBits(as: parameter.value) }
    }
    if !forgotten.isEmpty {
      let shapes = forgotten.map { "\($0.value.shape)" }.joined(separator: ", ")
      let count = "\(forgotten.count) of \(held.parameters.count)"
      problems.append("\(count) parameters forgotten: \(shapes)")
    }
    for (path, mark) in marks {
      let count = held.parameters.count { $0.value.hasSameBits(as: mark) }
      if count != 1 { problems.append("\(path) is held \(count) times after a change") }
    }
    if Set(marks.map(\.path)).count != marks.count { problems.append("a path is there twice") }
    return problems
  }

  /// All that a value stores, at any depth: in arrays, tuples, optionals, classes and existentials.
  private struct Held {
    private(set) var parameters: [Parameter] = []
    /// What the modules among it are called.
    private(set) var names: Set<String> = []
    private var seen: Set<ObjectIdentifier> = []

    mutating func gather(_ value: Any) {
      if let parameter = value as? Parameter { return parameters.append(parameter) }
      // A tensor's scalars are many, and hold none.
      if value is Tensor { return }
      var mirror: Mirror? = Mirror(reflecting: value)
      if mirror?.displayStyle == .class {
        guard seen.insert(ObjectIdentifier(value as AnyObject)).inserted else { return }
      }
      if let module = value as? any Module { names.insert(Self.name(of: type(of: module))) }
      while let part = mirror {
        for child in part.children { gather(child.value) }
        mirror = part.superclassMirror
      }
    }

    /// How a type is nested, without its module, where a private one lies, and generic arguments.
    private static func name(of type: any Module.Type) -> String {
      var name = String(reflecting: type)
      name.replace(/\(unknown context at \$[0-9a-f]+\)\./, with: "")
      while let arguments = name.firstRange(of: /<[^<>]*>/) { name.removeSubrange(arguments) }
      return name.replacing(/^\w+\./, with: "")
    }
  }

  // MARK: Modules that forget

  private static func parameter(_ value: Float) -> Parameter {
    Parameter(Tensor([value], shape: [1]), role: .weight)
  }

  private struct Holder: Module {
    enum Wrong: CaseIterable {
      case own, array, tuple, optional, nested, existential, dictionary
      /// One is visited in the place of an equal one, or as a copy, or at another's path.
      case twice, copy, path
    }

    let wrong: Wrong?
    var own = parameter(1)
    var array = [parameter(1)]
    var tuple = (name: "name", parameter: parameter(1))
    var optional: Parameter? = parameter(1)
    var nested = Inner()
    var existentials: [(name: String, module: any Module)] = [("inner", Inner())]
    var dictionary = ["key": parameter(1)]

    init(wrong: Wrong?) { self.wrong = wrong }

    struct Inner: Module {
      var inner = parameter(1)
      mutating func forEachParameter(
        at path: ParameterPath, _ body: (ParameterPath, inout Parameter) -> Void
      ) { body(path / "inner", &inner) }
    }

    mutating func forEachParameter(
      at path: ParameterPath, _ body: (ParameterPath, inout Parameter) -> Void
    ) {
      var copy = own
      switch wrong {
      case .own: break
      case .copy: body(path / "own", &copy)
      case .path: body(path / "array", &own)
      default: body(path / "own", &own)
      }
      if wrong == .twice { body(path / "array", &own) }
      if wrong != .array && wrong != .twice { body(path / "array", &array[0]) }
      if wrong != .tuple { body(path / "tuple", &tuple.parameter) }
      if wrong != .optional, var some = optional {
        body(path / "optional", &some)
        optional = some
      }
      if wrong != .nested { nested.forEachParameter(at: path / "nested", body) }
      if wrong != .existential {
        existentials[0].module.forEachParameter(at: path / "existential", body)
      }
      if wrong != .dictionary, var some = dictionary["key"] {
        body(path / "dictionary", &some)
        dictionary["key"] = some
      }
    }
  }

  /// A layer of two parameters that visits one.
  private struct Forgetful: Layer {
    var kept = parameter(1)
    var forgotten = parameter(2)
    var kind: String { "Forgetful" }
    mutating func forEachParameter(
      at path: ParameterPath, _ body: (ParameterPath, inout Parameter) -> Void
    ) { body(path / "kept", &kept) }
    func callAsFunction(_ input: Variable, in pass: inout Pass) -> Variable { input }
    func outputShape(for shape: Shape) throws -> Shape { shape }
  }
}
