"""Checkpoints beside NumPy, both ways: what we write NumPy reads with the same bits, and what NumPy writes we read to
what its own astype("float32") gives; all else is refused by the array's name, with a remedy that works.

usage: judge.py READER [--cases N] [--seed N]

N checkpoints are written, 10,000 unless said otherwise, and a tenth as many files of NumPy read and damaged.
"""

import argparse
import tempfile
import time
from pathlib import Path

import numpy as np

import foreign
import written
from reader import Reader


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("reader")
    parser.add_argument("--cases", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    # In memory where there is such a folder: each file is flushed to disk.
    memory = "/dev/shm" if Path("/dev/shm").is_dir() else None
    reader, start, tenth = Reader(options.reader), time.monotonic(), max(1, options.cases // 10)
    with tempfile.TemporaryDirectory(dir=memory) as name:
        folder = Path(name)
        count, held, refused = written.judge(reader, folder, options.cases, options.seed)
        print(f"checkpoints: {count} written with {held} arrays, read back by us and NumPy {np.__version__} with the "
              f"same bits; {refused} refused by name")  # fmt: skip
        written.judge_the_most(reader, folder)
        print("checkpoints: 65,534 arrays, 65,531 bytes of name and 64 axes are written, one more is refused")
        taken, refused, held = foreign.judge(reader, folder, tenth, options.seed)
        print(f"checkpoints: of {tenth} files of NumPy {taken} were read, {refused} refused with remedies that worked; "
              f"{held} arrays are what NumPy makes of them")  # fmt: skip
        refused = foreign.judge_damage(reader, folder, tenth, options.seed)
        print(f"checkpoints: of {tenth} such files with one bit changed {refused} were refused, the others read right")
    reader.close()
    print(f"checkpoints: {time.monotonic() - start:.0f} s")


main()
