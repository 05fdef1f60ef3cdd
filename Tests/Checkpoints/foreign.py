"""Files that NumPy writes: read to what its own astype("float32") gives, or refused with a remedy that works."""

import io
import random
import re
import zipfile

import numpy as np

import names
from reader import Refused
from written import random_shape

READ = ["f2", "f4", "f8", "i1", "i2", "i4", "i8", "u1", "u2", "u4", "u8", "b1"]
NOT_READ = ["c8", "c16", "g", "U5", "S4", "O", "M8[s]", "m8[D]", "V3", "fields", "many fields"]


class Stream(io.RawIOBase):
    """A file that cannot be sought in, as a pipe: its members have data descriptors."""

    def __init__(self, path):
        self.file = open(path, "wb")

    def writable(self):
        return True

    def write(self, data):
        return self.file.write(data)

    def close(self):
        self.file.close()
        super().close()


def values(rng, kind, count):
    """Numbers of a type, mostly such as a Float can be."""
    dtype = np.dtype(kind)
    if dtype.kind == "b":
        return np.array([rng.random() < 0.5 for _ in range(count)], dtype)
    if dtype.kind in "iu":
        info = np.iinfo(dtype)
        low, high = (info.min, info.max) if rng.random() < 0.1 else (max(info.min, -(2**24)), min(info.max, 2**24))
        numbers = [rng.randint(low, high) for _ in range(count)]
        if rng.random() < 0.2 and dtype.itemsize == 8:
            numbers = [n if abs(n) <= 2**24 else n >> 40 << 40 for n in numbers]
        return np.array(numbers, dtype)
    if kind == "f8" and rng.random() < 0.8:
        scale = rng.choice([1, 1e-30, 1e-44, 1e30])
        return np.array([rng.gauss(0, 1) * scale for _ in range(count)], dtype)
    return np.frombuffer(rng.randbytes(count * dtype.itemsize), dtype)


def structured(rng, kind):
    fields = ["x", "größe", "z"] if kind == "fields" else [f"field number {n}" for n in range(1500)]
    dtype = [(field, rng.choice(["<f4", ">i2", "<f8"])) for field in fields]
    array = np.zeros(rng.choice([(), (3,), (2, 2)]), dtype)
    for field in fields[:3]:
        array[field] = rng.randrange(100)
    return array


def random_array(rng):
    shape = random_shape(rng)
    if np.prod(shape) > 4096:
        shape = (3, 5, 2)
    if rng.random() < 0.02:
        shape = rng.choice([(70_000,), (300, 301), (2, 33_000), (33_000, 3), (41, 42, 43)])
    count = int(np.prod(shape))
    if rng.random() < 0.12:
        kind = rng.choice(NOT_READ)
        if "fields" in kind:
            return structured(rng, kind)
        numbers = np.array([rng.randrange(-999, 999) for _ in range(count)], "f8").reshape(shape)
        if kind == "O" and numbers.ndim > 32:
            # NumPy does not pickle them.
            numbers = numbers.ravel()
        if kind == "V3":
            return np.zeros(shape, "V3")
        if kind[0] in "Mm":
            return numbers.astype("i8").astype(kind)
        return numbers.astype(kind)
    kind = rng.choice(READ)
    array = values(rng, kind, count).reshape(shape)
    if rng.random() < 0.4:
        array = array.astype(array.dtype.newbyteorder(">"))
    if rng.random() < 0.4:
        array = np.asfortranarray(array) if array.ndim else array
    elif rng.random() < 0.1 and array.ndim:
        array = array.T
    return array


def write(rng, path, arrays):
    way = rng.choice(["savez", "compressed", "stream", "compressed stream", "by hand", "versions"])
    if way == "savez":
        np.savez(path, **arrays)
    elif way == "compressed":
        np.savez_compressed(path, **arrays)
    elif "stream" in way:
        with Stream(path) as stream:
            (np.savez if way == "stream" else np.savez_compressed)(stream, **arrays)
    else:
        method = rng.choice([zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED])
        with zipfile.ZipFile(path, "w", method) as archive:
            for name, array in arrays.items():
                data = io.BytesIO()
                fits_all = array.dtype.names is None
                version = rng.choice([(1, 0), (2, 0), (3, 0)]) if way == "versions" and fits_all else None
                np.lib.format.write_array(data, np.asanyarray(array), version=version)
                archive.writestr(name + ".npy", data.getvalue())
            if way == "by hand":
                archive.writestr("metadata.json", "{}")


