@testable import CXRFilms
import CXRData
import CXRTestSupport
import Foundation
import Testing

/// Films and rows that do not meet, and folders that names lead with.
extension CollectionRemarkTests {
  /// Films without a row, rows without a film, hidden films, and what an audit leaves out.
  @Test func filmsAndRowsThatDoNotMeetAreCounted() throws {
    let files = try TemporaryFolder()
    for name in ["a.png", "b.png", "c.png", "x.png", "y.png", "z.png", "._a.png", "deep/._b.png"] {
      _ = try files.write("films/" + name, name)
    }
    let csv = try files.write(
      "labels.csv",
      "Image Index,Finding Labels,Patient ID\n"
        + "abcdefg".map { "\($0).png,Mass,\($0)\n" }.joined())
    let audit = try files.write(
      "audit.csv",
      "image,problem,severity,detail\na.png,near_constant,error,x\nb.png,small,warning,x\n"
        + "c.png,missing,error,x\nd.png,missing,error,x\nq.png,near_constant,error,x\n")
    func said(_ change: (inout FilmCollection.Options) -> Void = { _ in }) throws -> FilmCollection
    {
      try films(csv, nil, labels: ["Mass"]) {
        $0.images = files.path + "/films"
        change(&$0)
      }
    }
    #expect(
      try said().remarks == [
        "2 hidden files in the folder that look like films, not used",
        "4 rows have no film, left out", "3 films in the folder have no row, not used",
      ])
    let audited = try said { $0.exclude = audit }
    #expect(
      audited.remarks == [
        "2 films left out, which the audit calls unusable",
        "1 films that the audit calls missing are there by now, and are used; a new audit looks at them",
        "1 films that the audit calls unusable are not in the label file: q.png",
        "2 hidden files in the folder that look like films, not used",
        "3 rows have no film, left out", "3 films in the folder have no row, not used",
      ])
    #expect(
      audited.excluded == ["a.png", "d.png"]
        && audited.rowsWithoutFilm == ["e.png", "f.png", "g.png"])
    #expect(audited.films(audited.rows(of: nil)).map(\.name) == ["b.png", "c.png"])
  }

  /// What leads to leaks is a warning; where patients are known none is given.
  @Test func eachFilmAPatientIsWarnedOf() throws {
    let files = try TemporaryFolder()
    var collection = hospital()
    let csv = try files.write("labels.csv", "file,mrn,codes\na,1,Mass\nb,1,\n")
    #expect(try films(csv, collection).warningOfPatients == nil)
    collection.patient = nil
    #expect(
      try films(csv, collection) { $0.patients = .eachFilm }.warningOfPatients
        == "each film is taken for a patient of its own, since nothing says whose films these are: where patients have "
        + "several, training and test share patients, figures flatter the network, and intervals are too narrow"
    )
    let table = try files.write("patients.csv", "Image Index,Patient ID\na,1\nb,1\n")
    let known = try films(csv, collection) { $0.patients = .table(path: table) }
    #expect(known.warningOfPatients == nil && known.file.patients.count == 1)
  }

  /// Leading folders count where names do not share them, and folders that are named go before a number of them.
  @Test func leadingFoldersOfACollection() {
    let shared = ["C-small/train/a.jpg", "C-small/valid/b.jpg"]
    func rule(_ rule: FilmNameRule, _ names: [String]) -> FilmNameRule {
      rule.joined(with: .cheXpert, names: names)
    }
    #expect(rule(FilmNameRule(), shared) == FilmNameRule(droppedFolderCount: 1))
    #expect(rule(FilmNameRule(), shared + ["D/valid/c.jpg"]) == FilmNameRule())
    let named = FilmNameRule(droppedFolders: "C-small/train")
    #expect(rule(named, shared) == named)
    #expect(FilmNameRule().joined(with: nil, names: shared) == FilmNameRule())
    // What is asked for counts beside what the collection says.
    #expect(rule(FilmNameRule(ignoresExtensions: true), shared).ignoresExtensions)
    #expect(
      FilmNameRule().joined(with: .siim, names: ["a", "b"]) == FilmNameRule(ignoresExtensions: true)
    )
  }

  /// The renamed first folder of CheXpert's paths does not count where its films are looked for.
  @Test func cheXpertsFirstFolderMayBeRenamed() throws {
    let files = try TemporaryFolder()
    var collection = CollectionDescription(
      name: "mine", film: "Path", patient: .folder("patient"), findings: .columns(["Edema"]))
    collection.leadingFolders = 1
    let names = ["C/train/patient1/study1/v.jpg", "C/valid/patient2/study1/v.jpg"]
    let csv = try files.write("labels.csv", "Path,Edema\n" + names.map { $0 + ",1\n" }.joined())
    for name in names { _ = try files.write("renamed/" + name.dropFirst(2), "film") }
    let found = try films(csv, collection) { $0.images = files.path + "/renamed" }
    #expect(found.rowsWithoutFilm == [] && found.filmsWithoutRow == [])
  }
}
