import Foundation

/// Fetches one file: goes on with its part, tries again what may pass, and gives it its name once its sum is right.
struct FileFetch {
  let entry: FetchCatalogue.Entry
  let folder: FetchFolder
  let transfer: Transfer
  /// Seconds without a byte after which an attempt has failed.
  let stall: Double
  let shouldStop: @Sendable () -> Bool
  let report: (FetchEvent) -> Void

  /// - Returns: whether the file is whole; `false` where it should stop before.
  /// - Throws: ``FetchFault``; what has come is kept, unless its sum is wrong.
  func run() throws(FetchFault) -> Bool {
    let part = try PartFile(path: folder.part(entry.file))
    let size = try part.size()
    if size > entry.bytes { try part.empty() }
    var isOfEarlierRun = size > 0 && size <= entry.bytes
    while true {
      let attempts = PartFetch(self, part)
      guard let sum = try attempts.sum() else { return false }
      if sum == entry.md5 { break }
      if isOfEarlierRun, !attempts.isBegunAnew {
        // It may be that only what an earlier run left is wrong.
        report(
          .begunAnew(
            file: entry.file,
            reason: "with what an earlier run left its MD5 sum is \(sum), not \(entry.md5)"))
        isOfEarlierRun = false
        try part.empty()
        continue
      }
      try FetchFolder.remove(part.path)
      throw .otherSum(expected: entry.md5, found: sum)
    }
    guard rename(part.path, folder.file(entry.file)) == 0 else {
      throw FetchFolder.fault(folder.file(entry.file))
    }
    folder.flush()
    folder.remember(entry)
    return true
  }
}
