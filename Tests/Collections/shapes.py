"""Gives the films of cxr-synth the shape of each public collection: its tables, its names and its folders.

usage: shapes.py SYNTH_DIR OUT_DIR

OUT_DIR, which must not be there yet, gets a folder for each form of label file, and shapes.json, which says how to ask
the programs for it: [{name, collection, csv, images, flags, labels, films, positives}]. A label that a collection can
express carries the synthetic table's truth; `labels` are those which enough patients have and enough lack, `films` the
number of films that are kept, and `positives` the number of them that have each of its default labels. The films stay
PNG, whatever the collection's are.
"""

import argparse
import csv
import json
import os
import random
import shutil
import uuid
from dataclasses import dataclass
from pathlib import Path

from columns import (
    COVID_COLUMNS, COVID_LABELS, MIMIC_LABELS, MIMIC_METADATA, MIMIC_NAME, MIMIC_SPLIT, NIH, PADCHEST_NAME, RENAMED,
    VINDR_LABELS,
)  # fmt: skip

# So many patients have to have a label, and so many to lack it, for a training to be asked for it.
ENOUGH = 5

# Columns and the synthetic signs that they stand for. The films show no sign of a column without.
CHEXPERT = {
    "Enlarged Cardiomediastinum": "", "Cardiomegaly": "Cardiomegaly", "Lung Opacity": "Infiltration",
    "Lung Lesion": "Mass Nodule", "Edema": "Edema", "Consolidation": "Consolidation", "Pneumonia": "Pneumonia",
    "Atelectasis": "Atelectasis", "Pneumothorax": "Pneumothorax", "Pleural Effusion": "Effusion",
    "Pleural Other": "Pleural_Thickening", "Fracture": "", "Support Devices": "",
}  # fmt: skip
VINDR = {
    "Aortic enlargement": "", "Atelectasis": "Atelectasis", "Calcification": "", "Cardiomegaly": "Cardiomegaly",
    "Consolidation": "Consolidation", "ILD": "", "Infiltration": "Infiltration", "Lung Opacity": "",
    "Nodule/Mass": "Nodule Mass", "Other lesion": "Hernia", "Pleural effusion": "Effusion",
    "Pleural thickening": "Pleural_Thickening", "Pneumothorax": "Pneumothorax", "Pulmonary fibrosis": "Fibrosis",
}  # fmt: skip
# PadChest's names for a sign: the finding, and kinds of it.
PADCHEST = {
    "Atelectasis": ["atelectasis", "laminar atelectasis"], "Cardiomegaly": ["cardiomegaly"],
    "Consolidation": ["consolidation", "air bronchogram"], "Edema": ["pulmonary edema"],
    "Effusion": ["pleural effusion", "loculated pleural effusion"], "Emphysema": ["emphysema"],
    "Fibrosis": ["pulmonary fibrosis", "asbestosis signs"], "Hernia": ["hiatal hernia"],
    "Infiltration": ["infiltrates", "interstitial pattern"], "Mass": ["mass", "pulmonary mass"],
    "Nodule": ["nodule", "multiple nodules"], "Pleural_Thickening": ["pleural thickening", "apical pleural thickening"],
    "Pneumonia": ["pneumonia", "atypical pneumonia"], "Pneumothorax": ["pneumothorax"],
}  # fmt: skip
PADCHEST_COLUMNS = (
    ",ImageID,ImageDir,StudyDate_DICOM,StudyID,PatientID,PatientBirth,PatientSex_DICOM,ViewPosition_DICOM,Projection,"
    "MethodProjection,Pediatric,Modality_DICOM,Manufacturer_DICOM,PhotometricInterpretation_DICOM,"
    "PixelRepresentation_DICOM,PixelAspectRatio_DICOM,SpatialResolution_DICOM,BitsStored_DICOM,WindowCenter_DICOM,"
    "WindowWidth_DICOM,Rows_DICOM,Columns_DICOM,XRayTubeCurrent_DICOM,Exposure_DICOM,ExposureInuAs_DICOM,ExposureTime,"
    "RelativeXRayExposure_DICOM,ReportID,Report,MethodLabel,Labels,Localizations,LabelsLocalizationsBySentence,"
    "labelCUIS,LocalizationsCUIS"
).split(",")
# The first sign that a film shows decides its path. Of one that is called Pneumonia and no more it is not known
# whether it is viral or bacterial.
COVID = {
    "Pneumonia": "Pneumonia/Viral/COVID-19", "Consolidation": "Pneumonia/Bacterial/Streptococcus",
    "Infiltration": "Pneumonia", "Fibrosis": "Tuberculosis",
}  # fmt: skip


