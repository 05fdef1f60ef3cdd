"""Writes the reference answers on intervals (spreads.json) for the films of intervals.json.

Judges: NumPy by naive loops (areas by pairs, patients left out one by one, weights moved by a hair) and SciPy's
distributions and root finder. Nothing is shared with the library but the formulas that its documentation names."""

import json
from pathlib import Path

import numpy as np
import scipy
from scipy import stats
from scipy.optimize import brentq

FOLDER = Path(__file__).resolve().parent.parent / "ReferenceTests" / "Fixtures"
LEVEL = 0.95
Z = stats.norm.ppf((1 + LEVEL) / 2)


def kish(counts):
    counts = np.asarray([c for c in counts if c > 0], float)
    return counts.sum() ** 2 / (counts**2).sum() if len(counts) else 0.0


def reach(df):
    return stats.t.ppf((1 + LEVEL) / 2, df) if df < 1e6 else Z


def freedom(e):
    """2 V²/(Σe⁴ − V²/n) over what is not 0."""
    e = np.asarray(e, float)
    e = e[e != 0]
    v = (e**2).sum()
    spread = (e**4).sum() - v**2 / max(1, len(e))
    return 2 * v**2 / spread if spread > 0 else np.inf


def area(s, y):
    p, n = s[y == 1], s[y == 0]
    return np.mean((p[:, None] > n[None, :]) + 0.5 * (p[:, None] == n[None, :]))


def model(a, m, n):
    return a * (1 - a) * (1 + ((m + n) / 2 - 1) * ((1 - a) / (2 - a) + a / (1 + a))) / (m * n)


def area_parts(s, y, owner):
    a = area(s, y)
    ids = np.unique(owner)
    left = {}
    for i in ids:
        keep = owner != i
        if y[keep].min() != y[keep].max():
            left[i] = area(s[keep], y[keep])
    values = np.array(list(left.values()))
    g = len(values)
    e = (values.mean() - values) * np.sqrt((g - 1) / g)
    v = (e**2).sum()
    m, n = (y == 1).sum(), (y == 0).sum()
    kp, kn = (kish([((owner == i) & (y == k)).sum() for i in ids]) for k in (1, 0))
    k = min(kp, kn)
    known = freedom(e)
    full = dict(zip(left, e))
    if 0 < a < 1 and v > 0:
        r = v / model(a, m, n)
        if r < 1 and np.isfinite(known):
            r = (known * r + 4) / (known + 4)
        effect = r * k / (k - 1)
    else:
        effect = max(m / kp, n / kn)
    return dict(a=a, m=m, n=n, kp=kp, k=k, v=v, e=np.array([full.get(i, 0.0) for i in ids]), effect=effect,
                df=min(k - 1, known), ids=ids)


def ends(a, excess):
    """Where (a − θ)² − excess(θ) changes its sign, on either side of a."""
    f = lambda x: (a - x) ** 2 - excess(x)
    low = 0.0 if a == 0 else brentq(f, 0, a * (1 - 1e-13), xtol=1e-15)
    high = 1.0 if a == 1 else brentq(f, a + (1 - a) * 1e-13, 1, xtol=1e-15)
    return [low, high]


def area_interval(p):
    t = reach(p["df"])
    return ends(p["a"], lambda x: t * t * model(x, p["m"] / p["effect"], p["n"] / p["effect"]))


def mean_interval(parts):
    a = np.mean([p["a"] for p in parts])
    own = []
    for p in parts:
        room = 0.5 / (p["k"] + 1)
        own.append(p["effect"] * model(min(max(p["a"], room), 1 - room), p["m"], p["n"]))
    own = np.array(own)
    e = np.mean([p["e"] for p in parts], axis=0)
    v = (e**2).sum() * max(1, own.sum() / sum(p["v"] for p in parts))
    df = min(freedom(e), own.sum() ** 2 / sum(w * w / max(p["df"], 0.5) for w, p in zip(own, parts)))
    t = reach(df)
    m = np.mean([p["m"] / max(1, p["effect"]) for p in parts])
    n = np.mean([p["n"] / max(1, p["effect"]) for p in parts])
    return ends(a, lambda x: t * t * v / model(a, m, n) * model(x, m, n))


def precision(s, y, w):
    """Average precision of weighted films."""
    total, hits, found, last = (w * y).sum(), 0.0, 0.0, 0.0
    for score in np.unique(s)[::-1]:
        here = s >= score
        tp, all_ = (w * y)[here].sum(), w[here].sum()
        hits += (tp - last) * tp / all_
        last = tp
    return hits / total


def precision_interval(s, y, owner, parts, draws):
    ap = precision(s, y, np.ones(len(y)))
    h, e = 1e-6, []
    for i in parts["ids"]:
        sides = [precision(s, y, np.where(owner == i, 1 + d, 1.0)) for d in (h, -h)]
        e.append((sides[0] - sides[1]) / (2 * h))
    e = np.array(e)
    e[np.abs(e) < 1e-13] = 0
    v = (e**2).sum()
    a = (e**3).sum() / (6 * v**1.5)
    t = reach(min(parts["kp"] - 1, freedom(e)))
    error = np.std(draws, ddof=1) * np.sqrt(parts["k"] / (parts["k"] - 1))
    d, skew, logit = t * error / (ap * (1 - ap)), max(0, a * t), np.log(ap / (1 - ap))
    return [1 / (1 + np.exp(-(logit - d * (1 - min(0.5, skew))))), 1 / (1 + np.exp(-(logit + d * (1 + min(1, skew)))))]


