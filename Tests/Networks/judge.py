"""Our DenseNet and ResNet beside torchvision's, with random weights, stored statistics and real films: logits, maps, gradients,
statistics and the losses of ten steps. The judge is PyTorch in float64, and PyTorch in float32 says what float32 may cost.

    judge.py READER DATA [--quick] [--network TEXT]
    judge.py --self-test DATA [--quick] [--network TEXT]

READER is the program network-reader, which takes MODE CHECKPOINT.npz INPUT.npz OUTPUT.npz; --self-test judges PyTorch in float32
instead. --quick leaves out the networks of full size, --network those without TEXT in their names. Prints a line a check; fails
where one is missed.
"""

import argparse
import copy
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

# Threads that wait without sleeping take the processors from whatever else runs, and minutes from this.
os.environ.setdefault("OMP_WAIT_POLICY", "passive")

import numpy as np
import torch

import comparing
from checkpoint_file import read_arrays, write_arrays, write_network
from films import films, inputs, labels
from random_weights import randomise
from torch_answers import BATCH, STEPS, TRAINING, answer
from torchvision_networks import VERSIONS, build, densenet, resnet

SMALL = {
    "DenseNet of 4 × 2 layers, growth 12": lambda *input: densenet([2, 2, 2, 2], 12, *input),
    "ResNet-18 of width 16": lambda *input: resnet("resnet18", [2, 2, 2, 2], 16, *input),
    "ResNet-50 of width 16": lambda *input: resnet("resnet50", [3, 4, 6, 3], 16, *input),
}
LARGE = {
    "DenseNet-121": lambda *input: densenet([6, 12, 24, 16], 32, *input),
    "ResNet-18": lambda *input: resnet("resnet18", [2, 2, 2, 2], 64, *input),
    "ResNet-50": lambda *input: resnet("resnet50", [3, 4, 6, 3], 64, *input),
}
INPUTS = {"1 channel": (1, "same"), "3 channels": (3, "same"), "ImageNet's 3 channels": (3, "imagenet")}
FULL_SIDE, SIDE = 224, 64
# Those that are judged with the same weights.
MODES = [("logits", "maps", "gradients-frozen"), ("gradients-training",), ("steps",), ("steps-frozen",)]
COUNTS = {"logits": 4, "maps": 4, "gradients": BATCH, "steps": BATCH * STEPS}


