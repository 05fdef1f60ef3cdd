"""Random weights under which every layer matters, no gamma is 1, no beta 0, and stored statistics are not those of the films; and
under which gradients can be compared.

A gradient jumps where a unit's sign changes, or the largest of a pool. Among a million units some lie closer to zero than float32
tells, and one that falls on the other side changes a gradient a thousand times as much as rounding does. So each beta is moved,
within its range, to where no unit of its channel is near zero for the given films, and kernels of the first layer are drawn anew
while two of a pool's largest are as good as equal. Over several steps units move: there each channel's are on one side of zero,
and far from it.
"""

import numpy as np
import torch
from torch import nn
from torch.nn.functional import pad

from torchvision_networks import LABELS, classifier, last_norms, rectified, stem, tops_of_branches

# Of a pool's two largest, in the channel's deviations.
CLEAR_OF_TIES = 1e-5


def randomise(network, inputs, seed, moves):
    """Draws the weights of a network in evaluation or training mode for the films `inputs`, `[N, C, S, S]`; for several steps if it
    `moves`.

    He's weights; gamma from 0.5 to 1.5, at a residual branch's end from 0.2 to 0.6, as otherwise rounding grows with each block;
    beta of deviation 0.2. Stored variances are 0.5 to 2 times what the films give, and means off by a tenth of a deviation. Logits
    differ between the films by about 0.5, by less for steps, which would diverge. Gives the network with weights of float32.
    """
    random = np.random.default_rng(seed)

    def drawn(kind, *arguments):
        return torch.from_numpy(getattr(random, kind)(*arguments))

    network.double()
    inputs, hooks = inputs.double(), []
    # All features are large where none is near zero, and steps too long; with stored statistics nothing holds their means back.
    features, deviation = (0.3, 0.05) if network.training else (0.1, 0.02)
    tops, last = tops_of_branches(network), last_norms(network)
    for module in network.modules():
        if isinstance(module, nn.Conv2d):
            shape = tuple(module.weight.shape)
            module.weight.data = drawn("normal", 0, (2 / module.weight[0].numel()) ** 0.5, shape)
        if isinstance(module, nn.BatchNorm2d):
            count = module.num_features
            module.weight.data = drawn("uniform", 0.5, 1.5, count) * (0.4 if module in tops else 1)
            if moves and module in last:
                module.weight.data *= features
            module.bias.data = drawn("normal", 0, 0.2, count)
            hooks.append(module.register_forward_pre_hook(
                store_statistics(drawn("normal", 0, 0.1, count), 2 ** drawn("uniform", -1, 1, count))))  # fmt: skip
    redraw_ties(stem(network), inputs, drawn)
    # What the file holds is what everybody computes with.
    network.float().double()
    away = move_to_side(random, tops) if moves else move_from_zero
    hooks += rectified(network, away)
    linear = classifier(network)
    directions = drawn("normal", 0, 1, tuple(linear.weight.shape))
    spread = deviation if moves else 0.5
    hooks.append(linear.register_forward_pre_hook(scale(directions, spread, drawn("normal", 0, 1, LABELS))))
    with torch.no_grad():
        network(inputs)
    for hook in hooks:
        hook.remove()
    return network.float()


def store_statistics(offsets, factors):
    """Before a normalisation: what it stores."""

    def store(module, arguments):
        variance, mean = torch.var_mean(arguments[0], (0, 2, 3))
        # A channel that hardly changes would be divided by nearly nothing.
        variance = variance.clamp(min=0.1 * variance.mean())
        module.running_mean.copy_((mean + offsets * variance.sqrt()).float())
        module.running_var.copy_((factors * variance).float())

    return store


def scale(directions, spread, shifts):
    """Before the linear layer: its weights, such that a label's logits deviate by `spread`."""

    def take(module, arguments):
        features = arguments[0]
        module.weight.data = directions * (spread / (features @ directions.T).std(0).mean())
        module.bias.data = shifts - module.weight @ features.mean(0)

    return take


def move_from_zero(norm, values):
    """What is rectified, `[N, C, H, W]`, with each channel moved by its beta to where zero is in the middle of the widest gap among
    the eighth of its values around zero."""
    ordered = values.transpose(0, 1).flatten(1).sort(1).values
    count = ordered.shape[1]
    rank = (ordered < 0).sum(1, keepdim=True).clamp(count // 8, count - count // 8 - 2)
    gaps = ordered.diff(dim=1)
    gaps[(torch.arange(count - 1) - rank).abs() > max(1, count // 16)] = -1
    place = gaps.argmax(1, keepdim=True)
    return moved(norm, values, -((ordered.gather(1, place) + ordered.gather(1, place + 1)) / 2).flatten())


def move_to_side(random, tops):
    """The same, with each channel moved so that zero is a seventh of the values' range below its least, or, of a quarter of the
    channels, above its largest; where a branch ends all are positive."""

    def move(norm, values):
        least, largest = values.amin((0, 2, 3)), values.amax((0, 2, 3))
        margin = (largest - least) / 7
        is_off = torch.from_numpy(random.random(len(least)) < (0 if norm in tops else 0.25))
        up = (margin - least).clamp(min=0)
        return moved(norm, values, torch.where(is_off, -largest - margin, up))

    return move


def moved(norm, values, shifts):
    before = norm.bias.data.clone()
    norm.bias.data = (before + shifts).float().double()
    return values + (norm.bias.data - before)[:, None, None]


def redraw_ties(first, inputs, drawn):
    """Draws each kernel of the first layer until no pool of 3 × 3 has two largest that are as good as equal; those of equal
    patches may be, as either gives the same gradient."""
    with torch.no_grad():
        for _ in range(1000):
            made = first(inputs)
            windows = pad(made, (1, 1, 1, 1), value=-torch.inf).unfold(2, 3, 2).unfold(3, 3, 2)
            largest = windows.flatten(4).topk(2).values
            gaps = (largest[..., 0] - largest[..., 1]) / made.std((0, 2, 3))[:, None, None]
            gaps[gaps < 1e-10] = torch.inf
            tied = gaps.amin((0, 2, 3)) < CLEAR_OF_TIES
            if not tied.any():
                return
            kernels = first.weight.data[tied]
            first.weight.data[tied] = drawn("normal", 0, (2 / kernels[0].numel()) ** 0.5, tuple(kernels.shape))
    raise ValueError("the films have pools with ties under any kernel")
