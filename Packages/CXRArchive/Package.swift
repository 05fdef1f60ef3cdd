// swift-tools-version: 6.2
import PackageDescription

let strict: [SwiftSetting] = [.treatAllWarnings(as: .error)]

let package = Package(
  name: "CXRArchive",
  platforms: [.macOS(.v15)],
  products: [.library(name: "CXRArchive", targets: ["CXRArchive"])],
  dependencies: [.package(path: "../CXRTestSupport")],
  targets: [
    .systemLibrary(
      name: "CLibArchive", pkgConfig: "libarchive",
      providers: [
        .apt(["libarchive-dev", "libdeflate-dev", "zlib1g-dev"]),
        .brew(["libarchive", "libdeflate", "zlib"]),
      ]),
    .target(name: "CXRArchive", dependencies: ["CLibArchive"], swiftSettings: strict),
    .testTarget(
      name: "CXRArchiveTests",
      dependencies: ["CXRArchive", .product(name: "CXRTestSupport", package: "CXRTestSupport")],
      swiftSettings: strict),
  ]
)
