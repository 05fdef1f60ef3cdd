import Foundation
import Testing

@testable import CXRData

// How findings are written, and what is known of those that are not named.

extension CollectionTests {
  @Test func namesBetweenASeparator() throws {
    var collection = hospital(.names(column: "codes", separator: ";"))
    collection.labels = ["Effusion", "Mass", "Edema"]
    collection.renames = ["pleural effusion": "Effusion"]
    collection.noFinding = ["clear"]
    let file = try read(
      """
      file,mrn,codes
      a.png,1,pleural effusion; Mass
      b.png,2,clear
      c.png,2,
      d.png,3,Cardiomegaly, big
      """.replacingOccurrences(of: "Cardiomegaly, big", with: "\"Cardiomegaly, big\""), collection)
    #expect(
      try cells(file, ["Effusion", "Mass", "Edema"]) == [
        [1, 1, 0], [0, 0, 0], [0, 0, 0], [0, 0, 0],
      ])
    // A comma is no separator here, so that this is one name; beside a label it is asked about.
    try #require(file.records.count == 4)
    #expect(file.records[3].findings == ["Cardiomegaly, big"])
    #expect(
      throws: DataError.partedOtherwise(
        path: "labels.csv", line: 3, found: "Mass, Edema", label: "Mass")
    ) { try read("file,mrn,codes\na.png,1,Mass\nb.png,1,\"Mass, Edema\"\n", collection) }
    #expect(file.records[1].findings == [LabelSet.noFinding])
    collection.blank = .unknown
    let strict = try read("file,mrn,codes\na.png,1,Mass\nc.png,2,\n", collection)
    #expect(try cells(strict, ["Mass"]) == [[1], [nil]])
    // Of what was not looked for nothing is known; of what stands in a row it is.
    #expect(try cells(strict, ["Mass", "Hernia"]) == [[1, nil], [nil, nil]])
    #expect(try cells(strict, ["Mass", "Edema"]) == [[1, 0], [nil, nil]])
  }

  @Test func listsInBrackets() throws {
    var collection = hospital(.list(column: "codes"))
    collection.unknown = ["unchanged"]
    collection.unusable = ["exclude"]
    collection.kinds = ["laminar atelectasis": ["Atelectasis"]]
    collection.blank = .unknown
    let header = "file,mrn,codes\n"
    let file = try read(
      header + """
        a.png,1,"['Mass', ' laminar atelectasis', '']"
        b.png,2,"['unchanged', 'Mass']"
        c.png,2,"['unchanged']"
        d.png,3,"[""Hodgkin's"", 'it\\'s']"
        e.png,3,"['exclude', 'Mass']"
        f.png,4,[]
        """, collection)
    try #require(file.records.map(\.name) == ["a.png", "b.png", "c.png", "d.png", "f.png"])
    #expect(file.rowsLeftOut == ["findings": ["exclude": 1]])
    #expect(file.rowCount == 6)
    #expect(
      try cells(file, ["Mass", "Atelectasis"])
        == [[1, 1], [1, nil], [nil, nil], [0, 0], [nil, nil]])
    #expect(file.records[3].findings == ["Hodgkin's", "it's"])
    #expect(file.records.map(\.knowsFindings) == [true, true, false, true, false])
    #expect(file.records.map(\.namesAllFindings) == [true, false, false, true, false])
    for text in ["Mass", "['Mass'", "['Mass' 'Edema']", "['Mass]", "[Mass]"] {
      #expect(throws: DataError.self) { try read(header + "a.png,1,\"\(text)\"\n", collection) }
    }
  }

  @Test func whatLiesBelowANameIsUnknown() throws {
    var collection = hospital(.path(column: "codes", separator: "/"))
    collection.unknown = ["todo"]
    let file = try read(
      """
      file,mrn,codes
      a.png,1,Pneumonia/Viral/COVID-19
      b.png,2,Pneumonia
      c.png,3,Pneumonia/Bacterial
      d.png,4,No Finding
      e.png,5,todo
      """, collection)
    #expect(
      try cells(file, ["Pneumonia", "Viral", "COVID-19", "Bacterial"]) == [
        [1, 1, 1, 0], [1, nil, nil, nil], [1, 0, 0, 1], [0, 0, 0, 0], [nil, nil, nil, nil],
      ])
  }

  @Test func columnsWithTheirOwnWords() throws {
    var collection = hospital(.columns(["Mass", "Fluid"]))
    collection.renames = ["Fluid": "Effusion"]
    collection.values = CollectionDescription.ValueTexts(
      present: ["pos"], absent: ["neg"], uncertain: ["?"], unknown: ["not read"])
    let file = try read(
      "file,mrn,Mass,Fluid,Note\na.png,1,POS,?,7\nb.png,2,neg,not read,8\nc.png,3,,pos,9\n",
      collection)
    let labels = ["Mass", "Effusion"]
    #expect(try cells(file, labels) == [[1, nil], [0, nil], [0, 1]])
    #expect(try cells(file, labels, uncertain: .ones) == [[1, 1], [0, nil], [0, 1]])
    collection.blank = .unknown
    let strict = try read("file,mrn,Mass,Fluid\nc.png,3,,pos\n", collection)
    #expect(try cells(strict, labels) == [[nil, 1]])
    let wrong = try read("file,mrn,Mass,Fluid\nc.png,3,maybe,pos\n", collection)
    #expect(
      throws: DataError.unreadableLabel(path: "labels.csv", line: 2, label: "Mass", found: "maybe")
    ) { try cells(wrong, labels) }
    // None named: all columns that are nothing else.
    let all = try read("file,mrn,Mass,Edema\na.png,1,1,0\n", hospital(.columns([])))
    #expect(all.labelColumns == ["Mass", "Edema"])
    #expect(throws: DataError.self) { try read("file,mrn,Nodule\na.png,1,1\n", collection) }
  }

  @Test func oneRowsDoubtOutlivesAnother() throws {
    var collection = hospital(.names(column: "codes", separator: ";"))
    collection.labels = ["Mass", "Edema"]
    collection.unknown = ["unchanged"]
    let text = "file,mrn,codes\na.png,1,Mass\na.png,1,unchanged\nb.png,1,Mass\nb.png,1,\n"
    #expect(try cells(read(text, collection), ["Mass", "Edema"]) == [[1, nil], [1, 0]])
    collection.blank = .unknown
    #expect(try cells(read(text, collection), ["Mass", "Edema"]) == [[1, nil], [1, nil]])
  }

  @Test func labelsBelowOthersAreStated() throws {
    let file = try read(
      "patientid,finding,filename,view,sex,age,modality\n1,Pneumonia,a.png,PA,M,5,X-ray\n"
        + "2,Pneumonia/Viral,b.png,PA,M,5,X-ray\n3,No Finding,c.png,PA,M,5,X-ray\n",
      .covidChestXRay)
    #expect(
      try cells(file, ["Viral", "Bacterial", "COVID-19"])
        == [[nil, nil, nil], [1, 0, nil], [0, 0, 0]])
  }

  @Test(arguments: [
    ("-1", 0), ("-1.0", 0), ("557374 2 1015 8", 1), ("- 1", nil), ("0", nil), ("a mask", nil),
    ("5 6 7", nil), ("", nil),
  ])
  func outlinesAreRunLengths(text: String, expected: Int?) throws {
    let file = try read("ImageId,EncodedPixels\nx.1,\(text)\n", .siim, patients: .eachFilm)
    if text.isEmpty || expected != nil {
      #expect(try cells(file, ["Pneumothorax"]) == [[expected]])
    } else {
      #expect(throws: DataError.self) { try cells(file, ["Pneumothorax"]) }
    }
  }

  @Test func healthyFilmsAreALabelToo() throws {
    let described = try read(
      "Image Index,Finding Labels,Patient ID\na.png,Mass,1\nb.png,No Finding,2\n", .nih)
    #expect(try cells(described, ["Mass", "No Finding"]) == [[1, 0], [0, 1]])
  }

  @Test func filmsOfUnknownFindingsHaveNoCountOfLabels() throws {
    var collection = hospital(.names(column: "codes", separator: ";"))
    collection.labels = ["Mass", "Edema"]
    collection.blank = .unknown
    let file = try read("file,mrn,codes\na.png,1,Mass\nb.png,2,\nc.png,3,No Finding\n", collection)
    let matrix = try LabelMatrix(file, labels: collection.labels)
    #expect(matrix.labelsPerFilm(in: [0, 1, 2]) == [1, 1])
  }

  @Test func partnersOfLabels() throws {
    let file = try read(
      "file,mrn,Nodule,Lump,Edema\na.png,1,0,1,0\nb.png,2,0,-1,1\nc.png,3,1,-1,0\nd.png,4,0,0,0\n",
      hospital(.columns([])))
    let labels = ["Mass", "Edema", "Hernia"]
    let partners = ["Mass": ["Nodule", "Lump"], "Hernia": []]
    #expect(
      try cells(file, labels, partners: partners)
        == [[1, 0, nil], [nil, 1, nil], [1, 0, nil], [0, 0, nil]])
    #expect(
      try cells(file, labels, uncertain: .zeros, partners: partners)
        == [[1, 0, nil], [0, 1, nil], [1, 0, nil], [0, 0, nil]])
  }
}
