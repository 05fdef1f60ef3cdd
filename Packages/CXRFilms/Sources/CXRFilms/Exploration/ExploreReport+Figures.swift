import CXRFiles
import CXRReport

extension ExploreReport {
  func percent(_ count: Int, of total: Int) -> Double {
    total > 0 ? 100 * Double(count) / Double(total) : 0
  }

  var hasUnknowns: Bool { unknowns.contains { $0 > 0 } }
  func unknown(_ label: Int) -> Int {
    unknowns.indices.contains(label) ? unknowns[label] : 0
  }
  /// The share of films with a label among those of which it is known, in percent.
  func share(_ label: Int) -> Double {
    percent(positives[label], of: images - unknown(label))
  }

  /// Below the picture of films with and without each finding: what silence is worth, where nearly all findings are rare.
  var sharesCaption: String {
    let long = labels.indices.count { percent(positives[$0] + unknown($0), of: images) < 25 }
    return "Films with and without each finding."
      + (10 * long < 9 * labels.count || images == 0
        ? ""
        : " Nearly every orange bar is long: a classifier that always says no is right most of the time, and finds nobody. This "
          + "is why accuracy says little here.")
  }

  /// The labels, the commonest first.
  var order: [Int] { labels.indices.sorted { positives[$0] > positives[$1] } }

  /// The pictures.
  var figures: [Figure] {
    let names = order.map { labels[$0] }
    return [
      .bars(
        "label-counts", description: "Films a label", valueLabel: "films", categories: names,
        series: [("films", order.map { Double(positives[$0]) })],
        annotations: order.map {
          "\(positives[$0]) (\(fixedPoint(share($0), digits: 1)) %)"
        }, range: "[0:*<\(Double(max(1, positives.max() ?? 1)) * 1.15)]"),
      .bars(
        "labels-per-image", description: "Films by number of labels", valueLabel: "films",
        categories: labelsPerFilm.indices.map { $0 == 1 ? "1 label" : "\($0) labels" },
        series: [("films", labelsPerFilm.map(Double.init))],
        annotations: labelsPerFilm.map {
          "\($0) (\(fixedPoint(percent($0, of: images), digits: 1)) %)"
        }),
      .bars(
        "positives-negatives", description: "Share of films with and without each finding",
        valueLabel: "percent of films", categories: names,
        series: [
          (
            // Of three names the legend has room for short ones.
            hasUnknowns ? "with" : "with the finding",
            order.map { percent(positives[$0], of: images) }
          ),
          ("without", order.map { 100 - percent(positives[$0] + unknown($0), of: images) }),
        ]
          + (hasUnknowns
            ? [("not known", order.map { percent(unknown($0), of: images) })] : []),
        range: "[0:100]"),
      .bars(
        "splits", description: "Prevalence of each finding in the three parts",
        valueLabel: "percent of the part's films", categories: names,
        series: parts.map { part in
          (
            part.name,
            order.map { label in
              let unknown = part.unknowns.indices.contains(label) ? part.unknowns[label] : 0
              return percent(part.positives[label], of: part.images - unknown)
            }
          )
        }),
      .bars(
        "class-weights", description: "Class weights of the training films",
        valueLabel: "weight in the loss (logarithmic)", categories: names,
        series: [
          ("film with the finding", order.map { classWeights[$0].positive }),
          ("film without", order.map { classWeights[$0].negative }),
        ], logarithmic: true, range: "[0.4:*]"),
    ] + [filmsAPatientFigure].compactMap { $0 }
  }
}
