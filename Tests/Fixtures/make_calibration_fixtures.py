"""Calibration and decisions by statsmodels, SciPy and loops in NumPy, for CalibrationTests of ReferenceTests.

usage: make_calibration_fixtures.py OUTPUT.json

Made with Python 3.11.7, NumPy 2.4.6, SciPy 1.17.1, statsmodels 0.15.0.
"""

import json
import sys

import numpy as np
import statsmodels.api as sm
from scipy import stats


def worth(y, patients):
    """How many patients of equal weight have the rarer of finding and none (Kish)."""
    films = [np.array([(own & (patients == p)).sum() for p in np.unique(patients)]) for own in (y == 1, y == 0)]
    return min(f.sum() ** 2 / max(1, (f**2).sum()) for f in films)


def interval(value, influence, n):
    """value ± t·SE of how far each patient moves it, longer by a·t on the side of the larger moves; t by the spread of the
    squares, or by n patients."""
    own = influence[influence != 0]
    squares = own**2
    variance = squares.sum()
    spread = (squares**2).sum() - variance**2 / len(own)
    freedom = 2 * variance**2 / spread if spread > 0 else np.inf
    t = stats.t.ppf(0.975, max(1, min(n - 1, freedom)))
    reach = t * np.sqrt(variance * n / (n - 1))
    skew = min(1, max(-1, t * (own**3).sum() / (6 * variance**1.5)))
    return [value - reach * (1 + max(0, -skew)), value + reach * (1 + max(0, skew))]


def sums(values, patients):
    return np.array([values[patients == p].sum() for p in np.unique(patients)])


def moves(design, errors, weights, patients):
    """How far each patient moves the parameters: what it pulls, by the others' curvature (Mancl and DeRouen, 2001)."""
    bread = design.T @ (design * weights[:, None])
    rows = []
    for patient in np.unique(patients):
        own = patients == patient
        others = bread - design[own].T @ (design[own] * weights[own, None])
        rows.append(np.linalg.solve(others, design[own].T @ errors[own]))
    return np.array(rows)


def reduced(y, design, patients, family, offset):
    """The standard errors of statsmodels' generalised estimating equations, corrected as Mancl and DeRouen do."""
    model = sm.GEE(y, design, groups=patients, family=family, offset=offset)
    return model.fit(cov_type="bias_reduced", ctol=1e-12, maxiter=500).bse


def line(p, y, patients):
    """Intercept with slope 1, slope, and observed to expected, by statsmodels; intervals by patients left out."""
    z = np.log(p) - np.log1p(-p)
    answers = {}
    finite = np.isfinite(z).all()
    mixed = finite and z[y == 1].min() < z[y == 0].max() and z[y == 0].min() < z[y == 1].max()
    for name, design, offset, column in (
        ("intercept", np.ones((len(z), 1)), z, 0),
        ("slope", np.column_stack([np.ones_like(z), z]), None, 1),
    ):
        if not (mixed if name == "slope" else finite):
            answers[name] = [None, None, None]
            continue
        family = sm.families.Binomial()
        fit = sm.GLM(y, design, family=family, offset=offset).fit(tol=1e-14, maxiter=200)
        influence = moves(design, y - fit.mu, fit.mu * (1 - fit.mu), patients)[:, column]
        # Their squares are statsmodels' variance.
        error = reduced(y, design, patients, family, offset)[column]
        assert np.isclose(np.sqrt((influence**2).sum()), error, rtol=1e-6), name
        answers[name] = [fit.params[column], *interval(fit.params[column], influence, worth(y, patients))]
    ratio = y.sum() / p.sum()
    influence = moves(np.ones((len(p), 1)), y - ratio * p, ratio * p, patients)[:, 0]
    if y.any() and (p > 0).all():
        error = reduced(y, np.ones((len(p), 1)), patients, sm.families.Poisson(), np.log(p))[0]
        assert np.isclose(np.sqrt((influence**2).sum()), error, rtol=1e-6), "observed to expected"
    answers["observed_to_expected"] = [ratio, *np.exp(interval(np.log(ratio), influence, worth(y, patients)))]
    return answers


def by_chance(p, groups=10):
    """The mean distance of each group's count from its mean, by summing the binomial distribution."""
    order = np.sort(p)
    total = 0.0
    for g in range(groups):
        own = order[g * len(p) // groups : (g + 1) * len(p) // groups]
        k = np.arange(len(own) + 1)
        total += (stats.binom.pmf(k, len(own), own.mean()) * np.abs(k - own.sum())).sum()
    return total / len(p)


def decisions(p, y):
    rows = []
    for threshold in (0.01, 0.1, 0.35, 0.5):
        exchange = threshold / (1 - threshold)
        called = p >= threshold
        rows.append(
            [
                threshold,
                (called & (y == 1)).mean() - (called & (y == 0)).mean() * exchange,
                (y == 1).mean() - (y == 0).mean() * exchange,
            ]
        )
    return rows


def main():
    random = np.random.default_rng(7)
    cases = []
    for name, count, patients, shift, scale in (
        ("right", 400, 400, 0.0, 1.0),
        ("too sure, several films a patient", 600, 150, 0.4, 1.8),
        ("rare", 900, 300, -3.5, 0.7),
        ("few patients", 60, 6, -0.5, 1.0),
    ):
        patient = np.sort(random.integers(0, patients, count))
        own = random.normal(0, 0.8, patients)[patient]
        z = random.normal(0, 1, count) + own
        y = (random.random(count) < 1 / (1 + np.exp(-(z + shift)))).astype(float)
        p = np.round(1 / (1 + np.exp(-scale * z)), 12)
        cases.append(
            {
                "name": name,
                "p": p.tolist(),
                "y": y.astype(int).tolist(),
                "patients": patient.tolist(),
                "by_chance": by_chance(p),
                "skill": 1 - ((p - y) ** 2).mean() / (y.mean() * (1 - y.mean())),
                "decisions": decisions(p, y),
                **line(p, y, patient),
            }
        )
    with open(sys.argv[1], "w") as file:
        json.dump({"cases": cases}, file)


if __name__ == "__main__":
    main()
