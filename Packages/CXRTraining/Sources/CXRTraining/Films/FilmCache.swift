import CXRData
import CXRImage
import CXRTensor
import Foundation
import Synchronization

/// Prepared films in one memory-mapped file, so that a film is decoded once, not once an epoch, and
/// memory does not grow with their number.
///
/// The file is named by a hash of the films' paths and of everything that changes pixels; each film
/// in it remembers its source's size and time and a checksum of its pixels. A film whose source
/// changed, or whose pixels fail their checksum, is decoded again; the others are taken as they are.
public final class FilmCache: Sendable {
  /// How the films were prepared.
  public let preparation: FilmPreparation
  /// The file.
  public let path: String
  /// Films in file order that could not be decoded.
  public let unreadable: [UnreadableFilm]
  /// How many films were taken from an earlier run.
  public let reusedCount: Int
  private let map: ReadOnlyMap
  private let moments: [PixelMoments]

  /// Whether a file in a folder is such a cache, which a later run may use.
  public static func isCacheFile(_ name: String) -> Bool {
    name.hasPrefix("films-") && name.hasSuffix(".cache")
  }

  private static let magic: [UInt8] = Array("CXRFILM1".utf8)
  private static let headerSize = 64
  private static let entrySize = 32

  /// Prepares films, on all threads, or takes them from an earlier run's file.
  ///
  /// - Parameters:
  ///   - films: names and paths; their order is the order of ``plane(_:)``.
  ///   - preparation: how they become pixels.
  ///   - folder: where the file is kept.
  ///   - progress: called now and then, on any thread, with the number of films done.
  /// - Throws: ``TrainingError/cacheFailed(path:reason:)`` when the file cannot be written. A film that
  ///   cannot be decoded is listed in ``unreadable``.
  public init(
    films: [(name: String, path: String)], preparation: FilmPreparation, folder: String,
    progress: @Sendable (Int) -> Void = { _ in }
  ) throws {
    self.preparation = preparation
    let key = SHA256.hexDigest(
      of: ([
        "\(preparation.imageSize)", preparation.resize.rawValue,
        preparation.jpegTransform.rawValue, DeviceReport.libraryVersion,
      ] + films.map { URL(fileURLWithPath: $0.path).standardizedFileURL.path })
      .joined(separator: "\n"))
    path = (folder as NSString).appendingPathComponent("films-\(key.prefix(16)).cache")
    let pixelBytes = preparation.pixelCount * 2
    let dataStart = Self.roundedUp(Self.headerSize + Self.entrySize * films.count)
    let file = try CacheFile(
      path: path, header: Self.magic + Array(key.utf8.prefix(32)),
      size: dataStart + pixelBytes * films.count)

    let cachePath = path
    let results = Mutex([FilmResult?](repeating: nil, count: films.count))
    let done = Atomic<Int>(0)
    let failure = Mutex<TrainingError?>(nil)
    Parallel.forEach(films.count) { i in
      guard failure.withLock({ $0 == nil }) else { return }
      do {
        let result = try Self.prepare(
          films[i], preparation: preparation, file: file,
          entryAt: Self.headerSize + Self.entrySize * i, pixelsAt: dataStart + pixelBytes * i)
        results.withLock { $0[i] = result }
      } catch let error as TrainingError {
        failure.withLock { $0 = $0 ?? error }
      } catch {
        failure.withLock { $0 = $0 ?? .cacheFailed(path: cachePath, reason: "\(error)") }
      }
      progress(done.add(1, ordering: .relaxed).newValue)
    }
    if let error = failure.withLock({ $0 }) { throw error }
    let outcomes = results.withLock { $0 }
    unreadable = zip(films, outcomes).compactMap { film, outcome in
      guard case .unreadable(let reason) = outcome else { return nil }
      return UnreadableFilm(name: film.name, reason: reason)
    }
    reusedCount = outcomes.reduce(0) {
      if case .ready(_, reused: true) = $1 { $0 + 1 } else { $0 }
    }
    moments = outcomes.map {
      if case .ready(let moments, _) = $0 { moments } else { PixelMoments() }
    }
    file.unlock()
    map = try ReadOnlyMap(path: path, offset: dataStart, count: pixelBytes * films.count)
  }

