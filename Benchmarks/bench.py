"""Ours, PyTorch and TensorFlow side by side: `make bench`.

    python bench.py BIN OUTPUT [--rounds 5] [--quick]

Every figure is the median of the rounds; in a round all contestants run once, one after another, because the
speed of a shared machine drifts by a factor of two and only what runs side by side can be compared. Writes
OUTPUT.md and OUTPUT.json, and prints the table.
"""

import argparse
import datetime
import json
import os
import platform
import shutil
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
LIBRARIES = ["tensorflow", "torch", "torch-channels-last"]
NAMES = {"ours": "ours", "tensorflow": "TensorFlow", "torch": "PyTorch", "torch-channels-last": "PyTorch, channels last"}

parser = argparse.ArgumentParser()
parser.add_argument("bin")
parser.add_argument("output")
parser.add_argument("--rounds", type=int, default=5)
parser.add_argument("--quick", action="store_true", help="one round of two steps: to try the program out")
options = parser.parse_args()
BIN = Path(options.bin)
if options.quick:
    options.rounds = 1
versions = {}


def run(command):
    # Peers choose their own kernels.
    environment = {k: v for k, v in os.environ.items() if not k.startswith("OPENBLAS_")}
    done = subprocess.run([str(c) for c in command], capture_output=True, text=True, env=environment)
    if done.returncode != 0:
        sys.exit(f"bench: {' '.join(map(str, command))} failed:\n{done.stderr[-2000:]}")
    return [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]


def measure(who, mode, batch, threads):
    # Enough steps for a second or two; of the largest batch, a few.
    steps = 2 if options.quick else {1: 40, 8: 12, 32: 6, 128: 3}[batch]
    arguments = ["--batch", batch, "--steps", steps, "--warmup", 1 if batch == 128 else 2, "--threads", threads]
    if who == "ours":
        return run([BIN / "cxr-benchmark", mode, *arguments])[0]
    result = run([sys.executable, HERE / "peers.py", who, mode, *arguments])[0]
    versions[NAMES[who].split(",")[0]] = result["version"]
    return result


def rounds(cases):
    """Each case is a key and the arguments of `measure`; all of them once a round."""
    results = {key: [] for key, _ in cases}
    for number in range(options.rounds):
        for key, arguments in cases:
            print(f"\rround {number + 1}/{options.rounds}: {key}".ljust(78), end="", file=sys.stderr)
            results[key].append(measure(*arguments))
    print("\r".ljust(79) + "\r", end="", file=sys.stderr)
    return results


def median(results, field="images_per_second"):
    return statistics.median(r[field] for r in results)


def spread(results):
    values = [r["images_per_second"] for r in results]
    return f"{min(values):.0f}–{max(values):.0f}" if min(values) >= 100 else f"{min(values):.1f}–{max(values):.1f}"


def number(value):
    return f"{value:.0f}" if value >= 100 else f"{value:.1f}"


lines, record = [], {}
cpu = next((l.split(":")[1].strip() for l in open("/proc/cpuinfo") if l.startswith("model name")), "?")
head = run([BIN / "cxr-benchmark", "peak", "--threads", 2])[0]
lines += [
    "# The reference network, side by side", "",
    f"{datetime.date.today()} · {cpu}, {os.cpu_count()} processors · {platform.platform()} · "
    f"our vectors: {head['vector_unit']} · medians of {options.rounds} rounds in alternation.",
    "@versions@", "",
]  # fmt: skip

# ---- The table: batches, training and inference
batches = [32] if options.quick else [1, 8, 32, 128]
contestants = ["ours", *LIBRARIES]
cases = [
    (f"{mode} {batch} {who}", (who, mode, batch, 2))
    for mode in ("train", "infer") for batch in batches for who in contestants
    if not (mode == "train" and batch == 1)  # batch normalisation of one film is nobody's use
]  # fmt: skip
results = rounds(cases)
record["throughput"] = results
for mode, title in (("train", "Training step"), ("infer", "Inference")):
    lines += [f"## {title}, 224×224, two threads, images a second", "",
              "| batch | " + " | ".join(NAMES[w] for w in contestants) + " | ours to the fastest peer, by round | ours, spread |",
              "|---|" + "---|" * (len(contestants) + 2)]
    for batch in batches:
        if f"{mode} {batch} ours" not in results:
            continue
        row = {w: results[f"{mode} {batch} {w}"] for w in contestants}
        by_round = [row["ours"][i]["images_per_second"] / max(row[w][i]["images_per_second"] for w in LIBRARIES)
                    for i in range(options.rounds)]
        ratio = statistics.median(by_round)
        record[f"ratio {mode} {batch}"] = {"median": ratio, "rounds": by_round}
        lines.append(f"| {batch} | " + " | ".join(number(median(row[w])) for w in contestants)
                     + f" | **{ratio:.1f}×** ({min(by_round):.1f}–{max(by_round):.1f}) | {spread(row['ours'])} |")
    lines.append("")

