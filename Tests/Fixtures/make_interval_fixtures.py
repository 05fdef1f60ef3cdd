"""Writes the reference answers on intervals, operating points and calibration (intervals.json).

Judges: R's pROC (r-cran-proc) and stats, scikit-learn, and naive sums in NumPy."""

import json
import subprocess
import tempfile
import warnings
from pathlib import Path

import numpy as np
import sklearn
from sklearn.calibration import calibration_curve
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import average_precision_score, brier_score_loss, roc_auc_score, roc_curve

warnings.filterwarnings("ignore")
OUT = Path(__file__).resolve().parent.parent / "ReferenceTests" / "Fixtures" / "intervals.json"
GENERATOR = np.random.default_rng(20260)

R = """
suppressMessages(library(pROC)); options(digits = 17)
cases <- strsplit(readLines("cases.txt"), " ")
for (name in unlist(cases)) {
  d <- read.csv(paste0(name, ".csv"))
  a <- roc(d$y, d$a, direction = "<", levels = c(0, 1), quiet = TRUE)
  b <- roc(d$y, d$b, direction = "<", levels = c(0, 1), quiet = TRUE)
  t <- roc.test(a, b, method = "delong", paired = TRUE)
  cat(sprintf("%s %.17g %.17g %.17g %.17g %.17g %.17g %.17g\\n", name, auc(a), auc(b),
    var(a, method = "delong"), var(b, method = "delong"), cov(a, b, method = "delong"),
    ci(a, method = "delong")[1], t$p.value))
}
p <- c(0.001, 0.04, 0.03, 0.2, 0.012, 0.9)
cat("holm", sprintf("%.17g", p.adjust(p, "holm")), "\\n")
q <- c(1e-9, 0.001, 0.025, 0.2, 0.5, 0.9, 0.975, 0.9999999)
cat("qnorm", sprintf("%.17g", qnorm(q)), "\\n")
for (df in c(1, 1.5, 2, 5.25, 30, 1000)) cat("qt", df, sprintf("%.17g", qt(q, df)), "\\n")
cat("versions", as.character(getRversion()), as.character(packageVersion("pROC")), "\\n")
"""


