"""A thousand random tables of scores, with scikit-learn's areas.

    random_tables.py FOLDER

Writes table-NUMBER.csv, in the shape of predictions-NAME.csv with one finding, and answers.json: for each table its
name, the truths in its order, roc_auc_score and average_precision_score. The tables hold what ranking in too few
digits gets wrong: steps of one unit in the last place, numbers from 1e-300 to 1, sigmoids so sure that they are 1 in
32 bits, and ties; of few films and of many, always of both kinds.
"""

import json
import sys
from pathlib import Path

import numpy as np
from sklearn.metrics import average_precision_score, roc_auc_score

TABLES = 1000


def steps(generator, films):
    """A few neighbours of one number."""
    start = 10.0 ** generator.uniform(-300, -0.01)
    bits = np.array(start).view(np.int64) + generator.integers(0, 8, films)
    return bits.view(np.float64)


def magnitudes(generator, films):
    return 10.0 ** generator.uniform(-300, 0, films)


def saturated(generator, films):
    """Sigmoids of 15 to 36: 1 - 3e-7 to 1 - 2e-16."""
    return 1 / (1 + np.exp(-generator.uniform(15, 36, films)))


def ties(generator, films):
    return generator.integers(0, generator.integers(1, 6) + 1, films) / 5


def plain(generator, films):
    return generator.random(films)


def close(generator, films):
    """Apart by 1e-8, where 32 bits have steps of 6e-8."""
    return 0.5 + generator.integers(0, 40, films) * 1e-8


KINDS = [steps, magnitudes, saturated, ties, plain, close]


def table(seed):
    generator = np.random.default_rng(seed)
    films = int(generator.integers(2, 12)) if seed % 3 == 0 else int(generator.integers(12, 1200))
    scores = KINDS[seed % len(KINDS)](generator, films)
    if seed % 4 == 1:
        # Some of another kind among them.
        others = KINDS[generator.integers(len(KINDS))](generator, films)
        scores = np.where(generator.random(films) < 0.3, others, scores)
    # Ranked well, badly or by chance; films of equal score are of both kinds.
    order = np.argsort(np.argsort(scores, kind="stable"), kind="stable") / films
    truths = order + generator.normal(size=films) * generator.uniform(0.2, 3) > generator.uniform(0.2, 1.2)
    if seed % 5 == 0:
        truths = ~truths
    truths[generator.permutation(films)[:2]] = [True, False]
    return scores, truths


folder = Path(sys.argv[1])
answers = []
for seed in range(TABLES):
    scores, truths = table(seed)
    assert ((0 <= scores) & (scores <= 1)).all() and truths.any() and not truths.all()
    name = f"table-{seed}.csv"
    with open(folder / name, "w") as file:
        file.write("Image Index,Finding\n")
        for film, score in enumerate(scores):
            # The shortest text that reads as the same number.
            file.write(f"{film}.png,{float(score)!r}\n")
    answers.append({
        "name": name, "truths": truths.tolist(), "auc": float(roc_auc_score(truths, scores)),
        "average_precision": float(average_precision_score(truths, scores)),
    })
(folder / "answers.json").write_text(json.dumps(answers))
