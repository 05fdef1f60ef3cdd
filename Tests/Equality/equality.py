"""Shows that a commit changed no number: the programs of two commits do the same, and what they leave is compared.

usage: equality.py BIN (--before COMMIT | --programs FOLDER | --self-test) [--films REAL_DATA] [--keep FOLDER]

BIN is the folder of the built programs. Those of the commit before it are built in .build-equality, once a commit,
or are in FOLDER. Both synthesise films, audit them, train a network with each loss, train it again, killed twice and
gone on with, evaluate both networks and ask one of them, in the same place with the same arguments; the later
programs also go on with runs in which the earlier ones were killed. Prints a line a comparison, and for each file
that differs the first difference with both values; ends with 1 where there is one. What may differ, and why, is in
comparing.py.

  --films      also real films: nih64 of this folder
  --keep       where all files stay; else they are removed
  --self-test  the programs beside themselves, and then beside files that were altered, which must be noticed
"""

import argparse
import csv
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
import zipfile
from dataclasses import dataclass, field
from pathlib import Path

root = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(root / "Tests/Archives"))
import comparing  # noqa: E402
import folders  # noqa: E402
import running  # noqa: E402

LOSSES = ("weighted-bce", "bce")
LIMIT = 1200
# How often a run writes last.npz where nothing else is asked for; it stands in run.json.
USUAL = ("--checkpoint-every", "300s")
# Prepared films stand in it in the order in which threads were done with them, beside the times of their files.
NOT_COMPARED = {"cache"}


class Failed(Exception):
    """A program that did not do what it should."""


@dataclass
class Job:
    """Films, and what is done with them."""

    name: str
    csv: Path
    images: Path
    size: int
    batch: int
    epochs: int
    # Steps after which a training is killed, and those after which it is killed again.
    kills: tuple
    # How many films are synthesised, of how many patients, of which size; nothing where films are given.
    synthesised: tuple = ()
    training: list = field(default_factory=list)
    replicates: int = 200

    @property
    def sources(self):
        return ["--csv", self.csv, "--images", self.images]


def demo(images=400, patients=150, film=256, **how):
    """Films as those of `make demo`, and fewer of them."""
    films = Path("demo/films")
    chosen = {"size": 192, "batch": 16, "epochs": 3, "kills": (5, 40), **how}
    return Job("demo", films / "Data_Entry_2017.csv", films, synthesised=(images, patients, film), **chosen)


def real(data):
    films = Path(data).resolve() / "nih64"
    return Job(
        "nih64", next(films.glob("*.csv")), films, 224, 32, 2, (4, 14), training=["--skip-empty-labels"]
    )


