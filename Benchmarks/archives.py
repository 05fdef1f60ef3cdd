"""Preparation of films from archives and from unpacked files, in alternation.

    python archives.py BIN FILMS OUT.md [--count 1000] [--rounds 5]

FILMS is a folder of PNG films, as nih1024 of CXR_REAL_DATA. They are copied under new names until there are
COUNT, and packed as one .tar.gz and as twelve. In a round `cxr-benchmark prepare` fills a new cache from
each, one after another, and tar unpacks the one archive, which is what would have to be done before
otherwise. All are read once before the clock runs, so the disk does not count. Figures are medians over
rounds, ratios medians of the rounds' ratios.
"""

import argparse
import datetime
import json
import os
import platform
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "Tests" / "Archives"))
import packing  # noqa: E402

KINDS = {"unpacked": "unpacked", "one": "one .tar.gz", "twelve": "twelve .tar.gz"}


def repeated(films, folder, count):
    """Copies of films, not links, so that as many bytes are read from them as from archives."""
    folder.mkdir()
    for place in range(count):
        shutil.copyfile(films[place % len(films)], folder / f"{place + 1:08}_000.png")
    return packing.films(folder)


def prepare(program, images, threads):
    """Seconds of a preparation, after one that does not count, and the peak of memory."""
    command = [program, "prepare", "--images", images, "--rounds", "1", "--threads", str(threads)]
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode != 0:
        sys.exit(f"archives: {' '.join(map(str, command))} failed:\n{done.stderr[-2000:]}")
    line = json.loads([line for line in done.stdout.splitlines() if line.startswith("{")][-1])
    return line["seconds_per_step"][0], line["peak_rss_bytes"], line["images_per_second"]


def unpack(archive, folder):
    folder.mkdir()
    begun = time.perf_counter()
    subprocess.run(["tar", "-xzf", archive, "-C", folder], check=True)
    seconds = time.perf_counter() - begun
    shutil.rmtree(folder)
    return seconds


def spread(values, digits=2):
    return f"{statistics.median(values):.{digits}f} ({min(values):.{digits}f} to {max(values):.{digits}f})"


def page(rounds, options, films, size):
    cpu = next(
        (line.split(":")[1].strip() for line in open("/proc/cpuinfo") if line.startswith("model name")), "?"
    )
    tar = subprocess.run(["tar", "--version"], capture_output=True, text=True).stdout.splitlines()[0]
    version = subprocess.run(
        [options.bin / "cxr-benchmark", "--version"], capture_output=True, text=True
    ).stdout.strip()
    lines = [
        f"# Films from archives, {datetime.date.today()}",
        "",
        f"{cpu}, {os.cpu_count()} processors · {platform.system()} {platform.release()} · cxr {version} · "
        f"{tar} · "
        f"Python {platform.python_version()}",
        "",
        f"{options.count} PNG films, copies of {films} under new names, {size / 2**20:.0f} MiB; "
        "packed by gzip of level 6. "
        f"`cxr-benchmark prepare` with {options.threads} threads, a new cache each time, "
        "all files in the system's cache. "
        f"Medians of {options.rounds} rounds in alternation (least to most in brackets).",
        "",
        "| films | seconds | films a second | to unpacked | MiB of memory |",
        "|---|---|---|---|---|",
    ]
    for kind, title in KINDS.items():
        seconds = [one[kind][0] for one in rounds]
        ratios = [one[kind][0] / one["unpacked"][0] for one in rounds]
        memory = statistics.median(one[kind][1] for one in rounds) / 2**20
        rate = statistics.median(options.count / value for value in seconds)
        lines.append(f"| {title} | {spread(seconds)} | {rate:.0f} | {spread(ratios)} × | {memory:.0f} |")
    unpacking = [one["tar"] for one in rounds]
    before = [(one["tar"] + one["unpacked"][0]) / one["one"][0] for one in rounds]
    lines += [
        "",
        f"tar unpacks the one archive in {spread(unpacking)} s; "
        "that and the preparation of what it unpacked take "
        f"{spread(before)} times as long as the preparation from the archive.",
        "",
        "By `Benchmarks/archives.py`.",
        "",
    ]
    return "\n".join(lines)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("bin", type=Path)
    parser.add_argument("films", type=Path)
    parser.add_argument("output", type=Path)
    parser.add_argument("--count", type=int, default=1000, help="films to prepare")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--threads", type=int, default=2)
    options = parser.parse_args()
    films = packing.films(options.films)
    if not films:
        sys.exit(f"archives: no PNG films below {options.films}")
    program = options.bin / "cxr-benchmark"
    with tempfile.TemporaryDirectory(prefix="archives-") as work:
        work = Path(work)
        paths = repeated(films, work / "unpacked", options.count)
        (work / "one").mkdir()
        archive = work / "one/images.tar.gz"
        packing.tar(paths, archive)
        packing.twelve(paths, work / "twelve")
        rounds = []
        for number in range(options.rounds):
            print(f"archives: round {number + 1} of {options.rounds}", file=sys.stderr, flush=True)
            results = {kind: prepare(program, work / kind, options.threads) for kind in KINDS}
            # As many films from each, or the ratios mean nothing.
            for kind, (seconds, _, rate) in results.items():
                if abs(rate * seconds / options.count - 1) > 0.01:
                    sys.exit(
                        f"archives: {rate * seconds:.0f} films prepared of {KINDS[kind]}, not {options.count}"
                    )
            results["tar"] = unpack(archive, work / "tar")
            rounds.append(results)
        size = sum(path.stat().st_size for path in paths)
    options.output.write_text(page(rounds, options, min(len(films), options.count), size))
    print(options.output.read_text())


if __name__ == "__main__":
    main()
