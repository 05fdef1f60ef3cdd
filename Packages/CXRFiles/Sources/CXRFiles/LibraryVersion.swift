/// The version of this library, which stands in the files it writes.
public enum LibraryVersion {
  /// This one.
  public static let current = "0.2.0"
}
