#!/usr/bin/env bash
# Builds and runs a small program a package, from outside and with nothing but that package; then one
# on the root by URL and version, where unsafe flags and path dependencies would be refused.
set -euo pipefail
root=$(cd "$(dirname "$0")/.." && pwd)
scratch="$root/.build-consumers"

# consume NAME MODULE PACKAGE DEPENDENCY [PROGRAM [FOLDER]]: a program, Tests/Consumers/MODULE.swift if no other is named, in a
# package of its own; it runs in FOLDER
consume() {
  local folder="$scratch/of-$1"
  mkdir -p "$folder/Sources/Consumer"
  cp "${5:-$root/Tests/Consumers/$2.swift}" "$folder/Sources/Consumer/main.swift"
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
  swift build -c release --explicit-target-dependency-import-check error --package-path "$folder" \
    --scratch-path "$scratch/build" >"$folder/log" 2>&1 || {
    cat "$folder/log" >&2
    echo "consumers: $1 does not build on its own" >&2
    exit 1
  }
  printf 'consumers: %s: ' "$1"
  (cd "${6:-.}" && "$scratch/build/release/Consumer")
}

# The program of the page "Your data", with the files of the page, prints what the page says.
page="$root/Packages/CXRData/Sources/CXRData/CXRData.docc/YourData.md"
files="$scratch/your-data"
mkdir -p "$files"
python3 "$root/Tests/Collections/page.py" --files "$page" "$files"
consume YourData CXRData CXRData ".package(path: \"$root/Packages/CXRData\")" "$files/main.swift" "$files" |
  tee "$files/log"
diff <(sed 's/^consumers: YourData: //' "$files/log") "$files/expected.txt"

for program in "$root"/Tests/Consumers/*.swift; do
  module=$(basename "$program" .swift)
  consume "$module" "$module" "$module" ".package(path: \"$root/Packages/$module\")"
done

# A clone of the last commit stands for a remote.
rm -rf "$scratch/remote" "$scratch/of-root"
git clone --quiet "$root" "$scratch/remote"
git -C "$scratch/remote" tag -f 0.1.0 >/dev/null 2>&1
consume root CXRTensor remote ".package(url: \"file://$scratch/remote\", exact: \"0.1.0\")"
