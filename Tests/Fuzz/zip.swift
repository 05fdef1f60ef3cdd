// Any bytes as a checkpoint: arrays or a typed error.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ start: UnsafePointer<UInt8>, _ count: Int) -> CInt {
  let bytes = Array(UnsafeBufferPointer(start: start, count: count))
  do {
    _ = try Checkpoint(contents: bytes, path: "checkpoint.npz")
  } catch let error as CheckpointError {
    _ = error.description
  } catch {
    fatalError("an error of another kind: \(error)")
  }
  return 0
}
