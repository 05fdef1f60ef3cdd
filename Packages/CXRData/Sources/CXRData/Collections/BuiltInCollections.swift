extension CollectionDescription {
  /// The public collections that are read as they are published, by name. One name may stand for several shapes, of which
  /// a file's header tells one.
  public static let builtIn: [(name: String, shapes: [CollectionDescription])] = [
    ("nih", [nih]), ("chexpert", [cheXpert]), ("padchest", [padChest]),
    ("vindr-cxr", [vinDrBoxes, vinDrReaders, vinDrConsensus]), ("rsna-pneumonia", [rsnaPneumonia]),
    ("siim", [siim]), ("mimic-cxr", [mimicCXR]), ("covid-chestxray", [covidChestXRay]),
  ]

  /// NIH's ChestX-ray14: `Data_Entry_2017.csv`.
  public static let nih: CollectionDescription = {
    var nih = CollectionDescription(
      name: "nih", film: "Image Index", patient: .column("Patient ID"),
      findings: .bars(column: "Finding Labels"))
    nih.labels = LabelSet.nih14
    (nih.view, nih.age, nih.followUp) = ("View Position", "Patient Age", "Follow-up #")
    nih.sex = "Patient Gender"
    return nih
  }()

  /// CheXpert's 14 observations, in the order of its columns.
  private static let observations = [
    "No Finding", "Enlarged Cardiomediastinum", "Cardiomegaly", "Lung Opacity", "Lung Lesion",
    "Edema", "Consolidation", "Pneumonia", "Atelectasis", "Pneumothorax", "Pleural Effusion",
    "Pleural Other", "Fracture", "Support Devices",
  ]

  /// The names of columns as labels, in their order.
  private static func labels(_ columns: [String], _ renames: [String: String]) -> [String] {
    columns.map { renames[$0] ?? $0 }.filter { $0 != LabelSet.noFinding }
  }

  /// CheXpert's `train.csv` and `valid.csv`: a column a label, blank where a report does not mention it, −1 where it is
  /// uncertain; frontal and lateral films; the first folder of the paths, `CheXpert-v1.0-small`, does not count.
  public static let cheXpert: CollectionDescription = {
    var collection = CollectionDescription(
      name: "chexpert", film: "Path", patient: .folder("patient"),
      findings: .columns(observations))
    collection.study = .folder("study")
    collection.renames = ["Pleural Effusion": "Effusion"]
    collection.labels = labels(observations, collection.renames)
    (collection.view, collection.side) = ("AP/PA", "Frontal/Lateral")
    (collection.sex, collection.age) = ("Sex", "Age")
    collection.leadingFolders = 1
    return collection
  }()

  /// PadChest's `PADCHEST_chest_x_ray_images_labels_160K_01.02.19.csv`: lists of findings, of which NIH's fourteen are taken
  /// with the special kinds that PadChest's tree has below them. Views of the chest are kept, films to `exclude` are not.
  public static let padChest: CollectionDescription = {
    var collection = CollectionDescription(
      name: "padchest", film: "ImageID", patient: .column("PatientID"),
      findings: .list(column: "Labels"))
    collection.study = .column("StudyID")
    collection.labels = LabelSet.nih14
    collection.noFinding = ["normal"]
    collection.unknown = ["unchanged"]
    collection.unusable = ["exclude"]
    collection.blank = .unknown
    collection.renames = [
      "atelectasis": "Atelectasis", "cardiomegaly": "Cardiomegaly",
      "consolidation": "Consolidation", "pulmonary edema": "Edema",
      "pleural effusion": "Effusion", "emphysema": "Emphysema",
      "pulmonary fibrosis": "Fibrosis", "hiatal hernia": "Hernia", "infiltrates": "Infiltration",
      "mass": "Mass", "nodule": "Nodule", "pleural thickening": "Pleural_Thickening",
      "pneumonia": "Pneumonia", "pneumothorax": "Pneumothorax",
    ]
    let kinds = [
      "Atelectasis": [
        "laminar atelectasis", "round atelectasis", "lobar atelectasis", "total atelectasis",
        "segmental atelectasis", "atelectasis basal",
      ],
      "Consolidation": ["air bronchogram"],
      "Effusion": [
        "loculated pleural effusion", "loculated fissural effusion", "hydropneumothorax", "empyema",
      ],
      "Fibrosis": ["asbestosis signs", "post radiotherapy changes"],
      "Infiltration": [
        "interstitial pattern", "ground glass pattern", "reticular interstitial pattern",
        "reticulonodular interstitial pattern", "miliary opacities", "alveolar pattern",
        "consolidation", "air bronchogram",
      ],
      "Mass": ["pulmonary mass"],
      "Nodule": ["multiple nodules"],
      "Pleural_Thickening": ["apical pleural thickening", "calcified pleural thickening"],
      "Pneumonia": ["atypical pneumonia"],
      "Pneumothorax": ["hydropneumothorax"],
    ]
    for (label, names) in kinds.sorted(by: { $0.key < $1.key }) {
      for name in names { collection.kinds[name, default: []].append(label) }
    }
    (collection.view, collection.sex) = ("Projection", "PatientSex_DICOM")
    collection.views = ["L": "Lateral"]
    collection.keep = ["Projection": ["PA", "L", "AP", "AP_horizontal"]]
    return collection
  }()

  private static let vinDrRenames = [
    "Pleural effusion": "Effusion", "Pleural thickening": "Pleural_Thickening",
    "Pulmonary fibrosis": "Fibrosis",
  ]

  /// VinDr-CXR's boxes, of Kaggle or of PhysioNet (`annotations_train.csv`): a finding and a reader a row. A film has what more
  /// than half of its readers found. The files do not say whose films they are.
  public static let vinDrBoxes: CollectionDescription = {
    var collection = CollectionDescription(
      name: "vindr-cxr", film: "image_id", patient: nil,
      findings: .names(column: "class_name", separator: nil))
    collection.renames = vinDrRenames
    collection.labels = labels(
      [
        "Aortic enlargement", "Atelectasis", "Calcification", "Cardiomegaly", "Consolidation",
        "ILD", "Infiltration", "Lung Opacity", "Nodule/Mass", "Other lesion", "Pleural effusion",
        "Pleural thickening", "Pneumothorax", "Pulmonary fibrosis",
      ], vinDrRenames)
    collection.noFinding = ["No finding"]
    collection.readers = Readers(column: "rad_id")
    collection.hasSeveralRowsAFilm = true
    collection.ignoresExtensions = true
    return collection
  }()

  private static let vinDrColumns = [
    "Aortic enlargement", "Atelectasis", "Calcification", "Cardiomegaly", "Clavicle fracture",
    "Consolidation", "Edema", "Emphysema", "Enlarged PA", "ILD", "Infiltration", "Lung Opacity",
    "Lung cavity", "Lung cyst", "Mediastinal shift", "Nodule/Mass", "Pleural effusion",
    "Pleural thickening", "Pneumothorax", "Pulmonary fibrosis", "Rib fracture", "Other lesion",
    "COPD", "Lung tumor", "Pneumonia", "Tuberculosis", "Other disease", "Other diseases",
    "No finding",
  ]

  /// VinDr-CXR's `image_labels_train.csv` of PhysioNet, a reader a row.
  public static let vinDrReaders: CollectionDescription = {
    var collection = vinDrConsensus
    collection.readers = Readers(column: "rad_id")
    collection.hasSeveralRowsAFilm = true
    return collection
  }()

  /// VinDr-CXR's `image_labels_test.csv` of PhysioNet, what its readers agreed on.
  public static let vinDrConsensus: CollectionDescription = {
    var collection = CollectionDescription(
      name: "vindr-cxr", film: "image_id", patient: nil, findings: .columns(vinDrColumns))
    collection.renames = vinDrRenames.merging(["No finding": LabelSet.noFinding]) { $1 }
    // What is none of the others is no finding to learn, but may be asked for.
    collection.labels = labels(vinDrColumns, collection.renames)
      .filter { !$0.hasPrefix("Other disease") }
    collection.ignoresExtensions = true
    return collection
  }()

  /// RSNA's pneumonia challenge, `stage_2_train_labels.csv`: a box a row. `patientId` names the film, not the patient.
  public static let rsnaPneumonia: CollectionDescription = {
    var collection = CollectionDescription(
      name: "rsna-pneumonia", film: "patientId", patient: nil, findings: .columns(["Target"]))
    collection.renames = ["Target": "Pneumonia"]
    collection.labels = ["Pneumonia"]
    collection.blank = .unknown
    collection.hasSeveralRowsAFilm = true
    collection.ignoresExtensions = true
    return collection
  }()

  /// SIIM-ACR's pneumothorax challenge, `train-rle.csv`: an outline a row, −1 where there is none.
  public static let siim: CollectionDescription = {
    var collection = CollectionDescription(
      name: "siim", film: "ImageId", patient: nil, findings: .columns(["EncodedPixels"]))
    collection.renames = ["EncodedPixels": "Pneumothorax"]
    collection.labels = ["Pneumothorax"]
    collection.blank = .unknown
    collection.values = ValueTexts(absent: ["-1", "-1.0"], areRunLengthsPresent: true)
    collection.hasSeveralRowsAFilm = true
    collection.ignoresExtensions = true
    return collection
  }()

  /// MIMIC-CXR: labels by study in `mimic-cxr-2.0.0-chexpert.csv` (or `-negbio.csv`), beside it the films and the official split.
  public static let mimicCXR: CollectionDescription = {
    let columns = observations.sorted()
    var collection = CollectionDescription(
      name: "mimic-cxr", film: "dicom_id", patient: .column("subject_id"),
      findings: .columns(columns))
    collection.study = .column("study_id")
    collection.renames = ["Pleural Effusion": "Effusion"]
    collection.labels = labels(columns, collection.renames)
    collection.view = "ViewPosition"
    collection.views = ["LATERAL": "Lateral", "LL": "Lateral"]
    collection.ignoresExtensions = true
    collection.split = SplitColumn(
      column: "split", train: .texts(["train"]), validation: .texts(["validate"]),
      test: .texts(["test"]))
    collection.tables = [
      JoinedTable(file: "mimic-cxr-2.0.0-metadata.csv", key: "study_id"),
      JoinedTable(file: "mimic-cxr-2.0.0-split.csv", key: "dicom_id"),
    ]
    return collection
  }()

  /// The `metadata.csv` of ieee8023/covid-chestxray-dataset: findings from the general to the special; films are kept, slices
  /// of tomography are not.
  public static let covidChestXRay: CollectionDescription = {
    var collection = CollectionDescription(
      name: "covid-chestxray", film: "filename", patient: .column("patientid"),
      findings: .path(column: "finding", separator: "/"))
    collection.labels = ["Pneumonia", "Viral", "Bacterial", "Fungal", "COVID-19", "Tuberculosis"]
    collection.unknown = ["todo"]
    collection.below = [
      "Pneumonia": ["Viral", "Bacterial", "Fungal", "COVID-19"], "Viral": ["COVID-19"],
    ]
    collection.blank = .unknown
    (collection.view, collection.sex, collection.age) = ("view", "sex", "age")
    collection.views = ["L": "Lateral"]
    collection.keep = ["modality": ["X-ray"]]
    return collection
  }()
}
