"""Injects faults into training on several ranks, by the means by which they happen, and counts what is lost.

usage: faults.py BIN [--films REAL_DATA] [--scale 1.0] [--seed 0] [--report FILE.md]

BIN has programs with the trait MPI. Ranks are killed and stopped, the disk of one is full, another has other films, the link between
two computers (namespaces of this one) is cut or slow. A fault is survived where the job ends by itself with a message that says who
and what, and last.npz stays whole; then the run goes on with another number of ranks, and its bits are compared with those of one
process that nothing happened to. Mounting and namespaces need root.
"""

import argparse
import datetime
import os
import platform
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

import numpy

from hosts import Hosts
from jobs import ENVIRONMENT, NETWORKS, begin, end, films, finish, mpi, ranks_of, read, same, training, written

FAULTS = {
    "a rank is killed": 18,
    "a rank is stopped": 12,
    "the first rank's disk is full": 8,
    "the second computer's disk is full": 4,
    "a rank has other films": 6,
    "the link is cut": 6,
    "the link is slow": 6,
}
PATIENCE = 3
# Seconds in which a job must end after a fault, beside what it waits for others.
SOON = 15


class Lost(Exception):
    """What must not happen."""


class Missed(Exception):
    """The run had ended before the fault came."""


def need(condition, text):
    if not condition:
        raise Lost(text)


