"""Real films as a network's input, with labels by chance."""

import numpy as np
import torch
from PIL import Image

from checkpoint_file import DEVIATION, MEAN
from torchvision_networks import LABELS

# ImageNet's, of red, green and blue between 0 and 1, as torchvision's weights were trained with.
IMAGENET_MEANS = (0.485, 0.456, 0.406)
IMAGENET_DEVIATIONS = (0.229, 0.224, 0.225)


def films(data, count, side):
    """`count` films of a folder as `[count, side, side, 1]`, standardised; spread evenly over its sorted names."""
    paths = sorted(data.rglob("*.png"))
    if len(paths) < count:
        raise ValueError(f"{data} holds {len(paths)} films, {count} are needed")
    return np.stack([film(paths[n * len(paths) // count], side) for n in range(count)])[..., None]


def film(path, side):
    with Image.open(path) as picture:
        if picture.mode != "L":
            picture = picture.convert("RGB").convert("L")
        levels = np.asarray(picture.resize((side, side), Image.Resampling.BILINEAR), np.float64)
    return ((levels - MEAN) / DEVIATION).astype("<f4")


def labels(count, seed):
    """0 or 1, `[count, 14]`."""
    return np.random.default_rng(seed).integers(0, 2, (count, LABELS)).astype("<f4")


def inputs(films, architecture):
    """`[N, S, S, 1]` as PyTorch's `[N, C, S, S]`: the plane, the plane thrice, or the grey that it stands for standardised by
    each of ImageNet's channels."""
    plane = torch.as_tensor(films).permute(0, 3, 1, 2)
    if architecture["input_constants"] == "imagenet":
        grey = plane * (DEVIATION / 255) + MEAN / 255
        channels = [(grey - mean) / deviation for mean, deviation in zip(IMAGENET_MEANS, IMAGENET_DEVIATIONS)]
    else:
        channels = [plane] * architecture["input_channels"]
    # Written out: with one channel PyTorch cannot tell its two orders of memory apart, and its batch normalisation rounds
    # several times as much in the other.
    made = torch.empty(len(plane), len(channels), *plane.shape[2:], dtype=plane.dtype)
    return torch.cat(channels, 1, out=made)
