"""Lays the label tables of public chest X-ray collections into a folder, under the names they are published by.

usage: tables.py WHEEL DIR [--seed 0] [--full]

NIH's, CheXpert's, PadChest's, RSNA's, SIIM's and Kaggle's VinDr table are the real ones: torchxrayvision 1.5.7 carries
them, WHEEL is its .whl, and it is read as the ZIP it is, never imported. The tables of MIMIC-CXR, of VinDr on
PhysioNet and of covid-chestxray cannot be fetched that way. They are written by seed, from their published columns and
with the oddities such files have: they show how a form is read, not what is in the collection.
"""

import argparse
import csv
import gzip
import io
import sys
import zipfile
from pathlib import Path

import numpy as np
import pandas as pd

from columns import COVID_COLUMNS, MIMIC_LABELS, MIMIC_METADATA, MIMIC_NAME, MIMIC_SPLIT, PADCHEST_NAME, VINDR_LABELS

VERSION = "1.5.7"

# Where each table lies in the wheel, and what its collection calls it.
IN_WHEEL = {
    "nih/Data_Entry_2017_v2020.csv": "Data_Entry_2017_v2020.csv.gz",
    "chexpert/train.csv": "chexpert_train.csv.gz",
    f"padchest/{PADCHEST_NAME}": f"{PADCHEST_NAME}.gz",
    "vindr-kaggle/train.csv": "vinbigdata-train.csv.gz",
    "rsna/stage_2_train_labels.csv": "kaggle_stage_2_train_labels.csv.zip",
    "siim/train-rle.csv": "siim-pneumothorax-train-rle.csv.gz",
}  # fmt: skip
MIMIC = f"mimic-cxr/{MIMIC_NAME}"
VINDR_TRAIN, VINDR_TEST = "vindr-physionet/image_labels_train.csv", "vindr-physionet/image_labels_test.csv"
COVID = "covid-chestxray/metadata.csv"

# How often each path of names stands in a thousand rows, about. The space after Herpes is in the published file.
COVID_FINDINGS = {
    "Pneumonia/Viral/COVID-19": 560, "Pneumonia": 80, "todo": 70, "Pneumonia/Fungal/Pneumocystis": 40,
    "No Finding": 50, "Pneumonia/Bacterial/Streptococcus": 30, "Tuberculosis": 30, "Pneumonia/Viral/SARS": 20,
    "Pneumonia/Lipoid": 15, "Pneumonia/Bacterial/Mycoplasma": 12, "Pneumonia/Bacterial": 12,
    "Pneumonia/Bacterial/Klebsiella": 10, "Pneumonia/Viral": 10, "Pneumonia/Viral/Influenza/H1N1": 10,
    "Unknown": 10, "Pneumonia/Bacterial/Staphylococcus/MRSA": 6, "Pneumonia/Viral/Herpes ": 5, "Pneumonia/Fungal": 5,
}  # fmt: skip


# ---- Real tables


def unpacked(name, data):
    """A table as it was before the wheel compressed it."""
    if name.endswith(".gz"):
        return gzip.decompress(data)
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        (only,) = archive.namelist()
        return archive.read(only)


def lay_real(wheel, folder):
    with zipfile.ZipFile(wheel) as archive:
        # Another version may carry other tables, with which no figure would be the one that was published.
        if f"torchxrayvision-{VERSION}.dist-info/METADATA" not in archive.namelist():
            sys.exit(f"{wheel} is not torchxrayvision {VERSION}")
        for to, name in IN_WHEEL.items():
            write(folder / to, unpacked(name, archive.read(f"torchxrayvision/data/{name}")))


def write(path, data):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)


# ---- Tables by seed


