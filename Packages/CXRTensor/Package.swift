// swift-tools-version: 6.2
import PackageDescription

let strict: [SwiftSetting] = [.treatAllWarnings(as: .error)]

// Homebrew's OpenBLAS goes by its own name alone.
#if os(macOS)
  let blas = "openblas"
#else
  let blas = "blas"
#endif

let package = Package(
  name: "CXRTensor",
  platforms: [.macOS(.v15)],
  products: [.library(name: "CXRTensor", targets: ["CXRTensor"])],
  dependencies: [.package(path: "../CXRParallel"), .package(path: "../CXRTestSupport")],
  targets: [
    .systemLibrary(
      name: "CBLAS", pkgConfig: blas, providers: [.apt(["libopenblas-dev"]), .brew(["openblas"])]),
    .systemLibrary(
      name: "CLAPACKE", pkgConfig: "lapacke",
      providers: [.apt(["liblapacke-dev"]), .brew(["lapack"])]),
    .target(name: "CTensorKernels", cSettings: [.treatAllWarnings(as: .error)]),
    .target(
      name: "CConvolution",
      exclude: ["README.md", "codelets.inc", "direct.inc", "direct_gradient.inc", "engine.inc"],
      cSettings: [.treatAllWarnings(as: .error)]),
    .target(
      name: "CXRTensor",
      dependencies: [
        "CBLAS", "CLAPACKE", "CConvolution", "CTensorKernels",
        .product(name: "CXRParallel", package: "CXRParallel"),
      ],
      swiftSettings: strict),
    .testTarget(
      name: "CXRTensorTests",
      dependencies: [
        "CXRTensor", .product(name: "CXRParallel", package: "CXRParallel"),
        .product(name: "CXRTestSupport", package: "CXRTestSupport"),
      ],
      swiftSettings: strict),
  ]
)
