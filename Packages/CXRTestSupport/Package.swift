// swift-tools-version: 6.2
import PackageDescription

let strict: [SwiftSetting] = [.treatAllWarnings(as: .error)]

let package = Package(
  name: "CXRTestSupport",
  platforms: [.macOS(.v15)],
  products: [.library(name: "CXRTestSupport", targets: ["CXRTestSupport"])],
  targets: [
    .target(name: "CXRTestSupport", swiftSettings: strict)
  ]
)
