import Testing

@testable import CXRData

extension PublishedCollectionTests {
  /// `--collection nih` reads what NIH's columns say.
  @Test func nih() throws {
    let file = try read(
      "Image Index,Finding Labels,Follow-up #,Patient ID,Patient Age,Patient Gender,View Position\n"
        + "00000013_005.png,Emphysema|Infiltration,5,13,60,M,AP\n", .nih)
    let record = try #require(file.records.first)
    #expect(record.findings == ["Emphysema", "Infiltration"] && record.followUp == 5)
    #expect(record.age?.years == 60 && record.sex == "M" && record.view == "AP")
    #expect(CollectionDescription.nih.labels == LabelSet.nih14)
    #expect(record.patient.description == "13" && file.missingColumns.isEmpty)
  }

  /// Each revision of NIH's file says its own number of films with Pneumonia, and the other's.
  @Test func nihsRevisionsAreNamed() {
    #expect(
      NIHRevision(films: 112_120, patients: 30_805, filmsWithPneumonia: 1431)?.description
        == "NIH ChestX-ray14, the revision with 1431 films of Pneumonia; the other one has 1353, and other findings on 181 films"
    )
    #expect(
      NIHRevision(films: 112_120, patients: 30_805, filmsWithPneumonia: 1353)?.description
        == "NIH ChestX-ray14, the revision with 1353 films of Pneumonia; the other one has 1431, and other findings on 181 films"
    )
    #expect(NIHRevision(films: 112_120, patients: 30_804, filmsWithPneumonia: 1353) == nil)
  }

  /// NIH's 30,805 patients: 18,236 train, 6,408 validate, 6,161 test.
  @Test func nihsPatientsAreDealtAsTheReadmeSays() throws {
    let patients = (1...30_805).compactMap { PatientID("\($0)") }
    let split = try PatientSplit(patients: patients, seed: 0)
    #expect(Subset.allCases.map { split.patients(of: $0).count } == [18_236, 6_408, 6_161])
  }
}
