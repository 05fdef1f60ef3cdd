// swift-tools-version: 6.2
import PackageDescription

let strict: [SwiftSetting] = [.treatAllWarnings(as: .error)]

// What the trait DICOM needs: Debian's libdcmtk-dev, libopenjp2-7-dev and zlib1g-dev.
let withDICOM = BuildSettingCondition.when(traits: ["DICOM"])
let dicomLibraries = [
  "dcmjpls", "dcmtkcharls", "dcmjpeg", "ijg8", "ijg12", "ijg16", "dcmimgle", "dcmdata", "oflog",
  "ofstd", "openjp2", "z",
]

let package = Package(
  name: "CXRImage",
  platforms: [.macOS(.v15)],
  products: [.library(name: "CXRImage", targets: ["CXRImage"])],
  traits: [
    .trait(
      name: "DICOM", description: "Reads DICOM films; needs libdcmtk-dev and libopenjp2-7-dev.")
  ],
  dependencies: [.package(path: "../CXRTestSupport")],
  targets: [
    .systemLibrary(
      name: "CLibPNG", pkgConfig: "libpng", providers: [.apt(["libpng-dev"]), .brew(["libpng"])]),
    .systemLibrary(
      name: "CLibJPEG", pkgConfig: "libjpeg",
      providers: [.apt(["libjpeg-dev"]), .brew(["jpeg-turbo"])]),
    .systemLibrary(
      name: "CLibDeflate", pkgConfig: "libdeflate",
      providers: [.apt(["libdeflate-dev"]), .brew(["libdeflate"])]),
    .target(
      name: "CFilmCodec", dependencies: ["CLibPNG", "CLibJPEG", "CLibDeflate"],
      cSettings: [.treatAllWarnings(as: .error)]),
    .target(
      name: "CDicom",
      cxxSettings: [.define("CXR_DICOM", withDICOM), .treatAllWarnings(as: .error)],
      linkerSettings: dicomLibraries.map { .linkedLibrary($0, withDICOM) }),
    .target(name: "CXRImage", dependencies: ["CDicom", "CFilmCodec"], swiftSettings: strict),
    .testTarget(
      name: "CXRImageTests",
      dependencies: ["CXRImage", .product(name: "CXRTestSupport", package: "CXRTestSupport")],
      swiftSettings: strict),
  ],
  cxxLanguageStandard: .cxx17
)