def score_set(films, prevalence, shift, ties):
    y = (GENERATOR.random(films) < prevalence).astype(int)
    y[:2], y[2:4] = 1, 0
    common = GENERATOR.normal(size=films)
    scores = []
    for strength in (shift, shift * 0.7):
        z = 0.5 * common + GENERATOR.normal(size=films) + strength * y - 2
        p = 1 / (1 + np.exp(-z))
        scores.append(np.float32(np.round(p * ties) / ties if ties else p))
    patients = np.sort(GENERATOR.integers(0, max(2, films // 3), films))
    return y, scores[0], scores[1], patients


def clustered_covariance(y, a, b, patients):
    """Obuchowski 1997, by sums over all pairs of films."""

    def components(s):
        pos, neg = s[y == 1].astype(float), s[y == 0].astype(float)
        psi = (pos[:, None] > neg[None]) + 0.5 * (pos[:, None] == neg[None])
        return psi.mean(1), psi.mean(0), psi.mean()

    (va, wa, ta), (vb, wb, tb) = components(a), components(b)
    pp, pn = patients[y == 1], patients[y == 0]
    ids = np.unique(patients)
    m, n = len(pp), len(pn)
    s10 = s01 = s11 = 0.0
    for i in ids:
        x, z = va[pp == i].sum() - (pp == i).sum() * ta, vb[pp == i].sum() - (pp == i).sum() * tb
        u, w = wa[pn == i].sum() - (pn == i).sum() * ta, wb[pn == i].sum() - (pn == i).sum() * tb
        s10 += x * z
        s01 += u * w
        s11 += x * w + z * u
    i10, i01, i_all = len(np.unique(pp)), len(np.unique(pn)), len(ids)
    return (
        i10 / (i10 - 1) * s10 / m**2 + i01 / (i01 - 1) * s01 / n**2
        + i_all / (i_all - 1) * s11 / (m * n)
    )


def thresholds(y, s):
    """By trying every count of films called positive; of equals, the lowest threshold."""
    levels = np.unique(s)[::-1]
    P, N = y.sum(), (1 - y).sum()
    tp = [0] + [int(y[s >= t].sum()) for t in levels]
    fp = [0] + [int((1 - y)[s >= t].sum()) for t in levels]

    def last_best(values):
        values = np.array(values)
        return int(np.flatnonzero(values == values.max())[-1])

    pairs = list(zip(tp, fp))
    chosen = {
        "youden": last_best([t * N - f * P for t, f in pairs]),
        "f1": last_best([2 * t / (P + t + f) for t, f in pairs]),
        "cost=5.0": last_best([-(5.0 * (P - t) + f) for t, f in pairs]),
        "sensitivity=0.9": next(i for i, (t, _) in enumerate(pairs) if t >= 0.9 * P),
        "specificity=0.9": [i for i, (_, f) in enumerate(pairs) if N - f >= 0.9 * N][-1],
    }
    return {rule: {"tp": tp[i], "fp": fp[i]} for rule, i in chosen.items()}


def band(y, s, weights):
    fpr, tpr, _ = roc_curve(y, s, sample_weight=weights, drop_intermediate=False)
    grid = np.arange(101) / 100
    return [float(np.interp(g, fpr, tpr)) if (fpr == g).sum() == 0 else None for g in grid]


cases = {
    "plain": score_set(300, 0.2, 1.5, 0),
    "tied": score_set(400, 0.1, 1.2, 20),
    "few": score_set(30, 0.3, 1.0, 0),
    "rare": score_set(1500, 0.01, 2.0, 0),
    "backwards": score_set(120, 0.5, -1.0, 50),
}
answers = {"cases": []}
with tempfile.TemporaryDirectory() as folder:
    folder = Path(folder)
    (folder / "cases.txt").write_text(" ".join(cases))
    for name, (y, a, b, _) in cases.items():
        rows = "".join(f"{t},{float(p)!r},{float(q)!r}\n" for t, p, q in zip(y, a, b))
        (folder / f"{name}.csv").write_text("y,a,b\n" + rows)
    (folder / "judge.R").write_text(R)
    out = subprocess.run(
        ["Rscript", "judge.R"], cwd=folder, check=True, capture_output=True, text=True
    ).stdout
    lines = [line.split() for line in out.splitlines()]
r = {line[0]: [float(x) for x in line[1:]] for line in lines if line[0] in cases or line[0] in ("holm", "qnorm")}
answers["holm"] = {"p": [0.001, 0.04, 0.03, 0.2, 0.012, 0.9], "corrected": r["holm"]}
answers["quantiles"] = [1e-9, 0.001, 0.025, 0.2, 0.5, 0.9, 0.975, 0.9999999]
answers["normal"] = r["qnorm"]
answers["student"] = [
    {"df": float(line[1]), "quantiles": [float(x) for x in line[2:]]} for line in lines if line[0] == "qt"
]
answers["versions"] = {
    "R": next(line[1] for line in lines if line[0] == "versions"),
    "pROC": next(line[2] for line in lines if line[0] == "versions"),
    "scikit-learn": sklearn.__version__,
    "numpy": np.__version__,
}

for name, (y, a, b, patients) in cases.items():
    counts = np.bincount(GENERATOR.integers(0, patients.max() + 1, patients.max() + 1), minlength=patients.max() + 1)
    weights = counts[patients]
    logits = np.log(np.clip(a.astype(float), 1e-6, 1 - 1e-6) / (1 - np.clip(a.astype(float), 1e-6, 1 - 1e-6)))
    fitted = LogisticRegression(C=np.inf, tol=1e-12, max_iter=10000, solver="newton-cholesky").fit(logits[:, None], y)
    observed, predicted = calibration_curve(y, a.astype(float), n_bins=10, strategy="uniform")
    bins = np.clip(np.ceil(a.astype(float) * 10).astype(int) - 1, 0, 9)
    ece = sum(
        (bins == g).mean() * abs(a[bins == g].astype(float).mean() - y[bins == g].mean())
        for g in range(10) if (bins == g).any()
    )
    auc_a, auc_b, var_a, var_b, covariance, low, p = r[name]
    answers["cases"].append({
        "name": name, "y": y.tolist(), "a": [float(x) for x in a], "b": [float(x) for x in b],
        "patients": patients.tolist(), "weights": counts.tolist(),
        "auc": [roc_auc_score(y, a), roc_auc_score(y, b)],
        "proc": {"auc": [auc_a, auc_b], "variance": [var_a, var_b], "covariance": covariance, "low": low, "p": p},
        "average_precision": [average_precision_score(y, a), average_precision_score(y, b)],
        "clustered": [
            clustered_covariance(y, a, a, patients), clustered_covariance(y, b, b, patients),
            clustered_covariance(y, a, b, patients),
        ],
        "weighted_auc": float(roc_auc_score(y, a, sample_weight=weights)) if 0 < (y * weights).sum() < weights.sum() else None,
        "weighted_average_precision": float(average_precision_score(y, a, sample_weight=weights)) if (y * weights).sum() else None,
        "band": band(y, a, weights),
        "rules": thresholds(y, a),
        "brier": brier_score_loss(y, a.astype(float)),
        "uniform": {"observed": observed.tolist(), "predicted": predicted.tolist(), "ece": float(ece)},
        "logits": logits.tolist(), "logistic": [float(fitted.coef_[0, 0]), float(fitted.intercept_[0])],
    })
OUT.write_text(json.dumps(answers))
print(OUT, OUT.stat().st_size)
