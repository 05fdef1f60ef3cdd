import CXRParallel
import CConvolution

// How a batch is cut into groups, strips and items, and who takes them when.
extension FourierConvolution {
  /// Whether each thread takes parts of its own when there are so many: far from each other threads
  /// should, unless some would have nothing to do.
  func isDivided(parts: Int) -> Bool {
    let threads = Parallel.threads
    return (parts.isMultiple(of: threads) || parts > 4 * threads) && !Parallel.threadsShareCache
  }

  /// A group whose turn it is.
  struct Visit {
    let group: ImageGroups.Group
    /// How many came before it.
    let place: Int
    var images: Range<Int> { group.images }
  }

  /// Takes groups through their stages. The threads end one group while they begin the next.
  ///
  /// - Parameters:
  ///   - groups: their numbers.
  ///   - begins: the number of blocks that `begin` is called for.
  ///   - ends: the number of blocks that `end` is called for.
  func take(
    _ groups: Range<Int>, _ order: BlockOrder,
    begins: (_ images: Range<Int>) -> Int, begin: (_ group: Visit, _ block: Int) -> Void,
    columns: (_ group: Visit) -> Void,
    ends: (_ images: Range<Int>) -> Int, end: (_ group: Visit, _ block: Int) -> Void
  ) {
    var before: Visit?
    for place in 0...groups.count {
      let now =
        place < groups.count
        ? Visit(group: cut.groups[order(place, of: groups)], place: place) : nil
      let ending = before.map { ends($0.images) } ?? 0
      let beginning = now.map { begins($0.images) } ?? 0
      // The smaller ones last, so that threads end together.
      let first = ending > beginning ? beginning : 0
      Parallel.run(blocks: ending + beginning) { block in
        if block < first, let now {
          begin(now, block)
        } else if block < first + ending, let before {
          end(before, block - first)
        } else if let now {
          begin(now, block - ending)
        }
      }
      if let now { columns(now) }
      before = now
    }
  }

  /// One row of tiles of a group.
  struct Strip {
    let image: Int
    let inImage: Int
    /// The place of its first tile in the group.
    let firstTile: Int
  }

  func stripCount(_ images: Range<Int>) -> Int { images.count * tiling.tiles_y }

  func strip(_ number: Int, of images: Range<Int>) -> Strip {
    let (image, inImage) = number.quotientAndRemainder(dividingBy: tiling.tiles_y)
    return Strip(
      image: images.lowerBound + image, inImage: inImage, firstTile: number * tiling.tiles_x)
  }

  /// One tile and channel block of a group.
  struct Item {
    let image: Int
    let tile: Int
    let inGroup: Int
    let block: Int
  }

  func outputItemCount(_ images: Range<Int>) -> Int {
    images.count * tiles * outputBlocks
  }

  func outputItem(_ number: Int, of images: Range<Int>) -> Item {
    let inGroup = number / outputBlocks
    return Item(
      image: images.lowerBound + inGroup / tiles, tile: inGroup % tiles, inGroup: inGroup,
      block: number % outputBlocks)
  }

  func inputItemCount(_ images: Range<Int>) -> Int {
    isPacked
      ? withUnsafePointer(to: tiling) { stages.input_vectors($0, images.count * tiles) }
      : stripCount(images)
  }
}
