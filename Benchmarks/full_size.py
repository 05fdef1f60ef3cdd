"""A set of NIH's size in rows goes through audit, preparation and an epoch; their time and memory.

usage: full_size.py BIN FOLDER RESULT

FOLDER is what `make synth-nih` wrote. Memory is read from /proc once a second: anonymous pages, which are the
program's own, and file pages, which are the system's cache and go when others need them. The same programs run
on a tenth of the rows too: what grows with the number of films shows in the difference.
RESULT.md has the figures, RESULT.csv the curves, RESULT.svg their picture.
"""

import csv
import os
import platform
import shutil
import subprocess
import sys
import time
from pathlib import Path

binaries, folder, result = Path(sys.argv[1]), Path(sys.argv[2]), Path(sys.argv[3])
work = Path(os.environ.get("CXR_WORK", folder.parent / "full-size-work"))


def memory(pid):
    found = {}
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        key, _, value = line.partition(":")
        if key in ("RssAnon", "RssFile"):
            found[key] = int(value.split()[0]) / 1024
    return found.get("RssAnon", 0), found.get("RssFile", 0)


def run(name, command, curves):
    """Runs a command; samples (name, seconds, anonymous MB, file MB) once a second."""
    started = time.monotonic()
    peak = [0.0, 0.0]
    with open(work / f"{name}.log", "w") as log:
        process = subprocess.Popen(command, stdout=log, stderr=log)
        while process.poll() is None:
            try:
                anonymous, file = memory(process.pid)
            except (FileNotFoundError, ProcessLookupError):
                break
            peak = [max(peak[0], anonymous), max(peak[1], file)]
            curves.append((name, round(time.monotonic() - started, 1), round(anonymous, 1), round(file, 1)))
            time.sleep(1)
        code = process.wait()
    seconds = time.monotonic() - started
    if code != 0:
        sys.exit(f"{name}: exit {code}\n" + (work / f"{name}.log").read_text()[-2000:])
    print(f"{name}: {seconds:.0f} s, {peak[0]:.0f} MB anonymous", flush=True)
    return {"name": name, "seconds": seconds, "anonymous": peak[0], "file": peak[1]}


def tenth(source, target):
    """The first tenth of the rows."""
    lines = source.read_text().splitlines(keepends=True)
    target.write_text("".join(lines[: 1 + (len(lines) - 1) // 10]))
    return (len(lines) - 1) // 10


shutil.rmtree(work, ignore_errors=True)
work.mkdir(parents=True)
whole = folder / "Data_Entry_2017.csv"
rows = sum(1 for _ in open(whole)) - 1
small = work / "tenth.csv"
few = tenth(whole, small)
curves, runs = [], []
for label, table, count in (("tenth", small, few), ("whole", whole, rows)):
    common = ["--csv", table, "--images", folder, "--cache", work / f"cache-{label}"]
    more = ["--allow-missing"]
    runs.append((count, run(f"audit and preparation, {label}", [
        binaries / "cxr-explore", *common, "--output", work / f"explore-{label}"], curves)))
    runs.append((count, run(f"an epoch, {label}", [
        binaries / "cxr-train", *common, *more, "--output", work / f"run-{label}", "--epochs", "1",
        "--skip-empty-labels"], curves)))

with open(f"{result}.csv", "w", newline="") as file:
    writer = csv.writer(file)
    writer.writerow(["run", "seconds", "anonymous_mb", "file_mb"])
    last = None
    for sample in curves:
        # One in five tells as much.
        if sample[0] != last or int(sample[1]) % 5 == 0:
            writer.writerow(sample)
        last = sample[0]

names = [entry["name"] for _, entry in runs]
colours = ["#0072b2", "#d55e00", "#009e73", "#cc79a7"]
plots = []
for i, name in enumerate(names):
    data = work / f"curve-{i}.tsv"
    data.write_text("".join(f"{s}\t{a}\n" for n, s, a, _ in curves if n == name))
    plots.append(f"'{data}' using 1:2 with lines lw 2 lc rgb '{colours[i]}' title '{name}'")
subprocess.run(["gnuplot"], input=(
    f"set terminal svg size 800,420 dynamic background rgb 'white' font 'sans,12'\nset output '{result}.svg'\n"
    "set xlabel 'seconds since the program began'\nset ylabel 'anonymous memory, MB'\nset yrange [0:*]\n"
    "set key outside bottom center horizontal maxcols 2\nset grid\nplot " + ", ".join(plots) + "\n"),
    text=True, check=True)

cpu = next(line.split(":")[1].strip() for line in open("/proc/cpuinfo") if line.startswith("model name"))
version = subprocess.run([binaries / "cxr-train", "--version"], capture_output=True, text=True).stdout.strip()
distinct = len({os.stat(p).st_ino for p in folder.glob("images_*/images/*")})
history = list(csv.DictReader(open(work / "run-whole/history.csv")))[0]
lines = [
    "# A set of NIH's size",
    "",
    f"{time.strftime('%Y-%m-%d')} · {cpu}, {os.cpu_count()} processors · {platform.system()} "
    f"{platform.release()} · version {version} · `make full-size`",
    "",
    f"{rows} rows, of {distinct} different synthetic films of 1024 × 1024 pixels linked many times (`make "
    "synth-nih`): so the disk reads less than it would of NIH's 45 GB, and every other cost is that of "
    f"{rows} films. Default settings: 224 × 224 pixels, batches of 32, weighted loss.",
    "",
    "| run | rows | time | anonymous memory, peak | file pages, peak |",
    "|---|---|---|---|---|",
]
for count, entry in runs:
    lines.append(
        f"| {entry['name']} | {count} | {entry['seconds'] / 60:.1f} min | {entry['anonymous']:.0f} MB "
        f"| {entry['file']:.0f} MB |")
lines += [
    "",
    f"The epoch trained on {float(history['images_per_second']):.0f} images a second; its time holds the check "
    "of every cached film's checksum before, and the validation after it. Anonymous memory is the program's "
    "own; file pages are the system's cache of the film cache.",
    "",
    f"![anonymous memory over time]({Path(result).name}.svg)",
    "",
]
Path(f"{result}.md").write_text("\n".join(lines))
print("\n".join(lines))
