import CXRFiles
import CXRMetrics

extension EvaluationReport {
  /// What the figures mean, in words, a paragraph each.
  var meaning: [String] {
    let chosen = figures.models.compactMap(atOperatingPoint)
    let why =
      chosen.isEmpty
      ? []
      : [
        "0.5 has no meaning of its own, least of all for a model that was trained with class weights. A threshold "
          + "chosen on other patients by a stated rule has one."
      ]
    return figures.models.map(atHalf) + [silence].compactMap { $0 } + chosen + why + comparison
  }

  /// What accuracy is worth where most films lack a finding.
  private var silence: String? {
    guard let counts = figures.models.first?.pooled.halfCounts, counts.total > 0,
      2 * counts.support < counts.total
    else { return nil }
    return "A program that always says no is right for "
      + "\(percent(1 - Double(counts.support) / Double(counts.total))) of these pairs, and finds nothing."
  }

  private func atHalf(_ model: ModelFigures) -> String {
    let (detection, counts) = (model.pooled.detection, model.pooled.halfCounts)
    let images = figures.films.count
    let missed = detection.positives - counts.truePositives
    let careless = model.labels.filter { ($0.points.half.counts.specificity ?? 1) < 0.5 }.map(
      \.name)
    return
      "\(model.name) calls \(percent(counts.accuracy)) of all "
      + "film-and-finding pairs right at 0.5. It misses \(missed) of \(detection.positives) "
      + "findings and raises \(counts.falsePositives) false alarms over \(images) \(unit.plural), "
      + "\(fixedPoint(100 * Double(counts.falsePositives) / Double(max(1, images)), digits: 1)) in 100."
      + (careless.isEmpty
        ? ""
        : " It says yes to most \(unit.plural) without the finding for "
          + careless.joined(separator: ", ") + ": what it finds there costs as many alarms.")
  }

  private func atOperatingPoint(_ model: ModelFigures) -> String? {
    guard let counts = model.pooled.fitted?.counts, let rule = model.model.fit?.operatingPoint
    else {
      return nil
    }
    return
      "At the thresholds that were chosen on validation patients (\(rule)), \(model.name) finds "
      + "\(percent(counts.recall)) of the findings and clears \(percent(counts.specificity)) of the "
      + "film-and-finding pairs without one."
  }

  /// What two models find and raise at thresholds of their own, where these are of as many labels.
  private var atChosenThresholds: String? {
    let models = figures.models.compactMap { model in model.pooled.fitted.map { (model.name, $0) } }
    guard figures.models.count == 2, models.count == 2, models[0].1.labels == models[1].1.labels
    else { return nil }
    let (more, less) =
      models[0].1.counts.truePositives >= models[1].1.counts.truePositives
      ? (models[0], models[1]) : (models[1], models[0])
    let found = more.1.counts.truePositives - less.1.counts.truePositives
    let alarms = more.1.counts.falsePositives - less.1.counts.falsePositives
    let beginning = "At the chosen thresholds \(more.0) finds "
    if found == 0 {
      return beginning + "as many findings as \(less.0), with \(abs(alarms)) "
        + "\(alarms < 0 ? "fewer" : "more") false alarms."
    }
    return beginning + "\(found) more findings than \(less.0), with \(abs(alarms)) "
      + "\(alarms < 0 ? "fewer" : "more") false alarms."
  }

  private var comparison: [String] {
    let models = figures.models
    guard models.count > 1 else { return [] }
    var lines: [String] = []
    if let careful = models.max(by: {
      $0.pooled.halfCounts.truePositives < $1.pooled.halfCounts.truePositives
    }),
      let accurate = models.max(by: {
        ($0.pooled.halfCounts.accuracy ?? 0) < ($1.pooled.halfCounts.accuracy ?? 0)
      }),
      careful.name != accurate.name
    {
      lines.append(
        "By accuracy \(accurate.name) wins; by findings found at 0.5 \(careful.name) does, with "
          + "\(careful.pooled.halfCounts.truePositives - accurate.pooled.halfCounts.truePositives) more of them seen. On rare "
          + "findings accuracy rewards silence. Where a miss costs more than a false alarm, it is the wrong measure."
      )
    }
    if let line = atChosenThresholds { lines.append(line) }
    for difference in figures.differences {
      guard let value = difference.mean.auc.value, let interval = difference.mean.auc.interval
      else {
        continue
      }
      let clear = difference.labels.filter { ($0.corrected ?? 1) < 0.05 }.count
      let span =
        "\(fixedPoint(value, digits: 3)) (\(Interval.defaultLevelText) interval \(fixedPoint(interval.low, digits: 3)) to "
        + "\(fixedPoint(interval.high, digits: 3)))"
      let verdict =
        interval.contains(0)
        ? "these films do not show which ranks better; what separates the two at 0.5 may be where they put their "
          + "probabilities"
        : "\(value > 0 ? difference.name : difference.other) ranks films better on average over findings and thresholds"
      lines.append(
        "The mean AUC of \(difference.name) less that of \(difference.other) is \(span): \(verdict)."
          + (difference.tested == 0
            ? ""
            : " Of \(difference.tested) findings that can be tested the difference is beyond chance, after Holm's correction, for "
              + (clear == 0 ? "none." : "\(clear).")))
    }
    return lines
  }
}