def floats(array):
    """What NumPy makes of an array, or None where a number would be another one."""
    if array.dtype.kind not in "fiub" or array.dtype.itemsize > 8:
        return None
    with np.errstate(all="ignore"):
        converted = array.astype("float32", order="C")
    if array.dtype.kind in "iu" and array.ravel().tolist() != [int(x) for x in converted.ravel().tolist()]:
        return None
    if array.dtype.kind == "f" and (np.isfinite(array) & ~np.isfinite(converted)).any():
        return None
    return converted


def same_numbers(read, expected, exactly):
    if exactly:
        return read.tobytes() == expected.tobytes()
    # Which NaN a conversion gives depends on the processor.
    nan = np.isnan(expected)
    return (np.isnan(read) == nan).all() and np.where(nan, 0, read).tobytes() == np.where(nan, 0, expected).tobytes()


def follow(message, array):
    """What the remedy that a message names makes of an array: [array]."""
    if array.dtype.kind == "V" and not array.dtype.names:
        return []
    if "each of its fields" in message:
        expression = re.search(r"an array of its own, (a\S+)$", message)[1]
        return [eval(expression, {"a": array, "field": field}) for field in list(array.dtype.names)[:3]]
    expressions = re.findall(r"(a(?:\.\w+|\(\"\w+\"\))+)(?= and| in its place)", message)
    assert expressions, f"no remedy: {message}"
    with np.errstate(all="ignore"):
        return [eval(expression, {"a": array}) for expression in expressions]


def compare(reader, path, arrays):
    read, text = reader.read(path)
    assert text == "{}", text
    assert [name for name, _ in read] == list(arrays), "other names"
    for (name, found), array in zip(read, arrays.values()):
        expected = floats(np.asanyarray(array))
        assert expected is not None, f"{name!r} was read: {array.dtype}"
        assert found.shape == expected.shape, f"{name!r}: {found.shape}, not {expected.shape}"
        assert same_numbers(found, expected, array.dtype.kind == "f" and array.itemsize == 4), f"{name!r} differs"


def judge(reader, folder, count, seed):
    """Of `count` files: how many were read, how many refused, and how many arrays those that were read had."""
    rng, path = random.Random(seed), folder / "foreign.npz"
    taken = refused = held = 0
    for _ in range(count):
        arrays = {}
        for _ in range(rng.choice([0, 1, 1, 2, 3, 4])):
            arrays[names.random_name(rng, 0.01)] = random_array(rng)
        arrays.pop("metadata.json", None)
        arrays = {name: array for name, array in arrays.items() if len(name.encode()) <= names.LONGEST}
        write(rng, path, arrays)
        # Remedies are followed until the file is read; each must bring it on.
        for tries in range(20):
            try:
                compare(reader, path, arrays)
                break
            except Refused as error:
                arrays = mended(str(error), arrays)
                write(rng, path, arrays)
        else:
            raise AssertionError("the remedies did not help")
        taken, refused, held = taken + (tries == 0), refused + (tries > 0), held + len(arrays)
        path.unlink()
    return taken, refused, held


def mended(message, arrays):
    """The arrays after what a message says was done to the one that it names."""
    assert "damaged" not in message and not any(map(names.moves_cursor, message)), message
    repeated = names.repeated(list(arrays))
    for name, array in arrays.items():
        if f'array "{names.printed(name)}": ' not in message:
            continue
        rest = {other: value for other, value in arrays.items() if other != name}
        if message.endswith("give it another name"):
            assert names.is_refused(name) or name in repeated, f"refused: {message}"
            return {f"renamed {len(rest)}": array, **rest}
        array = np.asanyarray(array)
        assert floats(array) is None, f"refused: {message}"
        assert array.dtype.kind in "iuf" and array.itemsize <= 8 or array.dtype.kind not in "iufb" or array.dtype.char == "g"
        if "its elements are" in message:
            assert np.lib.format.dtype_to_descr(array.dtype) in message, f"no type: {message}"
        return {**rest, **{f"mended {len(rest)} {n}": one for n, one in enumerate(follow(message, array))}}
    raise AssertionError(f"no array is named: {message}")


def judge_damage(reader, folder, count, seed):
    """Of `count` files with one bit changed: how many were refused; the others were read to what they held."""
    rng, path = random.Random(seed), folder / "damaged.npz"
    refused = 0
    for _ in range(count):
        arrays = {f"a{n}": np.arange(rng.randrange(30), dtype=rng.choice(READ[:3])) for n in range(rng.randrange(1, 3))}
        write(rng, path, arrays)
        data = bytearray(path.read_bytes())
        data[rng.randrange(len(data))] ^= 1 << rng.randrange(8)
        path.write_bytes(data)
        try:
            compare(reader, path, arrays)
        except Refused:
            refused += 1
    return refused
