import CXRCheckpoint
import Foundation

let path = NSTemporaryDirectory() + "/cxr-consumer.npz"
let array = NamedArray(name: "a", shape: [2], scalars: [1, 2])
try Checkpoint(arrays: [array], metadata: "{}").write(to: path)
print(try Checkpoint(path: path)["a"]?.scalars ?? [])
