#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// The most memory that this process has had resident.
enum PeakMemory {
  static var bytes: Int {
    var usage = rusage()
    #if canImport(Glibc)
      let this = __rusage_who_t(RUSAGE_SELF.rawValue)
    #else
      let this = RUSAGE_SELF
    #endif
    guard getrusage(this, &usage) == 0 else { return 0 }
    #if os(Linux)
      return Int(usage.ru_maxrss) * 1024
    #else
      return Int(usage.ru_maxrss)
    #endif
  }
}
