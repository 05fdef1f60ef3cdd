#!/usr/bin/env bash
# Builds and runs a small program a package, from outside and with nothing but that package; then one
# on the root by URL and version, where unsafe flags and path dependencies would be refused.
set -euo pipefail
root=$(cd "$(dirname "$0")/.." && pwd)
scratch="$root/.build-consumers"

# consume NAME MODULE PACKAGE DEPENDENCY: the program Tests/Consumers/MODULE.swift in a package of its own
consume() {
  local folder="$scratch/of-$1"
  mkdir -p "$folder/Sources/Consumer"
  cp "$root/Tests/Consumers/$2.swift" "$folder/Sources/Consumer/main.swift"
  cat >"$folder/Package.swift" <<MANIFEST
// swift-tools-version: 6.1
import PackageDescription
let package = Package(
  name: "Consumer",
  dependencies: [$4],
  targets: [
    .executableTarget(name: "Consumer", dependencies: [.product(name: "$2", package: "$3")])
  ])
MANIFEST
  swift build -c release --package-path "$folder" >"$folder/log" 2>&1 || {
    cat "$folder/log" >&2
    echo "consumers: $1 does not build on its own" >&2
    exit 1
  }
  printf 'consumers: %s: ' "$1"
  "$folder/.build/release/Consumer"
}

for program in "$root"/Tests/Consumers/*.swift; do
  module=$(basename "$program" .swift)
  consume "$module" "$module" "$module" ".package(path: \"$root/Packages/$module\")"
done

# A clone of the last commit stands for a remote.
rm -rf "$scratch/remote" "$scratch/of-root"
git clone --quiet "$root" "$scratch/remote"
git -C "$scratch/remote" tag -f 0.1.0 >/dev/null 2>&1
consume root CXRTensor remote ".package(url: \"file://$scratch/remote\", exact: \"0.1.0\")"
