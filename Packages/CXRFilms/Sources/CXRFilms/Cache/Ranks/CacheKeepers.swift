import CXRParallel
import Foundation

/// Which ranks keep prepared films: of those that have one folder in common, wherever they are, the first.
enum CacheKeepers {
  /// Whether each rank keeps films in its folder, which is made where it is not there; none does where there is no folder.
  /// - Throws: ``FilmError/cacheFailed(path:reason:)``.
  static func find(_ ranks: any Ranks, folder: String?) throws -> [Bool] {
    guard let folder else { return [Bool](repeating: false, count: ranks.count) }
    try CacheStore.makeFolder(folder)
    // A rank sees the marks of those whose folder is its own. Their names are new, so that no system has old news of them.
    let name = String(
      decoding: ranks.broadcast(Array(UUID().uuidString.prefix(8).utf8)), as: UTF8.self)
    func mark(_ rank: Int) -> String {
      (folder as NSString).appendingPathComponent("films-\(name)-\(rank).rank")
    }
    _ = try CacheFile(path: mark(ranks.rank))
    ranks.barrier()
    let first = (0..<ranks.count).first { access(mark($0), F_OK) == 0 }
    ranks.barrier()
    unlink(mark(ranks.rank))
    return ranks.answers(first == ranks.rank)
  }
}
