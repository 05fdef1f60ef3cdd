import CXRFilms
import CXRCheckpoint
import CXRImage
import CXRTensor

/// What an upright frontal film looks like, learnt from training films, against which a single film is held whose view is not
/// known.
///
/// A film is seen as the ranks of its 16 × 16 grey levels. The template is the ridge regression that gives 1 for training
/// films as they lie, 0 for them turned by quarters, and so −1 for their negatives; each is also seen cropped and with
/// borders, since films from elsewhere are. A film that scores below 0.45 as it lies is like no frontal film, or turned, or
/// inverted, whichever pose scores most. Left and right are told apart by what is left of a film when its mirror image is
/// subtracted, which tells half of the mirrored films.
///
/// How often it is right was measured on films of other hospitals; the article "Films at scale" of CXRFilms says it.
struct FrontalTemplate: Sendable, Equatable {
  /// `[256]`, for ranks.
  let upright: [Float]
  /// `[256]`, for the antisymmetric part of ranks, which is −1 or less of one film in fifty.
  let asymmetry: [Float]

  /// The fewest training films from which a template is learnt.
  static let fewestFilms = 20
  /// The most that are used, evenly spread.
  static let mostFilms = 2000
  private static let count = PoseThumbnail.count
  /// What counts on the diagonal beside the mean variance: the constants were chosen on films of one half of the patients,
  /// and judged on the other half's.
  private static let ridge = (upright: 3.0, asymmetry: 10.0)
  private static let (threshold, margin, mirrored): (Float, Float, Float) = (0.45, 0.1, -1.2)

  /// The parts of a film, and of what lies around it, that each training film is seen through: rows and columns in 224ths
  /// of its side, and the grey level of what lies outside.
  static let windows: [PoseThumbnail.Window] = [
    .init(0, 224, 0, 224), .init(34, 190, 34, 190), .init(-45, 269, -45, 269),
    .init(-56, 280, 0, 224), .init(0, 224, -56, 280), .init(56, 224, 22, 202),
    .init(0, 168, 22, 202), .init(-67, 224, 0, 224), .init(0, 291, 0, 224),
    .init(22, 202, 22, 202), .init(-22, 246, -22, 246), .init(-22, 246, -22, 246, outside: 255),
  ]

  /// A training film through every window; flat ones are left out, and so is a film that is flat as a whole.
  struct Views: Sendable {
    /// `[views, 256]`, in 1/32; the whole film first.
    fileprivate let ranks: [Int8]

    init(_ film: FilmPlane) {
      var ranks: [Int8] = []
      for (place, window) in FrontalTemplate.windows.enumerated() {
        let view = PoseThumbnail(film, through: window).ranks
        if place == 0, view.isEmpty { break }
        ranks += view
      }
      self.ranks = ranks
    }

    fileprivate var whole: ArraySlice<Int8> { ranks.prefix(FrontalTemplate.count) }
  }

  /// Learns from training films; `nil` where fewer than twenty of them, or than half, are alike.
  init?(_ films: [Views]) {
    let seen = films.filter { !$0.ranks.isEmpty }
    var kept = seen
    var template: [Float] = []
    // Training films that are themselves turned or no frontal films are left out, and the others learnt from again.
    for _ in 0..<3 {
      guard kept.count >= Self.fewestFilms, 2 * kept.count >= seen.count,
        let fitted = Self.upright(kept)
      else { return nil }
      template = fitted
      let posed = Self.posed(fitted)
      let fine = seen.filter { Self.oddity($0.whole, posed) == nil }
      if fine.count == kept.count { break }
      kept = fine
    }
    guard let asymmetry = Self.asymmetry(kept) else { return nil }
    (upright, self.asymmetry) = (template, asymmetry)
  }

  /// What is odd about how a prepared film lies; `nil` where nothing is, and of a flat film.
  func oddity(of film: FilmPlane) -> (kind: String, detail: String)? {
    let ranks = PoseThumbnail(film).ranks
    guard !ranks.isEmpty else { return nil }
    if let odd = Self.oddity(ranks[...], Self.posed(upright)) { return odd }
    let side = Self.antisymmetric(ranks[...])
    let score = zip(side, asymmetry).reduce(Float(0)) { $0 + Float($1.0) * $1.1 }
    guard score < Self.mirrored else { return nil }
    return (
      "mirrored", "left and right may be exchanged: asymmetry \(Self.text(score)) of the usual"
    )
  }

  /// The template in each of the four turns.
  private static func posed(_ template: [Float]) -> [[Float]] {
    (0..<4).map { FilmPose(turns: $0, isMirrored: false).applied(to: template) }
  }

  private static func oddity(
    _ ranks: ArraySlice<Int8>, _ posed: [[Float]]
  ) -> (kind: String, detail: String)? {
    let scores = posed.map { template in
      zip(ranks, template).reduce(Float(0)) { $0 + Float($1.0) * $1.1 } / 32
    }
    let (upright, best) = (
      scores[0], scores.indices.reduce(0) { abs(scores[$1]) > abs(scores[$0]) ? $1 : $0 }
    )
    let most = abs(scores[best])
    if upright >= threshold, most - upright <= margin { return nil }
    let likeness = "likeness to the training films' frontal view \(text(upright)), of 1"
    if most < threshold || most - upright <= margin {
      return (
        "lateral",
        "does not look like a frontal film: a lateral view, a crop or borders? \(likeness)"
      )
    }
    if scores[best] < 0 { return ("inverted", "black and white seem exchanged: \(likeness)") }
    return best == 2
      ? ("upside_down", "seems to lie upside down: \(likeness)")
      : ("rotated", "seems turned by a quarter: \(likeness)")
  }