  private enum FilmResult: Sendable {
    case ready(PixelMoments, reused: Bool)
    case unreadable(String)
  }

  /// What the file says of one film: its source's size and modification time, its pixels' checksum.
  private struct Entry: Equatable {
    let size: UInt64
    let time: UInt64
    let checksum: UInt64
    static let ready: UInt64 = 0x5245_4144_5946_494C

    var bytes: [UInt8] {
      [Self.ready, size, time, checksum].flatMap { word in
        (0..<8).map { UInt8(truncatingIfNeeded: word >> UInt64(8 * $0)) }
      }
    }
  }

  private static func prepare(
    _ film: (name: String, path: String), preparation: FilmPreparation, file: CacheFile,
    entryAt: Int, pixelsAt: Int
  ) throws -> FilmResult {
    let source: (size: UInt64, time: UInt64)
    do {
      source = try sourceStamp(film.path)
    } catch {
      return .unreadable(UnreadableFilm.reason(error))
    }
    let known = try file.read(count: entrySize, at: entryAt)
    let stamp = Entry(size: source.size, time: source.time, checksum: 0).bytes
    if known.prefix(stamp.count - 8) == stamp.prefix(stamp.count - 8),
      case let kept = try file.read(count: preparation.pixelCount * 2, at: pixelsAt),
      known == Entry(size: source.size, time: source.time, checksum: checksum(kept)).bytes
    {
      let pixels = kept.withUnsafeBytes { Array($0.bindMemory(to: UInt16.self)) }
      return .ready(
        PixelMoments(FixedPointPixels.plane(pixels, size: preparation.imageSize)), reused: true)
    }
    let plane: FilmPlane
    do {
      plane = try preparation(path: film.path)
    } catch let error as ImageError {
      return .unreadable(error.reason)
    }
    let pixels = FixedPointPixels.encoded(plane)
    let bytes = pixels.withUnsafeBytes { Array($0) }
    try file.write(bytes, at: pixelsAt)
    try file.write(
      Entry(size: source.size, time: source.time, checksum: checksum(bytes)).bytes, at: entryAt)
    return .ready(PixelMoments(plane), reused: false)
  }

  private static func sourceStamp(_ path: String) throws -> (size: UInt64, time: UInt64) {
    var status = stat()
    guard stat(path, &status) == 0 else {
      throw ImageError.unreadable(path: path, reason: String(cString: strerror(errno)))
    }
    let seconds = UInt64(bitPattern: Int64(status.st_mtim.tv_sec))
    return (
      UInt64(status.st_size), seconds &* 1_000_000_000 &+ UInt64(status.st_mtim.tv_nsec)
    )
  }

  /// FNV-1a over 64-bit words: finds flipped and missing bytes, not malice.
  private static func checksum(_ bytes: [UInt8]) -> UInt64 {
    bytes.withUnsafeBytes { raw in
      var hash: UInt64 = 0xCBF2_9CE4_8422_2325
      var at = 0
      while at + 8 <= raw.count {
        let word = raw.loadUnaligned(fromByteOffset: at, as: UInt64.self)
        hash = (hash ^ UInt64(littleEndian: word)) &* 0x100_0000_01B3
        hash ^= hash >> 32
        at += 8
      }
      for byte in raw[at...] { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }
      return hash
    }
  }

  private static func roundedUp(_ count: Int) -> Int { (count + 4095) / 4096 * 4096 }

  /// A prepared film, in grey levels; `index` as in the initialiser's list, of a readable film.
  public func plane(_ index: Int) -> FilmPlane {
    let count = preparation.pixelCount
    return map.withPixels(from: index * count, count: count) {
      FixedPointPixels.plane($0, size: preparation.imageSize)
    }
  }

  /// Asks the system to have a film's pixels in memory soon.
  func willNeed(_ index: Int) {
    map.advise(from: index * preparation.pixelCount, count: preparation.pixelCount)
  }

  /// Writes a prepared film's pixels as (grey level − mean) / deviation.
  func writeStandardised(
    _ index: Int, mean: Float, deviation: Float, to target: UnsafeMutablePointer<Float>
  ) {
    let count = preparation.pixelCount
    map.withPixels(from: index * count, count: count) { pixels in
      for k in 0..<count { target[k] = (Float(pixels[k]) / 256 - mean) / deviation }
    }
  }

