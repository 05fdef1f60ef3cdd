"""Spoils label files, tables, lists and folders of films as the world does, and judges how they are read.

usage: doors.py READER [--cases 1000] [--seed 2] [--only CASE] [--report FILE.md] [--date DATE] [--keep DIR]

A case is a small set of files whose truth is written down before forms of damage spoil them. A form either must
be read, to exactly the truth, or may be refused: then the message has to name it, and what a person would do who
reads the message has to lead to the truth. Everything else is a failure, and the worst one is a wrong number
without a word. READER answers requests, a line of JSON each, from its standard input on its standard output.
"""

import argparse
import datetime
import gzip
import hashlib
import io
import json
import math
import os
import random
import re
import select
import shutil
import subprocess
import sys
import tempfile
import zipfile
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Callable

NIH = (
    "Atelectasis Cardiomegaly Consolidation Edema Effusion Emphysema Fibrosis Hernia Infiltration Mass Nodule"
    " Pleural_Thickening Pneumonia Pneumothorax"
).split()
OWN = ["Fracture", "COVID-19", "Old Fracture", "Lung Opacity", "Mass", "Effusion", "Edema"]
CHEXPERT = [
    "Enlarged Cardiomediastinum", "Cardiomegaly", "Lung Opacity", "Lung Lesion", "Edema", "Consolidation",
    "Pneumonia", "Atelectasis", "Pneumothorax", "Pleural Effusion", "Fracture", "Support Devices", "COVID-19",
    "Old Fracture",
]  # fmt: skip
MISSING = ["nan", "n/a", "na", "null", "none", "-", "?", "#n/a", "<na>"]
UNSEEN = [" ", "  ", "\u00a0", "\u200b", "\u200c", "\u200d", "\ufeff", "\u2060"]


# ---- Tables: what is written to a file, and how it is spelled


@dataclass(eq=False)
class Column:
    """A column, known by itself: its header may be spelled in any way, and stand there twice."""

    name: str
    role: str = "extra"


@dataclass(eq=False)
class Row:
    """The cells of a line, the lines without a value before it, and the number it had when last written."""

    cells: dict
    gaps: list = field(default_factory=list)
    line: int = 0

    def but(self, **changes):
        """A copy in which the cells of some roles hold something else."""
        return Row({c: changes.get(c.role, text) for c, text in self.cells.items()})

    def value(self, role):
        return next((text for column, text in self.cells.items() if column.role == role), "")


class Table:
    """A file of rows. Line breaks within it are "\\n" until it is written."""

    def __init__(self, file, columns, rows):
        self.file = file
        self.columns = columns
        self.header = Row({column: column.name for column in columns})
        self.rows = [Row(dict(zip(columns, row, strict=True))) for row in rows]
        self.separator, self.newline, self.encoding, self.mark = ",", "\n", "utf-8", b""
        self.names_separator, self.quotes_all, self.ends = False, False, True
        self.container = None

    def of(self, *roles):
        return [column for column in self.columns if column.role in roles]

    def cells(self, *roles):
        """The places of all cells of some roles, as pairs of a row and a column."""
        return [(row, column) for row in self.rows for column in self.of(*roles)]

    def lines(self):
        """All rows, the header among them."""
        return ([self.header] if self.header else []) + self.rows

    def add(self, column, values, header=None, first=False):
        self.columns.insert(0 if first else len(self.columns), column)
        if self.header:
            self.header.cells[column] = column.name if header is None else header
        for row, value in zip(self.rows, values, strict=True):
            row.cells[column] = value

    def insert_after(self, row, new, chance):
        """Puts a row somewhere after another one."""
        at = chance.randint(self.rows.index(row) + 1, len(self.rows))
        self.rows.insert(at, new)

    def spell(self, text):
        special = (self.separator, '"', "\n")
        quoted = self.quotes_all or any(character in text for character in special)
        return '"' + text.replace('"', '""') + '"' if quoted else text

    def bytes(self):
        text = f"sep={self.separator}\n" if self.names_separator else ""
        for row in self.lines():
            text += "".join(gap + "\n" for gap in row.gaps)
            row.line = text.count("\n") + 1
            text += self.separator.join(self.spell(row.cells[column]) for column in self.columns) + "\n"
        text = text if self.ends else text[:-1]
        data = self.mark + text.replace("\n", self.newline).encode(self.encoding)
        return self.container(data) if self.container else data


# ---- Cases


class Unsuited(Exception):
    """The truth that was drawn has no place for a form of damage."""


@dataclass
class Refusal:
    """What has to come where a reader refuses, and what a person does then.

    `mentions` are texts that the message has to hold, patterns that it has to match, and rows whose line it has
    to name. A folder that lacks films is not refused: `hinted` gives the answer that says so.
    """

    mentions: list
    mend: Callable
    remedy: dict | None = None
    hinted: Callable | None = None

    def lacks(self, answer):
        """What an answer leaves out; nothing, if it says all that a person needs."""
        if self.hinted:
            return lacking_hint(self.hinted(), answer)
        if "error" not in answer:
            return "no error"
        message = str(answer["error"].get("message", ""))
        for mention in self.mentions:
            if not re.search(pattern(mention), message, re.DOTALL):
                return f"the message does not match {pattern(mention)!r}"
        if self.remedy and self.remedy not in answer["error"].get("remedies", []):
            return f"the remedies lack {self.remedy}"
        return None


def lacking_hint(expected, answer):
    hint = expected.pop("hint")
    found = difference(expected, answer)
    return found or (None if hint in answer.get("hints", []) else f"the hints lack {hint}")


def pattern(mention):
    if isinstance(mention, Row):
        return rf"(?i:\blines?) (?:\d+(?:, | and ))*{mention.line}\b"
    if isinstance(mention, re.Pattern):
        return "(?i:" + mention.pattern + ")"
    return rf"(?<!\w){re.escape(mention)}(?!\w)"


