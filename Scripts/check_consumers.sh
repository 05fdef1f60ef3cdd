#!/usr/bin/env bash
# Builds and runs a small program a package, from outside and with nothing but that package, and the code of articles, which
# prints what they say; then two of the programs on the root by URL and version, where unsafe flags and path dependencies would
# be refused.
set -euo pipefail
root=$(cd "$(dirname "$0")/.." && pwd)
scratch="$root/.build-consumers"

# consume NAME DEPENDENCIES PRODUCTS PROGRAM [FOLDER]: a program in a package of its own; it runs in FOLDER
consume() {
  local folder="$scratch/of-$1"
  mkdir -p "$folder/Sources/Consumer"
  cp "$4" "$folder/Sources/Consumer/main.swift"
  cat >"$folder/Package.swift" <<MANIFEST
// swift-tools-version: 6.1
import PackageDescription
let package = Package(
  name: "Consumer",
  dependencies: [$2],
  targets: [
    .executableTarget(name: "Consumer", dependencies: [$3])
  ])
MANIFEST
  swift build -c release --explicit-target-dependency-import-check error --package-path "$folder" \
    --scratch-path "$scratch/build" >"$folder/log" 2>&1 || {
    cat "$folder/log" >&2
    echo "consumers: $1 does not build on its own" >&2
    exit 1
  }
  printf 'consumers: %s: ' "$1"
  (cd "${5:-.}" && "$scratch/build/release/Consumer")
}

# consume_modules NAME "MODULE..." PROGRAM [FOLDER]: the same with packages of these names
consume_modules() {
  local module dependencies="" products=""
  for module in $2; do
    dependencies+=".package(path: \"$root/Packages/$module\"), "
    products+=".product(name: \"$module\", package: \"$module\"), "
  done
  consume "$1" "$dependencies" "$products" "${@:3}"
}

# consume_page NAME "MODULE..." FOLDER: the program main.swift of a page, which prints what the page says, expected.txt
consume_page() {
  consume_modules "$1" "$2" "$3/main.swift" "$3" | tee "$3/log"
  diff <(sed "s/^consumers: $1: //" "$3/log") "$3/expected.txt" || {
    echo "consumers: $1 prints < where its page says >" >&2
    exit 1
  }
}

# articles NAME "MODULE..." PAGE...: the code of pages, one program, begun in an empty folder
articles() {
  local files="$scratch/articles/$1"
  rm -rf "$files"
  mkdir -p "$files"
  python3 "$root/Tests/Consumers/page.py" "$files" "${@:3}"
  swift format lint --strict "$files/main.swift"
  consume_page "$1" "$2" "$files"
}

tensor="$root/Packages/CXRTensor/Sources/CXRTensor/CXRTensor.docc"
net="$root/Packages/CXRNet/Sources/CXRNet/CXRNet.docc"
evaluation="$root/Packages/CXREvaluation/Sources/CXREvaluation/CXREvaluation.docc"
training="$root/Packages/CXRTraining/Sources/CXRTraining/CXRTraining.docc"

# The program of the page "Your data", with the files of the page.
your_data="$scratch/your-data"
mkdir -p "$your_data"
python3 "$root/Tests/Collections/page.py" --files \
  "$root/Packages/CXRData/Sources/CXRData/CXRData.docc/YourData.md" "$your_data"
consume_page YourData CXRData "$your_data"

articles JudgingWithoutANetwork CXREvaluation "$evaluation/JudgingANetwork.md"
articles AddingAnOperation CXRTensor "$tensor/AddingAnOperation.md"
articles AddingALayer "CXRNet CXRParallel CXRTensor" "$net/AddingALayer.md"
articles AddingALoss "CXRNet CXRTensor" "$net/AddingALoss.md"
articles AddingAnOptimizer "CXRNet CXRParallel CXRTensor" "$net/AddingAnOptimizer.md"
articles AddingANetwork \
  "CXRFiles CXRFilms CXRMetrics CXRNet CXRParallel CXRPhantom CXRTensor CXRTraining" \
  "$net/AddingANetwork.md" "$training/TrainingANetwork.md"

# What a program imports it depends on, and on nothing else.
for program in "$root"/Tests/Consumers/*.swift; do
  consume_modules "$(basename "$program" .swift)" \
    "$(sed -n 's/^import \(CXR[A-Za-z]*\)$/\1/p' "$program" | tr '\n' ' ')" "$program"
done

# Two of them, of which one has C, on the root by URL and version: a clone of the last commit stands for a remote. Whether
# that is allowed the root's manifest decides, whatever is built of it.
remotely=("$root"/Tests/Consumers/{CXRMetrics,CXRTensor}.swift)
rm -rf "$scratch/remote" "$scratch/of-root"
git clone --quiet "$root" "$scratch/remote"
# A version of its own for each commit: of one that it knows SwiftPM keeps what it has checked out.
version="0.0.$(git -C "$root" rev-list --count HEAD)-g$(git -C "$root" rev-parse --short=12 HEAD)"
git -C "$scratch/remote" tag "$version"
targets=""
for program in "${remotely[@]}"; do
  name=$(basename "$program" .swift)
  mkdir -p "$scratch/of-root/Sources/By$name"
  cp "$program" "$scratch/of-root/Sources/By$name/main.swift"
  products=$(sed -n 's/^import \(CXR[A-Za-z]*\)$/.product(name: "\1", package: "remote"), /p' "$program" | tr -d '\n')
  targets+=".executableTarget(name: \"By$name\", dependencies: [$products]), "
done
cat >"$scratch/of-root/Package.swift" <<MANIFEST
// swift-tools-version: 6.1
import PackageDescription
let package = Package(
  name: "Consumers",
  dependencies: [.package(url: "file://$scratch/remote", exact: "$version")],
  targets: [$targets])
MANIFEST
swift build -c release --explicit-target-dependency-import-check error --package-path "$scratch/of-root" \
  --scratch-path "$scratch/build-of-root" >"$scratch/of-root/log" 2>&1 || {
  cat "$scratch/of-root/log" >&2
  echo "consumers: the root does not build by URL and version" >&2
  exit 1
}
for program in "${remotely[@]}"; do
  name=$(basename "$program" .swift)
  printf 'consumers: %s by URL and version: ' "$name"
  "$scratch/build-of-root/release/By$name"
done
