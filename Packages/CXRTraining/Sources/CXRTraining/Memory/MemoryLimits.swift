import Foundation

/// How much memory this process may still take.
struct MemoryLimits: Sendable {
  /// A limit and what is left below it.
  struct Limit: Sendable {
    /// For messages.
    let name: String
    /// What lifts it.
    let remedy: String
    /// In bytes.
    let left: Int
  }

  /// Of address space, whether used or not: `ulimit -v`.
  let addressSpace: Limit?
  /// Of memory that is used.
  let resident: [Limit]
  /// In memory now, in bytes.
  let residentNow: Int

  init(addressSpace: Limit?, resident: [Limit], residentNow: Int) {
    (self.addressSpace, self.resident, self.residentNow) = (addressSpace, resident, residentNow)
  }

  #if os(Linux)
    /// Of this moment; what the system does not tell is no limit.
    init() {
      let pages = Self.numbers("/proc/self/statm")
      let pageSize = Int(sysconf(Int32(_SC_PAGESIZE)))
      residentNow = (pages.count > 1 ? pages[1] : 0) * pageSize
      var limit = rlimit()
      let isKnown = getrlimit(__rlimit_resource_t(RLIMIT_AS.rawValue), &limit) == 0
      addressSpace =
        isKnown && limit.rlim_cur < UInt64(Int.max)
        ? Limit(
          name: "the limit on address space leaves", remedy: "raise it by ulimit -v",
          left: Int(limit.rlim_cur) - (pages.first ?? 0) * pageSize) : nil
      var found: [Limit] = []
      if let free = Self.value("/proc/meminfo", key: "MemAvailable:") {
        found.append(
          Limit(name: "the machine has free", remedy: "end other programs", left: free * 1024))
      }
      if let most = Self.numbers("/sys/fs/cgroup/memory.max").first,
        let used = Self.numbers("/sys/fs/cgroup/memory.current").first
      {
        // What the group keeps of files goes when it is needed.
        let files = Self.value("/sys/fs/cgroup/memory.stat", key: "inactive_file") ?? 0
        found.append(
          Limit(
            name: "the container's limit leaves", remedy: "raise the container's limit",
            left: most - used + files))
      }
      resident = found
    }

    private static func text(_ path: String) -> String {
      FileManager.default.contents(atPath: path).map { String(decoding: $0, as: UTF8.self) } ?? ""
    }

    private static func numbers(_ path: String) -> [Int] {
      text(path).split(whereSeparator: \.isWhitespace).compactMap { Int($0) }
    }

    private static func value(_ path: String, key: String) -> Int? {
      text(path).split(separator: "\n").first { $0.hasPrefix(key) }?
        .split(whereSeparator: \.isWhitespace).dropFirst().first.flatMap { Int($0) }
    }
  #else
    /// The machine's memory, of which this process is taken to have none yet; what others use is not known.
    init() {
      (addressSpace, residentNow) = (nil, 0)
      let bytes = Int(clamping: ProcessInfo.processInfo.physicalMemory)
      resident = [Limit(name: "the machine has", remedy: "use a larger one", left: bytes)]
    }
  #endif
}
