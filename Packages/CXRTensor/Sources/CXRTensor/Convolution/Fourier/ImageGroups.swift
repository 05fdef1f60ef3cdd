import CXRParallel

/// How the images of a batch go through a convolution by tiles: in groups whose spectra fit the caches, each of whole
/// shares, or of a run of one share's images. They are cut from the whole batch, so that a smaller one, or a part of one,
/// meets the same groups as far as it goes.
struct ImageGroups: Sendable {
  /// Images of one share in a group.
  struct Part: Sendable {
    let share: Int
    let images: Range<Int>
  }

  /// Images that go through together.
  struct Group: Sendable {
    let parts: [Part]

    var images: Range<Int> {
      (parts.first?.images.lowerBound ?? 0)..<(parts.last?.images.upperBound ?? 0)
    }
  }

  /// In the order of the images.
  let groups: [Group]
  /// Runs of groups that have shares of their own.
  let units: [Range<Int>]

  /// The most images of a group.
  let largest: Int

  /// What the cut follows from.
  private struct Question: Hashable {
    let sizes: [Int]
    let isApart: Bool
  }

  private static let cuts = KeptAnswers<Question, ImageGroups>()

  /// Cuts a batch.
  ///
  /// - Parameters:
  ///   - shares: of the batch.
  ///   - wanted: groups of a whole batch, from below.
  ///   - isApart: whether no group may hold two shares.
  static func cut(_ shares: BatchShares, wanted: Int, isApart: Bool) -> ImageGroups {
    let sizes = [shares.nominal, shares.images, shares.firstPlace, shares.count, wanted]
    return cuts.answer(to: Question(sizes: sizes, isApart: isApart)) {
      ImageGroups(shares, wanted: wanted, isApart: isApart)
    }
  }

  private init(_ shares: BatchShares, wanted: Int, isApart: Bool) {
    /// An even number of groups keeps two threads equally busy.
    let together = wanted <= 1 ? 1 : min(shares.count, (wanted + 1) / 2 * 2)
    var (groups, units) = ([Group](), [Range<Int>]())
    func append(_ found: [[Part]]) {
      let added = found.map { $0.filter { !$0.images.isEmpty } }.filter { !$0.isEmpty }
      guard !added.isEmpty else { return }
      units.append(groups.count..<groups.count + added.count)
      groups += added.map { Group(parts: $0) }
    }
    if together < shares.count && !isApart {
      for group in 0..<together {
        let own = shares.count * group / together..<shares.count * (group + 1) / together
        append([own.map { Part(share: $0, images: shares.places(of: $0)) }])
      }
    } else {
      let pieces = max(1, (wanted + shares.count - 1) / shares.count)
      for share in 0..<shares.count {
        let (whole, present) = (shares.nominalPlaces(of: share), shares.places(of: share))
        append(
          (0..<pieces).map { piece in
            let first = whole.lowerBound + whole.count * piece / pieces
            let last = whole.lowerBound + whole.count * (piece + 1) / pieces
            return [Part(share: share, images: (first..<last).clamped(to: present))]
          })
      }
    }
    (self.groups, self.units) = (groups, units)
    largest = groups.map(\.images.count).max() ?? 0
  }
}
