"""Intervals of an evaluation of NIH's size, ours and scikit-learn's in alternation: `make bench-evaluation`.

    python evaluation.py BIN OUTPUT [--rounds 3] [--replicates 1000]

CXR_REAL_DATA names NIH's label file. Predictions are drawn at random for the 22,063 films of the test part, a
patient's films alike. Ours is the whole of cxr-evaluate, from tables of the test and the validation films to its
report: also operating points, calibration, groups, curves with bands. scikit-learn's is `roc_auc_score` and
`average_precision_score` alone, over the same number of draws of patients, by as many processes as we have
threads. Writes OUTPUT.md and OUTPUT.json.
"""

import argparse
import csv
import datetime
import gzip
import json
import multiprocessing
import os
import platform
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import sklearn
from sklearn.metrics import average_precision_score, roc_auc_score
from sklearn.model_selection import train_test_split

LABEL_FILE = "nih-labels/Data_Entry_2017_v2020.csv.gz"
LABELS = (
    "Atelectasis Cardiomegaly Consolidation Edema Effusion Emphysema Fibrosis Hernia Infiltration Mass Nodule "
    "Pleural_Thickening Pneumonia Pneumothorax"
).split()


def write_predictions(rows, patients, path, seed):
    """Log-odds of a film: 1.2 for the finding, a part of its patient, and chance."""
    generator = np.random.default_rng(seed)
    habits = {patient: generator.normal(size=14) * 0.5 for patient in patients}
    kept = [row for row in rows if row[3] in habits]
    truth = np.array([[label in row[1].split("|") for label in LABELS] for row in kept])
    habit = np.array([habits[row[3]] for row in kept])
    scores = 1 / (1 + np.exp(3 - 1.2 * truth - habit - 0.8 * generator.normal(size=truth.shape)))
    scores = scores.astype(np.float32)
    with open(path, "w") as file:
        file.write("Image Index," + ",".join(LABELS) + "\n")
        for row, values in zip(kept, scores):
            file.write(row[0] + "," + ",".join(repr(float(v)) for v in values) + "\n")
    return truth, scores, [row[3] for row in kept]


def write_tables(labels, folder):
    """NIH's label file, and predictions of its test and validation films; what is true of the former, their scores and patients."""
    (folder / "labels.csv").write_bytes(gzip.decompress(labels.read_bytes()))
    with open(folder / "labels.csv", newline="") as file:
        rows = list(csv.reader(file))[1:]
    patients = list(dict.fromkeys(row[3] for row in rows))
    rest, test = train_test_split(patients, test_size=0.2, random_state=0)
    _, validation = train_test_split(rest, test_size=0.26, random_state=0)
    write_predictions(rows, validation, folder / "validation.csv", 2)
    return write_predictions(rows, test, folder / "test.csv", 1)


def evaluate(programs, folder, replicates, processes):
    """Seconds of cxr-evaluate on these tables."""
    started = time.perf_counter()
    done = subprocess.run(
        [
            f"{programs}/cxr-evaluate", "--predictions", folder / "test.csv", "--validation-predictions",
            folder / "validation.csv", "--csv", folder / "labels.csv", "--output", folder / "out", "--force",
            "--replicates", str(replicates), "--threads", str(processes),
        ],
        capture_output=True, text=True,
    )
    if done.returncode:
        sys.exit(f"evaluation: cxr-evaluate failed:\n{done.stderr}")
    return time.perf_counter() - started


def draw(seed):
    """AUC and average precision of all labels on patients drawn with replacement."""
    generator = np.random.default_rng(seed)
    chosen = generator.integers(0, len(FILMS), len(FILMS))
    films = np.concatenate([FILMS[p] for p in chosen])
    y, s = TRUTH[films], SCORES[films]
    return [
        (roc_auc_score(y[:, k], s[:, k]), average_precision_score(y[:, k], s[:, k]))
        for k in range(len(LABELS))
    ]


def theirs(replicates, processes):
    started = time.perf_counter()
    with multiprocessing.Pool(processes) as pool:
        values = np.array(pool.map(draw, range(replicates), chunksize=10))
    return time.perf_counter() - started, np.quantile(values, [0.025, 0.975], axis=0)


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("bin")
    parser.add_argument("output")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--replicates", type=int, default=1000)
    options = parser.parse_args()
    real = os.environ.get("CXR_REAL_DATA")
    if not real:
        sys.exit("evaluation: CXR_REAL_DATA names no real labels")
    work = Path(tempfile.mkdtemp(prefix="cxr-evaluation-"))
    TRUTH, SCORES, owners = write_tables(Path(real, LABEL_FILE), work)
    places = {}
    for film, owner in enumerate(owners):
        places.setdefault(owner, []).append(film)
    FILMS = [np.array(films) for films in places.values()]

    processes = os.cpu_count() or 1
    times = {"ours": [], "scikit-learn": []}
    for _ in range(options.rounds):
        times["ours"].append(evaluate(options.bin, work, options.replicates, processes))
        seconds, quantiles = theirs(options.replicates, processes)
        times["scikit-learn"].append(seconds)
    ours = json.loads((work / "out/metrics.json").read_text())["models"][0]["labels"]
    furthest = max(
        abs(ours[label][f"{key}_{end}"] - quantiles[e, k, m])
        for k, label in enumerate(LABELS)
        for m, key in enumerate(["auc", "average_precision"])
        for e, end in enumerate(["low", "high"])
    )

    ratios = [b / a for a, b in zip(times["ours"], times["scikit-learn"])]
    processor = next(
        (line.split(":")[1].strip() for line in open("/proc/cpuinfo") if line.startswith("model name")),
        platform.processor(),
    )
    heading = (
        f"{datetime.date.today()} · {processor}, {processes} processors · {platform.system()} "
        f"{platform.release()} · scikit-learn {sklearn.__version__}, NumPy {np.__version__}"
    )
    text = f"""# Intervals of an evaluation

{heading}

{SCORES.shape[0]:,} films of {len(FILMS):,} patients, {len(LABELS)} findings, {options.replicates:,} draws of patients;
medians of {options.rounds} rounds in alternation. Ours is all of `cxr-evaluate`: reading two tables and the label
file, thresholds and calibrations on validation films, intervals of all films and of nine groups, curves with bands,
pictures and report. scikit-learn's is AUC and average precision of all films alone.

| | seconds, median (range) |
|---|---|
| `cxr-evaluate` | {statistics.median(times["ours"]):.1f} ({min(times["ours"]):.1f}–{max(times["ours"]):.1f}) |
| scikit-learn, {processes} processes | {statistics.median(times["scikit-learn"]):.0f} ({min(times["scikit-learn"]):.0f}–{max(times["scikit-learn"]):.0f}) |
| ratio | {statistics.median(ratios):.0f} × ({min(ratios):.0f}–{max(ratios):.0f}) |

The ends of the 56 intervals differ by at most {furthest:.4f}; the draws are others, and ours are expanded for few
patients.
"""
    Path(f"{options.output}.md").write_text(text)
    Path(f"{options.output}.json").write_text(
        json.dumps({"heading": heading, "replicates": options.replicates, "seconds": times}, indent=2) + "\n"
    )
    print(text)
