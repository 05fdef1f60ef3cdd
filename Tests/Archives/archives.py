"""Puts archives of films before the programs, and compares bits with those of the unpacked set.

usage: archives.py BIN [--quick] [--only CASE,CASE] [--seed 0]

BIN is the folder of the built programs. Each case prints a line, PASS or FAIL, and what it found; cases that
ask about many archives print a line each. Ends with 1 where one failed. --quick takes fewer of everything,
and small bombs.
"""

import argparse
import csv
import gzip
import inspect
import io
import json
import os
import random
import re
import shutil
import sys
import tarfile
import tempfile
import zipfile
from dataclasses import dataclass
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "Chaos"))
import folders  # noqa: E402
import hostile  # noqa: E402
import packing  # noqa: E402
import running  # noqa: E402

LABELS = "Cardiomegaly,Effusion,Mass"
MEMORY = 256 << 20
CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")


class Wrong(Exception):
    """What must not be."""


def need(condition, text):
    if not condition:
        raise Wrong(text)


@dataclass
class Place:
    """A folder of one run of everything, whose subfolders are named alike in all of them."""

    folder: Path

    @property
    def set(self):
        return self.folder / "set"

    @property
    def cache(self):
        return self.folder / "cache"


# ---- What may differ

# Films in archives are shown as they were prepared, and so it is said.
PREPARED = re.compile(
    rb"data:image/[a-z]+;base64,[A-Za-z0-9+/=]+|<p[^>]*>[0-9]+ films are in archives[^<]*</p>\n?| \xc2\xb7 as prepared"
)


def masked(data, place):
    """A file without what tells where it lies."""
    return data.replace(str(place.folder).encode(), b"@")


def bits(folder, place):
    """All files of an output folder, without the texts that name places, and without times."""
    found = {}
    for name, data in folders.files(folder).items():
        path = folder / name
        plain = name.removesuffix(".old")
        if folders.TIMED_FILES.fullmatch(plain):
            continue
        if plain.endswith("last.npz"):
            # Its metadata has the history, which has times.
            found[name] = (folders.arrays(path), folders.metadata(path))
        elif plain.endswith("history.csv"):
            found[name] = folders.history(data.decode())
        elif plain.endswith("run.json"):
            document = json.loads(data)
            for option in ("images", "cache", "csv"):
                document["options"].pop(option)
            found[name] = document
        elif plain.endswith(".html"):
            found[name] = PREPARED.sub(b"", masked(folders.timeless(data), place))
        else:
            found[name] = masked(data, place)
    return found


def compare(found, expected, what):
    differing = sorted(
        name for name in expected.keys() | found.keys() if found.get(name) != expected.get(name)
    )
    need(
        not differing,
        f"{what}: other bits in {', '.join(differing[:6])}" + (" …" if len(differing) > 6 else ""),
    )


def answers(text):
    """What cxr-predict says, with films by their own names."""
    rows = list(csv.DictReader(io.StringIO(text)))
    for row in rows:
        row["film"] = row["film"].rpartition("/")[2]
    return sorted(rows, key=lambda row: (row["film"], row["finding"]))


def audit(folder):
    """The rows of audit.csv but for films that no label file lists."""
    rows = csv.DictReader(io.StringIO((folder / "audit.csv").read_text()))
    return [row for row in rows if row["problem"] != "without_row"]


