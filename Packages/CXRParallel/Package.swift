// swift-tools-version: 6.2
import PackageDescription

let strict: [SwiftSetting] = [.treatAllWarnings(as: .error)]

let package = Package(
  name: "CXRParallel",
  platforms: [.macOS(.v15)],
  products: [.library(name: "CXRParallel", targets: ["CXRParallel"])],
  targets: [
    .target(name: "CWorkers", cSettings: [.treatAllWarnings(as: .error)]),
    .target(name: "CXRParallel", dependencies: ["CWorkers"], swiftSettings: strict),
    .testTarget(
      name: "CXRParallelTests", dependencies: ["CWorkers", "CXRParallel"], swiftSettings: strict),
  ]
)
