"""Writes scikit-learn's three parts of a small list of patients (patient_split.json).

The reference splits twice: first the test patients off, then the validation patients off the rest."""

import json
from pathlib import Path

import numpy as np
import sklearn
from sklearn.model_selection import train_test_split

OUT = Path(__file__).resolve().parent.parent / "ReferenceTests" / "Fixtures" / "patient_split.json"

# Not in order, since the order of first appearance counts.
PATIENTS = [str(i) for i in np.random.default_rng(26).permutation(np.arange(3, 96, 4))]

random_parts, listed_parts = [], []
for seed in (0, 1, 42):
    rest, test = train_test_split(PATIENTS, test_size=0.2, random_state=seed)
    train, validation = train_test_split(rest, test_size=0.26, random_state=seed)
    random_parts.append({"seed": seed, "train": train, "validation": validation, "test": test})
    # Where a list says who is in training, an eighth of them validates.
    train, validation = train_test_split(PATIENTS, test_size=0.125, random_state=seed)
    listed_parts.append({"seed": seed, "train": train, "validation": validation})

OUT.write_text(
    json.dumps(
        {
            "versions": {"scikit-learn": sklearn.__version__, "numpy": np.__version__},
            "patients": PATIENTS, "random": random_parts, "listed": listed_parts,
        }) + "\n")
