/// Stops a program that judges numbers as probabilities that are none, such as percent or log-odds: every figure of them would
/// be wrong without a word.
func checkProbabilities(_ values: [Double], in operation: String) {
  for value in values where !(0...1).contains(value) {
    preconditionFailure("\(operation): a probability of \(value) is not within 0…1")
  }
}
