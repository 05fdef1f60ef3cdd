import CXRTestSupport
import Foundation
import Testing

@testable import CXRData

/// Descriptions of collections: what they recognise, mean and keep.
@Suite struct CollectionTests {
  func hospital(_ findings: CollectionDescription.Findings) -> CollectionDescription {
    CollectionDescription(
      name: "hospital", film: "file", patient: .column("mrn"), findings: findings)
  }

  func read(
    _ text: String, _ collection: CollectionDescription, patients: PatientSource = .labelFile
  ) throws -> LabelFile {
    try LabelFile(
      contents: Array(text.utf8), path: "labels.csv", collection: collection, patients: patients)
  }

  /// A film's labels: 1, 0, or nil where unknown.
  func cells(
    _ file: LabelFile, _ labels: [String], uncertain: UncertainPolicy = .ignore,
    partners: [String: [String]] = [:]
  ) throws -> [[Int?]] {
    let matrix = try LabelMatrix(file, labels: labels, uncertain: uncertain, partners: partners)
    return (0..<matrix.rowCount).map { matrix.row(FilmRow($0)).map { $0.isNaN ? nil : Int($0) } }
  }

  @Test func headersTellTheCollection() throws {
    let files = try TemporaryFolder()
    func recognised(_ header: String) throws -> String? {
      let path = try files.write(header + "\nx\n", to: "labels.csv")
      return CollectionDescription.recognised(labelFile: path)?.name
    }
    let observations =
      "No Finding,Enlarged Cardiomediastinum,Cardiomegaly,Lung Opacity,Lung Lesion,Edema,Consolidation,Pneumonia,"
      + "Atelectasis,Pneumothorax,Pleural Effusion,Pleural Other,Fracture,Support Devices"
    #expect(try recognised("Path,Sex,Age,Frontal/Lateral,AP/PA," + observations) == "chexpert")
    #expect(try recognised("subject_id,study_id," + observations) == "mimic-cxr")
    #expect(
      try recognised("image_id;class_name;class_id;rad_id;x_min;y_min;x_max;y_max") == "vindr-cxr")
    #expect(try recognised("patientId,x,y,width,height,Target") == "rsna-pneumonia")
    // What may be another file is not guessed.
    for header in [
      "Path,Sex,Age," + observations, "Path,Edema", "patientId,Target",
      "Image Index,Finding Labels,Patient ID", "image_id,class_name",
      "dicom_id,subject_id,study_id," + observations, "Path,subject_id,study_id," + observations,
      // Columns of one's own may mean that somebody has worked on the file.
      "Path,Sex,Age,Frontal/Lateral,AP/PA,Patient ID," + observations,
      "Path,Sex,Age,Frontal/Lateral,AP/PA,Emphysema," + observations,
      "image_id,class_name,rad_id", "patientId,x,y,width,height,Target,hospital",
      // Two columns that other tasks have too.
      "ImageId, EncodedPixels",
    ] { #expect(try recognised(header) == nil, "\(header)") }
    #expect(try recognised("\u{1F}\u{8B}\0\0") == nil)
    // A long file of old line ends, cut within a letter, is as certain.
    let path = try files.write(
      "patientId,x,y,width,height,Target\r"
        + String(repeating: "é,,,,,0\r", count: 40_000), to: "old.csv")
    #expect(CollectionDescription.recognised(labelFile: path)?.name == "rsna-pneumonia")
    // Where nothing is certain, the message names what fits.
    let siim = try files.write("ImageId, EncodedPixels\nx,-1\n", to: "siim.csv")
    do {
      _ = try LabelFile(path: siim)
      Issue.record("read without a description")
    } catch let error as DataError {
      #expect(error.remedies == [.readAs(collection: "siim")])
    }
  }

  @Test func descriptionsOutliveTheirText() throws {
    for (name, shapes) in CollectionDescription.builtIn {
      for shape in shapes {
        try shape.validate()
        #expect(shape.name == name)
        #expect(Set(shape.labels).count == shape.labels.count)
        let data = try JSONEncoder().encode(shape)
        #expect(try JSONDecoder().decode(CollectionDescription.self, from: data) == shape)
      }
    }
  }

  @Test func earlierVersionsSaidLess() throws {
    let text = """
      {"name": "old", "film": "f", "findings": {"bars": {"column": "c"}}, "patient": {"column": {"_0": "p"}}}
      """
    let old = try JSONDecoder().decode(CollectionDescription.self, from: Data(text.utf8))
    #expect(
      old
        == CollectionDescription(
          name: "old", film: "f", patient: .column("p"), findings: .bars(column: "c")))
  }

  @Test func nihsLabelsAreAllThatWasLookedFor() throws {
    let text =
      "Image Index,Finding Labels,Patient ID\na.png,Mass,1\nb.png,No Finding,2\nc.png,NaN,3\n"
    let described = try read(text, .nih)
    let labels = ["Mass", "Hernia", "Fracture"]
    let known = LabelSet.nih14 + labels
    func cells(_ file: LabelFile) throws -> [[Int?]] {
      let matrix = try LabelMatrix(file, labels: labels, vocabulary: known)
      return (0..<matrix.rowCount).map { matrix.row(FilmRow($0)).map { $0.isNaN ? nil : Int($0) } }
    }
    #expect(try cells(described) == [[1, 0, nil], [0, 0, nil], [nil, nil, nil]])
    // Without a description a label that no row has may be absent.
    let plain = try LabelFile(contents: Array(text.utf8), path: "labels.csv")
    #expect(try cells(plain) == [[1, 0, 0], [0, 0, 0], [nil, nil, nil]])
  }

  @Test func whatIsDescribedMeansOneThing() throws {
    var collection = hospital(.names(column: "codes", separator: ";"))
    let text = "file,mrn,codes\na.png,1,Exclude\nb.png,2,Mass\n"
    collection.unusable = ["exclude"]
    // Almost the description's name is asked about, and not taken for another.
    #expect(throws: DataError.self) { try read(text, collection) }
    collection.unusable = ["exlude"]
    #expect(try read(text, collection).unusedNames == ["exlude"])
    collection.unusable = ["Exclude"]
    #expect(try read(text, collection).records.count == 1)
    collection.unknown = ["Exclude"]
    #expect(throws: DataError.self) { try collection.validate() }
    var columns = hospital(.columns(["Mass", "Edma"]))
    #expect(throws: DataError.self) { try read("file,mrn,Mass,Edema\na.png,1,1,0\n", columns) }
    columns.values = CollectionDescription.ValueTexts(present: ["1"], absent: ["0", "1"])
    #expect(throws: DataError.self) { try columns.validate() }
    columns.values = nil
    columns.findings = .columns(["Mass", "Mass"])
    #expect(throws: DataError.self) { try columns.validate() }
    var bars = hospital(.bars(column: "codes"))
    bars.renames = ["Lump": "Mass"]
    #expect(try cells(read("file,mrn,codes\na.png,1,Lump|Edema\n", bars), ["Mass"]) == [[1]])
    bars.blank = .unknown
    #expect(throws: DataError.self) { try bars.validate() }
  }
}