def mid_p(share, n):
    """P(X > h) + P(X = h)/2 by the beta form, which also holds where h is no whole number."""
    h, m = share * n, (1 - share) * n

    def chance(p):
        more = stats.beta.cdf(p, h + 1, m) if m > 0 else 0.0
        return ((stats.beta.cdf(p, h, m + 1) if h > 0 else 1.0) + more) / 2

    tail = (1 - LEVEL) / 2
    low = 0.0 if h == 0 else brentq(lambda p: chance(p) - tail, 0, 1, xtol=1e-15)
    high = 1.0 if m == 0 else brentq(lambda p: chance(p) - 1 + tail, 0, 1, xtol=1e-15)
    return [low, high]


def share_parts(hit, owner):
    """`hit` is NaN where a film is not counted."""
    ids = np.unique(owner)
    kept = ~np.isnan(hit)
    h = np.array([hit[(owner == i) & kept].sum() for i in ids])
    f = np.array([((owner == i) & kept).sum() for i in ids])
    share, all_ = h.sum() / f.sum(), f.sum()
    k = kish(f)
    clustering = 1 - k / all_
    moves = np.where(f < all_, (h - share * f) / np.maximum(1, all_ - f), 0.0)
    if 0 < share < 1:
        g = (f > 0).sum()
        v = (moves**2).sum() * ((g - 1) / g) ** 2
        n = all_ / max(1, v / (share * (1 - share) / all_))
        n /= 1 + 4 * clustering / max(0.5, min(kish(h), kish(f - h)) - 1)
        known = freedom(moves)
    else:
        n, known = k, np.inf
    df = max(0.5, min(k - 1, known)) / clustering if clustering > 1e-12 else np.inf
    n *= (Z / reach(df)) ** 2
    return share, mid_p(share, n), moves


def ratio(p, pi, q, qi, rho):
    """Donner and Zou's limits, by their equations."""
    (l, u), (k, v) = pi, qi
    a, d, c = p * q - rho * (p - l) * (v - q), v * (2 * q - v), l * (2 * p - l)
    low = (a - np.sqrt(max(0, a * a - c * d))) / d if abs(d) > 1e-12 else c / (2 * a)
    if k <= 0:
        return [max(0, low), np.inf]
    a, d, c = p * q - rho * (u - p) * (q - k), k * (2 * q - k), u * (2 * p - u)
    high = (a + np.sqrt(max(0, a * a - c * d))) / d if abs(d) > 1e-12 else c / (2 * a)
    return [max(0, low), high]


def paired(a, b, owner):
    kept = ~np.isnan(a)
    ids = np.unique(owner)
    d = np.array([(a - b)[(owner == i) & kept].sum() for i in ids])
    f = np.array([((owner == i) & kept).sum() for i in ids])
    if not (d**2).sum():
        return None
    value = d.sum() / f.sum()
    if np.allclose(d, value * f):
        # All patients say the same: Wilson's of none, or all, of as many.
        room = Z**2 / (kish(f) + Z**2)
        inner, outer = abs(value) * (1 - 2 * room), min(1, abs(value) + room)
        interval = [inner, outer] if value > 0 else [-outer, -inner]
        return {"interval": interval, "p": 2 * stats.norm.sf(abs(d.sum()) / np.sqrt((d**2).sum()))}
    z = lambda x: (value - x) * f.sum() / np.sqrt(((d - x * f) ** 2).sum())
    low = -1.0 if z(-1.0) < Z else brentq(lambda x: z(x) - Z, -1, value, xtol=1e-14)
    high = 1.0 if z(1.0) > -Z else brentq(lambda x: z(x) + Z, value, 1, xtol=1e-14)
    return {"interval": [low, high], "p": 2 * stats.norm.sf(abs(z(0)))}


def main():
    answers = []
    for case in json.loads((FOLDER / "intervals.json").read_text())["cases"]:
        y, owner = np.array(case["y"]), np.array(case["patients"])
        scores = [np.array(case[k], float) for k in "ab"]
        parts = [area_parts(s, y, owner) for s in scores]
        # Any draws will do: what follows from them is judged.
        draws = np.random.default_rng(7).normal(0.5, 0.05, 40)
        s = scores[0]
        cut = float(np.median(s))
        calls = [s_ > float(np.median(s_)) for s_ in scores]
        found = [np.where(y == 1, c, np.nan) for c in calls]
        sens, sens_interval, moves = share_parts(found[0], owner)
        false, false_interval, false_moves = share_parts(np.where(y == 0, calls[0], np.nan), owner)
        rho = (moves * false_moves).sum() / np.sqrt((moves**2).sum() * (false_moves**2).sum()) if moves.any() else 0
        low, high = ratio(false, false_interval, sens, sens_interval, rho)
        odds = 0.9 / 0.1
        answers.append({
            "name": case["name"], "threshold": cut, "other_threshold": float(np.median(scores[1])),
            "auc": area_interval(parts[0]), "mean_auc": mean_interval(parts), "draws": draws.tolist(),
            "average_precision": None if 1 in (case["average_precision"][0],)
            else precision_interval(s, y, owner, parts[0], draws),
            "sensitivity": sens_interval, "specificity": [1 - false_interval[1], 1 - false_interval[0]],
            "ppv": share_parts(np.where(calls[0], y, np.nan), owner)[1],
            "ppv_at_tenth": [1 / (1 + high * odds), 1 / (1 + low * odds)], "paired": paired(*found, owner),
            "patients_with": len(set(owner[y == 1])), "patients_without": len(set(owner[y == 0])),
        })
    text = {"cases": answers, "mid_p": [[h, n, *mid_p(h / n, n)] for h, n in ((0, 10), (3, 10), (50, 61), (9, 9), (1, 400))],
            "versions": {"numpy": np.__version__, "scipy": scipy.__version__}}
    (FOLDER / "spreads.json").write_text(json.dumps(text, indent=1) + "\n")


if __name__ == "__main__":
    main()
