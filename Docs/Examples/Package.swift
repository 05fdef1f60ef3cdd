// swift-tools-version: 6.1
import PackageDescription

// Nine programs that stand on this repository as anybody's would: `swift run --package-path Docs/Examples OwnTable`. Outside of
// it a program depends on its URL instead of the path.
func program(_ name: String, _ modules: String...) -> Target {
  .executableTarget(
    name: name, dependencies: modules.map { .product(name: $0, package: "chest-x-ray") })
}

let package = Package(
  name: "Examples",
  dependencies: [.package(name: "chest-x-ray", path: "../..")],
  targets: [
    program("OwnTable", "CXRData"),
    program("PrepareFilm", "CXRImage", "CXRParallel"),
    program("Regression", "CXRTensor"),
    program("Perceptron", "CXRParallel", "CXRTensor"),
    program("OwnNetwork", "CXRCheckpoint", "CXRNet", "CXRParallel", "CXRTensor"),
    program("JudgeScores", "CXRMetrics"),
    program("NumPyArrays", "CXRCheckpoint"),
    program(
      "TrainOwnNetwork", "CXREvaluation", "CXRFiles", "CXRFilms", "CXRNet", "CXRParallel",
      "CXRPhantom",
      "CXRTensor", "CXRTraining"),
    program("WritePage", "CXRReport"),
  ])
