"""Does it learn as well as Keras? Five trainings of ours and five of Keras's on the same films, split and
schedule; the mean test AUCs must lie within two standard errors of their difference.

    CXR_REAL_DATA=… CXR_BIN=.build/release python learn_as_keras.py OUTPUT.md [--seeds 5] [--epochs 12]

The films are nih64, the labels Female and AP, which every film has or has not: they are written into a label
file from the sex and view columns. No augmentation; plain binary cross-entropy; Adam with 0.001·0.95^epoch; the
epoch with the lowest validation loss is taken. Seeds set weights, order and dropout.
"""

import argparse
import csv
import datetime
import json
import os
import platform
import subprocess
import sys
import tempfile
from pathlib import Path

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")

import keras
import numpy as np
import tensorflow as tf
from sklearn.metrics import roc_auc_score

parser = argparse.ArgumentParser()
parser.add_argument("output")
parser.add_argument("--seeds", type=int, default=5)
parser.add_argument("--epochs", type=int, default=12)
parser.add_argument("--image-size", type=int, default=112)
options = parser.parse_args()
BIN = Path(os.environ.get("CXR_BIN", ".build/release")).resolve()
FILMS = Path(os.environ["CXR_REAL_DATA"]) / "nih64"
PATHS = {path.name: path for path in FILMS.rglob("*.png")}
LABELS = ("Female", "AP")


def run(app, *arguments):
    done = subprocess.run([BIN / app, *map(str, arguments)], capture_output=True, text=True)
    if done.returncode:
        sys.exit(f"{app} failed: {done.stderr}")


def rewritten(folder):
    """NIH's label file with Female and AP for findings."""
    with open(FILMS / "Data_Entry_2017.csv", newline="") as file:
        head, *rows = csv.reader(file)
    sex, view = head.index("Patient Gender"), head.index("View Position")
    path = folder / "Data_Entry_2017.csv"
    with open(path, "w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(head)
        for row in rows:
            found = [name for name, has in zip(LABELS, (row[sex] == "F", row[view] == "AP")) if has]
            row[1] = "|".join(found) or "No Finding"
            writer.writerow(row)
    return path, {row[0]: [row[sex] == "F", row[view] == "AP"] for row in rows}


def predictions(path):
    with open(path, newline="") as file:
        rows = list(csv.reader(file))[1:]
    return [row[0] for row in rows], np.array([[float(v) for v in row[1:]] for row in rows])


def film(name):
    pixels = tf.io.decode_image(tf.io.read_file(str(PATHS[name])), channels=1)
    return tf.image.resize(pixels, [options.image_size] * 2)[..., 0].numpy()


def keras_auc(seed, parts, truths):
    keras.utils.set_random_seed(seed)
    layers = [keras.Input((options.image_size, options.image_size, 1))]
    for filters in (16, 32, 64, 128):
        layers += [keras.layers.Conv2D(filters, 7, activation="relu"), keras.layers.MaxPooling2D(),
                   keras.layers.BatchNormalization()]
    layers += [keras.layers.GlobalAveragePooling2D(), keras.layers.Dropout(0.2),
               keras.layers.Dense(len(LABELS), activation="sigmoid")]
    model = keras.Sequential(layers)
    model.compile(keras.optimizers.Adam(0.001), "binary_crossentropy")
    model.fit(
        parts["train"], truths["train"], batch_size=32, epochs=options.epochs, verbose=0,
        validation_data=(parts["validation"], truths["validation"]),
        callbacks=[
            keras.callbacks.LearningRateScheduler(lambda epoch: 0.001 * 0.95**epoch),
            keras.callbacks.EarlyStopping(patience=options.epochs, restore_best_weights=True),
        ])  # fmt: skip
    scores = model.predict(parts["test"], batch_size=32, verbose=0)
    return [roc_auc_score(truths["test"][:, k], scores[:, k]) for k in range(len(LABELS))]


with tempfile.TemporaryDirectory() as name:
    folder = Path(name)
    table, truth_of = rewritten(folder)
    shared = ["--csv", table, "--images", FILMS]
    ours, names = [], {}
    for seed in range(options.seeds):
        out = folder / f"ours-{seed}"
        run("cxr-train", *shared, "--output", out, "--cache", folder / "cache", "--labels", ",".join(LABELS),
            "--augment", "off", "--loss", "bce", "--epochs", options.epochs, "--patience", options.epochs,
            "--image-size", options.image_size, "--seed", seed)
        for subset in ("test",) if names else ("train", "validation", "test"):
            run("cxr-evaluate", "--checkpoint", out / "best.npz", *shared, "--output", folder / f"{subset}-{seed}",
                "--subset", subset)
            names[subset], scores = predictions(folder / f"{subset}-{seed}/predictions-ours-{seed}.csv")
        truth = np.array([truth_of[n] for n in names["test"]])
        ours.append([roc_auc_score(truth[:, k], scores[:, k]) for k in range(len(LABELS))])
        print(f"ours, seed {seed}: {ours[-1]}", flush=True)

    films = {part: np.stack([film(n) for n in list_]) for part, list_ in names.items()}
    mean, deviation = films["train"].mean(dtype="f8"), films["train"].std(dtype="f8")
    parts = {part: ((x - mean) / deviation)[..., None].astype("f4") for part, x in films.items()}
    truths = {part: np.array([truth_of[n] for n in list_], "f4") for part, list_ in names.items()}
    theirs = []
    for seed in range(options.seeds):
        theirs.append(keras_auc(seed, parts, truths))
        print(f"Keras, seed {seed}: {theirs[-1]}", flush=True)

ours, theirs = np.array(ours), np.array(theirs)
means = ours.mean(1), theirs.mean(1)
difference = means[0].mean() - means[1].mean()
error = np.sqrt(sum(m.var(ddof=1) / len(m) for m in means))
holds = abs(difference) <= 2 * error
lines = [
    "# Learning as well as Keras", "",
    f"{datetime.date.today()} · Keras {keras.__version__}, TensorFlow {tf.__version__} · {platform.machine()} · "
    f"nih64 at {options.image_size} pixels, {len(names['train'])} films to train on, {len(names['validation'])} to "
    f"validate on, {len(names['test'])} to test on; {options.epochs} epochs, batch 32. Written by "
    "`Tests/Learning/learn_as_keras.py`.", "",
    "| seed | ours: Female | AP | mean | Keras: Female | AP | mean |", "|---|---|---|---|---|---|---|",
    *(f"| {i} | " + " | ".join(f"{v:.4f}" for v in (*a, a.mean(), *b, b.mean())) + " |"
      for i, (a, b) in enumerate(zip(ours, theirs))),
    "| mean | " + " | ".join(
        f"{v:.4f}" for v in (*ours.mean(0), ours.mean(), *theirs.mean(0), theirs.mean())) + " |", "",
    f"Difference of the mean test AUCs {difference:+.4f}, standard error {error:.4f}: "
    f"{'within' if holds else 'BEYOND'} two standard errors.", "",
]  # fmt: skip
Path(options.output).write_text("\n".join(lines))
print("\n".join(lines))
sys.exit(0 if holds else 1)
