/// The columns of published label files besides those that are read, by which a collection is recognised.
///
/// NIH's file is read without a description, and SIIM's two columns are those of other tasks too: neither is recognised.
enum PublishedColumns {
  /// Columns that a collection's label file has: some in each release, others in some.
  struct Columns {
    var needed: [String] = []
    var others: [String] = []
  }

  static let of: [String: Columns] = [
    "chexpert": Columns(needed: ["Path", "Sex", "Age", "Frontal/Lateral", "AP/PA"]),
    "padchest": Columns(
      needed: ["PatientID", "StudyID", "Projection"],
      others: [
        "ImageDir", "StudyDate_DICOM", "PatientBirth", "PatientSex_DICOM", "ViewPosition_DICOM",
        "MethodProjection", "Pediatric", "Modality_DICOM", "Manufacturer_DICOM",
        "PhotometricInterpretation_DICOM", "PixelRepresentation_DICOM", "PixelAspectRatio_DICOM",
        "SpatialResolution_DICOM", "BitsStored_DICOM", "WindowCenter_DICOM", "WindowWidth_DICOM",
        "Rows_DICOM", "Columns_DICOM", "XRayTubeCurrent_DICOM", "Exposure_DICOM",
        "ExposureInuAs_DICOM", "ExposureTime", "RelativeXRayExposure_DICOM", "ReportID", "Report",
        "MethodLabel", "Localizations", "LabelsLocalizationsBySentence", "labelCUIS",
        "LocalizationsCUIS",
      ]),
    "vindr-cxr": Columns(needed: ["x_min", "y_min", "x_max", "y_max"], others: ["class_id"]),
    "vindr-cxr by column": Columns(others: ["Other disease", "Other diseases"]),
    "rsna-pneumonia": Columns(needed: ["x", "y", "width", "height"]),
    "mimic-cxr": Columns(needed: ["subject_id", "study_id"]),
    "covid-chestxray": Columns(
      needed: ["patientid", "view", "modality"],
      others: [
        "offset", "RT_PCR_positive", "survival", "intubated", "intubation_present", "went_icu",
        "in_icu", "needed_supplemental_O2", "extubated", "temperature", "pO2_saturation",
        "leukocyte_count", "neutrophil_count", "lymphocyte_count", "date", "location", "folder",
        "doi", "url", "license", "clinical_notes", "other_notes",
      ]),
  ]
}
