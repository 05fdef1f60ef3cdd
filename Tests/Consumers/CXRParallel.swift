import CXRParallel

let seed = RandomStream(seed: 7)
let draws = Parallel.map(1000) { i in
  var random = seed.child(i)
  return random.uniform()
}
Parallel.threads = 1
print(
  draws
    == Parallel.map(1000) {
      var random = seed.child($0); return random.uniform()
    })
