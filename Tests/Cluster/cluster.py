"""Trains on several ranks of MPI and compares bits with one process; kills, stops and deceives ranks, and cuts the link of two computers.

usage: cluster.py BIN [--films REAL_DATA] [--quick] [--seed 0]

BIN has programs with the trait MPI. Without real films those of cxr-synth are trained on. Everything that is compared is an array of
last.npz or best.npz, byte for byte, or a column of history.csv that is no time.
"""

import argparse
import os
import random
import re
import shutil
import signal
import subprocess
import sys
import tarfile
import tempfile
import time
from pathlib import Path

import numpy

from hosts import Hosts
from jobs import ENVIRONMENT, NETWORKS, begin, end, films, finish, mpi, ranks_of, read, same, training, written

failed = 0


def check(name, passed, words=""):
    global failed
    print(f"{'passed' if passed else 'FAILED'}: {name}" + ("" if passed else f"\n{words}"))
    failed += not passed


def tree(output):
    """The files of a folder; a page tells its command line."""
    return {
        str(file.relative_to(output)): file.read_bytes().replace(output.name.encode(), b"")
        for file in sorted(output.rglob("*"))
        if file.is_file() and file.name != ".lock"
    }  # fmt: skip


def same_files(what, command, output, cache=None):
    """Whether several ranks write the files of one process, each time with a cache of their own where its option is named."""
    files = {}
    for ranks in (1, 2, 3):
        folder = output.with_name(f"{output.name}-{ranks}")
        kept = [cache, folder.with_name(f"{folder.name}-cache")] if cache else []
        code, words = finish(mpi((ranks, [*command, "--output", folder, *kept])))
        files[ranks] = tree(folder) if code == 0 else words[-2000:]
    for ranks in (2, 3):
        passed = len(files[1]) > 3 and files[ranks] == files[1]
        other = [n for n in files[1] if files[ranks].get(n) != files[1][n]] if isinstance(files[ranks], dict) else files[ranks]
        check(f"{what} on {ranks} ranks writes the files of one process", passed, other)


