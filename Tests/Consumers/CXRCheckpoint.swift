import CXRCheckpoint

let array = NamedArray(name: "a", shape: [2], scalars: [1, 2])
try Checkpoint(arrays: [array], metadata: "{}").write(to: "/tmp/cxr-consumer.npz")
print(try Checkpoint(path: "/tmp/cxr-consumer.npz")["a"]?.scalars ?? [])
