import CXRMetrics

print(rocAUC(scores: [0.1, 0.4, 0.35, 0.8], labels: [false, false, true, true]) ?? .nan)
