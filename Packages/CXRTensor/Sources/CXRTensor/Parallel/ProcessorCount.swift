#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// How many processors this process may use.
enum ProcessorCount {
  static let active = max(1, Int(sysconf(Int32(_SC_NPROCESSORS_ONLN))))
}
