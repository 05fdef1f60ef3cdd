import CXRImage

/// What is odd about a film by itself: the audit's rules of single films.
extension FilmExamination {
  /// Grey levels beyond which a film is called too dark or too bright, and the standard deviation below
  /// which it shows nothing. The means of 1,106 NIH films lie between 77 and 197, their deviations between
  /// 27 and 83.
  static let (darkest, brightest, flattest) = (30.0, 225.0, 5.0)

  /// What is odd about the film by itself.
  ///
  /// - Parameters:
  ///   - name: what the problems are of.
  ///   - file: the name of its file, where that is another.
  ///   - smallest: the side of the network's input, in pixels.
  ///   - canChoose: whether who reads it can choose how films are prepared, as who asks a trained network cannot.
  public func problems(
    name: String, file: String? = nil, smallest: Int, canChoose: Bool = true
  ) -> [AuditProblem] {
    var problems: [AuditProblem] = []
    func add(_ kind: String, _ severity: AuditProblem.Severity, _ detail: String) {
      problems.append(AuditProblem(image: name, kind: kind, severity: severity, detail: detail))
    }
    if let header {
      let suffix = (file ?? name).split(separator: ".").last.map { $0.lowercased() } ?? ""
      let expected = FilmFormat.allCases.first { $0.extensions.contains(suffix) }
      if let expected, expected != header.format {
        add("wrong_type", .warning, "named .\(suffix), but \(header.format.name)")
      }
      if header.bitDepth != 8 { add("bit_depth", .note, "\(header.bitDepth) bits a sample") }
      if header.orientation != .upright, ignoresOrientation {
        add(
          "exif_orientation", .warning,
          "its EXIF orientation says that it is \(header.orientation.description), which is ignored"
            + (canChoose ? " unless the option exifOrientation is apply" : " as it was in training")
        )
      }
      if header.hasAlpha {
        add("alpha", .note, "\(header.colour.rawValue); transparency is dropped")
      }
    }
    if let colour, colour.largest > 2 {
      add(
        "not_grey", colour.share > 0.01 ? .warning : .note,
        "\(header?.colour.rawValue ?? ""): colours differ by up to \(colour.largest) levels, by more "
          + "than 2 on \(rounded(100 * colour.share)) % of the pixels")
    }
    let (width, height) = (content.width, content.height)
    if min(width, height) < smallest {
      add(
        "small", .warning, "\(width) × \(height) pixels; the network sees \(smallest) × \(smallest)"
      )
    }
    if max(width, height) > 2 * min(width, height) {
      add("narrow", .warning, "\(width) × \(height) pixels; resizing to a square distorts it")
    }
    let mean = moments.mean
    let isConstant = (stretched ?? moments).standardDeviation < Self.flattest
    if let usedBits {
      // As it is read it shows nothing; of fewer than nine bits nothing here makes more of it.
      add(
        "unused_bits", usedBits > 8 ? .warning : .error,
        "uses \(usedBits) of 16 bits, so that it is dark; "
          + (!canChoose
            ? "the network was trained on films that use all"
            : usedBits > 8
              ? "the option pngBits \(usedBits) takes these for all, if other films use no more"
              : "save it with 8 bits"))
    }
    if isConstant {
      let deviation = (stretched ?? moments).standardDeviation
      add("near_constant", .error, "standard deviation of \(rounded(deviation)) grey levels")
    } else if mean < Self.darkest {
      // Of a film with unused bits that is told by them.
      if usedBits == nil { add("too_dark", .warning, "mean of \(rounded(mean)) grey levels") }
    } else if mean > Self.brightest {
      add("too_bright", .warning, "mean of \(rounded(mean)) grey levels")
    }
    return problems
  }

  private func rounded(_ value: Double) -> String { "\((value * 100).rounded() / 100)" }
}
