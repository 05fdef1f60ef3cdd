"""Reading the label files of public collections to split and weights, ours and pandas', in alternation.

    python label_files.py BIN WHEEL OUTPUT.md [--rounds 5]

WHEEL is torchxrayvision's, which carries the files (`make collections` fetches it). pandas reads the columns that are needed,
and what stands in them is made labels by the functions that judge the reader (Tests/Collections/truths.py). In a round both
run once in processes of their own, one after another; figures are medians, ratios medians of the rounds' ratios.
"""

import argparse
import datetime
import json
import platform
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
JUDGE = HERE.parent / "Tests" / "Collections"
sys.path.insert(0, str(JUDGE))
import tables  # noqa: E402

FILES = [
    ("nih", "nih", "nih/Data_Entry_2017_v2020.csv"),
    ("chexpert", "chexpert", "chexpert/train.csv"),
    ("padchest", "padchest", f"padchest/{tables.PADCHEST_NAME}"),
    ("vindr-cxr", "vindr_kaggle", "vindr-kaggle/train.csv"),
    ("rsna-pneumonia", "rsna", "rsna/stage_2_train_labels.csv"),
    ("siim", "siim", "siim/train-rle.csv"),
    ("mimic-cxr, by seed", "mimic", tables.MIMIC.format("chexpert")),
]
ALONE = {"vindr-cxr", "rsna-pneumonia", "siim"}

parser = argparse.ArgumentParser()
parser.add_argument("bin", type=Path)
parser.add_argument("wheel", type=Path)
parser.add_argument("output", type=Path)
parser.add_argument("--rounds", type=int, default=5)
options = parser.parse_args()


def ours(name, path):
    command = [options.bin / "cxr-benchmark", "labels", "--rounds", "1", "--csv", path]
    command += ["--collection", name.split(",")[0]] + (["--each-film-a-patient"] if name in ALONE else [])
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    line = json.loads(done.stdout.splitlines()[-1])
    return line["seconds_per_step"][0], line["peak_rss_bytes"]


def theirs(function, path):
    program = (
        f"import re, sys, time; sys.path.insert(0, {str(JUDGE)!r}); import truths; from pathlib import Path\n"
        f"t = time.perf_counter(); truths.{function}(Path({str(path)!r})); print(time.perf_counter() - t)\n"
        # What getrusage tells is the parent's peak too.
        "print(1024 * int(re.search(r'VmHWM:\\s+(\\d+)', open('/proc/self/status').read())[1]))"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    seconds, memory = done.stdout.split()
    return float(seconds), int(memory)


rows = []
with tempfile.TemporaryDirectory() as temporary:
    folder = Path(temporary)
    tables.lay(options.wheel, folder, full=True)
    for name, function, file in FILES:
        size = sum(one.stat().st_size for one in (folder / file).parent.glob("*.csv")) / 2**20
        rounds = [(ours(name, folder / file), theirs(function, folder / file)) for _ in range(options.rounds)]
        mine, other = [one[0][0] for one in rounds], [one[1][0] for one in rounds]
        ratio = statistics.median(b / a for a, b in zip(mine, other))
        memory = [statistics.median(one[side][1] for one in rounds) / 2**20 for side in (0, 1)]
        rows.append(
            f"| {name} | {size:.0f} | {statistics.median(mine):.2f} ({min(mine):.2f} to {max(mine):.2f}) "
            f"| {statistics.median(other):.2f} ({min(other):.2f} to {max(other):.2f}) | {ratio:.1f}× "
            f"| {memory[0]:.0f} | {memory[1]:.0f} |"
        )
        print(rows[-1], flush=True)

import pandas  # noqa: E402

cpu = next((line.split(":")[1].strip() for line in open("/proc/cpuinfo") if line.startswith("model name")), "?")
options.output.write_text(
    f"# Label files of public collections, {datetime.date.today()}\n\n"
    f"{cpu}, two threads; pandas {pandas.__version__}, Python {platform.python_version()}; medians of {options.rounds} rounds in "
    "alternation, each in a process of its own (fastest to slowest in brackets).\nOurs reads, checks, splits the patients and weighs "
    "the classes; pandas reads and makes labels. MIMIC-CXR's three tables are of full size (377,110 films) and written by seed.\n\n"
    "| collection | MiB | ours, s | pandas, s | ratio | ours, MiB of memory | pandas |\n|---|---|---|---|---|---|---|\n"
    + "\n".join(rows) + "\n\nBy `Benchmarks/label_files.py`.\n"
)