def on_hosts(folder, common, one, quick):
    """Two computers, that are namespaces: a link, a slow one, and none any more."""
    try:
        hosts = Hosts(folder / "hosts")
        hosts.__enter__()
    except (OSError, subprocess.CalledProcessError) as error:
        print(f"SKIPPED: two computers: the system grants no namespaces ({error})")
        return
    command = [*common, *NETWORKS["the reference"], "--threads", 1]
    try:
        for name, rate in {"two computers": None, "two computers with 100 Mbit/s between them": "100mbit"}.items():
            if rate and quick:
                continue
            if rate:
                hosts.limit(rate)
            output = folder / f"hosts-{rate}"
            code, words = finish(begin(hosts.launch([*command, "--output", output])))
            equal, why = same(output, one) if code == 0 else (False, words[-2000:])
            check(f"{name} have the bits of one process", equal and "on 2 computers" in words, why)
        hosts.limit("10gbit")
        output = folder / "hosts-cut"
        more = ["--checkpoint-every", "1steps"]
        job = begin(hosts.launch([*command, "--output", output, *more]), CXR_PATIENCE="3")
        for _ in range(400):
            if (output / "last.npz").exists():
                break
            time.sleep(0.05)
        hosts.cut()
        # MPI's own daemons may wait for one another much longer; what counts is that somebody says what is wrong.
        began = time.monotonic()
        while "has not answered for 3 seconds" not in (words := read(job)) and time.monotonic() - began < 20:
            time.sleep(0.2)
        seconds = time.monotonic() - began
        hosts.kill()
        finish(job, 10)
        hosts.mend()
        check(f"a cut link is told in {seconds:.1f} s", re.search(r"rank \d on \w+ has not answered for 3 seconds", words) is not None, words[-2000:])
        done = subprocess.run(
            [str(c) for c in [*command, "--output", output, "--resume"]], capture_output=True, text=True, env=ENVIRONMENT
        )
        equal, why = same(output, one) if done.returncode == 0 else (False, done.stderr[-2000:])
        check("gone on with in one process after the cut, the bits are those of one", equal, why)
    finally:
        hosts.__exit__()


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("bin", type=Path)
    parser.add_argument("--films", type=Path)
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    rng = random.Random(options.seed)
    train = options.bin / "cxr-train"
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        csv, source = films(options.bin, options.films, folder)
        common = training(options.bin, csv, source, folder / "cache")
        # Prepared once, so that what follows trains alone.
        ones = {}
        networks = dict(list(NETWORKS.items())[: 2 if options.quick else 3])
        for place, (name, settings) in enumerate(networks.items()):
            one = folder / f"one-{place}"
            done = subprocess.run(
                [*common, *settings, "--output", one, "--threads", "2"], capture_output=True, text=True, env=ENVIRONMENT
            )
            if done.returncode:
                sys.exit(f"cluster: {name} on one process failed:\n{done.stderr[-2000:]}")
            ones[name] = written(one)
            pairs = [(2, 1), (3, 1)] if options.quick else [(1, 1), (1, 2), (2, 1), (2, 2), (3, 1), (3, 2), (4, 1), (4, 2)]
            for ranks, threads in pairs:
                output = folder / f"ranks-{place}-{ranks}-{threads}"
                code, words = finish(mpi((ranks, [*common, *settings, "--output", output, "--threads", threads])))
                equal, why = same(output, ones[name]) if code == 0 else (False, words[-2000:])
                check(f"{name} on {ranks} ranks of {threads} threads has the bits of one process", equal, why)

        # A random rank is killed, and the run goes on with other ranks.
        for name, settings in networks.items():
            output = folder / f"killed-{name.split()[-1]}"
            kills, wait = 1 if options.quick else 5, 1.5
            kill = 0
            while kill <= kills:
                ranks = rng.choice([2, 3, 4])
                more = ["--resume"] if output.exists() else []
                job = mpi((ranks, [
                    *common, *settings, "--output", output, "--threads", 1, "--checkpoint-every", "1steps", *more,
                ]))  # fmt: skip
                if kill == kills:
                    code, words = finish(job)
                    equal, why = same(output, ones[name]) if code == 0 else (False, words[-2000:])
                    check(f"{name}, killed {kills} times and gone on with on other ranks, has the bits of one process", equal, why)
                    break
                processes = ranks_of(job, ranks)
                # From before the first step on, but for a run that is done by then: that is begun anew, and killed sooner.
                time.sleep(rng.uniform(0.1, wait))
                victim = rng.randrange(ranks)
                try:
                    os.kill(processes[victim], signal.SIGKILL)
                except (ProcessLookupError, IndexError):
                    finish(job, 60)
                    shutil.rmtree(output, ignore_errors=True)
                    kill, wait = 0, max(0.2, wait * 0.7)
                    continue
                began = time.monotonic()
                code, words = finish(job, 60)
                seconds = time.monotonic() - began
                if code == 0:
                    shutil.rmtree(output, ignore_errors=True)
                    kill, wait = 0, max(0.2, wait * 0.7)
                    continue
                check(f"{name}: rank {victim} of {ranks} killed, the job ends in {seconds:.1f} s", seconds < 10, words[-2000:])
                kill += 1

        # What is refused, in one message.
        settings = NETWORKS["the reference"]

        def refused(name, job, pattern, limit=60, times=1):
            began = time.monotonic()
            code, words = finish(job, limit)
            said = len(re.findall(pattern, words))
            check(f"{name} is refused in {time.monotonic() - began:.1f} s", code != 0 and said == times, f"exit {code}, said {said} times:\n{words[-2000:]}")

        refused(
            "a job of more ranks than shares",
            mpi((3, [*common, *settings, "--shares", "2", "--output", folder / "few"])), r"--shares 2: 3 processes train together",
        )  # fmt: skip
        refused("a wrong option", mpi((3, [train, "--no-such-option"])), r"Error:")
        other = folder / "other"
        other.mkdir()
        text = csv.read_text().splitlines()
        (other / "labels.csv").write_text("\n".join(text[:-1]) + "\n")
        refused(
            "another label file on one rank",
            mpi(
                (1, [*common, *settings, "--output", folder / "told"]),
                (1, [*common, *settings, "--output", folder / "told", "--csv", other / "labels.csv"]),
            ), r"rank 1: the label file",
        )  # fmt: skip
        refused(
            "another seed on one rank",
            mpi(
                (1, [*common, *settings, "--output", folder / "told-2"]),
                (1, [*common, *settings, "--output", folder / "told-2", "--seed", "1"]),
            ), r"rank 1: the option seed",
        )  # fmt: skip
        # An evaluation is the same on several ranks.
        evaluate = [
            options.bin / "cxr-evaluate", "--checkpoint", folder / "one-0/best.npz", "--checkpoint", folder / "one-1/best.npz",
            "--csv", csv, "--images", source, "--subset", "all", "--replicates", "100",
        ]  # fmt: skip
        same_files("an evaluation", evaluate, folder / "evaluated")
        # So is an exploration, of a folder and of archives, of which each is read by one rank, and what it keeps for training.
        packed = folder / "packed"
        packed.mkdir()
        names = sorted(source.rglob("*.*g"))
        for place, part in enumerate((names[::2], names[1::2])):
            with tarfile.open(packed / f"films-{place}.tar", "w") as archive:
                for film in part:
                    archive.add(film, film.name)
        explore = [options.bin / "cxr-explore", "--csv", csv]
        same_files("an exploration", [*explore, "--images", source], folder / "explored")
        same_files("an exploration that keeps films", [*explore, "--images", source], folder / "kept", "--cache")
        same_files("an exploration of archives", [*explore, "--images", packed], folder / "unpacked", "--cache")
        refused(
            "another folder of films on one rank",
            mpi(
                (1, [*explore, "--images", source, "--output", folder / "told-4"]),
                (1, [*explore, "--images", packed, "--cache", folder / "told-4-cache", "--output", folder / "told-4"]),
            ), r"rank 1: the films' names",
        )  # fmt: skip
        refused(
            "another checkpoint on one rank",
            mpi(
                (1, [*evaluate, "--output", folder / "told-3"]),
                (1, [*(folder / "one-1/best.npz" if w == folder / "one-0/best.npz" else w for w in evaluate), "--output", folder / "told-3"]),
            ), r"rank 1: the checkpoint",
        )  # fmt: skip
        # A rank that stops is noticed, and last.npz of the steps before is whole.
        output = folder / "stopped"
        job = mpi(
            (2, [*common, *settings, "--epochs", "200", "--output", output, "--threads", 1, "--checkpoint-every", "1steps"]),
            CXR_PATIENCE="3",
        )  # fmt: skip
        processes = ranks_of(job, 2)
        for _ in range(400):
            if (output / "last.npz").exists():
                break
            time.sleep(0.05)
        os.kill(processes[1], signal.SIGSTOP)
        began = time.monotonic()
        try:
            code, words = finish(job, 60)
        finally:
            end(processes)
        seconds = time.monotonic() - began
        with numpy.load(output / "last.npz") as kept:
            whole = len(kept.files) > 10
        check(
            f"a rank that stops ends the job in {seconds:.1f} s and leaves last.npz whole",
            code != 0 and whole and "rank 1" in words and "has not answered for 3 seconds" in words, words[-2000:],
        )  # fmt: skip
        on_hosts(folder, common, ones["the reference"], options.quick)
    print(f"{failed} failed")
    sys.exit(failed > 0)


if __name__ == "__main__":
    main()
