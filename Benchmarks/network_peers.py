"""The three networks in other libraries, timed as cxr-benchmark times ours: one JSON line.

    python network_peers.py LIBRARY chest-cnn|densenet121|resnet50 train|infer [--steps 3] [--batch 32] [--threads 2]

LIBRARY is tensorflow, torch, torch-channels-last, torch-bf16 (autocast, channels last), onnxruntime, openvino or openvino-bf16;
torch-ddp is as many processes of one thread as there are threads, each on its part of the batch (gloo, channels last; batch
normalisation is each process's own).
Films have one channel and 224 × 224 pixels; a training step is forward, cross-entropy of 14 labels, backward and Adam. The networks
are torchvision's and keras.applications' (whose ResNet-50 strides in the first 1×1 of a block, torchvision's in the 3×3, which
costs it more multiplications); ONNX Runtime and OpenVINO are given torchvision's. `count` in place of a library prints the
multiplications with addition of a film's convolutions by definition, and the bytes that they read and write.
"""

import argparse
import json
import os
import resource
import sys
import tempfile
import time
from pathlib import Path

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "Tests" / "Networks"))

SIDE, LABELS = 224, 14
CHANNELS = (16, 32, 64, 128)
LIBRARIES = [
    "tensorflow", "torch", "torch-channels-last", "torch-bf16", "torch-ddp", "onnxruntime", "openvino", "openvino-bf16",
]  # fmt: skip

parser = argparse.ArgumentParser()
parser.add_argument("library", choices=[*LIBRARIES, "count"])
parser.add_argument("network", choices=["chest-cnn", "densenet121", "resnet50"])
parser.add_argument("mode", choices=["train", "infer"])
parser.add_argument("--steps", type=int, default=3)
parser.add_argument("--batch", type=int, default=32)
parser.add_argument("--threads", type=int, default=2)
options = parser.parse_args()


def torch_network():
    import torch
    from torch import nn

    torch.set_num_threads(options.threads)
    torch.manual_seed(0)
    if options.network == "chest-cnn":
        layers, inputs = [], 1
        for filters in CHANNELS:
            layers += [nn.Conv2d(inputs, filters, 7), nn.ReLU(), nn.MaxPool2d(2), nn.BatchNorm2d(filters, eps=1e-3)]
            inputs = filters
        return nn.Sequential(
            *layers, nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Dropout(0.2), nn.Linear(inputs, LABELS)
        )
    from torchvision_networks import build, densenet, resnet

    return build(
        densenet([6, 12, 24, 16], 32) if options.network == "densenet121" else resnet("resnet50", [3, 4, 6, 3], 64)
    )


def with_torch(films, labels):
    import torch

    network, x, y = torch_network(), torch.from_numpy(films), torch.from_numpy(labels)
    if options.library != "torch":
        network, x = (part.to(memory_format=torch.channels_last) for part in (network, x))
    adam = torch.optim.Adam(network.parameters(), 1e-3)

    def outputs():
        with torch.autocast("cpu", torch.bfloat16, enabled=options.library == "torch-bf16"):
            return network(x).float()

    def train():
        adam.zero_grad()
        torch.nn.functional.binary_cross_entropy_with_logits(outputs(), y).backward()
        adam.step()

    def infer():
        with torch.inference_mode():
            return torch.sigmoid(outputs()).numpy()

    network.train(options.mode == "train")
    if torch.distributed.is_initialized():
        network = torch.nn.parallel.DistributedDataParallel(network)
    return torch.__version__, train if options.mode == "train" else infer


def with_tensorflow(films, labels):
    import tensorflow as tf

    tf.config.threading.set_intra_op_parallelism_threads(options.threads)
    tf.config.threading.set_inter_op_parallelism_threads(1)
    keras = tf.keras
    if options.network == "chest-cnn":
        layers = [keras.Input((SIDE, SIDE, 1))]
        for filters in CHANNELS:
            layers += [keras.layers.Conv2D(filters, 7, activation="relu"), keras.layers.MaxPooling2D(2),
                       keras.layers.BatchNormalization()]  # fmt: skip
        network = keras.Sequential(
            [*layers, keras.layers.GlobalAveragePooling2D(), keras.layers.Dropout(0.2), keras.layers.Dense(LABELS)]
        )
    else:
        make = {"densenet121": keras.applications.DenseNet121, "resnet50": keras.applications.ResNet50}
        network = make[options.network](
            weights=None, input_shape=(SIDE, SIDE, 1), classes=LABELS, classifier_activation=None
        )
    adam = keras.optimizers.Adam(1e-3)
    x, y = tf.constant(films.transpose(0, 2, 3, 1)), tf.constant(labels)

    @tf.function
    def step():
        with tf.GradientTape() as tape:
            loss = tf.reduce_mean(tf.nn.sigmoid_cross_entropy_with_logits(y, network(x, training=True)))
        adam.apply_gradients(zip(tape.gradient(loss, network.trainable_variables), network.trainable_variables))
        return loss

    @tf.function
    def predict():
        return tf.sigmoid(network(x, training=False))

    return tf.__version__, (lambda: float(step())) if options.mode == "train" else (lambda: predict().numpy())


