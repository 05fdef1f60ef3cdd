"""Says what is different in the files that two runs of the programs left; imported by equality.py.

`difference(before, after)` is the first difference of two files, as a sentence with both values, or nothing. Arrays
are compared bit for bit, JSON by its structure, where keys may have come, everything else byte for byte but for what
LEFT_OUT names.
"""

import ast
import csv
import json
import struct
import sys
import zipfile
from collections import Counter
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "Chaos"))
import folders  # noqa: E402

# Keys of JSON and columns of histories that may differ, and why. Both runs stand in the same place: no path differs.
LEFT_OUT = {
    **dict.fromkeys(sorted(folders.TIMES), "how long it took"),
    "seconds_left": "how long it will take",
    "library_version": "what wrote it, not what it computed",
}
FORMATS = {"f4": "f", "f8": "d", "i4": "i", "i8": "q", "u4": "I", "u8": "Q", "i1": "b", "u1": "B", "b1": "?"}


def unequal(place, before, after):
    return f"{place}: {before} before, {after} after"


# ---- Arrays


def array(data):
    """What a .npy member says of its values, and their bytes."""
    size, begin = (2, 10) if data[6] == 1 else (4, 12)
    end = begin + int.from_bytes(data[8 : 8 + size], "little")
    header = ast.literal_eval(data[begin:end].decode())
    return header["descr"], header["fortran_order"], header["shape"], data[end:]


def index(position, shape, is_fortran):
    """The indices of an array's value, counted from 0 as they lie in the file."""
    found = []
    for size in shape if is_fortran else reversed(shape):
        position, rest = divmod(position, size)
        found.append(rest)
    return found if is_fortran else found[::-1]


def array_difference(name, before, after):
    if before == after:
        return None
    (*form, old), (*other, new) = array(before), array(after)
    if form != other:
        return unequal(f"{name}, type, order and shape", form, other)
    kind, is_fortran, shape = form
    size = int(kind[2:])
    for at in range(0, max(len(old), len(new)), size):
        values = [data[at : at + size] for data in (old, new)]
        if values[0] != values[1]:
            place = f"{name}{index(at // size, shape, is_fortran)}"
            return unequal(place, *(value(bits, kind) for bits in values))
    # The values are equal, and what stands before them is written otherwise.
    return unequal(f"{name}, the header", before[: -len(old)], after[: -len(new)])


def value(bits, kind):
    """A value and its bits: other bits may be the same in decimals."""
    form = FORMATS.get(kind[1:])
    if form is None or len(bits) != struct.calcsize(form):
        return bits.hex() or "nothing"
    order = ">" if kind[0] == ">" else "<"
    return f"{struct.unpack(order + form, bits)[0]!r} ({bits.hex()})"


def checkpoint_difference(before, after):
    old, new = folders.arrays(before), folders.arrays(after)
    # Without the history, which is history.csv's.
    said = json_difference("metadata", folders.metadata(before), folders.metadata(after))
    for name in [*old, *(name for name in new if name not in old)]:
        if name not in old or name not in new:
            return unequal(name, *("an array" if name in arrays else "nothing" for arrays in (old, new)))
        if found := array_difference(name, old[name], new[name]):
            return found
    return said


# ---- Texts


def json_difference(place, before, after):
    """Where keys may have come; a number is another where its type is, or any of its digits."""
    if isinstance(before, dict) and isinstance(after, dict):
        for key, old in before.items():
            if key in LEFT_OUT:
                continue
            if key not in after:
                return unequal(f"{place}.{key}", short(old), "nothing")
            if found := json_difference(f"{place}.{key}", old, after[key]):
                return found
        return None
    if isinstance(before, list) and isinstance(after, list):
        for number, (old, new) in enumerate(zip(before, after)):
            if found := json_difference(f"{place}[{number}]", old, new):
                return found
        if len(before) != len(after):
            return unequal(f"{place}, length", len(before), len(after))
        return None
    if type(before) is type(after) and repr(before) == repr(after):
        return None
    return unequal(place, short(before), short(after))


