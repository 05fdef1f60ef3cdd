import Synchronization

/// Answers that follow from their questions alone, kept for whoever asks once more: a training step asks what the one before it has
/// asked.
final class KeptAnswers<Question: Hashable & Sendable, Answer: Sendable>: Sendable {
  /// More questions than the largest networks ask in a step; then all are let go.
  private static var most: Int { 4096 }
  private let answers = Mutex([Question: Answer]())

  func answer(to question: Question, _ find: () -> Answer) -> Answer {
    if let known = answers.withLock({ $0[question] }) { return known }
    let found = find()
    answers.withLock {
      if $0.count >= Self.most { $0 = [:] }
      $0[question] = found
    }
    return found
  }
}
