"""PyTorch's time a training step and peak memory: batch 32, side 224, float32, channels last, two threads.

    peers.py densenet121|resnet50 STEPS

A step is forward, binary cross-entropy of 14 labels, backward, and gradient descent with momentum. One step before those that are
timed warms up. Films are noise: no time depends on them.
"""

import resource
import statistics
import sys
import time

import torch
from torch.nn.functional import binary_cross_entropy_with_logits

from torchvision_networks import LABELS, VERSIONS, build, densenet, resnet

NETWORKS = {
    "densenet121": densenet([6, 12, 24, 16], 32, 3),
    "resnet50": resnet("resnet50", [3, 4, 6, 3], 64, 3),
}
BATCH, SIDE, THREADS = 32, 224, 2


def main():
    if len(sys.argv) != 3 or sys.argv[1] not in NETWORKS or not sys.argv[2].isdigit() or sys.argv[2] == "0":
        sys.exit(__doc__)
    name, count = sys.argv[1], int(sys.argv[2])
    torch.set_num_threads(THREADS)
    torch.manual_seed(0)
    network = build(NETWORKS[name]).train().to(memory_format=torch.channels_last)
    films = torch.randn(BATCH, 3, SIDE, SIDE).to(memory_format=torch.channels_last)
    labels = (torch.rand(BATCH, LABELS) < 0.1).float()
    descent = torch.optim.SGD(network.parameters(), 0.01, 0.9)

    def step():
        start = time.perf_counter()
        descent.zero_grad()
        binary_cross_entropy_with_logits(network(films), labels).backward()
        descent.step()
        return time.perf_counter() - start

    step()
    seconds = [step() for _ in range(count)]
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)
    print(f"{name}: {statistics.median(seconds):.2f} s a step, median of {count}, {min(seconds):.2f} to {max(seconds):.2f}; "
          f"peak {peak / 2**30:.2f} GiB; batch {BATCH}, side {SIDE}, {THREADS} threads, {VERSIONS}")  # fmt: skip


main()
