"""Preparation of films, batches and labels, ours and others' in alternation: `make bench-data`.

    python data.py BIN OUTPUT [--rounds 5]

CXR_REAL_DATA names real films: those of nih1024 are prepared as they are, and re-encoded as JPEG of quality 90.
In a round all contestants run once, one after another; figures are medians over rounds, ratios medians of the
rounds' ratios. Writes OUTPUT.md and OUTPUT.json.
"""

import argparse
import datetime
import gzip
import json
import os
import platform
import shutil
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

from PIL import Image

HERE = Path(__file__).resolve().parent
parser = argparse.ArgumentParser()
parser.add_argument("bin")
parser.add_argument("output")
parser.add_argument("--rounds", type=int, default=5)
options = parser.parse_args()
BIN = Path(options.bin)
real = os.environ.get("CXR_REAL_DATA")
if not real:
    sys.exit("data: CXR_REAL_DATA names no real films")
work = Path(tempfile.mkdtemp(prefix="cxr-data-"))
versions = {}


def run(command):
    done = subprocess.run([str(c) for c in command], capture_output=True, text=True)
    if done.returncode != 0:
        sys.exit(f"data: {' '.join(map(str, command))} failed:\n{done.stderr[-2000:]}")
    return json.loads([line for line in done.stdout.splitlines() if line.startswith("{")][-1])


def peer(who, what, path):
    result = run([sys.executable, HERE / "data_peers.py", who, what, path, "--rounds", 4])
    versions[{"opencv": "OpenCV", "pillow": "Pillow", "tensorflow": "TensorFlow", "pandas": "pandas"}[who]] = result["version"]
    return result


films = {"PNG": work / "png", "JPEG": work / "jpeg"}
for folder in films.values():
    folder.mkdir()
for path in sorted(Path(real, "nih1024").rglob("*.png")):
    shutil.copy(path, films["PNG"] / path.name)
    Image.open(path).convert("L").save(films["JPEG"] / (path.stem + ".jpg"), quality=90)
# Every film under two findings of the reference's ten, so that an epoch has as many copies as originals.
table = work / "batches.csv"
table.write_text("Image Index,Finding Labels,Patient ID\n" + "".join(
    f"{p.name},{'Mass' if i % 2 else 'Nodule'},{i}\n" for i, p in enumerate(sorted(films["PNG"].iterdir()))))
labels = work / "Data_Entry_2017.csv"
labels.write_bytes(gzip.decompress(Path(real, "nih-labels/Data_Entry_2017_v2020.csv.gz").read_bytes()))

results = {}
for number in range(options.rounds):
    print(f"data: round {number + 1} of {options.rounds}", file=sys.stderr, flush=True)
    for kind, folder in films.items():
        results.setdefault(("prepare", kind, "ours"), []).append(
            run([BIN / "cxr-benchmark", "prepare", "--images", folder, "--rounds", 4, "--threads", 2]))
        for who in ("tensorflow", "opencv", "pillow"):
            results.setdefault(("prepare", kind, who), []).append(peer(who, "prepare", folder))
    results.setdefault(("labels", "", "ours"), []).append(
        run([BIN / "cxr-benchmark", "labels", "--csv", labels, "--rounds", 4]))
    results.setdefault(("labels", "", "pandas"), []).append(peer("pandas", "labels", labels))
    results.setdefault(("batches", "", "ours"), []).append(
        run([BIN / "cxr-benchmark", "batches", "--csv", table, "--images", films["PNG"], "--threads", 2]))
    results.setdefault(("step", "", "ours"), []).append(
        run([BIN / "cxr-benchmark", "train", "--batch", 32, "--steps", 10, "--threads", 2]))


def seconds(result):
    return statistics.median(result["seconds_per_step"])


def middle(values):
    return statistics.median(values), min(values), max(values)


lines = []
for kind in films:
    ours = [r["images_per_second"] for r in results["prepare", kind, "ours"]]
    others = {w: [r["images_per_second"] for r in results["prepare", kind, w]] for w in ("tensorflow", "opencv", "pillow")}
    ratios = [mine / max(o[i] for o in others.values()) for i, mine in enumerate(ours)]
    rates = ", ".join(f"{n} {statistics.median(others[w]):.0f}" for w, n in (("tensorflow", "tf.data"), ("opencv", "OpenCV"), ("pillow", "Pillow")))
    lines.append((f"preparation of 1024 × 1024 {kind}, films a second", f"{statistics.median(ours):.0f}", rates, ratios, "×", {"PNG": 1.5, "JPEG": 1.05}[kind]))
ours = [seconds(r) for r in results["labels", "", "ours"]]
others = [seconds(r) for r in results["labels", "", "pandas"]]
lines.append(("label file → split and weights, 112,120 rows", f"{statistics.median(ours):.2f} s", f"pandas + scikit-learn {statistics.median(others):.2f} s", [b / a for a, b in zip(ours, others)], "×", 3))
batch = [seconds(r) for r in results["batches", "", "ours"]]
step = [seconds(r) for r in results["step", "", "ours"]]
share = results["batches", "", "ours"][0]["augmented_share"]
lines.append((f"batch of 32 from a warm cache, {share:.0%} augmented, to a training step", f"{1000 * statistics.median(batch):.1f} ms", f"step {1000 * statistics.median(step):.0f} ms", [100 * a / b for a, b in zip(batch, step)], "%", -2))

cpu = next(line.split(":")[1].strip() for line in open("/proc/cpuinfo") if line.startswith("model name"))
text = [
    "# Films, batches and labels",
    "",
    f"{datetime.date.today()} · {cpu}, {os.cpu_count()} processors · {platform.system()} {platform.release()} · "
    + " · ".join(f"{k} {v}" for k, v in versions.items()),
    "",
    f"Medians of {options.rounds} rounds in alternation, two threads each. Ours also writes its cache; the others drop "
    "what they prepare. The films are the 106 of NIH at 1024 × 1024, re-encoded at quality 90 for JPEG.",
    "",
    "| | ours | others | ratio, median (range) | asked |",
    "|---|---|---|---|---|",
]
for name, mine, rates, ratios, unit, asked in lines:
    value, low, high = middle(ratios)
    text.append(f"| {name} | {mine} | {rates} | {value:.2f} {unit} ({low:.2f}–{high:.2f}) | {'at least' if asked > 0 else 'below'} {abs(asked)} {unit} |")
text.append("")
Path(options.output + ".md").write_text("\n".join(text))
Path(options.output + ".json").write_text(json.dumps({"versions": versions, "results": {" ".join(filter(None, k)): v for k, v in results.items()}}, indent=1) + "\n")
shutil.rmtree(work)
print("\n".join(text))
