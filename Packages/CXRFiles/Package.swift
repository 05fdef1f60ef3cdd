// swift-tools-version: 6.2
import PackageDescription

let strict: [SwiftSetting] = [.treatAllWarnings(as: .error)]

let package = Package(
  name: "CXRFiles",
  platforms: [.macOS(.v15)],
  products: [.library(name: "CXRFiles", targets: ["CXRFiles"])],
  targets: [
    .target(name: "CXRFiles", swiftSettings: strict),
    .testTarget(name: "CXRFilesTests", dependencies: ["CXRFiles"], swiftSettings: strict),
  ]
)
