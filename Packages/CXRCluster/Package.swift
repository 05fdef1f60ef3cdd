// swift-tools-version: 6.2
import PackageDescription

let strict: [SwiftSetting] = [.treatAllWarnings(as: .error)]

// What the trait MPI needs: Debian's libopenmpi-dev.
let withMPI = TargetDependencyCondition.when(traits: ["MPI"])

let package = Package(
  name: "CXRCluster",
  platforms: [.macOS(.v15)],
  products: [.library(name: "CXRCluster", targets: ["CXRCluster"])],
  traits: [
    .trait(
      name: "MPI", description: "Trains on many machines; needs libopenmpi-dev.")
  ],
  dependencies: [.package(path: "../CXRParallel")],
  targets: [
    .systemLibrary(
      name: "CMPI", pkgConfig: "mpi-c", providers: [.apt(["libopenmpi-dev"]), .brew(["open-mpi"])]),
    .target(
      name: "CCluster", dependencies: [.target(name: "CMPI", condition: withMPI)],
      cSettings: [.define("CXR_MPI", .when(traits: ["MPI"])), .treatAllWarnings(as: .error)]),
    .target(
      name: "CXRCluster",
      dependencies: ["CCluster", .product(name: "CXRParallel", package: "CXRParallel")],
      swiftSettings: strict),
    .testTarget(
      name: "CXRClusterTests",
      dependencies: ["CXRCluster", .product(name: "CXRParallel", package: "CXRParallel")],
      swiftSettings: strict),
  ]
)
