"""Recomputes every table of an evaluation from the scores, the label file and the checkpoints, with nothing of ours.

usage: recompute.py EVALUATION LABELS.csv CHECKPOINT...

EVALUATION is a folder of cxr-evaluate on the test patients of NIH's label file; CHECKPOINT are the files that it judged.
Areas are pROC's (R); lines of calibration are statsmodels'; everything else is NumPy and SciPy. Formulas come from
the fixtures' scripts, which share nothing with the library. Intervals and p-values that rest on random draws of patients are
compared with draws of our own, within what draws differ by. Columns that need more than scores are named in BEYOND:
the thumbnails of films, and the maps of networks; of these what must agree among them is checked.

Prints a line a table: how many cells were compared, to what distance, and how many were not.
"""

import csv
import json
import subprocess
import sys
import tempfile
import warnings
import zipfile
from collections import defaultdict
from pathlib import Path

import numpy as np
from scipy import stats

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "Fixtures"))
import make_calibration_fixtures as lines  # noqa: E402
import make_spread_fixtures as spread  # noqa: E402

DRAWS = 1000
LEAST_PATIENTS = 8
LEAST_OF_GROUP = 10
EXACT = 1e-7
BEYOND = {
    "headline.csv": ["baseline_mean_auc", "over_baseline"],
    "labels.csv": ["baseline_auc"],
}
random = np.random.default_rng(20261127)
# Of areas of one patient a kind the formulas divide by nought; these have no interval and are not looked at.
np.seterr(invalid="ignore", divide="ignore")
warnings.filterwarnings("ignore")


def sigmoid(z):
    return 1 / (1 + np.exp(-z))


def triple(name):
    return [name, name + "_low", name + "_high"]


class Films:
    """The films of the evaluation, in its order: truths [n, k], patients and groups."""

    def __init__(self, names, labels, label_file):
        with open(label_file, newline="") as file:
            rows = {row["Image Index"]: row for row in csv.DictReader(file)}
        own = [rows[name] for name in names]
        self.labels = labels
        self.truths = np.array([[label in row["Finding Labels"].split("|") for label in labels] for row in own])
        self.patients = np.unique([row["Patient ID"] for row in own], return_inverse=True)[1]
        views, sexes = [row["View Position"] for row in own], [row["Patient Gender"] for row in own]
        ages = [int("".join(c for c in row["Patient Age"] if c.isdigit())) for row in own]
        bands = [(0, 17, "0-17"), (18, 39, "18-39"), (40, 59, "40-59"), (60, 79, "60-79"), (80, 999, "80-")]
        self.groups = [("view", v, [x == v for x in views]) for v in sorted(set(views))]
        self.groups += [("sex", v, [x == v for x in sexes]) for v in sorted(set(sexes))]
        self.groups += [("age", name, [low <= x <= high for x in ages]) for low, high, name in bands]
        self.groups = [(kind, name, np.array(mask)) for kind, name, mask in self.groups if any(mask)]
        count = self.patients.max() + 1
        drawn = random.integers(0, count, (DRAWS, count))
        self.weights = np.stack([np.bincount(row, minlength=count) for row in drawn]).astype(float)


def weighted(s, y, w):
    """AUC and average precision of each row of weights [draws, n]; NaN where a kind is not drawn."""
    order = np.argsort(-s, kind="stable")
    last = np.append(np.flatnonzero(np.diff(s[order])), len(s) - 1)
    tp = np.cumsum(w[:, order] * y[order], axis=1)[:, last]
    fp = np.cumsum(w[:, order] * ~y[order], axis=1)[:, last]
    dt, df = np.diff(tp, axis=1, prepend=0), np.diff(fp, axis=1, prepend=0)
    p, n = tp[:, -1], fp[:, -1]
    with np.errstate(invalid="ignore", divide="ignore"):
        auc = (df * (tp - dt / 2)).sum(1) / (p * n)
        precision = np.where(tp + fp > 0, tp / np.where(tp + fp > 0, tp + fp, 1), 0)
        ap = np.where(n > 0, (dt * precision).sum(1) / p, np.nan)
    return auc, ap


def fast_precision(s, y, w):
    return float(weighted(s, y.astype(bool), w[None])[1][0])


