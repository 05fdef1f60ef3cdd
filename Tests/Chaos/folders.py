"""What a run leaves behind, in a form that two runs can be compared by."""

import csv
import io
import json
import re
import zipfile
from pathlib import Path

TIMES = {"seconds", "images_per_second"}
# The picture of how long epochs took, its data and its script, beside the page and in it.
TIMED_FILES = re.compile(r"(.*/)?seconds(\.svg|\.gp|-1-line-1\.tsv)")
TIMED_PICTURE = b"<title>By epoch: seconds of training</title>"


def arrays(path):
    """Each member of a checkpoint but its metadata, by name; a damaged file raises."""
    with zipfile.ZipFile(path) as archive:
        assert archive.testzip() is None, f"{path}: a member is damaged"
        return {name: archive.read(name) for name in archive.namelist() if name.endswith(".npy")}


def metadata(path):
    with zipfile.ZipFile(path) as archive:
        document = json.loads(archive.read("metadata.json"))
    # The history in it has times.
    document.pop("history", None)
    (document.get("unfinished_epoch") or {}).pop("seconds", None)
    return document


def history(text):
    rows = list(csv.DictReader(io.StringIO(text)))
    return [{key: value for key, value in row.items() if key not in TIMES} for row in rows]


def timeless(page):
    """A page, as bytes, without the picture of how long epochs took."""
    return re.sub(rb"(?s)<svg.*?</svg>", lambda svg: b"" if TIMED_PICTURE in svg[0] else svg[0], page)


def training(folder):
    """The bits of a finished run."""
    folder = Path(folder)
    return {
        "best": (arrays(folder / "best.npz"), metadata(folder / "best.npz")),
        "last": (arrays(folder / "last.npz"), metadata(folder / "last.npz")),
        "history": history((folder / "history.csv").read_text()),
    }


def whole(folder):
    """Checks that what is there now, at any moment, is whole."""
    folder = Path(folder)
    for name in ("best.npz", "last.npz"):
        if (folder / name).exists():
            arrays(folder / name)
            metadata(folder / name)
    if (folder / "history.csv").exists():
        for row in history((folder / "history.csv").read_text()):
            assert row["val_loss"] is not None, "history.csv ends within a row"
    if (folder / "run.json").exists():
        json.loads((folder / "run.json").read_text())


def files(folder):
    """All files of a folder but its lock, as bytes."""
    folder = Path(folder)
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.name != ".lock"
    }