# ---- Memory
lines += ["## Peak resident memory of a training process, batch 32", "", "| | MB | to PyTorch's |", "|---|---|---|"]
memory = {w: median(results[f"train 32 {w}"], "peak_rss_bytes") / 1e6 for w in contestants}
for who in contestants:
    lines.append(f"| {NAMES[who]} | {memory[who]:.0f} | {memory[who] / memory['torch']:.2f} |")
record["memory_ratio"] = memory["ours"] / memory["torch"]
lines.append("")

# ---- Threads
results = rounds([(f"{threads} {mode}", ("ours", mode, 32, threads)) for mode in ("train", "infer") for threads in (1, 2)])
record["threads"] = results
lines += ["## Ours on one and on two threads, batch 32", "", "| | one | two | ratio, by round |", "|---|---|---|---|"]
for mode in ("train", "infer"):
    one, two = results[f"1 {mode}"], results[f"2 {mode}"]
    by_round = [b["images_per_second"] / a["images_per_second"] for a, b in zip(one, two)]
    record[f"scaling {mode}"] = by_round
    lines.append(f"| {mode} | {number(median(one))} | {number(median(two))} | {statistics.median(by_round):.2f} "
                 f"({min(by_round):.2f}–{max(by_round):.2f}) |")
lines.append("")

# ---- Layers, and the share of the peak
blocks, peaks = [], []
for _ in range(options.rounds):
    peaks.append(run([BIN / "cxr-benchmark", "peak", "--threads", 2])[0]["multiply_adds_per_second"])
    blocks.append(run([BIN / "cxr-benchmark", "layers", "--steps", "2" if options.quick else "6", "--threads", "2"]))
peak = statistics.median(peaks)
record["layers"], record["peak_multiply_adds_per_second"] = blocks, peaks
lines += ["## Ours by block, batch 32, milliseconds", "",
          f"Measured peak of two threads: {peak / 1e9:.0f} thousand million multiplications with addition a second. The "
          "last column is what a convolution by definition would need of it to be as fast forwards: above 100 % only "
          "a better algorithm gets.", "",
          "| block | computed by | forward | backward | by definition, share of peak |", "|---|---|---|---|---|"]
for i, block in enumerate(blocks[0]):
    forward = statistics.median(b[i]["forward_seconds"] for b in blocks)
    backward = statistics.median(b[i]["backward_seconds"] for b in blocks)
    share = 32 * block["multiplications_by_definition"] / forward / peak
    lines.append(f"| {block['block']} | {block['algorithm']} | {forward * 1e3:.1f} | {backward * 1e3:.1f} | {share:.0%} |")
lines.append("")

# ---- cxr-train against the bare step
folder = Path(tempfile.mkdtemp())
try:
    films = folder / "films"
    subprocess.run([BIN / "cxr-synth", "--output", films, "--images", "1200", "--patients", "600", "--size", "224"],
                   check=True, capture_output=True)
    bare, whole = [], []
    for number_ in range(options.rounds + 1):
        shutil.rmtree(folder / "run", ignore_errors=True)
        bare.append(measure("ours", "train", 32, 2)["images_per_second"])
        subprocess.run([BIN / "cxr-train", "--csv", films / "Data_Entry_2017.csv", "--images", films, "--output",
                        folder / "run", "--cache", folder / "cache", "--epochs", "2", "--skip-empty-labels", "--threads", "2"],
                       check=True, capture_output=True)
        whole.append(float((folder / "run/history.csv").read_text().splitlines()[-1].split(",")[-1]))
    # The first round fills the cache.
    by_round = [w / b for w, b in zip(whole[1:], bare[1:])]
    record["end_to_end"] = {"bare": bare[1:], "cxr-train": whole[1:]}
    lines += ["## cxr-train from the film cache, augmentation on, against the bare step", "",
              "| bare step | cxr-train, second epoch | ratio, by round |", "|---|---|---|",
              f"| {number(statistics.median(bare[1:]))} | {number(statistics.median(whole[1:]))} | "
              f"{statistics.median(by_round):.2f} ({min(by_round):.2f}–{max(by_round):.2f}) |", ""]
finally:
    shutil.rmtree(folder)

swift = subprocess.run(["swift", "--version"], capture_output=True, text=True).stdout.split("\n")[0]
text = "\n".join(lines).replace("@versions@", " · ".join(f"{k} {v}" for k, v in versions.items()) + f" · {swift}")
output = Path(options.output)
output.parent.mkdir(parents=True, exist_ok=True)
output.with_suffix(".md").write_text(text)
output.with_suffix(".json").write_text(json.dumps(record, indent=1) + "\n")
print(text)
