#!/usr/bin/env bash
# Lays out what make install copies: the programs, stripped, their completions and manual pages, README and LICENSE.
# usage: stage.sh BUILT TREE PROGRAM...
set -euo pipefail
built=$1
tree=$2
shift 2
rm -rf "$tree"
mkdir -p "$tree"/{bin,share/bash-completion/completions,share/zsh/site-functions}
mkdir -p "$tree"/share/{fish/vendor_completions.d,man/man1,doc/chest-x-ray}
for program in "$@"; do
  strip -o "$tree/bin/$program" "$built/$program"
  "$tree/bin/$program" --generate-completion-script bash >"$tree/share/bash-completion/completions/$program"
  "$tree/bin/$program" --generate-completion-script zsh >"$tree/share/zsh/site-functions/_$program"
  "$tree/bin/$program" --generate-completion-script fish >"$tree/share/fish/vendor_completions.d/$program.fish"
done
python3 Scripts/manual.py --output "$tree/share/man/man1" "${@/#/$tree/bin/}"
cp README.md LICENSE "$tree/share/doc/chest-x-ray"
