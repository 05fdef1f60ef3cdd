@testable import CXRFilms
import CXRData
import CXRTestSupport
import Foundation
import Testing

/// Labels that are uncertain, absent, called otherwise or not asked for.
extension CollectionRemarkTests {
  /// What uncertain findings count as, and how many there are of each label; unknown ones apart.
  @Test(arguments: [
    (UncertainPolicy.zeros, "count as absent", [2, 1]),
    (.ones, "count as present", [4, 2]),
    (.ignore, "are left out of loss, weights and metrics", [2, 1]),
  ])
  func uncertainFindingsAreCounted(
    policy: UncertainPolicy, words: String, positives: [Int]
  ) throws {
    let files = try TemporaryFolder()
    let csv = try files.write(
      "labels.csv",
      "Path,Patient ID,Mass,Edema,Nodule\na,1,1,-1,0\nb,2,-1,0,NaN\nc,3,-1,1,N/A\nd,4,1,0,1\ne,5,0,0,?\n"
    )
    let labels = ["Mass", "Edema", "Nodule", "Hernia"]
    let said = try films(csv, nil, labels: labels) { $0.uncertain = policy }
    #expect(
      said.remarks == [
        "labels without a column in the file, unknown on all films: Hernia",
        "uncertain findings \(words) (uncertain: \(policy.rawValue)): Mass 2, Edema 1",
        "findings that the file calls unknown are left out of loss, weights and metrics: Nodule 3",
      ])
    #expect(said.matrix.positives(in: [0, 1, 2, 3, 4]).prefix(2) == ArraySlice(positives))
    #expect(said.matrix.unknowns(in: [0, 1, 2, 3, 4])[3] == 5)
  }

  /// A label that no row has is absent; one that a collection never looked for is unknown.
  @Test func labelsThatNothingHasAreSaid() throws {
    let files = try TemporaryFolder()
    let plain = try files.write("plain.csv", "Image Index,Finding Labels,Patient ID\na,Mass,1\n")
    #expect(
      try films(plain, nil, labels: ["Mass", "Hernia", "Edema"]).remarks
        == ["labels that no row has: Hernia, Edema"])
    let csv = try files.write("labels.csv", "file,mrn,codes\na,1,Mass\nb,2,\n")
    let said = try films(csv, hospital(), labels: ["Mass", "Hernia", "Edema"])
    #expect(
      said.remarks.contains("labels that hospital says nothing of, unknown on all films: Hernia"))
    #expect(said.remarks.contains("labels that no row has: Edema"))
    #expect(said.matrix.unknowns(in: [0, 1]) == [0, 2, 0])
  }

  /// A name outside the set that holds a label's word, or is misspelled, is listed with the question whether it is that.
  @Test func namesOutsideTheSetAreAskedAbout() throws {
    let files = try TemporaryFolder()
    let csv = try files.write(
      "labels.csv",
      """
      Image Index,Finding Labels,Patient ID
      a,Mycoplasma Pneumonia,1
      b,Mycoplasma Pneumonia,2
      c,Efusion,3
      d,Fracture,4
      e,Pneumonia|Effusion,5
      """)
    #expect(
      try films(csv, nil, labels: ["Effusion", "Pneumonia"]).remarks == [
        "labels outside the set, not used: Efusion (1, is it Effusion?), Fracture (1), "
          + "Mycoplasma Pneumonia (2, is it Pneumonia?)"
      ])
    // What a description takes for a kind of a label is used, and not listed.
    var collection = hospital()
    collection.labels = ["Mass"]
    collection.kinds = ["lump": ["Mass"], "strand": ["Fibrosis"]]
    let codes = try files.write(
      "codes.csv", "file,mrn,codes\na,1,lump\nb,2,strand\nc,3,mass of it\n")
    let said = try films(codes, collection).remarks
    #expect(
      said.contains(
        "labels outside the set, not used: Fibrosis (1), mass of it (1, is it Mass?), strand (1)"),
      "\(said)")
  }

  /// Labels that a collection renames are understood by their own names too, and its labels are the ones that count unless
  /// others are asked for.
  @Test func labelsOfACollection() throws {
    let files = try TemporaryFolder()
    var collection = hospital(.columns(["No Finding", "Pleural Effusion", "Edema"]))
    collection.renames = ["Pleural Effusion": "Effusion"]
    collection.labels = []
    #expect(FilmCollection.labels(of: collection) == ["Effusion", "Edema"])
    #expect(FilmCollection.labels(of: nil) == LabelSet.nih14)
    #expect(FilmCollection.labels(of: hospital()) == ["Mass", "Edema"])
    #expect(FilmCollection.labels(of: hospital(.columns([]))) == ["Mass", "Edema"])
    let csv = try files.write(
      "labels.csv", "file,mrn,No Finding,Pleural Effusion,Edema\na,1,0,1,0\nb,2,0,0,1\nc,3,1,0,0\n")
    let own = try films(csv, collection, labels: ["Edema", "Pleural Effusion"])
    #expect(own.matrix.labels == ["Edema", "Pleural Effusion"])
    #expect((0..<3).map { own.matrix.row(FilmRow($0)) } == [[0, 1], [1, 0], [0, 0]])
    let both = try films(csv, collection)
    #expect(both.matrix.labels == ["Effusion", "Edema"])
    #expect((0..<3).map { both.matrix.row(FilmRow($0)) } == [[1, 0], [0, 1], [0, 0]])
  }

  /// Another label file: labels of one name are compared, NIH's fourteen that no row names are absent, others unknown; a film
  /// that has one of several names has the label.
  @Test func aMapOfLabels() throws {
    let files = try TemporaryFolder()
    let csv = try files.write(
      "labels.csv",
      "Image Index,Finding Labels,Patient ID\na,Nodule,1\nb,Lump|Edema,2\nc,No Finding,3\nd,Mass,4\n"
    )
    let labels = ["Edema", "Hernia", "Fracture", "Lung Lesion", "Pneumonia"]
    let map = LabelMap(
      path: "map.toml", names: ["Lung Lesion": ["Nodule", "Lump"], "Pneumonia": []])
    let mapped = try films(csv, nil, labels: labels) {
      $0.partners = map
      $0.vocabulary = labels
    }
    let cells = (0..<4).map { mapped.matrix.row(FilmRow($0)).map { $0.isNaN ? nil : Int($0) } }
    #expect(
      cells == [
        [0, 0, nil, 1, nil], [1, 0, nil, 1, nil], [0, 0, nil, 0, nil], [0, 0, nil, 0, nil],
      ])
    #expect(mapped.labelsWithoutPartner == ["Fracture", "Pneumonia"])
    #expect(
      mapped.remarkOfPartners
        == "labels without a partner in the label file, n/a: Fracture, Pneumonia")
    #expect(mapped.remarks.count { $0.contains("Fracture") } == 1)
    #expect(try films(csv, nil, labels: ["Edema"]).remarkOfPartners == nil)
    for (names, label, nearest) in [
      (["Lung Lesion": ["Nodul"]], "Nodul", "Nodule"), (["Edma": ["Edema"]], "Edma", "Edema"),
    ] as [([String: [String]], String, String)] {
      let error = #expect(throws: DataError.self) {
        try films(csv, nil, labels: labels) {
          $0.partners = LabelMap(path: "map.toml", names: names)
          $0.vocabulary = labels
        }
      }
      guard case .unknownPartner("map.toml", label, _, nearest) = error else {
        Issue.record("\(String(describing: error))")
        continue
      }
    }
  }
}