class Archives:
    def __init__(self, bin_folder, work, seed, quick):
        self.bin, self.work, self.quick = Path(bin_folder).resolve(), Path(work), quick
        self.random = random.Random(seed)
        self.failures = 0
        self.films = self.work / "films"
        self.csv = self.films / "Data_Entry_2017.csv"
        self.succeed("cxr-synth", "--output", self.films, "--images", 160, "--patients", 70, "--size", 160)
        self.paths = packing.films(self.films)
        self.expected = {}

    # ---- Running programs

    def run(self, name, *arguments, folder=None, **how):
        result = running.run([self.bin / name, *arguments], folder or self.work, **how)
        strange = CONTROL.search(result.out + result.errors)
        need(not strange, f"{name} prints the control character {strange and strange[0]!r}")
        return result

    def succeed(self, name, *arguments, **how):
        result = self.run(name, *arguments, **how)
        need(result.code == 0, f"{name} failed: {result}")
        return result

    @staticmethod
    def refused(result, *words):
        """A program that failed as it should: one message with these words, and no crash."""
        need(result.code == 1, f"not refused: {result}")
        need(result.errors.count("Error:") == 1, f"not one message: {result}")
        for word in words:
            need(word in result.message, f"nothing said of {word}: {result}")

    def place(self, name):
        folder = self.work / name
        shutil.rmtree(folder, ignore_errors=True)
        (folder / "set").mkdir(parents=True)
        return Place(folder)

    def unpacked(self, name, paths=None):
        """A place whose set is unpacked; films are links to those that were made."""
        place = self.place(name)
        images = place.set / "images_001/images"
        images.mkdir(parents=True)
        for path in self.paths if paths is None else paths:
            os.link(path, images / path.name)
        return place

    def in_twelve(self, name, paths=None):
        place = self.place(name)
        packing.twelve(self.paths if paths is None else paths, place.set)
        return place

    def sources(self, place, images=None, cache=True):
        chosen = ["--csv", self.csv, "--images", images or place.set]
        return chosen + (["--cache", place.cache] if cache else [])

    def explore_arguments(self, place, images=None):
        output = place.folder / "explored"
        return ["cxr-explore", *self.sources(place, images), "--image-size", 112, "--output", output]

    def train_arguments(self, place, output="run", images=None, epochs=2, loss="weighted-bce"):
        return [
            "cxr-train",
            *self.sources(place, images),
            "--image-size",
            112,
            "--batch-size",
            16,
            "--epochs",
            epochs,
            "--labels",
            LABELS,
            "--loss",
            loss,
            "--output",
            place.folder / output,
        ]

    def resume_arguments(self, place):
        """Goes on with what is in the folder, as a person would."""
        output = place.folder / "run"
        if (output / "run.json").exists():
            return ["cxr-train", "--resume", "--output", output]
        return self.train_arguments(place)

    def everything(self, place, images=None):
        """Audit, both losses, their comparison and answers; the bits of all by output folder."""
        self.succeed(*self.explore_arguments(place, images))
        for output, loss in (("weighted", "weighted-bce"), ("plain", "bce")):
            self.succeed(*self.train_arguments(place, output, images, loss=loss))
        models = [place.folder / name / "best.npz" for name in ("weighted", "plain")]
        self.succeed(
            "cxr-evaluate",
            "--checkpoint",
            models[0],
            "--checkpoint",
            models[1],
            *self.sources(place, images),
            "--replicates",
            100,
            "--output",
            place.folder / "evaluated",
        )
        predicted = self.succeed(
            "cxr-predict",
            "--checkpoint",
            models[0],
            *self.sources(place, images, cache=False),
            "--format",
            "csv",
        )
        found = {
            f"{output}/{name}": data
            for output in ("explored", "weighted", "plain", "evaluated")
            for name, data in bits(place.folder / output, place).items()
        }
        return {**found, "predictions": answers(predicted.out)}

    def little(self, place, images=None):
        """Audit and one epoch."""
        self.succeed(*self.explore_arguments(place, images))
        self.succeed(*self.train_arguments(place, "run", images, epochs=1))
        return {
            f"{output}/{name}": data
            for output in ("explored", "run")
            for name, data in bits(place.folder / output, place).items()
        }

    def reference(self, what):
        """The bits of the unpacked set, found once."""
        if what not in self.expected:
            self.expected[what] = getattr(self, what)(self.unpacked(f"unpacked-{what}"))
        return self.expected[what]

    # ---- Cases

    def whole(self):
        """Twelve .tar.gz through all programs."""
        found = self.everything(self.in_twelve("twelve"))
        compare(found, self.reference("everything"), "twelve .tar.gz")
        return f"{len(found)} files equal"

    def again(self):
        """The unpacked set a second time: what differs then is no archive's fault."""
        compare(self.everything(self.unpacked("again")), self.reference("everything"), "the unpacked set")
        return "equal"

    def kills(self):
        """Killed at any moment, with other threads and intervals each time, and gone on."""
        expected = folders.training(self.reference_run())
        seconds = self.succeed(*self.train_arguments(self.unpacked("timed"))).seconds
        kills = 0
        for _ in range(2 if self.quick else 8):
            place = self.in_twelve("killed")
            output = place.folder / "run"
            for _ in range(4 if self.quick else 12):
                interval = self.random.choice(["1steps", "3steps", "0.05s", "300s"])
                how = ["--checkpoint-every", interval, "--threads", self.random.choice("12")]
                # Every other one in the first half, where films are prepared.
                moment = self.random.uniform(0, seconds * self.random.choice([0.5, 1.1]))
                result = self.run(*self.resume_arguments(place), *how, kill_after=moment)
                need(result.code in (0, -9), f"after {kills} kills: {result}")
                if result.code == 0:
                    break
                kills += 1
                if output.exists():
                    folders.whole(output)
            self.succeed(*self.resume_arguments(place))
            compare(folders.training(output), expected, f"after {kills} kills")
        return f"{kills} kills, the same bits"

    def kills_of_explore(self):
        """Killed while films are prepared for the audit; the cache goes on."""
        expected, kills = self.reference("little"), 0
        for _ in range(2 if self.quick else 8):
            place = self.in_twelve("killed-audit")
            for _ in range(3):
                result = self.run(
                    *self.explore_arguments(place), "--force", kill_after=self.random.uniform(0, 0.3)
                )
                need(result.code in (0, -9), str(result))
                kills += result.code == -9
            shutil.rmtree(place.folder / "explored", ignore_errors=True)
            compare(self.little(place), expected, f"after {kills} kills")
        return f"{kills} kills, the same bits"

    def shapes(self):
        """Other archives of the same films, given by their folder and by themselves."""
        makers = {
            "one.tar.gz": packing.tar,
            "one.tgz": lambda paths, path: packing.tar(paths, path, tarfile.PAX_FORMAT),
            "one.tar": lambda paths, path: packing.tar(paths, path, tarfile.USTAR_FORMAT),
            "deflated.zip": packing.kaggle,
            "stored.zip": lambda paths, path: packing.kaggle(paths, path, zipfile.ZIP_STORED),
        }
        for name, write in makers.items():
            place = self.place("shape")
            write(self.paths, place.set / name)
            compare(self.little(place), self.reference("little"), name)
            again = self.place("shape-itself")
            write(self.paths, again.set / name)
            compare(self.little(again, again.set / name), self.reference("little"), f"{name} itself")
        return ", ".join(makers)

    def mixed(self):
        """Some films unpacked, others in each kind of archive, at several depths."""
        place = self.place("mixed")
        runs = packing.parts(self.paths, 5)
        loose = place.set / "loose/images"
        loose.mkdir(parents=True)
        for path in runs[0]:
            os.link(path, loose / path.name)
        (place.set / "deep/er").mkdir(parents=True)
        packing.tar(runs[1], place.set / "one.tar.gz")
        packing.tar(runs[2], place.set / "deep/two.tar")
        packing.kaggle(runs[3], place.set / "deep/er/three.zip")
        packing.tar(runs[4], loose / "four.tgz", folder="other/images")
        compare(self.little(place), self.reference("little"), "the mixed folder")
        return "the same bits"

    def missing(self):
        """Films that are in no archive are named as those that are in no folder."""
        gone = set(self.random.sample(self.paths, 7))
        kept = [path for path in self.paths if path not in gone]
        folder, archives = self.unpacked("missing-unpacked", kept), self.in_twelve("missing-packed", kept)
        said = []
        for place in (folder, archives):
            result = self.run(*self.train_arguments(place))
            self.refused(result, min(gone).name)
            said.append(result.message.replace(str(place.folder), "@"))
        need(said[0] == said[1], f"other words: {said[0]!r}, {said[1]!r}")
        for place in (folder, archives):
            self.succeed(*self.explore_arguments(place))
            self.succeed(*self.train_arguments(place), "--allow-missing")
        for name in ("explored", "run"):
            compare(bits(archives.folder / name, archives), bits(folder.folder / name, folder), name)
        return said[1][:100]

    def unreadable(self):
        """A film that cannot be decoded is named as in a folder, and can be left out."""
        victim = self.random.choice(self.paths)
        said, found = [], []
        for place in (self.unpacked("broken-unpacked"), self.unpacked("broken-packed")):
            path = next(place.set.rglob(victim.name))
            path.unlink()
            path.write_bytes(victim.read_bytes()[:300])
            if place.folder.name == "broken-packed":
                packing.twelve(packing.films(place.set), place.set)
                shutil.rmtree(place.set / "images_001")
            self.succeed(*self.explore_arguments(place))
            result = self.run(*self.train_arguments(place))
            if result.code == 1:
                self.refused(result, victim.name)
            said.append((result.code, result.message.replace(str(place.folder), "@")))
            self.succeed(*self.train_arguments(place), "--skip-unreadable", "--force")
            found.append({**bits(place.folder / "explored", place), **bits(place.folder / "run", place)})
        need(said[0] == said[1], f"other words: {said[0]}, {said[1]}")
        compare(found[1], found[0], "without it")
        return said[1][1][:100] or "a test film"

    def unpacked_first(self):
        """Films that were unpacked beside their archives: the archives are not read."""
        self.reference("little")
        place = self.unpacked("unpacked-first")
        for number in range(3):
            (place.set / f"kept_{number}.tar.gz").write_bytes(b"not read, so that it may be anything")
        self.succeed(*self.explore_arguments(place))
        need(
            audit(place.folder / "explored") == audit(self.work / "unpacked-little/explored"), "another audit")
        return "as without archives"

    def twice(self):
        """A film that is there twice: both places are named."""
        found = []
        victim = self.paths[0]
        for other in ("again.tar.gz", "again.zip"):
            place = self.in_twelve("twice")
            if other.endswith(".zip"):
                packing.kaggle([victim], place.set / other)
            else:
                packing.tar([victim], place.set / other)
            for arguments in (self.train_arguments(place), self.explore_arguments(place)):
                result = self.run(*arguments)
                self.refused(result, victim.name, "images_001.tar.gz", other)
                found.append(result.message)
        return found[0].replace(str(self.work), "")[:160]

    def twice_within(self):
        """A member's name twice in one archive, with other contents: which counts."""
        self.reference("little")
        first, second = self.paths[:2]
        found = []
        for name in ("twice.tar.gz", "twice.zip"):
            place = self.unpacked("twice-within", self.paths[1:])
            path = place.set / name
            members = [
                (f"images/{first.name}", first.read_bytes()),
                (f"images/{first.name}", second.read_bytes()),
            ]
            if name.endswith(".zip"):
                with path.open("wb") as file:
                    archive = hostile.Zip(file)
                    for member, data in members:
                        archive.add(member.encode(), data)
                    archive.end()
            else:
                path.write_bytes(gzip.compress(packing.tar_bytes(members), mtime=0))
            result = self.run(*self.explore_arguments(place))
            if result.code == 1:
                self.refused(result, name, first.name)
                found.append(f"{name}: refused: {result.message.replace(str(place.folder), '')[:160]}")
            else:
                need(result.code == 0, str(result))
                same = audit(place.folder / "explored") == audit(self.work / "unpacked-little/explored")
                need(same, f"{name}: not the first one counts")
                found.append(f"{name}: the first")
        return "; ".join(found)

    # ---- Truncated and foreign files

    def mended(self, place, archive, expected, what):
        """The archive is damaged now: refused, and after it is whole again all goes well."""
        sound = archive.with_name(archive.name + ".sound")
        for arguments in (self.explore_arguments(place), self.train_arguments(place)):
            result = self.run(*arguments)
            try:
                self.refused(result, archive.name)
                need(result.peak < MEMORY, f"{result.peak >> 20} MB")
            except Wrong as error:
                raise Wrong(f"{what}: {error}") from None
        sound.rename(archive)
        result = self.run(*self.train_arguments(place), "--force")
        need(result.code == 0, f"{what}: does not go on after mending: {result}")
        compare(folders.training(place.folder / "run"), expected, f"{what}, after mending")

    def cut(self):
        """Archives that end early, anywhere."""
        expected = folders.training(self.reference_run())
        count = 2 if self.quick else 8
        for suffix in (".tar.gz", ".tar", ".zip"):
            for _ in range(count):
                place = self.place("cut")
                archives = self.archives(place, suffix)
                archive = self.random.choice(archives)
                data = archive.read_bytes()
                # What stands after the last film of a plain .tar or a .zip may be missing: all films are there.
                end = len(data)
                if suffix == ".tar":
                    end = len(data.rstrip(b"\0"))
                elif suffix == ".zip":
                    with zipfile.ZipFile(archive) as whole:
                        end = whole.start_dir
                where = self.random.choice([self.random.randrange(1, end), end - self.random.randrange(1, 9)])
                archive.rename(archive.with_name(archive.name + ".sound"))
                archive.write_bytes(data[:where])
                self.mended(place, archive, expected, f"{archive.name} cut at {where} of {len(data)}")
        return f"{count} each of .tar.gz, .tar and .zip"

    def foreign(self):
        """Files that are no archives, named as such."""
        expected = folders.training(self.reference_run())
        noise = self.random.randbytes(20_000)
        contents = {
            "empty": b"",
            "noise": noise,
            "text": b"<html>404 Not Found</html>\n" * 20,
            "noise in gzip": gzip.compress(noise),
            "gzip's first bytes": b"\x1f\x8b",
            "gzip's header": b"\x1f\x8b\x08\0\0\0\0\0\0\3",
            "zip's end": b"PK\5\6",
            "an empty gzip": gzip.compress(b""),
            "xz": b"\xfd7zXZ\0" + noise,
            "rar": b"Rar!\x1a\x07\1\0" + noise,
        }
        chosen = list(contents.items())[: 4 if self.quick else None]
        for suffix in (".tar.gz", ".tar", ".zip"):
            for what, data in chosen:
                place = self.place("foreign")
                archive = self.archives(place, suffix)[4]
                archive.rename(archive.with_name(archive.name + ".sound"))
                archive.write_bytes(data)
                self.mended(place, archive, expected, f"{what} as {archive.name}")
        return f"{3 * len(chosen)} files refused by name"

    def misnamed(self):
        """Archives under another kind's name are read or refused by name, not passed over."""
        name, data = self.paths[0].name, self.paths[0].read_bytes()
        tar = packing.tar_bytes([(f"images/{name}", data)])
        zipped, found = io.BytesIO(), []
        with zipfile.ZipFile(zipped, "w") as archive:
            archive.writestr(f"images/{name}", data)
        for file, contents in (
            ("a.tar.gz", tar),
            ("a.tar", gzip.compress(tar)),
            ("a.zip", tar),
            ("a.tar", zipped.getvalue()),
            ("a.tgz", zipped.getvalue()),
        ):
            place = self.unpacked("misnamed", self.paths[1:])
            (place.set / file).write_bytes(contents)
            result = self.run(*self.explore_arguments(place))
            found.append("refused" if result.code else "read")
            if result.code:
                self.refused(result, file)
            else:
                rows = [row for row in audit(place.folder / "explored") if row["image"] == name]
                need(
                    not [row for row in rows if row["problem"] == "missing"],
                    f"{file} of another kind: passed over",
                )
        return (
            f"a tar as .tar.gz, a .tar.gz as .tar, a tar as .zip, a zip as .tar, as .tgz: {', '.join(found)}"
        )

    def archives(self, place, suffix):
        """The set as twelve archives of a kind."""
        if suffix != ".zip":
            return packing.twelve(self.paths, place.set, suffix)
        archives = []
        for number, part in enumerate(packing.parts(self.paths), 1):
            archives.append(place.set / f"images_{number:03}.zip")
            packing.kaggle(part, archives[-1])
        return archives

    def reference_run(self):
        """The output folder of two epochs on the unpacked set."""
        place = Place(self.work / "unpacked-run")
        if not place.folder.exists():
            self.succeed(*self.train_arguments(self.unpacked("unpacked-run")))
        return place.folder / "run"

    # ---- Hostile forms

    def forms(self):
        """Each hostile form beside the other films; the film that is looked for is in it alone."""
        scenery = self.work / "forms"
        shutil.rmtree(scenery, ignore_errors=True)
        paths = packing.small_set(scenery / "made")
        victim = paths[6]
        # Deep, so that a way up ends where all is looked at.
        jail = scenery / "jail"
        home = jail / "a/b/c/d/e/home"
        outside = jail / "outside"
        outside.mkdir(parents=True)
        secret = outside / "secret.png"
        secret.write_bytes(victim.read_bytes())
        size = (1 if self.quick else 10) << 30
        scene = hostile.Scene(
            victim.name, victim.read_bytes(), outside, secret, size, 50_000 if self.quick else 1_000_000
        )
        home.mkdir(parents=True)
        (home / "set").mkdir()
        (home / "tmp").mkdir()
        for path in paths:
            if path != victim:
                os.link(path, home / "set" / path.name)
        table = scenery / "made/Data_Entry_2017.csv"

        def explore(images, **how):
            for name in ("cache", "explored"):
                shutil.rmtree(home / name, ignore_errors=True)
            return self.run(
                "cxr-explore",
                "--csv",
                table,
                "--images",
                images,
                "--image-size",
                112,
                "--cache",
                home / "cache",
                "--output",
                home / "explored",
                folder=home,
                environment={"TMPDIR": str(home / "tmp")},
                limit=180,
                **how,
            )

        references = {}
        for outcome, images in (("read", scenery / "made"), ("ignored", home / "set")):
            need(explore(images).code == 0, "the unpacked set")
            references[outcome] = audit(home / "explored")
        failed = 0
        for form in hostile.FORMS:
            archive = home / "set" / form.file
            hostile.make(form, archive, scene)
            before = snapshot(jail, home)
            try:
                result = explore(home / "set")
                need(snapshot(jail, home) == before, "files changed beside the output and the cache")
                outcome = self.outcome(form, result, victim.name, home / "explored", references)
                print(
                    f"  PASS {form.name}: {outcome}, {result.seconds:.1f} s, {result.peak >> 20} MB",
                    flush=True,
                )
            except Wrong as error:
                failed += 1
                print(f"  FAIL {form.name}: {error}", flush=True)
                shutil.rmtree(jail / "outside")
                outside.mkdir()
                secret.write_bytes(victim.read_bytes())
            archive.unlink()
        need(not failed, f"{failed} of {len(hostile.FORMS)}")
        return f"{len(hostile.FORMS)} forms"

    @staticmethod
    def outcome(form, result, victim, explored, references):
        """What became of a form; raises where that is not allowed."""
        need(result.code != -9 or result.seconds < 180, "not done after 180 s")
        need(result.code in (0, 1), str(result))
        need(result.peak < MEMORY, f"{result.peak >> 20} MB of memory")
        if result.code == 1:
            Archives.refused(result, form.file, *([victim] if form.named else []))
            found, detail = "refused", " ".join(result.message.rpartition(f"/{form.file}")[2].split())[:150]
        else:
            rows = audit(explored)
            problems = {row["problem"]: row["detail"] for row in rows if row["image"] == victim}
            if "unreadable" in problems:
                found, detail = "unreadable", problems["unreadable"]
            else:
                found, detail = ("ignored" if "missing" in problems else "read"), ""
                need(rows == references[found], f"{found}, but other films are audited otherwise")
        need(found in form.outcomes, f"{found} {detail}, not {' or '.join(sorted(form.outcomes))}")
        return f"{found} {detail}".strip()

    # ---- What it costs

    def large(self, name):
        """Films whose archives are larger than what is read at once, in a place of their own."""
        made = self.work / "large"
        if not made.exists():
            self.succeed("cxr-synth", "--output", made, "--images", 160, "--patients", 70, "--size", 512)
        return self.place(name), packing.films(made)

    def once(self):
        """An archive is read once, for the first run alone."""
        place, paths = self.large("once")
        archives = packing.twelve(paths, place.set)
        size = sum(path.stat().st_size for path in archives)
        notes = [f"archives {size / 1e6:.1f} MB"]

        def measure(arguments, most, what):
            read = self.bytes_read(arguments, archives)
            notes.append(f"{what} {read / 1e6:.2f} MB")
            need(
                read <= most,
                f"{what} reads {read / 1e6:.2f} MB, more than {most / 1e6:.2f}: {', '.join(notes)}",
            )

        # Each archive may be looked at to see what it is.
        glance = len(archives) * 4096
        measure(self.train_arguments(place, "first"), 1.3 * size, "first training")
        measure(self.train_arguments(place, "second"), glance, "second training")
        measure([*self.train_arguments(place, "other"), "--seed", 1], glance, "another seed")
        shutil.rmtree(place.cache)
        measure(self.explore_arguments(place), 1.3 * size, "audit")
        measure(self.train_arguments(place, "third"), glance, "training after it")
        evaluation = [
            "cxr-evaluate",
            "--checkpoint",
            place.folder / "third/best.npz",
            *self.sources(place),
            "--replicates",
            100,
            "--output",
            place.folder / "evaluated",
        ]
        measure(evaluation, glance, "evaluation after it")
        return ", ".join(notes) + (", by strace" if running.can_trace() else ", by /proc")

    def bytes_read(self, arguments, archives):
        command = [self.bin / arguments[0], *map(str, arguments[1:])]
        if running.can_trace():
            result, by_file = running.traced(command, self.work)
            need(result.code == 0, str(result))
            return sum(count for path, count in by_file.items() if Path(path) in archives)
        # All that the process reads, its libraries and its cache among it.
        result = self.run(*arguments)
        need(result.code == 0, str(result))
        return result.read

    def memory(self):
        """The audit takes as much memory for archives as for films."""
        peaks = {}
        for name in ("unpacked", "twelve .tar.gz", "one .tar.gz", "one .zip"):
            place, paths = self.large("memory")
            if name == "unpacked":
                for path in paths:
                    os.link(path, place.set / path.name)
            elif name.startswith("twelve"):
                packing.twelve(paths, place.set)
            elif name.endswith(".gz"):
                packing.tar(paths, place.set / "one.tar.gz")
            else:
                packing.kaggle(paths, place.set / "one.zip")
            peaks[name] = self.succeed(*self.explore_arguments(place)).peak
        notes = ", ".join(f"{name} {peak >> 20} MB" for name, peak in peaks.items())
        for name, peak in peaks.items():
            need(peak <= peaks["unpacked"] + (40 << 20), notes)
        return notes

    # ---- All of it

    CASES = [
        again,
        whole,
        kills,
        kills_of_explore,
        shapes,
        mixed,
        missing,
        unreadable,
        unpacked_first,
        twice,
        twice_within,
        cut,
        foreign,
        misnamed,
        once,
        memory,
        forms,
    ]

    def all(self, only):
        for case in self.CASES:
            if only and case.__name__ not in only:
                continue
            title = f"{case.__name__} ({inspect.getdoc(case)})"
            try:
                print(f"PASS {title}: {' '.join(case(self).split())}", flush=True)
            except (Wrong, AssertionError, OSError, ValueError, KeyError) as error:
                self.failures += 1
                print(f"FAIL {title}: {type(error).__name__}: {error}", flush=True)


