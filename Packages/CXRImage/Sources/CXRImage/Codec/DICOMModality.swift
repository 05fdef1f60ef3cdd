/// What a DICOM film may call its modality.
public enum DICOMModality: String, Sendable, CaseIterable, Codable {
  /// Computed radiography.
  case computedRadiography = "CR"
  /// Digital radiography.
  case digitalRadiography = "DX"
  /// Radiographic imaging: films on a film scanner.
  case radiographicImaging = "RG"
  /// Radiofluoroscopy.
  case radiofluoroscopy = "RF"
  /// Other, such as secondary captures.
  case other = "OT"
  /// No modality is stated. A film of computed or digital radiography's class needs none.
  case unstated = "none"

  /// CR and DX, which are projection radiographs and nothing else.
  public static let usual: Set<DICOMModality> = [.computedRadiography, .digitalRadiography]
}
