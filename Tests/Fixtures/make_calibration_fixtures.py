"""Calibration and decisions by statsmodels, SciPy and loops in NumPy, for CalibrationTests of ReferenceTests.

usage: make_calibration_fixtures.py OUTPUT.json

Made with Python 3.11.7, NumPy 2.4.6, SciPy 1.17.1, statsmodels 0.15.0.
"""

import json
import sys

import numpy as np
import statsmodels.api as sm
from scipy import stats


def interval(value, influence):
    """value ± t·SE of what each patient adds; t by the spread of the squares."""
    own = influence[influence != 0]
    squares = own**2
    variance = squares.sum()
    spread = (squares**2).sum() - variance**2 / len(own)
    freedom = 2 * variance**2 / spread if spread > 0 else np.inf
    freedom = max(1, min(len(own) - 1, freedom))
    reach = stats.t.ppf(0.975, freedom) * np.sqrt(variance * len(own) / (len(own) - 1))
    return [value - reach, value + reach]


def sums(values, patients):
    return np.array([values[patients == p].sum() for p in np.unique(patients)])


def line(p, y, patients):
    """Intercept with slope 1, and slope, by statsmodels; each patient's part of the error from its scores."""
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
        model = sm.GLM(y, design, family=sm.families.Binomial(), offset=offset)
        fit = model.fit(tol=1e-14, maxiter=200)
        scores = design * (y - fit.mu)[:, None]
        bread = np.linalg.inv(design.T @ (design * (fit.mu * (1 - fit.mu))[:, None]))
        influence = sums((scores @ bread)[:, column], patients)
        clustered = model.fit(
            tol=1e-14, maxiter=200, cov_type="cluster", cov_kwds={"groups": patients, "use_correction": False}
        )
        # The parts are those of statsmodels' clustered variance.
        assert np.isclose((influence**2).sum(), clustered.bse[column] ** 2, rtol=1e-6), name
        answers[name] = [fit.params[column], *interval(fit.params[column], influence)]
    ratio = y.sum() / p.sum()
    ends = interval(np.log(ratio), sums((y - ratio * p) / y.sum(), patients))
    answers["observed_to_expected"] = [ratio, *np.exp(ends)]
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
