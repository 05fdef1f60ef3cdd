"""Answers as the program that is judged does, by PyTorch in float32 without oneDNN, and so with sums in another order than the
judge's: what the judge says of it is what float32 alone does.

    stand_in.py MODE CHECKPOINT.npz INPUT.npz OUTPUT.npz
"""

import sys

import torch

from checkpoint_file import read_arrays, read_network, write_arrays
from torch_answers import answer


def main():
    mode, checkpoint, given, output = sys.argv[1:]
    torch.set_num_threads(2)
    torch.backends.mkldnn.enabled = False
    network, architecture = read_network(checkpoint)
    arrays = read_arrays(given)
    write_arrays(output, answer(mode, network, architecture, arrays["films"], arrays["labels"]))


main()
