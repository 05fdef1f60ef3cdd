// swift-tools-version: 6.2
import PackageDescription

let strict: [SwiftSetting] = [.treatAllWarnings(as: .error)]

let package = Package(
  name: "CXRTraining",
  platforms: [.macOS(.v15)],
  products: [.library(name: "CXRTraining", targets: ["CXRTraining"])],
  dependencies: [
    .package(path: "../CXRArchive"),
    .package(path: "../CXRCheckpoint"),
    .package(path: "../CXRData"),
    .package(path: "../CXREvaluation"),
    .package(path: "../CXRFiles"),
    .package(path: "../CXRFilms"),
    .package(path: "../CXRImage"),
    .package(path: "../CXRMetrics"),
    .package(path: "../CXRNet"),
    .package(path: "../CXRParallel"),
    .package(path: "../CXRReport"),
    .package(path: "../CXRTensor"),
    .package(path: "../CXRTestSupport"),
  ],
  targets: [
    .target(
      name: "CXRTraining",
      dependencies: [
        .product(name: "CXRArchive", package: "CXRArchive"),
        .product(name: "CXRCheckpoint", package: "CXRCheckpoint"),
        .product(name: "CXRData", package: "CXRData"),
        .product(name: "CXREvaluation", package: "CXREvaluation"),
        .product(name: "CXRFiles", package: "CXRFiles"),
        .product(name: "CXRFilms", package: "CXRFilms"),
        .product(name: "CXRImage", package: "CXRImage"),
        .product(name: "CXRMetrics", package: "CXRMetrics"),
        .product(name: "CXRNet", package: "CXRNet"),
        .product(name: "CXRParallel", package: "CXRParallel"),
        .product(name: "CXRReport", package: "CXRReport"),
        .product(name: "CXRTensor", package: "CXRTensor"),
      ], swiftSettings: strict),
    .testTarget(
      name: "CXRTrainingTests",
      dependencies: [
        "CXRTraining",
        .product(name: "CXRArchive", package: "CXRArchive"),
        .product(name: "CXRCheckpoint", package: "CXRCheckpoint"),
        .product(name: "CXRData", package: "CXRData"),
        .product(name: "CXREvaluation", package: "CXREvaluation"),
        .product(name: "CXRFiles", package: "CXRFiles"),
        .product(name: "CXRFilms", package: "CXRFilms"),
        .product(name: "CXRImage", package: "CXRImage"),
        .product(name: "CXRMetrics", package: "CXRMetrics"),
        .product(name: "CXRNet", package: "CXRNet"),
        .product(name: "CXRParallel", package: "CXRParallel"),
        .product(name: "CXRTensor", package: "CXRTensor"),
        .product(name: "CXRTestSupport", package: "CXRTestSupport"),
      ], swiftSettings: strict),
  ]
)