class Faults:
    def __init__(self, bin_folder, real, folder, seed):
        self.random, self.folder = random.Random(seed), folder
        self.csv, self.source = films(bin_folder, real, folder)
        self.common = training(bin_folder, self.csv, self.source, folder / "cache")
        self.ones, self.seconds, self.size = {}, {}, 0
        for name in NETWORKS:
            output = folder / f"one-{name.split()[-1]}"
            # Once for the cache, and once for its time.
            for _ in range(2):
                shutil.rmtree(output, ignore_errors=True)
                began = time.monotonic()
                code, words = finish(mpi((1, self.command(name, output, "--threads", 2))))
                need(code == 0, f"{name}, undisturbed: {words[-2000:]}")
                self.seconds[name] = time.monotonic() - began
            self.ones[name] = written(output)
            if name == "the reference":
                self.size = sum(file.stat().st_size for file in output.rglob("*") if file.is_file())
        self.injected, self.survived, self.equal, self.missed = (Counter() for _ in range(4))
        self.problems, self.number = [], 0

    def command(self, name, output, *more):
        return [*self.common, *NETWORKS[name], "--output", output, "--checkpoint-every", "1steps", *more]

    def fresh(self):
        self.number += 1
        return self.folder / f"run-{self.number}"

    def moment(self, job, output, name):
        """Waits for a moment of a run that has begun."""
        for _ in range(1200):
            if (output / "run.json").exists() or job.poll() is not None:
                break
            time.sleep(0.02)
        time.sleep(self.random.uniform(0, 0.8 * self.seconds[name]))
        if job.poll() is not None:
            code, words = finish(job)
            need(code == 0, f"failed before the fault: {words[-1000:]}")
            raise Missed

    def whole(self, output):
        if (output / "last.npz").exists():
            with numpy.load(output / "last.npz") as kept:
                need(len(kept.files) > 10, f"last.npz has {kept.files}")

    def go_on(self, kind, name, output, ranks=None):
        """To the end, as a person would, with another number of ranks."""
        ranks = ranks or self.random.choice([1, 2, 3, 4])
        resume = ["--resume"] if (output / "run.json").exists() else []
        code, words = finish(mpi((ranks, self.command(name, output, "--threads", 1, *resume))))
        need(code == 0, f"does not go on: {words[-1500:]}")
        self.compare(kind, name, output)

    def compare(self, kind, name, output):
        equal, why = same(output, self.ones[name])
        need(equal, f"other bits: {why}")
        self.equal[kind] += 1

    def ended(self, job, *words, limit=SOON):
        """A job that ended by itself, and said so."""
        code, said = finish(job, limit)
        need("still running after" not in said, f"still running after {limit} s: {said[-1500:]}")
        if code == 0:
            raise Missed
        for word in words:
            need(word in said, f"nothing said of {word!r}: {said[-1500:]}")
        return said

    # ---- Faults

    def killed(self, kind):
        name, output, ranks = self.random.choice(list(NETWORKS)), self.fresh(), self.random.choice([2, 3, 4])
        job = mpi((ranks, self.command(name, output, "--threads", 1)))
        processes = ranks_of(job, ranks)
        self.moment(job, output, name)
        os.kill(processes[self.random.randrange(ranks)], signal.SIGKILL)
        self.ended(job)
        self.whole(output)
        self.go_on(kind, name, output)

    def stopped(self, kind):
        name, output, ranks = self.random.choice(list(NETWORKS)), self.fresh(), self.random.choice([2, 3, 4])
        job = mpi((ranks, self.command(name, output, "--threads", 1)), CXR_PATIENCE=str(PATIENCE))
        processes = ranks_of(job, ranks)
        self.moment(job, output, name)
        victim = self.random.randrange(ranks)
        os.kill(processes[victim], signal.SIGSTOP)
        try:
            said = self.ended(job, f"has not answered for {PATIENCE} seconds", limit=PATIENCE + SOON)
        finally:
            end(processes)
        # Of several that wait, one may wait for another that waits for the stopped one; of two there is no other.
        need(ranks > 2 or f"rank {victim}" in said, f"nothing said of rank {victim}: {said[-1500:]}")
        self.whole(output)
        self.go_on(kind, name, output)

    def first_disk(self, kind):
        name, disk = "the reference", self.fresh()
        disk.mkdir()
        size = int(self.size * self.random.uniform(0.1, 0.95))
        subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={size}", "none", disk], check=True)
        try:
            output = disk / "run"
            job = mpi((self.random.choice([2, 3]), self.command(name, output, "--threads", 1)))
            self.ended(job, "No space left on device", limit=120)
            self.whole(output)
            subprocess.run(["mount", "-o", f"remount,size={self.size * 4}", disk], check=True)
            self.go_on(kind, name, output)
        finally:
            subprocess.run(["umount", "-l", disk], check=True)

    def second_disk(self, kind):
        name, disk, output = "the reference", self.fresh(), self.fresh()
        disk.mkdir()
        size = self.random.randrange(32, 400) << 10
        subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={size}", "none", disk], check=True)
        try:
            with Hosts(self.folder / f"hosts-{self.number}") as hosts:
                command = self.command(name, output, "--threads", 1)
                other = [*command, "--cache", disk / "cache"]
                job = begin(hosts.launch(command, other=other))
                self.ended(job, "No space left on device", hosts.names[1], limit=60)
                self.whole(output)
                subprocess.run(["mount", "-o", "remount,size=200m", disk], check=True)
                code, words = finish(begin(hosts.launch(command, other=other)))
                need(code == 0, f"does not go on: {words[-1500:]}")
                self.compare(kind, name, output)
        finally:
            subprocess.run(["umount", "-l", disk], check=True)

    def other_films(self, kind):
        name, output, other = self.random.choice(list(NETWORKS)), self.fresh(), self.fresh()
        job = mpi((2, self.command(name, output, "--threads", 1)))
        processes = ranks_of(job, 2)
        self.moment(job, output, name)
        os.kill(processes[1], signal.SIGKILL)
        self.ended(job)
        before = (output / "last.npz").read_bytes() if (output / "last.npz").exists() else b""
        shutil.copytree(self.source, other)
        one, two = self.random.sample(sorted(other.rglob("*.png")), 2)
        one.write_bytes(two.read_bytes())
        resume = ["--resume"] if (output / "run.json").exists() else []
        command = self.command(name, output, "--threads", 1, *resume)
        # Each prepares by itself, as computers do.
        job = mpi((1, command), (1, [*command, "--images", other, "--cache", f"{other}-cache"]))
        self.ended(job, "rank 1: ", limit=60)
        after = (output / "last.npz").read_bytes() if (output / "last.npz").exists() else b""
        need(before == after, "last.npz was changed by a job that was refused")
        self.go_on(kind, name, output)

    def cut_link(self, kind):
        name, output = self.random.choice(list(NETWORKS)), self.fresh()
        with Hosts(self.folder / f"hosts-{self.number}") as hosts:
            job = begin(hosts.launch(self.command(name, output, "--threads", 1)), CXR_PATIENCE=str(PATIENCE))
            self.moment(job, output, name)
            hosts.cut()
            # MPI's own daemons may wait for one another much longer; what counts is that somebody says what is wrong.
            began, told = time.monotonic(), f"has not answered for {PATIENCE} seconds"
            while told not in read(job) and time.monotonic() - began < PATIENCE + SOON and job.poll() is None:
                time.sleep(0.1)
            words = read(job)
            hosts.kill()
            code, _ = finish(job, 20)
            # A run that had done its work has nobody left to say so: MPI's daemons alone wait for one another.
            if code == 0 or told not in words and "best epoch" in words:
                raise Missed
            need(told in words, f"nothing said of the link: {words[-1500:]}")
        self.whole(output)
        self.go_on(kind, name, output)

    def slow_link(self, kind):
        name, output = self.random.choice(list(NETWORKS)), self.fresh()
        with Hosts(self.folder / f"hosts-{self.number}") as hosts:
            job = begin(hosts.launch(self.command(name, output, "--threads", 1)))
            self.moment(job, output, name)
            hosts.limit(f"{self.random.choice([2, 10, 50])}mbit")
            time.sleep(self.random.uniform(1, 4))
            hosts.limit("10gbit")
            code, words = finish(job)
            need(code == 0, f"a slow link ended the job: {words[-1500:]}")
        self.compare(kind, name, output)

    def all(self, scale):
        means = [
            self.killed, self.stopped, self.first_disk, self.second_disk, self.other_films, self.cut_link, self.slow_link,
        ]  # fmt: skip
        for inject, (kind, count) in zip(means, FAULTS.items()):
            wanted = max(1, round(count * scale))
            while self.injected[kind] < wanted:
                try:
                    inject(kind)
                    self.survived[kind] += 1
                except Missed:
                    self.missed[kind] += 1
                    need(self.missed[kind] < 10 + 4 * wanted, f"{kind}: the fault never finds a run at work")
                    continue
                except (Lost, OSError, subprocess.CalledProcessError) as error:
                    self.problems.append(f"{kind}: {type(error).__name__}: {error}")
                    print(f"LOST {self.problems[-1]}", flush=True)
                self.injected[kind] += 1
            print(f"{kind}: {self.survived[kind]} of {self.injected[kind]} survived, bits equal {self.equal[kind]}", flush=True)


