#!/usr/bin/env bash
# Builds and runs a small program a package, from outside and with nothing but that package.
set -euo pipefail
root=$(cd "$(dirname "$0")/.." && pwd)
scratch="$root/.build-consumers"
for program in "$root"/Tests/Consumers/*.swift; do
  module=$(basename "$program" .swift)
  folder="$scratch/of-$module"
  mkdir -p "$folder/Sources/Consumer"
  cp "$program" "$folder/Sources/Consumer/main.swift"
  cat >"$folder/Package.swift" <<MANIFEST
// swift-tools-version: 6.1
import PackageDescription
let package = Package(
  name: "Consumer",
  dependencies: [.package(path: "$root/Packages/$module")],
  targets: [
    .executableTarget(name: "Consumer", dependencies: [.product(name: "$module", package: "$module")])
  ])
MANIFEST
  swift build -c release --package-path "$folder" >"$folder/log" 2>&1 || {
    cat "$folder/log" >&2
    echo "consumers: $module does not build on its own" >&2
    exit 1
  }
  printf 'consumers: %s: ' "$module"
  "$folder/.build/release/Consumer"
done

# And the root by URL and version, as a project elsewhere depends on it: this is where unsafe flags
# and path dependencies would be refused. A clone of the last commit stands for the remote.
folder="$scratch/of-the-root"
rm -rf "$scratch/remote" "$folder/Package.resolved" "$folder/.build"
git clone --quiet "$root" "$scratch/remote"
git -C "$scratch/remote" tag -f 0.1.0 >/dev/null 2>&1
mkdir -p "$folder/Sources/Consumer"
cp "$root/Tests/Consumers/CXRTensor.swift" "$folder/Sources/Consumer/main.swift"
cat >"$folder/Package.swift" <<MANIFEST
// swift-tools-version: 6.1
import PackageDescription
let package = Package(
  name: "Consumer",
  dependencies: [.package(url: "file://$scratch/remote", exact: "0.1.0")],
  targets: [
    .executableTarget(name: "Consumer", dependencies: [.product(name: "CXRTensor", package: "remote")])
  ])
MANIFEST
swift build -c release --package-path "$folder" >"$folder/log" 2>&1 || {
  cat "$folder/log" >&2
  echo "consumers: the root does not build by URL and version" >&2
  exit 1
}
printf 'consumers: the root by URL and version: '
"$folder/.build/release/Consumer"