  private static func text(_ value: Float) -> String { "\((value * 100).rounded() / 100)" }

  /// Ridge regression over every view of the films, of which 1 is the mean score. Sums are of whole numbers, so they are
  /// exact in 64-bit floating point, whatever their order.
  private static func upright(_ films: [Views]) -> [Float]? {
    var gram = [Double](repeating: 0, count: count * count)
    var sums = [Double](repeating: 0, count: count)
    var views = 0
    for film in films {
      BLAS.addGram(of: film.ranks.map(Double.init), columns: count, to: &gram)
      for (place, rank) in film.ranks.enumerated() { sums[place % count] += Double(rank) }
      views += film.ranks.count / count
    }
    // The turned and mirrored copies are the same numbers in other places.
    let poses = FilmPose.all.map { $0.applied(to: Array(0..<count)) }
    var matrix = [Double](repeating: 0, count: count * count)
    for pose in poses {
      for i in 0..<count {
        for j in 0..<count {
          let (a, b) = (max(pose[i], pose[j]), min(pose[i], pose[j]))
          matrix[i * count + j] += gram[a * count + b]
        }
      }
    }
    for i in matrix.indices { matrix[i] /= Double(poses.count * views) * 1024 }
    let mirror = FilmPose(turns: 0, isMirrored: true).applied(to: Array(0..<count))
    let target = (0..<count).map { (sums[$0] + sums[mirror[$0]]) / (Double(2 * views) * 32) }
    guard let fitted = solve(matrix, ridge: ridge.upright, target) else { return nil }
    let mean =
      films.reduce(0.0) { sum, film in
        sum + zip(film.whole, fitted).reduce(0) { $0 + Double($1.0) * $1.1 } / 32
      } / Double(films.count)
    return mean > 0 ? fitted.map { Float($0 / mean) } : nil
  }

  /// The same for what is left of whole films without their mirror images, of which 1 is the median score.
  private static func asymmetry(_ films: [Views]) -> [Float]? {
    let sides = films.map { antisymmetric($0.whole) }
    var lower = [Double](repeating: 0, count: count * count)
    var mean = [Double](repeating: 0, count: count)
    for side in sides {
      BLAS.addGram(of: side, columns: count, to: &lower)
      for place in mean.indices { mean[place] += side[place] / Double(sides.count) }
    }
    var matrix = lower
    for i in 0..<count {
      for j in 0..<count { matrix[i * count + j] = lower[max(i, j) * count + min(i, j)] }
    }
    for i in matrix.indices { matrix[i] /= Double(sides.count) }
    guard let fitted = solve(matrix, ridge: ridge.asymmetry, mean) else { return nil }
    let scores = sides.map { zip($0, fitted).reduce(0.0) { $0 + $1.0 * $1.1 } }.sorted()
    let median = scores[scores.count / 2]
    return median > 0 ? fitted.map { Float($0 / median) } : nil
  }

  private static func solve(_ matrix: [Double], ridge: Double, _ target: [Double]) -> [Double]? {
    let trace = (0..<count).reduce(0.0) { $0 + matrix[$1 * count + $1] }
    guard trace > 0 else { return nil }
    var matrix = matrix
    for i in 0..<count { matrix[i * count + i] += ridge * trace / Double(count) }
    return LAPACK.solve(positiveDefinite: matrix, order: count, rightSides: target)
  }

  /// What ranks have that their mirror image has not, of length 16.
  private static func antisymmetric(_ ranks: ArraySlice<Int8>) -> [Double] {
    let (values, n) = (Array(ranks), PoseThumbnail.side)
    let difference = values.indices.map {
      Double(values[$0]) - Double(values[$0 / n * n + n - 1 - $0 % n])
    }
    let length = difference.reduce(0) { $0 + $1 * $1 }.squareRoot()
    return length > 0 ? difference.map { $0 * Double(n) / length } : difference
  }

  // MARK: in a checkpoint

  static let prefix = "frontal/"
  private static let shapes = [("upright", [count]), ("asymmetry", [count])]

  /// The arrays in a checkpoint.
  var arrays: [NamedArray] {
    zip(Self.shapes, [upright, asymmetry]).map {
      NamedArray(name: Self.prefix + $0.0, shape: $0.1, scalars: $1)
    }
  }

  /// Reads it from a checkpoint; `nil` where there is none.
  /// - Throws: `CheckpointError` for arrays of another shape, ``TrainingError/unusableCheckpoint(path:reason:)``.
  init?(_ checkpoint: Checkpoint, path: String) throws {
    guard checkpoint.arrays.contains(where: { $0.name.hasPrefix(Self.prefix) }) else { return nil }
    let found = try checkpoint.arrays(under: Self.prefix, Self.shapes, path: path)
    (upright, asymmetry) = (found[0].scalars, found[1].scalars)
    guard (upright + asymmetry).allSatisfy(\.isFinite) else {
      throw TrainingError.unusableCheckpoint(
        path: path, reason: "what it says of frontal films are no numbers; the file is damaged")
    }
  }
}
