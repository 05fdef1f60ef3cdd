/// A function of a gradient whose first result is kept: several inputs' pullbacks share one pass back.
final class SharedPullback<Value> {
  private let compute: (Tensor) -> Value
  private var kept: Value?
  init(_ compute: @escaping (Tensor) -> Value) { self.compute = compute }
  func callAsFunction(_ argument: Tensor) -> Value {
    if let kept { return kept }
    let value = compute(argument)
    kept = value
    return value
  }
}