class Programs:
    """The programs of one commit at work in a folder."""

    def __init__(self, bin_folder, place):
        self.bin, self.place = Path(bin_folder).resolve(), Path(place)

    def run(self, name, *arguments):
        result = running.run([self.bin / name, *arguments], self.place, limit=LIMIT)
        if result.code != 0:
            raise Failed(f"{self.bin / name} {' '.join(map(str, arguments))}: {result}")
        return result.out

    def train(self, *arguments, kill_after=None):
        """The lines that a training writes of its steps; it is killed once there are so many of them."""
        read, write = os.pipe()
        command = [self.bin / "cxr-train", *arguments, "--metrics-fd", write]
        with tempfile.TemporaryFile() as errors:
            process = subprocess.Popen(
                list(map(str, command)),
                cwd=self.place,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=errors,
                pass_fds=[write],
            )
            os.close(write)
            lines = []
            with open(read) as told:
                for line in told:
                    lines.append(line)
                    if kill_after and sum('"step"' in line.partition(",")[0] for line in lines) == kill_after:
                        process.kill()
            code = process.wait()
            errors.seek(0)
            if code != (-9 if kill_after else 0):
                said = errors.read().decode(errors="replace").strip()[-500:]
                raise Failed(f"{' '.join(map(str, command))}: exit {code}: {said}")
        return lines

    def everything(self, job, killed):
        """Does a job. `killed` is a folder for runs as they were left by a kill."""
        here = Path(job.name)
        (self.place / here).mkdir(parents=True)
        cache = ["--cache", here / "cache"]
        if job.synthesised:
            images, patients, film = job.synthesised
            size = ["--images", images, "--patients", patients, "--size", film]
            self.run("cxr-synth", "--output", job.images, *size)
        self.run("cxr-explore", *job.sources, *cache, "--image-size", job.size, "--output", here / "explored")
        steps = self.place / here / "steps"
        steps.mkdir()
        for loss in LOSSES:
            options = [*job.sources, *cache, *job.training, "--loss", loss, "--image-size", job.size]
            options += ["--batch-size", job.batch, "--epochs", job.epochs]
            lines = self.train(*options, "--output", here / loss)
            (steps / f"{loss}.jsonl").write_text("".join(lines))
            # Called as the other, which stands in its page.
            output = here / "killed" / loss
            how = ["--output", output, "--checkpoint-every", "1steps"]
            self.train(*options, *how, kill_after=job.kills[0])
            folders.whole(self.place / output)
            self.train("--resume", *how, kill_after=job.kills[1])
            folders.whole(self.place / output)
            shutil.copytree(self.place / output, killed / here / loss)
            self.train("--resume", "--output", output, *USUAL)
        models = [here / loss / "best.npz" for loss in LOSSES]
        boxes = job.images / "BBox_List_2017.csv"
        self.run(
            "cxr-evaluate",
            *[part for model in models for part in ("--checkpoint", model)],
            *job.sources,
            *cache,
            *(["--boxes", boxes] if (self.place / boxes).exists() else []),
            "--replicates",
            job.replicates,
            "--output",
            here / "comparison",
        )
        self.predict(job, models[0])

    def predict(self, job, model):
        """Asks about some films, with maps, and about all of the label file."""
        answers = self.place / job.name / "answers"
        answers.mkdir()
        with (self.place / job.csv).open() as file:
            names = [row["Image Index"] for row in csv.DictReader(file)][:40:10]
        films = [next((self.place / job.images).rglob(name)) for name in names]
        maps = ["--maps", answers / "maps", "--map-labels", "Infiltration,Mass"]
        said = self.run("cxr-predict", "--checkpoint", model, "--format", "json", *maps, *films)
        (answers / "some.json").write_text(said)
        said = self.run("cxr-predict", "--checkpoint", model, "--format", "csv", *job.sources)
        (answers / "all.csv").write_text(said)

    def go_on(self, job, loss, killed):
        """Goes on with a run that other programs began."""
        output = Path(job.name) / "gone-on" / loss
        shutil.copytree(killed / job.name / loss, self.place / output)
        self.train("--resume", "--output", output, *USUAL)


class Comparisons:
    def __init__(self):
        self.differing = 0

    def folder(self, name, before, after):
        """Compares two folders, and prints a line, and one a file that differs."""
        found, came, told = comparing.compare(before, after)
        self.differing += len(found)
        more = f"; not there before: {', '.join(came[:5])}{' …' * (len(came) > 5)}" if came else ""
        print(f"{'OTHER' if found else 'equal'}  {name:37}  {told}{more}", flush=True)
        for file, difference in found.items():
            print(f"       {file}: {difference}", flush=True)
        return found


def version(run):
    return json.loads((run / "run.json").read_text())["library_version"]


def beside(before_bin, after_bin, jobs, work):
    """Runs both sets of programs in the same place, one after the other, and compares what they leave."""
    comparisons, place, killed = Comparisons(), work / "run", work / "killed"
    for job in jobs:
        begun = time.monotonic()
        sides, gone_on = {}, {}
        for side, programs in (("before", before_bin), ("after", after_bin)):
            runs = Programs(programs, place)
            runs.everything(job, killed / side)
            if side == "after":
                for loss in LOSSES:
                    gone_on[loss] = version(place / job.name / loss) == version(
                        killed / "before" / job.name / loss
                    )
                    if gone_on[loss]:
                        runs.go_on(job, loss, killed / "before")
            sides[side] = work / side / job.name
            sides[side].parent.mkdir(exist_ok=True)
            (place / job.name).rename(sides[side])
        before, after = sides["before"], sides["after"]
        for path in sorted(before.iterdir()):
            if path.name not in NOT_COMPARED:
                (after / path.name).mkdir(exist_ok=True)
                comparisons.folder(f"{job.name} {path.name}", path, after / path.name)
        for loss in LOSSES:
            comparisons.folder(f"{job.name} {loss}, as if not killed", after / loss, after / "killed" / loss)
            if gone_on[loss]:
                comparisons.folder(
                    f"{job.name} {loss}, gone on with", before / loss, after / "gone-on" / loss
                )
            else:
                print(f"-      {job.name} {loss}: another version's runs are not gone on with", flush=True)
        print(f"{job.name}: {time.monotonic() - begun:.0f} s", flush=True)
    return comparisons.differing


