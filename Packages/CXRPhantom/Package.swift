// swift-tools-version: 6.2
import PackageDescription

let strict: [SwiftSetting] = [.treatAllWarnings(as: .error)]

let package = Package(
  name: "CXRPhantom",
  platforms: [.macOS(.v15)],
  products: [.library(name: "CXRPhantom", targets: ["CXRPhantom"])],
  dependencies: [
    .package(path: "../CXRData"),
    .package(path: "../CXRImage"),
    .package(path: "../CXRParallel"),
    .package(path: "../CXRTestSupport"),
  ],
  targets: [
    .target(
      name: "CXRPhantom",
      dependencies: [
        .product(name: "CXRData", package: "CXRData"),
        .product(name: "CXRImage", package: "CXRImage"),
        .product(name: "CXRParallel", package: "CXRParallel"),
      ], swiftSettings: strict),
    .testTarget(
      name: "CXRPhantomTests",
      dependencies: [
        "CXRPhantom",
        .product(name: "CXRData", package: "CXRData"),
        .product(name: "CXRImage", package: "CXRImage"),
        .product(name: "CXRParallel", package: "CXRParallel"),
        .product(name: "CXRTestSupport", package: "CXRTestSupport"),
      ], swiftSettings: strict),
  ]
)
