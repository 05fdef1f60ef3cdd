#!/usr/bin/env python3
"""What other weights to begin with are worth: a small DenseNet on 100 real films, fresh, with a trained head, and trained whole.

    transfer.py BIN DATA OUTPUT.md [--seeds 20] [--epochs 12]

The films are nih64, the labels Female and AP, which every film has or has not. The first weights come from a phantom set, and
from half of the patients; tuned are 100 films of other patients, at most two of each, judged by the films of those that are left. A seed draws which 100
films, and the run's weights, order and split. The mean test AUC of both labels is compared seed by seed; intervals are of the mean
difference by Student's t.
"""

import argparse
import csv
import datetime
import json
import math
import os
import platform
import random
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

LABELS = ("Female", "AP")
# Student's t, 97.5 %, by degrees of freedom.
T = {4: 2.776, 9: 2.262, 19: 2.093}
WAYS = {
    "fresh": [],
    "head only": ["--head-only"],
    "whole": [],
}


def auc(scores, truths):
    """By ranks, ties half."""
    positive = [s for s, t in zip(scores, truths) if t]
    negative = [s for s, t in zip(scores, truths) if not t]
    wins = sum((p > n) + (p == n) / 2 for p in positive for n in negative)
    return wins / (len(positive) * len(negative))