spread.precision = fast_precision


class Cell:
    """One model's scores of one label on some films: all that has to do with ranking."""

    def __init__(self, s, y, patients, weights):
        self.y, self.patients = y, patients
        self.with_, self.without = len(set(patients[y])), len(set(patients[~y]))
        self.fewest = min(self.with_, self.without)
        self.defined = y.any() and not y.all()
        if not self.defined:
            return
        whole = y.astype(int)
        self.parts = spread.area_parts(s, whole, patients)
        self.auc = self.parts["a"]
        self.auc_interval = spread.area_interval(self.parts) if self.fewest >= LEAST_PATIENTS else None
        self.draws, self.ap_draws = weighted(s, y, weights[:, patients])
        self.ap = fast_precision(s, whole, np.ones(len(y)))
        self.ap_interval = None
        if self.fewest >= LEAST_PATIENTS:
            if self.ap == 1:
                t = spread.reach(self.parts["kp"] - 1)
                self.ap_interval = [1 - t * t / (self.parts["kp"] + t * t), 1]
            else:
                self.ap_interval = spread.precision_interval(
                    s, whole, patients, self.parts, self.ap_draws[~np.isnan(self.ap_draws)]
                )


def satterthwaite(parts):
    parts = [(v, d) for v, d in parts if d > 0]
    squares = sum(v * v / d for v, d in parts)
    return sum(v for v, _ in parts) ** 2 / squares if squares > 0 else 0


def moved(parts):
    """How far each patient moves an area, by the patient's number."""
    return dict(zip(parts["ids"].tolist(), parts["e"]))


def together(one, other, how):
    """Of two figures, a patient who is in one alone moves the other by nothing."""
    return {i: how(one.get(i, 0.0), other.get(i, 0.0)) for i in one.keys() | other.keys()}


def sample(cell):
    """Draws of an area, the patients of equal weight that it rests on, the patients, and how far each moves it."""
    return cell.draws, cell.parts["k"], cell.fewest, moved(cell.parts)


def sample_mean(cells):
    """The same of the mean of areas."""
    if len(cells) == 1:
        return sample(cells[0])
    draws = np.mean([np.where(np.isnan(c.draws), c.auc, c.draws) for c in cells], axis=0)
    known = satterthwaite([(np.nanvar(c.draws, ddof=1), c.parts["k"] - 1) for c in cells])
    sums = {}
    for cell in cells:
        sums = together(sums, moved(cell.parts), lambda a, b: a + b)
    means = {i: e / len(cells) for i, e in sums.items()}
    return draws, known + 1 if known > 0 else 0, sum(c.fewest for c in cells), means


def difference(a, b):
    """Interval and p of draws less draws, each as of `sample`; None of too few."""
    draws, worth, patients = a[0] - b[0], min(a[1], b[1]), min(a[2], b[2])
    draws = draws[~np.isnan(draws)]
    if patients < LEAST_PATIENTS or worth <= 1 or len(draws) < 0.95 * DRAWS or draws.min() == draws.max():
        return None, None
    known = min(worth - 1, spread.freedom(list(together(a[3], b[3], lambda x, y: x - y).values())))
    t = spread.reach(known)
    tail = stats.norm.sf(np.sqrt(worth / (worth - 1)) * t)
    interval = np.clip(np.quantile(draws, [tail, 1 - tail]), -1, 1)
    # Of draws that are no difference, the end that is nearer to the middle.
    below, up_to = (draws < 0).mean(), (draws <= 0).mean()
    tail = up_to if up_to < 0.5 else 1 - below if below > 0.5 else 0.5
    z = stats.norm.isf(max(tail, 0.5 / (len(draws) + 1)))
    return interval, 2 * stats.t.sf(z * np.sqrt((worth - 1) / worth), known)


