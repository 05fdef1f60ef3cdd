// swift-tools-version: 6.2
import PackageDescription

// One clone builds and tests everything: every module is declared here by its path, and once more
// in its own Packages/<Module>/Package.swift. `make check` fails when the two drift apart.
// A consumer depends on this root or on single packages, never on both.

let strict: [SwiftSetting] = [.treatAllWarnings(as: .error)]
let strictC: [CSetting] = [.treatAllWarnings(as: .error)]

let argumentParser: Target.Dependency = .product(
  name: "ArgumentParser", package: "swift-argument-parser")

let toml: Target.Dependency = .product(name: "TOMLKit", package: "TOMLKit")

let logging: Target.Dependency = .product(name: "Logging", package: "swift-log")

func module(_ name: String, _ dependencies: [Target.Dependency] = []) -> Target {
  .target(
    name: name, dependencies: dependencies, path: "Packages/\(name)/Sources/\(name)",
    swiftSettings: strict)
}

func cModule(
  _ name: String, in package: String, _ dependencies: [Target.Dependency] = [],
  exclude: [String] = []
) -> Target {
  .target(
    name: name, dependencies: dependencies, path: "Packages/\(package)/Sources/\(name)",
    exclude: exclude, cSettings: strictC)
}

func systemLibrary(
  _ name: String, in package: String, pkgConfig: String, apt: String..., brew: String...
)
  -> Target
{
  .systemLibrary(
    name: name, path: "Packages/\(package)/Sources/\(name)", pkgConfig: pkgConfig,
    providers: [.apt(apt), .brew(brew)])
}

func moduleTests(_ module: String, _ others: [Target.Dependency] = []) -> Target {
  .testTarget(
    name: "\(module)Tests", dependencies: [.target(name: module)] + others,
    path: "Packages/\(module)/Tests/\(module)Tests", swiftSettings: strict)
}

func app(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
  .executableTarget(
    name: name, dependencies: dependencies + ["CXRCommandLine", argumentParser],
    path: "Apps/\(name)", swiftSettings: strict)
}

// What the trait MPI needs: Debian's libopenmpi-dev.
let withMPI = TargetDependencyCondition.when(traits: ["MPI"])

// What the trait DICOM needs: Debian's libdcmtk-dev, libopenjp2-7-dev and zlib1g-dev.
let withDICOM = BuildSettingCondition.when(traits: ["DICOM"])
let dicomLibraries = [
  "dcmjpls", "dcmtkcharls", "dcmjpeg", "ijg8", "ijg12", "ijg16", "dcmimgle", "dcmdata", "oflog",
  "ofstd", "openjp2", "z",
]

let modules = [
  "CXRParallel", "CXRFiles", "CXRData", "CXRImage", "CXRArchive", "CXRTensor", "CXRNet",
  "CXRMetrics",
  "CXRCheckpoint",
  "CXRReport", "CXRFilms", "CXREvaluation", "CXRTraining", "CXRPhantom", "CXRFetch", "CXRCluster",
]

// Homebrew's OpenBLAS goes by its own name alone.
#if os(macOS)
  let blas = "openblas"
#else
  let blas = "blas"
#endif