@dataclass
class Film:
    file: Path
    patient: int
    visit: int
    signs: set
    sex: str
    age: str
    view: str

    def shows(self, signs):
        return not self.signs.isdisjoint(signs.split())


def read(synth):
    files = {file.name: file.resolve() for file in synth.glob("images_*/images/*.png")}
    with open(synth / "Data_Entry_2017.csv", newline="") as table:
        return [
            Film(
                files[row["Image Index"]], int(row["Patient ID"]), int(row["Follow-up #"]),
                set(row["Finding Labels"].split("|")) - {"No Finding"}, row["Patient Gender"], row["Patient Age"],
                row["View Position"],
            )
            for row in csv.DictReader(table)
        ]  # fmt: skip


def put(film, to):
    """A link where the file system has one, so that many shapes take no more room than one."""
    to.parent.mkdir(parents=True, exist_ok=True)
    try:
        os.link(film.file, to)
    except OSError:
        shutil.copyfile(film.file, to)


def write(path, columns, rows):
    path.parent.mkdir(parents=True, exist_ok=True)
    with open(path, "w", newline="") as file:
        out = csv.DictWriter(file, columns, restval="")
        out.writeheader()
        out.writerows(rows)


def of_signs(films, columns):
    """The truth of columns that stand for signs, under the names that the programs give them."""
    return {RENAMED.get(label, label): [film.shows(signs) for film in films] for label, signs in columns.items()}


# ---- One function a form: writes the files; gives the table's and the films' place and each label's truth


def nih(chance, films, out):
    rows = []
    for film in films:
        put(film, out / "images_001/images" / film.file.name)
        rows.append({
            "Image Index": film.file.name, "Finding Labels": "|".join(sorted(film.signs)) or "No Finding",
            "Follow-up #": film.visit, "Patient ID": film.patient, "Patient Age": film.age,
            "Patient Gender": film.sex, "View Position": film.view,
        })  # fmt: skip
    write(out / "Data_Entry_2017_v2020.csv", list(rows[0]), rows)
    return "Data_Entry_2017_v2020.csv", of_signs(films, {label: label for label in NIH})


def cells(chance, film):
    """CheXpert's cells: what is absent is denied or, more often, not mentioned. Nothing is uncertain."""
    found = {label: "1.0" if film.shows(signs) else chance.choice(["", "", "0.0"]) for label, signs in CHEXPERT.items()}
    return found | {"No Finding": "" if film.signs else "1.0"}


def chexpert(chance, films, out):
    rows = []
    for film in films:
        # The table's first folder is that of the published archive, which nobody keeps.
        place = f"train/patient{film.patient:05d}/study{film.visit + 1}/view1_frontal.png"
        put(film, out / place)
        rows.append({
            "Path": f"CheXpert-v1.0-small/{place}", "Sex": {"F": "Female", "M": "Male"}[film.sex], "Age": film.age,
            "Frontal/Lateral": "Frontal", "AP/PA": film.view, **cells(chance, film),
        })  # fmt: skip
    columns = ["Path", "Sex", "Age", "Frontal/Lateral", "AP/PA", "No Finding", *CHEXPERT]
    write(out / "train.csv", columns, rows)
    return "train.csv", of_signs(films, CHEXPERT)


def padchest(chance, films, out):
    rows = []

    def add(film, projection, names):
        patient, study = 10**38 + film.patient * 7919, 10**44 + film.patient * 10**9 + film.visit
        rows.append({
            "": len(rows), "ImageID": f"{study}_{chance.randrange(16**6):06x}.png", "ImageDir": len(rows) % 3,
            "StudyID": study, "PatientID": patient, "PatientSex_DICOM": film.sex, "Projection": projection,
            "MethodLabel": "Physician", "Labels": str(names),
        })  # fmt: skip

    for film in films:
        names = [chance.choice(PADCHEST[sign]) for sign in sorted(film.signs)] or ["normal"]
        # The published lists have spaces before names, names without a letter, and names twice.
        names = [chance.choice([name, " " + name]) for name in names] + chance.choice([[], [""], names[:1]])
        add(film, "PA" if film.view == "PA" else chance.choice(["AP", "AP_horizontal"]), names)
        put(film, out / str(rows[-1]["ImageDir"]) / rows[-1]["ImageID"])
    # These are left out, so that nobody needs their films.
    add(films[0], "COSTAL", ["rib fracture"])
    add(films[0], "PA", ["exclude"])
    write(out / PADCHEST_NAME, PADCHEST_COLUMNS, rows)
    # A consolidation is an infiltration by PadChest's tree of findings, whatever the synthetic table says.
    truth = {label: label for label in NIH} | {"Infiltration": "Infiltration Consolidation"}
    return PADCHEST_NAME, of_signs(films, truth)


