"""Injects faults into the programs, by the means by which they happen, and counts what is lost.

usage: chaos.py BIN [--scale 1.0] [--seed 0] [--films REAL_DATA] [--report FILE.md] [--mutants LOG]

Every fault is real: signals, limits that the system enforces, a disk that is full, files that other programs
change. A fault is survived where nothing earlier is lost and the program says in one message what was wrong, or
dies of the signal it was sent; then the run goes on, and its bits are compared with those of a run that nothing
happened to.
"""

import argparse
import contextlib
import fcntl
import datetime
import os
import platform
import random
import resource
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

import folders

# What is trained on real films: the reference, and networks of the field, made small.
NETWORKS = {
    "the reference": [],
    "a DenseNet": ["--image-size", "64", "--model", "densenet121", "--architecture", "growth=12", "blocks=2-2-2-2"],
    "a ResNet": ["--image-size", "64", "--model", "resnet18", "--architecture", "width=16"],
}
LABELS = "Cardiomegaly,Effusion,Mass"
LIMIT = 120


class Lost(Exception):
    """What must not happen."""


def need(condition, text):
    if not condition:
        raise Lost(text)


class Missed(Exception):
    """The fault came too late, or did not bind: nothing was injected."""


class Result:
    def __init__(self, code, out, errors):
        self.code, self.out, self.errors = code, out, errors

    def __str__(self):
        return f"exit {self.code}: {self.errors.strip()[-600:]}"


