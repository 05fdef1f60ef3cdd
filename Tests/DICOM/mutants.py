"""Gives damaged DICOM films to a reader and counts crashes, hangs and films that take too much memory.

usage: mutants.py BIN COUNT [--real DIR] [--seed 0] [--first 0] [--keep FOLDER]
       (needs requirements.txt; BIN holds film-reader)

Each mutant is a form of forms.py or, with --real, a real film (the smaller ones whole, and the first 60 kB of
each) with one to four damages; the seed and a mutant's number name it, so that --first makes it again. A
fault is a signal, an exit status other than 0, more than 10 s, more than 256 MB, a missing line, or grey
levels outside of 0 to 255; its films are kept in the folder named by --keep.
"""

import argparse
import random
import re
import shutil
import struct
import sys
import tempfile
import zlib
from collections import Counter
from pathlib import Path

import numpy as np

import forms
import judge
import run

BATCH = 40
HEAD = 60_000
WHOLE = 350_000
LARGEST_FORM = 60_000
# The start of an element: an even group that occurs in films, little-endian or big-endian.
ELEMENT = re.compile(rb"(?:[\x02\x08\x09\x10\x18\x20\x28\x40\x88]\0..)|(?:\xe0\x7f\x10\0)|(?:\xfe\xff..)"
                     rb"|(?:\0[\x08\x10\x20\x28]..)|(?:\x7f\xe0\0\x10)", re.DOTALL)
NUMBERS = (0, 1, 2, 3, 7, 8, 9, 15, 16, 17, 31, 32, 127, 128, 255, 256, 4095, 32767, 32768, 65534, 65535)
LENGTHS = (0, 1, 2, 0x7FFF, 0xFFFE, 0xFFFF, 0x10000, 0x7FFFFFFE, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFE,
           0xFFFFFFFF)
TAGS = tuple(tag.to_bytes(4, "big") for tag in (
    0x0200_1000, 0x0800_6000, 0x2800_0200, 0x2800_0400, 0x2800_0800, 0x2800_1000, 0x2800_1100, 0x2800_0001,
    0x2800_0101, 0x2800_0201, 0x2800_0301, 0x2800_5010, 0x2800_5110, 0x2800_5210, 0x2800_5310, 0x2800_5610,
    0x2800_0030, 0x2800_1030, 0x2800_0230, 0x2800_0630, 0xE07F_1000, 0xFEFF_00E0, 0xFEFF_0DE0, 0xFEFF_DDE0,
    0xFCFF_FCFF, 0x8800_0002, 0x0060_0030))
VRS = (b"UN", b"SQ", b"OB", b"OW", b"US", b"SS", b"DS", b"CS", b"UI", b"UL", b"AT", b"FD", b"ZZ", b"\0\0")


def place(data, luck):
    """Where an element seems to start: one of the first 120 or of the last 20 such places."""
    found = [match.start() for match in ELEMENT.finditer(data)]
    found = found[:120] + found[-20:]
    return luck.choice(found) if found else 0


def put(data, at, value):
    return data[:at] + value + data[at + len(value):]


def span(data, luck):
    start = luck.randrange(len(data))
    return start, min(len(data), start + luck.choice((1, 2, 8, 30, 300, 3000)))


def flips(data, luck):
    changed = bytearray(data)
    begin, end = (0, len(data)) if luck.random() < 0.5 else (0, min(len(data), 1200))
    for _ in range(luck.choice((1, 1, 2, 5, 20))):
        changed[luck.randrange(begin, end)] ^= 1 << luck.randrange(8)
    return bytes(changed)


def cut(data, luck):
    return data[:luck.randrange(len(data))]


def removed(data, luck):
    start, end = span(data, luck)
    return data[:start] + data[end:]


def doubled(data, luck):
    start, end = span(data, luck)
    return data[:end] + data[start:]


def moved(data, luck):
    start, end = span(data, luck)
    rest = data[:start] + data[end:]
    at = luck.randrange(len(rest) + 1)
    return rest[:at] + data[start:end] + rest[at:]


def overwritten(data, luck):
    start, end = span(data, luck)
    fill = luck.choice((b"\0", b"\xff", None))
    return put(data, start, fill * (end - start) if fill else luck.randbytes(end - start))


def length(data, luck):
    at, value = place(data, luck), luck.choice(LENGTHS)
    if luck.random() < 0.3:
        value = len(data) - at + luck.randrange(-20, 20)
    order = luck.choice("<<<>")
    if luck.random() < 0.4:
        return put(data, at + 6, struct.pack(order + "H", value & 0xFFFF))
    return put(data, at + luck.choice((4, 8)), struct.pack(order + "I", value & 0xFFFFFFFF))


def number(data, luck):
    return put(data, place(data, luck) + 8, struct.pack(luck.choice("<<<>") + "H", luck.choice(NUMBERS)))


def tag(data, luck):
    return put(data, place(data, luck), luck.choice(TAGS))


def representation(data, luck):
    return put(data, place(data, luck) + 4, luck.choice(VRS))


