"""How far ours is from PyTorch in float64, beside how far PyTorch in float32 is."""

import numpy as np

# Of a gradient's or loss's size: what float32 may cost, even where PyTorch's happens to cost less.
FLOOR = 1e-6
# Of the losses over steps with stored statistics: nothing holds the means back, and a unit may change its side.
FLOOR_OF_FROZEN_STEPS = 1e-5
MEDIAN_LIMIT, LARGEST_LIMIT = 2, 4


class Checks:
    """Prints a line a check, and counts."""

    def __init__(self):
        self.count, self.misses = 0, 0

    def most(self, what, figure, limit):
        """Passes where `figure` is at most `limit`; NaN does not."""
        self.count += 1
        is_fine = figure <= limit
        self.misses += not is_fine
        print(f"networks: {'' if is_fine else 'MISS: '}{what}: {figure:.3g} (at most {limit:g})", flush=True)

    def same(self, what, ours, expected):
        """Passes, without a line, where both are equal; gives whether they are."""
        if ours != expected:
            self.count, self.misses = self.count + 1, self.misses + 1
            print(f"networks: MISS: {what}: {ours}, expected {expected}", flush=True)
        return ours == expected


def of_largest(ours, theirs):
    """The largest difference, as a share of the largest value."""
    return np.abs(ours.astype(np.float64) - theirs).max() / np.abs(theirs).max()


def distance(a, b):
    return np.linalg.norm(a.astype(np.float64) - b)


def gradient_ratios(ours, exact, single):
    """{name: ours' distance to `exact` by PyTorch's} of each parameter, both by the L2 norm. PyTorch's distance counts as no less
    than the floor times the gradient's norm, or times a millionth of the median norm where that is larger: a gradient that
    vanishes is compared by its size among the others."""
    norms = {name: np.linalg.norm(slope) for name, slope in exact.items()}
    least = 1e-6 * np.median(list(norms.values()))
    return {
        name: distance(ours[name], exact[name])
        / max(distance(single[name], exact[name]), FLOOR * norms[name] if norms[name] >= least else least)
        for name in exact
    }  # fmt: skip


def loss_ratio(ours, exact, single, floor):
    """The largest distance of the steps' losses by PyTorch's largest, which counts as no less than `floor` times the largest
    loss."""
    return np.abs(ours - exact).max() / max(np.abs(single - exact).max(), floor * np.abs(exact).max())
