"""Keras, given a checkpoint's arrays and the same image files, must predict the same probabilities
to 1e-4: decode, resize, standardise, network and sigmoid, all on TensorFlow's side.

Trains one epoch with our apps on the films under CXR_REAL_DATA (or on synthetic ones), evaluates,
and compares. CXR_BIN is the folder of the apps.
"""

import csv
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")

import keras
import numpy as np
import tensorflow as tf

bin_folder = Path(os.environ.get("CXR_BIN", ".build/release")).resolve()
TOLERANCE = 1e-4


def run(app, *arguments):
    done = subprocess.run([bin_folder / app, *map(str, arguments)], capture_output=True, text=True)
    if done.returncode:
        sys.exit(f"{app} failed: {done.stderr}")


def network(arrays, metadata):
    size = metadata["image"]["size"]
    layers = [keras.Input((size, size, 1))]
    weights = []
    for i, channels in enumerate(metadata["architecture"]["channels"], 1):
        layers += [
            keras.layers.Conv2D(channels, metadata["architecture"]["kernel"], activation="relu"),
            keras.layers.MaxPooling2D(),
            keras.layers.BatchNormalization(),
        ]
        weights += [arrays[f"block{i}/conv/{n}"] for n in ("kernel", "bias")]
        weights += [
            arrays[f"block{i}/norm/{n}"] for n in ("gamma", "beta", "moving_mean", "moving_variance")]
    layers += [
        keras.layers.GlobalAveragePooling2D(), keras.layers.Dropout(0.2),
        keras.layers.Dense(len(metadata["labels"]), activation="sigmoid"),
    ]
    model = keras.Sequential(layers)
    model.set_weights(weights + [arrays["head/kernel"], arrays["head/bias"]])
    return model


def compare(name, data, options, jpeg_dct):
    with tempfile.TemporaryDirectory() as folder:
        table = data / "Data_Entry_2017.csv"
        shared = ["--csv", table, "--images", data]
        run("cxr-train", *shared, "--output", f"{folder}/run", "--epochs", 1, "--skip-empty-labels",
            "--jpeg-dct", jpeg_dct, *options)
        run("cxr-evaluate", "--checkpoint", f"{folder}/run/best.npz", *shared,
            "--output", f"{folder}/evaluation", "--subset", "all")
        with np.load(f"{folder}/run/best.npz") as file:
            metadata = json.loads(bytes(file["metadata.json"]).decode())
            model = network({k: file[k] for k in file.files if k != "metadata.json"}, metadata)
        with open(f"{folder}/evaluation/predictions-run.csv", newline="") as file:
            rows = list(csv.reader(file))[1:]
        paths = {p.name: p for p in data.rglob("*") if p.is_file()}
        size, mean = metadata["image"]["size"], metadata["image"]["mean"]
        worst = 0.0
        for start in range(0, len(rows), 32):
            films = []
            for row in rows[start : start + 32]:
                raw = tf.io.read_file(str(paths[row[0]]))
                # TensorFlow's default is the fast transform.
                film = (
                    tf.io.decode_jpeg(raw, channels=1) if jpeg_dct == "ifast"
                    else tf.io.decode_jpeg(raw, channels=1, dct_method="INTEGER_ACCURATE"))
                films.append(tf.image.resize(film, [size, size]))
            batch = (np.stack(films) - np.float32(mean)) / np.float32(metadata["image"]["standard_deviation"])
            theirs = model.predict(batch, verbose=0)
            ours = np.array([[float(v) for v in row[1:]] for row in rows[start : start + 32]])
            worst = max(worst, float(np.abs(ours - theirs).max()))
        verdict = "equal" if worst < TOLERANCE else "DIFFERENT"
        print(f"{name} ({jpeg_dct}): {len(rows)} films, largest difference {worst:.2e}: {verdict}", flush=True)
        return worst < TOLERANCE


real = os.environ.get("CXR_REAL_DATA")
covid = ["--labels", "COVID-19,ARDS,Streptococcus,Pneumocystis"]
with tempfile.TemporaryDirectory() as folder:
    cases = []
    if real:
        real = Path(real)
        cases = [
            ("nih1024", real / "nih1024", [], "islow"), ("xrays", real / "xrays", covid, "islow"),
            ("xrays", real / "xrays", covid, "ifast"),
            ("nih64", real / "nih64", ["--image-size", 112], "islow"),
        ]
    else:
        print("CXR_REAL_DATA is not set: synthetic films only")
        for form in ("png", "jpeg"):
            run("cxr-synth", "--output", f"{folder}/{form}", "--images", 300, "--patients", 120,
                "--size", 300, "--format", form)
            cases.append((f"phantom {form}", Path(folder) / form, ["--image-size", 112], "islow"))
        cases.append(("phantom jpeg", Path(folder) / "jpeg", ["--image-size", 112], "ifast"))
    good = [compare(*case) for case in cases]
sys.exit(0 if all(good) else 1)
