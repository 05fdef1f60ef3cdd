extension Checkpoint {
  /// The most that a file may take when read, and so may hold when written.
  public struct Limits: Sendable {
    /// Uncompressed bytes of all members together, and of all arrays as `Float`; from 0 on, 2 GiB unless said otherwise.
    public var totalBytes: Int
    /// The number of members: the arrays and `metadata.json`. From 0 on, 65,535 unless said otherwise; no more can be
    /// written, though NumPy's files of more are read where this allows it.
    public var members: Int
    /// Uncompressed bytes for each byte of the file, beyond 32 MiB that any file may take; from 1 on, or `nil` for as
    /// many as zlib can pack, the default. Weights hardly shrink: a file that grows sixteenfold holds none.
    public var expansion: Int?

    /// Two gibibytes in at most 65,535 members unless said otherwise.
    public init(
      totalBytes: Int = 2 << 30, members: Int = 65_535, expansion: Int? = nil
    ) {
      (self.totalBytes, self.members, self.expansion) = (totalBytes, members, expansion)
    }

    func bytes(inFileOf size: Int) -> Int {
      guard let expansion else { return totalBytes }
      let (grown, overflow) = size.multipliedReportingOverflow(by: expansion)
      return overflow ? totalBytes : min(totalBytes, max(32 << 20, grown))
    }
  }

  /// Of `metadata.json`, in bytes. Of NIH's 30,805 patients, digests of 16 letters take half a megabyte.
  static let longestMetadata = 32 << 20
}
