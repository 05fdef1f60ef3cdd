#!/usr/bin/env bash
# Builds the convolution engine and the thread pool for arm64 and runs their check under an emulator.
set -euo pipefail
cd "$(dirname "$0")/.."
engine=Packages/CXRTensor/Sources/CConvolution
threads=Packages/CXRParallel/Sources/CWorkers
out=.build-arm64
mkdir -p "$out"
objects=()
for file in "$engine"/*.c "$threads"/*.c Tests/Arm64/engine_check.c; do
  object="$out/$(basename "$file" .c).o"
  clang --target=aarch64-linux-gnu -isystem /usr/aarch64-linux-gnu/include -std=gnu11 -O2 -Wall -Werror \
    -I "$engine/include" -I "$threads/include" -c "$file" -o "$object"
  objects+=("$object")
done
aarch64-linux-gnu-gcc "${objects[@]}" -o "$out/engine_check" -lm -lpthread
distances=$(qemu-aarch64 -L /usr/aarch64-linux-gnu "$out/engine_check") || {
  echo "$distances" >&2
  echo "arm64: the convolution engine or the thread pool is wrong there" >&2
  exit 1
}
echo "arm64: ${distances//$'\n'/; }"
