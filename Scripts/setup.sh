#!/usr/bin/env bash
# Installs the system packages that are missing, through apt, with sudo where needed.
# usage: setup.sh [check] [dicom] [mpi] [pages]; also what only `make check`, a trait, or the judges of pages need.
set -euo pipefail

# Each line: the apt package, what it is for, and a test that it is there.
declare -a needed=(
  "libopenblas-dev|fast matrix products (BLAS)|header cblas.h"
  "liblapacke-dev|orthogonal initialisation (LAPACK)|header lapacke.h"
  "libjpeg-dev|JPEG films (libjpeg-turbo)|header jpeglib.h"
  "libpng-dev|PNG films|header png.h"
  "libdeflate-dev|PNG films, faster|header libdeflate.h"
  "libarchive-dev|films in .tar.gz and .zip archives|header archive.h"
  "libcurl4-openssl-dev|fetching archives (libcurl)|header curl/curl.h"
  "libssl-dev|their MD5 sums (OpenSSL)|header openssl/evp.h"
  "zlib1g-dev|compressed checkpoints|header zlib.h"
  "pkg-config|finding these libraries|program pkg-config"
  "binutils|stripping what make install installs|program strip"
  "gnuplot-nox|pictures in the reports|program gnuplot"
  "python3-venv|the comparison with scikit-learn in make test|venv"
)
wanted() { [[ " $arguments " == *" $1 "* ]]; }
arguments=$*
if wanted check; then
  needed+=(
    "gcc-aarch64-linux-gnu|building the convolution engine for arm64|program aarch64-linux-gnu-gcc"
    "libc6-dev-arm64-cross|building the convolution engine for arm64|file /usr/aarch64-linux-gnu/include/stdio.h"
    "qemu-user|running it there|program qemu-aarch64"
  )
fi
if wanted dicom; then
  needed+=(
    "libdcmtk-dev|DICOM films (DCMTK)|file /usr/include/dcmtk/dcmdata/dctk.h"
    "libopenjp2-7-dev|DICOM films in JPEG 2000 (OpenJPEG 2.5 or later)|pkgconfig libopenjp2 >= 2.5"
    "dcmtk|variants of DICOM films for the tests|program dcmcjpeg"
  )
fi
if wanted mpi; then
  needed+=(
    "libopenmpi-dev|training on many machines (OpenMPI)|pkgconfig mpi-c"
    "openmpi-bin|starting it (mpirun)|program mpirun"
  )
fi
if wanted pages; then
  needed+=(
    "chromium|opening pages as people do|program chromium"
    "r-cran-proc|areas under curves by pROC|file /usr/lib/R/site-library/pROC/DESCRIPTION"
  )
fi

present() {
  case "$1" in
    "header "*) printf '#include <stddef.h>\n#include <stdio.h>\n#include <%s>\n' "${1#header }" \
      | "${CC:-cc}" -E -x c - >/dev/null 2>&1 ;;
    "program "*) command -v "${1#program }" >/dev/null 2>&1 ;;
    "pkgconfig "*) pkg-config --exists "${1#pkgconfig }" >/dev/null 2>&1 ;;
    "file "*) [ -e "${1#file }" ] ;;
    venv) python3 -c 'import ensurepip, venv' >/dev/null 2>&1 ;;
  esac
}

# Without OpenBLAS the headers may still be there, from the reference BLAS, 35 times slower.
# Not grep -q: it leaves before ldconfig has said all, which would then count as a failure.
has_openblas() { PATH=$PATH:/sbin:/usr/sbin ldconfig -p 2>/dev/null | grep libopenblas >/dev/null; }

missing=()
for line in "${needed[@]}"; do
  IFS='|' read -r package purpose test <<<"$line"
  if ! present "$test" || { [ "$package" = libopenblas-dev ] && ! has_openblas; }; then
    echo "setup: $package is missing: $purpose"
    missing+=("$package")
  fi
done

if [ "${#missing[@]}" -eq 0 ]; then
  [ -n "${CXR_SETUP_QUIET:-}" ] || echo "setup: everything is there"
  exit 0
fi

if ! command -v apt-get >/dev/null 2>&1; then
  echo "setup: no apt-get here; install what the lines above name by your system's own means" >&2
  exit 1
fi
run=()
if [ "$(id -u)" -ne 0 ]; then
  command -v sudo >/dev/null 2>&1 || {
    echo "setup: not root and no sudo; ask an administrator to run:" >&2
    echo "  apt-get install ${missing[*]}" >&2
    exit 1
  }
  run=(sudo)
fi
echo "setup: installing ${missing[*]}"
"${run[@]}" apt-get update -qq
"${run[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq "${missing[@]}" >/dev/null