def difference_of_means(one, other):
    """Of means of areas; a finding whose draws say nothing of its spread is taken to vary, a patient, as the others do."""
    a, b = sample_mean(one), sample_mean(other)
    error = np.nanstd(a[0] - b[0], ddof=1)
    if len(one) < 2 or error == 0:
        return difference(a, b)
    seen, unseen = [], []
    for x, y in zip(one, other):
        draws, n = x.draws - y.draws, min(x.parts["k"], y.parts["k"])
        if n < 1.5 or np.isnan(draws).mean() > 0.05:
            unseen.append((n, np.var(np.where(np.isnan(draws), x.auc - y.auc, draws), ddof=1)))
        else:
            seen.append(np.nanvar(draws, ddof=1) * n * n / (n - 1))
    if not unseen:
        return difference(a, b)
    if not seen:
        return None, None
    more = sum(max(0, np.mean(seen) / max(1, n) - u) for n, u in unseen)
    value = np.mean([x.auc - y.auc for x, y in zip(one, other)])
    spread_ = np.sqrt(1 + more / (len(one) * error) ** 2)
    draws = value + (a[0] - b[0] - value) * spread_
    return difference((draws, *a[1:]), (np.zeros_like(draws), *b[1:]))


def holm(values):
    known = sorted((p, i) for i, p in enumerate(values) if p is not None)
    corrected, largest = [None] * len(values), 0.0
    for place, (p, i) in enumerate(known):
        largest = max(largest, min(1, (len(known) - place) * p))
        corrected[i] = largest
    return corrected


def share(hit, patients):
    """A share of films with its interval; `hit` is NaN where a film is not counted."""
    kept = ~np.isnan(hit)
    if not kept.any():
        return [None, None, None]
    enough = len(set(patients[kept])) >= LEAST_PATIENTS
    if len(set(patients[kept])) == 1:
        return [np.nanmean(hit), None, None]
    value, interval, _ = spread.share_parts(hit, patients)
    return [value, *(interval if enough else (None, None))]


def point(called, y, patients):
    """Counts, and shares with intervals, of films called positive."""
    tp, fp = int((called & y).sum()), int((called & ~y).sum())
    tn, fn = int((~called & ~y).sum()), int((~called & y).sum())
    of = lambda kept, right: share(np.where(kept, right, np.nan), patients)
    row = {"true_positives": tp, "false_positives": fp, "true_negatives": tn, "false_negatives": fn}
    estimates = {
        "sensitivity": of(y, called), "specificity": of(~y, ~called),
        "ppv": of(called, y), "npv": of(~called, ~y), "accuracy": of(np.ones_like(y), called == y),
    }
    _, low, high = estimates["ppv"]
    value = fp / tp if tp else None
    ends = [None, None] if value is None or not low else [min(value, 1 / high - 1), max(value, 1 / low - 1)]
    estimates["false_alarms_per_found"] = [value, *ends]
    row["f1"] = 2 * tp / (2 * tp + fp + fn) if tp + fp + fn else None
    for name, values in estimates.items():
        row.update(zip(triple(name), values))
    return row


def paired(a, b, kept, patients):
    """How much more often `a` is right than `b` on the films kept."""
    count, one, other = int(kept.sum()), int((a & ~b & kept).sum()), int((b & ~a & kept).sum())
    row = {"images": count, "first_alone": one, "other_alone": other}
    row["difference"] = (one - other) / count if count else None
    row["p"] = row["difference_low"] = row["difference_high"] = None
    owners = len(set(patients[kept]))
    if owners >= LEAST_PATIENTS:
        found = spread.paired(np.where(kept, a, np.nan), np.where(kept, b, np.nan), patients)
        if found:
            row["difference_low"], row["difference_high"] = found["interval"]
            row["p"] = found["p"]
        else:
            films = np.bincount(patients[kept])
            room = spread.Z**2 / (count**2 / (films**2).sum() + spread.Z**2)
            row["difference_low"], row["difference_high"], row["p"] = -room, room, 1.0
    return row


