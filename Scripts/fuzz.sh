#!/usr/bin/env bash
# Feeds random bytes to the readers of PNG, JPEG, CSV, checkpoints, DICOM and archives, under the address sanitizer.
# usage: fuzz.sh LIMIT [TARGET…], where LIMIT is -max_total_time=SECONDS or -runs=NUMBER
set -euo pipefail
cd "$(dirname "$0")/.."
limit=$1
shift
targets=("$@")
[ "${#targets[@]}" -gt 0 ] || targets=(png jpeg csv zip dicom archive)
build=.build-fuzz
mkdir -p "$build"
toolchain=$(dirname "$(readlink -f "$(command -v swiftc)")")
codec=Packages/CXRImage/Sources/CFilmCodec
flags=(-g -O1 -fsanitize=fuzzer,address -fno-omit-frame-pointer)

build_target() {
  case "$1" in
    png | jpeg)
      "$toolchain/clang" "${flags[@]}" -I "$codec/include" -I "$codec" "Tests/Fuzz/$1.c" "$codec"/*.c \
        -lpng -ljpeg -ldeflate -lz -lm -lpthread -o "$build/$1" ;;
    dicom)
      CXR_SETUP_QUIET=1 Scripts/setup.sh dicom
      "$toolchain/clang++" "${flags[@]}" -std=c++17 -DCXR_DICOM -I Packages/CXRImage/Sources/CDicom/include \
        Tests/Fuzz/dicom.cpp Packages/CXRImage/Sources/CDicom/*.cpp \
        -ldcmjpls -ldcmtkcharls -ldcmjpeg -lijg8 -lijg12 -lijg16 -ldcmimgle -ldcmdata -loflog -lofstd -lopenjp2 \
        -lz -o "$build/$1" ;;
    archive)
      swiftc -O -parse-as-library -sanitize=fuzzer,address -module-name CXRArchiveFuzz \
        -I Packages/CXRArchive/Sources/CLibArchive \
        $(find Packages/CXRArchive/Sources/CXRArchive -name '*.swift') Tests/Fuzz/archive.swift \
        -o "$build/$1" ;;
    csv)
      swiftc -O -parse-as-library -sanitize=fuzzer,address -module-name CXRDataFuzz \
        $(find Packages/CXRData/Sources/CXRData -name '*.swift') Tests/Fuzz/csv.swift -o "$build/$1" ;;
    zip)
      swiftc -O -parse-as-library -sanitize=address -emit-module -emit-module-path "$build/CXRFiles.swiftmodule" \
        -emit-library -static -module-name CXRFiles \
        $(find Packages/CXRFiles/Sources/CXRFiles -name '*.swift') -o "$build/libCXRFiles.a"
      swiftc -O -parse-as-library -sanitize=fuzzer,address -module-name CXRCheckpointFuzz \
        -I Packages/CXRCheckpoint/Sources/CZlib -I "$build" -L "$build" -lCXRFiles -lz \
        $(find Packages/CXRCheckpoint/Sources/CXRCheckpoint -name '*.swift') Tests/Fuzz/zip.swift \
        -o "$build/$1" ;;
  esac
}

# Whole files of each kind to begin with.
seeds() {
  case "$1" in
    png) cp Tests/ReferenceTests/Fixtures/films/*.png "$2" ;;
    jpeg) cp Tests/ReferenceTests/Fixtures/films/*.jpg "$2" ;;
    zip)
      cp Tests/ReferenceTests/Fixtures/{adam,ten_steps}.npz "$2"
      # Files of every form that NumPy writes, where it is there.
      if .venv/bin/python -c 'import numpy' 2>/dev/null; then
        .venv/bin/python Tests/Checkpoints/seeds.py "$2"
      else
        echo "fuzz: zip: without NumPy (make checkpoints installs it) it begins with our own files alone"
      fi ;;
    csv)
      printf 'Image Index,Finding Labels,Follow-up #,Patient ID,Patient Age,Patient Gender,View Position\n00000001_000.png,"Mass|Edema",0,1,058Y,M,PA\n' >"$2/nih.csv"
      printf 'Path,Sex,Age,Frontal/Lateral,AP/PA,Edema\nC/train/patient00001/study1/view1.jpg,Male,68,Frontal,AP,-1.0\n' >"$2/chexpert.csv" ;;
    dicom)
      # Small whole films of every form that the tests know, where their tools are there.
      python=${CXR_PYTHON:-.venv/dicom/bin/python}
      if "$python" -c 'import pydicom' 2>/dev/null; then
        "$python" Tests/DICOM/forms.py "$2"
      else
        echo "fuzz: dicom: without pydicom (make dicom installs it) it begins with cut films alone"
      fi
      [ -z "${CXR_REAL_DATA:-}" ] || for film in "$CXR_REAL_DATA"/dicom/*.dcm; do
        head -c 20000 "$film" >"$2/$(basename "$film")"
      done ;;
    archive)
      python3 - "$2" <<'SEEDS'
import sys
sys.path.insert(0, "Tests/Archives")
import packing
from pathlib import Path
work = Path(sys.argv[1])
films = packing.small_set(work / "set")
packing.tar(films[:3], work / "one.tar.gz")
packing.tar(films[:3], work / "two.tar")
packing.kaggle(films[:3], work / "three.zip")
SEEDS
      rm -rf "$2/set" ;;
  esac
}

for target in "${targets[@]}"; do
  build_target "$target" >"$build/$target-build.log" 2>&1 || {
    cat "$build/$target-build.log" >&2
    exit 1
  }
  corpus=$build/corpus-$target
  mkdir -p "$corpus"
  seeds "$target" "$corpus"
  # DCMTK asks for as much memory as an element claims to have, up to 4 GB, and does not touch it.
  echo "fuzz: $target $limit"
  ASAN_OPTIONS=detect_leaks=0 "$build/$target" "$limit" -seed=1 -timeout=10 -rss_limit_mb=2048 \
    -max_len=20000 -malloc_limit_mb=6000 -print_final_stats=1 -artifact_prefix="$build/$target-" "$corpus" >"$build/$target.log" 2>&1 || {
    tail -40 "$build/$target.log" >&2
    echo "fuzz: $target failed; the input is in $build" >&2
    exit 1
  }
  grep -E "number_of_executed_units|new_units_added" "$build/$target.log" | sed "s/^/fuzz: $target: /"
done
