import CXRFiles
import CXRTensor
import Foundation

/// What films a network knows: their sizes, grey levels and features, against which a new film is held.
///
/// Sizes and grey levels are of the training films. Features are of validation films, since a network has fitted
/// those of its training films.
public struct TypicalFilms: Sendable, Equatable {
  /// The least and the largest of a figure.
  public struct Range: Codable, Sendable, Equatable {
    /// The least.
    public var least: Double
    /// The largest.
    public var most: Double

    /// From `least` to `most`.
    public init(_ least: Double, _ most: Double) { (self.least, self.most) = (least, most) }

    /// The range that holds all but one value in a thousand on each side, of at least one value.
    init(_ values: [Double]) {
      let sorted = values.sorted()
      let cut = sorted.count / 1000
      self.init(sorted[cut], sorted[sorted.count - 1 - cut])
    }
  }

  /// The numbers, as in a checkpoint's metadata.
  public struct Figures: Codable, Sendable, Equatable {
    /// Training films.
    public var films: Int
    /// In pixels, of the film as stored; all of them.
    public var width: Range
    /// In pixels, of the film as stored; all of them.
    public var height: Range
    /// Mean grey level of the prepared film.
    public var mean: Range
    /// Standard deviation of the prepared film's grey levels.
    public var contrast: Range
    /// Validation films of which the features were taken.
    public var featureFilms: Int
    /// The squared distance of features that at most one validation film in a hundred passes; `nil` of too few films.
    public var distance: Double?

    enum CodingKeys: String, CodingKey {
      case films, width, height, mean, contrast, distance
      case featureFilms = "feature_films"
    }
  }

  /// Ranges.
  public let figures: Figures
  /// Mean features, `[C]`.
  public let centre: [Double]
  /// L of the features' covariance L·Lᵀ, `[C, C]`.
  public let factor: [Double]

  /// The most validation films whose features are used, spread evenly.
  public static let mostFeatureFilms = 4096
  /// The fewest from which a distance is judged.
  public static let leastFeatureFilms = 20

  /// How a film looks that is held against these.
  public struct Film: Sendable {
    /// In pixels, as stored.
    public let width: Int
    /// In pixels, as stored.
    public let height: Int
    /// Mean grey level of the prepared film.
    public let mean: Double
    /// Standard deviation of its grey levels.
    public let contrast: Double
    /// `[C]`.
    public let features: [Float]

    /// Gathers a film's look.
    public init(width: Int, height: Int, mean: Double, contrast: Double, features: [Float]) {
      (self.width, self.height, self.mean) = (width, height, mean)
      (self.contrast, self.features) = (contrast, features)
    }
  }

  /// What is typical, as it was gathered before.
  ///
  /// - Parameters:
  ///   - figures: ranges.
  ///   - centre: mean features, `[C]`.
  ///   - factor: L of the features' covariance L·Lᵀ, `[C, C]`.
  public init(figures: Figures, centre: [Double], factor: [Double]) {
    precondition(
      factor.count == centre.count * centre.count,
      "TypicalFilms: a factor of \(factor.count) numbers for \(centre.count) features")
    (self.figures, self.centre, self.factor) = (figures, centre, factor)
  }

  /// Gathers what is typical.
  ///
  /// - Parameters:
  ///   - training: size and grey levels of each training film.
  ///   - features: of validation films, `[n, C]`.
  ///   - channels: C.
  public init(
    training: [(width: Int, height: Int, mean: Double, contrast: Double)], features: [Float],
    channels: Int
  ) {
    let count = features.count / channels
    var centre = [Double](repeating: 0, count: channels)
    for (i, value) in features.enumerated() { centre[i % channels] += Double(value) }
    for c in 0..<channels { centre[c] /= Double(max(1, count)) }
    var covariance = [Double](repeating: 0, count: channels * channels)
    let deviations = features.enumerated().map { Double($1) - centre[$0 % channels] }
    BLAS.addGram(of: deviations, columns: channels, to: &covariance)
    for i in covariance.indices { covariance[i] /= Double(max(1, count - 1)) }
    // A hundredth of the mean variance on the diagonal: directions that a few films happen not to show are not
    // taken for impossible.
    let variance =
      (0..<channels).reduce(0) { $0 + covariance[$1 * channels + $1] } / Double(channels)
    let grain = max(variance / 100, 1e-12)
    for c in 0..<channels { covariance[c * channels + c] += grain }
    let factor = LAPACK.choleskyFactor(of: covariance, order: channels)
    let distances =
      factor.map { Self.squaredDistances(deviations, channels: channels, factor: $0) } ?? []
    var figures = Figures(
      films: training.count, width: Range(0, 0), height: Range(0, 0), mean: Range(0, 0),
      contrast: Range(0, 0), featureFilms: count, distance: nil)
    if !training.isEmpty {
      let (widths, heights) = (training.map(\.width), training.map(\.height))
      figures.width = Range(Double(widths.min() ?? 0), Double(widths.max() ?? 0))
      figures.height = Range(Double(heights.min() ?? 0), Double(heights.max() ?? 0))
      figures.mean = Range(training.map(\.mean))
      figures.contrast = Range(training.map(\.contrast))
    }
    if count >= Self.leastFeatureFilms, !distances.isEmpty {
      // Each film's distance from the others: it has drawn centre and covariance to itself. With the scatter
      // S = (n − 1)·C, leaving it out is a change of rank one (Sherman and Morrison).
      let n = Double(count)
      let others = distances.map { distance -> Double in
        let inScatter = distance / (n - 1)
        let left = 1 - n / (n - 1) * inScatter
        return left > 0
          ? (n - 2) * (n / (n - 1)) * (n / (n - 1)) * inScatter / left : .greatestFiniteMagnitude
      }.sorted()
      let limit = others[count - 1 - count / 100]
      figures.distance = limit.isFinite && limit < 1e300 ? limit : nil
    }
    self.figures = figures
    self.centre = centre.map { Double(Float($0)) }
    self.factor =
      (factor ?? [Double](repeating: 0, count: channels * channels)).map { Double(Float($0)) }
  }