def table(faults):
    lines = ["| fault | injected | survived | bits equal | came too late |", "|---|---:|---:|---:|---:|"]
    for kind in FAULTS:
        lines.append(
            f"| {kind} | {faults.injected[kind]} | {faults.survived[kind]} | {faults.equal[kind]} | {faults.missed[kind]} |")
    total = [sum(counter.values()) for counter in (faults.injected, faults.survived, faults.equal, faults.missed)]
    return "\n".join([*lines, "| **all** | " + " | ".join(f"**{number}**" for number in total) + " |"])


def main():
    parser = argparse.ArgumentParser(usage=__doc__)
    parser.add_argument("bin", type=Path)
    parser.add_argument("--films", type=Path)
    parser.add_argument("--scale", type=float, default=1.0)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--report", type=Path)
    options = parser.parse_args()
    if os.geteuid() != 0:
        print("SKIPPED: faults of ranks: mounting and namespaces need root")
        return
    started = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="ranks-") as folder:
        faults = Faults(options.bin, options.films, Path(folder), options.seed)
        faults.all(options.scale)
    seconds = time.monotonic() - started
    print(f"\n{table(faults)}\n\n{seconds:.0f} s")
    if options.report:
        processor = next((l.split(":")[1].strip() for l in open("/proc/cpuinfo") if l.startswith("model name")), "?")
        mpirun = subprocess.run(["mpirun", "--version"], capture_output=True, text=True, env=ENVIRONMENT).stdout.splitlines()[0]
        options.report.write_text(
            f"# Faults of ranks\n\n{datetime.date.today()} · {processor}, {os.cpu_count()} cores · {platform.system()} "
            f"{platform.release()} · {mpirun}\n\n`make rank-faults`, seed {options.seed}, {seconds:.0f} s. Two computers are "
            f"namespaces of this one.\n\n{table(faults)}\n\nSurvived: the job ended by itself with a message that says what was "
            "wrong, or went on where the link was only slow, and last.npz was whole. Bits equal: after it the run went on, on 1 to 4 "
            "ranks, and its checkpoints' arrays and `history.csv` but for its times equal those of one process that nothing "
            "happened to.\n" + "".join(f"\n- LOST {problem}" for problem in faults.problems))  # fmt: skip
    sys.exit(bool(faults.problems))


if __name__ == "__main__":
    main()