class Case:
    """A request, the forms' source of chance, and what comes where a form may be refused."""

    def __init__(self, chance, folder, request):
        self.random, self.folder, self.request, self.refusal = chance, folder, request, None

    def one(self, places):
        if not places:
            raise Unsuited
        return self.random.choice(places)

    def some(self, places):
        """A few of some places, one at least."""
        if not places:
            raise Unsuited
        return self.random.sample(places, self.random.randint(1, max(1, len(places) // 2)))


class TableCase(Case):
    """A request about one table or several, the first of which is spoiled."""

    def __init__(self, chance, folder, request, truth, **tables):
        super().__init__(chance, folder, request)
        self.truth, self.tables = truth, tables
        self.table = next(iter(tables.values()))
        self.asked_labels = request.get("labels", [])

    def write(self):
        for table in self.tables.values():
            (self.folder / table.file).write_bytes(table.bytes())

    def asked(self):
        return self.request | {key: str(self.folder / table.file) for key, table in self.tables.items()}

    def asked_cells(self, *roles):
        """The places of all cells of the labels that are asked for."""
        return [(row, column) for row, column in self.table.cells(*roles) if column.name in self.asked_labels]


@dataclass
class Listed:
    """A name that the request lists, and where its film lies below the case's folder, if anywhere."""

    name: str
    at: str | None


class FilmCase(Case):
    """A request about a folder of films. Forms that put, move or link files write down what is true then."""

    FOLDER = "shelf/films"

    def __init__(self, chance, folder, base):
        super().__init__(chance, folder, {"ask": "films", "drop": "", "ignoreExtensions": False})
        self.base = base
        self.place = {"folder": str(folder / self.FOLDER)}
        self.files, self.links, self.listed, self.second = {}, {}, [], []
        self.left_out = self.unlisted = 0

    @property
    def truth(self):
        paths = [film.at and str(self.folder / film.at) for film in self.listed]
        return {"paths": paths, "leftOut": self.left_out, "unlisted": self.unlisted}

    def asked(self):
        return self.request | self.place | {"names": [film.name for film in self.listed] + self.second}

    def write(self):
        for path in [*self.files, *self.links]:
            (self.folder / path).parent.mkdir(parents=True, exist_ok=True)
            if path in self.files:
                (self.folder / path).write_bytes(self.files[path])
            else:
                os.symlink(self.folder / self.links[path], self.folder / path)

    def here(self):
        return [film for film in self.listed if film.at]

    def put(self, path):
        self.files[path] = film_bytes(path)

    def move(self, film, to):
        self.files[to] = self.files.pop(film.at)
        film.at = to

    def within(self, path):
        """A path as seen from the folder that the request names when nothing is odd."""
        return path.removeprefix(self.FOLDER + "/")

    def is_sole(self, suffix):
        return sum(("/" + path).endswith("/" + suffix) for path in self.files) == 1


def film_bytes(path):
    """Something that begins as a film of that name does; one without a known ending is DICOM."""
    start = {".png": b"\x89PNG\r\n\x1a\n", ".jpg": b"\xff\xd8\xff\xe0", ".jpeg": b"\xff\xd8\xff\xe0"}
    return start.get(Path(path).suffix.lower(), bytes(128) + b"DICM") + path.encode()


# ---- Truths, and their files before they are spoiled


@dataclass
class Film:
    name: str
    patient: str
    age: float | None
    sex: str | None
    view: str | None
    cells: dict = field(default_factory=dict)


def nih_name(number, follow_up, prefix=""):
    return f"{prefix}{number:08d}_{follow_up:03d}.png"


def some_films(chance, needs, patients, views, rows=None):
    """Films of a few patients, without findings; what `needs` asks for is among them."""
    highest = 10**11 if "large ids" in needs else 30000
    numbers = [chance.randint(highest // 10, highest) for _ in range(patients)]
    films = []
    for number in dict.fromkeys(numbers):
        sex = chance.choice("MF")
        for _ in range(chance.randint(1, 2 if rows else 3)):
            age = chance.choice([0.5, 1, 1.5, 2]) if "months" in needs and chance.random() < 0.4 else None
            films.append(Film("", str(number), age or chance.randint(3, 94), sex, chance.choice(views)))
    chance.shuffle(films)
    films = films[: rows or 30]
    if "missing" in needs:
        for field_name in ("age", "sex", "view"):
            for film in chance.sample(films, 2):
                setattr(film, field_name, None)
    return films


def age_text(age):
    return "" if age is None else str(age) if age == int(age) else f"{round(age * 12):03d}M"


def findings_text(film):
    if None in film.cells.values():
        return "nan"
    return "|".join(label for label, cell in film.cells.items() if cell) or "No Finding"


def nih_table(chance, films, optional):
    columns = [Column("Image Index", "film"), Column("Finding Labels", "findings"), Column("Follow-up #"),
               Column("Patient ID", "patient"), Column("Patient Age", "age"),
               Column(chance.choice(["Patient Gender", "Patient Sex", "Sex"]), "sex"),
               Column("View Position", "view")]  # fmt: skip
    rows = [[f.name, findings_text(f), str(i % 9), f.patient, age_text(f.age), f.sex or "", f.view or ""]
            for i, f in enumerate(films)]  # fmt: skip
    table = Table("labels.csv", columns, rows)
    for column in list(table.columns):
        if column.role in ("age", "sex", "view") and column.role not in optional:
            table.columns.remove(column)
            for film in films:
                setattr(film, column.role, None)
    return table


def labels_truth(films, asked):
    return {"films": [
        {"name": f.name, "patient": f.patient, "age": f.age, "sex": f.sex, "view": f.view,
         "cells": [f.cells[label] for label in asked]} for f in films
    ]}  # fmt: skip


def nih_case(chance, folder, needs):
    """NIH's shape: the findings of a film in one cell."""
    films = some_films(chance, needs, chance.randint(7, 14), ["PA", "AP"])
    prefix = chance.choice(["", "", "images/", "images_003/images/"])
    vocabulary = chance.choice([NIH, NIH, OWN])
    for i, film in enumerate(films):
        film.name = nih_name(i + 1000, i % 7, prefix)
        found = chance.sample(vocabulary, chance.choice([0, 0, 1, 1, 2, 2, 3]))
        film.cells = {label: int(label in found) for label in vocabulary}
    for label, film in zip(OWN[:4] if vocabulary is OWN else [], films):
        # Only labels of NIH's may be asked for where no film has them.
        film.cells[label] = 1
    asked = chance.sample(vocabulary, chance.choice([1, 3, 3, 5, len(vocabulary)]))
    if "label of no row" in needs:
        unseen = chance.choice([label for label in NIH if label in asked or label not in vocabulary])
        asked = [label for label in asked if label != unseen] + [unseen]
        for film in films:
            film.cells[unseen] = 0
    if "unknown" in needs:
        for film in chance.sample(films[4:], 2):
            film.cells = dict.fromkeys(film.cells)
    optional = {"age", "sex", "view"} if needs else {r for r in ("age", "sex", "view") if chance.random() < 0.8}
    table = nih_table(chance, films, optional)
    request = {"ask": "labels", "labels": asked, "rename": {}}
    return TableCase(chance, folder, request, labels_truth(films, asked), file=table)


def chexpert_case(chance, folder, needs):
    """CheXpert's shape: a column a label, and the patient in the path or in a column."""
    films = some_films(chance, needs, chance.randint(7, 14), ["PA", "AP", "Lateral"])
    labels = chance.sample(CHEXPERT, chance.randint(4, 8))
    in_path = "patient column" not in needs or chance.random() < 0.5
    for i, film in enumerate(films):
        folders = f"train/patient{int(film.patient):05d}/study{i + 1}" if in_path else "images"
        film.name = f"CheXpert-v1.0-small/{folders}/view{i + 1}_{'lateral' if i % 3 else 'frontal'}.jpg"
        values = [0, 0, 1, 1, None] + ["unknown"] * ("unknown" in needs)
        film.cells = {label: chance.choice(values) for label in labels}
    spelled = {0: ["", "0"], 1: ["1"], None: ["-1"], "unknown": ["nan"]}
    columns = [Column("Path", "film"), Column("Sex", "sex"), Column("Age", "age"),
               Column("Frontal/Lateral", "side"), Column("AP/PA", "view"), Column("No Finding"),
               *(Column(label, "label") for label in labels)]  # fmt: skip
    rows = [[f.name, {"M": "Male", "F": "Female", None: ""}[f.sex], age_text(f.age),
             {"Lateral": "Lateral", None: ""}.get(f.view, "Frontal"), f.view if f.view in ("PA", "AP") else "",
             "" if any(f.cells.values()) else "1",
             *(chance.choice(spelled[cell]) for cell in f.cells.values())] for f in films]  # fmt: skip
    table = Table("labels.csv", columns, rows)
    if "patient column" in needs:
        table.add(Column("Patient ID", "patient"), [film.patient for film in films])
    asked = chance.sample(labels, chance.choice([1, 3, 3, len(labels)]))
    if "no column" in needs:
        asked.append(chance.choice(["Hernia", "Mass", "Nodule", "Emphysema", "Fibrosis", "Pleural_Thickening"]))
    for film in films:
        film.cells = {label: None if cell == "unknown" else cell for label, cell in film.cells.items()}
        film.cells |= dict.fromkeys(set(asked) - set(labels))
    request = {"ask": "labels", "labels": asked, "rename": {}}
    return TableCase(chance, folder, request, labels_truth(films, asked), file=table)


def scores_case(chance, folder, needs):
    """A table of probabilities, as another program writes them."""
    count = chance.randint(6, 30)
    labels = chance.sample(NIH, chance.randint(2, 5))
    asked = chance.sample(labels, chance.randint(1, len(labels)))
    names = [nih_name(number, 0) for number in chance.sample(range(1, 30000), count)]
    scores = [{label: chance.random() for label in labels} for _ in names]
    if "close scores" in needs:
        for label in labels:
            low = chance.choice([chance.random(), 0.5, 1e-300, 0.50000001])
            high = 0.50000002 if low == 0.50000001 else math.nextafter(low, 1)
            for row, value in zip(chance.sample(scores, 2), (low, high)):
                row[label] = value
    columns = [Column("Image Index", "film"), *(Column(label, "score") for label in labels)]
    table = Table("scores.csv", columns, [[n, *map(repr, row.values())] for n, row in zip(names, scores)])
    films = [{"name": n, "scores": [row[label] for label in asked]} for n, row in zip(names, scores)]
    return TableCase(chance, folder, {"ask": "scores", "labels": asked}, {"films": films}, file=table)


def split_case(chance, folder, needs):
    """A label file and two lists that part its patients."""
    films = some_films(chance, needs, chance.randint(26, 36), ["PA", "AP"], rows=60)
    for i, film in enumerate(films):
        film.name = nih_name(i + 1, i % 5)
        film.cells = {label: int(chance.random() < 0.1) for label in NIH}
    patients = sorted({film.patient for film in films})
    tested = set(chance.sample(patients, len(patients) // 3))
    names = {"train": [], "test": []}
    for film in films:
        names["test" if film.patient in tested else "train"].append(film.name)
    lists = {part: list_table(f"{part}_list.txt", names[part]) for part in names}
    spoiled = chance.choice(["train", "test"])
    tables = {spoiled: lists.pop(spoiled)} | lists | {"file": nih_table(chance, films, {"age", "sex", "view"})}
    truth = {part: sorted(found) for part, found in names.items()}
    return TableCase(chance, folder, {"ask": "split"}, truth, **tables)


def list_table(file, names):
    table = Table(file, [Column("Image Index", "film")], [[name] for name in names])
    table.header = None
    return table


def list_case(chance, folder, _):
    """A list of films as programs take them on standard input."""
    prefix = chance.choice(["", "images_002/images/"])
    names = [nih_name(n, n % 5, prefix) for n in chance.sample(range(1, 30000), chance.randint(6, 30))]
    return TableCase(chance, folder, {"ask": "list"}, {"names": names}, file=list_table("films.txt", names))


def boxes_case(chance, folder, needs):
    """NIH's file of boxes, whose header has a comma within a name."""
    header = ["Image Index", "Finding Label", "Bbox [x", "y", "w", "h]", "", "", ""]
    roles = ["film", "finding", *["number"] * 4, *["extra"] * 3]
    findings = ["Atelectasis", "Cardiomegaly", "Effusion", "Mass", "Nodule", "Pneumonia", "Pneumothorax"]
    boxes, rows = [], []
    for number in range(chance.randint(6, 30)):
        film, finding = nih_name(chance.randint(1, 300), number % 5), chance.choice(findings)
        if "infiltrate" in needs and number % 3 == 0:
            finding = "Infiltration"
        place = [chance.uniform(0, 512) for _ in range(4)]
        boxes.append(dict(zip(("film", "finding", "x", "y", "width", "height"), (film, finding, *place))))
        rows.append([film, finding, *map(repr, place), "", "", ""])
    table = Table("boxes.csv", [Column(name, role) for name, role in zip(header, roles)], rows)
    boxes.sort(key=lambda box: (box["film"], box["finding"]))
    return TableCase(chance, folder, {"ask": "boxes"}, {"boxes": boxes}, file=table)


def exclusions_case(chance, folder, _):
    """An audit, the films of whose errors are left out."""
    severities = [chance.choice(["error", "warning", "note"]) for _ in range(chance.randint(6, 30))]
    names = [nih_name(chance.randint(1, 20), 0) for _ in severities]
    columns = [Column("image", "film"), Column("problem"), Column("severity", "severity"), Column("detail")]
    rows = [[n, "too_dark", s, "mean 3, of 255"] for n, s in zip(names, severities)]
    truth = {"names": sorted({n for n, s in zip(names, severities) if s == "error"})}
    return TableCase(chance, folder, {"ask": "exclusions"}, truth, file=Table("audit.csv", columns, rows))


LAYOUTS = {
    "flat": "{0:08d}_000.png",
    "nih": "images_{1:03d}/images/{0:08d}_000.png",
    "chexpert": "train/patient{0:05d}/study{1}/view1_frontal.jpg",
    "deep": "site{1}/patient{0:05d}/study{0}/series{1}/view1.png",
}


def films_case(chance, folder, needs):
    """A folder in one of the layouts in which sets come."""
    case = FilmCase(chance, folder, FilmCase.FOLDER + ("/all" if "one folder" in needs else ""))
    layout = "deep" if needs & {"twins", "half twins"} else chance.choice(list(LAYOUTS))
    numbers = iter(chance.sample(range(1, 30000), 60))
    bare = layout == "nih" and chance.random() < 0.6

    def film(listed, present=True):
        path = f"{case.base}/" + LAYOUTS[layout].format(next(numbers), chance.randint(1, 3))
        if present:
            case.put(path)
        if listed:
            name = Path(path).name if bare else case.within(path)
            case.listed.append(Listed(name, path if present else None))

    for _ in range(chance.randint(6, 24)):
        film(listed=True)
    for _ in range(chance.randint(0, 3)):
        film(listed=False)
        case.unlisted += 1
    for _ in range(chance.randint(1, 3) if "missing films" in needs else 0):
        film(listed=True, present=False)
    for first in case.some(case.here()) if needs & {"twins", "half twins"} else []:
        other = re.sub("/site./", "/siteZ/", first.at)
        if "twins" in needs:
            case.put(other)
        elif chance.random() < 0.5:
            # The missing film alone is listed: a reader that takes the other one for it has no second name to see.
            case.listed.remove(first)
            case.unlisted += 1
        case.listed.append(Listed(case.within(other), other if "twins" in needs else None))
    chance.shuffle(case.listed)
    return case


BUILDERS = {
    "nih": nih_case, "chexpert": chexpert_case, "films": films_case, "scores": scores_case, "split": split_case,
    "boxes": boxes_case, "exclusions": exclusions_case, "list": list_case,
}  # fmt: skip
SHARES = {"nih": 35, "chexpert": 20, "films": 15, "scores": 12, "split": 6, "boxes": 5, "exclusions": 4, "list": 3}
LABELS = "nih chexpert"
TABLES = "nih chexpert scores boxes exclusions"
TEXTS = TABLES + " split list"


# ---- Forms of damage: first what must be read, in the order in which they come on top of each other


@dataclass(frozen=True)
class Form:
    """A form of damage. Two forms that share a slot are not mixed; `needs` is what the truth has to hold for it."""

    name: str
    kinds: frozenset
    slots: frozenset
    needs: frozenset
    weight: int
    may_refuse: bool
    spoil: Callable


FORMS = []


def form(kinds, name, slots="", needs="", weight=1, variants=None, may_refuse=False):
    """Registers a form, or one a variant: the variant's name goes into the form's, its values to the function."""

    def register(spoil):
        for variant, values in (variants or {"": ()}).items():
            if not isinstance(values, tuple):
                values = (values,)
            FORMS.append(Form(
                name.format(variant), frozenset(kinds.split()), frozenset(slots.split()),
                frozenset(filter(None, needs.split(", "))), weight, may_refuse,
                lambda case, values=values: spoil(case, *values)))  # fmt: skip
        return spoil

    return register


# What is peculiar to a kind comes more often than what any file may be.
refusable = partial(form, may_refuse=True, weight=4)


def respell(case, places, spelling):
    """Writes cells in other ways, by chance where there are several; None leaves one as it is."""
    changed = 0
    for row, column in places:
        text = spelling(row.cells[column], case.random)
        if text is not None and text != row.cells[column]:
            row.cells[column] = text
            changed += 1
    if not changed:
        raise Unsuited


# Rows of one film


@form(LABELS, "the same row twice", "rows")
def repeated(case):
    """Tables that were joined hold rows twice."""
    for row in case.some(case.table.rows):
        case.table.insert_after(row, row.but(), case.random)


@form(LABELS, "a row more in which age, sex and view are blank", "rows", "all columns")
def blank_in_one(case):
    """What one row says stands for both, whichever comes first."""
    for row in case.some(case.table.rows):
        blank = row.but(age="", sex="", view="", side="")
        case.table.insert_after(row, blank, case.random)
        if case.random.random() < 0.5:
            row.cells, blank.cells = blank.cells, row.cells


@form("nih", "a finding a row", "rows")
def finding_a_row(case):
    """Annotation programs write so, and films of one finding look as ever."""
    for row in case.some([row for row in case.table.rows if "|" in row.value("findings")]):
        first, *others = row.value("findings").split("|")
        for finding in others:
            case.table.insert_after(row, row.but(findings=finding), case.random)
        row.cells = row.but(findings=first).cells


@form("nih", "a box a row, in columns of their own", "rows")
def box_a_row(case):
    """Sets with boxes repeat the film for each of them."""
    repeated(case)
    for name in "xywh":
        case.table.add(Column(name), [str(case.random.randint(1, 500)) for _ in case.table.rows])


@form("chexpert", "a row more, {}", "rows", variants={
    "blank where a finding is present": (["1"], ""), "unknown where one is known": (["1", "0"], "nan")})  # fmt: skip
def less_in_one(case, known, less):
    """Two readers of one film: the one who says something is heard."""
    suited = [row for row, column in case.table.cells("label") if row.cells[column] in known]
    for row in dict.fromkeys(case.some(suited)):
        second = row.but()
        for column in case.table.of("label"):
            if row.cells[column] in known and case.random.random() < 0.7:
                case.random.choice([row, second]).cells[column] = less
        case.table.insert_after(row, second, case.random)


# Cells: kinds of table; name; roles of the columns, which are the slots as well; needs; spelling of a text


def marker(chance):
    """Every program has its own word for nothing."""
    return chance.choice([str, str.upper, str.title])(chance.choice(MISSING))


def one_of(ways):
    return lambda text, chance: chance.choice(ways.get(text, [text]))


def other_score(text, chance):
    """The same double, in one of the ways that float() takes."""
    value = float(text)
    ways = [f"{value:.17e}", f"{value:.17E}", f"+{text}", f"{value:.20g}", f" {text}"]
    if "e" not in text:
        ways += [text + "0", text.removeprefix("0")]
    return chance.choice([way for way in ways if float(way) == value])


NAMED = "nih chexpert scores split boxes exclusions list"
CELLS = [
    (NAMED, "film names with backslashes", "film", "", lambda t, c: c.choice([t, t.replace("/", "\\")])),
    (NAMED, "film names with a leading ./", "film", "", lambda t, c: c.choice([t, "./" + t])),
    (NAMED, "film names with a leading .\\", "film", "", lambda t, _: ".\\" + t.replace("/", "\\")),
    (NAMED, "film names with doubled slashes", "film", "", lambda t, c: c.choice([t, t.replace("/", "//")])),
    ("nih", "ages as 058Y", "age", "", lambda t, _: f"{int(t):03d}Y" if t.isdigit() else None),
    (LABELS, "ages as 58.0", "age", "", lambda t, _: t + ".0" if t.isdigit() else None),
    ("nih", "ages in months", "age", "months", lambda t, _: {"1": "012M", "2": "024M"}.get(t)),
    ("nih", "sexes spelled out", "sex", "", one_of({"M": ["Male", "male", "MALE"], "F": ["Female", "female"]})),
    ("chexpert", "sexes as a letter", "sex", "", lambda t, _: t[:1]),
    ("nih", "patients as 00013", "patient", "", lambda t, c: c.choice([t, t.zfill(8)])),
    ("nih", "patients as 13.0", "patient", "", lambda t, _: t + ".0"),
    ("chexpert", "patients as 00013, in a column", "patient", "patient column", lambda t, _: t.zfill(8)),
    ("chexpert", "patients as 13.0, in a column", "patient", "patient column", lambda t, _: t + ".0"),
    (LABELS, "missing ages, sexes and views as n/a, None, ? …", "age sex view side", "missing",
     lambda t, c: None if t else marker(c)),
    ("nih", "unknown findings as NaN, null, - …", "findings", "unknown",
     lambda t, c: marker(c) if t == "nan" else None),
    ("chexpert", "unknown labels as NaN, null, - …", "label", "unknown",
     lambda t, c: marker(c) if t == "nan" else None),
    ("chexpert", "label cells as 1.0", "label", "",
     one_of({"1": ["1.0", "1.00"], "0": ["0.0", "0.00"], "-1": ["-1.0"]})),
    ("chexpert", "label cells as True", "label", "", one_of({"1": ["True", "TRUE", "true"], "0": ["False"]})),
    ("chexpert", "label cells as Yes", "label", "", one_of({"1": ["yes", "YES"], "0": ["no"]})),
    ("scores", "scores as .5, 5e-1, +0.5, 0.50", "score", "", other_score),
    ("boxes", "Infiltrate for Infiltration", "finding", "infiltrate",
     lambda t, _: {"Infiltration": "Infiltrate"}.get(t)),
    ("exclusions", "severities in any case", "severity", "", lambda t, c: c.choice([t.upper(), t.title()])),
]  # fmt: skip


def respeller(roles, spelling):
    return lambda case: respell(case, case.table.cells(*roles.split()), spelling)


for _kinds, _name, _roles, _needs, _spelling in CELLS:
    form(_kinds, _name, _roles, _needs)(respeller(_roles, _spelling))


@form("nih", "findings joined by {}", "findings", variants={
    "commas": ", ", "semicolons": ";", "slashes": "/", "ampersands": " & ", "plus signs": " + ", "line breaks": "\n",
    "single spaces": " ", "bars with spaces around": " | ", "commas without spaces": ",", "backslashes": "\\",
    "dashes": " - ", "the word and": " and ", "full-width commas": "，"})  # fmt: skip
def joined_findings(case, joint):
    """Whoever retypes a cell joins its findings as he writes."""

    def join(text, _):
        is_clear = is_known(case, text) and not (joint in (" ", " - ", " and ") and " " in text)
        return joint.join(text.split("|")) if is_clear or joint == " | " else None

    respell(case, case.table.cells("findings"), join)


@form("nih", "findings as a list, {}", "findings", variants={
    "['…', '…']": repr, '["…","…"]': partial(json.dumps, separators=(",", ":")),
    "['…' '…']": lambda names: "[" + " ".join(map(repr, names)) + "]",
    "('…', '…')": lambda names: "(" + repr(names)[1:-1] + ")",
    "{…,…}": lambda names: "{" + ",".join(names) + "}"})  # fmt: skip
def written_list(case, spelling):
    """A column of lists that pandas, NumPy or a database wrote."""
    respell(case, case.table.cells("findings"), lambda t, _: spelling(t.split("|")) if is_known(case, t) else None)


def is_known(case, text):
    return {*text.split("|")} <= {*NIH, *case.asked_labels, "No Finding"}


@form("chexpert scores boxes", "decimal commas, parted by {}", "separator label score number",
      variants={"semicolons": ";", "tabs": "\t"})  # fmt: skip
def decimal_commas(case, separator):
    """Half of Europe's spreadsheets."""
    case.table.separator = separator
    whole = {"1": "1,0", "0": "0,0", "-1": "-1,0"}
    places = case.table.cells("label", "score", "number")
    respell(case, places, lambda text, _: whole.get(text, text.replace(".", ",")))


@form("nih", "a label of NIH's that no row has", "", "label of no row")
@form("chexpert", "a label of NIH's without a column", "", "no column")
@form("chexpert", "the patient in a column", "", "patient column")
@form("scores", "scores that are one in 32 bits", "", "close scores", weight=6)
@form("films", "a film whose last three parts another, missing film shares", "shapes", "half twins", weight=4)
@form("films", "two films that share their last three parts", "shapes", "twins")
@form("films", "films that are nowhere", "missing", "missing films")
def plain(_):
    """Nothing is spoiled: the truth alone is hard."""


# ---- Forms that may be refused; what spoils whole columns and the text comes on top of them


def replaced(place, text, *mentions, true=None):
    """Spoils a cell; the remedy is to write there what is true."""
    row, column = place
    true = row.cells[column] if true is None else true
    row.cells[column] = text
    return Refusal([row, *mentions], lambda: row.cells.update({column: true}))


@refusable("chexpert", "a value that is none in a label column", "label")
def wrong_cell(case):
    """Is 0.7 a probability, a score, a slip?"""
    place, value = case.one(case.asked_cells("label")), case.random.choice(["2", "0.7", "x", "5"])
    return replaced(place, value, place[1].name, value)


@refusable("scores", "a score that is none", "score")
def wrong_score(case):
    """A probability is a number from 0 to 1; 90 % might be meant, or not."""
    value = case.random.choice(["90 %", "1.5", "", "nan", "x"])
    return replaced(case.one(case.asked_cells("score")), value, value or re.compile("blank|empty|missing"))


@refusable("boxes", "a side of a box that is no number", "number", variants={"": ("number", ["x", "12px", "1.2.3"])})
@refusable("exclusions", "a severity that is none", "severity", variants={"": ("severity", ["fatal", "err", "high"])})
def wrong_value(case, role, values):
    value = case.random.choice(values)
    return replaced(case.one(case.table.cells(role)), value, value)


@refusable("nih", "a patient that a spreadsheet rounded", "patient", "large ids")
def rounded(case):
    """1.23E+10 may be a thousand patients."""
    row, column = place = case.one(case.table.cells("patient"))
    value = f"{int(row.cells[column]):.2E}"
    return replaced(place, value, value)


@refusable("nih", "{}", "patient film", variants={
    "a marker as patient": ("patient", marker), "a marker as film name": ("film", marker),
    "a blank patient": ("patient", lambda _: ""), "a blank film name": ("film", lambda _: "")})  # fmt: skip
def missing_key(case, role, nothing):
    return replaced(case.one(case.table.cells(role)), nothing(case.random))


@refusable("nih", "a known finding and an unknown one, not parted by a bar", "findings")
def partly_known(case):
    """One finding with a comma in its name, or two?"""
    row, column = place = case.one([(r, c) for r, c in case.table.cells("findings") if r.cells[c] in case.asked_labels])
    label = row.cells[column]
    text = case.random.choice([f"{label}, Tumour", f"Tumour, {label}", f"{label}; Tumour", f"{label}/Tumour"])
    return replaced(place, text, text, true=f"{label}|Tumour")


def near(chance, label):
    ways = {label.lower(), label.upper(), label.swapcase(), *(re.sub("[-_ ]", s, label) for s in "-_ ")}
    return chance.choice(sorted(ways - {label}))


def renamed(case, label, other):
    remedy = {"option": "rename", "value": f"{other}={label}"}
    return Refusal([other, label], lambda: case.request.update(rename={other: label}), remedy)


@refusable("nih", "a finding that is nearly a label that is asked for", "findings")
def near_finding(case):
    """Most likely the same; but nobody said so."""
    present = {label for row in case.table.rows for label in row.value("findings").split("|")}
    label = case.one([label for label in case.asked_labels if label in present])
    other = near(case.random, label)
    swap = {label: other}
    places = case.table.cells("findings")
    respell(case, places, lambda text, _: "|".join(swap.get(part, part) for part in text.split("|")))
    return renamed(case, label, other)


@refusable("chexpert", "a column that is nearly a label that is asked for")
def near_column(case):
    column = case.one([column for column in case.table.of("label") if column.name in case.asked_labels])
    other = case.table.header.cells[column] = near(case.random, column.name)
    return renamed(case, column.name, other)


@refusable(LABELS, "a misspelled label is asked for", "findings")
def misspelled(case):
    """To find no films of it would be a wrong number."""
    label = case.one(case.asked_labels)
    place = case.asked_labels.index(label)
    case.asked_labels[place] = label[:-1]
    return Refusal([label[:-1]], lambda: case.asked_labels.__setitem__(place, label))


def contradicted(case, row, column, text):
    """A second row of a film that says something else. Either may be wrong; the remedy is to remove that one."""
    wrong, rows = Row(row.cells | {column: text}), case.table.rows
    is_first = case.random.random() < 0.5
    if is_first:
        rows.insert(rows.index(row), wrong)
    else:
        case.table.insert_after(row, wrong, case.random)
    return Refusal([wrong, row] if is_first else [row, wrong], lambda: rows.remove(wrong))


OTHERS = {
    "patient": lambda text: str(int(text) + 1), "age": lambda text: str(int(text) % 90 + 2),
    "sex": {"M": "F", "F": "M", "Male": "Female", "Female": "Male"}.get, "view": {"PA": "AP", "AP": "PA"}.get,
}  # fmt: skip


@refusable("nih", "two rows of a film with another {}", "rows age sex view patient", "all columns",
           variants={role: role for role in OTHERS})  # fmt: skip
@refusable("chexpert", "two rows of a film with another {}", "rows age sex view patient", "all columns",
           variants={role: role for role in ("age", "sex", "view")})  # fmt: skip
def other_in_second(case, role):
    row, column = case.one([(row, c) for row, c in case.table.cells(role) if row.cells[c]])
    return contradicted(case, row, column, OTHERS[role](row.cells[column]))


@refusable("nih", "two rows of a film, one with a finding and one with none", "rows findings")
def both(case):
    row, column = case.one([(row, c) for row, c in case.table.cells("findings") if row.cells[c] != "nan"])
    other = case.asked_labels[0] if row.cells[column] == "No Finding" else "No Finding"
    return contradicted(case, row, column, other)


@refusable("chexpert", "two rows of a film, {}", "rows label", variants={
    "present and absent": ("1", "0"), "absent and present": ("0", "1"), "uncertain and present": ("-1", "1"),
    "uncertain and absent": ("-1", "0")})  # fmt: skip
def other_cell(case, true, other):
    row, column = case.one([(row, c) for row, c in case.asked_cells("label") if row.cells[c] == true])
    return contradicted(case, row, column, other)


@refusable("scores", "a film with two rows of scores", "rows score")
def scored_twice(case):
    row, column = case.one(case.asked_cells("score"))
    refusal = contradicted(case, row, column, repr(case.random.random()))
    del refusal.mentions[0]
    return refusal


@refusable("split", "a listed film that the labels lack", "rows")
def unknown_film(case):
    row, column = case.one(case.table.cells("film"))
    stranger = nih_name(case.random.randint(50000, 60000), 0)
    refusal = contradicted(case, row, column, stranger)
    refusal.mentions = [stranger]
    return refusal


@refusable("nih chexpert scores exclusions", "a column that is needed stands there twice", "header")
def twice(case):
    """Which of the two holds?"""
    asked = [column for column in case.table.of("label", "score") if column.name in case.asked_labels]
    column = case.one(case.table.of("film", "findings", "patient", "severity") + asked)
    copy = Column(column.name, column.role)
    values = [row.cells[column] for row in case.table.rows]
    case.table.add(copy, values[1:] + values[:1], first=case.random.random() < 0.5)
    return Refusal([column.name, re.compile("twice")], lambda: case.table.columns.remove(copy))


@refusable("nih chexpert scores exclusions boxes", "letters of Latin-1", "encoding padding header-padding", weight=2)
def latin(case):
    """A spreadsheet of Windows; bytes that are no UTF-8 could be anything."""
    if case.table.columns[-1].name:
        case.table.add(Column("Remark"), [""] * len(case.table.rows))
    marked = case.some(case.table.rows)
    for row in marked:
        row.cells[case.table.columns[-1]] = "réticulation"
    case.table.encoding = "latin-1"
    first = min(marked, key=case.table.rows.index)
    mentions = [first, re.compile("UTF-8"), re.compile("iconv")]
    return Refusal(mentions, lambda: setattr(case.table, "encoding", "utf-8"))


def excel_archive(_):
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as package:
        for name in ("[Content_Types].xml", "xl/workbook.xml", "xl/worksheets/sheet1.xml"):
            package.writestr(zipfile.ZipInfo(name), "<x/>")
    return archive.getvalue()


def git_pointer(data):
    digest = hashlib.sha256(data).hexdigest()
    return f"version https://git-lfs.github.com/spec/v1\noid sha256:{digest}\nsize {len(data)}\n".encode()


@refusable(TEXTS, "{} instead of text", "container", weight=1, variants={
    "gzip": ("gzip", partial(gzip.compress, mtime=0)), "xlsx": ("excel", excel_archive),
    "xls": ("excel", lambda data: bytes.fromhex("D0CF11E0A1B11AE1") + bytes(504)),
    "HTML": ("html", lambda data: b"<!DOCTYPE html>\n<html><head><title>Sign in</title></head></html>\n"),
    "Parquet": ("parquet", lambda data: b"PAR1" + bytes(64) + b"PAR1"),
    "git-lfs's pointer": ("git[- ]lfs", git_pointer)})  # fmt: skip
def contained(case, name, container):
    """A file that was not unpacked, converted or really downloaded, whatever its name says."""
    how = re.compile("csv|unpack|gunzip|gzip -d|download|save|pull|convert|export")
    case.table.container = container
    return Refusal([re.compile(name), how], lambda: setattr(case.table, "container", None))


# ---- Forms that must be read, again: columns, headers, and the text as a whole


@form("nih chexpert scores exclusions", "columns in another order", "order")
def shuffled(case):
    case.random.shuffle(case.table.columns)


@form("nih chexpert scores exclusions", "an unnamed index column", "index")
def index(case):
    """pandas writes one, and on the next round names it."""
    numbers = [str(number) for number in range(len(case.table.rows))]
    case.table.add(Column("index"), numbers, header=case.random.choice(["", "", "Unnamed: 0"]), first=True)


REMARKS = ['seen by "AB", again', "one\ntwo", "", 'a "b\nc", d; e\tf', '"']


@form("nih chexpert scores exclusions", "{}", "", variants={
    "columns that nobody asked for": (["fold", "Hospital", "OriginalImage[Width", "Height]"], ["0", "1", "2.5"]),
    "commas, quotes and line breaks in a column that is not used": (["Remarks"], REMARKS)})  # fmt: skip
def extras(case, names, values):
    for name in names:
        case.table.add(Column(name), case.random.choices(values, k=len(case.table.rows)))


@form("list split", "a list with the header Image Index", "header", variants={"": ((),)})
@form("list split", "a list that is a table with a column Image Index", "header",
      variants={"": (("Finding Labels", "Patient ID"),)})  # fmt: skip
def list_of_columns(case, others):
    case.table.header = Row({column: column.name for column in case.table.columns})
    for name in others:
        values = case.random.choices(["3", "12", "77"], k=len(case.table.rows))
        case.table.add(Column(name), values, first=case.random.random() < 0.5)


@form("boxes", "boxes without a header", "header header-padding")
def headless(case):
    case.table.header = None


@form(TABLES, "headers in another case, with _ or - for spaces", "header")
def other_headers(case):
    """Label columns are left alone: their spelling is a name."""

    def spell(text, chance):
        text = chance.choice([str, str.lower, str.upper, str.title])(text)
        return re.sub("[-_ ]", lambda _: chance.choice("-_ "), text)

    columns = [column for column in case.table.columns if column.role not in ("label", "score")]
    respell(case, [(case.table.header, column) for column in columns], spell)


def pad(text, chance):
    """A text with what nobody sees on one side or both."""
    before, after = chance.choice([(1, 0), (0, 1), (1, 1)])
    return chance.choice(UNSEEN) * before + text + chance.choice(UNSEEN) * after


@form(TABLES, "white space, no-break and zero-width characters around headers", "header-padding")
def padded_headers(case):
    respell(case, case.some([(case.table.header, column) for column in case.table.columns]), pad)


@form(TEXTS, "white space, no-break and zero-width characters around values", "padding")
def padded(case):
    """Copied from a web page or a letter."""
    respell(case, case.some([(row, column) for row in case.table.rows for column in case.table.columns]), pad)


@form(TABLES, "{} for commas", "separator", variants={"semicolons": {"separator": ";"}, "tabs": {"separator": "\t"}})
@form(TABLES, "a first line sep=", "names-separator", variants={"": {"names_separator": True}})
@form(TEXTS, "every field quoted", "quotes", variants={"": {"quotes_all": True}})
@form(TEXTS, "no line break at the end", "end", variants={"": {"ends": False}})
@form(TEXTS, "lines that end with {}", "newline", variants={"CRLF": {"newline": "\r\n"}, "CR": {"newline": "\r"}})
@form(TEXTS, "{}", "encoding", variants={
    "UTF-8 with a byte-order mark": {"mark": b"\xef\xbb\xbf"},
    "UTF-16, little-endian": {"encoding": "utf-16-le"}, "UTF-16, big-endian": {"encoding": "utf-16-be"},
    "UTF-16, little-endian, with a mark": {"encoding": "utf-16-le", "mark": b"\xff\xfe"},
    "UTF-16, big-endian, with a mark": {"encoding": "utf-16-be", "mark": b"\xfe\xff"}})  # fmt: skip
def written_otherwise(case, how):
    """The same cells, as another program or another system writes them."""
    vars(case.table).update(how)


@form(TEXTS, "empty lines", "gaps", variants={"": False})
@form(TABLES, "lines of separators only", "gaps", variants={"": True})
def hollow_lines(case, has_separators):
    """Rows that were cleared, not deleted."""
    width = len(case.table.columns) - 1 if has_separators else 0
    for row in case.some(case.table.lines()):
        row.gaps += [case.table.separator * width] * case.random.randint(1, 2)


# ---- Forms of folders


@form("films", "{} DICOM film", "dicom", variants={
    "a listed": (True, "IM{:06d}"), "an unlisted": (False, "IM{:06d}"),
    "a listed, UID-named": (True, "1.2.840.113619.2.5.{}.3"),
    "an unlisted, UID-named": (False, "1.2.840.113619.2.5.{}.3")})  # fmt: skip
def dicom(case, is_listed, spelling):
    """Found by what they hold."""
    path = f"{case.base}/" + spelling.format(case.random.randint(1, 30000))
    case.put(path)
    if is_listed:
        case.listed.insert(case.random.randint(0, len(case.listed)), Listed(case.within(path), path))
    else:
        case.unlisted += 1


@form("films", "names with more and with fewer folders", "shapes names disk")
def mixed_parts(case):
    """A name is the end of a path, however much of it there is."""
    for film in case.some(case.here()):
        parts = film.at.split("/")
        ends = ["/".join(parts[-n:]) for n in range(1, len(parts) + 1)]
        film.name = case.random.choice([end for end in ends if case.is_sole(end)])


JUNK = {
    "._x.png": "._{}", "a hidden film": ".{}", "a hidden folder": ".trash-1000/{}",
    ".ipynb_checkpoints": ".ipynb_checkpoints/{}", "__MACOSX": "__MACOSX/images/{}",
    "@eaDir": "@eaDir/{}/SYNOFILE_THUMB_M.png",
}  # fmt: skip


@form("films", "what looks like films: {}", "", variants=JUNK)
def junk(case, spelling):
    """Systems and editors leave it beside the films, under their names."""
    for film in case.some([film for film in case.here() if film.at.endswith(("png", "jpg"))]):
        beside, name = os.path.split(film.at)
        path = f"{beside}/" + spelling.format(name)
        case.left_out += path not in case.files
        case.files[path] = film_bytes("x.png")


@form("films", "other files", "others")
def other_files(case):
    for name in case.random.sample(["README.txt", "labels.csv", ".DS_Store", "Thumbs.db", "SHA256SUMS"], 3):
        case.files[f"{case.base}/{name}"] = b"no film\n"


@refusable("films", "one name in two folders", "names shapes disk dicom")
def ambiguous(case):
    """Either film would be a guess."""
    film = case.one([film for film in case.here() if case.is_sole(Path(film.at).name)])
    other = f"{case.base}/copy/{Path(film.at).name}"
    case.put(other)
    case.unlisted += 1
    film.name = Path(film.at).name
    fuller = case.FOLDER.split("/")[-1] + "/" + case.within(film.at)
    return Refusal([case.within(film.at), case.within(other)], lambda: setattr(film, "name", fuller))


@refusable("films", "two names of one film", "names shapes disk")
def two_names(case):
    film = case.one(case.here())
    ends = ["/".join(film.at.split("/")[-n:]) for n in range(1, 7)]
    second = case.one([end for end in ends if case.is_sole(end) and end != film.name])
    case.second.append(second)
    return Refusal([film.name, second], lambda: case.second.clear())


@refusable("films", "a leading folder that is not there: {}", "names shapes missing", variants={
    "one": "CheXpert-v1.0-small", "two deep": "archive/CheXpert-v1.0"})  # fmt: skip
def leading_folder(case, leading):
    """People rename what they unpack."""
    for film in case.listed:
        film.name = f"{leading}/{film.name}"
    return hinted(case, list(case.listed), "drop", leading, {"option": "dropFolders", "value": leading})


@refusable("films", "another ending than listed: {}", "shapes missing disk dicom", variants={
    "in capitals": str.upper, "of another format": lambda _: ".jpeg", "none": lambda _: ""})  # fmt: skip
def other_ending(case, ending):
    """The same film, converted; but nobody said so."""
    moved = case.some(case.here())
    for film in moved:
        stem, suffix = os.path.splitext(film.at)
        del case.files[film.at]
        film.at = stem + ending(suffix)
        case.put(film.at)
    return hinted(case, moved, "ignoreExtensions", True, {"option": "ignoreExtensions"})


def hinted(case, lacking, key, value, remedy):
    """The answer that lacks some films but says how they are found, and the request that finds them."""

    def answer():
        paths = [None if any(film is x for x in lacking) else path
                 for film, path in zip(case.listed, case.truth["paths"])]  # fmt: skip
        return {"paths": paths, "leftOut": case.left_out, "unlisted": case.unlisted + len(lacking),
                "hint": {**remedy, "rows": len(lacking)}}  # fmt: skip

    return Refusal([], lambda: case.request.update({key: value}), hinted=answer)


@refusable("films", "two endings where endings do not count", "shapes missing disk dicom")
def two_endings(case):
    film = case.one(case.here())
    stem = os.path.splitext(film.at)[0]
    film.name = os.path.splitext(film.name)[0] + ".png"
    case.move(film, stem + ".jpg")
    case.put(stem + ".jpeg")
    case.request["ignoreExtensions"] = True
    name = Path(stem).name
    return Refusal([f"{name}.jpg", f"{name}.jpeg"], lambda: case.files.pop(stem + ".jpeg"))


@form("films", "names with {}", "names", variants={
    "backslashes": lambda n: n.replace("/", "\\"), "a leading ./": lambda n: "./" + n,
    "doubled slashes": lambda n: n.replace("/", "//")})  # fmt: skip
def foreign_lists(case, spelling):
    changed = [film for film in case.listed if spelling(film.name) != film.name]
    for film in case.some(changed):
        film.name = spelling(film.name)


@form("films", "films that are links", "disk")
def linked_films(case):
    """Subsets of large sets are often folders of links."""
    for number, film in enumerate(case.some(case.here())):
        path = film.at
        case.move(film, f"store/blob{number}{Path(path).suffix}")
        case.links[path] = film.at


@form("films", "a folder that is a link", "disk")
def linked_folder(case):
    """Large sets are mounted so."""
    nested = [parts for parts in (case.within(film.at).split("/") for film in case.here()) if len(parts) > 1]
    folder = f"{case.FOLDER}/{case.one(nested)[0]}"
    for path in [path for path in case.files if path.startswith(folder + "/")]:
        case.files["store/part" + path.removeprefix(folder)] = case.files.pop(path)
    for film in case.here():
        if film.at.startswith(folder + "/"):
            film.at = "store/part" + film.at.removeprefix(folder)
    case.links[folder] = "store/part"


@form("films", "a link that leads round", "loop")
def loop(case):
    case.links[f"{case.FOLDER}/round"] = case.random.choice([case.FOLDER, os.path.dirname(case.FOLDER)])


@form("films", "a film that a link reaches again", "again")
def again(case):
    """One film, not two."""
    for number, film in enumerate(case.some(case.here())):
        case.links[f"{case.FOLDER}/again{number}{Path(film.at).suffix}"] = film.at


@form("films", "the folder as {}", "folder", variants={
    "A/": ("", "{}/shelf/films/"), "./A": ("shelf", "./films"), "A, from above": ("shelf", "films"),
    ".": ("shelf/films", "."), "its parent": ("", "{}/shelf"), "a link": ("", "{}/pictures"),
    "a link, from above": ("", "pictures/")})  # fmt: skip
@form("films", "the folder as {}", "folder loop again", "one folder", variants={
    "A/sub": ("", "{}/shelf/films/all"), "A/sub, from above": ("shelf", "films/all")})  # fmt: skip
def other_folder(case, start, spelling):
    """The same films, however one comes to them."""
    case.links["pictures"] = case.FOLDER
    case.place = {"folder": spelling.format(case.folder)}
    if not spelling.startswith("{}"):
        case.place["from"] = str(case.folder / start)


# ---- Judging


def normal(name):
    """A film's name without what does not count in it."""
    return re.sub("/+", "/", name.replace("\\", "/")).removeprefix("./")


def canonical(value, key=""):
    """An answer in which film names are spelled in one way."""
    if isinstance(value, dict):
        return {k: canonical(v, k) for k, v in value.items()}
    if isinstance(value, list):
        return [canonical(item, key) for item in value]
    is_name = isinstance(value, str) and key in ("name", "names", "film", "train", "test")
    return normal(value) if is_name else value


def difference(expected, found, tolerance=0, place=""):
    """The first place where an answer is not the truth, in words."""
    if isinstance(expected, dict) and isinstance(found, dict):
        parts = [(f"{place}.{key}".lstrip("."), expected[key], found.get(key, "nothing")) for key in expected]
    elif isinstance(expected, list) and isinstance(found, list):
        if len(expected) != len(found):
            return f"{place}: expected {len(expected)}, found {len(found)}: {str(found)[:300]}"
        parts = [(f"{place}[{i}]", *pair) for i, pair in enumerate(zip(expected, found))]
    else:
        number = {type(expected), type(found)} <= {int, float}
        is_close = number and abs(expected - found) <= tolerance * abs(expected)
        is_same = type(expected) is type(found) and expected == found
        return None if is_close or is_same else f"{place}: expected {str(expected)[:300]}, found {str(found)[:300]}"
    return next(filter(None, (difference(e, f, tolerance, name) for name, e, f in parts)), None)


class Silent(Exception):
    """A reader that died, took too long or answered no JSON."""


class Reader:
    """The program that is judged; it is started anew where it fell."""

    PATIENCE = 60

    def __init__(self, path):
        self.path, self.process = os.path.abspath(path), None

    def ask(self, request):
        if self.process is None:
            self.process = subprocess.Popen([self.path], stdin=subprocess.PIPE, stdout=subprocess.PIPE, bufsize=0)
        try:
            self.process.stdin.write(json.dumps(request).encode() + b"\n")
            answer = json.loads(self.line())
            if not isinstance(answer, dict):
                raise Silent(f"no object: {answer}")
            return canonical(answer)
        except (OSError, ValueError, Silent) as problem:
            self.stop()
            raise Silent(str(problem)) from None

    def line(self):
        data = b""
        while not data.endswith(b"\n"):
            if not select.select([self.process.stdout], [], [], self.PATIENCE)[0]:
                raise Silent(f"no answer in {self.PATIENCE} s")
            part = self.process.stdout.read(1 << 16)
            if not part:
                raise Silent("it ended without an answer")
            data += part
        return data

    def stop(self):
        if self.process:
            with self.process:
                self.process.kill()
            self.process = None


READ, REMEDIED = "read to the truth", "refused by name, read after the remedy"
WRONG, REFUSED, UNNAMED, UNMENDED, SILENT = (
    "wrong number", "refused what must be read", "refused without its name", "remedy refused", "no answer"
)  # fmt: skip


@dataclass
class Verdict:
    outcome: str
    reason: str = ""
    request: dict | None = None
    answer: dict | None = None

    @property
    def is_failure(self):
        return self.outcome not in (READ, REMEDIED)


def judge(case, reader):
    """Asks once, and again after the remedy where the first answer is a refusal that may be."""
    tolerance = 1e-9 if case.request["ask"] == "boxes" else 0

    def ask():
        shutil.rmtree(case.folder, ignore_errors=True)
        case.folder.mkdir(parents=True)
        case.write()
        answer = reader.ask(case.asked())
        is_error = "error" in answer
        return answer, f"{answer['error']}" if is_error else difference(case.truth, answer, tolerance)

    answer = None
    try:
        answer, wrong = ask()
        if not wrong:
            return Verdict(READ)
        if not case.refusal:
            return Verdict(REFUSED if "error" in answer else WRONG, wrong, case.asked(), answer)
        lacking = case.refusal.lacks(answer)
        if lacking:
            named = "error" in answer or (case.refusal.hinted and lacking.startswith("the hints"))
            return Verdict(UNNAMED if named else WRONG, f"{lacking}; {wrong}", case.asked(), answer)
        case.refusal.mend()
        answer, wrong = ask()
        if not wrong:
            return Verdict(REMEDIED)
        return Verdict(UNMENDED if "error" in answer else WRONG, "mended, " + wrong, case.asked(), answer)
    except Silent as problem:
        return Verdict(SILENT, str(problem), case.asked(), answer)


def draw_forms(chance, kind, may_refuse):
    """One to four forms that can be mixed; of those that may be refused, exactly one or none."""
    known = [one for one in FORMS if kind in one.kinds]
    refusals = [one for one in known if one.may_refuse]
    chosen = chance.choices(refusals, [one.weight for one in refusals]) if may_refuse else []
    for _ in range(chance.randint(1 - may_refuse, 4 - may_refuse)):
        taken = frozenset().union(*(one.slots for one in chosen))
        free = [x for x in known if not x.may_refuse and x not in chosen and not taken & x.slots]
        chosen += chance.choices(free, [one.weight for one in free]) if free else []
    return sorted(chosen, key=FORMS.index)


def make_case(seed, number, folder):
    """A case is drawn from the seed and its number alone, so that one can be made again."""
    deck = [kind for kind, share in SHARES.items() for _ in range(share)]
    random.Random(0).shuffle(deck)
    kind = deck[number % len(deck)]
    # Every fourth case of every kind, from hundred to hundred another.
    may_refuse = (number + number // len(deck)) % 4 == 0
    chance = random.Random(f"{seed}/{number}")
    while True:
        forms = draw_forms(chance, kind, may_refuse)
        needs = frozenset().union(*(one.needs for one in forms))
        for _ in range(20):
            case = BUILDERS[kind](chance, folder, needs)
            try:
                for one in forms:
                    case.refusal = one.spoil(case) or case.refusal
                return case, forms
            except Unsuited:
                continue


def keep(case, verdict):
    for name, value in (("request", verdict.request), ("truth", case.truth), ("answer", verdict.answer)):
        (case.folder / f"{name}.json").write_text(json.dumps(value, indent=1) + "\n")


class Tally:
    """What came of the cases, and of each form in them."""

    def __init__(self):
        self.cases, self.must, self.outcomes, self.forms = 0, 0, Counter(), defaultdict(Counter)

    def add(self, forms, verdict):
        self.cases += 1
        self.must += not any(one.may_refuse for one in forms)
        self.outcomes[verdict.outcome] += 1
        for one in forms:
            self.forms[one.name, one.may_refuse][verdict.outcome] += 1

    @property
    def failures(self):
        return self.cases - self.outcomes[READ] - self.outcomes[REMEDIED]

    def summary(self):
        found = ", ".join(f"{outcome}: {self.outcomes[outcome]}" for outcome in (READ, REMEDIED, WRONG))
        others = self.failures - self.outcomes[WRONG]
        share = 100 * self.must / max(1, self.cases)
        return f"{self.cases} cases, {share:.1f} % must be read; {found}; other failures: {others}"

    def report(self, date, seed):
        rows = []
        for one in sorted({(one.name, one.may_refuse) for one in FORMS}, key=lambda one: (one[1], one[0])):
            found = self.forms[one]
            failed = found.total() - found[READ] - found[REMEDIED]
            name = one[0].replace("|", "\\|")
            promise = "may be refused" if one[1] else "must be read"
            rows.append(f"| {name} | {promise} | {found.total()} | {found[READ]} | {found[REMEDIED]} | {failed} |")
        numbers = [
            ("cases", self.cases), ("cases that must be read", f"{self.must} ({self.must / self.cases:.1%})"),
            *((outcome, self.outcomes[outcome]) for outcome in (READ, REMEDIED)),
            *((outcome + "s" * (outcome == WRONG), self.outcomes[outcome])
              for outcome in (WRONG, REFUSED, UNNAMED, UNMENDED, SILENT)),
        ]  # fmt: skip
        return "\n".join([
            "# How damaged files are read", "", f"{date}, seed {seed}. A case mixes one to four forms of damage; a"
            " form counts in each case it is part of, by what came of the case.", "",
            "| | |", "|---|---:|", *(f"| {name} | {value} |" for name, value in numbers), "",
            f"| form | promise | cases | {READ} | {REMEDIED} | failed |", "|---|---|---:|---:|---:|---:|", *rows, "",
        ])  # fmt: skip


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("reader")
    parser.add_argument("--cases", type=int, default=1000)
    # With this seed every form is among a thousand cases.
    parser.add_argument("--seed", type=int, default=2)
    parser.add_argument("--only", type=int, metavar="CASE", help="make and judge one case, by its number")
    parser.add_argument("--report", type=Path, metavar="FILE.md")
    parser.add_argument("--date", default=datetime.date.today().isoformat())
    parser.add_argument("--keep", type=Path, metavar="DIR", help="where the files of failed cases stay")
    options = parser.parse_args()
    if not os.access(options.reader, os.X_OK):
        parser.error(f"{options.reader} is no program")

    tally, reader = Tally(), Reader(options.reader)
    with tempfile.TemporaryDirectory() as temporary:
        root = Path(os.path.realpath(options.keep or temporary))
        for number in range(options.cases) if options.only is None else [options.only]:
            case, forms = make_case(options.seed, number, root / f"case-{number:04d}")
            verdict = judge(case, reader)
            tally.add(forms, verdict)
            if not verdict.is_failure:
                shutil.rmtree(case.folder)
                continue
            keep(case, verdict)
            print(f"case {number}: {verdict.outcome}: {verdict.reason}")
            print("  forms:", "; ".join(one.name for one in forms))
            print("  request:", json.dumps(verdict.request)[:1000])
        reader.stop()
    if options.report:
        options.report.write_text(tally.report(options.date, options.seed))
    print(tally.summary())
    return 1 if tally.failures else 0


if __name__ == "__main__":
    sys.exit(main())
