// swift-tools-version: 6.2
import PackageDescription

let strict: [SwiftSetting] = [.treatAllWarnings(as: .error)]

let package = Package(
  name: "CXRPhantom",
  products: [.library(name: "CXRPhantom", targets: ["CXRPhantom"])],
  dependencies: [
    .package(path: "../CXRData"),
    .package(path: "../CXRImage"),
    .package(path: "../CXRTensor"),
    .package(path: "../CXRTestSupport"),
  ],
  targets: [
    .target(
      name: "CXRPhantom",
      dependencies: [
        .product(name: "CXRData", package: "CXRData"),
        .product(name: "CXRImage", package: "CXRImage"),
        .product(name: "CXRTensor", package: "CXRTensor"),
      ], swiftSettings: strict),
    .testTarget(
      name: "CXRPhantomTests",
      dependencies: [
        "CXRPhantom", .product(name: "CXRData", package: "CXRData"),
        .product(name: "CXRImage", package: "CXRImage"),
        .product(name: "CXRTensor", package: "CXRTensor"),
        .product(name: "CXRTestSupport", package: "CXRTestSupport"),
      ],
      swiftSettings: strict),
  ]
)
