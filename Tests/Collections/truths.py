"""What the label files of public collections say, by pandas: the films of each, their patients, labels and parts.

One function a form of file. Nothing here knows how cxr-explore reads them.
"""

import ast
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from columns import COVID_LABELS, MIMIC_NAME, NIH, RENAMED, VINDR_LABELS

# PadChest's names for NIH's fourteen, first the finding itself, then those that are a kind of it.
PADCHEST = {
    "Atelectasis": [
        "atelectasis", "laminar atelectasis", "round atelectasis", "lobar atelectasis", "total atelectasis",
        "segmental atelectasis", "atelectasis basal",
    ],
    "Cardiomegaly": ["cardiomegaly"],
    "Consolidation": ["consolidation", "air bronchogram"],
    "Edema": ["pulmonary edema"],
    "Effusion": [
        "pleural effusion", "loculated pleural effusion", "loculated fissural effusion", "hydropneumothorax", "empyema",
    ],
    "Emphysema": ["emphysema"],
    "Fibrosis": ["pulmonary fibrosis", "asbestosis signs", "post radiotherapy changes"],
    "Hernia": ["hiatal hernia"],
    "Infiltration": [
        "infiltrates", "interstitial pattern", "ground glass pattern", "reticular interstitial pattern",
        "reticulonodular interstitial pattern", "miliary opacities", "alveolar pattern", "consolidation",
        "air bronchogram",
    ],
    "Mass": ["mass", "pulmonary mass"],
    "Nodule": ["nodule", "multiple nodules"],
    "Pleural_Thickening": ["pleural thickening", "apical pleural thickening", "calcified pleural thickening"],
    "Pneumonia": ["pneumonia", "atypical pneumonia"],
    "Pneumothorax": ["pneumothorax", "hydropneumothorax"],
}  # fmt: skip


@dataclass
class Truth:
    """What a label file says, a row a film: series and frames share their index, and its order is the file's."""

    rows: int
    film: pd.Series
    patient: pd.Series
    present: pd.DataFrame
    unknown: pd.DataFrame
    uncertain: pd.DataFrame | None = None
    study: pd.Series | None = None
    view: pd.Series | None = None
    split: pd.Series | None = None
    left_out: dict = field(default_factory=dict)


# ---- What the files say


def read(path):
    """All cells as they are written: no cell is missing, none is a number."""
    return pd.read_csv(path, dtype=str, keep_default_na=False, encoding="utf-8-sig")


def nowhere(frame):
    return pd.DataFrame(False, frame.index, frame.columns)


def listed(names, labels):
    """Which of some labels, each under any of its names, are in each film's set of names."""
    return pd.DataFrame({label: names.map(lambda own: not own.isdisjoint(labels[label])) for label in labels})


def nih(path):
    table = read(path)
    names = table["Finding Labels"].str.split("|").map(set)
    present = listed(names, {label: [label] for label in NIH})
    return Truth(
        len(table), table["Image Index"], table["Patient ID"], present, nowhere(present), view=table["View Position"]
    )


def cells(table, first):
    """The labels of a table with a column each, of which CheXpert's labeller wrote 1, 0, -1 or nothing."""
    columns = [column for column in table.columns[first:] if column != "No Finding"]
    strange = set(np.unique(table[columns].to_numpy())) - {"1.0", "0.0", "-1.0", ""}
    assert not strange, strange
    named = table[columns].rename(columns=RENAMED)
    return named == "1.0", named == "-1.0"


def chexpert(path):
    table = read(path)
    present, uncertain = cells(table, table.columns.get_loc("No Finding"))
    place = table["Path"].str.extract(r"/patient(?P<patient>\d+)/(?P<study>study\d+)/")
    view = table["AP/PA"].mask(table["Frontal/Lateral"] == "Lateral", "Lateral")
    study = place["patient"] + "/" + place["study"]
    return Truth(len(table), table["Path"], place["patient"], present, uncertain, uncertain, study, view)