class Experiment:
    def __init__(self, programs, data, work, epochs):
        self.programs, self.work, self.epochs = programs, work, epochs
        self.films = data / "nih64"
        with open(self.films / "Data_Entry_2017.csv", newline="") as file:
            self.head, *self.rows = csv.reader(file)
        sex, view = self.head.index("Patient Gender"), self.head.index("View Position")
        self.patient = self.head.index("Patient ID")
        self.truth = {row[0]: (row[sex] == "F", row[view] == "AP") for row in self.rows}
        for row in self.rows:
            found = [name for name, has in zip(LABELS, self.truth[row[0]]) if has]
            row[1] = "|".join(found) or "No Finding"
        patients = sorted({row[self.patient] for row in self.rows})
        random.Random(0).shuffle(patients)
        self.first = set(patients[: len(patients) // 2])

    def run(self, app, *arguments):
        done = subprocess.run([self.programs / app, *map(str, arguments)], capture_output=True, text=True)
        if done.returncode:
            sys.exit(f"{app} failed: {done.stderr}")

    def table(self, name, rows):
        path = self.work / f"{name}.csv"
        with open(path, "w", newline="") as file:
            csv.writer(file).writerows([self.head, *rows])
        return path

    def network(self):
        return [
            "--model", "densenet121", "--architecture", "growth=12", "blocks=2-2-2-2", "--image-size", "64", "--loss",
            "bce", "--augment", "off", "--recalibrate-norm", "on",
        ]  # fmt: skip

    def train(self, output, table, films, labels, *more):
        shutil.rmtree(output, ignore_errors=True)
        self.run(
            "cxr-train", "--csv", table, "--images", films, "--output", output, "--labels", labels, "--allow-missing",
            "--cache", self.work / "cache", *self.network(), *more)  # fmt: skip

    def pretrained(self):
        """The checkpoints that runs begin with, by what they were trained on."""
        self.run("cxr-synth", "--output", self.work / "phantom", "--images", "1200", "--patients", "400", "--size", "128")
        self.train(
            self.work / "on-phantom", self.work / "phantom/Data_Entry_2017.csv", self.work / "phantom",
            "Cardiomegaly,Mass,Effusion,Pneumothorax", "--epochs", "10")  # fmt: skip
        half = self.table("half", [row for row in self.rows if row[self.patient] in self.first])
        self.train(self.work / "on-half", half, self.films, ",".join(LABELS), "--epochs", "15")
        return {
            "the phantom set": self.work / "on-phantom/best.npz",
            "half of the patients": self.work / "on-half/best.npz",
        }

    def tuned(self, seed, way, start):
        """The mean test AUC."""
        draw = random.Random(1000 + seed)
        others = sorted({row[self.patient] for row in self.rows} - self.first)
        draw.shuffle(others)
        chosen, films = set(), []
        for patient in others:
            own = [row for row in self.rows if row[self.patient] == patient]
            if len(films) < 100:
                chosen.add(patient)
                films += own[:2]
        rest = [row for row in self.rows if row[self.patient] not in self.first | chosen]
        table = self.table("hundred", films)
        run = self.work / "run"
        self.train(
            run, table, self.films, ",".join(LABELS), "--epochs", self.epochs, "--batch-size", "16", "--patience",
            self.epochs, "--seed", seed, "--split-seed", seed, *WAYS[way],
            *(["--initial-weights", start] if way != "fresh" else []))  # fmt: skip
        out = self.work / "evaluation"
        shutil.rmtree(out, ignore_errors=True)
        self.run(
            "cxr-evaluate", "--checkpoint", run / "best.npz", "--csv", self.table("rest", rest), "--images", self.films,
            "--allow-missing", "--subset", "all", "--replicates", "100", "--cache", self.work / "cache", "--output", out)  # fmt: skip
        with open(next(out.glob("predictions-*.csv")), newline="") as file:
            found = list(csv.DictReader(file))
        return statistics.mean(
            auc([float(row[name]) for row in found], [self.truth[row["Image Index"]][k] for row in found])
            for k, name in enumerate(LABELS)
        )


def interval(values):
    mean, count = statistics.mean(values), len(values)
    half = T.get(count - 1, 1.96) * statistics.stdev(values) / math.sqrt(count)
    return f"{mean:+.3f} ({mean - half:+.3f} to {mean + half:+.3f})"


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("programs", type=Path)
    parser.add_argument("data", type=Path)
    parser.add_argument("output", type=Path)
    parser.add_argument("--seeds", type=int, default=20)
    parser.add_argument("--epochs", type=int, default=12)
    asked = parser.parse_args()
    begun = time.monotonic()
    with tempfile.TemporaryDirectory() as work:
        experiment = Experiment(asked.programs.resolve(), asked.data, Path(work), asked.epochs)
        starts = experiment.pretrained()
        fresh = [experiment.tuned(seed, "fresh", None) for seed in range(asked.seeds)]
        lines = [
            "| begun with | trained | mean test AUC | less fresh, 95 % interval |",
            "|---|---|---|---|",
            f"| nothing | whole | {statistics.mean(fresh):.3f} ± {statistics.stdev(fresh):.3f} | |",
        ]
        each = {"fresh": fresh}
        for name, start in starts.items():
            for way in ("head only", "whole"):
                found = [experiment.tuned(seed, way, start) for seed in range(asked.seeds)]
                each[f"{name}, {way}"] = found
                gains = [a - b for a, b in zip(found, fresh)]
                lines.append(
                    f"| {name} | {way} | {statistics.mean(found):.3f} ± {statistics.stdev(found):.3f} | {interval(gains)} |")
                print(lines[-1], flush=True)
    version = subprocess.run([asked.programs / "cxr-train", "--version"], capture_output=True, text=True).stdout.strip()
    asked.output.write_text(
        f"# Begun with other weights\n\n{datetime.date.today()} · {platform.processor() or platform.machine()}, {os.cpu_count()} "
        f"processors · cxr {version} · {time.monotonic() - begun:.0f} s\n\n"
        "A small DenseNet (growth 12, blocks 2-2-2-2, 64 × 64) on 100 films of patients that the first weights have not seen, "
        f"{asked.seeds} seeds, {asked.epochs} epochs, averages of batch normalisation set exactly; labels Female and AP; judged by "
        "the films of all other unseen patients. ± is one standard deviation over seeds; intervals are of the mean of differences "
        "seed by seed, Student's t.\n\n" + "\n".join(lines) + "\n\n"
        "Each seed: " + json.dumps({name: [round(v, 4) for v in values] for name, values in each.items()}) + "\n")  # fmt: skip


if __name__ == "__main__":
    main()
