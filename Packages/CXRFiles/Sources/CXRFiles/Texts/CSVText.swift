/// Rows as comma-separated values after RFC 4180, LF line ends.
public enum CSVText {
  /// A line of fields, quoted where they need it.
  public static func line(_ fields: [String]) -> String {
    fields.map { field in
      field.utf8.contains { $0 == 0x2C || $0 == 0x22 || $0 == 0x0A || $0 == 0x0D }
        ? "\""
          + field.split(separator: "\"", omittingEmptySubsequences: false)
          .joined(separator: "\"\"") + "\""
        : field
    }.joined(separator: ",") + "\n"
  }
}
