/// What becomes of a film of more than 8 bits.
public enum FilmDepth: String, Sendable, CaseIterable, Codable {
  /// Its upper 8 bits are kept, as TensorFlow's `decode_png` keeps them.
  case reference
  /// All its bits are kept until it is resized.
  case full
}
