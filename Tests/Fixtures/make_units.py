"""Studies and patients as units, and log-odds as scores, by NumPy and scikit-learn: Tests/ReferenceTests/Fixtures/units.json.

usage: make_units.py

Log-odds are so far out that most of their 32-bit probabilities are 1.0: what ranks films is then in the log-odds alone.
"""

import json
from pathlib import Path

import numpy as np
import sklearn
from sklearn.metrics import average_precision_score, confusion_matrix, roc_auc_score, roc_curve

FILMS, LABELS = 240, ["Mass", "Edema", "Hernia"]
OUT = Path(__file__).resolve().parent.parent / "ReferenceTests/Fixtures/units.json"


def joined(values, units, score):
    """[units, K]: the largest or the mean of each unit's films."""
    how = {"largest": np.max, "mean": np.mean}[score]
    return np.stack([how(values[units == unit], axis=0) for unit in range(units.max() + 1)])


def joined_truths(truths, units):
    """[units, K]: 1 where a film is known to have it, 0 where all are known to lack it, else -1."""
    rows = []
    for unit in range(units.max() + 1):
        own = truths[units == unit]
        rows.append(np.where((own == 1).any(0), 1, np.where((own == 0).all(0), 0, -1)))
    return np.stack(rows)


def youden(scores, truths):
    """The lowest threshold of the largest sensitivity + specificity, half way to the next score, in 32 bits."""
    _, sensitivity, cuts = roc_curve(truths, scores, drop_intermediate=False)
    false_alarms = roc_curve(truths, scores, drop_intermediate=False)[0]
    value = sensitivity * (truths == 1).sum() * (truths == 0).sum() - false_alarms * (truths == 0).sum() * (truths == 1).sum()
    best = np.flatnonzero(np.isclose(value, value.max(), rtol=0, atol=1e-6)).max()
    above = cuts[best]
    below = scores[scores < above]
    if len(below) == 0:
        return None
    return float(above), float(below.max())


def figures(scores, truths):
    rows = []
    for k in range(len(LABELS)):
        known = truths[:, k] >= 0
        y, s = truths[known, k], scores[known, k]
        has_both = 0 < y.sum() < len(y)
        tn, fp, fn, tp = confusion_matrix(y, s > 0, labels=[0, 1]).ravel()
        rows.append({
            "films": int(known.sum()), "positives": int(y.sum()),
            "auc": float(roc_auc_score(y, s)) if has_both else None,
            "average_precision": float(average_precision_score(y, s)) if y.sum() else None,
            "at_half": [int(tp), int(fp), int(tn), int(fn)],
            "youden": youden(s, y) if has_both else None,
        })  # fmt: skip
    return rows


random = np.random.default_rng(20)
patients = np.repeat(np.arange(FILMS), random.integers(1, 6, FILMS))[:FILMS]
# Of every second film on, a patient's film may be of a new study.
studies = np.zeros(FILMS, int)
for film in range(1, FILMS):
    new = patients[film] != patients[film - 1] or random.random() < 0.4
    studies[film] = studies[film - 1] + new
truths = (random.random((FILMS, len(LABELS))) < [0.3, 0.1, 0.0]).astype(int)
truths[random.random((FILMS, len(LABELS))) < 0.08] = -1
logits = (random.normal(24, 6, (FILMS, len(LABELS))) + 3 * truths).astype(np.float32)
logits[:, 1] -= 30
probabilities = (1 / (1 + np.exp(-logits))).astype(np.float32)

units = {"film": np.arange(FILMS), "study": studies, "patient": patients}
cases = []
for name, unit in units.items():
    for score in ["largest", "mean"] if name != "film" else ["largest"]:
        cases.append({
            "unit": name if score == "largest" else f"{name}=mean", "count": int(unit.max() + 1),
            "labels": figures(joined(logits.astype(float), unit, score), joined_truths(truths, unit)),
        })  # fmt: skip

known = truths[:, 0] >= 0
document = {
    "made_by": {"numpy": np.__version__, "scikit-learn": sklearn.__version__},
    "labels": LABELS,
    "patients": patients.tolist(), "studies": studies.tolist(), "truths": truths.ravel().tolist(),
    "logits": [float(x) for x in logits.ravel()], "probabilities": [float(x) for x in probabilities.ravel()],
    "auc_of_probabilities": float(roc_auc_score(truths[known, 0], probabilities[known, 0])),
    "cases": cases,
}  # fmt: skip
OUT.write_text(json.dumps(document) + "\n")
print(f"{OUT.name}: {OUT.stat().st_size} bytes")
