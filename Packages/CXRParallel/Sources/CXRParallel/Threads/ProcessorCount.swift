import CWorkers

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// How many processors this process may use.
enum ProcessorCount {
  /// Those that it may run on, but no more whole ones than its groups of processes may use, as a container's limit says;
  /// asked once.
  static let active = max(1, min(allowed, quota.map { Int(min($0, 1e6)) } ?? .max))

  /// Whether it may run on a part of the machine's alone.
  static var isLimitedByAffinity: Bool { allowed < Int(sysconf(Int32(_SC_NPROCESSORS_ONLN))) }

  /// The processors that it may run on: those of the machine, or those that `taskset` and its like leave.
  static var allowed: Int { cxr_allowed_processors() }

  /// How many processors' time its groups of processes may use; `nil` without a limit.
  static var quota: Double? {
    #if os(Linux)
      contents("/proc/self/cgroup").flatMap { quota(groups: $0, contents: contents) }
    #else
      nil
    #endif
  }

  /// The least limit of a process's groups and of those that they are in.
  /// - Parameters:
  ///   - groups: what `/proc/self/cgroup` says.
  ///   - contents: a file's text; `nil` where there is none.
  static func quota(groups: String, contents: (String) -> String?) -> Double? {
    let root = "/sys/fs/cgroup"
    var quotas: [Double] = []
    for line in groups.split(separator: "\n") {
      let fields = line.split(separator: ":", maxSplits: 2, omittingEmptySubsequences: false)
      guard fields.count == 3 else { continue }
      let controllers = fields[1].split(separator: ",")
      // Of groups in groups, those without the last name, one after another; a container sees its own as the root.
      let names = fields[2].split(separator: "/")
      let folders = (0...names.count).map { names.prefix($0).map { "/" + $0 }.joined() }
      for folder in folders {
        if controllers.isEmpty {
          // The second version: "200000 100000", microseconds of processors in microseconds, or "max 100000".
          let numbers = contents("\(root)\(folder)/cpu.max")?.split { $0 == " " || $0 == "\n" }
          quotas += limit(numbers?.first, of: numbers?.last)
        } else if controllers.contains("cpu") {
          for mount in Set([String(fields[1]), "cpu"]) {
            let base = "\(root)/\(mount)\(folder)/cpu.cfs_"
            quotas += limit(
              contents(base + "quota_us")?.split(separator: "\n").first,
              of: contents(base + "period_us")?.split(separator: "\n").first)
          }
        }
      }
    }
    return quotas.min()
  }

  private static func limit(_ quota: Substring?, of period: Substring?) -> [Double] {
    guard let quota = quota.flatMap({ Double($0) }), let period = period.flatMap({ Double($0) }),
      quota > 0, period > 0
    else { return [] }
    return [quota / period]
  }

  /// The text of a small file.
  private static func contents(_ path: String) -> String? {
    guard let file = fopen(path, "r") else { return nil }
    defer { fclose(file) }
    var bytes = [UInt8](repeating: 0, count: 1 << 16)
    let count = fread(&bytes, 1, bytes.count, file)
    return String(decoding: bytes.prefix(count), as: UTF8.self)
  }
}