def readers(chance, film, columns):
    """What each of three readers sees: most of them what is there, at most one what is not."""
    seen = [set() for _ in range(3)]
    for label, signs in columns.items():
        number = chance.choice([2, 3, 3]) if film.shows(signs) else chance.choice([0, 0, 0, 0, 1])
        for reader in chance.sample(seen, number):
            reader.add(label)
    return dict(zip(chance.sample(["R8", "R9", "R10", "R11"], 3), seen, strict=True))


def vindr_kaggle(chance, films, out):
    rows = []
    classes = [*VINDR, "No finding"]
    for film in films:
        name = f"{chance.getrandbits(128):032x}"
        put(film, out / "train" / f"{name}.png")
        for reader, seen in readers(chance, film, VINDR).items():
            # Two boxes of one reader are one reader's opinion.
            drawn = sorted(seen)
            for label in drawn + drawn[:1] or ["No finding"]:
                box = [] if label == "No finding" else [10.0, 20.0, chance.randint(30, 90), chance.randint(40, 90)]
                place = dict(zip(["x_min", "y_min", "x_max", "y_max"], box))
                rows.append(
                    {"image_id": name, "class_name": label, "class_id": classes.index(label), "rad_id": reader} | place
                )
    chance.shuffle(rows)
    columns = ["image_id", "class_name", "class_id", "rad_id", "x_min", "y_min", "x_max", "y_max"]
    write(out / "train.csv", columns, rows)
    return "train.csv", of_signs(films, VINDR)


def vindr_physionet(chance, films, out):
    signs = VINDR | {"Edema": "Edema", "Emphysema": "Emphysema", "Pneumonia": "Pneumonia"}
    columns = {label: signs.get(label, "") for label in VINDR_LABELS[:-2]}
    rows = []
    for film in films:
        name = f"{chance.getrandbits(128):032x}"
        put(film, out / "train" / f"{name}.png")
        for reader, seen in readers(chance, film, columns).items():
            found = {label: int(label in seen) for label in VINDR_LABELS[:-1]}
            rows.append({"image_id": name, "rad_id": reader, **found, "No finding": int(not seen)})
    chance.shuffle(rows)
    write(out / "annotations/image_labels_train.csv", ["image_id", "rad_id", *VINDR_LABELS], rows)
    return "annotations/image_labels_train.csv", of_signs(films, columns)


def rsna(chance, films, out):
    rows = []
    for film in films:
        name = str(uuid.UUID(int=chance.getrandbits(128)))
        put(film, out / "stage_2_train_images" / f"{name}.png")
        box = {"x": 264.0, "y": 152.0, "width": 213.0, "height": 379.0}
        boxes = [box] * chance.randint(1, 2) if film.shows("Pneumonia") else [{}]
        rows += [{"patientId": name, **one, "Target": int(bool(one))} for one in boxes]
    write(out / "stage_2_train_labels.csv", ["patientId", "x", "y", "width", "height", "Target"], rows)
    return "stage_2_train_labels.csv", of_signs(films, {"Pneumonia": "Pneumonia"})


def siim(chance, films, out):
    rows = []
    for number, film in enumerate(films):
        # What stands after the last point of these names is no ending.
        series = f"1.2.276.0.7230010.3.1.4.8323329.{300 + number}.1517875{chance.randrange(10**3):03d}"
        name = f"{series}.{chance.randrange(10**6):06d}"
        put(film, out / f"dicom-images-train/{series}.1/{series}.2/{name}.png")
        masks = ["557374 2 1015 8 1009 14", "252069 1 1021 6"][: chance.randint(1, 2)]
        for mask in masks if film.shows("Pneumothorax") else ["-1"]:
            rows.append({"ImageId": name, " EncodedPixels": mask})
    chance.shuffle(rows)
    write(out / "train-rle.csv", ["ImageId", " EncodedPixels"], rows)
    return "train-rle.csv", of_signs(films, {"Pneumothorax": "Pneumothorax"})


