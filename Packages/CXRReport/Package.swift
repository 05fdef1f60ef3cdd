// swift-tools-version: 6.2
import PackageDescription

let strict: [SwiftSetting] = [.treatAllWarnings(as: .error)]

let package = Package(
  name: "CXRReport",
  platforms: [.macOS(.v15)],
  products: [.library(name: "CXRReport", targets: ["CXRReport"])],
  dependencies: [
    .package(path: "../CXRFiles"),
    .package(path: "../CXRTestSupport"),
  ],
  targets: [
    .target(
      name: "CXRReport",
      dependencies: [
        .product(name: "CXRFiles", package: "CXRFiles")
      ], swiftSettings: strict),
    .testTarget(
      name: "CXRReportTests",
      dependencies: [
        "CXRReport",
        .product(name: "CXRFiles", package: "CXRFiles"),
        .product(name: "CXRTestSupport", package: "CXRTestSupport"),
      ], swiftSettings: strict),
  ]
)
