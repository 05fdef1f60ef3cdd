// A perceptron with one hidden layer learns exclusive or, which no line can.
import CXRParallel
import CXRTensor

let inputs = Variable(Tensor([0, 0, 0, 1, 1, 0, 1, 1], shape: [4, 2]))
let truths = Tensor([0, 1, 1, 0], shape: [4, 1])

var random = RandomStream(seed: 1)
var weights = [[2, 8], [8], [8, 1], [1]].map { (shape: Shape) in
  Tensor((0..<shape.count).map { _ in random.uniform(in: -1..<1) }, shape: shape)
}

func logits(_ inputs: Variable, _ weights: [Variable]) -> Variable {
  let hidden = (inputs.matrixProduct(weights[0]) + weights[1]).tanh()
  return hidden.matrixProduct(weights[2]) + weights[3]
}
for _ in 0..<2000 {
  let (_, gradients) = Variable.differentiate(weights) {
    logits(inputs, $0).binaryCrossEntropy(labels: truths)
  }
  weights = zip(weights, gradients).map { weight, gradient in
    gradient.map { (Variable(weight) - 0.5 * Variable($0)).value } ?? weight
  }
}
let answers = logits(inputs, weights.map { Variable($0) }).sigmoid().value.scalars
print(answers.map { $0 > 0.5 ? 1 : 0 }, answers.allSatisfy { $0 < 0.1 || $0 > 0.9 })
// It prints:
// [0, 1, 1, 0] true
