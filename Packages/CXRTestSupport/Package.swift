// swift-tools-version: 6.2
import PackageDescription

let strict: [SwiftSetting] = [.treatAllWarnings(as: .error)]

let package = Package(
  name: "CXRTestSupport",
  products: [.library(name: "CXRTestSupport", targets: ["CXRTestSupport"])],
  targets: [
    .target(name: "CXRTestSupport", swiftSettings: strict)
  ]
)
