// swift-tools-version: 6.2
import PackageDescription

let strict: [SwiftSetting] = [.treatAllWarnings(as: .error)]

let package = Package(
  name: "CXRFetch",
  platforms: [.macOS(.v15)],
  products: [.library(name: "CXRFetch", targets: ["CXRFetch"])],
  dependencies: [
    .package(path: "../CXRData"), .package(path: "../CXRFiles"),
    .package(path: "../CXRTestSupport"),
  ],
  targets: [
    .systemLibrary(
      name: "CLibCurl", pkgConfig: "libcurl",
      providers: [.apt(["libcurl4-openssl-dev"]), .brew(["curl"])]),
    .systemLibrary(
      name: "CLibCrypto", pkgConfig: "libcrypto",
      providers: [.apt(["libssl-dev"]), .brew(["openssl@3"])]),
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
