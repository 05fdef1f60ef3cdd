"""Random arrays that the program writes: read back by it and by NumPy with the same bits, or refused by a name."""

import random
import struct

import numpy as np

import names
from reader import Refused, same_bits


def random_shape(rng):
    if rng.random() < 0.05:
        return tuple(rng.choice([1, 1, 1, 1, 1, 1, 2, 0]) for _ in range(rng.randrange(6, 65)))
    return tuple(rng.choice([0, 1, 2, 3, 4, 5, 7]) for _ in range(rng.choice([0, 1, 1, 2, 2, 3, 4])))


def random_array(rng):
    shape = random_shape(rng)
    if np.prod(shape) > 4096:
        shape = (int(np.prod(shape)) % 4096,)
    if rng.random() < 0.005:
        shape = (rng.randrange(1, 40_000),)
    count = int(np.prod(shape))
    kind = rng.random()
    if kind < 0.6:
        bits = rng.randbytes(4 * count)
    else:
        special = [0x7FC00001, 0xFFABCDEF, 0x7F800001, 0x7F800000, 0xFF800000, 0x80000000, 0, 1, 0x3F800000]
        bits = b"".join(struct.pack("<I", rng.choice(special)) for _ in range(count))
    return np.frombuffer(bits, "<f4").reshape(shape)


def random_text(rng):
    return rng.choice(["{}", "", '{"format_version": 1, "name": "ä"}', "\x00\x1b any text \U0001fa7b" * rng.randrange(99)])


def equals_numpy(path, arrays, text):
    with np.load(path) as file:
        assert file.files == ["metadata.json"] + [name for name, _ in arrays], "other names"
        assert file["metadata.json"] == text.encode(), "another text"
        for name, array in arrays:
            read = file[name]
            assert read.dtype == np.dtype("<f4") and same_bits(read, array), f"{name!r} is another array to NumPy"


def refused_names(arrays):
    every = [name for name, _ in arrays]
    return {n for n in every if names.is_refused(n)} | names.repeated(every) | names.ambiguous(every)


def judge(reader, folder, count, seed):
    """Until `count` were written; gives how many arrays these had, and how many files were refused."""
    rng = random.Random(seed)
    written = refused = held = 0
    while written < count:
        path = folder / "written.npz"
        arrays = [(names.random_name(rng), random_array(rng)) for _ in range(rng.choice([0, 1, 1, 2, 3, 5]))]
        if rng.random() < 0.001:
            arrays = [(f"{names.random_name(rng, 0)}:{n}", random_array(rng)) for n in range(rng.randrange(2000))]
        text, bad = random_text(rng), refused_names(arrays)
        try:
            read, said = reader.write(path, arrays, text)
        except Refused as error:
            message = str(error)
            assert any(f'array "{names.printed(n)}": ' in message for n in bad), f"refused: {message}"
            assert "give it another name" in message and not any(map(names.moves_cursor, message)), message
            assert not path.exists(), f"a file was written: {message}"
            refused += 1
            continue
        assert not bad, f"written: {bad}"
        assert said == text and [n for n, _ in read] == [n for n, _ in arrays], "other names or another text"
        assert all(same_bits(a, b) for (_, a), (_, b) in zip(read, arrays)), "other bits"
        equals_numpy(path, arrays, text)
        path.unlink()
        written, held = written + 1, held + len(arrays)
    return written, held, refused


def judge_the_most(reader, folder):
    """As many arrays as the format counts without ZIP64, a name as long, and one of each more."""
    one, path = np.ones(1, "<f4"), folder / "most.npz"
    for arrays, more in [
        ([(f"a{n}", one) for n in range(65_534)], [("more", one)]),
        ([("ß" * (names.LONGEST // 2) + "a", one)], [("n" * (names.LONGEST + 1), one)]),
        ([("n" * names.LONGEST, one)], [("n" * 70_000, one)]),
        ([("a", np.ones((1,) * 64, "<f4"))], []),
    ]:
        read, _ = reader.write(path, arrays, "{}")
        assert all(a[0] == b[0] and same_bits(a[1], b[1]) for a, b in zip(read, arrays))
        equals_numpy(path, arrays, "{}")
        path.unlink()
        if more:
            try:
                reader.write(path, arrays + more, "{}")
                raise AssertionError("more was written than the format counts")
            except Refused as error:
                assert "more than" in str(error) and not path.exists(), str(error)
