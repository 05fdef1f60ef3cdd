import CXRData
import CXRImage
import CXRTestSupport
import Foundation
import Testing

@testable import CXRFilms

/// What is said of films that are missing or unreadable, and what can be done about it.
@Suite struct FilmErrorTests {
  @Test func missingFilms() {
    let missing = FilmError.missingFilms(names: ["a", "b"], count: 3, folder: "films", hints: [])
    #expect(
      missing.description
        == "3 films of the label file are not under films, the first: a, b. Correct the folder of films, or go on "
        + "without them")
    #expect(missing.remedies == [.allowMissing])
    // None is a folder that is wrong, which nothing allows.
    let none = FilmError.noFilmFound(names: ["a"], count: 1, folder: "films", hints: [])
    #expect(none.description.hasSuffix(" Correct the folder of films") && none.remedies == [])
  }

  @Test func unreadableFilms() {
    let wide = DecodingRemedy(option: "pngBits", value: "12")
    let films = [
      UnreadableFilm(name: "a", reason: "the file is empty"),
      UnreadableFilm(name: "b", reason: "too many bits", remedy: wide),
      UnreadableFilm(
        name: "c", reason: "a modality", remedy: DecodingRemedy(option: "x", value: "y")),
    ]
    let error = FilmError.unreadableFilms(films)
    #expect(
      error.description
        == "3 films cannot be decoded:\n  a: the file is empty\n  b: too many bits\n  c: a modality\n"
        + "Replace them, or go on without them")
    #expect(error.remedies == [.skipUnreadable, Remedy(option: "pngBits", value: "12")])
    #expect(FilmError.unreadableFilms([films[0]]).remedies == [.skipUnreadable])
  }

  /// A decoder's remedy is kept beside its reason, of any error the reason alone.
  @Test func whatWasThrown() {
    let remedy = DecodingRemedy(option: "dicomRange", value: "full")
    let film = UnreadableFilm(
      name: "a",
      ImageError.undecodable(
        path: "a", format: "DICOM", offset: nil, reason: "its window is empty", remedy: remedy))
    #expect(film.remedy == remedy && film.reason.hasSuffix("(dicomRange full takes it)"))
    let empty = UnreadableFilm(name: "a", ImageError.empty(path: "a"))
    #expect(empty == UnreadableFilm(name: "a", reason: "the file is empty"))
  }

  /// Films that use more bits than they are said to: the cache says what would read them.
  @Test func theCacheKeepsTheRemedy() throws {
    let files = try TemporaryFolder()
    let path = files.path + "/wide.png"
    let png = WrittenPNG.bytes(
      width: 8, height: 8, depth: 16, samples: (0..<64).map { $0 * 65 }, orientation: nil)
    try Data(png).write(to: URL(fileURLWithPath: path))
    let preparation = FilmPreparation(imageSize: 8, pngBits: 10)
    let cache = try FilmCache(
      films: [(name: "wide.png", path: path)], preparation: preparation,
      folder: files.path)
    let remedy = DecodingRemedy(option: "pngBits", value: "12")
    #expect(cache.unreadable.map(\.remedy) == [remedy])
    let films = try PreparedFilms(
      [(name: "wide.png", path: path)], [preparation], cacheFolder: nil, check: .stamp,
      waiting: {}, progress: { _ in })
    guard case .failure(let failure) = try films.pixels(of: 0..<1)[0] else {
      Issue.record("a film of 12 bits was read as one of 10")
      return
    }
    #expect(failure.film == cache.unreadable[0])
  }

  @Test func theCache() {
    #expect(FilmError.cacheFailed(path: "c", reason: "no space").remedies == [.nameCache])
    let archives = FilmError.archivesWithoutCache(names: ["a"], count: 1, archive: "f.zip")
    #expect(archives.remedies == [.nameCache])
    #expect(archives.description.hasSuffix("a cache of prepared films; name a folder for it"))
    #expect(FilmError.cacheChanged(path: "c", film: "a").remedies == [.goOn])
    #expect(FilmError.noFilms(part: "test", why: "none is there").remedies == [])
  }
}
