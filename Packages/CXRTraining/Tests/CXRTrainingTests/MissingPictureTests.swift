import CXREvaluation
import CXRFilms
import CXRImage
import CXRReport
import Foundation
import Testing

@testable import CXRTraining

/// A film that is gone when it is to be shown is named, with why, and not left out without a word.
@Suite struct MissingPictureTests {
  @Test func anExampleSaysWhyItHasNone() throws {
    let set = try SmallSet()
    defer { set.remove() }
    var trained = set.options
    trained.epochs = 1
    try set.train("run", trained)
    var options = Evaluation.Options(
      checkpoints: [set.folder + "/run/best.npz"], collection: set.collection, subset: nil)
    options.exampleSide = 40
    let shown = try Evaluation(options).models[0].examples
    try #require(shown.count >= 2)
    #expect(shown.allSatisfy { $0.picture != nil && $0.note.isEmpty })

    // All are answered, and then gone before any is shown.
    let images = set.images
    var events = Evaluation.Events()
    events.progress = { done, total in
      if done == total { try? FileManager.default.removeItem(atPath: images) }
    }
    let missing = try Evaluation(options, events: events).models[0].examples
    #expect(missing.map(\.film) == shown.map(\.film))
    #expect(missing.allSatisfy { $0.picture == nil && $0.note.hasPrefix("no picture: ") })
    #expect(missing.allSatisfy { $0.note.contains("no such file") }, "\(missing.map(\.note))")
  }

  @Test func aFlaggedFilmToo() throws {
    let set = try SmallSet()
    defer { set.remove() }
    let flat = GreyFilm(height: 40, width: 40, pixels: [UInt8](repeating: 90, count: 1600))
    try set.write(flat.pngData(), to: "films/f3.png")
    let exploration = try Exploration(set.collection)
    let shown = exploration.flaggedThumbnails(side: 20)
    let film = try #require(shown.first { $0.name == "f3.png" })
    #expect(film.png != nil && film.detail == "f3.png")
    try FileManager.default.removeItem(atPath: set.images)
    let samples = exploration.sampleThumbnails(side: 20)
    #expect(samples.count == 4 && samples.allSatisfy { $0.png == nil })
    let gone = exploration.flaggedThumbnails(side: 20)
    #expect(gone.map(\.name) == shown.map(\.name))
    #expect(gone.allSatisfy { $0.png == nil && $0.detail.contains(" · no picture: ") })
  }

  @Test func aPageShowsTheWords() {
    var page = ReportPage(title: "t", lead: "l")
    page.contactSheet([(nil, "film", "f.png · no picture: it is gone")])
    #expect(page.html.contains("<figure><figcaption>film<br><small>f.png · no picture"))
    #expect(!page.html.contains("<img"))
  }
}
