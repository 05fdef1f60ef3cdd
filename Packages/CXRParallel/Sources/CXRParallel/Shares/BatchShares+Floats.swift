extension BatchShares {
  /// Adds up, in the tree of shares, what the parts of it came to on all ranks: `count` floats each. Every rank adds a run of
  /// them and gives it to the others, so that each carries about twice the floats of one part, however many ranks there are.
  ///
  /// - Parameters:
  ///   - parts: the sums of this rank's parts, in order, as ``partSums(_:_:)`` gives them; they are written to, and the first is
  ///     the sum afterwards.
  ///   - count: floats of each.
  ///   - add: adds the second's floats to the first's.
  public func sumOverRanks(
    _ parts: [UnsafeMutablePointer<Float>], count: Int,
    _ add: (_ sum: UnsafeMutablePointer<Float>, _ other: UnsafeMutablePointer<Float>, _ count: Int)
      -> Void
  ) {
    guard let company else { return }
    let nodes = nodes
    let (ranks, rank) = (company.ranks, company.ranks.rank)
    let others = company.shares.indices.filter { $0 != rank }
    let runs = company.shares.indices.map {
      Self.places(of: $0, of: count, in: company.shares.count)
    }
    precondition(
      parts.count == nodes.count { $0.rank == rank },
      "BatchShares: \(parts.count) parts, not those of rank \(rank)")
    let own = runs[rank]
    let foreign = nodes.filter { $0.rank != rank }
    let room = UnsafeMutablePointer<Float>.allocate(capacity: max(1, foreign.count * own.count))
    defer { room.deallocate() }
    func bytes(_ floats: UnsafeMutablePointer<Float>, _ count: Int) -> UnsafeMutableRawBufferPointer
    {
      UnsafeMutableRawBufferPointer(start: floats, count: count * MemoryLayout<Float>.size)
    }
    ranks.exchange(
      others.filter { !runs[$0].isEmpty }.flatMap { other in
        parts.map { part in
          OutgoingMessage(
            to: other,
            UnsafeRawBufferPointer(bytes(part + runs[other].lowerBound, runs[other].count)))
        }
      },
      own.isEmpty
        ? []
        : foreign.enumerated().map { place, node in
          IncomingMessage(from: node.rank, bytes(room + place * own.count, own.count))
        })
    if !own.isEmpty {
      var (mine, theirs) = (parts.makeIterator(), 0)
      let all = nodes.compactMap { node -> UnsafeMutablePointer<Float>? in
        if node.rank == rank { return mine.next().map { $0 + own.lowerBound } }
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
    ranks.exchange(
      own.isEmpty
        ? []
        : others.map {
          OutgoingMessage(
            to: $0, UnsafeRawBufferPointer(bytes(parts[0] + own.lowerBound, own.count)))
        },
      others.filter { !runs[$0].isEmpty }.map {
        IncomingMessage(from: $0, bytes(parts[0] + runs[$0].lowerBound, runs[$0].count))
      })
  }
}
