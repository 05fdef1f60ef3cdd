"""torchvision's networks as checkpoints of ours, and back; and files of arrays."""

import io
import json
import zipfile

import numpy as np
import torch

from torchvision_networks import LABELS, build

# Grey levels of 0 to 255: ImageNet's three channels' mean and deviation, as one channel.
MEAN, DEVIATION = 0.449 * 255, 0.226 * 255
NO_HASH = "0" * 64
OF_NORM = {"weight": "gamma", "bias": "beta", "running_mean": "moving_mean", "running_var": "moving_variance"}


def our_name(network, name):
    """What a parameter or buffer of PyTorch's is called here."""
    module, leaf = name.rsplit(".", 1)
    if isinstance(network.get_submodule(module), torch.nn.BatchNorm2d):
        leaf = OF_NORM[leaf]
    elif leaf == "weight":
        leaf = "kernel"
    return f"{module}.{leaf}".replace(".", "/")


def our_axes(array):
    """`[K, C, R, S]` as `[R, S, C, K]`, `[out, in]` as `[in, out]`."""
    return np.ascontiguousarray({4: lambda a: a.transpose(2, 3, 1, 0), 2: np.transpose, 1: np.copy}[array.ndim](array))


def torch_axes(array):
    return np.ascontiguousarray({4: lambda a: a.transpose(3, 2, 0, 1), 2: np.transpose, 1: np.copy}[array.ndim](array))


def named(network, tensors):
    """`{PyTorch's name: tensor}` by our names and axes; without the count of batches, which nothing here needs."""
    return {
        our_name(network, name): our_axes(tensor.detach().numpy())
        for name, tensor in tensors if not name.endswith("num_batches_tracked")
    }  # fmt: skip


def write_arrays(path, arrays, metadata="{}"):
    """A .npz file with `metadata.json`; its members are deflated."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        archive.writestr("metadata.json", metadata)
        for name, array in arrays.items():
            member = io.BytesIO()
            np.lib.format.write_array(member, np.asarray(array, "<f4"), allow_pickle=False)
            archive.writestr(name + ".npy", member.getbuffer())


def read_arrays(path):
    with np.load(path) as file:
        return {name: file[name] for name in file.files if name != "metadata.json"}


def write_network(path, network, architecture, side):
    write_arrays(path, named(network, network.state_dict().items()), json.dumps(metadata(architecture, side)))


def read_network(path):
    """The network of a checkpoint, and its architecture."""
    with np.load(path) as file:
        architecture = json.loads(file["metadata.json"])["architecture"]
    arrays, network = read_arrays(path), build(architecture)
    state = network.state_dict()
    kept = {our_name(network, name): name for name in state if not name.endswith("num_batches_tracked")}
    if kept.keys() != arrays.keys():
        raise ValueError(f"{path} holds other arrays: {sorted(kept.keys() ^ arrays.keys())[:5]}")
    network.load_state_dict(state | {kept[name]: torch.from_numpy(torch_axes(a)) for name, a in arrays.items()})
    return network, architecture


def metadata(architecture, side):
    """All that a checkpoint must say; what no forward pass needs is said of no film."""
    labels = [f"Finding {number}" for number in range(1, LABELS + 1)]
    return {
        "format_version": 1, "library_version": "0.2.0", "architecture": architecture, "labels": labels,
        "image": {
            "size": side, "resize": "bilinear", "jpeg_dct": "islow", "depth": "own", "dicom_range": "window",
            "png_bits": 16, "applies_exif_orientation": False, "storage": "fixed16",
            "mean": MEAN, "standard_deviation": DEVIATION,
        },
        "loss": "bce",
        "class_weights": [{"label": label, "negative": 1.0, "positive": 1.0} for label in labels],
        "split": {
            "kind": "random", "seed": 0, "lists_sha256": None,
            "train_patients_sha256": NO_HASH, "validation_patients_sha256": NO_HASH, "test_patients_sha256": NO_HASH,
            "train_patient_digests": [], "validation_patient_digests": [],
        },
        "label_file_sha256": NO_HASH, "seed": 0, "epoch": 0, "step": 0, "options": {},
        "progress": {"best_loss": None, "best_epoch": 0, "epochs_without_improvement": 0, "finished": True},
        "validation": None, "baseline": None, "typical_films": None, "device": None, "history": None,
        "unfinished_epoch": None,
    }  # fmt: skip