def rank_of_torch(rank, ranks, films, labels, results):
    """One of the processes of torch-ddp."""
    import numpy as np
    import torch

    os.environ.update(MASTER_ADDR="127.0.0.1", MASTER_PORT="29511")
    torch.distributed.init_process_group("gloo", rank=rank, world_size=ranks)
    options.threads = 1
    own = slice(len(films) * rank // ranks, len(films) * (rank + 1) // ranks)
    _, step = with_torch(films[own], labels[own])
    step()
    seconds = []
    for _ in range(options.steps):
        torch.distributed.barrier()
        started = time.perf_counter()
        step()
        torch.distributed.barrier()
        seconds.append(time.perf_counter() - started)
    if rank == 0:
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)
        results.put(json.dumps({
            "images_per_second": options.batch / float(np.median(seconds)), "seconds_per_step": seconds,
            "peak_rss_bytes": peak, "version": torch.__version__,
        }))  # fmt: skip
    torch.distributed.destroy_process_group()


def exported(films):
    import torch

    path = Path(tempfile.gettempdir()) / f"cxr-{options.network}-{options.batch}.onnx"
    if not path.exists():
        network = torch_network().eval()
        whole = torch.nn.Sequential(network, torch.nn.Sigmoid())
        torch.onnx.export(whole, (torch.from_numpy(films),), path, dynamo=False, input_names=["x"], output_names=["y"])
    return path


def with_onnxruntime(films, _):
    import onnxruntime

    settings = onnxruntime.SessionOptions()
    settings.intra_op_num_threads, settings.inter_op_num_threads = options.threads, 1
    session = onnxruntime.InferenceSession(exported(films), settings, providers=["CPUExecutionProvider"])
    return onnxruntime.__version__, lambda: session.run(None, {"x": films})


def with_openvino(films, _):
    import openvino

    core = openvino.Core()
    compiled = core.compile_model(core.read_model(exported(films)), "CPU", {
        "INFERENCE_PRECISION_HINT": "bf16" if options.library.endswith("bf16") else "f32",
        "INFERENCE_NUM_THREADS": options.threads, "PERFORMANCE_HINT": "LATENCY",
    })  # fmt: skip
    request = compiled.create_infer_request()
    return openvino.__version__.split("-")[0], lambda: request.infer({0: films})


def count():
    """Of one film: multiplications with addition of convolutions by definition, and bytes read and written once."""
    import torch

    torch.set_num_threads(options.threads)
    found = {"multiply_adds": 0, "bytes": 0}

    def hook(layer, inputs, output):
        found["multiply_adds"] += output.numel() * layer.weight[0].numel()
        found["bytes"] += 4 * (inputs[0].numel() + output.numel())

    network = torch_network().eval()
    for layer in network.modules():
        if isinstance(layer, torch.nn.Conv2d):
            layer.register_forward_hook(hook)
    with torch.inference_mode():
        network(torch.zeros(1, 1, SIDE, SIDE))
    # What memory moves: half a gigabyte copied, read and written.
    one, other = torch.zeros(1 << 27), torch.zeros(1 << 27)
    seconds = []
    for _ in range(5):
        started = time.perf_counter()
        other.copy_(one)
        seconds.append(time.perf_counter() - started)
    print(json.dumps(found | {"copied_bytes_per_second": 2 * 4 * (1 << 27) / min(seconds)}))


def main():
    import numpy as np

    random = np.random.default_rng(0)
    films = random.standard_normal((options.batch, 1, SIDE, SIDE)).astype("float32")
    labels = (random.random((options.batch, LABELS)) < 0.1).astype("float32")
    make = {"tensorflow": with_tensorflow, "onnxruntime": with_onnxruntime, "openvino": with_openvino}
    if options.library in ("onnxruntime", "openvino", "openvino-bf16") and options.mode == "train":
        sys.exit(f"network_peers: {options.library} does not train")
    if options.library == "torch-ddp":
        import torch.multiprocessing

        context = torch.multiprocessing.get_context("spawn")
        results = context.SimpleQueue()
        torch.multiprocessing.spawn(
            rank_of_torch, (options.threads, films, labels, results), nprocs=options.threads
        )
        return print(results.get())
    version, step = make.get(options.library.removesuffix("-bf16"), with_torch)(films, labels)
    step()
    seconds = []
    for _ in range(options.steps):
        started = time.perf_counter()
        step()
        seconds.append(time.perf_counter() - started)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)
    print(json.dumps({
        "images_per_second": options.batch / float(np.median(seconds)), "seconds_per_step": seconds,
        "peak_rss_bytes": peak, "version": version,
    }))  # fmt: skip


if __name__ == "__main__":
    count() if options.library == "count" else main()
