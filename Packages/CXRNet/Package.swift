// swift-tools-version: 6.2
import PackageDescription

let strict: [SwiftSetting] = [.treatAllWarnings(as: .error)]

let package = Package(
  name: "CXRNet",
  platforms: [.macOS(.v15)],
  products: [.library(name: "CXRNet", targets: ["CXRNet"])],
  dependencies: [
    .package(path: "../CXRParallel"),
    .package(path: "../CXRTensor"),
  ],
  targets: [
    .target(
      name: "CXRNet",
      dependencies: [
        .product(name: "CXRParallel", package: "CXRParallel"),
        .product(name: "CXRTensor", package: "CXRTensor"),
      ], swiftSettings: strict),
    .testTarget(
      name: "CXRNetTests",
      dependencies: [
        "CXRNet",
        .product(name: "CXRParallel", package: "CXRParallel"),
        .product(name: "CXRTensor", package: "CXRTensor"),
      ], swiftSettings: strict),
  ]
)
