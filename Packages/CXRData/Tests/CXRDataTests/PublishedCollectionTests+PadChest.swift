import Testing

@testable import CXRData

extension PublishedCollectionTests {
  /// What PadChest's tree has below NIH's fourteen, and what is none of them.
  private static let padChestNames: [(name: String, labels: Set<String>)] = [
    ("atelectasis", ["Atelectasis"]), ("laminar atelectasis", ["Atelectasis"]),
    ("round atelectasis", ["Atelectasis"]), ("lobar atelectasis", ["Atelectasis"]),
    ("total atelectasis", ["Atelectasis"]), ("segmental atelectasis", ["Atelectasis"]),
    ("atelectasis basal", ["Atelectasis"]), ("cardiomegaly", ["Cardiomegaly"]),
    ("consolidation", ["Consolidation", "Infiltration"]),
    ("air bronchogram", ["Consolidation", "Infiltration"]), ("pulmonary edema", ["Edema"]),
    ("pleural effusion", ["Effusion"]), ("loculated pleural effusion", ["Effusion"]),
    ("loculated fissural effusion", ["Effusion"]), ("empyema", ["Effusion"]),
    ("hydropneumothorax", ["Effusion", "Pneumothorax"]), ("emphysema", ["Emphysema"]),
    ("pulmonary fibrosis", ["Fibrosis"]), ("asbestosis signs", ["Fibrosis"]),
    ("post radiotherapy changes", ["Fibrosis"]), ("hiatal hernia", ["Hernia"]),
    ("infiltrates", ["Infiltration"]), ("interstitial pattern", ["Infiltration"]),
    ("ground glass pattern", ["Infiltration"]),
    ("reticular interstitial pattern", ["Infiltration"]),
    ("reticulonodular interstitial pattern", ["Infiltration"]),
    ("miliary opacities", ["Infiltration"]), ("alveolar pattern", ["Infiltration"]),
    ("mass", ["Mass"]), ("pulmonary mass", ["Mass"]), ("nodule", ["Nodule"]),
    ("multiple nodules", ["Nodule"]), ("pleural thickening", ["Pleural_Thickening"]),
    ("apical pleural thickening", ["Pleural_Thickening"]),
    ("calcified pleural thickening", ["Pleural_Thickening"]), ("pneumonia", ["Pneumonia"]),
    ("atypical pneumonia", ["Pneumonia"]), ("pneumothorax", ["Pneumothorax"]), ("normal", []),
    ("COPD signs", []), ("scoliosis", []), ("mediastinal mass", []), ("granuloma", []),
  ]

  @Test func padChestsFindingsAreNIHs() throws {
    let header = "ImageID,StudyID,PatientID,PatientSex_DICOM,Projection,Labels\n"
    let rows = Self.padChestNames.enumerated().map {
      "\($0).png,s\($0),\($0),F,PA,\"['\($1.name)', 'loc right']\"\n"
    }
    let matrix = try LabelMatrix(
      read(header + rows.joined(), .padChest), labels: CollectionDescription.padChest.labels)
    #expect(matrix.labels == LabelSet.nih14)
    try #require(matrix.rowCount == Self.padChestNames.count)
    for (place, (name, labels)) in Self.padChestNames.enumerated() {
      let found = matrix.labels.indices.filter { matrix[FilmRow(place), $0] }.map {
        matrix.labels[$0]
      }
      #expect(Set(found) == labels, "\(name)")
      #expect(matrix.labels.indices.allSatisfy { matrix.isKnown(FilmRow(place), $0) }, "\(name)")
    }
  }

  /// Views of the chest are kept, films to `exclude` are not; what is not named on a film that is unchanged is unknown, and
  /// so is everything where the list is blank. Other findings go by their own names.
  @Test func padChestsFilms() throws {
    let file = try read(
      """
      ImageID,StudyID,PatientID,PatientSex_DICOM,Projection,Labels
      a.png,s1,1,F,PA,"['unchanged', 'mass']"
      b.png,s1,1,F,L,[]
      c.png,s2,2,M,AP,"['COPD signs']"
      d.png,s2,2,M,AP_horizontal,['normal']
      e.png,s3,3,M,COSTAL,['mass']
      f.png,s3,3,M,UNK,['mass']
      g.png,s3,3,M,EXCLUDE,['mass']
      h.png,s3,3,M,COSTAL,['mass']
      i.png,s4,4,M,PA,"['exclude', 'mass']"
      """, .padChest)
    #expect(file.records.map(\.name) == ["a.png", "b.png", "c.png", "d.png"])
    #expect(file.records.map(\.view) == ["PA", "Lateral", "AP", "AP_horizontal"])
    #expect(file.records.map(\.sex) == ["F", "F", "M", "M"])
    #expect(
      file.rowsLeftOut
        == ["Projection": ["COSTAL": 2, "UNK": 1, "EXCLUDE": 1], "findings": ["exclude": 1]])
    #expect(
      try cells(file, ["Mass", "Nodule", "COPD signs"]) == [
        [1, nil, nil], [nil, nil, nil], [0, 0, 1], [0, 0, 0],
      ])
    #expect(file.studyCount == 2 && file.rowCount == 9)
  }
}