def hexadecimal(chance, count, digits):
    """Names of random digits. So many digits do not come twice."""
    text = chance.bytes(count * digits // 2).hex()
    return np.array([text[i : i + digits] for i in range(0, len(text), digits)])


def at_least_one(chance, groups, total):
    """Which group each of `total` things is of, in order; every group has one, and a few have many."""
    weights = chance.exponential(size=groups) ** 2
    more = chance.choice(groups, total - groups, p=weights / weights.sum())
    return np.sort(np.concatenate([np.arange(groups), more]))


def lay_mimic(chance, folder, full):
    patients, studies, films = (65379, 227835, 377110) if full else (2000, 7000, 11600)
    subject_ids = np.sort(10_000_000 + chance.choice(9_999_999, patients, replace=False))
    study_ids = 50_000_000 + chance.choice(9_999_999, studies, replace=False)
    patient_of_study = at_least_one(chance, patients, studies)
    study_of_film = at_least_one(chance, studies, films)
    patient_of_film = patient_of_study[study_of_film]
    dicom = hexadecimal(chance, films, 40)
    dicom = np.array(["-".join(name[i : i + 8] for i in range(0, 40, 8)) for name in dicom])

    # Of the published views one in 25 is blank.
    views = np.array(["AP", "PA", "LATERAL", "LL", ""])
    view = chance.choice(views, films, p=[0.39, 0.26, 0.22, 0.09, 0.04])
    meanings = {"AP": "antero-posterior", "PA": "postero-anterior", "LATERAL": "lateral", "LL": "left lateral", "": ""}
    described = np.array(["CHEST (PA AND LAT)", "CHEST (PORTABLE AP)", "", 'CHEST, "SUPINE", PORTABLE'])
    step = chance.choice(described, films, p=[0.5, 0.4, 0.09, 0.01])
    year, month, day = chance.integers([[2110], [1], [1]], [[2201], [13], [29]], (3, studies))
    hour, minute, second = chance.integers([[0], [0], [0]], [[24], [60], [60]], (3, studies))
    date = year * 10000 + month * 100 + day
    # Published as numbers, which lose their leading zeros: 93014.531 is half past nine.
    time = np.round(hour * 10000 + minute * 100 + second + chance.random(studies), 3)
    metadata = [
        dicom, subject_ids[patient_of_film], study_ids[study_of_film], step, view, chance.integers(1500, 3057, films),
        chance.integers(1500, 3057, films), date[study_of_film], time[study_of_film], step,
        pd.Series(view).map(meanings), chance.choice(np.array(["Erect", "Recumbent", ""]), films, p=[0.7, 0.2, 0.1]),
    ]  # fmt: skip
    save(folder / MIMIC.format("metadata"), dict(zip(MIMIC_METADATA, metadata, strict=True)))

    # Most cells are blank, as what a report does not mention is.
    cells = chance.choice(np.array(["", "1.0", "0.0", "-1.0"]), (studies, 14), p=[0.75, 0.12, 0.09, 0.04])
    healthy = chance.random(studies) < 0.3
    cells[healthy] = ""
    cells[:, MIMIC_LABELS.index("No Finding")] = np.where(healthy, "1.0", "")
    # Of the published studies 8 have no row of labels.
    labelled = np.sort(chance.choice(studies, studies - 8, replace=False))
    labels = {"subject_id": subject_ids[patient_of_study][labelled], "study_id": study_ids[labelled]}
    labels |= {label: cells[labelled, i] for i, label in enumerate(MIMIC_LABELS)}
    save(folder / MIMIC.format("chexpert"), labels)

    # In another order than the films, so that nobody can join the two by the row.
    shares = [0.9879, 0.0076, 0.0045] if full else [0.8, 0.1, 0.1]
    part = chance.choice(np.array(["train", "validate", "test"]), patients, p=shares)
    order = chance.permutation(films)
    split = [dicom, study_ids[study_of_film], subject_ids[patient_of_film], part[patient_of_film]]
    save(folder / MIMIC.format("split"), {name: column[order] for name, column in zip(MIMIC_SPLIT, split, strict=True)})


def save(path, columns):
    path.parent.mkdir(parents=True, exist_ok=True)
    pd.DataFrame(columns).to_csv(path, index=False)


def lay_vindr(chance, folder):
    """PhysioNet's: three readers a film for training, who disagree, and one row that they agreed on for the test."""
    for path, films, readers in ((folder / VINDR_TRAIN, 15000, 3), (folder / VINDR_TEST, 3000, 1)):
        names = hexadecimal(chance, films, 32)
        findings = len(VINDR_LABELS) - 1
        # Half of the films show nothing, the others each sign with its own frequency.
        truth = (chance.random((films, 1)) < 0.5) & (chance.random((films, findings)) < 0.3 * chance.random(findings))
        seen = np.repeat(truth, readers, axis=0)
        if readers > 1:
            # A reader misses one sign in four, and sees one in a hundred that nobody else sees.
            seen = np.where(seen, chance.random(seen.shape) < 0.75, chance.random(seen.shape) < 0.01)
        columns = {"image_id": np.repeat(names, readers)}
        if readers > 1:
            three = chance.permuted(np.tile(np.arange(1, 18), (films, 1)), axis=1)[:, :readers]
            columns["rad_id"] = np.char.add("R", three.ravel().astype(str))
        columns |= {label: seen[:, i].astype(int) for i, label in enumerate(VINDR_LABELS[:-1])}
        columns[VINDR_LABELS[-1]] = (~seen.any(axis=1)).astype(int)
        # The rows of a film need not follow each other.
        order = chance.permutation(len(seen))
        save(path, {name: column[order] for name, column in columns.items()})


def lay_covid(chance, folder):
    notes = [
        "", "Bilateral, patchy opacities.", 'The report says "no effusion", and nothing else.',
        'First film:\nopacities, left.\n\nSecond film: "clear".', "Cough, fever (38,5 °C); 6' 2\"",
    ]  # fmt: skip
    paths, weights = list(COVID_FINDINGS), np.array(list(COVID_FINDINGS.values()))
    (folder / COVID).parent.mkdir(parents=True, exist_ok=True)
    with open(folder / COVID, "w", newline="", encoding="utf-8") as file:
        out = csv.DictWriter(file, COVID_COLUMNS, restval="")
        out.writeheader()
        number = 0
        for patient in range(1, 471):
            # Some identifiers are no numbers.
            identifier = f"{patient}{chance.choice(['a', 'b'])}" if chance.random() < 0.05 else str(patient)
            finding = chance.choice(paths, p=weights / weights.sum())
            for _ in range(1 + int(chance.exponential(1.1))):
                number += 1
                is_ct = chance.random() < 0.09
                view = chance.choice(["Axial", "Coronal"] if is_ct else ["PA", "AP", "AP Supine", "L", "AP Erect"])
                out.writerow({
                    "patientid": identifier, "offset": chance.choice(["", "0", "3", "10"]),
                    "sex": chance.choice(["M", "F", ""]), "age": chance.choice(["", "35", "61", "74"]),
                    "finding": finding, "RT_PCR_positive": chance.choice(["Y", "", "Unclear"]),
                    "survival": chance.choice(["Y", "N", ""]), "temperature": chance.choice(["", "38.4"]),
                    "view": view, "modality": "CT" if is_ct else "X-ray",
                    "date": chance.choice(["2020", "January 22, 2020", ""]),
                    "location": chance.choice(["", "Hospital, City, Country"]),
                    "folder": "volumes" if is_ct else "images",
                    "filename": f"film-{number:04d}" + (".nii.gz" if is_ct else str(chance.choice([".png", ".jpg"]))),
                    "license": chance.choice(["CC BY-NC-SA", ""]), "clinical_notes": chance.choice(notes),
                    "other_notes": chance.choice(notes),
                })  # fmt: skip


def lay(wheel, folder, seed=0, full=False):
    """Lays all tables and gives, for each, its path within the folder and whether it is real."""
    lay_real(wheel, folder)
    # Each collection has its own source of chance, so that the size of one does not change another.
    lay_mimic(np.random.default_rng([seed, 1]), folder, full)
    lay_vindr(np.random.default_rng([seed, 2]), folder)
    lay_covid(np.random.default_rng([seed, 3]), folder)
    by_seed = [MIMIC.format(name) for name in ("chexpert", "metadata", "split")] + [VINDR_TRAIN, VINDR_TEST, COVID]
    return {path: True for path in IN_WHEEL} | {path: False for path in by_seed}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("wheel", type=Path)
    parser.add_argument("folder", type=Path, metavar="DIR")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--full", action="store_true", help="MIMIC-CXR's tables at their published size")
    options = parser.parse_args()
    for path, is_real in lay(options.wheel, options.folder, options.seed, options.full).items():
        print(options.folder / path, "real" if is_real else "written by seed: it cannot be fetched")


if __name__ == "__main__":
    main()
