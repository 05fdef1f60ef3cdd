import CXRFilms
import CXRImage
import CXRNet
import CXRParallel
import CXRTensor
import Foundation

extension Networks {
  /// What the networks say of the films of one batch.
  struct BatchAnswers {
    /// Of the films asked about, those that can be decoded.
    var places: [CachedFilm] = []
    var unreadable: [UnreadableFilm] = []
    /// By network; none where no film can be decoded.
    var readings: [FilmReading] = []
    /// By network, `[n, K]`; empty where the checkpoint has no yardstick.
    var baselines: [[Float]] = []
  }

  /// Every rank's batch, in their order; feature maps of others on the first rank alone, which looks at them.
  ///
  /// - Parameter wantsMaps: whether it does; the same on all ranks.
  static func gathered(
    _ own: BatchAnswers, _ ranks: any Ranks, wantsMaps: Bool
  ) throws -> [BatchAnswers] {
    guard ranks.count > 1 else { return [own] }
    let headers = try ranks.gathered(Array(JSONEncoder().encode(Header(own)))).map {
      try JSONDecoder().decode(Header.self, from: Data($0))
    }
    let numbers = ranks.gathered(own.numbers.bytes).map(\.floats)
    var maps = headers.map { $0.readings.map { _ in [Float]() } }
    if wantsMaps {
      // Several megabytes a batch: to who reads them alone.
      let found = own.readings.flatMap { Array($0.featureMaps.scalars) }
      for (rank, floats) in ranks.gatheredByFirst(
        found, counts: headers.map { $0.readings.reduce(0) { $0 + $1.mapCount } }
      ).enumerated() {
        var rest = floats[...]
        for (network, reading) in headers[rank].readings.enumerated() {
          maps[rank][network] = Array(rest.prefix(reading.mapCount))
          rest = rest.dropFirst(reading.mapCount)
        }
      }
    }
    return zip(headers, zip(numbers, maps)).enumerated().map { rank, found in
      rank == ranks.rank ? own : BatchAnswers(found.0, numbers: found.1.0, maps: found.1.1)
    }
  }
}

/// What is told of a batch beside its numbers.
private struct Header: Codable {
  struct Reading: Codable {
    /// `[N, H, W, C]`.
    let maps: [Int]
    /// Of `[N, K]`.
    let labels: Int

    var mapCount: Int { maps.reduce(1, *) }
  }

  struct Unreadable: Codable {
    struct Remedy: Codable {
      let option, value: String
    }

    let name, reason: String
    let remedy: Remedy?

    init(_ film: UnreadableFilm) {
      (name, reason) = (film.name, film.reason)
      remedy = film.remedy.map { Remedy(option: $0.option, value: $0.value) }
    }

    var film: UnreadableFilm {
      UnreadableFilm(
        name: name, reason: reason,
        remedy: remedy.map { DecodingRemedy(option: $0.option, value: $0.value) })
    }
  }

  let places: [Int]
  let unreadable: [Unreadable]
  let readings: [Reading]
  let baselines: [Int]

  init(_ batch: Networks.BatchAnswers) {
    places = batch.places.map(\.index)
    unreadable = batch.unreadable.map(Unreadable.init)
    readings = batch.readings.map {
      Reading(maps: $0.featureMaps.shape.dimensions, labels: $0.logits.shape[1])
    }
    baselines = batch.baselines.map(\.count)
  }
}

extension Networks.BatchAnswers {
  /// Features, logits and yardsticks, by network.
  fileprivate var numbers: [Float] {
    readings.flatMap { Array($0.features.scalars) + Array($0.logits.scalars) }
      + baselines.flatMap { $0 }
  }

  /// Another rank's; `maps` by network, empty where they were not sent.
  fileprivate init(_ header: Header, numbers: [Float], maps: [[Float]]) {
    var rest = numbers[...]
    func take(_ count: Int) -> [Float] {
      defer { rest = rest.dropFirst(count) }
      return Array(rest.prefix(count))
    }
    places = header.places.map { CachedFilm($0) }
    unreadable = header.unreadable.map(\.film)
    readings = zip(header.readings, maps).map { reading, maps in
      let (films, channels) = (reading.maps[0], reading.maps[3])
      let features = take(films * channels)
      return FilmReading(
        featureMaps: maps.isEmpty
          ? Tensor([], shape: [0, 0, 0, channels]) : Tensor(maps, shape: Shape(reading.maps)),
        features: Tensor(features, shape: [films, channels]),
        logits: Tensor(take(films * reading.labels), shape: [films, reading.labels]))
    }
    baselines = header.baselines.map(take)
  }
}

extension Ranks {
  /// Every rank's floats, in order, on the first; none on others. `counts` has how many each has.
  fileprivate func gatheredByFirst(_ own: [Float], counts: [Int]) -> [[Float]] {
    guard rank == 0 else {
      own.withUnsafeBytes { exchange($0.isEmpty ? [] : [OutgoingMessage(to: 0, $0)], []) }
      return counts.map { _ in [] }
    }
    return counts.enumerated().map { other, count in
      guard other > 0, count > 0 else { return other == 0 ? own : [] }
      return [Float](unsafeUninitializedCapacity: count) { floats, written in
        exchange([], [IncomingMessage(from: other, UnsafeMutableRawBufferPointer(floats))])
        written = count
      }
    }
  }
}
