"""Fetching files from a server on this machine: cxr-fetch, and curl with as many connections, in alternation.

usage: fetch.py BIN OUTPUT.md [--rounds 5] [--scale 1.0] [--disk FOLDER] [--memory /dev/shm]

Twelve files of 64 to 256 MB (times --scale) are served by Tests/Fetch/server.py from memory, in a process of
its own. (a) cxr-fetch into memory. (b) cxr-fetch, and curl, into a folder of a real disk (--disk; by default
the folder for temporary files): in a round each runs once, the other first in the next round; before each run
the folder is emptied and the disk is given the time to write what is left. cxr-fetch checks the sums and curl
does not, so that curl's files are checked by md5sum, timed apart. Medians, extremes in brackets.
"""

import argparse
import csv
import datetime
import hashlib
import os
import platform
import random
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

SERVER = Path(__file__).resolve().parent.parent / "Tests" / "Fetch" / "server.py"
CONNECTIONS = 4

parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
parser.add_argument("bin", type=Path)
parser.add_argument("output", type=Path)
parser.add_argument("--rounds", type=int, default=5)
parser.add_argument("--scale", type=float, default=1.0)
parser.add_argument("--disk", type=Path, default=Path(tempfile.gettempdir()))
parser.add_argument("--memory", type=Path, default=Path("/dev/shm"))
options = parser.parse_args()
environment = {name: value for name, value in os.environ.items() if not name.lower().endswith("_proxy")}


def make(folder):
    """Twelve files and their sums, the same in every run: [(name, bytes, md5)]."""
    made = []
    for number in range(12):
        size = int((64 + 192 * number / 11) * 1e6 * options.scale)
        name, chance, total = f"part_{number + 1:02d}.tar.gz", random.Random(number), hashlib.md5()
        with open(folder / name, "wb") as file:
            for place in range(0, size, 1 << 20):
                data = chance.randbytes(min(1 << 20, size - place))
                total.update(data)
                file.write(data)
        made.append((name, size, total.hexdigest()))
    return made


def emptied(folder):
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    os.sync()
    return folder


def timed(command, **how):
    """Seconds until it ended, and until what it wrote was on the disk."""
    began = time.perf_counter()
    done = subprocess.run(
        list(map(str, command)), stdin=subprocess.DEVNULL, capture_output=True, env=environment, **how)
    ended = time.perf_counter()
    os.sync()
    if done.returncode:
        sys.exit(f"fetch: {command[0]} failed: {done.stderr.decode()[-500:]}")
    return ended - began, time.perf_counter() - began


def ours(folder):
    connections = ["--connections", CONNECTIONS]
    return timed([options.bin.resolve(), catalogue, "--output", emptied(folder), *connections])


def curls(folder):
    """curl's seconds, and md5sum's."""
    emptied(folder)
    command = ["curl", "-q", "--silent", "--show-error", "--fail"]
    command += ["--parallel", "--parallel-immediate", "--parallel-max", CONNECTIONS]
    command += [word for name, _, _ in files for word in ("-O", f"{address}/{name}")]
    fetched = timed(command, cwd=folder)
    return *fetched, timed(["md5sum", "--quiet", "-c", sums], cwd=folder)[0]


def figures(seconds):
    """The median of the speeds, and the slowest and fastest."""
    speeds = [total / 1e6 / one for one in seconds]
    return f"{statistics.median(speeds):.0f} ({min(speeds):.0f} to {max(speeds):.0f})"


def told(command):
    try:
        done = subprocess.run(list(map(str, command)), capture_output=True, text=True)
    except OSError:
        return "?"
    return done.stdout.split("\n")[0] if done.returncode == 0 else "?"


with (
    tempfile.TemporaryDirectory(dir=options.memory, prefix="cxr-fetch-") as memory,
    tempfile.TemporaryDirectory(dir=options.disk, prefix="cxr-fetch-") as disk,
):
    memory, disk = Path(memory), Path(disk)
    (memory / "served").mkdir()
    files = make(memory / "served")
    total = sum(size for _, size, _ in files)
    served = subprocess.Popen(
        [sys.executable, SERVER, memory / "served"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    address = f"http://127.0.0.1:{int(served.stdout.readline())}"
    catalogue, sums = memory / "catalogue.csv", memory / "sums"
    with open(catalogue, "w", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["file", "url", "bytes", "md5"])
        writer.writerows((name, f"{address}/{name}", size, check) for name, size, check in files)
    sums.write_text("".join(f"{check}  {name}\n" for name, _, check in files))
    kind = told(["stat", "-f", "-c", "%T", disk])
    in_memory, on_disk, by_curl = [], [], []
    for number in range(options.rounds):
        in_memory.append(ours(memory / "fetched"))
        emptied(memory / "fetched")
        for turn in (ours, curls) if number % 2 == 0 else (curls, ours):
            (on_disk if turn is ours else by_curl).append(turn(disk / "fetched"))
        emptied(disk / "fetched")
        print(number + 1, in_memory[-1], on_disk[-1], by_curl[-1], flush=True)
    served.stdin.close()
    served.wait()

try:
    lines = open("/proc/cpuinfo").read().split("\n")
    cpu = next(line.split(":")[1].strip() for line in lines if line.startswith("model name"))
except (OSError, StopIteration):
    cpu = platform.processor() or "?"
rounds = [
    f"| {number} | {a[0]:.2f} | {b[0]:.2f} | {b[1]:.2f} | {c[0]:.2f} | {c[1]:.2f} | {c[2]:.2f} |"
    for number, (a, b, c) in enumerate(zip(in_memory, on_disk, by_curl), 1)
]
checked = [fetched + check for fetched, _, check in by_curl]


def ratio(theirs):
    """How much faster ours was: the median of the rounds' ratios."""
    ratios = [other / one[0] for one, other in zip(on_disk, theirs)]
    return f"{statistics.median(ratios):.2f}× ({min(ratios):.2f} to {max(ratios):.2f})"


options.output.write_text(
    f"# Fetching files, {datetime.date.today()}\n\n"
    f"{cpu}, {os.cpu_count()} cores, {platform.system()} {platform.release()}; "
    f"{' '.join(told(['curl', '--version']).split()[:2])}; Python {platform.python_version()} serves, on the "
    f"same cores.\nTwelve files, {total / 1e6:.0f} MB, over loopback with {CONNECTIONS} connections; "
    f"{options.rounds} rounds, medians with the extremes in brackets.\n\n"
    "| | MB/s until it ended | MB/s until all was on the disk | cxr-fetch beside it |\n|---|---|---|---|\n"
    f"| cxr-fetch into memory | {figures([one[0] for one in in_memory])} | | |\n"
    f"| cxr-fetch into a folder ({kind}) | {figures([one[0] for one in on_disk])} "
    f"| {figures([one[1] for one in on_disk])} | |\n"
    f"| curl into the same folder, sums unchecked | {figures([one[0] for one in by_curl])} "
    f"| {figures([one[1] for one in by_curl])} | {ratio([one[0] for one in by_curl])} |\n"
    f"| curl, then md5sum | {figures(checked)} | | {ratio(checked)} |\n\n"
    "Seconds of each round (the order of cxr-fetch and curl changes from round to round):\n\n"
    "| round | cxr-fetch, memory | cxr-fetch, disk | until written | curl | until written | md5sum |\n"
    "|---|---|---|---|---|---|---|\n" + "\n".join(rounds) + "\n\nBy `Benchmarks/fetch.py`.\n"
)
