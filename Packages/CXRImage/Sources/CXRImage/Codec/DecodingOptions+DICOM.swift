import CDicom

extension DecodingOptions {
  /// What concerns DICOM, as the C decoder takes it.
  var dicomChoices: dicom_options {
    let range =
      switch dicomRange {
      case .window: DICOM_RANGE_WINDOW
      case .lut: DICOM_RANGE_LUT
      case .full: DICOM_RANGE_FULL
      }
    let modalities = dicomModalities.reduce(UInt32(0)) { bits, modality in
      let bit =
        switch modality {
        case .computedRadiography: DICOM_CR
        case .digitalRadiography: DICOM_DX
        case .radiographicImaging: DICOM_RG
        case .radiofluoroscopy: DICOM_RF
        case .other: DICOM_OT
        case .unstated: DICOM_UNSTATED
        }
      return bits | UInt32(bit)
    }
    return dicom_options(range: Int32(range), modalities: modalities)
  }
}

extension DecodingRemedy {
  /// What the C decoder says would help; `nil` where it says nothing.
  init?(_ refusal: dicom_refusal) {
    switch Int(refusal.option) {
    case DICOM_OPTION_RANGE: self.init(option: "dicomRange", value: text(ofC: refusal.value))
    case DICOM_OPTION_MODALITIES:
      self.init(option: "dicomModalities", value: text(ofC: refusal.value))
    default: return nil
    }
  }
}
