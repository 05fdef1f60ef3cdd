import CXRFiles

extension FilmFlow {
  /// How many reasons of a kind a page lists; the document has them all.
  static let mostReasons = 12

  /// The steps of a page: of many reasons of a kind the commonest, and the others together; what is left of a part only where
  /// something is taken off.
  var shownSteps: [Step] {
    var (shown, count): ([Step], Int) = ([], 0)
    for step in steps where step.kind != .partUsable || shown.last?.kind == .partLeftOut {
      count = step.kind.isLoss && step.kind == shown.last?.kind ? count + 1 : 1
      guard step.kind.isLoss, count > Self.mostReasons, var last = shown.popLast() else {
        shown.append(step)
        continue
      }
      last.reason = "\(count - Self.mostReasons + 1) other reasons"
      last.rows = last.rows.map { $0 + (step.rows ?? 0) }
      last.films = last.films.map { $0 + (step.films ?? 0) }
      last.patients = last.patients.map { $0 + (step.patients ?? 0) }
      shown.append(last)
    }
    return shown
  }

  /// The steps as a document.
  var json: JSONValue {
    .array(
      steps.map {
        .object([
          ("step", .string($0.kind.rawValue)), ("part", .string(orNull: $0.part.nonEmpty)),
          ("reason", .string(orNull: $0.reason.nonEmpty)), ("rows", .integer(orNull: $0.rows)),
          ("images", .integer(orNull: $0.films)), ("patients", .integer(orNull: $0.patients)),
        ])
      })
  }
}

extension String {
  fileprivate var nonEmpty: String? { isEmpty ? nil : self }
}

extension FilmFlow.Step {
  /// What a page says of it.
  var words: String {
    let why = reason.split(separator: "_").joined(separator: " ")
    let text =
      switch kind {
      case .rows: "rows of the label file"
      case .rowsLeftOut: "left out by \(reason.prefix(60))"
      case .furtherRows: "further rows of the same films"
      case .listed: "films that these rows list"
      case .unusable: "called unusable: \(reason.prefix(60))"
      case .images: "films explored here"
      case .inNoPart: "in no part: \(reason)"
      case .part: part
      case .partLeftOut: "\(part), \(why)"
      case .partUsable: "\(part), can be used"
      }
    return (kind.isLoss ? "− " : "") + text
  }
}
