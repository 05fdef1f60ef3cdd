import Foundation

/// How a program's heap treats large blocks.
public enum Heap {
  /// Keeps blocks of up to 32 MB, as a film's, for the next film. By default each is taken from the system and
  /// given back, and the system's clearing of pages takes a third of the time of preparing JPEG films.
  ///
  /// `mallopt` is glibc's alone and not in its module, so it is looked for; elsewhere nothing is done.
  public static func keepLargeBlocks() {
    #if os(Linux)
      typealias Setting = @convention(c) (CInt, CInt) -> CInt
      guard let symbol = dlsym(nil, "mallopt") else { return }
      let set = unsafeBitCast(symbol, to: Setting.self)
      let (mmapThreshold, trimThreshold): (CInt, CInt) = (-3, -1)
      _ = set(mmapThreshold, 32 << 20)
      _ = set(trimThreshold, 256 << 20)
    #endif
  }
}
