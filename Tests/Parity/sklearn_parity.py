"""From predictions-*.csv and the label file, scikit-learn must give every figure of metrics.json and
the report text; NumPy must open the checkpoint; the split must be scikit-learn's.

    sklearn_parity.py EVALUATION LABELS.csv CHECKPOINT.npz
"""

import csv
import json
import sys
import warnings
from pathlib import Path

import numpy as np
from sklearn.metrics import (
    average_precision_score,
    classification_report,
    precision_recall_fscore_support,
    roc_auc_score,
)
from sklearn.model_selection import train_test_split

warnings.filterwarnings("ignore")
folder, label_file, checkpoint = map(Path, sys.argv[1:4])
failures = []
compared = 0


def same(what, ours, theirs):
    global compared
    compared += 1
    if (ours is None) != (theirs is None) or (
        ours is not None and not abs(ours - theirs) <= 1e-12 * max(1, abs(theirs))
    ):
        failures.append(f"{what}: ours {ours}, scikit-learn's {theirs}")


rows = {}
order = []
with open(label_file, newline="", encoding="utf-8-sig") as file:
    reader = csv.reader(file)
    header = next(reader)
    name, found, who = (header.index(c) for c in ("Image Index", "Finding Labels", "Patient ID"))
    for row in reader:
        rows[row[name]] = (set(row[found].split("|")), int(row[who]))
        order.append(int(row[who]))

metrics = json.loads((folder / "metrics.json").read_text())
patients = list(dict.fromkeys(order))
rest, test = train_test_split(patients, test_size=0.2, random_state=0)
train, validation = train_test_split(rest, test_size=0.26, random_state=0)
parts = {"train": set(train), "validation": set(validation), "test": set(test)}

for model in metrics["models"]:
    with open(folder / f"predictions-{model['name']}.csv", newline="") as file:
        reader = csv.reader(file)
        labels = next(reader)[1:]
        predictions = [(row[0], [float(v) for v in row[1:]]) for row in reader]
    if metrics["subset"] in parts:
        outside = [n for n, _ in predictions if rows[n][1] not in parts[metrics["subset"]]]
        if outside:
            failures.append(f"{model['name']}: {len(outside)} films are not of the {metrics['subset']} part")
    truth = np.array([[label in rows[n][0] for label in labels] for n, _ in predictions])
    score = np.array([p for _, p in predictions])
    called = score > 0.5
    precision, recall, f1, support = precision_recall_fscore_support(truth, called, zero_division=np.nan)
    aucs = []
    for k, label in enumerate(labels):
        ours, t, s = model["labels"][label], truth[:, k], score[:, k]
        defined = 0 < t.sum() < len(t)
        auc = roc_auc_score(t, s) if defined else None
        if defined:
            aucs.append(auc)
        what = f"{model['name']} {label}"
        same(f"{what} auc", ours["auc"], auc)
        same(f"{what} average precision", ours["average_precision"],
             average_precision_score(t, s) if t.any() else None)
        def number(v):
            return None if np.isnan(v) else float(v)
        same(f"{what} precision", ours["precision"], number(precision[k]) if called[:, k].any() else None)
        same(f"{what} recall", ours["recall"], number(recall[k]) if t.any() else None)
        same(f"{what} f1", ours["f1"], number(f1[k]))
        same(f"{what} sensitivity", ours["sensitivity"], number(recall[k]) if t.any() else None)
        same(f"{what} specificity", ours["specificity"],
             None if t.all() else float((~called[:, k])[~t].mean()))
        same(f"{what} support", ours["support"], int(support[k]))
    same(f"{model['name']} mean auc", model["mean_auc"], float(np.mean(aucs)) if aucs else None)
    same(f"{model['name']} positives found", model["positives_found_percent"],
         float(100 * (score[truth] > 0.5).sum() / truth.sum()) if truth.any() else None)
    same(f"{model['name']} negatives found", model["negatives_found_percent"],
         float(100 * (score[~truth] < 0.5).sum() / (~truth).sum()) if (~truth).any() else None)
    same(f"{model['name']} accuracy", model["binary_accuracy"], float((called == truth).mean()))
    theirs = classification_report(truth, called, target_names=labels, zero_division=0)
    ours = (folder / f"classification_report-{model['name']}.txt").read_text()
    compared += 1
    if ours != theirs:
        failures.append(f"{model['name']}: the report text differs:\n{ours}\n{theirs}")

with np.load(checkpoint) as arrays:
    kernel = arrays["block1/conv/kernel"]
    compared += 1
    if kernel.shape[2] != 1 or kernel.dtype != np.float32 or not np.isfinite(kernel).all():
        failures.append(f"{checkpoint}: block1/conv/kernel is {kernel.dtype} {kernel.shape}")
    metadata = json.loads(bytes(arrays["metadata.json"]).decode())
    compared += 1
    if metadata["labels"] != labels:
        failures.append("the checkpoint's labels differ from the predictions'")

for failure in failures:
    print(failure, file=sys.stderr)
print(f"{compared} figures compared with scikit-learn, {len(failures)} differ")
sys.exit(1 if failures else 0)
