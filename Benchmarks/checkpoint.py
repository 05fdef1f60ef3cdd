"""What writing checkpoints takes of a training's time, as the trainer itself counts it.

usage: checkpoint.py BIN RESULT.md; CXR_REAL_DATA names a folder that has nih64.
"""

import datetime
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

cpu = next((line.split(":")[1].strip() for line in open("/proc/cpuinfo") if line.startswith("model name")), "?")
INTERVAL = 300


def train(bin_folder, output, options):
    """The seconds from the first step to the last event, and those of each write."""
    read, write = os.pipe()
    process = subprocess.Popen(
        [bin_folder / "cxr-train", *options, "--output", output, "--metrics-fd", str(write)],
        pass_fds=[write], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)  # fmt: skip
    os.close(write)
    writes, first, last = [], None, None
    with os.fdopen(read) as lines:
        for line in lines:
            event = json.loads(line)
            first = first or time.monotonic()
            if event["event"] == "checkpoint":
                writes.append(event["seconds"])
            last = time.monotonic()
    assert process.wait() == 0, "cxr-train failed"
    return last - first, writes


def main():
    bin_folder, result = Path(sys.argv[1]).resolve(), Path(sys.argv[2])
    rows = []
    with tempfile.TemporaryDirectory() as work:
        work = Path(work)
        sets = []
        if data := os.environ.get("CXR_REAL_DATA"):
            films = Path(data) / "nih64"
            sets.append(("nih64", next(films.glob("*.csv")), films, 5, 5))
        films = work / "films"
        subprocess.run(
            [bin_folder / "cxr-synth", "--output", films, "--images", "16000", "--patients", "4400",
             "--distinct", "300", "--size", "256"], check=True, capture_output=True)  # fmt: skip
        sets.append(("16,000 synthetic rows", films / "Data_Entry_2017.csv", films, 2, 2))
        for name, csv, films, epochs, rounds in sets:
            options = [
                "--csv", csv, "--images", films, "--skip-empty-labels", "--epochs", str(epochs),
                "--cache", work / f"cache-{name[:5]}",
            ]  # fmt: skip
            train(bin_folder, work / f"warm-{name[:5]}", [*options[:-3], "1", *options[-2:]])
            for i in range(rounds):
                seconds, writes = train(bin_folder, work / f"{name[:5]}-{i}", options)
                rows.append((name, epochs, seconds, writes))
    lines = [
        "# What checkpoints cost", "",
        f"{datetime.date.today()} · {cpu} · {os.cpu_count()} cores · two threads · 224 × 224, batch 32",
        "", "| set | an epoch, s | a write, s (median) | share of training, all rounds |", "|---|---|---|---|",
    ]  # fmt: skip
    for name in dict.fromkeys(row[0] for row in rows):
        own = [row for row in rows if row[0] == name]
        writes = [write for row in own for write in row[3]]
        shares = [100 * sum(row[3]) / row[2] for row in own]
        epoch = statistics.median(row[2] / row[1] for row in own)
        lines.append(
            f"| {name} | {epoch:.1f} | {statistics.median(writes):.3f} | "
            f"{statistics.median(shares):.2f} % ({min(shares):.2f}–{max(shares):.2f}) |")
    writes = [write for row in rows for write in row[3]]
    lines += [
        "",
        f"A write at the end of an epoch is last.npz (6 MB) and, where the epoch is the best, best.npz (2 MB), both "
        f"packed, flushed and renamed; of {len(writes)} the slowest took {max(writes):.3f} s. Within an epoch "
        f"last.npz alone is written, by default each {INTERVAL} s: at most "
        f"{100 * max(writes) / INTERVAL:.3f} % of the time. Runs whose epochs take seconds pay more, as the table "
        "says, for they write at the end of each.",
    ]  # fmt: skip
    result.write_text("\n".join(lines) + "\n")
    print("\n".join(lines))


if __name__ == "__main__":
    main()
