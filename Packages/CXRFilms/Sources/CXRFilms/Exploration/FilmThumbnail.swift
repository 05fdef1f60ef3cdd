import CXRData
import CXRImage

/// A small PNG picture of a film for a report.
public struct FilmThumbnail: Sendable {
  /// The film's name.
  public let name: String
  /// What to write below it.
  public let caption: String
  /// An 8-bit grey PNG file; `nil` where the film can no longer be read.
  public let png: [UInt8]?
  /// Why it cannot be.
  private let reason: String

  /// Its name, and why there is no picture.
  public var detail: String { png == nil ? "\(name) · no picture: \(reason)" : name }

  /// Decodes a film and shrinks it, its aspect ratio kept, to at most `side` pixels.
  /// - Throws: `ImageError`.
  public init(name: String, path: String, caption: String, side: Int = 160) throws {
    try self.init(name: name, film: GreyFilm(path: path), caption: caption, side: side)
  }

  /// Shrinks a film, its aspect ratio kept, to at most `side` pixels.
  /// - Throws: `ImageError`.
  public init(name: String, film: GreyFilm, caption: String, side: Int = 160) throws {
    precondition(side > 0, "FilmThumbnail: a side of \(side) pixels")
    let scale = Double(side) / Double(max(film.width, film.height))
    let plane = film.resized(
      height: max(1, Int((Double(film.height) * scale).rounded())),
      width: max(1, Int((Double(film.width) * scale).rounded())), method: .antialias)
    self.name = name
    self.caption = caption
    png = try GreyFilm(plane).pngData()
    reason = ""
  }

  /// A film that can no longer be read.
  fileprivate init(name: String, caption: String, without error: any Error) {
    (self.name, self.caption, png) = (name, caption, nil)
    reason = UnreadableFilm.reason(error)
  }
}

extension Exploration {
  /// Thumbnails of sample films: for each label the first readable film that has it, and two films of
  /// which it is known that they have no finding. Where none can be read any more, the last one that was tried, with why.
  public func sampleThumbnails(side: Int = 160) -> [FilmThumbnail] {
    guard let folder = collection.folder else { return [] }
    var used = Set<String>()
    let unreadable = Set(problems.filter { $0.kind == "unreadable" }.map(\.image))
    func thumbnail(caption: String, where isWanted: (FilmRow) -> Bool) -> FilmThumbnail? {
      var gone: FilmThumbnail?
      for row in collection.file.records.positions where isWanted(row) {
        let name = collection.file.records[row].name
        guard !used.contains(name), !unreadable.contains(name), let path = folder.path(of: name)
        else { continue }
        do {
          let shown = try FilmThumbnail(
            name: name, film: films.film(path), caption: caption, side: side)
          used.insert(name)
          return shown
        } catch { gone = FilmThumbnail(name: name, caption: caption, without: error) }
      }
      return gone
    }
    let labels = collection.matrix.labels
    let withFinding = labels.indices.prefix(16).compactMap { k in
      thumbnail(caption: labels[k]) { collection.matrix[$0, k] }
    }
    let without = (0..<2).compactMap { _ in
      // A film with a finding that was not asked about, or that may have one, is none without.
      thumbnail(caption: LabelSet.noFinding) { row in
        collection.file.records[row].findings.allSatisfy { $0 == LabelSet.noFinding }
          && labels.indices.allSatisfy {
            collection.matrix.isKnown(row, $0) && !collection.matrix[row, $0]
          }
      }
    }
    return withFinding + without
  }

  /// Thumbnails of films with problems that can be seen: up to three of a kind, errors first.
  public func flaggedThumbnails(side: Int = 160, limit: Int = 24) -> [FilmThumbnail] {
    guard let folder = collection.folder else { return [] }
    let kinds = FilmAudit.kinds.filter {
      !["missing", "unreadable", "without_row", "small", "bit_depth", "alpha"]
        .contains($0)
    }
    let ofKind = Dictionary(grouping: problems, by: \.kind)
    return kinds.flatMap { kind in
      (ofKind[kind] ?? []).prefix(3).compactMap { problem -> FilmThumbnail? in
        guard let path = folder.path(of: problem.image) else { return nil }
        let caption = kind.split(separator: "_").joined(separator: " ")
        do {
          return try FilmThumbnail(
            name: problem.image, film: films.film(path), caption: caption, side: side)
        } catch {
          return FilmThumbnail(name: problem.image, caption: caption, without: error)
        }
      }
    }.prefix(limit).map { $0 }
  }
}
