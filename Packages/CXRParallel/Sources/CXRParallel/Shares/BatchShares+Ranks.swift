extension BatchShares {
  /// Ranks that have images of a batch.
  final class Company: Sendable, Hashable {
    let ranks: any Ranks
    /// The runs of shares of those ranks, in order.
    let shares: [Range<Int>]

    init(_ ranks: any Ranks, shares: [Range<Int>]) { (self.ranks, self.shares) = (ranks, shares) }

    static func == (a: Company, b: Company) -> Bool { a === b }
    func hash(into hasher: inout Hasher) { hasher.combine(ObjectIdentifier(self)) }
  }

  /// Whether other processes have images of the batch.
  public var isDivided: Bool { company != nil }

  /// The shares that each of `ranks` ranks takes, as many as another or one more. Traps where there are more ranks than shares.
  public static func runs(ofShares shares: Int, ranks: Int) -> [Range<Int>] {
    precondition(
      ranks >= 1 && ranks <= shares, "BatchShares: \(shares) shares for \(ranks) ranks")
    return (0..<ranks).map { places(of: $0, of: shares, in: ranks) }
  }

  /// The images of this batch that are this rank's: none, perhaps, of a smaller batch.
  public func places(ofRank rank: Int, of ranks: Int) -> Range<Int> {
    places(ofShares: Self.runs(ofShares: count, ranks: ranks)[rank])
  }

  /// The part of a whole batch that is this rank's, or `nil` where it has none. Ranks that have none are not asked for sums.
  public func divided(among ranks: any Ranks) -> BatchShares? {
    precondition(!isDivided, "BatchShares: the batch is divided already")
    let runs = Self.runs(ofShares: count, ranks: ranks.count)
    let places = places(ofShares: runs[ranks.rank])
    guard !places.isEmpty else { return nil }
    let active = runs.prefix { !self.places(ofShares: $0).isEmpty }
    precondition(
      runs.dropFirst(active.count).allSatisfy { self.places(ofShares: $0).isEmpty },
      "BatchShares: more shares, \(count), than images of a whole batch, \(nominal), for \(ranks.count) ranks"
    )
    return BatchShares(
      self, places: places, company: active.count > 1 ? Company(ranks, shares: Array(active)) : nil)
  }

  /// The same batch for what is the same on every rank: whole, and summed by each for itself.
  public var undivided: BatchShares {
    BatchShares(self, places: 0..<wholeImages, company: nil)
  }

  private func places(ofShares shares: Range<Int>) -> Range<Int> {
    let first = Self.places(of: shares.lowerBound, of: nominal, in: count).lowerBound
    let last = Self.places(of: shares.upperBound - 1, of: nominal, in: count).upperBound
    return (first..<last).clamped(to: 0..<wholeImages)
  }
}
