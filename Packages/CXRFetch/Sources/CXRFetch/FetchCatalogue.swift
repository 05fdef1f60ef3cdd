/// Which files there are to fetch: from where, how large, and with which MD5 sum.
///
/// ```swift
/// let catalogue = FetchCatalogue.nih
/// let some = try catalogue.selecting(PartSelection("1,3-4"))
/// ```
public struct FetchCatalogue: Sendable, Equatable {
  /// One file.
  public struct Entry: Sendable, Equatable {
    /// Its name in the folder; no path.
    public let file: String
    /// Its address, of http or https.
    public let url: String
    /// Its size.
    public let bytes: Int
    /// Its MD5 sum, in 32 hexadecimal digits, small letters.
    public let md5: String

    /// Describes a file.
    public init(file: String, url: String, bytes: Int, md5: String) {
      (self.file, self.url, self.bytes, self.md5) = (file, url, bytes, md5)
    }
  }

  /// `nih`, or the path of the CSV.
  public let name: String
  /// The files, in the catalogue's order.
  public let entries: [Entry]

  /// A catalogue that was made elsewhere; nothing is checked.
  public init(name: String, entries: [Entry]) { (self.name, self.entries) = (name, entries) }

  /// The bytes of all files.
  public var bytes: Int {
    entries.reduce(0) { sum, entry in
      let (next, isTooLarge) = sum.addingReportingOverflow(entry.bytes)
      return isTooLarge ? .max : next
    }
  }

  /// Some of its files, in the catalogue's order.
  /// - Throws: ``PartSelectionError/beyond(last:count:)``.
  public func selecting(_ parts: PartSelection) throws -> FetchCatalogue {
    if let last = parts.ranges.map(\.upperBound).max(), last > entries.count {
      throw PartSelectionError.beyond(last: last, count: entries.count)
    }
    return FetchCatalogue(
      name: name, entries: entries.indices.filter { parts.contains($0 + 1) }.map { entries[$0] })
  }
}