def digits(data, luck):
    """A number in a text, such as a window's."""
    found = [match.span() for match in re.finditer(rb"[-+0-9.eE]{2,12}", data[:4000])]
    if not found:
        return data
    start, end = luck.choice(found)
    text = luck.choice((b"1e999", b"-1e999", b"nan", b"inf", b"-0", b"1e-320", b"\\\\", b"9" * 12, b"1e+"))
    return put(data, start, text[:end - start].ljust(end - start))


DAMAGE = (flips, flips, cut, removed, doubled, moved, overwritten, length, length, number, number, tag, tag,
          representation, digits)


def mutant(seeds, seed, index):
    luck = random.Random(f"{seed} {index}")
    data = luck.choice(seeds)
    # What is deflated is damaged inside in half of the cases, for a damaged stream ends early.
    head, unpacked = 0, b""
    if forms.DEFLATED.encode() in data[:400] and luck.random() < 0.5:
        head = 132 + 12 + struct.unpack_from("<I", data, 140)[0]
        unpacked = zlib.decompressobj(-15).decompress(data[head:])
    body = unpacked or data
    for _ in range(luck.choice((1, 1, 2, 4))):
        body = luck.choice(DAMAGE)(body, luck) or b"\0"
    if unpacked:
        packer = zlib.compressobj(6, zlib.DEFLATED, -15)
        return data[:head] + packer.compress(body) + packer.flush()
    return body


def seeds_of(real):
    made, notes = forms.forms()
    seeds = [one.data for one in made if 0 < len(one.data) <= LARGEST_FORM]
    if real is None:
        return seeds, notes + ["skipped: the real films, for --real was not given"]
    folders = [real / "dicom-real", real / "dicom"]
    films = [file.read_bytes() for folder in folders for file in sorted(folder.iterdir())]
    films = [film if len(film) <= WHOLE else film[:HEAD] for film in films] + [film[:HEAD] for film in films]
    # A third of the mutants are of real films.
    return seeds + films * max(1, len(seeds) // (2 * len(films))), notes


def no_grey(outcome, files, out):
    """What is wrong with the pictures that were written, if anything."""
    for index, line in enumerate(judge.lines_of(outcome, files)):
        if line["ok"]:
            path = out / f"{index}.f32"
            if not path.is_file() or path.stat().st_size != 4 * line["height"] * line["width"]:
                return "a picture of another size than is said"
            grey = np.fromfile(path, "<f4")
            if grey.size == 0 or not (np.isfinite(grey).all() and grey.min() >= 0 and grey.max() <= 255):
                return "no grey levels, or some outside of 0 to 255"
        elif not line.get("error"):
            return "a refusal without a word"
    return None


def read(reader, options, files, out):
    """The fault of one run, if any, and how many films were accepted and refused."""
    shutil.rmtree(out, ignore_errors=True)
    out.mkdir()
    seconds = judge.SECONDS if len(files) == 1 else 2 * judge.SECONDS
    outcome = run.measured([reader, *options.split(), out, *files], seconds)
    wrong = judge.fault(outcome, files) or no_grey(outcome, files, out)
    counts = Counter()
    if not wrong:
        counts.update("accepted" if line["ok"] else "refused" for line in judge.lines_of(outcome, files))
    return wrong, counts, outcome["peak_mb"]


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("bin", type=Path, help="the folder that holds film-reader")
    parser.add_argument("count", type=int)
    parser.add_argument("--real", type=Path, help="the folder that holds dicom-real and dicom")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--first", type=int, default=0, help="the number of the first mutant")
    parser.add_argument("--keep", type=Path, help="a folder for the films that make a fault")
    options = parser.parse_args()
    seeds, notes = seeds_of(options.real)
    reader, counts, faults, most = options.bin / "film-reader", Counter(), 0, 0.0
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        for start in range(options.first, options.first + options.count, BATCH):
            numbers = range(start, min(start + BATCH, options.first + options.count))
            files = []
            for index in numbers:
                files.append(folder / f"{options.seed}-{index}.dcm")
                files[-1].write_bytes(mutant(seeds, options.seed, index))
            ranged = ("window", "lut", "full")[start // BATCH % 3]
            words = f"--range {ranged} {judge.EVERY}"
            wrong, read_now, peak = read(reader, words, files, folder / "out")
            most = max(most, peak)
            counts += read_now
            if wrong:
                alone = [(file, *read(reader, words, [file], folder / "out")) for file in files]
                guilty = [(file, one) for file, one, _, _ in alone if one]
                # Where none does it alone, all of the batch are kept.
                guilty = guilty or [(file, f"together: {wrong}") for file in files]
                counts.update(sum((one[2] for one in alone), Counter()))
                faults += len(guilty) if "together" not in guilty[0][1] else 1
                for file, text in guilty:
                    print(f"FAULT {file.name} | {words} | {text}", flush=True)
                    if options.keep:
                        options.keep.mkdir(parents=True, exist_ok=True)
                        shutil.copy(file, options.keep)
            for file in files:
                file.unlink()
    for note in notes:
        print(note)
    print(f"{options.count} mutants of {len(seeds)} seeds: {counts['accepted']} accepted, "
          f"{counts['refused']} refused, {faults} faults; most memory {most:.0f} MB")
    sys.exit(1 if faults else 0)


if __name__ == "__main__":
    main()
