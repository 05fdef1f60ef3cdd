// swift-tools-version: 6.2
import PackageDescription

let strict: [SwiftSetting] = [.treatAllWarnings(as: .error)]

let package = Package(
  name: "CXRMetrics",
  platforms: [.macOS(.v15)],
  products: [.library(name: "CXRMetrics", targets: ["CXRMetrics"])],
  dependencies: [
    .package(path: "../CXRFiles"),
    .package(path: "../CXRParallel"),
  ],
  targets: [
    .target(
      name: "CXRMetrics",
      dependencies: [
        .product(name: "CXRFiles", package: "CXRFiles"),
        .product(name: "CXRParallel", package: "CXRParallel"),
      ], swiftSettings: strict),
    .testTarget(
      name: "CXRMetricsTests",
      dependencies: [
        "CXRMetrics",
        .product(name: "CXRFiles", package: "CXRFiles"),
        .product(name: "CXRParallel", package: "CXRParallel"),
      ], swiftSettings: strict),
  ]
)
