"""Gives damaged archives to the reader, which must take or refuse each of them and do nothing else.

usage: mutants.py BIN COUNT [--seed 0] [--keep FOLDER] [--batch 40]

`BIN/archive-reader FILE...` lists and decodes the films of each archive and prints a JSON line for each:
file, ok, films, error. A fault is a signal or another exit status than 0, a line that is missing, more than
ten seconds for a file, or more than 256 MB of memory. --keep names a folder for the files that caused one.
Ends with 1 where there were faults.

Damage is done to small archives of each kind: to a tar before it is compressed, so that its headers are
reached (with their checksum put right or not), and to the compressed bytes; to all bytes of a zip, or to
fields of its headers.
"""

import argparse
import gzip
import io
import json
import random
import shutil
import struct
import sys
import tarfile
import tempfile
import zipfile
import zlib
from collections import Counter
from pathlib import Path

import hostile
import packing
import running

SECONDS = 10
MEMORY = 256 << 20
FILMS = 3
LATE = "not done"


# ---- Sound archives


def zip_bytes(members, method):
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", method) as archive:
        for name, data in members:
            archive.writestr(zipfile.ZipInfo(name, (2017, 7, 14, 2, 40, 0)), data, method)
    return file.getvalue()


def wide_zip(members):
    """A zip64 whose sizes stand behind the data too."""
    file = io.BytesIO()
    archive = hostile.Zip(file)
    for name, data in members:
        packer = zlib.compressobj(6, wbits=-15)
        body = packer.compress(data) + packer.flush()
        after = struct.pack("<IIQQ", 0x08074B50, zlib.crc32(data), len(body), len(data))
        sizes = struct.pack("<HHQQ", 1, 16, len(data), len(body))
        wide = {"needs": 45, "flags": 8, "size": 0xFFFFFFFF, "packed": 0xFFFFFFFF, "extra": sizes}
        archive.add(name.encode(), data, 8, body=body + after, local=wide, central=wide)
    archive.end(sixty_four=True)
    return file.getvalue()


def originals():
    """Small archives of a few films by kind: tars, as they are before compression, and zips."""
    short = [(f"images/{place:08}_000.png", packing.png(16 + place, place)) for place in range(FILMS)]
    long = [("a-long-folder/" * 12 + name, data) for name, data in short]
    tars = {
        "gnu": packing.tar_bytes(short),
        "gnu-long": packing.tar_bytes(long),
        "pax": packing.tar_bytes(long, tarfile.PAX_FORMAT),
        "ustar": packing.tar_bytes(short, tarfile.USTAR_FORMAT),
    }
    zips = {
        "stored": zip_bytes(short, zipfile.ZIP_STORED),
        "deflated": zip_bytes(short, zipfile.ZIP_DEFLATED),
        "zip64": wide_zip(long),
    }
    return tars, zips


# ---- Damage

NUMBERS = [
    0,
    1,
    0x7F,
    0x80,
    0xFF,
    0x7FFF,
    0x8000,
    0xFFFF,
    0x7FFFFFFF,
    0x80000000,
    0xFFFFFFFE,
    0xFFFFFFFF,
    2**53,
    2**63 - 1,
    2**63,
    2**64 - 512,
    2**64 - 1,
]


def flip(data, dice):
    for _ in range(dice.choice([1, 1, 2, 8, 32])):
        data[dice.randrange(len(data))] ^= 1 << dice.randrange(8)


def cut(data, dice):
    del data[dice.randrange(len(data)) :]


def extreme(data, dice):
    """A number of extreme size somewhere."""
    width = dice.choice([1, 2, 4, 8])
    value = dice.choice(NUMBERS) & (1 << 8 * width) - 1
    place = dice.randrange(len(data))
    data[place : place + width] = value.to_bytes(width, dice.choice(["little", "big"]))