  /// The squared Mahalanobis distance of each row of `deviations` from 0, `[n]`.
  private static func squaredDistances(
    _ deviations: [Double], channels: Int, factor: [Double]
  ) -> [Double] {
    let count = deviations.count / channels
    guard count > 0 else { return [] }
    var columns = [Double](repeating: 0, count: deviations.count)
    for film in 0..<count {
      for c in 0..<channels { columns[c * count + film] = deviations[film * channels + c] }
    }
    guard let whitened = LAPACK.solve(lowerTriangle: factor, order: channels, rightSides: columns)
    else { return [] }
    var sums = [Double](repeating: 0, count: count)
    for (i, value) in whitened.enumerated() { sums[i % count] += value * value }
    return sums
  }

  /// The squared Mahalanobis distance of features `[C]` from the typical ones.
  public func squaredDistance(_ features: [Float]) -> Double? {
    precondition(
      features.count == centre.count, "\(features.count) features instead of \(centre.count)")
    return Self.squaredDistances(
      zip(features, centre).map { Double($0) - $1 }, channels: centre.count, factor: factor
    ).first
  }

  /// In what a film is unlike these, in words; empty where it is in nothing.
  public func differences(of film: Film) -> [String] {
    var lines: [String] = []
    // A tenth of leeway: what matters is another device, not a trimmed border.
    func isOutside(_ size: Int, _ range: Range) -> Bool {
      Double(size) < range.least * 0.9 || Double(size) > range.most * 1.1
    }
    if isOutside(film.width, figures.width) || isOutside(film.height, figures.height) {
      func span(_ range: Range) -> String {
        range.least == range.most
          ? "\(Int(range.least))" : "\(Int(range.least)) to \(Int(range.most))"
      }
      lines.append(
        "\(film.width) × \(film.height) pixels, where training had \(span(figures.width)) × "
          + span(figures.height))
    }
    func compare(_ value: Double, _ range: Range, _ name: String, low: String, high: String) {
      guard value < range.least || value > range.most else { return }
      lines.append(
        "\(value < range.least ? low : high) than the films of training: \(name) "
          + "\(Int(value.rounded())) grey levels, theirs \(Int(range.least.rounded())) to "
          + "\(Int(range.most.rounded()))")
    }
    compare(film.mean, figures.mean, "mean", low: "darker", high: "brighter")
    compare(
      film.contrast, figures.contrast, "standard deviation", low: "flatter",
      high: "of more contrast")
    if let limit = figures.distance, let distance = squaredDistance(film.features),
      distance > limit
    {
      lines.append(
        "the network's features of it are far from those of known films: distance \(Self.short(distance.squareRoot())) from the "
          + "typical film; at most one validation film in a hundred is beyond "
          + Self.short(limit.squareRoot()))
    }
    return lines
  }

  private static func short(_ value: Double) -> String { String(format: "%.1f", value) }
}

extension TypicalFilms.Figures {
  /// Whether such films could be.
  public var isPlausible: Bool {
    [width, height, mean, contrast].allSatisfy {
      0 <= $0.least && $0.least <= $0.most && $0.most <= 1e6
    } && (distance.map { $0.isFinite && $0 > 0 } ?? true)
  }

  /// The document in a checkpoint's metadata.
  public var json: JSONValue {
    func range(_ range: TypicalFilms.Range) -> JSONValue {
      .object([("least", .number(range.least)), ("most", .number(range.most))])
    }
    return .object([
      ("films", .integer(films)), ("width", range(width)), ("height", range(height)),
      ("mean", range(mean)), ("contrast", range(contrast)),
      ("feature_films", .integer(featureFilms)), ("distance", .number(orNull: distance)),
    ])
  }
}
