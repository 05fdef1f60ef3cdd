"""Lets pandas and scikit-learn judge how cxr-explore reads the label files of public collections.

usage: judge.py BIN_DIR WHEEL [--work DIR] [--full]

Lays the tables of tables.py, has cxr-explore count each of them, and counts the same films, patients, labels and parts
without it. Every figure has to be the same: whole numbers, and the SHA-256 of each part's patients. A line says what
came of each run; the last one how many passed.
"""

import argparse
import hashlib
import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import pandas as pd
from sklearn.model_selection import train_test_split

import tables
import truths
from columns import PADCHEST_NAME
from truths import Truth

PARTS = ["train", "validation", "test"]
ALONE = "--each-film-a-patient"


# ---- The figures that follow


def canonical(patient):
    """Whole numbers below 2^64 are written without leading zeros."""
    is_number = patient.isascii() and patient.isdigit() and int(patient) < 2**64
    return str(int(patient)) if is_number else patient


def in_order(patients):
    """Numbers by value, then texts by Unicode scalar."""
    numbers = [one for one in patients if one.isascii() and one.isdigit() and int(one) < 2**64]
    return sorted(numbers, key=int) + sorted(set(patients) - set(numbers))


def split_of(truth, patient):
    """The part of each film: what the file says, or scikit-learn's split of the patients as they first appear."""
    if truth.split is not None:
        return truth.split
    rest, test = train_test_split(list(dict.fromkeys(patient)), test_size=0.2, random_state=0)
    train, validation = train_test_split(rest, test_size=0.26, random_state=0)
    parts = dict.fromkeys(train, "train") | dict.fromkeys(validation, "validation") | dict.fromkeys(test, "test")
    return patient.map(parts)


def counted(frame):
    return {label: int(count) for label, count in frame.sum().items()}


def positive(counts):
    """A label that no film is counted for may be left out of a list of counts, or stand there with 0."""
    return {name: count for name, count in counts.items() if count}


def figures(truth):
    """The keys of explore.json that are compared, by pandas, and the patients that are in two parts."""
    patient = truth.patient.map(canonical)
    found = {
        "images": len(truth.film), "rows": truth.rows, "patients": patient.nunique(),
        "studies": None if truth.study is None else truth.study.nunique(),
        "labels": counted(truth.present), "unknown_labels": positive(counted(truth.unknown)),
        "uncertain_labels": {} if truth.uncertain is None else positive(counted(truth.uncertain)),
        "rows_left_out": truth.left_out,
    }  # fmt: skip
    if truth.view is not None:
        views = truth.present.groupby(truth.view)
        found["views"] = {view: {"images": len(own), "labels": counted(own)} for view, own in views}
    split = split_of(truth, patient)
    assert split.isin(PARTS).all()
    found["split"] = {}
    for part in PARTS:
        patients = in_order(set(patient[split == part]))
        found["split"][part] = {
            "images": int((split == part).sum()), "patients": len(patients),
            "labels": counted(truth.present[split == part]),
            "patients_sha256": hashlib.sha256("\n".join(patients).encode()).hexdigest(),
        }  # fmt: skip
    # Where a file says the parts, nothing keeps a patient in one of them but the file.
    torn = split.groupby(patient).nunique()
    return found, sorted(torn[torn > 1].index)


# ---- Judging


def differences(ours, theirs, place=""):
    """Each place where explore.json lacks what pandas found, or says something else."""
    if isinstance(theirs, dict) and isinstance(ours, dict):
        if place in ("unknown_labels", "uncertain_labels"):
            ours = positive(ours)
        is_open = place in ("", "split.train", "split.validation", "split.test")
        keys = list(theirs) + [key for key in ours if key not in theirs and not is_open]
        both = ((ours.get(key, "nothing"), theirs.get(key, "nothing"), f"{place}.{key}".lstrip(".")) for key in keys)
        return [line for one in both for line in differences(*one)]
    return [] if ours == theirs else [f"{place}: ours {ours}, theirs {theirs}"]