# ---- The programs of a commit


def command(*words):
    if subprocess.run(list(map(str, words)), cwd=root).returncode != 0:
        sys.exit(f"equality: failed: {' '.join(map(str, words))}")


def built(commit, folder):
    """The folder of a commit's programs, which are built unless they are there."""
    named = ["git", "rev-parse", "--verify", "--quiet", f"{commit}^{{commit}}"]
    found = subprocess.run(named, cwd=root, capture_output=True, text=True)
    if found.returncode != 0:
        sys.exit(f"equality: no such commit: {commit}")
    commit = found.stdout.strip()
    tree, build, stamp = folder / "tree", folder / "build", folder / "commit"
    if stamp.exists() and stamp.read_text() == commit and (build / "release/cxr-train").exists():
        return build / "release"
    folder.mkdir(exist_ok=True)
    stamp.unlink(missing_ok=True)
    command("git", "worktree", "prune")
    if tree.exists():
        command("git", "-C", tree, "checkout", "--quiet", "--force", "--detach", commit)
    else:
        command("git", "worktree", "add", "--quiet", "--detach", tree, commit)
    # The same versions of what others wrote.
    if (root / "Package.resolved").exists():
        shutil.copy(root / "Package.resolved", tree)
    print(f"building {commit[:12]} in {build}", flush=True)
    swift = os.environ.get("SWIFT", "swift")
    command(swift, "build", "-c", "release", "--package-path", tree, "--scratch-path", build)
    stamp.write_text(commit)
    return build / "release"


# ---- Alterations that must be noticed


def rewritten(path, change):
    """A checkpoint whose members are what `change` makes of their names and bytes."""
    with zipfile.ZipFile(path) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    with zipfile.ZipFile(path, "w") as archive:
        for name, data in members.items():
            if (data := change(name, data)) is not None:
                archive.writestr(name, data)


def one_bit(path):
    def change(name, data):
        return data[:-3] + bytes([data[-3] ^ 1]) + data[-2:] if name == "head/bias.npy" else data

    rewritten(path, change)


def metadata(path, change):
    def changed(name, data):
        if name != "metadata.json":
            return data
        document = json.loads(data)
        change(document)
        return json.dumps(document).encode()

    rewritten(path, changed)


def document(path, change):
    content = json.loads(path.read_text())
    change(content)
    path.write_text(json.dumps(content))


def cell(path):
    rows = list(csv.reader(path.read_text().splitlines()))
    rows[2][3] += "1"
    path.write_text("\n".join(map(",".join, rows)) + "\n")


def replaced(path, old, new):
    text = path.read_text()
    assert old in text, f"{path} has no {old!r}"
    path.write_text(text.replace(old, new, 1))


def smaller(document):
    document["models"][0]["mean_auc"] -= 1e-15


