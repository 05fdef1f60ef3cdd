// swift-tools-version: 6.2
import PackageDescription

let strict: [SwiftSetting] = [.treatAllWarnings(as: .error)]

let package = Package(
  name: "CXREvaluation",
  platforms: [.macOS(.v15)],
  products: [.library(name: "CXREvaluation", targets: ["CXREvaluation"])],
  dependencies: [
    .package(path: "../CXRData"),
    .package(path: "../CXRFiles"),
    .package(path: "../CXRMetrics"),
    .package(path: "../CXRParallel"),
    .package(path: "../CXRReport"),
    .package(path: "../CXRTensor"),
    .package(path: "../CXRTestSupport"),
  ],
  targets: [
    .target(
      name: "CXREvaluation",
      dependencies: [
        .product(name: "CXRData", package: "CXRData"),
        .product(name: "CXRFiles", package: "CXRFiles"),
        .product(name: "CXRMetrics", package: "CXRMetrics"),
        .product(name: "CXRParallel", package: "CXRParallel"),
        .product(name: "CXRReport", package: "CXRReport"),
        .product(name: "CXRTensor", package: "CXRTensor"),
      ], swiftSettings: strict),
    .testTarget(
      name: "CXREvaluationTests",
      dependencies: [
        "CXREvaluation",
        .product(name: "CXRData", package: "CXRData"),
        .product(name: "CXRFiles", package: "CXRFiles"),
        .product(name: "CXRMetrics", package: "CXRMetrics"),
        .product(name: "CXRParallel", package: "CXRParallel"),
        .product(name: "CXRReport", package: "CXRReport"),
        .product(name: "CXRTensor", package: "CXRTensor"),
        .product(name: "CXRTestSupport", package: "CXRTestSupport"),
      ], swiftSettings: strict),
  ]
)
