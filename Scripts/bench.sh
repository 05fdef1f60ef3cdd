#!/usr/bin/env bash
# Times training on one and on two threads, in alternation.
# usage: bench.sh BIN [ROUNDS]; the table goes to standard output.
set -euo pipefail
bin=$1
rounds=${2:-5}
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

"$bin/cxr-synth" --output "$folder/films" --images 300 --patients 150 --size 256 >/dev/null 2>&1
for size in 224 112; do
  for ((round = 0; round < rounds; round++)); do
    for threads in 1 2; do
      rm -rf "$folder/run"
      "$bin/cxr-train" --csv "$folder/films/Data_Entry_2017.csv" --images "$folder/films" \
        --output "$folder/run" --cache "$folder/cache" --image-size "$size" --epochs 1 \
        --skip-empty-labels --threads "$threads" >/dev/null 2>&1
      tail -1 "$folder/run/history.csv" | cut -d, -f14 >>"$folder/$size-$threads"
    done
  done
done
python3 - "$folder" "$rounds" <<'PY'
import platform, statistics, subprocess, sys, datetime

folder, rounds = sys.argv[1], sys.argv[2]
cpu = next((l.split(":")[1].strip() for l in open("/proc/cpuinfo") if l.startswith("model name")), "?")
print(f"date {datetime.date.today()} · {cpu} · {platform.platform()} · median of {rounds} rounds in alternation\n")
print("| image size | threads | images/s | least | most | two threads / one |")
print("|---|---|---|---|---|---|")
for size in (224, 112):
    values = {t: [float(v) for v in open(f"{folder}/{size}-{t}")] for t in (1, 2)}
    ratio = statistics.median(b / a for a, b in zip(values[1], values[2]))
    for t in (1, 2):
        v = values[t]
        print(f"| {size} | {t} | {statistics.median(v):.1f} | {min(v):.1f} | {max(v):.1f} | "
              f"{f'{ratio:.2f}' if t == 2 else ''} |")
PY