class Judge:
    def __init__(self, reader, data, folder):
        self.reader, self.folder, self.checks = reader, folder, comparing.Checks()
        # Films of 64 pixels for the small side, of 1024 for the other.
        self.films = {SIDE: films(data / "nih64", BATCH * STEPS, SIDE), FULL_SIDE: films(data / "nih1024", 4, FULL_SIDE)}

    def network(self, name, architecture, full_side, seed):
        """Judges one network in every mode; the first layer alone knows how many channels there are, so steps are judged with
        one."""
        for modes in MODES if architecture["input_channels"] == 1 else MODES[:2]:
            moves = modes[0].startswith("steps")
            network = build(architecture).train(modes[0] in TRAINING)
            shown = self.films[SIDE] if moves else self.films[SIDE][:BATCH]
            randomise(network, inputs(shown, architecture), seed, moves)
            for mode in modes:
                self.mode(mode, name, network, architecture, full_side, seed)

    def mode(self, mode, name, network, architecture, full_side, seed):
        side = full_side if mode in ("logits", "maps") else SIDE
        what = f"{name}, side {side}, {mode}"
        count = COUNTS[mode.split("-")[0]]
        given = self.films[side][:count], labels(count, seed)
        write_network(self.folder / "network.npz", network, architecture, side)
        ours = self.ask(what, mode, *given)
        if ours is None:
            return
        exact = answer(mode, copy.deepcopy(network).double(), architecture, *given)
        single = answer(mode, copy.deepcopy(network), architecture, *given)
        shapes = [{name: array.shape for name, array in arrays.items()} for arrays in (ours, exact)]
        odd = {name for name in shapes[0].keys() | shapes[1].keys() if shapes[0].get(name) != shapes[1].get(name)}
        if self.checks.same(f"{what}, arrays of other names or shapes", sorted(odd), []):
            getattr(self, mode.split("-")[0])(what, ours, exact, single)

    def ask(self, what, mode, films, labels):
        """What the program answers; `None`, and a miss, where it does not."""
        given, output = self.folder / "input.npz", self.folder / "output.npz"
        output.unlink(missing_ok=True)
        write_arrays(given, {"films": films, "labels": labels})
        command = [*self.reader, mode, self.folder / "network.npz", given, output]
        done = subprocess.run([str(part) for part in command], capture_output=True, text=True)
        if not self.checks.same(f"{what}, {done.stderr[-1000:].strip()}, exit status", done.returncode, 0):
            return None
        return read_arrays(output)

    def logits(self, what, ours, exact, single):
        self.checks.most(f"{what} beside float64", comparing.of_largest(ours["logits"], exact["logits"]), 1e-4)
        self.checks.most(f"{what} beside float32", comparing.of_largest(ours["logits"], single["logits"]), 1e-4)
        self.logits_of_maps = ours["logits"]

    def maps(self, what, ours, exact, single):
        self.checks.most(f"{what} beside float64", comparing.of_largest(ours["maps"], exact["maps"]), 1e-4)
        means = ours["maps"].mean((1, 2), dtype=np.float64)
        self.checks.most(f"{what}, means beside logits", comparing.of_largest(means, self.logits_of_maps), 1e-5)

    def gradients(self, what, ours, exact, single):
        kinds = [
            {name: array for name, array in arrays.items() if name.startswith("gradient/")}
            for arrays in (ours, exact, single)
        ]
        ratios = comparing.gradient_ratios(*kinds)
        worst = max(ratios, key=lambda name: (np.isnan(ratios[name]), ratios[name]))
        median = np.median(list(ratios.values()))
        self.checks.most(f"{what}, median of {len(ratios)} distances by PyTorch's", median, comparing.MEDIAN_LIMIT)
        self.checks.most(f"{what}, largest, of {worst}", ratios[worst], comparing.LARGEST_LIMIT)
        self.checks.most(f"{what}, loss", comparing.of_largest(ours["loss"], exact["loss"]), 1e-5)
        statistics = [name for name in exact if name.startswith("statistic/")]
        if statistics:
            distances = [comparing.of_largest(ours[name], exact[name]) for name in statistics]
            self.checks.most(f"{what}, {len(statistics)} statistics", np.max(distances), 1e-5)

    def steps(self, what, ours, exact, single):
        floor = comparing.FLOOR_OF_FROZEN_STEPS if what.endswith("frozen") else comparing.FLOOR
        ratio = comparing.loss_ratio(ours["losses"], exact["losses"], single["losses"], floor)
        self.checks.most(f"{what}, losses' distance by PyTorch's", ratio, comparing.LARGEST_LIMIT)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("reader", nargs="?", type=Path)
    parser.add_argument("data", type=Path)
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--network", default="", metavar="TEXT")
    parser.add_argument("--self-test", action="store_true")
    options = parser.parse_args()
    if options.self_test == (options.reader is not None):
        parser.error("READER, or --self-test")
    torch.set_num_threads(2)
    stand_in = [sys.executable, Path(__file__).with_name("stand_in.py")]
    start = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        judge = Judge(stand_in if options.self_test else [options.reader], options.data, Path(folder))
        seed = 0
        for side, networks in ((SIDE, SMALL), (FULL_SIDE, {} if options.quick else LARGE)):
            for name, architecture in networks.items():
                for kind, values in INPUTS.items():
                    seed += 1
                    if options.network in f"{name}, {kind}":
                        judge.network(f"{name}, {kind}", architecture(*values), side, seed)
    checks = judge.checks
    if checks.count == 0:
        parser.error("no network has such a name")
    print(f"networks: {checks.count} checks beside {VERSIONS}, {checks.misses} missed; "
          f"{time.monotonic() - start:.0f} s")  # fmt: skip
    sys.exit(checks.misses > 0)


main()
