#!/usr/bin/env bash
# Builds the convolution engine for arm64 and runs its check under an emulator.
set -euo pipefail
cd "$(dirname "$0")/.."
source=Packages/CXRTensor/Sources/CConvolution
out=.build-arm64
mkdir -p "$out"
objects=()
for file in "$source"/*.c Tests/Arm64/engine_check.c; do
  object="$out/$(basename "$file" .c).o"
  clang --target=aarch64-linux-gnu -isystem /usr/aarch64-linux-gnu/include -std=gnu11 -O2 -Wall -Werror \
    -I "$source/include" -c "$file" -o "$object"
  objects+=("$object")
done
aarch64-linux-gnu-gcc "${objects[@]}" -o "$out/engine_check" -lm -lpthread
distances=$(qemu-aarch64 -L /usr/aarch64-linux-gnu "$out/engine_check") || {
  echo "$distances" >&2
  echo "arm64: the convolution engine is wrong there" >&2
  exit 1
}
echo "arm64: ${distances//$'\n'/; }"
