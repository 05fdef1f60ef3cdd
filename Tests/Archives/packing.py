"""Packs films as their publishers do, the same bytes each time; imported by the other files of this folder.

    twelve(films, folder)      images_001.tar.gz to images_012.tar.gz with members images/NAME, as NIH's
    tar(films, path)           one .tar, .tar.gz or .tgz of them
    kaggle(films, path)        one .zip with members images_001/images/NAME, as Kaggle's
    small_set(folder, count)   a label file and small films to pack, made without any program
"""

import contextlib
import gzip
import io
import random
import struct
import tarfile
import zipfile
import zlib
from pathlib import Path

MOMENT = 1_500_000_000
PARTS = 12


def films(folder):
    """The films of a set in NIH's shape, by name."""
    return sorted(Path(folder).rglob("*.png"), key=lambda path: path.name)


def parts(paths, count=PARTS):
    """Films cut into `count` runs of nearly equal length, in order."""
    edges = [len(paths) * place // count for place in range(count + 1)]
    return [paths[first:end] for first, end in zip(edges, edges[1:])]


# ---- tar


@contextlib.contextmanager
def stream(path, level=6):
    """A file to write, through gzip where its name says so; no name and no time get into it."""
    with open(path, "wb") as file:
        if path.suffix in (".gz", ".tgz"):
            with gzip.GzipFile("", "wb", level, file, mtime=0) as packed:
                yield packed
        else:
            yield file


def tar(paths, path, form=tarfile.GNU_FORMAT, folder="images"):
    """One archive of the films, with an entry for their folder first, as tar writes it."""
    with stream(path) as file, tarfile.open(fileobj=file, mode="w", format=form) as archive:
        entry = tarfile.TarInfo(folder)
        entry.type, entry.mode, entry.mtime = tarfile.DIRTYPE, 0o755, MOMENT
        archive.addfile(entry)
        for film in paths:
            entry = tarfile.TarInfo(f"{folder}/{film.name}")
            entry.size, entry.mode, entry.mtime = film.stat().st_size, 0o644, MOMENT
            with open(film, "rb") as contents:
                archive.addfile(entry, contents)


def twelve(paths, folder, suffix=".tar.gz"):
    """The twelve archives; those of fewer films than archives hold a folder alone."""
    folder.mkdir(parents=True, exist_ok=True)
    archives = [folder / f"images_{place:03}{suffix}" for place in range(1, PARTS + 1)]
    for archive, part in zip(archives, parts(paths)):
        tar(part, archive)
    return archives


# ---- zip


def kaggle(paths, path, method=zipfile.ZIP_DEFLATED):
    """One archive of all films, in the twelve folders of the unpacked set."""
    with zipfile.ZipFile(path, "w") as archive:
        for place, part in enumerate(parts(paths), 1):
            for film in part:
                entry = zipfile.ZipInfo(f"images_{place:03}/images/{film.name}", (2017, 7, 14, 2, 40, 0))
                entry.compress_type, entry.external_attr = method, 0o644 << 16
                archive.writestr(entry, film.read_bytes())


# ---- A set without any program


def png(side, seed):
    """A grey film of `side` pixels each way: noise on a slope."""
    dice = random.Random(seed)
    tilt = dice.randrange(1, 4)
    rows = b"".join(
        b"\0" + bytes((row * tilt + column + dice.randrange(40)) % 256 for column in range(side))
        for row in range(side)
    )

    def chunk(kind, body):
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    head = struct.pack(">IIBBBBB", side, side, 8, 0, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", head)
        + chunk(b"IDAT", zlib.compress(rows))
        + chunk(b"IEND", b"")
    )


def small_set(folder, count=40, side=32):
    """A label file, `count` films of as many patients in images_001/images; every other one has a mass."""
    images = folder / "images_001/images"
    images.mkdir(parents=True)
    rows = ["Image Index,Finding Labels,Patient ID"]
    for place in range(count):
        name = f"{place + 1:08}_000.png"
        (images / name).write_bytes(png(side, place))
        rows.append(f"{name},{'No Finding' if place % 2 else 'Mass'},{place + 1}")
    (folder / "Data_Entry_2017.csv").write_text("\n".join(rows) + "\n")
    return films(folder)


def tar_bytes(members, form=tarfile.GNU_FORMAT):
    """A .tar of (name, bytes) in memory."""
    file = io.BytesIO()
    with tarfile.open(fileobj=file, mode="w", format=form) as archive:
        for name, data in members:
            entry = tarfile.TarInfo(name)
            entry.size, entry.mode, entry.mtime = len(data), 0o644, MOMENT
            archive.addfile(entry, io.BytesIO(data))
    return file.getvalue()
