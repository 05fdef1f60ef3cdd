import CXRTraining

var stopping = EarlyStopping(patience: 2)
print([1.0, 0.9, 0.95].enumerated().map { stopping.take($1, epoch: $0 + 1) })
