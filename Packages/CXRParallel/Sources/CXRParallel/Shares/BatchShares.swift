/// How a batch is cut where something is summed over its images.
///
/// A share is a run of places, cut from the nominal size of a batch: the last batch of an epoch, which may be smaller,
/// has its first shares whole, one in part and the others empty. Each share is summed by itself, and ``ShareTree``
/// adds them. So a sum depends on the number of shares alone, not on threads, nor on who formed which share.
public struct BatchShares: Sendable, Hashable {
  /// The most shares of a batch.
  public static let most = 64
  /// Shares where no other number is asked for.
  public static let standard = 2

  /// The images of a whole batch.
  public let nominal: Int
  /// The images of this batch, at most as many.
  public let images: Int
  /// The shares of a whole batch, 1…64.
  public let count: Int

  /// Cuts a batch; traps on more images than a whole batch has and on a number of shares outside 1…64.
  ///
  /// - Parameters:
  ///   - images: of this batch.
  ///   - nominal: images of a whole batch; as many where this is one.
  ///   - count: shares of a whole batch.
  public init(images: Int, of nominal: Int? = nil, count: Int = standard) {
    let nominal = nominal ?? images
    precondition(
      images >= 0 && images <= nominal && (1...Self.most).contains(count),
      "BatchShares: \(images) of \(nominal) images in \(count) shares")
    (self.images, self.nominal, self.count) = (images, nominal, count)
  }

  /// The places of a share in a whole batch.
  public func nominalPlaces(of share: Int) -> Range<Int> {
    nominal * share / count..<nominal * (share + 1) / count
  }

  /// The places of a share in this batch; none, perhaps.
  public func places(of share: Int) -> Range<Int> {
    nominalPlaces(of: share).clamped(to: 0..<images)
  }

  /// The runs of `rows` rows, so many an image, that shares are summed over, by share.
  public func runs(ofRows rows: Int) -> [Range<Int>] {
    precondition(
      images > 0 && rows.isMultiple(of: images), "BatchShares: \(rows) rows of \(images) images")
    let each = rows / images
    return (0..<count).map { share in
      let places = places(of: share)
      return places.lowerBound * each..<places.upperBound * each
    }
  }
}

extension BatchShares {
  /// These where `rows` are those of this batch's images, so many an image; else one share of all rows.
  public func suiting(rows: Int) -> BatchShares {
    images > 0 && rows.isMultiple(of: images) ? self : BatchShares(images: 1, count: 1)
  }

  /// These where a tensor has as many images; else the shares, as many, of a whole batch of its own.
  public func suiting(images: Int) -> BatchShares {
    images == self.images ? self : BatchShares(images: images, count: count)
  }
}
