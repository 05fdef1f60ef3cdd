// Long sums over ranks, in two halves: every rank adds a run of them, and gives it to the others. So each carries about twice the
// floats of one sum, however many ranks there are.
extension BatchShares {
  /// `0..<count` in as many runs as ranks have images, of about equal length; one where the batch is not divided.
  public func runs(of count: Int) -> [Range<Int>] {
    let ranks = company?.shares.count ?? 1
    return (0..<ranks).map { Self.places(of: $0, of: count, in: ranks) }
  }

  /// The place of this rank's run among them.
  public var ownRun: Int { company?.ranks.rank ?? 0 }

  /// The floats that ``beginSum(_:_:room:_:)`` needs room for.
  public func roomForSum(_ runs: [Range<Int>]) -> Int {
    guard let company else { return 0 }
    let rank = company.ranks.rank
    return nodes.count { $0.rank != rank } * runs[rank].count
  }

  /// Begins to add up this rank's run of what the parts of the tree came to on all ranks.
  ///
  /// All ranks begin their sums in one order, and finish them in one order.
  ///
  /// - Parameters:
  ///   - parts: the sums of this rank's parts, in order, as ``partSums(_:_:)`` gives them; they are written to.
  ///   - runs: of floats, one a rank, the same on all.
  ///   - room: for ``roomForSum(_:)`` floats.
  ///   - add: adds the second's floats to the first's.
  /// - Returns: what waits for the others' parts and adds: the sum stands in the first part afterwards. Until then nobody may touch
  ///   parts and room.
  public func beginSum(
    _ parts: [UnsafeMutablePointer<Float>], _ runs: [Range<Int>], room: UnsafeMutablePointer<Float>,
    _ add:
      @escaping (
        _ sum: UnsafeMutablePointer<Float>, _ other: UnsafeMutablePointer<Float>, _ count: Int
      ) -> Void
  ) -> () -> Void {
    guard let company else { return {} }
    let (nodes, rank) = (nodes, company.ranks.rank)
    precondition(
      runs.count == company.shares.count && parts.count == nodes.count { $0.rank == rank },
      "BatchShares: \(parts.count) parts and \(runs.count) runs are not those of rank \(rank)")
    let (own, foreign) = (runs[rank], nodes.filter { $0.rank != rank })
    let transfer = company.ranks.begin(
      runs.indices.filter { $0 != rank && !runs[$0].isEmpty }.flatMap { other in
        parts.map { OutgoingMessage(to: other, floats: $0, runs[other]) }
      },
      own.isEmpty
        ? []
        : foreign.enumerated().map { place, node in
          IncomingMessage(
            from: node.rank, floats: room, place * own.count..<(place + 1) * own.count)
        })
    return {
      transfer.finish()
      guard !own.isEmpty else { return }
      var (mine, theirs) = (0, 0)
      let all = nodes.map { node -> UnsafeMutablePointer<Float> in
        if node.rank == rank {
          defer { mine += 1 }
          return parts[mine] + own.lowerBound
        }
        defer { theirs += 1 }
        return room + theirs * own.count
      }
      let sum = total(ofNodes: all) { first, second in
        add(first, second, own.count)
        return first
      }
      let target = parts[0] + own.lowerBound
      if let sum, sum != target { target.update(from: sum, count: own.count) }
    }
  }

  /// Begins to give this rank's run to the others and to take theirs; what is returned waits for it.
  public func beginSharing(
    _ floats: UnsafeMutablePointer<Float>, _ runs: [Range<Int>]
  ) -> () -> Void {
    guard let company else { return {} }
    let others = runs.indices.filter { $0 != company.ranks.rank }
    let own = runs[company.ranks.rank]
    let transfer = company.ranks.begin(
      own.isEmpty ? [] : others.map { OutgoingMessage(to: $0, floats: floats, own) },
      others.filter { !runs[$0].isEmpty }.map {
        IncomingMessage(from: $0, floats: floats, runs[$0])
      })
    return { transfer.finish() }
  }
}

extension OutgoingMessage {
  fileprivate init(to rank: Int, floats: UnsafeMutablePointer<Float>, _ run: Range<Int>) {
    self.init(to: rank, UnsafeRawBufferPointer(bytesOf(floats, run)))
  }
}

extension IncomingMessage {
  fileprivate init(from rank: Int, floats: UnsafeMutablePointer<Float>, _ run: Range<Int>) {
    self.init(from: rank, bytesOf(floats, run))
  }
}

private func bytesOf(
  _ floats: UnsafeMutablePointer<Float>, _ run: Range<Int>
) -> UnsafeMutableRawBufferPointer {
  UnsafeMutableRawBufferPointer(
    start: floats + run.lowerBound, count: run.count * MemoryLayout<Float>.size)
}
