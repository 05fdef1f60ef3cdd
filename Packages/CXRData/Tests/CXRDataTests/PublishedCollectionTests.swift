import CXRTestSupport
import Foundation
import Testing

@testable import CXRData

/// The public collections mean what their publishers and the page "Your data" say, column by column.
@Suite struct PublishedCollectionTests {
  func read(
    _ text: String, _ collection: CollectionDescription, patients: PatientSource = .labelFile
  ) throws -> LabelFile {
    try LabelFile(
      contents: Array(text.utf8), path: "labels.csv", collection: collection, patients: patients)
  }

  /// A film's labels: 1, 0, or nil where unknown.
  func cells(_ file: LabelFile, _ labels: [String]) throws -> [[Int?]] {
    let matrix = try LabelMatrix(file, labels: labels)
    return (0..<matrix.rowCount).map { matrix.row(FilmRow($0)).map { $0.isNaN ? nil : Int($0) } }
  }

  /// CheXpert's columns, in its order.
  static let observations = [
    "No Finding", "Enlarged Cardiomediastinum", "Cardiomegaly", "Lung Opacity", "Lung Lesion",
    "Edema", "Consolidation", "Pneumonia", "Atelectasis", "Pneumothorax", "Pleural Effusion",
    "Pleural Other", "Fracture", "Support Devices",
  ]

  func row(_ columns: [String], _ values: [String: String]) -> String {
    columns.map { values[$0] ?? "" }.joined(separator: ",")
  }

