"""Writes the reference answers that ReferenceTests compare against (see README.md here)."""

import io
import json
import os
import struct
import sys
import warnings
import zlib

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
os.environ.setdefault("TF_ENABLE_ONEDNN_OPTS", "0")

import keras
import numpy as np
import sklearn
import tensorflow as tf
from fixture_files import OUT, save
from PIL import Image
from sklearn.metrics import (
    average_precision_score,
    classification_report,
    precision_recall_fscore_support,
    roc_auc_score,
    roc_curve,
)
from sklearn.model_selection import train_test_split

warnings.filterwarnings("ignore")
VERSIONS_FILE = OUT / "versions.json"
# PyTorch's stays where it is not asked.
VERSIONS = (json.loads(VERSIONS_FILE.read_text()) if VERSIONS_FILE.exists() else {}) | {
    "tensorflow": tf.__version__, "keras": keras.__version__, "scikit-learn": sklearn.__version__,
    "numpy": np.__version__, "pillow": Image.__version__ if hasattr(Image, "__version__") else "",
}  # fmt: skip


# ---- films -------------------------------------------------------------------------------------


def chunk(kind, data):
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def png(rows, width, height, depth, colour, extra=b"", interlace=0, end=True):
    """A PNG file from raw scanlines (filter 0), so that every depth and colour type is exact."""
    raw = b"".join(b"\0" + r for r in rows)
    out = b"\x89PNG\r\n\x1a\n"
    out += chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, depth, colour, 0, 0, interlace))
    out += extra + chunk(b"IDAT", zlib.compress(raw))
    return out + (chunk(b"IEND", b"") if end else b"")


def adam7(pixels):
    """Scanlines of an interlaced 8-bit grey film."""
    rows = []
    for y0, x0, dy, dx in (
        (0, 0, 8, 8), (0, 4, 8, 8), (4, 0, 8, 4), (0, 2, 4, 4), (2, 0, 4, 2), (0, 1, 2, 2), (1, 0, 2, 1),
    ):  # fmt: skip
        part = pixels[y0::dy, x0::dx]
        rows += [r.tobytes() for r in part if len(r)]
    return rows