def swap(data, dice):
    """Two blocks of 512 bytes change places, or one stands for both."""
    blocks = max(1, len(data) // 512)
    first, second = (512 * dice.randrange(blocks) for _ in range(2))
    one, other = data[first : first + 512], data[second : second + 512]
    data[second : second + len(one)] = one
    if dice.random() < 0.6:
        data[first : first + len(other)] = other


def insert(data, dice):
    place = dice.randrange(len(data) + 1)
    count = dice.choice([1, 3, 511, 512, 5000])
    data[place:place] = dice.choice([bytes(count), b"\xff" * count, dice.randbytes(count)])


def remove(data, dice):
    place = dice.randrange(len(data))
    del data[place : place + dice.choice([1, 3, 511, 512, 5000])]


ANYWHERE = [flip, cut, extreme, swap, insert, remove]


def headers(tar):
    """Places of a sound tar's headers."""
    with tarfile.open(fileobj=io.BytesIO(tar)) as archive:
        places = set()
        for entry in archive:
            # Before a member with a long name there are headers that only say so.
            places |= {entry.offset, entry.offset_data - 512}
            if entry.offset_data - entry.offset > 1024:
                places.add(entry.offset_data - 1024)
        return sorted(places)


FIELDS = {
    "name": (0, 100),
    "size": (124, 12),
    "checksum": (148, 8),
    "type": (156, 1),
    "link": (157, 100),
    "magic": (257, 8),
    "prefix": (345, 155),
    "sparse": (386, 108),
}


def header_field(data, dice):
    """A field of a header takes what it should not, and the checksum is put right, mostly."""
    start = dice.choice(headers(bytes(data)))
    name = dice.choice(list(FIELDS))
    place, width = FIELDS[name]
    values = [bytes(width), b"\xff" * width, b"7" * width, b"-" + b"1" * (width - 1), dice.randbytes(width)]
    if name == "size":
        values += [
            hostile.number(value) for value in (-1, -512, 511, 513, 1 << 20, 1 << 33, 1 << 62, (1 << 63) - 1)
        ]
    if name == "type":
        values = [bytes([kind]) for kind in b"\x000123456789gxLKSDMNVXZ\xff"]
    if name == "name":
        values += [
            b"/etc/x.png",
            b"../" * 20 + b"x.png",
            b"im\0ages.png",
            b"\x1b[2Jx.png",
            b"images/",
            b"a" * 100,
        ]
    value = dice.choice(values)[:width]
    data[start + place : start + place + width] = value.ljust(width, b"\0")
    if name != "checksum" and dice.random() < 0.85:
        data[start + 148 : start + 156] = b" " * 8
        data[start + 148 : start + 156] = b"%06o\0 " % sum(data[start : start + 512])


def pax_text(data, dice):
    """Digits of pax records and of headers become others."""
    digits = [place for place, byte in enumerate(data) if byte in b"0123456789"]
    for _ in range(dice.choice([1, 2, 5])):
        data[dice.choice(digits)] = dice.choice(b"0123456789- =\n\xff")


SIGNATURES = (b"PK\3\4", b"PK\1\2", b"PK\5\6", b"PK\6\6", b"PK\6\7", b"PK\7\x08")
LENGTHS = {b"PK\3\4": 30, b"PK\1\2": 46, b"PK\5\6": 22, b"PK\6\6": 56, b"PK\6\7": 20, b"PK\7\x08": 24}


def zip_field(data, dice):
    """A number of extreme size, or a little off, in some header."""
    found = []
    for signature in SIGNATURES:
        place = data.find(signature)
        while place >= 0:
            found.append((place, LENGTHS[signature]))
            place = data.find(signature, place + 4)
    start, length = dice.choice(found)
    for _ in range(dice.choice([1, 1, 2, 3])):
        width = dice.choice([2, 2, 4, 4, 8])
        # An extra field may follow.
        place = min(start + dice.randrange(4, length + 24), len(data) - width)
        value = dice.choice(NUMBERS)
        if dice.random() < 0.4:
            value = int.from_bytes(data[place : place + width], "little") + dice.choice([-512, -1, 1, 2, 512])
        data[place : place + width] = (value & (1 << 8 * width) - 1).to_bytes(width, "little")


def mutant(dice, tars, zips):
    """A file's name ending, what was done to it, and its bytes."""
    if dice.random() < 0.3:
        kind, data = dice.choice(list(zips.items()))
        data, suffix, ways = bytearray(data), ".zip", [*ANYWHERE, zip_field, zip_field, zip_field, zip_field]
    else:
        kind, data = dice.choice(list(tars.items()))
        suffix = dice.choice([".tar.gz", ".tar.gz", ".tgz", ".tar"])
        if suffix != ".tar" and dice.random() < 0.35:
            kind, data, ways = f"{kind}, compressed", gzip.compress(data, 6, mtime=0), ANYWHERE
            # Fixed codes and stored blocks are other ways through the decompressor.
            if dice.random() < 0.4:
                data = gzip.compress(gzip.decompress(data), dice.choice([0, 1]), mtime=0)
        else:
            ways = [*ANYWHERE, header_field, header_field, header_field, header_field, pax_text]
        data = bytearray(data)
    done = []
    for number in range(dice.choice([1, 1, 1, 2, 3])):
        # Headers are looked for in a sound tar: their fields come first.
        way = dice.choice(ways if number == 0 else ANYWHERE)
        if data:
            way(data, dice)
        done.append(way.__name__)
    if suffix in (".tar.gz", ".tgz") and "compressed" not in kind:
        data = gzip.compress(bytes(data), 1, mtime=0)
    return suffix, f"{kind}: {', '.join(done)}", bytes(data)


# ---- Judging


def fault(reader, paths, folder):
    """What was wrong when the reader was given these files, or an empty text; and its lines."""
    result = running.run([reader, *paths], folder, limit=SECONDS)
    if result.code == -9 and result.seconds >= SECONDS:
        return f"{LATE} after {result.seconds:.0f} s", []
    if result.code != 0:
        return f"exit {result.code}: {result.errors.strip()[-300:]}", []
    if result.peak > MEMORY:
        return f"{result.peak >> 20} MB of memory", []
    try:
        lines = [json.loads(line) for line in result.out.splitlines() if line.strip()]
        if [Path(line["file"]).name for line in lines] != [Path(path).name for path in paths]:
            return "not a line for each file", []
        strange = [line for line in lines if not line["ok"] and not line.get("error")]
    except (ValueError, KeyError, TypeError) as error:
        return f"no JSON lines: {error}", []
    return ("refused without a word" if strange else ""), lines


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("bin")
    parser.add_argument("count", type=int)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--keep", help="a folder for files that caused a fault")
    parser.add_argument("--batch", type=int, default=40, help="files a process")
    options = parser.parse_args()
    reader = Path(options.bin).resolve() / "archive-reader"
    dice = random.Random(options.seed)
    tars, zips = originals()
    faults, outcomes = [], Counter()
    with tempfile.TemporaryDirectory(prefix="mutants-") as work:
        folder = Path(work)
        sound(reader, folder, tars, zips)
        made = 0
        while made < options.count:
            batch = {}
            for _ in range(min(options.batch, options.count - made)):
                suffix, done, data = mutant(dice, tars, zips)
                path = folder / f"mutant-{options.seed}-{made:06}{suffix}"
                path.write_bytes(data)
                batch[path] = done
                made += 1
            wrong, lines = fault(reader, list(batch), folder)
            if wrong:
                # Each on its own: which of them was it?
                single = {path: fault(reader, [path], folder) for path in batch}
                lines = [line for _, found in single.values() for line in found]
                guilty = {path: text for path, (text, _) in single.items() if text}
                if not guilty and not wrong.startswith(LATE):
                    guilty = {path: f"{wrong}, with {len(batch) - 1} others" for path in batch}
                for path, text in guilty.items():
                    faults.append(f"{path.name} ({batch[path]}): {text}")
                    print(f"FAULT {faults[-1]}", flush=True)
                    if options.keep:
                        Path(options.keep).mkdir(parents=True, exist_ok=True)
                        shutil.copy(path, options.keep)
            for line in lines:
                films = len(line["films"]) if isinstance(line["films"], list) else line["films"]
                outcomes[
                    "refused" if not line["ok"] else "whole" if films == FILMS else "fewer or more films"
                ] += 1
            for path in batch:
                path.unlink()
    told = ", ".join(f"{count} {what}" for what, count in sorted(outcomes.items()))
    print(
        f"archive mutants: {options.count}, seed {options.seed}: {told or 'none read'}; {len(faults)} faults"
    )
    sys.exit(1 if faults else 0)


def sound(reader, folder, tars, zips):
    """What nothing was done to is read, or the reader is no judge of what is damaged."""
    paths = []
    for kind, data in tars.items():
        for suffix, contents in ((".tar", data), (".tar.gz", gzip.compress(data, mtime=0))):
            paths.append(folder / f"sound-{kind}{suffix}")
            paths[-1].write_bytes(contents)
    for kind, data in zips.items():
        paths.append(folder / f"sound-{kind}.zip")
        paths[-1].write_bytes(data)
    wrong, lines = fault(reader, paths, folder)
    unread = [Path(line["file"]).name for line in lines if not line["ok"]]
    if wrong or unread:
        sys.exit(f"archive mutants: sound archives: {wrong or 'not read: ' + ', '.join(unread)}")


if __name__ == "__main__":
    main()
