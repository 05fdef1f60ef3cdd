extension ExploreReport {
  /// A table of counts, of people or of films.
  public struct Table: Sendable {
    /// What it counts.
    public var title: String
    /// A name a column.
    public var header: [String]
    /// Cells, row by row.
    public var rows: [[String]]
    /// What to know of it.
    public var caption: String

    /// Gathers a table.
    public init(title: String, header: [String], rows: [[String]], caption: String) {
      (self.title, self.header, self.rows, self.caption) = (title, header, rows, caption)
    }
  }
}