  /// 1 is there, 0 is not, −1 is uncertain, blank is absent; Pleural Effusion is called Effusion; patient and study are
  /// folders; lateral films are kept, and called so.
  @Test func cheXpert() throws {
    let file = try read(
      "Path,Sex,Age,Frontal/Lateral,AP/PA," + Self.observations.joined(separator: ",") + "\n"
        + "C/train/patient00012/study3/view1_frontal.jpg,Female,68,Frontal,AP,"
        + row(Self.observations, ["Pleural Effusion": "1.0", "Edema": "-1.0", "Fracture": "0.0"])
        + "\nC/train/patient00012/study4/view2_lateral.jpg,Male,30,Lateral,,"
        + row(Self.observations, ["No Finding": "1.0", "Support Devices": "1.0"]) + "\n",
      .cheXpert)
    #expect(
      CollectionDescription.cheXpert.labels == [
        "Enlarged Cardiomediastinum", "Cardiomegaly", "Lung Opacity", "Lung Lesion", "Edema",
        "Consolidation", "Pneumonia", "Atelectasis", "Pneumothorax", "Effusion", "Pleural Other",
        "Fracture", "Support Devices",
      ])
    #expect(
      try cells(file, CollectionDescription.cheXpert.labels) == [
        [0, 0, 0, 0, nil, 0, 0, 0, 0, 1, 0, 0, 0], [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1],
      ])
    #expect(file.records.map(\.view) == ["AP", "Lateral"])
    #expect(file.records.map(\.sex) == ["F", "M"])
    #expect(file.records.map { $0.age?.years } == [68, 30])
    #expect(file.patients.map(\.description) == ["12"])
    #expect(file.records.map(\.study) == ["3", "4"])
    #expect(CollectionDescription.cheXpert.filmNames == FilmNameRule(droppedFolderCount: 1))
  }

  /// A film has what more than half of its readers name; the file does not say whose films they are.
  @Test func vinDrCXR() throws {
    let boxes = "image_id,class_name,class_id,rad_id,x_min,y_min,x_max,y_max\n"
    let text =
      boxes + "a,Pleural effusion,10,R1,1,1,2,2\na,Pleural effusion,10,R2,1,1,2,2\n"
      + "a,Pleural thickening,11,R2,1,1,2,2\na,No finding,14,R3,,,,\n"
      + "b,No finding,14,R1,,,,\nb,No finding,14,R2,,,,\nb,Pulmonary fibrosis,13,R3,1,1,2,2\n"
      + "c,Pulmonary fibrosis,13,R1,1,1,2,2\nc,Pulmonary fibrosis,13,R2,1,1,2,2\nc,No finding,14,R3,,,,\n"
    let labels = ["Effusion", "Pleural_Thickening", "Fibrosis"]
    let file = try read(text, .vinDrBoxes, patients: .eachFilm)
    #expect(try cells(file, labels) == [[1, 0, 0], [0, 0, 0], [0, 0, 1]])
    // Edema was not looked for by those who drew boxes.
    #expect(try cells(file, ["Effusion", "Edema"]) == [[1, nil], [0, nil], [0, nil]])
    #expect(file.notes.isEmpty)
    #expect(throws: DataError.noPatients(path: "labels.csv", collection: "vindr-cxr")) {
      try read(text, .vinDrBoxes)
    }
    #expect(CollectionDescription.vinDrBoxes.filmNames.ignoresExtensions)
    #expect(
      CollectionDescription.vinDrBoxes.labels == [
        "Aortic enlargement", "Atelectasis", "Calcification", "Cardiomegaly", "Consolidation",
        "ILD", "Infiltration", "Lung Opacity", "Nodule/Mass", "Other lesion", "Effusion",
        "Pleural_Thickening", "Pneumothorax", "Fibrosis",
      ])
  }

  /// A row a reader votes; in the file on which readers agreed a row is a film.
  @Test func physioNetsFilesOfVinDrCXR() throws {
    let names = [
      "Aortic enlargement", "Atelectasis", "Calcification", "Cardiomegaly", "Clavicle fracture",
      "Consolidation", "Edema", "Emphysema", "Enlarged PA", "ILD", "Infiltration",
      "Lung Opacity", "Lung cavity", "Lung cyst", "Mediastinal shift", "Nodule/Mass",
      "Pleural effusion", "Pleural thickening", "Pneumothorax", "Pulmonary fibrosis",
      "Rib fracture", "Other lesion", "COPD", "Lung tumor", "Pneumonia", "Tuberculosis",
      "Other diseases", "No finding",
    ]
    let zeros = Dictionary(uniqueKeysWithValues: names.map { ($0, "0") })
    func line(_ found: String...) -> String {
      row(names, zeros.merging(found.map { ($0, "1") }) { $1 }) + "\n"
    }
    let header = names.joined(separator: ",") + "\n"
    let folder = try TemporaryFolder()
    let path = folder.path + "/labels.csv"
    func named(_ text: String) throws -> CollectionDescription? {
      try text.write(toFile: path, atomically: true, encoding: .utf8)
      return CollectionDescription.named("vindr-cxr", labelFile: path)
    }
    let labels = ["Effusion", "Fibrosis"]
    let train =
      "image_id,rad_id," + header + "a,R1," + line("Pleural effusion") + "a,R2,"
      + line("Pleural effusion", "Pulmonary fibrosis") + "a,R3," + line("No finding")
    let readers = try #require(try named(train))
    let voted = try LabelFile(path: path, collection: readers, patients: .eachFilm)
    #expect(try cells(voted, labels) == [[1, 0]] && voted.notes.isEmpty)
    let test = "image_id," + header + "a," + line("Pulmonary fibrosis")
    let consensus = try #require(try named(test))
    #expect(consensus.readers == nil && readers.readers?.votes == .majority)
    let agreed = try LabelFile(path: path, collection: consensus, patients: .eachFilm)
    #expect(try cells(agreed, labels) == [[0, 1]])
    // Boxes are told by their columns.
    let boxes = try #require(try named("image_id,class_name,rad_id\na,ILD,R1\n"))
    #expect(boxes == .vinDrBoxes)
    // Neither "other diseases" nor a healthy film is a label.
    #expect(consensus.labels.count == 26)
    #expect(!consensus.labels.contains { $0.hasPrefix("Other disease") || $0 == "No Finding" })
  }

  /// A box a row; `patientId` names the film.
  @Test func rsnaPneumonia() throws {
    let text = "patientId,x,y,width,height,Target\na,1,1,2,2,1\na,5,5,2,2,1\nb,,,,,0\nc,,,,,\n"
    let file = try read(text, .rsnaPneumonia, patients: .eachFilm)
    #expect(CollectionDescription.rsnaPneumonia.labels == ["Pneumonia"])
    #expect(try cells(file, ["Pneumonia"]) == [[1], [0], [nil]])
    #expect(file.records.map(\.name) == ["a", "b", "c"] && file.notes.isEmpty)
    #expect(CollectionDescription.rsnaPneumonia.filmNames.ignoresExtensions)
    #expect(throws: DataError.noPatients(path: "labels.csv", collection: "rsna-pneumonia")) {
      try read(text, .rsnaPneumonia)
    }
    let folder = try TemporaryFolder()
    let table = try folder.write(
      "Image Index,Patient ID\na.dcm,7\nb.dcm,7\nc.dcm,8\n", to: "patients.csv")
    let known = try read(text, .rsnaPneumonia, patients: .table(path: table))
    #expect(known.records.map(\.patient.description) == ["7", "7", "8"])
  }

  /// An outline a row, −1 where there is none.
  @Test func siim() throws {
    let file = try read(
      "ImageId, EncodedPixels\na,1 5 9 3\na,20 4\nb,-1\n", .siim, patients: .eachFilm)
    #expect(try cells(file, CollectionDescription.siim.labels) == [[1], [0]])
    #expect(file.rowCount == 3 && file.notes.isEmpty)
    #expect(CollectionDescription.siim.labels == ["Pneumothorax"])
    #expect(CollectionDescription.siim.filmNames.ignoresExtensions)
  }

  /// Labels by study, films and views in a second table, the official split in a third.
  @Test func mimicCXR() throws {
    let columns = Self.observations.sorted()
    let folder = try TemporaryFolder()
    func write(_ name: String, _ text: String) throws -> String {
      try folder.write(text, to: name)
    }
    let labels = try write(
      "mimic-cxr-2.0.0-chexpert.csv",
      "subject_id,study_id," + columns.joined(separator: ",") + "\n10,501,"
        + row(columns, ["Pleural Effusion": "1.0", "Edema": "-1.0"]) + "\n11,502,"
        + row(columns, ["Pleural Effusion": "0.0", "Edema": "1.0"]) + "\n")
    _ = try write(
      "mimic-cxr-2.0.0-metadata.csv",
      "dicom_id,subject_id,study_id,ViewPosition,Rows\na,10,501,PA,9\nb,10,501,LATERAL,9\n"
        + "c,11,502,LL,9\nd,12,503,AP,9\n")
    _ = try write(
      "mimic-cxr-2.0.0-split.csv",
      "dicom_id,study_id,subject_id,split\na,501,10,train\nb,501,10,train\nc,502,11,validate\n"
        + "d,503,12,test\n")
    let file = try LabelFile(path: labels, collection: .mimicCXR)
    #expect(file.records.map(\.name) == ["a", "b", "c", "d"])
    #expect(file.records.map(\.patient.description) == ["10", "10", "11", "12"])
    #expect(file.records.map(\.study) == ["501", "501", "502", "503"])
    #expect(file.records.map(\.view) == ["PA", "Lateral", "Lateral", "AP"])
    #expect(file.records.map(\.part) == [.train, .train, .validation, .test])
    // Blank is absent; of a film without a row of labels nothing is known.
    #expect(
      try cells(file, ["Effusion", "Edema", "Mass", "Fracture"]).map { $0.map { $0 } } == [
        [1, nil, nil, 0], [1, nil, nil, 0], [0, 1, nil, 0], [nil, nil, nil, nil],
      ])
    #expect(CollectionDescription.mimicCXR.filmNames.ignoresExtensions)
    #expect(CollectionDescription.recognised(labelFile: labels)?.name == "mimic-cxr")
  }

  /// Findings from the general to the special; slices of tomography are left out.
  @Test func covidChestXRay() throws {
    let file = try read(
      """
      patientid,sex,age,finding,view,modality,filename
      1,M,65,Pneumonia/Viral/COVID-19,PA,X-ray,a.png
      2,F,40,Pneumonia,L,X-ray,b.png
      3,F,40,Pneumonia/Viral,AP Supine,X-ray,c.png
      4,F,40,todo,PA,X-ray,d.png
      5,F,40,Pneumonia/Viral/COVID-19,Axial,CT,e.png
      6,F,40,,PA,X-ray,f.png
      7,F,40,Tuberculosis,PA,X-ray,g.png
      """, .covidChestXRay)
    let labels = ["Pneumonia", "Viral", "Bacterial", "Fungal", "COVID-19", "Tuberculosis"]
    #expect(CollectionDescription.covidChestXRay.labels == labels)
    #expect(
      try cells(file, labels) == [
        [1, 1, 0, 0, 1, 0], [1, nil, nil, nil, nil, 0], [1, 1, 0, 0, nil, 0],
        [nil, nil, nil, nil, nil, nil], [nil, nil, nil, nil, nil, nil], [0, 0, 0, 0, 0, 1],
      ])
    #expect(file.rowsLeftOut == ["modality": ["CT": 1]])
    #expect(file.records.map(\.view) == ["PA", "Lateral", "AP Supine", "PA", "PA", "PA"])
    #expect(file.records.first?.age?.years == 65 && file.records.first?.sex == "M")
  }

  /// Headers as they are published tell the collection; with another column beside theirs they only look like it.
  @Test func publishedHeaders() throws {
    let padChest =
      ",ImageID,ImageDir,StudyDate_DICOM,StudyID,PatientID,PatientBirth,PatientSex_DICOM,ViewPosition_DICOM,Projection,"
      + "MethodProjection,Pediatric,Modality_DICOM,Manufacturer_DICOM,PhotometricInterpretation_DICOM,"
      + "PixelRepresentation_DICOM,PixelAspectRatio_DICOM,SpatialResolution_DICOM,BitsStored_DICOM,WindowCenter_DICOM,"
      + "WindowWidth_DICOM,Rows_DICOM,Columns_DICOM,XRayTubeCurrent_DICOM,Exposure_DICOM,ExposureInuAs_DICOM,ExposureTime,"
      + "RelativeXRayExposure_DICOM,ReportID,Report,MethodLabel,Labels,Localizations,LabelsLocalizationsBySentence,labelCUIS,"
      + "LocalizationsCUIS"
    let covid =
      "patientid,offset,sex,age,finding,RT_PCR_positive,survival,intubated,intubation_present,went_icu,in_icu,"
      + "needed_supplemental_O2,extubated,temperature,pO2_saturation,leukocyte_count,neutrophil_count,lymphocyte_count,view,"
      + "modality,date,location,folder,filename,doi,url,license,clinical_notes,other_notes,"
    let rsna = "patientId,x,y,width,height,Target"
    let folder = try TemporaryFolder()
    let path = folder.path + "/labels.csv"
    for (header, name) in [
      (padChest, "padchest"), (covid, "covid-chestxray"), (rsna, "rsna-pneumonia"),
    ] {
      try (header + "\nx\n").write(toFile: path, atomically: true, encoding: .utf8)
      #expect(CollectionDescription.recognised(labelFile: path)?.name == name)
      try (header + ",verified by\nx\n").write(toFile: path, atomically: true, encoding: .utf8)
      #expect(CollectionDescription.recognised(labelFile: path) == nil, "\(name)")
      #expect(CollectionDescription.resembled(labelFile: path) == name)
    }
    try "Image Index,Finding Labels,Patient ID\n".write(
      toFile: path, atomically: true, encoding: .utf8)
    #expect(CollectionDescription.resembled(labelFile: path) == nil)
    #expect(CollectionDescription.named("chexprt", labelFile: path) == nil)
    #expect(
      CollectionDescription.builtIn.map(\.name) == [
        "nih", "chexpert", "padchest", "vindr-cxr", "rsna-pneumonia", "siim", "mimic-cxr",
        "covid-chestxray",
      ])
  }
}