  /// The moments of the pixels of the films at `indices`, in that order.
  public func moments(of indices: [Int]) -> PixelMoments {
    indices.reduce(into: PixelMoments()) { $0.add(moments[$1]) }
  }
}

/// The cache's file, written at places.
private final class CacheFile: Sendable {
  private let descriptor: Int32
  private let path: String

  /// Opens a file of `size` bytes that begins with `header`, or makes it.
  init(path: String, header: [UInt8], size: Int) throws {
    self.path = path
    let file = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o644)
    descriptor = file
    // Of two processes that prepare the same films one waits here, and then finds them ready.
    if file >= 0 { while flock(file, LOCK_EX) != 0, errno == EINTR {} }
    func failure() -> TrainingError {
      .cacheFailed(path: path, reason: String(cString: strerror(errno)))
    }
    guard file >= 0 else { throw failure() }
    var status = stat()
    guard fstat(file, &status) == 0 else { throw failure() }
    if Int(status.st_size) == size, try read(count: header.count, at: 0) == header { return }
    guard ftruncate(file, 0) == 0, ftruncate(file, off_t(size)) == 0 else { throw failure() }
    try write(header, at: 0)
  }

  deinit { if descriptor >= 0 { close(descriptor) } }

  /// Lets the next process in.
  func unlock() { flock(descriptor, LOCK_UN) }

  func read(count: Int, at offset: Int) throws -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: count)
    let got = bytes.withUnsafeMutableBytes {
      pread(descriptor, $0.baseAddress, count, off_t(offset))
    }
    guard got == count else {
      throw TrainingError.cacheFailed(
        path: path, reason: got < 0 ? String(cString: strerror(errno)) : "it became shorter")
    }
    return bytes
  }

  func write(_ bytes: [UInt8], at offset: Int) throws {
    var written = 0
    while written < bytes.count {
      let count = bytes.withUnsafeBytes { raw in
        raw.baseAddress.map {
          pwrite(descriptor, $0 + written, bytes.count - written, off_t(offset + written))
        } ?? -1
      }
      if count < 0, errno == EINTR { continue }
      guard count > 0 else {
        throw TrainingError.cacheFailed(path: path, reason: String(cString: strerror(errno)))
      }
      written += count
    }
  }
}

/// The pixel part of the file, mapped.
private final class ReadOnlyMap: Sendable {
  // Mapped once in init, with PROT_READ, and unmapped in deinit: threads only ever read through it.
  nonisolated(unsafe) private let base: UnsafeMutableRawPointer?
  private let mappedCount: Int
  private let offset: Int

  init(path: String, offset: Int, count: Int) throws {
    self.offset = offset
    mappedCount = offset + count
    guard count > 0 else {
      base = nil
      return
    }
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else {
      throw TrainingError.cacheFailed(path: path, reason: String(cString: strerror(errno)))
    }
    defer { close(descriptor) }
    guard let address = mmap(nil, mappedCount, PROT_READ, MAP_SHARED, descriptor, 0),
      address != MAP_FAILED
    else { throw TrainingError.cacheFailed(path: path, reason: String(cString: strerror(errno))) }
    base = address
  }

  deinit { if let base { munmap(base, mappedCount) } }

  /// Asks for pixels from the disk; without them nothing is lost but time.
  func advise(from first: Int, count: Int) {
    guard let base else { return }
    let start = (offset + 2 * first) / 4096 * 4096
    _ = madvise(base + start, min(mappedCount, offset + 2 * (first + count)) - start, MADV_WILLNEED)
  }

  func withPixels<Result>(
    from first: Int, count: Int, _ body: (UnsafeBufferPointer<UInt16>) -> Result
  ) -> Result {
    guard let base, first >= 0, offset + 2 * (first + count) <= mappedCount else {
      preconditionFailure("FilmCache: film pixels \(first)..<\(first + count) are not in the file")
    }
    let start = (base + offset).assumingMemoryBound(to: UInt16.self) + first
    return body(UnsafeBufferPointer(start: start, count: count))
  }
}
