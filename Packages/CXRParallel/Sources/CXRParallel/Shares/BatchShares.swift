/// How a batch is cut where something is summed over its images.
///
/// A share is a run of places, cut from the nominal size of a batch: the last batch of an epoch, which may be smaller,
/// has its first shares whole, one in part and the others empty. Each share is summed by itself, and ``ShareTree``
/// adds them. So a sum depends on the number of shares alone, not on threads, nor on who formed which share.
///
/// Where processes work on a batch together, ``divided(among:)`` gives each of them a run of shares: images and places are
/// then those of this process, and sums are of all.
public struct BatchShares: Sendable, Hashable {
  /// The most shares of a batch.
  public static let most = 64
  /// Shares where no other number is asked for.
  public static let standard = 2

  /// The images of a whole batch.
  public let nominal: Int
  /// The images of this batch that are here, at most as many.
  public let images: Int
  /// The shares of a whole batch, 1…64.
  public let count: Int
  /// The images of this batch, here and elsewhere.
  public let wholeImages: Int
  /// The place in the batch of the first image that is here.
  public let firstPlace: Int
  /// Who works on the batch together; `nil` where this process is alone with it.
  let company: Company?

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
    (wholeImages, firstPlace, company) = (images, 0, nil)
  }

  init(_ whole: BatchShares, places: Range<Int>, company: Company?) {
    (nominal, count, wholeImages) = (whole.nominal, whole.count, whole.wholeImages)
    (images, firstPlace) = (places.count, places.lowerBound)
    self.company = company
  }

  /// The places of a share in a whole batch, counted from the first that is here.
  public func nominalPlaces(of share: Int) -> Range<Int> {
    let places = Self.places(of: share, of: nominal, in: count)
    return places.lowerBound - firstPlace..<places.upperBound - firstPlace
  }

  /// The images of a share that are here, counted from the first; none, perhaps.
  public func places(of share: Int) -> Range<Int> {
    nominalPlaces(of: share).clamped(to: 0..<images)
  }

  /// Whether a share has an image of this batch, here or elsewhere.
  func isPresent(_ share: Int) -> Bool {
    let places = Self.places(of: share, of: nominal, in: count)
    return places.lowerBound < min(places.upperBound, wholeImages)
  }

  static func places(of share: Int, of nominal: Int, in count: Int) -> Range<Int> {
    nominal * share / count..<nominal * (share + 1) / count
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
  /// These where `rows` are those of this batch's images, so many an image; else one share of all rows, which a batch that is
  /// divided among processes has not.
  public func suiting(rows: Int) -> BatchShares {
    if images > 0 && rows.isMultiple(of: images) { return self }
    requireWhole("\(rows) rows")
    return BatchShares(images: 1, count: 1)
  }

  /// These where a tensor has as many images; else the shares, as many, of a whole batch of its own, which a batch that is
  /// divided among processes has not.
  public func suiting(images: Int) -> BatchShares {
    if images == self.images { return self }
    requireWhole("\(images) images")
    return BatchShares(images: images, count: count)
  }

  private func requireWhole(_ what: String) {
    precondition(
      !isDivided,
      "BatchShares: \(what) where the batch has \(images) images here; operations that take images apart or together do not "
        + "work on several ranks")
  }
}
