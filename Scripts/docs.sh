#!/usr/bin/env bash
# One documentation site: a DocC archive a module, in dependency order, and one of the pages that belong to no module, merged.
# usage: docs.sh [PROGRAMS]; the programs whose help the site shows lie in the folder PROGRAMS, and are built where one is missing.
set -euo pipefail
cd "$(dirname "$0")/.."
build=.build-docs
programs=${1:-.build/release}
python3 Scripts/standing_alone.py --self-test
python3 Scripts/standing_alone.py
python3 Scripts/docs_pages.py --self-test
python3 Scripts/check_site.py --self-test
for program in Apps/cxr-*; do
  [ -x "$programs/$(basename "$program")" ] || { swift build -c release && break; }
done
rm -rf "$build/archives" Docs/site
mkdir -p "$build/archives"
graphs=$PWD/$build/symbolgraph
rm -rf "$graphs"
mkdir -p "$graphs"
# A package that was built before would emit nothing anew.
rm -rf "$build/debug" "$build"/*/debug
for target in CXRTraining CXRPhantom CXRFetch CXRCluster; do
  swift build --scratch-path "$build" --target "$target" -Xswiftc -emit-symbol-graph \
    -Xswiftc -emit-symbol-graph-dir -Xswiftc "$graphs" \
    -Xswiftc -symbol-graph-minimum-access-level -Xswiftc public \
    -Xswiftc -symbol-graph-skip-synthesized-members >"$build/log" 2>&1 || { cat "$build/log" >&2; exit 1; }
done

# A module comes after those it links to.
declare -A needs=(
  [CXRTensor]="CXRParallel"
  [CXRMetrics]="CXRParallel"
  [CXRNet]="CXRTensor"
  [CXRFilms]="CXRData CXRImage"
  [CXREvaluation]="CXRMetrics CXRData"
  [CXRTraining]="CXRArchive CXRData CXRImage CXRTensor CXRNet CXRMetrics CXRCheckpoint CXRFilms CXREvaluation"
  [CXRFetch]="CXRData"
  [CXRCluster]="CXRParallel"
  [CXRPhantom]="CXRData CXRImage CXRParallel"
)
archives=()
for module in CXRParallel CXRFiles CXRData CXRImage CXRArchive CXRMetrics CXRTensor CXRNet CXRCheckpoint CXRReport CXRFilms CXREvaluation CXRTraining CXRPhantom CXRFetch CXRCluster; do
  mkdir -p "$build/graphs/$module"
  cp "$graphs/$module.symbols.json" "$build/graphs/$module/"
  find "$graphs" -name "$module@*.symbols.json" -exec cp {} "$build/graphs/$module/" \;
  dependencies=()
  for other in ${needs[$module]:-}; do dependencies+=(--dependency "$build/archives/$other.doccarchive"); done
  docc convert "Packages/$module/Sources/$module/$module.docc" \
    --fallback-display-name "$module" --fallback-bundle-identifier "org.chestxray.$module" \
    --additional-symbol-graph-dir "$build/graphs/$module" \
    --output-path "$build/archives/$module.doccarchive" \
    --enable-experimental-external-link-support --warnings-as-errors "${dependencies[@]}"
  archives+=("$build/archives/$module.doccarchive")
done
# What belongs to no module: its pages link to those of all.
dependencies=()
for archive in "${archives[@]}"; do dependencies+=(--dependency "$archive"); done
python3 Scripts/docs_pages.py Docs/ChestXRay.docc "$build/ChestXRay.docc" "$programs"
docc convert "$build/ChestXRay.docc" \
  --fallback-display-name ChestXRay --fallback-bundle-identifier org.chestxray.ChestXRay \
  --output-path "$build/archives/ChestXRay.doccarchive" \
  --enable-experimental-external-link-support --warnings-as-errors "${dependencies[@]}"
docc merge "$build/archives/ChestXRay.doccarchive" "${archives[@]}" --output-path Docs/site \
  --synthesized-landing-page-name "Chest X-ray classifiers in Swift" --synthesized-landing-page-kind Workspace
python3 Scripts/site_root.py Docs/site chestxray
python3 Scripts/check_site.py Docs/site "$build/external-links.tsv"
echo "docs: Docs/site (serve it: python3 -m http.server -d Docs/site, then open http://localhost:8000)"