let package = Package(
  name: "ChestXRay",
  // Mutex and Atomic of Swift's Synchronization are those of macOS 15.
  platforms: [.macOS(.v15)],
  products: modules.map { .library(name: $0, targets: [$0]) },
  traits: [
    .trait(
      name: "DICOM", description: "Reads DICOM films; needs libdcmtk-dev and libopenjp2-7-dev."),
    .trait(
      name: "MPI", description: "Trains on many machines; needs libopenmpi-dev."),
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
    .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
    .package(url: "https://github.com/LebJe/TOMLKit", from: "0.6.0"),
  ],
  targets: [
    // For tests alone: no product, and in no arrow of Docs/Architecture.md.
    module("CXRTestSupport"),

    cModule("CWorkers", in: "CXRParallel"),
    module("CXRParallel", ["CWorkers"]),
    moduleTests("CXRParallel", ["CWorkers"]),

    systemLibrary(
      "CMPI", in: "CXRCluster", pkgConfig: "mpi-c", apt: "libopenmpi-dev", brew: "open-mpi"),
    .target(
      name: "CCluster", dependencies: [.target(name: "CMPI", condition: withMPI)],
      path: "Packages/CXRCluster/Sources/CCluster",
      cSettings: [.define("CXR_MPI", .when(traits: ["MPI"])), .treatAllWarnings(as: .error)]),
    module("CXRCluster", ["CCluster", "CXRParallel"]),
    moduleTests("CXRCluster", ["CXRParallel"]),

    module("CXRFiles"),
    moduleTests("CXRFiles"),

    module("CXRData"),
    moduleTests("CXRData", ["CXRTestSupport"]),

    systemLibrary(
      "CLibPNG", in: "CXRImage", pkgConfig: "libpng", apt: "libpng-dev", brew: "libpng"),
    systemLibrary(
      "CLibJPEG", in: "CXRImage", pkgConfig: "libjpeg", apt: "libjpeg-dev", brew: "jpeg-turbo"),
    systemLibrary(
      "CLibDeflate", in: "CXRImage", pkgConfig: "libdeflate", apt: "libdeflate-dev",
      brew: "libdeflate"),
    cModule("CFilmCodec", in: "CXRImage", ["CLibPNG", "CLibJPEG", "CLibDeflate"]),
    .target(
      name: "CDicom", path: "Packages/CXRImage/Sources/CDicom",
      cxxSettings: [.define("CXR_DICOM", withDICOM), .treatAllWarnings(as: .error)],
      linkerSettings: dicomLibraries.map { .linkedLibrary($0, withDICOM) }),
    module("CXRImage", ["CDicom", "CFilmCodec"]),
    moduleTests("CXRImage", ["CXRTestSupport"]),

    systemLibrary(
      "CLibArchive", in: "CXRArchive", pkgConfig: "libarchive", apt: "libarchive-dev",
      "libdeflate-dev", "zlib1g-dev", brew: "libarchive", "libdeflate", "zlib"),
    module("CXRArchive", ["CLibArchive"]),
    moduleTests("CXRArchive", ["CXRTestSupport"]),

    systemLibrary(
      "CBLAS", in: "CXRTensor", pkgConfig: blas, apt: "libopenblas-dev", brew: "openblas"),
    systemLibrary(
      "CLAPACKE", in: "CXRTensor", pkgConfig: "lapacke", apt: "liblapacke-dev", brew: "lapack"),
    cModule("CTensorKernels", in: "CXRTensor"),
    cModule(
      "CConvolution", in: "CXRTensor",
      exclude: ["README.md", "codelets.inc", "direct.inc", "direct_gradient.inc", "engine.inc"]),
    module("CXRTensor", ["CBLAS", "CLAPACKE", "CConvolution", "CTensorKernels", "CXRParallel"]),
    moduleTests("CXRTensor", ["CXRParallel", "CXRTestSupport"]),

    module("CXRNet", ["CXRParallel", "CXRTensor"]),
    moduleTests("CXRNet", ["CXRParallel", "CXRTensor"]),

    module("CXRMetrics", ["CXRFiles", "CXRParallel"]),
    moduleTests("CXRMetrics", ["CXRFiles", "CXRParallel"]),

    systemLibrary("CZlib", in: "CXRCheckpoint", pkgConfig: "zlib", apt: "zlib1g-dev", brew: "zlib"),
    module("CXRCheckpoint", ["CZlib", "CXRFiles"]),
    moduleTests("CXRCheckpoint", ["CXRFiles", "CXRTestSupport"]),

    module("CXRReport", ["CXRFiles"]),
    moduleTests("CXRReport", ["CXRFiles", "CXRTestSupport"]),

    module(
      "CXRFilms",
      ["CXRArchive", "CXRData", "CXRFiles", "CXRImage", "CXRParallel", "CXRReport"]),
    moduleTests(
      "CXRFilms",
      [
        "CXRArchive", "CXRData", "CXRFiles", "CXRImage", "CXRParallel", "CXRReport",
        "CXRTestSupport",
      ]),

    module(
      "CXREvaluation",
      ["CXRData", "CXRFiles", "CXRMetrics", "CXRParallel", "CXRReport", "CXRTensor"]),
    moduleTests(
      "CXREvaluation",
      [
        "CXRData", "CXRFiles", "CXRMetrics", "CXRParallel", "CXRReport", "CXRTensor",
        "CXRTestSupport",
      ]),

    module(
      "CXRTraining",
      [
        "CXRArchive", "CXRCheckpoint", "CXRData", "CXREvaluation", "CXRFiles", "CXRFilms",
        "CXRImage", "CXRMetrics", "CXRNet", "CXRParallel", "CXRReport", "CXRTensor",
      ]),
    moduleTests(
      "CXRTraining",
      [
        "CXRArchive", "CXRCheckpoint", "CXRData", "CXREvaluation", "CXRFiles", "CXRFilms",
        "CXRImage", "CXRMetrics", "CXRNet", "CXRParallel", "CXRTensor", "CXRTestSupport",
      ]),

    module("CXRPhantom", ["CXRData", "CXRImage", "CXRParallel"]),
    moduleTests("CXRPhantom", ["CXRData", "CXRImage", "CXRParallel", "CXRTestSupport"]),

    systemLibrary(
      "CLibCurl", in: "CXRFetch", pkgConfig: "libcurl", apt: "libcurl4-openssl-dev", brew: "curl"),
    systemLibrary(
      "CLibCrypto", in: "CXRFetch", pkgConfig: "libcrypto", apt: "libssl-dev", brew: "openssl@3"),
    cModule("CTransfer", in: "CXRFetch", ["CLibCurl", "CLibCrypto"]),
    module("CXRFetch", ["CTransfer", "CXRData", "CXRFiles"]),
    moduleTests("CXRFetch", ["CXRData", "CXRFiles", "CXRTestSupport"]),

    .target(
      name: "CXRCommandLine",
      dependencies: [
        "CXRCluster", "CXRData", "CXRFiles", "CXRFilms", "CXRImage", "CXRMetrics", "CXRNet",
        "CXRParallel", "CXRTensor", "CXRTraining", argumentParser, logging, toml,
      ],
      path: "Apps/CommandLine", swiftSettings: strict),
    app("cxr-synth", ["CXRFiles", "CXRPhantom", "CXRTraining"]),
    app("cxr-fetch", ["CXRData", "CXRFetch", "CXRFiles", "CXRTraining"]),
    app(
      "cxr-explore", ["CXRData", "CXRFiles", "CXRFilms", "CXRMetrics", "CXRReport", "CXRTraining"]),
    app("cxr-inspect", ["CXRFiles", "CXRNet", "CXRTraining"]),
    app(
      "cxr-predict",
      [
        "CXRArchive", "CXRData", "CXREvaluation", "CXRFiles", "CXRFilms", "CXRImage", "CXRMetrics",
        "CXRReport", "CXRTraining",
      ]),
    app(
      "cxr-train",
      [
        "CXRCluster", "CXRData", "CXRFiles", "CXRFilms", "CXRImage", "CXRMetrics", "CXRNet",
        "CXRParallel",
        "CXRReport", "CXRTraining",
      ]),
    app(
      "cxr-benchmark",
      [
        "CXRCluster", "CXRData", "CXRFiles", "CXRFilms", "CXRNet", "CXRParallel", "CXRTensor",
        "CXRTraining",
      ]),
    app(
      "cxr-evaluate",
      [
        "CXRData", "CXREvaluation", "CXRFiles", "CXRFilms", "CXRMetrics", "CXRReport",
        "CXRTraining",
      ]),

    // What Tests/Doors/doors.py asks; no program for users.
    .executableTarget(
      name: "door-reader", dependencies: ["CXRData", "CXREvaluation", "CXRFilms", "CXRTraining"],
      path: "Tests/Doors/Reader", swiftSettings: strict),

    // What Tests/Checkpoints asks; no program for users.
    .executableTarget(
      name: "checkpoint-reader", dependencies: ["CXRCheckpoint"], path: "Tests/Checkpoints/Reader",
      swiftSettings: strict),

    // What Tests/Networks asks; no program for users.
    .executableTarget(
      name: "network-reader",
      dependencies: ["CXRCheckpoint", "CXRNet", "CXRParallel", "CXRTensor", "CXRTraining"],
      path: "Tests/Networks/Reader", swiftSettings: strict),

    // What Tests/DICOM asks; no program for users.
    .executableTarget(
      name: "film-reader", dependencies: ["CXRImage"], path: "Tests/DICOM/Reader",
      swiftSettings: strict),

    // What Tests/Archives asks; no program for users.
    .executableTarget(
      name: "archive-reader", dependencies: ["CXRArchive", "CXRData", "CXRImage"],
      path: "Tests/Archives/Reader", swiftSettings: strict),

    .testTarget(
      name: "ReferenceTests",
      dependencies: [
        "CXRCheckpoint", "CXRData", "CXREvaluation", "CXRImage", "CXRMetrics", "CXRNet",
        "CXRParallel", "CXRTensor", "CXRTestSupport", "CXRTraining",
      ],
      path: "Tests/ReferenceTests", exclude: ["Fixtures"], swiftSettings: strict),
    .testTarget(
      name: "EndToEndTests",
      dependencies: [
        "CXRCheckpoint", "CXRCommandLine", "CXRData", "CXREvaluation", "CXRFilms", "CXRImage",
        "CXRMetrics", "CXRTestSupport", "CXRTraining",
      ],
      path: "Tests/EndToEndTests", swiftSettings: strict),
  ],
  cxxLanguageStandard: .cxx17
)
