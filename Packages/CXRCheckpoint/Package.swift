// swift-tools-version: 6.2
import PackageDescription

let strict: [SwiftSetting] = [.treatAllWarnings(as: .error)]

let package = Package(
  name: "CXRCheckpoint",
  platforms: [.macOS(.v15)],
  products: [.library(name: "CXRCheckpoint", targets: ["CXRCheckpoint"])],
  dependencies: [.package(path: "../CXRFiles"), .package(path: "../CXRTestSupport")],
  targets: [
    .systemLibrary(
      name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"]), .brew(["zlib"])]),
    .target(
      name: "CXRCheckpoint",
      dependencies: ["CZlib", .product(name: "CXRFiles", package: "CXRFiles")],
      swiftSettings: strict),
    .testTarget(
      name: "CXRCheckpointTests",
      dependencies: [
        "CXRCheckpoint", .product(name: "CXRFiles", package: "CXRFiles"),
        .product(name: "CXRTestSupport", package: "CXRTestSupport"),
      ],
      swiftSettings: strict),
  ]
)