def padchest(path):
    table = read(path)
    is_kept = table["Projection"].isin(["PA", "L", "AP", "AP_horizontal"])
    left_out = {"Projection": table["Projection"][~is_kept].value_counts().to_dict()}
    kept = table[is_kept]

    def names(text):
        own = ast.literal_eval(text) if text.startswith("[") else []
        return frozenset(name.strip() for name in own) - {""}

    # Few lists are different, so that each is read once.
    own = kept["Labels"].map({text: names(text) for text in kept["Labels"].unique()})
    is_excluded = own.map(lambda one: "exclude" in one)
    left_out["findings"] = {"exclude": int(is_excluded.sum())}
    kept, own = kept[~is_excluded], own[~is_excluded]
    present = listed(own, PADCHEST)
    is_silent, is_unchanged = own.map(len) == 0, own.map(lambda one: "unchanged" in one)
    unknown = (~present).mul(is_silent | is_unchanged, axis=0)
    view = kept["Projection"].replace("L", "Lateral")
    return Truth(
        len(table), kept["ImageID"], kept["PatientID"], present, unknown, study=kept["PatientID"] + "/" + kept["StudyID"],
        view=view,
        left_out=left_out,
    )  # fmt: skip


def alone(rows, present):
    """The truth of films without patients, from a frame that is indexed by film."""
    film = present.index.to_series().reset_index(drop=True)
    present = present.reset_index(drop=True)
    return Truth(rows, film, film, present, nowhere(present))


def by_most(drawn, readers):
    """What more than half of a film's readers drew, from the number that did."""
    return drawn.gt(readers / 2, axis=0).rename(columns=RENAMED)


def vindr_kaggle(path):
    table = read(path)
    readers = table.groupby("image_id", sort=False)["rad_id"].nunique()
    labels = sorted(set(table["class_name"]) - {"No finding"})
    # One who drew two boxes is still one reader.
    once = table.drop_duplicates(["image_id", "class_name", "rad_id"])
    drawn = once.groupby(["image_id", "class_name"]).size().unstack(fill_value=0)
    return alone(len(table), by_most(drawn.loc[readers.index, labels], readers))


def vindr_physionet(path):
    table = read(path)
    labels = VINDR_LABELS[:-2]
    films = (table[labels] == "1").groupby(table["image_id"], sort=False)
    return alone(len(table), by_most(films.sum(), films.size()))


def rsna(path):
    table = read(path)
    present = (table["Target"] == "1").groupby(table["patientId"], sort=False).any()
    return alone(len(table), present.to_frame("Pneumonia"))


def siim(path):
    table = read(path).rename(columns=str.strip)
    present = (table["EncodedPixels"].str.strip() != "-1").groupby(table["ImageId"], sort=False).any()
    return alone(len(table), present.to_frame("Pneumothorax"))


def mimic(path):
    labels = read(path).set_index("study_id")
    films, split = (read(path.with_name(MIMIC_NAME.format(name))) for name in ("metadata", "split"))
    present, uncertain = (
        frame.reindex(films["study_id"], fill_value=False).reset_index(drop=True) for frame in cells(labels, 1)
    )
    unknown = uncertain.copy()
    unknown[~films["study_id"].isin(labels.index)] = True
    part = films["dicom_id"].map(split.set_index("dicom_id")["split"]).replace("validate", "validation")
    # A film of which no view is said is counted under this name.
    view = films["ViewPosition"].replace({"LATERAL": "Lateral", "LL": "Lateral", "": "unknown"})
    return Truth(
        len(films), films["dicom_id"], films["subject_id"], present, unknown, uncertain, films["study_id"], view, part
    )


def covid(path):
    table = read(path)
    paths = table["finding"].map(lambda text: [name.strip() for name in text.split("/")])
    below = {}
    for names in paths:
        for i, name in enumerate(names):
            below.setdefault(name, set()).update(names[i + 1 :])
    is_kept = table["modality"] == "X-ray"
    kept, paths = table[is_kept], paths[is_kept]
    present = listed(paths.map(set), {label: [label] for label in COVID_LABELS})
    unknown = pd.DataFrame({
        label: [names[-1] in ("todo", "Unknown") or label in below[names[-1]] for names in paths]
        for label in COVID_LABELS
    }, kept.index)  # fmt: skip
    left_out = {"modality": table["modality"][~is_kept].value_counts().to_dict()}
    return Truth(
        len(table), kept["filename"], kept["patientid"], present, unknown & ~present,
        view=kept["view"].replace("L", "Lateral"), left_out=left_out,
    )  # fmt: skip
