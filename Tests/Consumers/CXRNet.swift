import CXRParallel
import CXRNet
import CXRTensor

let model = try ChestCNN(imageSize: 106, labels: 14, random: RandomStream(seed: 0))
var pass = Pass.inference()
let films = Tensor(repeating: 0, shape: [1, 106, 106, 1])
print(model.parameterCount, model.probabilities(films, in: &pass).shape)
