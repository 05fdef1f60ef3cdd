/// What becomes of a film of more than 8 bits.
public enum FilmDepth: String, Sendable, CaseIterable, Codable {
  /// Its upper 8 bits are kept, as TensorFlow's `decode_png` keeps them.
  case reference
  /// All its bits are kept until it is resized.
  case full
}

/// Which of a DICOM film's values are black and white.
public enum DICOMRange: String, Sendable, CaseIterable, Codable {
  /// The ends of the film's first window; of a film without one the ends of its bits' range.
  case window
  /// The ends of its bits' range.
  case full
}
