"""Forty small files of NumPy, of every form, for the fuzzer to begin with.

usage: seeds.py FOLDER
"""

import random
import sys
from pathlib import Path

import foreign
import names

rng = random.Random(0)
for n in range(40):
    arrays = {names.random_name(rng, 0): foreign.random_array(rng) for _ in range(1 + n % 3)}
    path = Path(sys.argv[1]) / f"numpy{n}.npz"
    foreign.write(rng, path, arrays)
    if path.stat().st_size > 8000:
        path.unlink()
