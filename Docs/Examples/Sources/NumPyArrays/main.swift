// Arrays to NumPy and back.
import CXRCheckpoint
import Foundation

/// What Python prints; nothing where it or NumPy is not installed.
func python(_ program: String) throws -> String {
  let (process, output) = (Process(), Pipe())
  process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
  process.arguments = ["python3", "-c", program]
  (process.standardOutput, process.standardError) = (output, FileHandle.nullDevice)
  try process.run()
  let said = output.fileHandleForReading.readDataToEndOfFile()
  process.waitUntilExit()
  return String(decoding: said, as: UTF8.self)
}

let kernel = NamedArray(name: "conv:0/kernel größe", shape: [2, 3], scalars: [1, 2, 3, 4, 5, 6])
try Checkpoint(arrays: [kernel], metadata: #"{"epoch": 3}"#).write(to: "ours.npz")
let transposed = try python(
  """
  import numpy as np
  arrays = np.load("ours.npz")
  np.savez_compressed("theirs.npz", turned=arrays["conv:0/kernel größe"].T, count=np.arange(3))
  """)
if transposed.isEmpty, FileManager.default.fileExists(atPath: "theirs.npz") {
  for array in try Checkpoint(path: "theirs.npz").arrays {
    print(array.name, array.shape, array.scalars)
  }
}
// It prints:
// turned [3, 2] [1.0, 4.0, 2.0, 5.0, 3.0, 6.0]
// count [3] [0.0, 1.0, 2.0]
