// swift-tools-version: 6.2
import PackageDescription

let strict: [SwiftSetting] = [.treatAllWarnings(as: .error)]

let package = Package(
  name: "CXRMetrics",
  products: [.library(name: "CXRMetrics", targets: ["CXRMetrics"])],
  targets: [
    .target(name: "CXRMetrics", swiftSettings: strict),
    .testTarget(
      name: "CXRMetricsTests", dependencies: ["CXRMetrics"],
      swiftSettings: strict),
  ]
)
