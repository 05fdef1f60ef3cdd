"""Writes what Keras's and PyTorch's optimizers make of given gradients (see README.md here).

One argument a run, `optimizers-keras` or `optimizers-torch`, each in an interpreter that has that library.
"""

import json
import os
import sys

import numpy as np
from fixture_files import OUT, save

STEPS, CHANGE = 10, 5
# Rounded to float32, so that a library that takes them in float64 is given the same; falls at the sixth step.
RATES = [float(np.float32(0.01))] * CHANGE + [float(np.float32(0.003))] * (STEPS - CHANGE)
DECAY = 0.05


def given():
    """The start and the gradients, the same for both: `[6, 7]`, some gradients tiny, some large, some zero."""
    rng = np.random.default_rng(29)
    start = rng.standard_normal((6, 7)).astype(np.float32)
    gradients = []
    for _ in range(STEPS):
        g = rng.standard_normal((6, 7)) * 10.0 ** rng.uniform(-4, 1, (6, 7))
        g[rng.random((6, 7)) < 0.05] = 0
        gradients.append(g.astype(np.float32))
    return start, gradients


def write(library, paths, versions):
    """`paths`: weights after each step by the optimizer's name."""
    start, gradients = given()
    arrays = {"start": start, "rates": RATES, "decay": [DECAY]}
    arrays |= {f"gradient/{i}": g for i, g in enumerate(gradients)}
    for name, weights in paths.items():
        arrays |= {f"{name}/{i}": w for i, w in enumerate(weights)}
    save(f"optimizers_{library}", arrays)
    (OUT / f"optimizers_{library}_versions.json").write_text(json.dumps(versions, indent=1) + "\n")


def keras_optimizers():
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
    os.environ.setdefault("TF_ENABLE_ONEDNN_OPTS", "0")
    import keras
    import tensorflow as tf

    makers = {
        "adam": lambda: keras.optimizers.Adam(),
        "adamw": lambda: keras.optimizers.AdamW(weight_decay=DECAY),
        "sgd": lambda: keras.optimizers.SGD(),
        "momentum": lambda: keras.optimizers.SGD(momentum=0.9),
        "nesterov": lambda: keras.optimizers.SGD(momentum=0.9, nesterov=True),
    }
    start, gradients = given()
    paths = {}
    for name, make in makers.items():
        optimizer, weights, path = make(), tf.Variable(start), []
        for rate, gradient in zip(RATES, gradients):
            optimizer.learning_rate = rate
            optimizer.apply_gradients([(tf.constant(gradient), weights)])
            path.append(weights.numpy())
        paths[name] = path
    write("keras", paths, {
        "tensorflow": tf.__version__, "keras": keras.__version__, "numpy": np.__version__})


def torch_optimizers():
    import torch

    makers = {
        "adam": lambda w: torch.optim.Adam([w]),
        "adamw": lambda w: torch.optim.AdamW([w], weight_decay=DECAY),
        "sgd": lambda w: torch.optim.SGD([w]),
        "momentum": lambda w: torch.optim.SGD([w], momentum=0.9),
        "nesterov": lambda w: torch.optim.SGD([w], momentum=0.9, nesterov=True),
    }
    start, gradients = given()
    paths = {}
    for name, make in makers.items():
        weights = torch.nn.Parameter(torch.tensor(start))
        optimizer, path = make(weights), []
        for rate, gradient in zip(RATES, gradients):
            optimizer.param_groups[0]["lr"] = rate
            weights.grad = torch.tensor(gradient)
            optimizer.step()
            path.append(weights.detach().numpy().copy())
        paths[name] = path
    write("torch", paths, {"torch": torch.__version__, "numpy": np.__version__})


FIXTURES = {"optimizers-keras": keras_optimizers, "optimizers-torch": torch_optimizers}

if __name__ == "__main__":
    if len(sys.argv) != 2 or sys.argv[1] not in FIXTURES:
        sys.exit(f"usage: make_optimizers.py {' | '.join(FIXTURES)}")
    FIXTURES[sys.argv[1]]()
