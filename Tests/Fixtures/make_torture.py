"""Makes Tests/ReferenceTests/Fixtures/torture.npz: small films of every kind, whole and damaged, with what
TensorFlow's `decode_jpeg(channels=1)` makes of each: its grey levels, or nothing where it refuses."""

import io
import os
import struct
import sys
import zlib
from pathlib import Path

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
import numpy as np
import tensorflow as tf
from PIL import Image

sys.path.insert(0, str(Path(__file__).parent))
from make_fixtures import chunk, save

rng = np.random.default_rng(7)
HEIGHT, WIDTH = 13, 11
PASSES = ((0, 0, 8, 8), (0, 4, 8, 8), (4, 0, 8, 4), (0, 2, 4, 4), (2, 0, 4, 2), (0, 1, 2, 2), (1, 0, 2, 1))
CHANNELS = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}


def packed(row, depth):
    """A row of samples as PNG packs them."""
    if depth == 16:
        return row.astype(">u2").tobytes()
    if depth == 8:
        return row.astype(np.uint8).tobytes()
    bits = "".join(format(int(v), f"0{depth}b") for v in row.reshape(-1))
    bits += "0" * (-len(bits) % 8)
    return bytes(int(bits[i : i + 8], 2) for i in range(0, len(bits), 8))


