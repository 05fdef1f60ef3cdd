import CXRTensor

let (value, gradients) = Variable.differentiate([Tensor([1, -2, 3], shape: [3])]) {
  $0[0].relu().sum()
}
print(value.scalar, gradients[0]?.scalars ?? [])
