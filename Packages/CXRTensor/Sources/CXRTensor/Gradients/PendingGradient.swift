/// A gradient that is formed, or to which sums of other ranks are still on their way.
///
/// It comes in steps, each of which waits for messages and begins to send what follows from them. Every rank takes the steps of all
/// its gradients in the same order, so that messages meet.
final class PendingGradient {
  enum State {
    case formed(Tensor)
    case waiting(_ next: () -> State)
    /// Given to its only reader.
    case taken
  }

  private var state: State
  /// Floats that are held until it is formed, the same on every rank.
  let floats: Int

  /// One that is formed.
  init(_ tensor: Tensor) { (state, floats) = (.formed(tensor), 0) }

  /// One whose first messages are on their way.
  ///
  /// - Parameters:
  ///   - floats: that are held until it is formed, the same on every rank.
  ///   - next: waits for them.
  init(holding floats: Int, _ next: @escaping () -> State) {
    (state, self.floats) = (.waiting(next), floats)
  }

  var isOnItsWay: Bool { if case .waiting = state { true } else { false } }

  /// Takes the next step, where there is one.
  func goOn() {
    if case .waiting(let next) = state { state = next() }
  }

  /// The gradient, once all its steps are taken.
  var value: Tensor {
    while isOnItsWay { goOn() }
    guard case .formed(let tensor) = state else {
      preconditionFailure("PendingGradient: taken twice")
    }
    return tensor
  }

  /// The same, which is nobody else's afterwards.
  func take() -> Tensor {
    let tensor = value
    state = .taken
    return tensor
  }
}

/// Gradients on their way, oldest first.
///
/// When a further one begins to travel, the one before the last goes a step on, and so does every second one before it: so each has
/// the time of two further ones for a step. Which, follows from their order and sizes alone.
struct GradientQueue {
  /// Further ones that are begun between two steps.
  private static let lag = 2
  /// Floats that those on their way hold at most, beside the last: 64 MiB.
  static let most = 16 << 20
  private var waiting: [PendingGradient] = []

  /// Takes one that has just begun.
  mutating func add(_ gradient: PendingGradient) {
    guard gradient.isOnItsWay else { return }
    waiting.append(gradient)
    for place in stride(from: waiting.count - 1 - Self.lag, through: 0, by: -Self.lag).reversed() {
      waiting[place].goOn()
    }
    waiting.removeAll { !$0.isOnItsWay }
    while waiting.count > 1, waiting.reduce(0, { $0 + $1.floats }) - gradient.floats > Self.most {
      _ = waiting.removeFirst().value
    }
  }

  /// Returns when all are formed.
  mutating func finish() {
    for gradient in waiting where gradient.isOnItsWay { _ = gradient.value }
    waiting = []
  }
}
