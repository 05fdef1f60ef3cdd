"""The reference network in PyTorch or TensorFlow, timed as cxr-benchmark times ours: one JSON line.

    python peers.py torch|torch-channels-last|tensorflow train|infer [--batch 32] [--image-size 224]
                    [--steps 5] [--warmup 2] [--threads 2]

Four blocks of a 7x7 convolution, ReLU, 2x2 max-pooling and batch normalisation, a mean over pixels, dropout
and 14 logits; training is forward, weighted binary cross-entropy, backward and Adam. Films are random
numbers, made before the clock runs.
"""

import argparse
import json
import os
import resource
import time

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")

CHANNELS = (16, 32, 64, 128)
LABELS = 14
WEIGHTS = (0.5, 10.0)

parser = argparse.ArgumentParser()
parser.add_argument("library", choices=["torch", "torch-channels-last", "tensorflow"])
parser.add_argument("mode", choices=["train", "infer"])
parser.add_argument("--batch", type=int, default=32)
parser.add_argument("--image-size", type=int, default=224)
parser.add_argument("--steps", type=int, default=5)
parser.add_argument("--warmup", type=int, default=2)
parser.add_argument("--threads", type=int, default=2)


def with_torch(options, films, labels):
    import torch
    from torch import nn

    torch.set_num_threads(options.threads)
    layers, inputs = [], 1
    for filters in CHANNELS:
        layers += [nn.Conv2d(inputs, filters, 7), nn.ReLU(), nn.MaxPool2d(2),
                   nn.BatchNorm2d(filters, eps=1e-3, momentum=0.01)]
        inputs = filters
    model = nn.Sequential(*layers, nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Dropout(0.2),
                          nn.Linear(inputs, LABELS))
    x = torch.from_numpy(films).permute(0, 3, 1, 2).contiguous()
    if options.library == "torch-channels-last":
        model = model.to(memory_format=torch.channels_last)
        x = x.to(memory_format=torch.channels_last)
    y = torch.from_numpy(labels)
    adam = torch.optim.Adam(model.parameters(), 1e-3)

    def train():
        model.train()
        adam.zero_grad()
        terms = nn.functional.binary_cross_entropy_with_logits(model(x), y, reduction="none")
        loss = ((y * WEIGHTS[1] + (1 - y) * WEIGHTS[0]) * terms).sum(1).mean()
        loss.backward()
        adam.step()
        return loss.item()

    def infer():
        model.eval()
        with torch.inference_mode():
            return torch.sigmoid(model(x)).numpy()

    return torch.__version__, train if options.mode == "train" else infer


def with_tensorflow(options, films, labels):
    import tensorflow as tf

    tf.config.threading.set_intra_op_parallelism_threads(options.threads)
    tf.config.threading.set_inter_op_parallelism_threads(1)
    keras = tf.keras
    layers = [keras.Input(films.shape[1:])]
    for filters in CHANNELS:
        layers += [keras.layers.Conv2D(filters, 7, activation="relu"), keras.layers.MaxPooling2D(2),
                   keras.layers.BatchNormalization()]
    model = keras.Sequential(layers + [keras.layers.GlobalAveragePooling2D(), keras.layers.Dropout(0.2),
                                       keras.layers.Dense(LABELS)])
    adam = keras.optimizers.Adam(1e-3)
    x, y = tf.constant(films), tf.constant(labels)

    @tf.function
    def step(x, y):
        with tf.GradientTape() as tape:
            terms = tf.nn.sigmoid_cross_entropy_with_logits(y, model(x, training=True))
            loss = tf.reduce_mean(tf.reduce_sum((y * WEIGHTS[1] + (1 - y) * WEIGHTS[0]) * terms, 1))
        gradients = tape.gradient(loss, model.trainable_variables)
        adam.apply_gradients(zip(gradients, model.trainable_variables))
        return loss

    @tf.function
    def predict(x):
        return tf.sigmoid(model(x, training=False))

    if options.mode == "train":
        return tf.__version__, lambda: float(step(x, y))
    return tf.__version__, lambda: predict(x).numpy()


def main():
    options = parser.parse_args()
    import numpy as np

    random = np.random.default_rng(0)
    side = options.image_size
    films = random.standard_normal((options.batch, side, side, 1)).astype("float32")
    labels = (random.random((options.batch, LABELS)) < 0.1).astype("float32")
    make = with_tensorflow if options.library == "tensorflow" else with_torch
    version, step = make(options, films, labels)
    for _ in range(options.warmup):
        step()
    seconds = []
    for _ in range(options.steps):
        start = time.perf_counter()
        step()
        seconds.append(time.perf_counter() - start)
    print(json.dumps({
        "images_per_second": options.batch / float(np.median(seconds)),
        "seconds_per_step": seconds,
        "peak_rss_bytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024,
        "version": version,
    }))  # fmt: skip


if __name__ == "__main__":
    main()
