/// Which of a DICOM film's values are black and white.
public enum DICOMRange: String, Sendable, CaseIterable, Codable {
  /// The ends of the film's first window; of a film without one those of its VOI LUT; without either the ends of its
  /// bits' range.
  case window
  /// The film's VOI LUT before its window: as `pydicom` does it.
  case lut
  /// The ends of its bits' range.
  case full
}
