#!/usr/bin/env bash
# Builds the convolution engine with one transform length more than it has, the longest, and runs its check: adding one is
# a line of the generator.
set -euo pipefail
cd "$(dirname "$0")/.."
threads=Packages/CXRParallel/Sources/CWorkers
out=.build-lengths
rm -rf "$out"
mkdir -p "$out"
cp -r Packages/CXRTensor/Sources/CConvolution "$out/engine"
python3 Packages/CXRTensor/Generator/codelets.py --into "$out/engine" --lengths '48: (48, 42, 8)'
for file in "$out"/engine/*.c "$threads"/*.c Tests/Arm64/engine_check.c; do
  clang -std=gnu11 -O2 -Wall -Werror -I "$out/engine/include" -I "$threads/include" -c "$file" \
    -o "$out/$(basename "$file" .c).o"
done
clang "$out"/*.o -o "$out/engine_check" -lm -lpthread
distances=$("$out/engine_check") && grep -q 'tiles of 48' <<< "$distances" || {
  echo "$distances" >&2
  echo "tile lengths: the convolution engine is wrong with a length of 48 more" >&2
  exit 1
}
echo "tile lengths: the convolution engine is right with a length of 48 more"
