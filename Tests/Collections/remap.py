"""Has scikit-learn judge a test on another collection's films, whose labels a map calls by other names.

usage: remap.py EVALUATION COLLECTION LABEL_FILE MAP.json

COLLECTION names the function of truths.py that reads LABEL_FILE; MAP.json says of each label of the classifier what the
label file calls it, a list of names. Every figure of metrics.json that needs no draw has to be scikit-learn's, over the
films of which the label is known, and undefined where the map has no name.
"""

import csv
import json
import sys
import warnings
from pathlib import Path

import numpy as np
from sklearn.metrics import average_precision_score, f1_score, precision_score, recall_score, roc_auc_score

import truths

warnings.filterwarnings("ignore")
FIGURES = ["auc", "average_precision", "precision", "recall", "f1", "sensitivity", "specificity", "support"]


def expected(score, truth):
    """The figures of one label over its known films; none without films of a kind that a figure needs."""
    called, both = score > 0.5, 0 < truth.sum() < len(truth)
    recall = recall_score(truth, called) if truth.any() else None
    return {
        "auc": roc_auc_score(truth, score) if both else None,
        "average_precision": average_precision_score(truth, score) if truth.any() else None,
        "precision": precision_score(truth, called) if called.any() else None,
        "recall": recall, "sensitivity": recall,
        "f1": f1_score(truth, called) if truth.any() or called.any() else None,
        "specificity": (~called)[~truth].mean() if not truth.all() else None,
        "support": int(truth.sum()),
    }  # fmt: skip


def main():
    folder, collection, label_file, mapping = Path(sys.argv[1]), sys.argv[2], Path(sys.argv[3]), sys.argv[4]
    names = json.loads(Path(mapping).read_text())
    truth = getattr(truths, collection)(label_file)
    films = {name: place for place, name in enumerate(truth.film)}
    metrics = json.loads((folder / "metrics.json").read_text())
    failures, compared = [], 0
    for model in metrics["models"]:
        with open(folder / f"predictions-{model['name']}.csv", newline="") as file:
            reader = csv.reader(file)
            labels = next(reader)[1:]
            rows = [(films[row[0]], [float(value) for value in row[1:]]) for row in reader]
        places, scores = [place for place, _ in rows], np.array([score for _, score in rows])
        if len(places) != len(films):
            failures.append(f"{model['name']}: {len(places)} films, pandas has {len(films)}")
        aucs = []
        for k, label in enumerate(labels):
            own = names.get(label, [label] if label in truth.present else [])
            present = truth.present[own].any(axis=1).to_numpy()[places]
            unknown = truth.unknown[own].any(axis=1).to_numpy()[places] & ~present
            known = ~unknown if own else np.zeros(len(places), bool)
            theirs = expected(scores[known, k], present[known]) if known.any() else dict.fromkeys(FIGURES)
            if theirs["auc"] is not None:
                aucs.append(theirs["auc"])
            for figure in FIGURES:
                ours, other = model["labels"][label][figure], theirs[figure]
                if figure == "support" and not own:
                    continue
                compared += 1
                if (ours is None) != (other is None) or (ours is not None and abs(ours - other) > 1e-12):
                    failures.append(f"{label} {figure}: ours {ours}, scikit-learn's {other}")
        compared += 1
        mean = float(np.mean(aucs)) if aucs else None
        if (mean is None) != (model["mean_auc"] is None) or abs(mean - model["mean_auc"]) > 1e-12:
            failures.append(f"mean auc: ours {model['mean_auc']}, scikit-learn's {mean}")
        without = [label for label in labels if not names.get(label, [label] if label in truth.present else [])]
        if sorted(metrics["labels_without_partner"]) != sorted(without):
            failures.append(f"without partner: ours {metrics['labels_without_partner']}, by the map {without}")
    for failure in failures:
        print(failure, file=sys.stderr)
    print(f"{compared} figures compared with scikit-learn, {len(failures)} differ")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
