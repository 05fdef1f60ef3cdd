// swift-tools-version: 6.2
import PackageDescription

let strict: [SwiftSetting] = [.treatAllWarnings(as: .error)]

let package = Package(
  name: "CXRFilms",
  platforms: [.macOS(.v15)],
  products: [.library(name: "CXRFilms", targets: ["CXRFilms"])],
  dependencies: [
    .package(path: "../CXRArchive"),
    .package(path: "../CXRData"),
    .package(path: "../CXRFiles"),
    .package(path: "../CXRImage"),
    .package(path: "../CXRParallel"),
    .package(path: "../CXRReport"),
    .package(path: "../CXRTestSupport"),
  ],
  targets: [
    .target(
      name: "CXRFilms",
      dependencies: [
        .product(name: "CXRArchive", package: "CXRArchive"),
        .product(name: "CXRData", package: "CXRData"),
        .product(name: "CXRFiles", package: "CXRFiles"),
        .product(name: "CXRImage", package: "CXRImage"),
        .product(name: "CXRParallel", package: "CXRParallel"),
        .product(name: "CXRReport", package: "CXRReport"),
      ], swiftSettings: strict),
    .testTarget(
      name: "CXRFilmsTests",
      dependencies: [
        "CXRFilms",
        .product(name: "CXRArchive", package: "CXRArchive"),
        .product(name: "CXRData", package: "CXRData"),
        .product(name: "CXRFiles", package: "CXRFiles"),
        .product(name: "CXRImage", package: "CXRImage"),
        .product(name: "CXRParallel", package: "CXRParallel"),
        .product(name: "CXRReport", package: "CXRReport"),
        .product(name: "CXRTestSupport", package: "CXRTestSupport"),
      ], swiftSettings: strict),
  ]
)
