import CXRFiles
import CXRMetrics

extension EvaluationReport {
  /// Who is judged against whom, on what.
  var title: String {
    let names = figures.models.map(\.name)
    let films = "\(filmCount) films of \(figures.films.patientCount) patients"
    switch names.count {
    case 1: return "\(names[0]) on \(films)"
    case 2: return "\(names[0]) against \(names[1]) on \(films)"
    default: return "\(names.count) models on \(films): " + names.joined(separator: ", ")
    }
  }

  /// The four lines that stand first: which model to use, what it finds, whether its probabilities are right, and where it is
  /// weakest.
  public var answer: [(question: String, answer: String)] {
    guard let best = best else { return [] }
    return [
      (figures.models.count > 1 ? "Which to use" : "Of any use", use(best)),
      ("What is found", figures.models.map(found).joined(separator: "; ") + "."),
      ("Are probabilities right", figures.models.map(promised).joined(separator: "; ") + "."),
      ("Weakest", weakest(best)),
    ]
  }

  /// The model of the largest mean AUC.
  private var best: ModelFigures? {
    figures.models.max { ($0.ranking.auc.value ?? -1) < ($1.ranking.auc.value ?? -1) }
  }

  private func use(_ best: ModelFigures) -> String {
    let area = best.ranking.auc
    guard let value = area.value else {
      return "Not to be said: no finding has films with and without it."
    }
    let others = figures.differences.compactMap {
      difference -> (name: String, row: ModelDifference.Row)? in
      if difference.name == best.name { return (difference.other, difference.mean) }
      if difference.other == best.name { return (difference.name, difference.mean) }
      return nil
    }
    let intervals = others.isEmpty ? [area.interval] : others.map(\.row.auc.interval)
    guard intervals.contains(where: { $0 != nil }) else { return tooFew }
    let mean = "mean AUC \(area.text(digits: 3))"
    if value <= 0.5 {
      return "None: \(best.name) has the best \(mean), no better than a coin."
    }
    if let interval = area.interval, interval.contains(0.5) {
      return
        "None yet: \(best.name) has the best \(mean), and these films do not tell it from a coin."
    }
    guard !others.isEmpty else { return "\(best.name): \(mean)." }
    func isTold(_ row: ModelDifference.Row) -> Bool {
      row.auc.interval.map { !$0.contains(0) } ?? false
    }
    let words = others.map { other -> String in
      let value = other.row.auc.value.map { fixedPoint(abs($0), digits: 3) } ?? "n/a"
      let p = "p \(pValueText(other.row.pValue))"
      guard let interval = other.row.auc.interval, isTold(other.row) else {
        return "not told from \(other.name), \(value) less, \(p)"
      }
      let ends = [interval.low, interval.high].map { abs($0) }.sorted()
      return "better than \(other.name) by \(value) (\(fixedPoint(ends[0], digits: 3)) to "
        + "\(fixedPoint(ends[1], digits: 3))), \(p)"
    }
    let equals = others.filter { !isTold($0.row) }.map(\.name)
    let first =
      equals.isEmpty
      ? "\(best.name) ranks films better"
      : equals.count == figures.models.count - 1
        ? "\(equals.count == 1 ? "Either" : "Any"): which ranks better is not shown"
        : "\(([best.name] + equals).joined(separator: " or ")): which of them ranks better is not shown"
    return first + ". \(best.name) has \(mean): " + words.joined(separator: "; ") + "."
  }

  /// What is said where so few patients have the findings that no interval is known.
  private var tooFew: String {
    let means = figures.models.enumerated().map { place, model in
      "\(model.name) \(place == 0 ? "has a mean area under the ROC curve of" : "of") "
        + fixedPoint(model.ranking.auc.value, digits: 3)
    }
    return "Not to be said: too few patients have the findings to say "
      + (means.count > 1 ? "which to use. " : "whether it is of any use. ")
      + means.joined(separator: ", ") + "."
  }

  private func found(_ model: ModelFigures) -> String {
    guard let point = model.pooled.fitted ?? model.pooled.half, point.counts.support > 0 else {
      return "\(model.name): no film has a finding"
    }
    let films = Double(max(1, figures.films.count))
    let alarms = fixedPoint(100 * Double(point.counts.falsePositives) / films, digits: 0)
    let at =
      model.pooled.fitted == nil ? "0.5" : "chosen thresholds (\(model.fittedRule))"
    let share = point.sensitivity.estimate
    let percents = Estimate(
      share.value.map { $0 * 100 },
      share.interval.map { Interval($0.low * 100, $0.high * 100) })
    return "\(model.name) at \(at) finds \(percents.text(digits: 0)) of 100 findings, with "
      + "\(alarms) false alarms in 100 \(unit.plural), all findings together"
  }

  private func promised(_ model: ModelFigures) -> String {
    let hasPlatt = model.labels.contains { $0.calibration(.platt) != nil }
    let method = hasPlatt ? CalibrationMethod.platt : .none
    let judged = model.labels.compactMap { $0.calibration(method)?.line?.isRight }
    let read = hasPlatt ? "read by Platt's line" : "as it is"
    guard !judged.isEmpty else {
      return "\(model.name), \(read): not to be said, of too few patients"
    }
    return
      "\(model.name), \(read): right within chance for \(judged.count { $0 }) of \(judged.count) "
      + "findings, by O:E, slope and intercept together"
  }

  private func weakest(_ best: ModelFigures) -> String {
    let finding = best.labels.filter { $0.ranking.auc.value != nil }
      .min { ($0.ranking.auc.value ?? 1) < ($1.ranking.auc.value ?? 1) }
    let group = best.groupDifferences.filter { ($0.areas.mean.auc.interval?.high ?? 0) < 0 }
      .min { ($0.areas.mean.auc.value ?? 0) < ($1.areas.mean.auc.value ?? 0) }
    let words = finding.map { "\($0.name), AUC \($0.ranking.auc.text(digits: 2))" } ?? "n/a"
    let groups =
      best.groupDifferences.isEmpty
      ? "no groups could be compared"
      : group.map {
        "of groups, \($0.kind) \($0.areas.name) beside \($0.areas.other): mean AUC less by "
          + "\(fixedPoint($0.areas.mean.auc.value.map { -$0 }, digits: 3))"
      } ?? "no group's mean AUC is beyond chance below that of the largest of its kind"
    return "\(best.name): \(words); \(groups)."
  }
}