def mimic(chance, films, out):
    labels, metadata, split = [], [], []
    part = ["train", "train", "train", "validate", "test"]
    patients = sorted({film.patient for film in films})
    for number, film in enumerate(films):
        subject, study = 10_000_000 + film.patient, 50_000_000 + number
        name = "-".join(f"{chance.getrandbits(32):08x}" for _ in range(5))
        put(film, out / f"files/p{subject // 10**6}/p{subject}/s{study}/{name}.png")
        labels.append({"subject_id": subject, "study_id": study, **cells(chance, film)})
        metadata.append({"dicom_id": name, "subject_id": subject, "study_id": study, "ViewPosition": film.view})
        own = part[patients.index(film.patient) % len(part)]
        split.append({"dicom_id": name, "study_id": study, "subject_id": subject, "split": own})
    # Nothing but the names joins the rows of one table to those of another.
    for rows in (labels, split):
        chance.shuffle(rows)
    write(out / MIMIC_NAME.format("chexpert"), ["subject_id", "study_id", *MIMIC_LABELS], labels)
    write(out / MIMIC_NAME.format("metadata"), MIMIC_METADATA, metadata)
    write(out / MIMIC_NAME.format("split"), MIMIC_SPLIT, split)
    columns = {label: CHEXPERT[label] for label in MIMIC_LABELS if label in CHEXPERT}
    return MIMIC_NAME.format("chexpert"), of_signs(films, columns)


def covid(chance, films, out):
    rows, paths = [], []
    for number, film in enumerate(films):
        # Nearly every synthetic film has a finding: were each a pneumonia, too few films would lack one.
        found = next((path for sign, path in COVID.items() if film.shows(sign)), "No Finding")
        paths.append(found.split("/"))
        name = f"synthetic-{number:04d}.png"
        put(film, out / "images" / name)
        rows.append({
            "patientid": film.patient, "offset": film.visit, "sex": film.sex, "age": film.age, "finding": found,
            "view": film.view, "modality": "X-ray", "folder": "images", "filename": name,
            "clinical_notes": 'One line, with a "quoted" word,\nand another.',
        })  # fmt: skip
    # It is left out, so that nobody needs its film.
    rows.insert(1, rows[0] | {"modality": "CT", "view": "Axial", "folder": "volumes", "filename": "volume.nii.gz"})
    write(out / "metadata.csv", COVID_COLUMNS, rows)

    def has(path, label):
        is_unknown = path == ["Pneumonia"] and label in ("Viral", "Bacterial", "COVID-19")
        return None if is_unknown else label in path

    return "metadata.csv", {label: [has(path, label) for path in paths] for label in COVID_LABELS}


ALONE = ["--each-film-a-patient"]
FORMS = {
    "nih": (nih, "nih", []), "chexpert": (chexpert, "chexpert", []), "padchest": (padchest, "padchest", []),
    "vindr-cxr-kaggle": (vindr_kaggle, "vindr-cxr", ALONE),
    "vindr-cxr-physionet": (vindr_physionet, "vindr-cxr", ALONE),
    "rsna-pneumonia": (rsna, "rsna-pneumonia", ALONE), "siim": (siim, "siim", ALONE),
    "mimic-cxr": (mimic, "mimic-cxr", []), "covid-chestxray": (covid, "covid-chestxray", []),
}  # fmt: skip


def usable(truth, patients):
    def enough(value):
        return len({patient for patient, own in zip(patients, truth, strict=True) if own is value}) >= ENOUGH

    return enough(True) and enough(False)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("synth", type=Path, metavar="SYNTH_DIR")
    parser.add_argument("out", type=Path, metavar="OUT_DIR")
    options = parser.parse_args()
    films, out = read(options.synth), options.out.resolve()
    out.mkdir(parents=True)
    shapes = []
    for name, (form, collection, flags) in FORMS.items():
        # Each form has its own source of chance, so that a change to one does not change another.
        table, truth = form(random.Random(name), films, out / name)
        patients = range(len(films)) if flags else [film.patient for film in films]
        shapes.append({
            "name": name, "collection": collection, "csv": str(out / name / table), "images": str(out / name),
            "flags": flags, "labels": [label for label, own in truth.items() if usable(own, patients)],
            "films": len(films), "positives": {label: own.count(True) for label, own in truth.items()},
        })  # fmt: skip
    (out / "shapes.json").write_text(json.dumps(shapes, indent=1) + "\n")
    for shape in shapes:
        line = f"--collection {shape['collection']} --csv {shape['csv']} --images {shape['images']}"
        print(line, *shape["flags"], "--labels", f"'{','.join(shape['labels'])}'")


if __name__ == "__main__":
    main()
