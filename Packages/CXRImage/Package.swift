// swift-tools-version: 6.2
import PackageDescription

let strict: [SwiftSetting] = [.treatAllWarnings(as: .error)]

let package = Package(
  name: "CXRImage",
  products: [.library(name: "CXRImage", targets: ["CXRImage"])],
  targets: [
    .systemLibrary(name: "CLibPNG", pkgConfig: "libpng", providers: [.apt(["libpng-dev"])]),
    .systemLibrary(name: "CLibJPEG", pkgConfig: "libjpeg", providers: [.apt(["libjpeg-dev"])]),
    .systemLibrary(
      name: "CLibDeflate", pkgConfig: "libdeflate", providers: [.apt(["libdeflate-dev"])]),
    .target(
      name: "CFilmCodec", dependencies: ["CLibPNG", "CLibJPEG", "CLibDeflate"],
      cSettings: [.treatAllWarnings(as: .error)]),
    .target(name: "CXRImage", dependencies: ["CFilmCodec"], swiftSettings: strict),
    .testTarget(
      name: "CXRImageTests", dependencies: ["CFilmCodec", "CXRImage"],
      swiftSettings: strict),
  ]
)
