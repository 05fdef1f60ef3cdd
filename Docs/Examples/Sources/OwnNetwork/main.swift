// A convolutional network of one's own: trained on squares, saved, loaded, and asked again.
import CXRCheckpoint
import CXRNet
import CXRParallel
import CXRTensor

func network(seed: UInt64) -> Sequential {
  let random = RandomStream(seed: seed)
  return Sequential([
    ("conv", Conv2D(from: 1, to: 8, kernel: 3, random: random.child("conv"))),
    ("relu", Activation.relu), ("pool", MaxPool()), ("mean", GlobalAveragePooling()),
    ("head", Dense(from: 8, to: 1, random: random.child("head"))),
  ])
}
// Eight films of 16 × 16 pixels; every other one has a bright square in its middle.
func level(_ i: Int) -> Float { i / 256 % 2 == 0 && (5..<11).contains(i / 16 % 16) ? 1 : 0 }
let films = Tensor((0..<8 * 256).map(level), shape: [8, 16, 16, 1])
let labels = Tensor((0..<8).map { $0 % 2 == 0 ? 1 : 0 }, shape: [8, 1])

var model = network(seed: 0)
var optimizer = Adam(for: model)
for step in 0..<300 {
  let gradients = model.gradients(random: RandomStream(seed: 1).child(step)) { model, pass in
    Loss.binaryCrossEntropy(logits: model(Variable(films), in: &pass), labels: labels)
  }
  optimizer.update(&model, with: gradients, learningRate: 1e-2)
}
try Checkpoint(model.namedArrays).write(to: "squares.npz")

var restored = network(seed: 7)
try restored.load(Checkpoint(path: "squares.npz").namedArrays)
var pass = Pass.inference()
let answers = restored(Variable(films), in: &pass).sigmoid().value
print(restored.namedArrays.map(\.name), answers.scalars.map { $0 > 0.5 ? 1 : 0 })
print(answers.hasSameBits(as: model(Variable(films), in: &pass).sigmoid().value))
// It prints:
// ["conv/kernel", "conv/bias", "head/kernel", "head/bias"] [1, 0, 1, 0, 1, 0, 1, 0]
// true