def reliability(p, y):
    """Ten groups of as many films; equal probabilities stay together in the group of the first of them."""
    order = np.argsort(p, kind="stable")
    first = np.searchsorted(p[order], p[order], side="left")
    group = np.minimum(9, np.searchsorted(np.arange(1, 10) * len(p) // 10, first, side="right"))
    rows = []
    for g in range(10):
        own = order[group == g]
        if len(own):
            rows.append((p[own].mean(), y[own].mean(), len(own), int(y[own].sum())))
    return rows


def calibration(p, y, patients, of_all):
    rows = reliability(p, y)
    n, rate = len(y), y.mean()
    row = {"brier": ((p - y) ** 2).mean()}
    row["brier_skill"] = 1 - row["brier"] / (rate * (1 - rate)) if 0 < rate < 1 else None
    error = sum(k * abs(a - b) for a, b, k, _ in rows) / n
    chance = 0.0
    for mean, _, k, _ in rows:
        counts = np.arange(k + 1)
        chance += (stats.binom.pmf(counts, k, mean) * np.abs(counts - k * mean)).sum() / n
    row["expected_calibration_error"] = error if n >= 100 else None
    row["expected_calibration_error_by_chance"] = chance if n >= 100 else None
    if of_all:
        names = {"observed_to_expected": "observed_to_expected", "intercept": "calibration_intercept",
                 "slope": "calibration_slope"}
        found = lines.line(p, y.astype(float), patients) if y.any() and not y.all() else {}
        enough = min(len(set(patients[y])), len(set(patients[~y]))) >= LEAST_PATIENTS
        for ours, name in names.items():
            own = found.get(ours, [y.sum() / p.sum() if name == "observed_to_expected" else None, None, None])
            row.update(zip(triple(name), own if enough else [own[0], None, None]))
    return row


class Model:
    """A model as its checkpoint and its tables tell it."""

    def __init__(self, name, folder, checkpoint, labels):
        read = lambda kind: list(csv.DictReader(open(folder / f"{kind}-{name}.csv", newline="")))
        table = read("predictions")
        self.name, self.films = name, [row["Image Index"] for row in table]
        self.p = np.array([[float(np.float32(row[k])) for k in labels] for row in table])
        self.z = np.array([[float(np.float32(row[k])) for k in labels] for row in read("logits")])
        with zipfile.ZipFile(checkpoint) as archive:
            document = json.loads(archive.read("metadata.json"))
        self.fits = document["validation"]["labels"]
        weights = document["class_weights"] if document["loss"] == "weighted-bce" else None
        self.methods = []
        for k in range(len(labels)):
            ways = {"none": self.p[:, k]}
            if weights and weights[k]["positive"] and weights[k]["negative"]:
                odds = self.p[:, k] / (1 - self.p[:, k]) * weights[k]["negative"] / weights[k]["positive"]
                ways["weights"] = odds / (1 + odds)
            for way in ("platt", "vector"):
                line = self.fits[k].get(way)
                if line:
                    p = np.clip(self.p[:, k], 1e-7, 1 - 1e-7)
                    ways[way] = sigmoid(line["scale"] * np.log(p / (1 - p)) + line["shift"])
            self.methods.append(ways)

    def points(self, k):
        found = [("0.5", 0.5, 0.0)]
        if self.fits[k].get("threshold") is not None:
            found.append(("fitted", self.fits[k]["threshold"], self.fits[k]["logit_threshold"]))
        return found


class Tally:
    """Compares a table cell by cell."""

    def __init__(self, folder):
        self.folder, self.faults = folder, []

    def table(self, name, keys, expected, drawn=(), beyond=lambda row: False):
        """`expected` is a list of rows; intervals of the columns `drawn`, and p beside them, rest on draws.

        Rows that are `beyond` scores are left out, and counted.
        """
        with open(self.folder / name, newline="") as file:
            rows = list(csv.DictReader(file))
        found = [row for row in rows if not beyond(row)]
        if len(found) < len(rows):
            print(f"{name}: {len(rows) - len(found)} rows are beyond scores")
        compared, worst, left = 0, 0.0, defaultdict(int)
        if [tuple(row[k] for k in keys) for row in found] != [tuple(str(row[k]) for k in keys) for row in expected]:
            self.faults.append(f"{name}: its rows are others than {keys} of the films and models say")
            return
        for row, own in zip(found, expected):
            where = f"{name} {' '.join(row[k] for k in keys)}"
            for column, text in row.items():
                if column in keys:
                    continue
                if column not in own:
                    left[column] += 1
                    continue
                value, stated = own[column], float(text) if text not in ("",) else None
                compared += 1
                if (value is None) != (stated is None):
                    self.faults.append(f"{where}: {column} is {text or 'empty'}, and must be {value}")
                    continue
                if value is None:
                    continue
                distance = abs(value - stated)
                base = column.removesuffix("_low").removesuffix("_high")
                # A figure is not drawn, its interval and p are.
                if base in drawn and column != base or column in ("p", "p_holm") and drawn:
                    room = own.get("room " + base)
                    if column in ("p", "p_holm"):
                        # Corrected for several tests, p is a multiple, and so is what draws change of it.
                        tests = value / own["p"] if column == "p_holm" and own["p"] else 1
                        room = 0.02 * max(1, tests) + 0.4 * max(value, stated)
                    if distance > room and not (base == "average_precision" and within_log_odds(own, base, value, stated)):
                        self.faults.append(f"{where}: {column} is {stated}, by other draws {value}")
                else:
                    worst = max(worst, distance / max(1, abs(value)))
                    if distance > EXACT * max(1, abs(value)):
                        self.faults.append(f"{where}: {column} is {stated}, and must be {value}")
        unknown = [c for c in left if not any(c in triple(b) for b in BEYOND.get(name, []))]
        if unknown:
            self.faults.append(f"{name}: nothing compares {', '.join(unknown)}")
        print(f"{name}: {len(found)} rows, {compared} cells equal to {worst:.1e}"
              + (f", {sum(left.values())} beyond scores" if left else ""))


def estimate(row, name, value, interval, room=None):
    row.update(zip(triple(name), [value, *(interval if interval is not None else (None, None))]))
    if room is not None:
        row["room " + name] = room


def within_log_odds(own, name, value, stated):
    """Whether ends of an average precision are no farther apart than a quarter of the interval in log-odds, in which it is
    made: near 1 it is long, and its lower end moves far with the draws."""
    low, high = (own[end] for end in triple(name)[1:])
    if not all(0 < p < 1 for p in (low, high, value, stated)):
        return False
    odds = lambda p: np.log(p) - np.log1p(-p)
    return abs(odds(value) - odds(stated)) <= 0.25 * (odds(high) - odds(low))


def width(interval):
    """How far draws of our own may lie apart: a quarter of the interval."""
    return 0.0 if interval is None else 0.25 * (interval[1] - interval[0]) + 1e-3


def areas_by_proc(models, films):
    """pROC's areas, a model and label."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "films.csv"
        with open(path, "w") as file:
            file.write("cell,score,truth\n")
            for m, model in enumerate(models):
                for k in range(len(films.labels)):
                    for score, truth in zip(model.z[:, k], films.truths[:, k]):
                        file.write(f"{m}.{k},{float(score)!r},{int(truth)}\n")
        code = (
            "suppressMessages(library(pROC)); d <- read.csv(commandArgs(TRUE)[1], colClasses=c('character','numeric','integer'));"
            "for (c in unique(d$cell)) { x <- d[d$cell == c,]; if (length(unique(x$truth)) == 2)"
            " cat(c, sprintf('%.15f', auc(roc(x$truth, x$score, direction='<', levels=c(0,1)))), '\\n') }"
        )
        told = subprocess.run(["Rscript", "-e", code, str(path)], capture_output=True, text=True, check=True).stdout
    return {tuple(map(int, line.split()[0].split("."))): float(line.split()[1]) for line in told.splitlines()}


def main():
    folder, label_file = Path(sys.argv[1]), sys.argv[2]
    document = json.loads((folder / "metrics.json").read_text())
    names = [model["name"] for model in document["models"]]
    with open(folder / f"predictions-{names[0]}.csv", newline="") as file:
        labels = next(csv.reader(file))[1:]
    models = [Model(name, folder, path, labels) for name, path in zip(names, sys.argv[3:])]
    films = Films(models[0].films, labels, label_file)
    y, patients = films.truths, films.patients
    K = range(len(labels))
    everyone = np.ones(len(patients), bool)
    cells = {}
    for m, model in enumerate(models):
        for g, mask in [(None, everyone)] + list(enumerate(mask for _, _, mask in films.groups)):
            for k in K:
                cells[m, g, k] = Cell(model.z[mask, k], y[mask, k], patients[mask], films.weights)
    told = areas_by_proc(models, films)
    tally = Tally(folder)
    assert len(told) > 10
    for (m, k), area in told.items():
        if abs(area - cells[m, None, k].auc) > 1e-12:
            tally.faults.append(f"pROC says {area} of {names[m]} {labels[k]}, NumPy {cells[m, None, k].auc}")

    def ranking(row, cell):
        if not cell.defined:
            estimate(row, "auc", None, None)
            estimate(row, "average_precision", None if not cell.y.any() else 1.0, None)
            return row
        estimate(row, "auc", cell.auc, cell.auc_interval)
        estimate(row, "average_precision", cell.ap, cell.ap_interval, width(cell.ap_interval))
        return row

    tally.table("labels.csv", ["model", "label"], [
        ranking({"model": model.name, "label": labels[k], "images": len(y), "positives": int(y[:, k].sum()),
                 "patients_with": cells[m, None, k].with_, "patients_without": cells[m, None, k].without},
                cells[m, None, k])
        for m, model in enumerate(models) for k in K], drawn=["average_precision"])

    def mean_of(cells):
        own = [c for c in cells if c.defined]
        if not own:
            return None, None
        interval = None
        if sum(c.fewest for c in own) >= LEAST_PATIENTS:
            interval = own[0].auc_interval if len(own) == 1 else spread.mean_interval([c.parts for c in own])
        return np.mean([c.auc for c in own]), interval

    def mean_precision(cells):
        """Value and interval by our own draws; see PrecisionSpread."""
        own = [c for c in cells if c.defined]
        value = np.mean([c.ap for c in own])
        draws = np.mean([np.where(np.isnan(c.ap_draws), c.ap, c.ap_draws) for c in own], axis=0)
        influences, errors = [], []
        for c in own:
            influences.append(c.influence)
            errors.append((np.nanvar(c.ap_draws, ddof=1), max(0.5, c.parts["kp"] - 1)))
        e = np.mean(influences, axis=0)
        e = e[e != 0]
        t = spread.reach(min(spread.freedom(e), satterthwaite(errors)))
        acceleration = (e**3).sum() / (6 * ((e**2).sum()) ** 1.5)
        correction = np.mean([c.parts["k"] / (c.parts["k"] - 1) if c.parts["k"] > 1 else 1 for c in own])
        d = t * draws.std(ddof=1) * np.sqrt(correction) / (value * (1 - value))
        skew, logit = max(0, acceleration * t), np.log(value / (1 - value))
        return value, [sigmoid(logit - d * (1 - min(0.5, skew))), sigmoid(logit + d * (1 + min(1, skew)))]

    for m, model in enumerate(models):
        for k in K:
            c = cells[m, None, k]
            if c.defined:
                base, h = y[:, k].astype(int), 1e-6
                sides = []
                for i in range(patients.max() + 1):
                    moved = [np.where(patients == i, 1 + d, 1.0) for d in (h, -h)]
                    a, b = (fast_precision(model.z[:, k], base, w) for w in moved)
                    sides.append((a - b) / (2 * h))
                c.influence = np.where(np.abs(sides) < 1e-9, 0, sides)

    rows, pooled = [], []
    for m, model in enumerate(models):
        own = [cells[m, None, k] for k in K]
        called = model.z > 0
        row = {"model": model.name, "undefined_labels": sum(not c.defined for c in own),
               "positives_found_percent": 100 * called[y].mean(), "negatives_found_percent": 100 * (~called[~y]).mean()}
        estimate(row, "mean_auc", *mean_of(own))
        value, interval = mean_precision(own)
        estimate(row, "mean_average_precision", value, interval, width(interval))
        rows.append(row)
        for name in ("0.5", "fitted"):
            at = [(k, logit) for k in K for n, _, logit in model.points(k) if n == name]
            if not at:
                continue
            calls = np.concatenate([model.z[:, k] > logit for k, logit in at])
            truths = np.concatenate([y[:, k] for k, _ in at])
            row = {"model": model.name, "point": name, "labels": len(at)}
            row.update(point(calls, truths, np.tile(patients, len(at))))
            each = [point(model.z[:, k] > logit, y[:, k], patients) for k, logit in at]
            for share_ in ("sensitivity", "specificity", "ppv"):
                known = [p[share_] for p in each if p[share_] is not None]
                row["mean_" + share_] = np.mean(known) if known else None
            pooled.append(row)
    tally.table("headline.csv", ["model"], rows, drawn=["mean_average_precision"])
    tally.table("pooled.csv", ["model", "point"], pooled)

    tally.table("operating_points.csv", ["model", "label", "point"], [
        {"model": model.name, "label": labels[k], "point": name, "threshold": threshold, "logit_threshold": logit,
         "validation_positives": model.fits[k]["positives"], "prevalence": None,
         **dict.fromkeys(triple("ppv_at_prevalence")), **point(model.z[:, k] > logit, y[:, k], patients)}
        for model in models for k in K for name, threshold, logit in model.points(k)])

    def compare(key, one, other, names_, mean_values):
        """Rows of areas of one less another's: a label each, and the mean."""
        found, tests = [], []
        for name, a, b in zip(names_, one, other):
            row = {**key, "label": name}
            value, interval, p = None, None, None
            if a.defined and b.defined:
                value = a.auc - b.auc
                interval, p = difference(sample(a), sample(b))
            estimate(row, "auc_difference", value, interval, width(interval))
            row["p"] = p
            tests.append(p)
            found.append(row)
        for row, p in zip(found, holm(tests)):
            row["p_holm"] = p
        row = {**key, "label": "mean", "p_holm": None}
        interval, row["p"] = difference_of_means(*([c for c in side if c.defined] for side in (one, other)))
        estimate(row, "auc_difference", mean_values[0] - mean_values[1], interval, width(interval))
        return found + [row]

    rows, both, groups = [], [], []
    for a in range(len(models)):
        for b in range(a + 1, len(models)):
            sides = [[cells[m, None, k] for k in K] for m in (a, b)]
            rows += compare({"model": names[a], "other": names[b]}, *sides, labels,
                            [mean_of(side)[0] for side in sides])
            for name in ("0.5", "fitted"):
                at = [(k, *(next((z for n, _, z in models[m].points(k) if n == name), None) for m in (a, b))) for k in K]
                at = [x for x in at if None not in x]
                calls = [np.stack([models[m].z[:, x[0]] > x[i + 1] for x in at]) for i, m in enumerate((a, b))]
                truths, whose = np.stack([y[:, x[0]] for x in at]), np.tile(patients, len(at))
                own = []
                for i, (label, truth, one, other, who) in enumerate(
                    [(labels[x[0]], truths[i], calls[0][i], calls[1][i], patients) for i, x in enumerate(at)]
                    + [("pooled", truths.ravel(), calls[0].ravel(), calls[1].ravel(), whose)]):
                    row = {"model": names[a], "other": names[b], "point": name, "label": label}
                    for share_, kept in (("sensitivity", truth), ("specificity", ~truth)):
                        right = (one == truth, other == truth)
                        row.update({f"{share_}_{key}": value for key, value in paired(*right, kept, who).items()})
                    own.append(row)
                for share_ in ("sensitivity", "specificity"):
                    for row, p in zip(own, holm([row[share_ + "_p"] for row in own[:-1]]) + [None]):
                        row[share_ + "_p_holm"] = p
                both += own
    # Of the thumbnails' areas no scores are at hand.
    tally.table("differences.csv", ["model", "other", "label"], rows, drawn=["auc_difference"],
                beyond=lambda row: row["other"] == "thumbnail regression")
    tally.table("paired_points.csv", ["model", "other", "point", "label"], both)

    for m, model in enumerate(models):
        kinds = list(dict.fromkeys(kind for kind, _, _ in films.groups))
        for kind in kinds:
            own = [g for g, group in enumerate(films.groups) if group[0] == kind]
            largest = max(own, key=lambda g: (films.groups[g][2].sum(), -g))
            telling = {g: [k for k in K if cells[m, g, k].fewest >= LEAST_OF_GROUP] for g in own}
            for g in own:
                common = [k for k in telling[g] if k in telling[largest]]
                if g == largest or not common:
                    continue
                sides = [[cells[m, x, k] for k in common] for x in (g, largest)]
                groups += compare({"model": model.name, "kind": kind, "group": films.groups[g][1],
                                   "other": films.groups[largest][1]}, *sides, [labels[k] for k in common],
                                  [np.mean([c.auc for c in side]) for side in sides])
    tally.table("subgroup_differences.csv", ["model", "kind", "group", "other", "label"], groups,
                drawn=["auc_difference"])

    ways, rows, decisions = [], [], []
    for m, model in enumerate(models):
        for k in K:
            for way, p in model.methods[k].items():
                ways.append({"model": model.name, "label": labels[k], "method": way,
                             **calibration(p, y[:, k], patients, True)})
                for g, (mean, observed, count, positives) in enumerate(reliability(p, y[:, k])):
                    rows.append({"model": model.name, "label": labels[k], "method": way, "group": g + 1,
                                 "predicted": mean, "observed": observed, "images": count, "positives": positives})
            way = "platt" if "platt" in model.methods[k] else "none"
            p = model.methods[k][way]
            for threshold in np.arange(1, 51) / 100:
                exchange, called = threshold / (1 - threshold), p > threshold
                decisions.append({
                    "model": model.name, "label": labels[k], "method": way, "threshold": f"{threshold:g}",
                    "net_benefit": (called & y[:, k]).mean() - (called & ~y[:, k]).mean() * exchange,
                    "net_benefit_of_all": y[:, k].mean() - (~y[:, k]).mean() * exchange})
    tally.table("calibration.csv", ["model", "label", "method"], ways)
    tally.table("reliability.csv", ["model", "label", "method", "group"], rows)
    tally.table("decision_curves.csv", ["model", "label", "method", "threshold"], decisions)

    with open(folder / "subgroups.csv", newline="") as file:
        blank = dict.fromkeys(next(csv.reader(file)))
    rows = []
    for m, model in enumerate(models):
        for g, (kind, name, mask) in enumerate(films.groups):
            for k in K:
                cell = cells[m, g, k]
                head = {"model": model.name, "kind": kind, "group": name, "label": labels[k], "point": "",
                        "images": int(mask.sum()), "positives": int(y[mask, k].sum()), "patients_with": cell.with_}
                if cell.fewest < LEAST_OF_GROUP:
                    # Of too few patients the counts alone are told.
                    rows.append({**blank, **head})
                    continue
                for point_, threshold, logit in model.points(k):
                    row = {**head, "point": point_, "threshold": threshold, "logit_threshold": logit,
                           **point(model.z[mask, k] > logit, y[mask, k], patients[mask])}
                    for way, suffix in (("none", ""), ("platt", "_platt")):
                        p = model.methods[k].get(way)
                        own = calibration(p[mask], y[mask, k], patients[mask], False) if p is not None else {}
                        for key in ("brier", "expected_calibration_error"):
                            row[key + suffix] = own.get(key)
                    rows.append(ranking(row, cell))
    tally.table("subgroups.csv", ["model", "kind", "group", "label", "point"], rows, drawn=["average_precision"])

    # Maps are beyond scores: what is said of them must agree with itself, and intervals with counts.
    if (folder / "localisation.csv").exists():
        with open(folder / "localisation.csv", newline="") as file:
            found = list(csv.DictReader(file))
        for name in names:
            own = [row for row in found if row["model"] == name]
            for column in ("boxed_images", "peak_hits", "true_positives", "hits_among_them", "unreachable"):
                if sum(int(row[column]) for row in own[:-1]) != int(own[-1][column]):
                    tally.faults.append(f"localisation.csv {name}: {column} of all is not the sum")
            for row in own:
                if abs(int(row["peak_hits"]) / int(row["boxed_images"]) - float(row["peak_hit_rate"])) > 1e-12:
                    tally.faults.append(f"localisation.csv {name} {row['label']}: the rate is not hits to films")
                if int(row["peak_hits"]) > int(row["boxed_images"]) - int(row["unreachable"]):
                    tally.faults.append(f"localisation.csv {name} {row['label']}: hits out of reach")
        print(f"localisation.csv: {len(found)} rows agree with themselves; where peaks lie is beyond scores")

    for fault in tally.faults[:40]:
        print("recompute: " + fault, file=sys.stderr)
    print(f"recompute: {len(tally.faults)} faults")
    sys.exit(1 if tally.faults else 0)


main()
