// swift-tools-version: 6.2
import PackageDescription

let strict: [SwiftSetting] = [.treatAllWarnings(as: .error)]

let package = Package(
  name: "CXRTraining",
  products: [.library(name: "CXRTraining", targets: ["CXRTraining"])],
  traits: [.trait(name: "DICOM", description: "Reads DICOM films; needs libdcmtk-dev.")],
  dependencies: [
    .package(path: "../CXRArchive"),
    .package(path: "../CXRData"),
    .package(
      path: "../CXRImage",
      traits: [.defaults, .trait(name: "DICOM", condition: .when(traits: ["DICOM"]))]),
    .package(path: "../CXRTensor"),
    .package(path: "../CXRNet"),
    .package(path: "../CXRMetrics"),
    .package(path: "../CXRCheckpoint"),
    .package(path: "../CXRTestSupport"),
  ],
  targets: [
    .target(
      name: "CXRTraining",
      dependencies: [
        .product(name: "CXRArchive", package: "CXRArchive"),
        .product(name: "CXRData", package: "CXRData"),
        .product(name: "CXRImage", package: "CXRImage"),
        .product(name: "CXRTensor", package: "CXRTensor"),
        .product(name: "CXRNet", package: "CXRNet"),
        .product(name: "CXRMetrics", package: "CXRMetrics"),
        .product(name: "CXRCheckpoint", package: "CXRCheckpoint"),
      ], swiftSettings: strict),
    .testTarget(
      name: "CXRTrainingTests",
      dependencies: [
        "CXRTraining", .product(name: "CXRData", package: "CXRData"),
        .product(name: "CXRImage", package: "CXRImage"),
        .product(name: "CXRTensor", package: "CXRTensor"),
        .product(name: "CXRNet", package: "CXRNet"),
        .product(name: "CXRMetrics", package: "CXRMetrics"),
        .product(name: "CXRCheckpoint", package: "CXRCheckpoint"),
        .product(name: "CXRTestSupport", package: "CXRTestSupport"),
      ],
      swiftSettings: strict),
  ]
)