class Chaos:
    def __init__(self, bin_folder, work, seed):
        self.work = Path(work)
        # Where another user can start them too, wherever they were built.
        self.bin = self.work / "bin"
        self.bin.mkdir()
        for name in ("train", "evaluate", "explore", "synth", "benchmark"):
            shutil.copy(Path(bin_folder) / f"cxr-{name}", self.bin)
        self.random = random.Random(seed)
        self.injected, self.survived, self.equal, self.compared = (Counter() for _ in range(4))
        self.missed = Counter()
        self.problems = []
        self.films = self.work / "films"
        self.csv = self.films / "Data_Entry_2017.csv"

    # ---- Running programs

    def start(self, name, *arguments, limits=None, user=None, keeping=()):
        """A program in the background; `limits` are set in it before it begins, `keeping` are files it inherits."""

        def prepare():
            # Begun in the background, this script may have been told to ignore them.
            for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
                signal.signal(number, signal.SIG_DFL)
            resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
            for which, value in (limits or {}).items():
                resource.setrlimit(which, (value, value))
            if resource.RLIMIT_FSIZE in (limits or {}):
                signal.signal(signal.SIGXFSZ, signal.SIG_IGN)

        process = subprocess.Popen(
            [self.bin / name, *map(str, arguments)], cwd=self.work, stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, preexec_fn=prepare, user=user,
            start_new_session=True, pass_fds=keeping)  # fmt: skip
        return process

    def finish(self, process):
        try:
            out, errors = process.communicate(timeout=LIMIT)
        except subprocess.TimeoutExpired:
            process.kill()
            process.communicate()
            raise Lost(f"still running after {LIMIT} s") from None
        return Result(process.returncode, out.decode(), errors.decode())

    def run(self, name, *arguments, **how):
        return self.finish(self.start(name, *arguments, **how))

    def succeed(self, name, *arguments, **how):
        result = self.run(name, *arguments, **how)
        need(result.code == 0, f"{name} failed: {result}")
        return result

    def options(self, cache=None, epochs=3):
        return [
            "--csv", self.csv, "--images", self.films, "--image-size", "112", "--batch-size", "16",
            "--epochs", str(epochs), "--labels", LABELS, *(["--cache", cache] if cache else []),
        ]  # fmt: skip

    def train(self, output, *extra, **how):
        return self.start(
            "cxr-train", *self.options(self.work / "cache"), "--output", output, *extra, **how)

    def resume(self, output, *extra, **how):
        """Goes on with what is in the folder, as a person would."""
        arguments = ["--resume", "--output", output]
        if not (Path(output) / "run.json").exists():
            arguments += self.options(self.work / "cache")
        return self.start("cxr-train", *arguments, *extra, **how)

    def fresh(self, name):
        path = self.work / name
        shutil.rmtree(path, ignore_errors=True)
        return path

    # ---- Counting

    @contextlib.contextmanager
    def fault(self, kind, count=1):
        """A fault, or `count` of them in a row; what the block raises is a loss, but for faults that missed."""
        try:
            yield
            self.survived[kind] += count
            self.injected[kind] += count
        except Missed:
            self.missed[kind] += count
        except (Lost, AssertionError, OSError, ValueError, KeyError) as error:
            self.injected[kind] += count
            self.problems.append(f"{kind}: {type(error).__name__}: {error}")
            print(f"LOST {self.problems[-1]}", flush=True)

    def compare(self, kind, found, expected, count=1):
        self.compared[kind] += count
        if found == expected:
            self.equal[kind] += count
        else:
            differing = [key for key in expected if found.get(key) != expected[key]]
            raise Lost(f"other bits in {', '.join(map(str, differing)) or 'more files'}")

    def refused(self, result, *words):
        """A program that failed as it should: one message with these words, and no crash."""
        need(result.code == 1, f"not refused: {result}")
        need(result.errors.count("Error:") == 1, f"not one message: {result}")
        for word in words:
            need(word in result.errors, f"nothing said of {word}: {result}")

    def landed(self, process):
        """A fault that must find the program at work."""
        if process.poll() is not None:
            need(self.finish(process).code == 0, "failed before the fault")
            raise Missed

    # ---- The reference

    def prepare(self):
        self.succeed(
            "cxr-synth", "--output", self.films, "--images", "160", "--patients", "70", "--size", "160")
        started = time.monotonic()
        process = self.train(self.work / "whole")
        need(self.finish(process).code == 0, "the undisturbed run failed")
        self.seconds = time.monotonic() - started
        self.whole = folders.training(self.work / "whole")

    def moment(self, longest=None):
        """A moment of a run, a little past its end included."""
        return self.random.uniform(0, 1.1 * (longest or self.seconds))

    def complete(self, kind, output, count=1):
        result = self.finish(self.resume(output))
        need(result.code == 0, f"does not go on: {result}")
        self.compare(kind, folders.training(output), self.whole, count)

    # ---- Kills

    def kill_training(self, times):
        """A run killed again and again at any moment, with other threads and intervals each time."""
        kind = "SIGKILL while training"
        output = self.fresh("killed")
        with self.fault(kind, times):
            kills = 0
            while kills < times:
                interval = self.random.choice(["1steps", "3steps", "0.05s", "300s"])
                threads = self.random.choice("12")
                process = self.resume(output, "--checkpoint-every", interval, "--threads", threads)
                time.sleep(self.moment())
                if process.poll() is not None:
                    # Done before the kill: another run takes the kills that are left.
                    need(self.finish(process).code == 0, "a resumed run failed")
                    need(folders.training(output) == self.whole, "other bits")
                    output = self.fresh("killed")
                    continue
                process.kill()
                self.finish(process)
                kills += 1
                if output.exists():
                    folders.whole(output)
            self.complete(kind, output, times)

    def kill_preparation(self):
        kind = "SIGKILL while films are prepared"
        cache, output = self.fresh("fresh-cache"), self.fresh("after")
        with self.fault(kind):
            process = self.start(
                "cxr-explore", "--csv", self.csv, "--images", self.films, "--image-size", "112",
                "--cache", cache, "--output", self.fresh("explored"))  # fmt: skip
            # Films are prepared in the first tenth; what follows are pictures.
            time.sleep(self.moment(0.15 if self.random.random() < 0.7 else 0.8))
            self.landed(process)
            process.kill()
            self.finish(process)
            self.succeed("cxr-train", *self.options(cache), "--output", output)
            self.compare(kind, folders.training(output), self.whole)

    def kill_evaluation(self):
        kind = "SIGKILL while evaluating"
        output = self.work / "evaluated"
        with self.fault(kind):
            arguments = [
                "--checkpoint", self.work / "whole/best.npz", "--csv", self.csv, "--images", self.films,
                "--cache", self.work / "cache", "--replicates", "100", "--force", "--output", output,
            ]  # fmt: skip
            if not hasattr(self, "evaluated"):
                started = time.monotonic()
                self.succeed("cxr-evaluate", *arguments)
                self.evaluation_seconds = time.monotonic() - started
                self.evaluated = folders.files(output)
            process = self.start("cxr-evaluate", *arguments)
            time.sleep(self.moment(self.evaluation_seconds))
            self.landed(process)
            process.kill()
            self.finish(process)
            self.succeed("cxr-evaluate", *arguments)
            self.compare(kind, folders.files(output), self.evaluated)

    # ---- Signals that ask

    def ask_to_stop(self):
        number = self.random.choice([signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
        kind = "SIGINT, SIGTERM, SIGHUP"
        output = self.fresh("asked")
        with self.fault(kind):
            process = self.train(output)
            time.sleep(0.02 + self.moment())
            self.landed(process)
            process.send_signal(number)
            asked = time.monotonic()
            result = self.finish(process)
            need(time.monotonic() - asked < 5, f"took {time.monotonic() - asked:.1f} s to stop")
            # Before the program is loaded the system's own way applies; after its work is done nothing does.
            need(result.code in (128 + number, -number, 0), f"signal {number}: {result}")
            if result.code == 0:
                raise Missed
            if "epoch 1/" in result.errors:
                need((output / "last.npz").exists(), "no last.npz after the first epoch")
            if output.exists():
                folders.whole(output)
            self.complete(kind, output)

    def ask_twice(self):
        """A step that does not end, since nobody reads what it writes: only the second Ctrl-C stops it."""
        kind = "a second Ctrl-C"
        output = self.fresh("twice")
        with self.fault(kind):
            read, write = os.pipe()
            fcntl.fcntl(write, fcntl.F_SETPIPE_SZ, 4096)
            try:
                process = self.train(output, "--metrics-fd", write, "--checkpoint-every", "3steps", keeping=[write])
                time.sleep(self.seconds + 1)
                process.send_signal(signal.SIGINT)
                # At once it is taken for the same one, sent to a process and to its group.
                time.sleep(self.random.uniform(0, 0.1))
                process.send_signal(signal.SIGINT)
                time.sleep(0.7)
                need(process.poll() is None, "stopped by a repeated signal")
                process.send_signal(signal.SIGINT)
                asked = time.monotonic()
                result = self.finish(process)
                need(result.code == 130, f"{result}")
                need(time.monotonic() - asked < 2, "did not stop at once")
            finally:
                os.close(read)
                os.close(write)
            folders.whole(output)
            self.complete(kind, output)

    # ---- Disks

    def full_disk(self):
        kind = "a disk that fills"
        mount = self.work / "small"
        mount.mkdir(exist_ok=True)
        # The cache takes 4 MB, each checkpoint 2 to 6.
        size = self.random.choice([64, 512, 2048, 4096, 6144, 8192, 11000, 13000, 14000])
        mounted = subprocess.run(
            ["mount", "-t", "tmpfs", "-o", f"size={size}k", "tmpfs", mount], capture_output=True)
        if mounted.returncode != 0:
            return self.file_limit()
        output = mount / "run"
        with self.fault(kind):
            try:
                result = self.run("cxr-train", *self.options(), "--output", output)
                need(result.code in (0, 1), f"{result}")
                if result.code == 0:
                    raise Missed
                self.refused(result, str(mount), "space")
                folders.whole(output)
                saved = self.fresh("saved")
                shutil.copytree(output, saved)
            finally:
                subprocess.run(["umount", "-l", mount], check=True)
            # The same folder on a larger disk.
            result = self.run("cxr-train", "--resume", "--output", saved, *self.options())
            need(result.code == 0, f"does not go on: {result}")
            self.compare(kind, folders.training(saved), self.whole)

    def file_limit(self):
        kind = "a limit on file sizes"
        output = self.fresh("limited")
        with self.fault(kind):
            size = self.random.choice([1_000, 100_000, 1_000_000, 3_000_000, 5_000_000])
            process = self.train(output, limits={resource.RLIMIT_FSIZE: size})
            result = self.finish(process)
            self.refused(result, "too large")
            folders.whole(output)
            self.complete(kind, output)

    def read_only(self):
        kind = "a read-only folder"
        output = self.fresh("readonly")
        with self.fault(kind):
            shutil.copytree(self.work / "whole", output)
            before = folders.files(output)
            for path in [output, *output.rglob("*")]:
                path.chmod(0o555 if path.is_dir() else 0o444)
            nobody = 65534 if os.getuid() == 0 else None
            process = self.resume(output, "--epochs", "4", user=nobody)
            result = self.finish(process)
            output.chmod(0o755)
            self.refused(result, str(output))
            need(folders.files(output) == before, "files changed")
            self.survive_only(kind)

    def survive_only(self, kind):
        """A fault after which there is nothing to compare but what was there before."""
        self.compared[kind] += 1
        self.equal[kind] += 1

    # ---- Files that others change

    def films_change(self):
        """A film vanishes, is cut, or becomes unreadable while films are prepared."""
        kind = "films that vanish or change"
        output, cache = self.fresh("changing"), self.fresh("changing-cache")
        films = sorted(self.films.glob("images_001/images/*.png"))
        victim = self.random.choice(films)
        kept = victim.read_bytes()
        stamp = victim.stat()
        with self.fault(kind):
            try:
                process = self.start("cxr-train", *self.options(cache), "--output", output)
                time.sleep(self.random.uniform(0, 0.12))
                match self.random.choice(["vanish", "cut", "garble"]):
                    case "vanish":
                        victim.unlink()
                    case "cut":
                        victim.write_bytes(kept[: len(kept) // 2])
                    case "garble":
                        victim.write_bytes(os.urandom(500))
                result = self.finish(process)
                need(result.code in (0, 1), f"{result}")
                if result.code == 1:
                    self.refused(result, victim.name)
            finally:
                victim.write_bytes(kept)
                os.utime(victim, ns=(stamp.st_atime_ns, stamp.st_mtime_ns))
            result = self.run("cxr-train", "--resume", *self.options(cache), "--output", output)
            need(result.code == 0, f"does not go on: {result}")
            self.compare(kind, folders.training(output), self.whole)

    def cache_changes(self):
        """The film cache is cut, overwritten or removed while a run reads it."""
        kind = "a cache that others change"
        output, cache = self.fresh("cached"), self.fresh("own-cache")
        with self.fault(kind):
            shutil.copytree(self.work / "cache", cache)
            pixels = next(cache.glob("*.cache"))
            process = self.start("cxr-train", *self.options(cache), "--output", output)
            time.sleep(self.moment())
            self.landed(process)
            match self.random.choice(["cut", "flip", "remove"]):
                case "cut":
                    os.truncate(pixels, self.random.randrange(pixels.stat().st_size))
                case "flip":
                    with open(pixels, "r+b") as file:
                        for _ in range(20):
                            file.seek(self.random.randrange(pixels.stat().st_size))
                            file.write(os.urandom(1))
                case "remove":
                    pixels.unlink()
            result = self.finish(process)
            need(result.code in (0, 1), f"{result}")
            if result.code == 1:
                self.refused(result, pixels.name, "not as it was prepared")
            result = self.run("cxr-train", "--resume", *self.options(cache), "--output", output)
            need(result.code == 0, f"does not go on: {result}")
            self.compare(kind, folders.training(output), self.whole)

    def checkpoint_damage(self):
        """Bits flip, or the end is missing, in a file that a run goes on from."""
        kind = "damaged last.npz or best.npz"
        output = self.fresh("damaged")
        with self.fault(kind):
            need(self.run("cxr-train", *self.options(self.work / "cache", epochs=1), "--output", output).code == 0, "1 epoch")
            victim = output / self.random.choice(["last.npz", "best.npz"])
            kept = victim.read_bytes()
            damaged = bytearray(kept)
            match self.random.choice(["flip", "cut", "empty", "foreign"]):
                case "flip":
                    # Not in the names and dates at the beginning of members, where a bit may mean nothing.
                    place = self.random.randrange(len(kept) // 4, len(kept) * 3 // 4)
                    damaged[place] ^= 1 << self.random.randrange(8)
                case "cut":
                    del damaged[self.random.randrange(len(kept)) :]
                case "empty":
                    damaged.clear()
                case "foreign":
                    damaged = bytearray(b"PK\x03\x04" + os.urandom(5000))
            victim.write_bytes(damaged)
            result = self.run("cxr-train", "--resume", "--output", output, "--epochs", "3")
            self.refused(result, victim.name)
            need(victim.read_bytes() == damaged, "the damaged file was replaced")
            victim.write_bytes(kept)
            result = self.run("cxr-train", "--resume", "--output", output, "--epochs", "3")
            need(result.code == 0, f"does not go on: {result}")
            self.compare(kind, folders.training(output), self.whole)

    def folder_vanishes(self):
        kind = "an output folder that vanishes"
        output = self.fresh("vanishing")
        with self.fault(kind):
            process = self.train(output, "--checkpoint-every", "1steps")
            time.sleep(0.1 + self.moment() / 3)
            self.landed(process)
            shutil.rmtree(output, ignore_errors=True)
            self.refused(self.finish(process), str(output))
            need(self.finish(self.train(self.fresh("vanishing"))).code == 0, "does not begin anew")
            self.compare(kind, folders.training(output), self.whole)

    # ---- Memory, numbers, company

    def little_memory(self):
        kind = "a limit on memory"
        output = self.fresh("small-memory")
        with self.fault(kind):
            limit = self.random.randrange(150, 1500) << 20
            process = self.train(output, limits={resource.RLIMIT_AS: limit})
            result = self.finish(process)
            need(result.code in (0, 1), f"at {limit >> 20} MiB: {result}")
            if result.code == 0:
                need(folders.training(output) == self.whole, "other bits")
                raise Missed
            self.refused(result, "memory")
            if output.exists():
                folders.whole(output)
            self.complete(kind, output)

    def numbers_end(self):
        kind = "a loss or gradient that is no number"
        output = self.fresh("diverging")
        with self.fault(kind):
            rate = self.random.choice(["1e12", "1e20", "1e30", "1e38"])
            result = self.run(
                "cxr-train", *self.options(self.work / "cache"), "--output", output, "--learning-rate",
                rate, "--checkpoint-every", "1steps")  # fmt: skip
            self.refused(result, "finite", "epoch", "step", "--learning-rate")
            folders.whole(output)
            if (output / "best.npz").exists():
                checked = self.run(
                    "cxr-evaluate", "--checkpoint", output / "best.npz", "--csv", self.csv, "--images",
                    self.films, "--output", self.fresh("checked"), "--replicates", "100")  # fmt: skip
                need(checked.code == 0, f"the best epoch is of no use: {checked}")
            self.survive_only(kind)

    def two_runs(self):
        kind = "two runs in one folder"
        output = self.fresh("shared")
        with self.fault(kind):
            first = self.train(output)
            deadline = time.monotonic() + 5
            while not (output / "run.json").exists() and time.monotonic() < deadline:
                time.sleep(0.005)
            second = self.run("cxr-train", "--resume", "--output", output)
            result = self.finish(first)
            need(result.code == 0, f"the first was disturbed: {result}")
            # The first may have ended before the second looked.
            if second.code == 0:
                raise Missed
            self.refused(second, "in use", str(first.pid))
            self.compare(kind, folders.training(output), self.whole)

    # ---- Real films

    def real_films(self, data, network, chosen, all_threads):
        """A run over real films killed five times at random, each time with another number of threads."""
        kind = f"SIGKILL while training {network} on real films"
        films = Path(data) / "nih64"
        options = [
            "--csv", next(films.glob("*.csv")), "--images", films, "--skip-empty-labels", "--epochs", "3",
            "--cache", self.work / "real-cache", *chosen,
        ]  # fmt: skip
        whole = self.fresh("real")
        self.succeed("cxr-train", *options, "--output", whole)
        expected = folders.training(whole)
        started = time.monotonic()
        self.succeed("cxr-train", *options, "--output", self.fresh("real-again"))
        seconds = time.monotonic() - started
        for threads in all_threads:
            with self.fault(kind, 5):
                output = self.fresh(f"real-{threads}")
                kills, longest = 0, seconds / 6
                while kills < 5:
                    how = ["--resume", "--output", output, "--threads", threads, "--checkpoint-every", "10steps"]
                    if not (output / "run.json").exists():
                        how += options
                    process = self.start("cxr-train", *how)
                    time.sleep(self.random.uniform(longest / 8, longest))
                    if process.poll() is not None:
                        # The machine is faster than when the run was timed: begun anew, killed sooner.
                        need(self.finish(process).code == 0, "failed before it was killed")
                        output = self.fresh(f"real-{threads}")
                        kills, longest = 0, longest / 2
                        need(longest > 0.05, "the run was done before five kills")
                        continue
                    process.kill()
                    self.finish(process)
                    kills += 1
                    if output.exists():
                        folders.whole(output)
                result = self.run("cxr-train", "--resume", "--output", output, "--threads", threads)
                need(result.code == 0, f"does not go on: {result}")
                self.compare(kind, folders.training(output), expected, 5)

    # ---- All of it

    def all(self, scale, data):
        self.prepare()

        def times(count):
            return max(1, round(count * scale))

        for _ in range(times(20)):
            self.kill_training(5)
        for count, inject in [
            (25, self.kill_preparation), (25, self.kill_evaluation), (20, self.ask_to_stop),
            (8, self.ask_twice), (12, self.full_disk), (6, self.file_limit), (4, self.read_only),
            (12, self.films_change), (12, self.cache_changes), (12, self.checkpoint_damage),
            (4, self.folder_vanishes), (16, self.little_memory), (6, self.numbers_end), (6, self.two_runs),
        ]:  # fmt: skip
            landed = sum(self.injected.values())
            for _ in range(20 * times(count)):
                if sum(self.injected.values()) - landed < times(count):
                    inject()
            if sum(self.injected.values()) - landed < times(count):
                self.problems.append(f"{inject.__name__}: too few faults found the program at work")
        if data:
            for network, chosen in NETWORKS.items():
                # With the whole of it, three films in a last batch, too.
                sizes = [[]] if scale < 1 or not chosen else [[], ["--batch-size", "19", "--shares", "4"]]
                for size in sizes:
                    threads = ("1", "2") if not chosen else ("1", "3") if scale >= 1 else ("3",)
                    self.real_films(data, network, [*chosen, *size], threads)

    def table(self):
        lines = ["| fault | injected | survived | bits equal |", "|---|---|---|---|"]
        for kind in self.injected:
            lines.append(
                f"| {kind} | {self.injected[kind]} | {self.survived[kind]} | {self.equal[kind]} |")
        total = [sum(c.values()) for c in (self.injected, self.survived, self.equal)]
        lines.append(f"| **all** | **{total[0]}** | **{total[1]}** | **{total[2]}** |")
        return "\n".join(lines), total


def processor():
    with contextlib.suppress(OSError):
        for line in Path("/proc/cpuinfo").read_text().splitlines():
            if line.startswith("model name"):
                return line.split(":", 1)[1].strip()
    return platform.processor()


def mutants(log):
    """What became of damaged files, where they were tried before."""
    lines = Path(log).read_text().splitlines() if log and Path(log).exists() else []
    found = [line.removeprefix("mutants: ") for line in lines if line.startswith("mutants: ")]
    return "\n\nDamaged and hostile files (`make mutants`): " + "; ".join(found) + ".\n" if found else "\n"


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("bin")
    parser.add_argument("--scale", type=float, default=1.0, help="how many faults, as a share of 250")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--films", help="a folder of real films, which has nih64")
    parser.add_argument("--report", help="where the table is written")
    parser.add_argument("--mutants", help="what `make mutants` printed, for the report")
    options = parser.parse_args()
    started = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="chaos-") as work:
        # Another user must be able to look, for the read-only folder.
        os.chmod(work, 0o755)
        chaos = Chaos(options.bin, work, options.seed)
        chaos.all(options.scale, options.films)
        table, total = chaos.table()
        device = chaos.run("cxr-benchmark", "peak").errors.splitlines()[0]
    seconds = time.monotonic() - started
    print(table)
    print(f"\nfaults injected {total[0]} / survived {total[1]} / bits equal {total[2]}, in {seconds:.0f} s")
    if options.report:
        Path(options.report).write_text(
            f"# Faults\n\n{datetime.date.today()} · {processor()}, {os.cpu_count()} cores · "
            f"{platform.system()} {platform.release()} · {device}\n\n"
            f"`make chaos`, seed {options.seed}, {seconds:.0f} s.\n\n{table}\n\n"
            "Survived: nothing earlier was lost, and the program ended by the signal it was sent or with one "
            "message that names what was wrong. Bits equal: after it the run went on, and its checkpoints' "
            "arrays, `history.csv` but for its times, or an evaluation's files, equal those of a run that "
            "nothing happened to.\n"
            + "".join(f"\n- LOST {problem}" for problem in chaos.problems)
            + mutants(options.mutants))  # fmt: skip
    sys.exit(1 if chaos.problems else 0)


if __name__ == "__main__":
    main()
