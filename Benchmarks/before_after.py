#!/usr/bin/env python3
"""Is a commit as fast as another? The programs of both, in alternation, on the same films.

    python3 Benchmarks/before_after.py BEFORE AFTER --films SET --checkpoint best.npz --labels FILE.csv.gz [--rounds 9]
        [--report FILE.md]

BEFORE and AFTER are folders of built programs; SET holds Data_Entry_2017.csv and films; FILE is NIH's label file. Needs what
evaluation.py needs. Each round runs one after the
other, and the next begins with the other one. What counts is the median of the rounds' ratios.
"""

import argparse
import json
import platform
import statistics
import subprocess
import tempfile
import time
from pathlib import Path

import evaluation


def rate(programs, *arguments):
    """Films a second, as cxr-benchmark says."""
    done = subprocess.run(
        [programs / "cxr-benchmark", *arguments, "--threads", "2"], capture_output=True, check=True)  # fmt: skip
    return json.loads(done.stdout)["images_per_second"]


def evaluations(programs, films, checkpoint, cache):
    """Evaluations a minute, films from a cache that is there."""
    with tempfile.TemporaryDirectory() as folder:
        begun = time.monotonic()
        subprocess.run(
            [programs / "cxr-evaluate", "--checkpoint", checkpoint, "--csv", films / "Data_Entry_2017.csv", "--images",
             films, "--allow-missing", "--cache", cache, "--subset", "all", "--output", f"{folder}/e", "--threads", "2"],
            capture_output=True, check=True)  # fmt: skip
        return 60 / (time.monotonic() - begun)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("before", type=Path)
    parser.add_argument("after", type=Path)
    parser.add_argument("--films", type=Path, required=True)
    parser.add_argument("--checkpoint", type=Path, required=True)
    parser.add_argument("--labels", type=Path, required=True)
    parser.add_argument("--rounds", type=int, default=9)
    parser.add_argument("--report", type=Path)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as cache, tempfile.TemporaryDirectory() as tables:
        evaluation.write_tables(asked.labels, Path(tables))
        measures = {
            "training, 32 films of 224 × 224, films/s": lambda p: rate(
                p, "train", "--batch", "32", "--image-size", "224", "--steps", "10", "--warmup", "2"),
            "prediction, 32 films of 224 × 224, films/s": lambda p: rate(
                p, "infer", "--batch", "32", "--image-size", "224", "--steps", "20", "--warmup", "2"),
            "preparation, films/s": lambda p: rate(p, "prepare", "--images", asked.films, "--rounds", "5"),
            "evaluation with pages and pictures, a minute": lambda p: evaluations(
                p, asked.films, asked.checkpoint, cache),
            "evaluation of 22,063 films, 14 findings, 1,000 draws, a minute": lambda p: 60 / evaluation.evaluate(
                p, Path(tables), 1000, 2),
        }  # fmt: skip
        rows = []
        for name, measure in measures.items():
            measure(asked.before)
            pairs = []
            for number in range(asked.rounds):
                order = [asked.before, asked.after][:: 1 if number % 2 == 0 else -1]
                found = {programs: measure(programs) for programs in order}
                pairs.append((found[asked.before], found[asked.after]))
            ratios = sorted(after / before for before, after in pairs)
            before, after = (statistics.median(side) for side in zip(*pairs))
            rows.append(
                f"| {name} | {before:.1f} | {after:.1f} | {statistics.median(ratios):.3f} "
                f"({ratios[0]:.3f} to {ratios[-1]:.3f}) |"
            )
            print(rows[-1], flush=True)
    cpu = next(line.split(":")[1].strip() for line in open("/proc/cpuinfo") if line.startswith("model name"))
    text = f"""| | before | after | after / before, median (least to most) |
|---|--:|--:|--:|
{chr(10).join(rows)}

{asked.rounds} rounds in alternation, two threads, {cpu}, {platform.system()} {platform.release().split("-")[0]}.
"""
    if asked.report:
        asked.report.write_text(text)
    print(text)


if __name__ == "__main__":
    main()
