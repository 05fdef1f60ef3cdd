#!/usr/bin/env bash
# Builds and runs a small program a package, from outside and with nothing but that package.
set -euo pipefail
root=$(cd "$(dirname "$0")/.." && pwd)
scratch="$root/.build-consumers"
for program in "$root"/Tests/Consumers/*.swift; do
  module=$(basename "$program" .swift)
  folder="$scratch/$module"
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
