// swift-tools-version: 6.2
import PackageDescription

let strict: [SwiftSetting] = [.treatAllWarnings(as: .error)]

let package = Package(
  name: "CXRFetch",
  products: [.library(name: "CXRFetch", targets: ["CXRFetch"])],
  dependencies: [
    .package(path: "../CXRData"), .package(path: "../CXRFiles"),
    .package(path: "../CXRTestSupport"),
  ],
  targets: [
    .systemLibrary(
      name: "CLibCurl", pkgConfig: "libcurl", providers: [.apt(["libcurl4-openssl-dev"])]),
    .systemLibrary(name: "CLibCrypto", pkgConfig: "libcrypto", providers: [.apt(["libssl-dev"])]),
    .target(
      name: "CTransfer", dependencies: ["CLibCurl", "CLibCrypto"],
      cSettings: [.treatAllWarnings(as: .error)]),
    .target(
      name: "CXRFetch",
      dependencies: [
        "CTransfer", .product(name: "CXRData", package: "CXRData"),
        .product(name: "CXRFiles", package: "CXRFiles"),
      ],
      swiftSettings: strict),
    .testTarget(
      name: "CXRFetchTests",
      dependencies: [
        "CXRFetch", .product(name: "CXRData", package: "CXRData"),
        .product(name: "CXRFiles", package: "CXRFiles"),
        .product(name: "CXRTestSupport", package: "CXRTestSupport"),
      ],
      swiftSettings: strict),
  ]
)