def filtered(row, above, kind, step):
    """A row under one of PNG's filters."""
    out = bytearray([kind])
    for x, value in enumerate(row):
        a = row[x - step] if x >= step else 0
        b = above[x] if above else 0
        c = above[x - step] if above and x >= step else 0
        p = a + b - c
        nearest = a if abs(p - a) <= abs(p - b) and abs(p - a) <= abs(p - c) else b if abs(p - b) <= abs(p - c) else c
        out.append((value - (0, a, b, (a + b) // 2, nearest)[kind]) & 255)
    return bytes(out)


def png(samples, depth, colour, interlaced=False, extra=b"", pieces=1, size=None):
    """samples [height, width, channels]; every filter in turn."""
    step = max(1, depth * CHANNELS[colour] // 8)
    raw, number = b"", 0
    for y0, x0, dy, dx in PASSES if interlaced else ((0, 0, 1, 1),):
        part = samples[y0::dy, x0::dx]
        above = None
        if part.shape[0] == 0 or part.shape[1] == 0:
            continue
        for row in part:
            current = packed(row, depth)
            raw += filtered(current, above, number % 5, step)
            above, number = current, number + 1
    height, width = size or samples.shape[:2]
    stream = zlib.compress(raw, 9)
    cut = -(-len(stream) // pieces)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, depth, colour, 0, 0, int(interlaced)))
        + extra
        + b"".join(chunk(b"IDAT", stream[i : i + cut]) for i in range(0, len(stream), cut))
        + chunk(b"IEND", b"")
    )


def jpeg(array, mode, **options):
    buffer = io.BytesIO()
    Image.fromarray(array, mode).save(buffer, "JPEG", **options)
    return buffer.getvalue()


films = {}
palette = rng.integers(0, 256, (256, 3)).astype(np.uint8)
notes = {
    "": b"",
    "-gamma": chunk(b"gAMA", struct.pack(">I", 45455)),
    "-linear": chunk(b"gAMA", struct.pack(">I", 100000)),
    "-srgb": chunk(b"sRGB", b"\0") + chunk(b"gAMA", struct.pack(">I", 45455)),
}
for colour, depths in ((0, (1, 2, 4, 8, 16)), (2, (8, 16)), (3, (1, 2, 4, 8)), (4, (8, 16)), (6, (8, 16))):
    for depth in depths:
        samples = rng.integers(0, 2**depth, (HEIGHT, WIDTH, CHANNELS[colour]))
        before = chunk(b"PLTE", palette[: 2 ** min(depth, 8)].tobytes()) if colour == 3 else b""
        for interlaced in (False, True):
            for note, extra in notes.items():
                name = f"c{colour}-d{depth}{'-adam7' if interlaced else ''}{note}.png"
                films[name] = png(samples, depth, colour, interlaced, extra + before)
grey = rng.integers(0, 256, (HEIGHT, WIDTH, 1))
films["pieces.png"] = png(grey, 8, 0, pieces=7)
films["one.png"] = png(grey[:1, :1], 8, 0)
films["row.png"] = png(grey[:1], 8, 0)
films["column.png"] = png(grey[:, :1], 8, 0)
films["tall.png"] = png(rng.integers(0, 40, (70, 19, 1)), 8, 0)
films["text.png"] = png(grey, 8, 0, extra=chunk(b"tEXt", b"Comment\0none") + chunk(b"tIME", b"\x07\xe4\1\1\0\0\0"))
films["private.png"] = png(grey, 8, 0, extra=chunk(b"prVt", b"x"))
films["critical.png"] = png(grey, 8, 0, extra=chunk(b"CRIT", b"x"))
films["transparent.png"] = png(grey, 8, 0, extra=chunk(b"tRNS", b"\0\7"))
films["no-palette.png"] = png(grey % 4, 2, 3)
for depth, colour in ((3, 0), (16, 3), (4, 2), (8, 1), (8, 5)):
    body = bytearray(films["one.png"])
    body[24:26] = bytes([depth, colour])
    films[f"impossible-d{depth}-c{colour}.png"] = bytes(body[:29]) + struct.pack(">I", zlib.crc32(bytes(body[12:29]))) + bytes(body[33:])
films["zero.png"] = b""
films["nothing.png"] = bytes(200)
films["words.jpg"] = b"this is no film, whatever its name says\n" * 3

ramp = np.clip(np.add.outer(np.linspace(0, 180, 33), 30 * np.sin(np.arange(41) / 3)) + 30, 0, 255)
ramp = np.clip(ramp + rng.normal(0, 5, ramp.shape), 0, 255).astype(np.uint8)
three = np.stack([ramp, ramp[::-1], ramp[:, ::-1]], 2)
exif = Image.Exif()
exif[0x0112] = 6
films["baseline.jpg"] = jpeg(ramp, "L", quality=90)
films["optimised.jpg"] = jpeg(ramp, "L", quality=75, optimize=True)
films["colour.jpg"] = jpeg(three, "RGB", quality=80)
films["colour-422.jpg"] = jpeg(three, "RGB", quality=80, subsampling=1)
films["rgb.jpg"] = jpeg(three, "RGB", quality=90, keep_rgb=True)
films["progressive.jpg"] = jpeg(ramp, "L", quality=85, progressive=True)
films["restart.jpg"] = jpeg(ramp, "L", quality=80, restart_marker_blocks=2)
films["exif.jpg"] = jpeg(ramp, "L", quality=90, exif=exif)
films["cmyk.jpg"] = jpeg(np.concatenate([three, ramp[:, :, None]], 2), "CMYK", quality=90)
films["one.jpg"] = jpeg(ramp[:1, :1], "L", quality=90)

whole = dict(films)
for name in ("c0-d8.png", "c0-d16-adam7.png", "c6-d8-srgb.png", "pieces.png", "baseline.jpg", "progressive.jpg", "colour.jpg"):
    data = whole[name]
    stem, suffix = name.rsplit(".", 1)
    for k in range(16):
        films[f"{stem}-cut{k}.{suffix}"] = data[: len(data) * k // 16]
    for position in rng.choice(len(data), 24, replace=False):
        broken = bytearray(data)
        broken[position] ^= int(rng.integers(1, 256))
        films[f"{stem}-flip{position}.{suffix}"] = bytes(broken)

arrays, taken = {}, 0
for name, data in films.items():
    arrays[f"file/{name}"] = np.frombuffer(data, np.uint8).reshape(1, -1)
    if len(data) == 0:
        arrays[f"file/{name}"] = np.full((1, 1), -1)
    try:
        arrays[f"pixels/{name}"] = tf.io.decode_jpeg(tf.constant(data), channels=1, dct_method="INTEGER_ACCURATE").numpy()[:, :, 0]
        taken += 1
    except tf.errors.InvalidArgumentError:
        pass
save("torture", arrays)
print(f"{len(films)} films, {taken} taken; TensorFlow {tf.__version__}, Pillow {Image.__version__}")