def short(document):
    text = json.dumps(document, ensure_ascii=False)
    return text if len(text) <= 100 else text[:100] + " …"


def lines_difference(before, after):
    """Of files with an object a line."""
    old, new = ([json.loads(line) for line in path.read_text().splitlines()] for path in (before, after))
    return json_difference("line", old, new)


def table_difference(before, after):
    rows = [list(csv.reader(path.read_text(errors="replace").splitlines(True))) for path in (before, after)]
    for number, (old, new) in enumerate(zip(*rows), 1):
        for column, (cell, other) in enumerate(zip(old, new)):
            if cell != other:
                name = rows[0][0][column] if column < len(rows[0][0]) else column + 1
                return unequal(f"row {number}, {name}", repr(cell), repr(other))
        if len(old) != len(new):
            return unequal(f"row {number}, cells", len(old), len(new))
    if len(rows[0]) != len(rows[1]):
        return unequal("rows", len(rows[0]), len(rows[1]))
    return bytes_difference(before, after)


def text_difference(before, after):
    data = [path.read_bytes() for path in (before, after)]
    if before.suffix == ".html":
        data = [folders.timeless(page) for page in data]
        if data[0] == data[1]:
            return None
    texts = [text.decode(errors="replace") for text in data]
    old, new = (text.splitlines(True) for text in texts)
    for number, (line, other) in enumerate(zip(old, new), 1):
        if line != other:
            at = next((i for i, (a, b) in enumerate(zip(line, other)) if a != b), min(len(line), len(other)))
            begin = max(0, at - 40)
            parts = (repr(text[begin : at + 40]) for text in (line, other))
            return unequal(f"line {number}, character {at + 1}", *parts)
    if len(old) != len(new):
        return unequal("lines", len(old), len(new))
    return bytes_difference(before, after)


def bytes_difference(before, after):
    old, new = before.read_bytes(), after.read_bytes()
    at = next((i for i, (a, b) in enumerate(zip(old, new)) if a != b), min(len(old), len(new)))
    return unequal(f"byte {at}", old[at : at + 8].hex() or "the end", new[at : at + 8].hex() or "the end")


# ---- Files and folders


def difference(before, after):
    """The first difference of two files; nothing where there is none."""
    if before.read_bytes() == after.read_bytes() or folders.TIMED_FILES.fullmatch(before.name):
        return None
    try:
        match before.name.removesuffix(".old").rpartition(".")[2]:
            case "npz":
                return checkpoint_difference(before, after)
            case "json":
                return json_difference(
                    "document", *(json.loads(path.read_text()) for path in (before, after))
                )
            case "jsonl":
                return lines_difference(before, after)
            case "csv" if before.name.startswith("history."):
                return json_difference(
                    "row", *(folders.history(path.read_text()) for path in (before, after))
                )
            case "csv":
                return table_difference(before, after)
            case "html" | "txt" | "tsv" | "svg" | "gp":
                return text_difference(before, after)
            case _:
                return bytes_difference(before, after)
    except (AssertionError, ValueError, KeyError, IndexError, zipfile.BadZipFile) as error:
        return f"one of them cannot be read: {error}"


def compare(before, after):
    """The differences of two folders by file, the names of files that came, and a few words on what was compared."""
    old, new = folders.files(before), folders.files(after)
    found = {}
    for name in old:
        if name not in new:
            found[name] = "not there any more"
        elif told := difference(Path(before) / name, Path(after) / name):
            found[name] = told
    kinds = Counter(Path(name).suffix or Path(name).name for name in old)
    told = ", ".join(f"{count} {kind}" for kind, count in sorted(kinds.items()))
    arrays = sum(len(folders.arrays(Path(before) / name)) for name in old if name.endswith(".npz"))
    return found, sorted(new.keys() - old.keys()), told + (f" of {arrays} arrays" if arrays else "")
