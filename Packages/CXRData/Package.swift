// swift-tools-version: 6.2
import PackageDescription

let strict: [SwiftSetting] = [.treatAllWarnings(as: .error)]

let package = Package(
  name: "CXRData",
  platforms: [.macOS(.v15)],
  products: [.library(name: "CXRData", targets: ["CXRData"])],
  dependencies: [.package(path: "../CXRTestSupport")],
  targets: [
    .target(name: "CXRData", swiftSettings: strict),
    .testTarget(
      name: "CXRDataTests",
      dependencies: ["CXRData", .product(name: "CXRTestSupport", package: "CXRTestSupport")],
      swiftSettings: strict),
  ]
)
