@testable import CXRFilms
import CXRData
import CXRTestSupport
import Foundation
import Testing

/// What a person is told of a label file, in words and numbers.
@Suite struct RemarkTests {
  /// Of twenty other labels all are named, by name; of more, the commonest twenty, the commonest first.
  @Test(arguments: [20, 23]) func otherLabelsAreCounted(others: Int) throws {
    let folder = try TemporaryFolder()
    var rows = "Image Index,Finding Labels,Patient ID\n0.png,Mass,0\n"
    var film = 1
    for other in 0..<others {
      // The later in the alphabet, the commoner.
      for _ in 0...other {
        rows += "\(film).png,sign \(Character(UnicodeScalar(UInt8(97 + other)))),\(film)\n"
        film += 1
      }
    }
    let csv = try folder.write(rows, to: "labels.csv")
    let collection = try FilmCollection(
      FilmCollection.Options(labelFile: csv, labels: ["Mass"]))
    let line = try #require(
      collection.remarks.first { $0.hasPrefix("labels outside the set, not used: ") })
    let signs = (0..<others).map {
      "sign \(Character(UnicodeScalar(UInt8(97 + $0)))) (\($0 + 1))"
    }
    let shown = others <= 20 ? signs : signs.suffix(20).reversed()
    #expect(
      line == "labels outside the set, not used: " + shown.joined(separator: ", ")
        + (others > 20 ? ", and \(others - 20) more" : ""))
  }

  @Test func tiesOfReadersAreCounted() throws {
    let folder = try TemporaryFolder()
    let csv = try folder.write(
      "film,patient,reader,Mass,Edema\na,1,R1,1,0\na,1,R2,0,0\nb,2,R1,1,1\nb,2,R2,0,1\n"
        + "c,3,R1,1,0\nc,3,R2,1,0\nd,4,R1,0,0\nd,4,R2,0,0\n", to: "labels.csv")
    var description = CollectionDescription(
      name: "hospital", film: "film", patient: .column("patient"),
      findings: .columns(["Mass", "Edema"]))
    description.readers = CollectionDescription.Readers(column: "reader")
    var options = FilmCollection.Options(labelFile: csv, labels: ["Mass", "Edema"])
    options.collection = description
    let remark =
      "half of the readers named a finding 2 times, which is no majority and counts as absent"
    #expect(try FilmCollection(options).remarks.contains(remark))
  }

  /// Films without a row of a table, and rows without a film, each by their own number.
  @Test func tablesSayWhatTheyLeaveOpen() throws {
    let folder = try TemporaryFolder()
    let csv = try folder.write(
      "film,patient,Mass\na,1,1\nb,2,0\nc,3,0\nd,4,1\n", to: "labels.csv")
    try folder.write("film,view\na,PA\nx,PA\ny,PA\n", to: "views.csv")
    var description = CollectionDescription(
      name: "hospital", film: "film", patient: .column("patient"), findings: .columns(["Mass"]))
    description.view = "view"
    description.tables = [CollectionDescription.JoinedTable(file: "views.csv", key: "film")]
    var options = FilmCollection.Options(labelFile: csv, labels: ["Mass"])
    options.collection = description
    let remarks = try FilmCollection(options).remarks
    #expect(
      remarks.contains {
        $0.hasSuffix("views.csv: says nothing of 3 films; 2 of its rows belong to no film")
      }, "\(remarks)")
  }
}