def films():
    rng = np.random.default_rng(11)
    files = {}
    h, w = 37, 29
    smooth = np.add.outer(np.linspace(0, 140, h), np.linspace(0, 100, w))
    grey = np.clip(smooth + rng.normal(0, 12, (h, w)), 0, 255).astype(np.uint8)
    rgb = np.clip(np.stack([smooth, smooth[::-1], 255 - smooth], 2) + rng.normal(0, 9, (h, w, 3)), 0, 255)
    rgb = rgb.astype(np.uint8)
    for depth in (1, 2, 4):
        per = 8 // depth
        values = rng.integers(0, 2**depth, (h, w))
        rows = []
        for row in values:
            padded = np.concatenate([row, np.zeros(-len(row) % per, int)]).reshape(-1, per)
            rows.append(bytes(sum(int(v) << (8 - depth * (i + 1)) for i, v in enumerate(p)) for p in padded))
        files[f"grey{depth}.png"] = png(rows, w, h, depth, 0)
    files["grey8.png"] = png([r.tobytes() for r in grey], w, h, 8, 0)
    deep = rng.integers(0, 65536, (h, w)).astype(">u2")
    files["grey16.png"] = png([r.tobytes() for r in deep], w, h, 16, 0)
    files["grey8_gamma.png"] = png(
        [r.tobytes() for r in grey], w, h, 8, 0, chunk(b"gAMA", struct.pack(">I", 45455)))
    alpha = np.stack([grey, rng.integers(0, 256, (h, w)).astype(np.uint8)], 2)
    files["grey_alpha.png"] = png([r.tobytes() for r in alpha], w, h, 8, 4)
    files["grey8_interlaced.png"] = png(adam7(grey), w, h, 8, 0, interlace=1)
    files["rgb.png"] = png([r.tobytes() for r in rgb], w, h, 8, 2)
    files["rgb_gamma.png"] = png(
        [r.tobytes() for r in rgb], w, h, 8, 2, chunk(b"gAMA", struct.pack(">I", 45455)))
    files["rgb_srgb.png"] = png([r.tobytes() for r in rgb], w, h, 8, 2, chunk(b"sRGB", b"\0"))
    rgba = np.concatenate([rgb, rng.integers(0, 256, (h, w, 1)).astype(np.uint8)], 2)
    files["rgba.png"] = png([r.tobytes() for r in rgba], w, h, 8, 6)
    same = np.repeat(grey[:, :, None], 3, 2)
    same = np.concatenate([same, np.full((h, w, 1), 255, np.uint8)], 2)
    files["rgba_grey_gamma.png"] = png(
        [r.tobytes() for r in same], w, h, 8, 6,
        chunk(b"sRGB", b"\0") + chunk(b"gAMA", struct.pack(">I", 45455)))
    rgb16 = rng.integers(0, 65536, (h, w, 3)).astype(">u2")
    files["rgb16.png"] = png([r.tobytes() for r in rgb16], w, h, 16, 2)
    palette = rng.integers(0, 256, (16, 3)).astype(np.uint8)
    index = rng.integers(0, 16, (h, w)).astype(np.uint8)
    files["palette.png"] = png(
        [r.tobytes() for r in index], w, h, 8, 3,
        chunk(b"PLTE", palette.tobytes()) + chunk(b"tRNS", bytes(range(16))))
    files["trailing_junk.png"] = files["grey8.png"] + b"junk"
    files["no_end.png"] = png([r.tobytes() for r in grey], w, h, 8, 0, end=False)
    files["cut.png"] = files["grey8.png"][:-40]
    broken = bytearray(files["grey8.png"])
    broken[60] ^= 0xFF
    files["flipped.png"] = bytes(broken)

    def jpeg(array, mode, **options):
        buffer = io.BytesIO()
        Image.fromarray(array, mode).save(buffer, "JPEG", **options)
        return buffer.getvalue()

    big = np.clip(np.add.outer(np.linspace(0, 200, 61), 40 * np.sin(np.arange(83) / 4)) + 30, 0, 255)
    big = np.clip(big + rng.normal(0, 6, big.shape), 0, 255).astype(np.uint8)
    colour = np.stack([big, big[::-1], big[:, ::-1]], 2)
    files["grey.jpg"] = jpeg(big, "L", quality=90)
    files["grey_q100.jpg"] = jpeg(big, "L", quality=100)
    files["colour.jpg"] = jpeg(colour, "RGB", quality=85)
    files["colour_444.jpg"] = jpeg(colour, "RGB", quality=95, subsampling=0)
    files["progressive.jpg"] = jpeg(colour, "RGB", quality=85, progressive=True)
    files["restart.jpg"] = jpeg(big, "L", quality=80, restart_marker_blocks=4)
    files["one_pixel.jpg"] = jpeg(np.array([[77]], np.uint8), "L", quality=90)
    files["cut.jpg"] = files["grey.jpg"][:-200]
    files["no_end.jpg"] = files["grey.jpg"][:-2]
    files["junk.jpg"] = files["grey.jpg"] + b"junk"
    cmyk = np.concatenate([colour, big[:, :, None]], 2)
    files["cmyk.jpg"] = jpeg(cmyk, "CMYK", quality=90)
    middle = bytearray(files["grey_q100.jpg"])
    middle[len(middle) // 2] ^= 0x55
    files["corrupt_middle.jpg"] = bytes(middle)
    files["text.png"] = b"this is no film"
    files["gif.png"] = b"GIF89a" + bytes(20)
    files["empty.png"] = b""
    return files


def films_fixture():
    folder = OUT / "films"
    folder.mkdir(exist_ok=True)
    arrays, verdicts = {}, {}
    for name, data in films().items():
        (folder / name).write_bytes(data)
        for dct, label in (("INTEGER_ACCURATE", "islow"), ("INTEGER_FAST", "ifast")):
            if label == "ifast" and not name.endswith(".jpg"):
                continue
            try:
                image = tf.io.decode_jpeg(tf.constant(data), channels=1, dct_method=dct).numpy()
                arrays[f"{label}/{name}"] = image[:, :, 0]
                verdicts[name] = True
            except tf.errors.InvalidArgumentError:
                verdicts[name] = False
    for name in ("grey8.png", "grey.jpg", "rgb.png", "grey_q100.jpg", "one_pixel.jpg"):
        image = tf.constant(arrays[f"islow/{name}"][:, :, None].astype(np.uint8))
        for side in (11, 37, 64):
            arrays[f"bilinear/{side}/{name}"] = tf.image.resize(image, [side, side])[:, :, 0]
            arrays[f"antialias/{side}/{name}"] = tf.image.resize(
                image, [side, side], antialias=True)[:, :, 0]
    save("films", arrays)
    (OUT / "films.json").write_text(json.dumps({"accepted": verdicts}, indent=1, sort_keys=True) + "\n")


def augmentation_fixture():
    rng = np.random.default_rng(5)
    arrays = {}
    cases = {"square": (24, 24), "wide": (17, 31)}
    for name, (h, w) in cases.items():
        image = (rng.random((h, w)) * 255).astype(np.float32)
        arrays[f"{name}/input"] = image

        # Keras's own layers, with their random draw replaced by a given one.
        for degrees in (-36.0, -13.7, 0.0, 5.25, 35.9, 90.0):
            layer = keras.layers.RandomRotation(0.1)
            zeros, ones = tf.zeros([1]), tf.ones([1])
            matrix = layer._compute_affine_matrix(
                center_x=0.5, center_y=0.5, angle=tf.constant([degrees], tf.float32),
                translate_x=zeros, translate_y=zeros, scale=ones, shear_x=zeros, shear_y=zeros,
                height=h, width=w)
            out = layer.transform_images(
                tf.constant(image[None, :, :, None]), {"rotation_matrix": matrix}, training=True)
            arrays[f"{name}/rotated/{degrees}"] = np.asarray(out)[0, :, :, 0]
        for factor in (0.8, 0.93, 1.0, 1.07, 1.2):
            layer = keras.layers.RandomZoom(0.2)
            f = tf.constant([[factor]], tf.float32)
            out = layer.transform_images(
                tf.constant(image[None, :, :, None]),
                {"height_zoom": f, "width_zoom": f}, training=True)
            arrays[f"{name}/zoomed/{factor}"] = np.asarray(out)[0, :, :, 0]
    save("augmentation", arrays)


# ---- operations ---------------------------------------------------------------------------------


def recorder(arrays, rng):
    """What puts an operation into `arrays`: inputs, output, a random output gradient, and the gradient of every input."""

    def record(name, inputs, function):
        variables = [tf.Variable(v.astype(np.float32)) for v in inputs]
        with tf.GradientTape() as tape:
            out = function(*variables)
            seed = rng.standard_normal(out.shape).astype(np.float32)
            loss = tf.reduce_sum(out * seed)
        for i, (v, g) in enumerate(zip(variables, tape.gradient(loss, variables))):
            arrays[f"{name}/input{i}"] = v
            arrays[f"{name}/gradient{i}"] = g
        arrays[f"{name}/output"] = out
        arrays[f"{name}/seed"] = seed

    return record


def operations_fixture():
    rng = np.random.default_rng(7)
    arrays = {}

    record = recorder(arrays, rng)
    normal = lambda *s: rng.standard_normal(s)
    record("matmul", [normal(5, 7), normal(7, 3)], tf.matmul)
    record("add", [normal(4, 6), normal(4, 6)], lambda a, b: a + b)
    record("addRow", [normal(2, 3, 4, 5), normal(5)], lambda a, b: a + b)
    x = normal(3, 8)
    x[0, 0] = 0
    record("relu", [x], tf.nn.relu)
    record("sigmoid", [normal(3, 8) * 6], tf.sigmoid)
    for n, h, w, c, k, r, s, stride, padding in (
        (2, 11, 9, 1, 3, 3, 3, 1, "VALID"), (2, 13, 12, 3, 5, 7, 7, 1, "VALID"),
        (1, 10, 11, 4, 6, 3, 5, 2, "SAME"), (2, 9, 9, 2, 3, 4, 4, 1, "SAME"),
        (3, 8, 7, 5, 4, 1, 1, 1, "VALID"), (1, 12, 12, 2, 2, 5, 5, 3, "VALID"),
        (2, 7, 10, 3, 2, 2, 3, 3, "SAME"),
    ):  # fmt: skip
        record(
            f"conv/{n}_{h}_{w}_{c}_{k}_{r}_{s}_{stride}_{padding.lower()}",
            [normal(n, h, w, c), normal(r, s, c, k), normal(k)],
            lambda x, w_, b: tf.nn.conv2d(x, w_, stride, padding) + b)
    pooled = np.round(normal(2, 9, 8, 3) * 2) / 2  # with ties
    record("maxPool2", [pooled], lambda x: tf.nn.max_pool2d(x, 2, 2, "VALID"))
    record("maxPool3", [pooled], lambda x: tf.nn.max_pool2d(x, 3, 3, "VALID"))
    record("averagePool2", [normal(2, 9, 8, 3)], lambda x: tf.nn.avg_pool2d(x, 2, 2, "VALID"))
    record("globalAverage", [normal(2, 5, 4, 3)], lambda x: tf.reduce_mean(x, [1, 2]))
    record("sum", [normal(3, 4)], tf.reduce_sum)
    record("mean", [normal(3, 4)], tf.reduce_mean)
    record("reshape", [normal(3, 4)], lambda x: tf.reshape(x, [2, 6]))
    record("concat1", [normal(2, 3, 4), normal(2, 5, 4)], lambda a, b: tf.concat([a, b], 1))
    record("concat2", [normal(2, 3, 4), normal(2, 3, 1)], lambda a, b: tf.concat([a, b], 2))

    layer = keras.layers.BatchNormalization()
    layer.build((None, None, None, 5))
    gamma, beta = normal(5), normal(5)
    x = normal(3, 4, 6, 5) * 3 + 10 * normal(5)
    layer.set_weights([gamma, beta, normal(5), rng.random(5) + 0.5])
    arrays["norm/before_mean"], arrays["norm/before_variance"] = layer.get_weights()[2:]
    record("norm_inference", [x], lambda x: layer(x, training=False))
    record(
        "norm", [x, gamma, beta],
        lambda x, g, b: tf.nn.batch_normalization(
            x, *tf.nn.moments(x, [0, 1, 2]), b, g, 1e-3))
    layer(tf.constant(x, tf.float32), training=True)
    arrays["norm/after_mean"], arrays["norm/after_variance"] = layer.get_weights()[2:]

    logits = normal(6, 4) * 4
    logits[0, 0], logits[0, 1] = 100, -100
    labels = (rng.random((6, 4)) < 0.4).astype(np.float32)
    labels[0, :2] = 0, 1
    w0, w1 = rng.random(4) + 0.5, rng.random(4) * 20
    arrays["loss/labels"], arrays["loss/negative"], arrays["loss/positive"] = labels, w0, w1

    def elementwise(z):
        return tf.nn.sigmoid_cross_entropy_with_logits(labels, z)

    record("bce", [logits], lambda z: tf.reduce_mean(elementwise(z)))
    weights = (labels * w1 + (1 - labels) * w0).astype(np.float32)
    record(
        "weightedBCE", [logits],
        lambda z: tf.reduce_mean(tf.reduce_sum(weights * elementwise(z), axis=1)))
    save("operations", arrays)


def algebra_fixture():
    rng = np.random.default_rng(11)
    arrays = {}
    record = recorder(arrays, rng)
    normal = lambda *s: rng.standard_normal(s)
    pairs = {
        "equal": ([3, 4], [3, 4]), "row": ([2, 3, 4], [4]), "column": ([2, 3, 4], [2, 3, 1]),
        "both": ([2, 1, 4], [3, 1]), "scalar": ([2, 3], []),
    }  # fmt: skip
    operations = {
        "add": tf.add, "subtract": tf.subtract, "multiply": tf.multiply, "divide": tf.divide, "maximum": tf.maximum,
    }  # fmt: skip
    for kind, shapes in pairs.items():
        for name, function in operations.items():
            # Halves, of which some are equal on both sides; none is 0, by which nothing can be divided.
            halves = [np.round(normal(*shape) * 2) / 2 for shape in shapes]
            record(f"{name}/{kind}", [np.where(x == 0, 1, x) for x in halves], function)
    x = normal(3, 4, 5) * 3
    above = np.abs(x) + 0.1
    record("exp", [x], tf.exp)
    record("log", [above], tf.math.log)
    record("sqrt", [above], tf.sqrt)
    record("tanh", [x], tf.tanh)
    record("square", [x], tf.square)
    record("power", [above], lambda x: tf.pow(x, 2.5))
    record("cube", [x], lambda x: tf.pow(x, 3.0))
    halves = np.round(x * 2) / 2  # with ties, and some at the bounds
    record("clip", [halves], lambda x: tf.clip_by_value(x, -1.5, 2.0))
    record("softmax", [x * 4], tf.nn.softmax)
    record("softmax1", [x * 4], lambda x: tf.nn.softmax(x, axis=1))
    for axes in ([0], [1], [2], [0, 2], [0, 1, 2]):
        name = "".join(map(str, axes))
        record(f"sum{name}", [x], lambda x: tf.reduce_sum(x, axes))
        record(f"mean{name}", [x], lambda x: tf.reduce_mean(x, axes, keepdims=True))
        record(f"max{name}", [halves], lambda x: tf.reduce_max(x, axes))
    record("slice", [x], lambda x: x[:, 1:3])
    record("slice2", [x], lambda x: x[:, :, 2:])
    save("algebra", arrays)


# ---- layers of PyTorch ---------------------------------------------------------------------------


def layers_fixture():
    """Convolution, pooling and batch normalisation as PyTorch has them, which alone needs it; all in its order of
    axes, [N, C, H, W] and [K, C, R, S], turned into ours."""
    import torch
    from torch.nn import functional

    rng = np.random.default_rng(13)
    arrays = {}
    normal = lambda *s: torch.tensor(rng.standard_normal(s), dtype=torch.float32)

    def ours(x):
        return x.detach().numpy().transpose(0, 2, 3, 1) if x.ndim == 4 else x.detach().numpy()

    def record(name, inputs, function, kernels=()):
        """As `recorder`'s; the inputs in `kernels` are kernels."""
        leaves = [x.clone().requires_grad_() for x in inputs]
        out = function(*leaves)
        seed = normal(*out.shape)
        (out * seed).sum().backward()
        for i, leaf in enumerate(leaves):
            turn = (lambda x: x.detach().numpy().transpose(2, 3, 1, 0)) if i in kernels else ours
            arrays[f"{name}/input{i}"], arrays[f"{name}/gradient{i}"] = turn(leaf), turn(leaf.grad)
        arrays[f"{name}/output"], arrays[f"{name}/seed"] = ours(out), ours(seed)
        return out

    for n, c, h, w, k, r, stride, padding in (
        (2, 3, 9, 8, 4, 3, 1, 1), (2, 3, 9, 8, 4, 3, 2, 1), (1, 5, 8, 9, 6, 3, 1, 3), (1, 4, 9, 7, 3, 3, 2, 3),
        (1, 1, 16, 15, 8, 7, 1, 3), (2, 1, 17, 16, 8, 7, 2, 3), (1, 3, 6, 5, 2, 1, 1, 1), (1, 3, 6, 5, 2, 1, 2, 0),
    ):  # fmt: skip
        record(
            f"conv/{n}_{h}_{w}_{c}_{k}_{r}_{stride}_{padding}", [normal(n, c, h, w), normal(k, c, r, r)],
            lambda x, weight: functional.conv2d(x, weight, stride=stride, padding=padding), kernels={1})
    for name, h, w in (("even", 8, 10), ("odd", 9, 7)):
        ties = torch.round(normal(2, 3, h, w) * 2) / 2 - 4  # most below 0, where zeros of a border would win
        record(f"max/{name}", [ties], lambda x: functional.max_pool2d(x, 3, 2, 1))
        for counts in (True, False):
            record(
                f"average/{name}/{'cells' if counts else 'pixels'}", [normal(2, 3, h, w)],
                lambda x: functional.avg_pool2d(x, 3, 2, 1, count_include_pad=counts))
        record(f"average/{name}/2", [normal(2, 3, h, w)], lambda x: functional.avg_pool2d(x, 2, 2))

    norm = torch.nn.BatchNorm2d(5, eps=1e-5, momentum=0.1)
    gamma, beta = normal(5), normal(5)
    with torch.no_grad():
        norm.weight.copy_(gamma), norm.bias.copy_(beta)
        norm.running_mean.copy_(normal(5)), norm.running_var.copy_(normal(5) ** 2 + 0.5)
    arrays["norm/mean"], arrays["norm/variance"] = norm.running_mean.numpy().copy(), norm.running_var.numpy().copy()
    for step in range(2):

        def forward(x, weight, bias):
            return functional.batch_norm(
                x, norm.running_mean, norm.running_var, weight, bias, training=True, momentum=norm.momentum, eps=norm.eps)

        record(f"norm/{step}", [normal(3, 5, 3, 2) * 3 + 2, gamma, beta], forward)
        arrays[f"norm/{step}/mean"], arrays[f"norm/{step}/variance"] = (
            norm.running_mean.numpy().copy(), norm.running_var.numpy().copy())
    norm.eval()
    record("norm/inference", [normal(2, 5, 3, 2)], norm)
    save("layers", arrays)
    VERSIONS["torch"] = torch.__version__


# ---- the network --------------------------------------------------------------------------------


def network(size, labels, channels):
    layers = [keras.Input((size, size, 1))]
    for c in channels:
        layers += [
            keras.layers.Conv2D(c, 7, activation="relu"), keras.layers.MaxPooling2D(),
            keras.layers.BatchNormalization(),
        ]  # fmt: skip
    layers += [
        keras.layers.GlobalAveragePooling2D(), keras.layers.Dropout(0.2),
        keras.layers.Dense(labels, activation="sigmoid"),
    ]  # fmt: skip
    return keras.Sequential(layers)


def names(blocks):
    result = []
    for i in range(1, blocks + 1):
        result += [f"block{i}/conv/kernel", f"block{i}/conv/bias"]
        result += [f"block{i}/norm/{n}" for n in ("gamma", "beta", "moving_mean", "moving_variance")]
    return result + ["head/kernel", "head/bias"]


def network_fixture():
    keras.utils.set_random_seed(3)
    rng = np.random.default_rng(13)
    size, labels, channels = 28, 3, (4, 6)  # 28 > 22 > 11 > 5 > 2
    model = network(size, labels, channels)
    weights = []
    for name, w in zip(names(2), model.get_weights()):
        if name.endswith(("gamma", "moving_variance")):
            w = rng.random(w.shape) + 0.5
        elif not name.endswith("kernel"):
            w = rng.standard_normal(w.shape) * 0.2
        weights.append(w.astype(np.float32))
    model.set_weights(weights)
    x = rng.standard_normal((5, size, size, 1)).astype(np.float32)
    y = (rng.random((5, labels)) < 0.4).astype(np.float32)
    w0, w1 = np.array([0.6, 0.55, 0.52]), np.array([3.0, 5.5, 13.0])
    arrays = {f"weights/{n}": w for n, w in zip(names(2), weights)}
    arrays |= {"films": x, "labels": y, "negative": w0, "positive": w1}
    arrays["probabilities/inference"] = model(x, training=False)

    # Training mode without dropout, whose draw is not reproducible: its rate is set to zero.
    for layer in model.layers:
        if isinstance(layer, keras.layers.Dropout):
            layer.rate = 0.0
    variables = {
        n: v
        for n, v in zip(
            [n for n in names(2) if "moving" not in n], model.trainable_variables)
    }

    def logits_of(x, training):
        for layer in model.layers[:-1]:
            x = layer(x, training=training) if isinstance(
                layer, keras.layers.BatchNormalization) else layer(x)
        return tf.matmul(x, model.layers[-1].kernel) + model.layers[-1].bias

    def losses(z):
        e = tf.nn.sigmoid_cross_entropy_with_logits(y, z)
        weights = (y * w1 + (1 - y) * w0).astype(np.float32)
        return {
            "bce": tf.reduce_mean(e),
            "weighted": tf.reduce_mean(tf.reduce_sum(weights * e, axis=1)),
        }

    for kind in ("bce", "weighted"):
        model.set_weights(weights)
        with tf.GradientTape() as tape:
            z = logits_of(x, True)
            loss = losses(z)[kind]
        arrays[f"{kind}/loss"] = loss
        arrays[f"{kind}/logits"] = z
        for n, g in zip(variables, tape.gradient(loss, list(variables.values()))):
            arrays[f"{kind}/gradient/{n}"] = g
        after = dict(zip(names(2), model.get_weights()))
        for n in names(2):
            if "moving" in n:
                arrays[f"{kind}/statistics/{n}"] = after[n]
    save("network", arrays)

    # Ten Adam steps with given gradients: the optimizer alone.
    rng = np.random.default_rng(17)
    adam = keras.optimizers.Adam(1e-3)
    v = tf.Variable(rng.standard_normal((4, 5)).astype(np.float32))
    steps = {"start": v.numpy()}
    for step in range(10):
        g = (rng.standard_normal((4, 5)) * 10.0 ** rng.uniform(-6, 2, (4, 5))).astype(np.float32)
        adam.apply_gradients([(tf.constant(g), v)])
        steps[f"gradient/{step}"], steps[f"weights/{step}"] = g, v.numpy()
    save("adam", steps)

    # Ten steps of the whole network.
    model.set_weights(weights)
    adam = keras.optimizers.Adam(1e-3)
    path = {}
    for step in range(10):
        with tf.GradientTape() as tape:
            loss = losses(logits_of(x, True))["weighted"]
        adam.apply_gradients(
            zip(tape.gradient(loss, list(variables.values())), variables.values()))
        path[f"loss/{step}"] = loss
    path["probabilities"] = model(x, training=False)
    save("ten_steps", path)

    reference = network(224, 14, (16, 32, 64, 128))
    (OUT / "reference_model.json").write_text(
        json.dumps(
            {
                "parameters": reference.count_params(),
                "trainable": int(sum(np.prod(v.shape) for v in reference.trainable_variables)),
                "output_shapes": [list(layer.output.shape[1:]) for layer in reference.layers],
            }, indent=1) + "\n")


# ---- metrics and splits --------------------------------------------------------------------------


def metrics_fixture():
    rng = np.random.default_rng(23)
    cases = []
    for name, n, k, decimals, rate in (
        ("plain", 400, 5, None, 0.2), ("ties", 300, 4, 2, 0.3), ("rare", 250, 6, None, 0.02),
        ("float_edges", 200, 3, 1, 0.5), ("tiny", 5, 2, None, 0.5),
    ):  # fmt: skip
        truth = rng.random((n, k)) < rate
        score = np.clip(rng.normal(0.35, 0.2, (n, k)) + 0.25 * truth, 0, 1).astype(np.float32)
        if decimals is not None:
            score = np.round(score, decimals).astype(np.float32)
        if name == "rare":
            truth[:, 0] = False
            truth[:, 1] = True
        cases.append((name, truth, score))
    fixtures = []
    for name, truth, score in cases:
        k = truth.shape[1]
        labels = [f"label_{i}" for i in range(k)]
        if name == "plain":
            labels[2] = "a_much_longer_label_name"
        defined = [bool(truth[:, i].any() and not truth[:, i].all()) for i in range(k)]
        predicted = score > 0.5
        p, r, f, s = precision_recall_fscore_support(truth, predicted, zero_division=0)
        curves = []
        for i in range(k):
            fpr, tpr, threshold = roc_curve(truth[:, i], score[:, i])
            curves.append(
                {"fpr": fpr.tolist(), "tpr": tpr.tolist(), "thresholds": threshold[1:].tolist()}
                if defined[i] else None)
        auc = keras.metrics.AUC(multi_label=True)
        precision, recall = keras.metrics.Precision(), keras.metrics.Recall()
        accuracy = keras.metrics.BinaryAccuracy()
        for start in range(0, len(truth), 64):
            for metric in (auc, precision, recall, accuracy):
                metric.update_state(truth[start : start + 64], score[start : start + 64])
        fixtures.append({
            "name": name, "labels": labels, "truth": truth.astype(int).tolist(),
            "score": [[float(str(v)) for v in row] for row in score],
            "auc": [roc_auc_score(truth[:, i], score[:, i]) if defined[i] else None for i in range(k)],
            "average_precision": [
                average_precision_score(truth[:, i], score[:, i]) if truth[:, i].any() else None
                for i in range(k)],
            "roc": curves, "precision": p.tolist(), "recall": r.tolist(), "f1": f.tolist(),
            "support": s.tolist(),
            "report": classification_report(truth, predicted, target_names=labels, zero_division=0),
            "keras": {
                "auc": float(auc.result()), "precision": float(precision.result()),
                "recall": float(recall.result()), "binary_accuracy": float(accuracy.result())},
        })  # fmt: skip
    (OUT / "metrics.json").write_text(json.dumps(fixtures) + "\n")


def split_fixture():
    cases = []
    for n in (1, 2, 3, 10, 64, 65, 100, 625, 1000):
        for seed in (0, 1, 42, 65536, 2**31, 2**32 - 1):
            cases.append({
                "count": n, "seed": seed,
                "permutation": np.random.RandomState(seed).permutation(n).tolist()})
    splits = []
    for n, size, seed in (
        (10, 0.2, 0), (100, 0.07, 3), (264, 0.26, 0), (55, 0.125, 7), (3, 0.5, 1), (1000, 0.333, 9),
    ):
        train, test = train_test_split(list(range(n)), test_size=size, random_state=seed)
        splits.append({"count": n, "size": size, "seed": seed, "train": train, "test": test})
    (OUT / "splits.json").write_text(
        json.dumps({"permutations": cases, "splits": splits}) + "\n")


FIXTURES = {
    "films": films_fixture, "augmentation": augmentation_fixture, "operations": operations_fixture,
    "algebra": algebra_fixture, "layers": layers_fixture, "network": network_fixture, "metrics": metrics_fixture, "split": split_fixture,
}  # fmt: skip

if __name__ == "__main__":
    for name in sys.argv[1:] or FIXTURES:
        FIXTURES[name]()
    VERSIONS_FILE.write_text(json.dumps(VERSIONS, indent=1) + "\n")