class Judge:
    def __init__(self, program, folder):
        self.program, self.folder = program, folder
        self.passed = self.failed = 0

    def say(self, line, problems):
        self.passed, self.failed = self.passed + (not problems), self.failed + bool(problems)
        print(line, "; ".join(problems) or "agrees", flush=True)

    def explore(self, path, *options):
        """How cxr-explore ended, what it said, explore.json, and the seconds of the whole run."""
        output = self.folder / "explored"
        answer = output / "explore.json"
        answer.unlink(missing_ok=True)
        command = [self.program, "--csv", path, "--output", output, "--force", *options]
        start = time.perf_counter()
        run = subprocess.run(command, capture_output=True, text=True)
        seconds = time.perf_counter() - start
        ours = json.loads(answer.read_text()) if answer.exists() else {}
        return run.returncode, run.stdout + run.stderr, ours, seconds

    def compare(self, name, path, truth, *options, collection):
        """Judges a run, and gives its explore.json."""
        expected, torn = figures(truth)
        code, said, ours, seconds = self.explore(path, *options)
        problems = [f"in two parts: {torn[:5]}"] if torn else []
        if code != 0:
            problems.append(f"exit: ours {code}, theirs 0: {said[-1000:]}")
        elif not ours:
            problems.append("explore.json: not written")
        else:
            problems += differences(ours, expected)
            if list(ours.get("labels", [])) != list(expected["labels"]):
                problems.append(f"order: ours {list(ours.get('labels', []))}, theirs {list(expected['labels'])}")
            if collection and (ours.get("collection") or {}).get("name") != collection:
                problems.append(f"collection: ours {ours.get('collection')}, theirs {collection}")
        size = f"{expected['rows']} rows, {expected['images']} films, {expected['patients']} patients"
        self.say(f"{name}: {size}, {seconds:.2f} s:", problems)
        return ours

    def judge(self, name, collection, path, truth, is_alone):
        # SIIM's two columns are those of other tasks too: its header tells nothing, and the message names the collection.
        if collection == "siim":
            return self.judge_unrecognised(name, collection, path, truth)
        is_recognised = collection != "nih"
        options = [ALONE] if is_alone else []
        chosen = self.compare(name, path, truth, *options, "--collection", collection, collection=collection)
        # A file in NIH's shape needs no description, and none is taken for it.
        expected = collection if is_recognised else None
        found = self.compare(f"{name}, by its header", path, truth, *options, collection=expected)
        self.say(f"{name}: the same with --collection and without:", differing(chosen, found, is_recognised))
        if is_alone:
            self.refused(name, path)
            self.with_patients(name, path, truth)

    def judge_unrecognised(self, name, collection, path, truth):
        by_name = ["--collection", collection]
        self.compare(name, path, truth, ALONE, *by_name, collection=collection)
        self.refused(name, path, named=[" ".join(by_name)])
        self.refused(name, path, *by_name)
        self.with_patients(name, path, truth, *by_name)

    def refused(self, name, path, *options, named=("--patients", ALONE)):
        """Without patients films cannot be split: the message has to name both ways out."""
        code, said, _, _ = self.explore(path, *options)
        problems = [] if code == 1 else [f"exit: ours {code}, theirs 1"]
        problems += [f"not named: {option}" for option in named if option not in said]
        self.say(f"{name}, without patients:", problems + [f"it says: {said[-1000:]}"] if problems else [])

    def with_patients(self, name, path, truth, *options):
        """A table of two to three films a patient (the last may have fewer), in another order than the films.

        Some patients' names are no numbers.
        """
        chance = np.random.default_rng(4)
        number = np.repeat(np.arange(len(truth.film)), chance.integers(2, 4, len(truth.film)))[: len(truth.film)]
        patient = pd.Series([f"P-{one}" if one % 5 == 0 else str(one) for one in chance.permutation(number)])
        table = pd.DataFrame({"Image Index": truth.film, "Patient ID": patient})
        table.sample(frac=1, random_state=4).to_csv(self.folder / "patients.csv", index=False)
        truth = Truth(truth.rows, truth.film, patient, truth.present, truth.unknown)
        self.compare(f"{name}, with a table of patients", path, truth, "--patients", self.folder / "patients.csv",
                     *options, collection=None)  # fmt: skip


def differing(chosen, found, is_recognised):
    """The keys of two answers that are not the same, of which a file that is not recognised says no collection."""
    if not chosen or not found:
        return ["no two answers"]
    keys = [key for key in dict.fromkeys([*chosen, *found]) if chosen.get(key) != found.get(key)]
    keys = [key for key in keys if is_recognised or key != "collection"]
    return [f"{key}: with {str(chosen.get(key))[:300]}, without {str(found.get(key))[:300]}" for key in keys]


COLLECTIONS = [
    ("nih", "nih", "nih/Data_Entry_2017_v2020.csv", truths.nih, False),
    ("chexpert", "chexpert", "chexpert/train.csv", truths.chexpert, False),
    ("padchest", "padchest", f"padchest/{PADCHEST_NAME}", truths.padchest, False),
    ("vindr-cxr (Kaggle)", "vindr-cxr", "vindr-kaggle/train.csv", truths.vindr_kaggle, True),
    ("vindr-cxr (PhysioNet, train)", "vindr-cxr", tables.VINDR_TRAIN, truths.vindr_physionet, True),
    ("vindr-cxr (PhysioNet, test)", "vindr-cxr", tables.VINDR_TEST, truths.vindr_physionet, True),
    ("rsna-pneumonia", "rsna-pneumonia", "rsna/stage_2_train_labels.csv", truths.rsna, True),
    ("siim", "siim", "siim/train-rle.csv", truths.siim, True),
    ("mimic-cxr", "mimic-cxr", tables.MIMIC.format("chexpert"), truths.mimic, False),
    ("covid-chestxray", "covid-chestxray", tables.COVID, truths.covid, False),
]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("bin", type=Path, metavar="BIN_DIR")
    parser.add_argument("wheel", type=Path)
    parser.add_argument("--work", type=Path, metavar="DIR", help="where the tables stay")
    parser.add_argument("--full", action="store_true", help="MIMIC-CXR's tables at their published size")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        folder = options.work or Path(temporary)
        laid = tables.lay(options.wheel, folder, full=options.full)
        judge = Judge((options.bin / "cxr-explore").resolve(), folder)
        for name, collection, path, reads, is_alone in COLLECTIONS:
            # What is counted in a table that was written by seed says nothing of the collection.
            shown = name if laid[path] else f"{name}, by seed"
            judge.judge(shown, collection, folder / path, reads(folder / path), is_alone)
    print(f"{judge.passed} passed, {judge.failed} failed")
    return 1 if judge.failed else 0


if __name__ == "__main__":
    sys.exit(main())