def snapshot(jail, home):
    """Everything below the jail but what a program is told to write: sizes, times and contents' kinds."""
    written = {home / "cache", home / "explored"}
    found = {}
    for folder, names, files in os.walk(jail):
        names[:] = [name for name in names if Path(folder, name) not in written]
        for name in names + files:
            path = Path(folder, name)
            status = path.lstat()
            found[str(path)] = (status.st_mode, status.st_size if path.is_file() else 0, status.st_mtime_ns)
    # Output folders come and go there.
    found.pop(str(home), None)
    return found


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("bin")
    parser.add_argument("--quick", action="store_true", help="fewer of everything, and small bombs")
    parser.add_argument("--only", default="", help="cases, separated by commas")
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    only = set(filter(None, options.only.split(",")))
    if unknown := only - {case.__name__ for case in Archives.CASES}:
        sys.exit(f"archives: no such case: {', '.join(sorted(unknown))}")
    with tempfile.TemporaryDirectory(prefix="archives-") as work:
        archives = Archives(options.bin, Path(work).resolve(), options.seed, options.quick)
        archives.all(only)
    print(
        f"archives: {archives.failures} cases failed" if archives.failures else "archives: all cases passed"
    )
    sys.exit(1 if archives.failures else 0)


if __name__ == "__main__":
    main()
