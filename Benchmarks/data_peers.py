"""What others take for the same work: one JSON line.

    python data_peers.py opencv|pillow|tensorflow prepare FOLDER --threads 2 --rounds 3
    python data_peers.py pandas labels CSV --rounds 5
"""

import argparse
import json
import os
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

parser = argparse.ArgumentParser()
parser.add_argument("who")
parser.add_argument("what")
parser.add_argument("path")
parser.add_argument("--threads", type=int, default=2)
parser.add_argument("--rounds", type=int, default=3)
options = parser.parse_args()
SIDE = 224


def prepare():
    paths = sorted(str(p) for p in Path(options.path).iterdir())
    if options.who == "opencv":
        import cv2

        cv2.setNumThreads(1)

        def film(path):
            grey = cv2.imread(path, cv2.IMREAD_GRAYSCALE)
            # On bytes, which is faster and rounds to whole levels.
            return cv2.resize(grey, (SIDE, SIDE), interpolation=cv2.INTER_LINEAR).astype("float32")

        version = cv2.__version__
    elif options.who == "pillow":
        import numpy as np
        import PIL
        from PIL import Image

        def film(path):
            return np.asarray(Image.open(path).convert("L").resize((SIDE, SIDE), Image.BILINEAR), np.float32)

        version = PIL.__version__
    else:
        import tensorflow as tf

        tf.config.threading.set_intra_op_parallelism_threads(options.threads)
        tf.config.threading.set_inter_op_parallelism_threads(options.threads)

        def graph(path):
            return tf.image.resize(tf.io.decode_jpeg(tf.io.read_file(path), channels=1), [SIDE, SIDE])

        data = tf.data.Dataset.from_tensor_slices(paths).map(graph, num_parallel_calls=options.threads).prefetch(8)
        return tf.__version__, len(paths), lambda: sum(1 for _ in data)

    def all_films():
        with ThreadPoolExecutor(options.threads) as pool:
            return sum(1 for _ in pool.map(film, paths))

    return version, len(paths), all_films


def labels():
    import pandas as pd
    import sklearn
    from sklearn.model_selection import train_test_split

    names = (
        "Atelectasis Cardiomegaly Consolidation Edema Effusion Emphysema Fibrosis Hernia Infiltration Mass Nodule "
        "Pleural_Thickening Pneumonia Pneumothorax"
    ).split()

    def work():
        table = pd.read_csv(options.path)
        for name in names:
            table[name] = table["Finding Labels"].map(lambda text, name=name: 1 if name in text.split("|") else 0)
        patients = table["Patient ID"].unique()
        rest, test = train_test_split(patients, test_size=0.2, random_state=0)
        train, validation = train_test_split(rest, test_size=0.26, random_state=0)
        parts = [table[table["Patient ID"].isin(part)] for part in (train, validation, test)]
        n = len(parts[0])
        positives = parts[0][names].sum()
        return n / (2 * (n - positives)), n / (2 * positives)

    rows = sum(1 for _ in open(options.path)) - 1
    return f"{pd.__version__}, scikit-learn {sklearn.__version__}", rows, work


version, count, work = prepare() if options.what == "prepare" else labels()
work()
seconds = []
for _ in range(options.rounds):
    started = time.perf_counter()
    work()
    seconds.append(time.perf_counter() - started)
median = sorted(seconds)[len(seconds) // 2]
json.dump({"version": version, "images_per_second": count / median, "seconds_per_step": seconds}, sys.stdout)
print()
