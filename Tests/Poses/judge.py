"""How often cxr-predict is right about films that are inverted, turned, mirrored or no frontal films.

    judge.py BIN DATA [--report FILE.md]

A network is trained for an epoch on the films of DATA/nih64; what it says of the frontal films' looks is asked about the films
of DATA/nih1024 and DATA/xrays, as they are, inverted, turned by 90, 180 and 270 degrees, and mirrored. The rule's constants were
chosen on the patients of one half (the last byte of SHA-256("set/patient") is even); the other half judges. Fails where more
than 3 % of its frontal films are warned of wrongly, or fewer than 95 % of the inverted or the turned ones are found.
"""

import argparse
import csv
import hashlib
import json
import math
import subprocess
import sys
import tempfile
from datetime import date
from pathlib import Path

from PIL import Image, ImageOps

POSES = {"inverted", "rotated", "upside_down", "lateral", "near_constant"}
PLANTED = {
    "inverted": ImageOps.invert,
    "turned 90": lambda film: film.transpose(Image.Transpose.ROTATE_90),
    "turned 180": lambda film: film.transpose(Image.Transpose.ROTATE_180),
    "turned 270": lambda film: film.transpose(Image.Transpose.ROTATE_270),
    "mirrored": ImageOps.mirror,
}


def wilson(found, count):
    """The 95 % interval of a share (Wilson, JASA 1927), in per cent."""
    if count == 0:
        return 0.0, 100.0
    z, share = 1.959964, found / count
    middle = (share + z * z / (2 * count)) / (1 + z * z / count)
    reach = z * math.sqrt(share * (1 - share) / count + z * z / (4 * count * count)) / (1 + z * z / count)
    return 100 * max(0, middle - reach), 100 * min(1, middle + reach)


def told(found, count):
    low, high = wilson(found, count)
    return f"{found} of {count} = {100 * found / max(1, count):.1f} % [{low:.1f}, {high:.1f}]"


def films(data, name):
    """Name, half, whether frontal, and picture of each film of a set."""
    folder = data / name
    with open(folder / "Data_Entry_2017.csv", encoding="utf-8-sig", newline="") as file:
        for row in csv.DictReader(file):
            path = folder / "images_001/images" / row["Image Index"]
            if not path.exists():
                continue
            digest = hashlib.sha256(f"{name}/{row['Patient ID']}".encode()).digest()
            is_frontal = row["View Position"].upper().startswith(("PA", "AP"))
            yield row["Image Index"], digest[-1] % 2, is_frontal, path


def plant(data, name, folder):
    """Writes every film in every way; gives what each written file is."""
    written = {}
    for film, half, is_frontal, path in films(data, name):
        picture = Image.open(path)
        if picture.mode in ("RGBA", "RGB"):
            picture = picture.convert("RGB")
        picture = picture.convert("L")
        ways = {"as it is": lambda film: film, **(PLANTED if is_frontal else {})}
        for way, change in ways.items():
            target = folder / name / f"{way.replace(' ', '-')}-{film}.png"
            target.parent.mkdir(parents=True, exist_ok=True)
            change(picture).save(target, compress_level=1)
            written[str(target)] = (name, half, is_frontal, way, film)
    return written


def run(*arguments):
    done = subprocess.run([str(a) for a in arguments], capture_output=True, text=True)
    if done.returncode:
        sys.exit(f"{arguments[0]}: {done.stderr[-2000:]}")
    return done.stdout


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("bin", type=Path)
    parser.add_argument("data", type=Path)
    parser.add_argument("--report", type=Path)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        work = Path(name)
        nih = options.data / "nih64"
        # Patient 100 has a film in nih1024 too.
        table = (nih / "Data_Entry_2017.csv").read_text().splitlines()
        kept = [line for line in table if not line.startswith("00000100_")]
        (work / "labels.csv").write_text("\n".join(kept) + "\n")
        run(
            options.bin / "cxr-train", "--csv", work / "labels.csv", "--images", nih, "--output", work / "run",
            "--epochs", 1, "--skip-empty-labels", "--image-size", 224)
        written = {}
        for data_set in ("nih1024", "xrays"):
            written |= plant(options.data, data_set, work / "films")
        (work / "list").write_text("\n".join(written) + "\n")
        with open(work / "list") as asked:
            answers = json.loads(
                subprocess.run(
                    [options.bin / "cxr-predict", "--checkpoint", work / "run/best.npz", "--format", "json", "-"],
                    stdin=asked, capture_output=True, text=True, check=True).stdout)
    kinds = {written[film["film"]]: {p["problem"] for p in film["problems"]} for film in answers["films"]}
    if len(kinds) != len(written):
        sys.exit(f"{len(written)} films were asked about, {len(kinds)} answered")

    lines = [
        "| half | films | frontal, warned of wrongly | inverted, found | turned, found | turned, named | mirrored, found "
        "| frontal, called mirrored | lateral, warned of |",
        "|---|---|---|---|---|---|---|---|---|",
    ]
    faults = []
    for half, what in ((0, "chosen on"), (1, "judged on")):
        for data_set in ("nih1024", "xrays", None):
            own = {
                key: found for key, found in kinds.items()
                if key[1] == half and (data_set is None or key[0] == data_set)
            }

            def share(way, right, is_frontal=True):
                chosen = [f for k, f in own.items() if k[2] == is_frontal and k[3].startswith(way)]
                return sum(1 for found in chosen if right(found)), len(chosen)

            wrong = share("as it is", lambda f: f & POSES)
            inverted = share("inverted", lambda f: "inverted" in f)
            turned = share("turned", lambda f: f & POSES)
            named = [
                share(f"turned {angle}", lambda f, kind=kind: kind in f)
                for angle, kind in ((90, "rotated"), (180, "upside_down"), (270, "rotated"))
            ]
            lines.append(
                f"| {what} | {data_set or 'both'} | {told(*wrong)} | {told(*inverted)} | {told(*turned)} "
                f"| {told(sum(n for n, _ in named), sum(c for _, c in named))} "
                f"| {told(*share('mirrored', lambda f: 'mirrored' in f))} "
                f"| {told(*share('as it is', lambda f: 'mirrored' in f))} "
                f"| {told(*share('as it is', lambda f: f & POSES, is_frontal=False))} |")
            if half == 1 and data_set is None:
                if wrong[0] > 0.03 * wrong[1]:
                    faults.append("more than 3 % of frontal films are warned of wrongly")
                if inverted[0] < 0.95 * inverted[1] or turned[0] < 0.95 * turned[1]:
                    faults.append("fewer than 95 % of inverted or turned films are found")
    text = "\n".join(lines)
    print(text)
    for key, found in kinds.items():
        if key[2] and key[3] == "as it is" and found & POSES:
            print(f"warned of wrongly: {key[0]} {key[4]}: {', '.join(sorted(found))}")
    if options.report:
        version = run(options.bin / "cxr-predict", "--version").strip()
        options.report.write_text(
            f"# Poses of single films, {date.today()}\n\nVersion {version}. {__doc__}\n{text}\n\n"
            "Shares with Wilson's intervals of 95 %. By `make poses`.\n")
    sys.exit("; ".join(faults) if faults else 0)


main()
