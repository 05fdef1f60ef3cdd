/// Finds films that lie otherwise than the films around them, or are inverted.
///
/// The rule: the mean of a view's films, 16 × 16 pixels, each of mean 0 and variance 1, is what an upright
/// film looks like; the fifth that fits it least is left out and the mean taken again. A film that the
/// picture's negative fits better, in any pose, than the picture does in any is inverted; one that fits a
/// turned picture better than the upright one by more than 0.1 of correlation is turned. Left and right are
/// told apart by what is left of a film when its mirror image is subtracted, correlated with the same of all
/// films' mean; below −0.45 a film is called mirrored.
///
/// How often it is right was measured on real films; the article <doc:FilmsAtScale> says it.
struct PoseAudit {
  /// The fewest films of a view from which a picture is taken.
  static let fewestFilms = 20
  private static let margin: Float = 0.1
  private static let mirrored: Float = -0.45

  /// A film, by its place in a list, and what is odd about it.
  struct Finding: Equatable {
    let film: Int
    let kind: String
    let detail: String
  }

  /// Looks through films; `views` may be empty texts, for which all films stand. Of a view with fewer than
  /// twenty films nothing is said.
  static func findings(_ films: [PoseThumbnail], views: [String]) -> [Finding] {
    let seen = films.indices.filter { !films[$0].isFlat }
    guard let all = Reference(seen.map { films[$0] }) else { return [] }
    let groups = Dictionary(grouping: seen, by: { views[$0] })
    var findings: [Finding] = []
    for (view, members) in groups.sorted(by: { $0.key < $1.key }) {
      // A rare view's films do not look like the others, and are too few to say how they should look.
      guard let own = view.isEmpty ? all : Reference(members.map { films[$0] }) else { continue }
      for film in members {
        if let (kind, detail) = own.oddity(of: films[film])
          ?? all.mirroring(of: films[film])
        {
          findings.append(Finding(film: film, kind: kind, detail: detail))
        }
      }
    }
    return findings.sorted { $0.film < $1.film }
  }

  /// What upright films look like.
  private struct Reference {
    let posed: [(pose: FilmPose, picture: [Float])]
    let asymmetry: [Float]

    init?(_ films: [PoseThumbnail]) {
      guard films.count >= PoseAudit.fewestFilms else { return nil }
      // A film's numbers are unpacked when they are needed: those of all would take a hundred megabytes.
      var members = Array(films.indices)
      var picture: [Float] = []
      for _ in 0..<3 {
        picture = Self.normalised(Self.sum(members) { films[$0].values })
        let fits = films.map { dot($0.values, picture) }
        let order = films.indices.sorted { (fits[$0], $0) > (fits[$1], $1) }
        members = order.prefix(films.count - films.count / 5).sorted()
      }
      posed = FilmPose.all.map { ($0, $0.applied(to: picture)) }
      asymmetry = Self.unit(
        Self.sum(members) { Self.unit(Self.antisymmetric(films[$0].values)) })
    }

    func oddity(of film: PoseThumbnail) -> (kind: String, detail: String)? {
      let values = film.values
      let fits = posed.map { dot(values, $0.picture) / Float(PoseThumbnail.count) }
      let upright = fits[0]
      let most = fits.indices.max { fits[$0] < fits[$1] } ?? 0
      let least = fits.min() ?? 0
      if -least > fits[most] {
        return (
          "inverted",
          "black and white seem exchanged: correlation \(text(least)) with the mean film"
        )
      }
      if fits[most] > upright + PoseAudit.margin {
        let (kind, how) = posed[most].pose.oddity
        return (
          kind,
          "fits the mean film better when \(how): correlation \(text(fits[most])), as it lies "
            + text(upright)
        )
      }
      return nil
    }

    /// Whether a film that lies as it should is seen from behind.
    func mirroring(of film: PoseThumbnail) -> (kind: String, detail: String)? {
      let side = dot(Self.unit(Self.antisymmetric(film.values)), asymmetry)
      if side < PoseAudit.mirrored {
        return (
          "mirrored",
          "left and right seem exchanged: correlation \(text(side)) with the mean film's asymmetry"
        )
      }
      return nil
    }

    private static func sum(_ films: [Int], _ picture: (Int) -> [Float]) -> [Float] {
      films.reduce(into: [Float](repeating: 0, count: PoseThumbnail.count)) { total, film in
        let values = picture(film)
        for k in total.indices { total[k] += values[k] }
      }
    }

    /// Of mean 0 and variance 1.
    private static func normalised(_ values: [Float]) -> [Float] {
      let mean = values.reduce(0, +) / Float(values.count)
      return unit(values.map { $0 - mean }).map { $0 * Float(values.count).squareRoot() }
    }

    /// Of length 1.
    private static func unit(_ values: [Float]) -> [Float] {
      let length = dot(values, values).squareRoot()
      return length > 0 ? values.map { $0 / length } : values
    }

    /// What a picture has that its mirror image has not.
    private static func antisymmetric(_ values: [Float]) -> [Float] {
      let n = PoseThumbnail.side
      return values.indices.map { values[$0] - values[$0 / n * n + n - 1 - $0 % n] }
    }
  }
}

extension FilmPose {
  /// What a film that lies so is called, and what would put it right.
  fileprivate var oddity: (kind: String, how: String) {
    switch (turns, isMirrored) {
    case (0, _): ("mirrored", "left and right are exchanged")
    case (2, _): ("upside_down", "turned upside down")
    default: ("rotated", "turned by a quarter")
    }
  }
}

private func dot(_ a: [Float], _ b: [Float]) -> Float {
  var sum: Float = 0
  for k in 0..<min(a.count, b.count) { sum += a[k] * b[k] }
  return sum
}

private func text(_ value: Float) -> String { "\((value * 100).rounded() / 100)" }