# What is done to which file, and the words of what must be said of it; nothing where nothing may be said.
ALTERATIONS = [
    ("one bit of an array", "bce/best.npz", one_bit, ["head/bias.npy[13]", "before", "after"]),
    (
        "an array less",
        "bce/best.npz",
        lambda path: rewritten(path, lambda name, data: None if name == "head/kernel.npy" else data),
        ["head/kernel.npy: an array before, nothing after"],
    ),
    (
        "a checkpoint's metadata",
        "bce/last.npz",
        lambda path: metadata(path, lambda document: document["image"].update(mean=1.5)),
        ["metadata.image.mean", "1.5 after"],
    ),
    (
        "a checkpoint's version",
        "bce/last.npz",
        lambda path: metadata(path, lambda document: document.update(library_version="9")),
        None,
    ),
    (
        "a cell of a table",
        "comparison/predictions-bce.csv",
        cell,
        ["row 3, ", "before", "1' after"],
    ),
    (
        "a quotation mark",
        "comparison/labels.csv",
        lambda path: replaced(path, "\nweighted-bce,", '\n"weighted-bce",'),
        ["byte "],
    ),
    (
        "the last digit of a number in JSON",
        "comparison/metrics.json",
        lambda path: document(path, smaller),
        ["document.models[0].mean_auc"],
    ),
    (
        "a key less in JSON",
        "explored/explore.json",
        lambda path: document(path, lambda content: content.pop("images")),
        ["document.images", "nothing after"],
    ),
    (
        "1.0 for 1 in JSON",
        "explored/explore.json",
        lambda path: document(path, lambda content: content.update(images=float(content["images"]))),
        ["document.images", ".0 after"],
    ),
    (
        "a key more in JSON",
        "explored/explore.json",
        lambda path: document(path, lambda content: content.update(more=1)),
        None,
    ),
    (
        "a step's loss",
        "steps/bce.jsonl",
        lambda path: replaced(path, '"batch_loss": 0', '"batch_loss": 1'),
        ["line[0].batch_loss"],
    ),
    (
        "an epoch's time",
        "bce/history.csv",
        lambda path: path.write_text(path.read_text().rpartition(",")[0] + ",1\n"),
        None,
    ),
    (
        "an epoch's loss",
        "bce/history.csv",
        lambda path: replaced(path, "\n1,", "\n1,1"),
        ["row[0].loss"],
    ),
    (
        "a picture",
        "bce/loss.svg",
        lambda path: replaced(path, "</svg>", "<path/></svg>"),
        ["line "],
    ),
    (
        "a film",
        "films/images_001/images/00000001_000.png",
        lambda path: path.write_bytes(path.read_bytes()[:-1] + b"!"),
        ["byte "],
    ),
    (
        "a page",
        "comparison/report.html",
        lambda path: replaced(path, "</body>", "1</body>"),
        ["line "],
    ),
    ("a file less", "answers/all.csv", Path.unlink, ["not there any more"]),
    ("a file cut short", "bce/last.npz", lambda path: os.truncate(path, 1000), ["cannot be read"]),
]


def self_test(bin_folder, work):
    job = demo(images=120, patients=50, film=112, size=112, epochs=1, kills=(2, 3), replicates=100)
    faults = beside(bin_folder, bin_folder, [job], work)
    before, after = work / "before/demo", work / "after/demo"
    for what, name, alter, words in ALTERATIONS:
        path = after / name
        kept = path.read_bytes()
        alter(path)
        folder, _, file = name.partition("/")
        found, _, _ = comparing.compare(before / folder, after / folder)
        path.write_bytes(kept)
        said = found.pop(file, None)
        is_right = not found and (
            said is None if words is None else said and all(word in said for word in words)
        )
        faults += not is_right
        print(f"{'PASS' if is_right else 'FAIL'}  {what}: {said or 'nothing differs'}")
        for other, difference in found.items():
            print(f"      {other}: {difference}")
    return faults


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("bin")
    which = parser.add_mutually_exclusive_group(required=True)
    which.add_argument("--before", metavar="COMMIT", help="the commit whose numbers must come out")
    which.add_argument("--programs", metavar="FOLDER", help="its programs, where they are built")
    which.add_argument("--self-test", action="store_true", help="are differences noticed?")
    parser.add_argument("--films", help="a folder of real films, which has nih64")
    parser.add_argument("--keep", metavar="FOLDER", help="where all files stay")
    options = parser.parse_args()
    if options.keep and Path(options.keep).exists() and any(Path(options.keep).iterdir()):
        sys.exit(f"equality: {options.keep} holds files")
    with tempfile.TemporaryDirectory(prefix="equality-") as scratch:
        work = Path(options.keep or scratch).resolve()
        (work / "run").mkdir(parents=True)
        try:
            if options.self_test:
                differing = self_test(options.bin, work)
            else:
                before = options.programs or built(options.before, root / ".build-equality")
                jobs = [demo()] + ([real(options.films)] if options.films else [])
                differing = beside(before, options.bin, jobs, work)
        except Failed as error:
            sys.exit(f"equality: {error}")
    print(f"equality: {differing} differences" if differing else "equality: every number is the same")
    sys.exit(1 if differing else 0)


if __name__ == "__main__":
    main()
