"""Names of arrays, and which of them a checkpoint may hold, told by other means than the reader's."""

import unicodedata
from collections import Counter

LETTERS = [
    "abcxyzABC019", "_.-/", " :+=()[]{}'\"#%&,;!?@^~|<>*$`\\", "äöüßéñç", "αβγδΩж", "日本語漢字", "😀🩻",
    "e\u0301a\u0308", "\u0627\u0628\u05d0\u05d1", "\u200d\u00a0\u3000\u0600",
]  # fmt: skip
REFUSED = [
    "\x1b[2J", "\n", "\r", "\t", "\x7f", "\x85", "\x01", "\u202e", "\u2066", "\u200f", "\u2028", "\u2029",
]  # fmt: skip
ELSEWHERE = ["../a", "/a", "a/../b", "..", "..\\a", "\\a", "C:\\a", "c:/a", "a\\..\\b"]
BIDI = {0x61C, 0x200E, 0x200F, *range(0x202A, 0x202F), *range(0x2066, 0x206A)}
LONGEST = 65_531


def random_name(rng, bad=0.02):
    """Mostly of one or two alphabets, as names are."""
    if rng.random() < bad:
        return rng.choice(ELSEWHERE)
    alphabets = rng.sample(LETTERS, rng.choice([1, 1, 2, 3]))
    name = "".join(rng.choice(rng.choice(alphabets)) for _ in range(rng.randrange(0, 12)))
    if rng.random() < 0.1:
        name = rng.choice(["conv:0", "block1/conv/kernel", "größe", "a b", "w:0", "a.npy", "metadata.json"])
    if rng.random() < bad:
        place = rng.randrange(len(name) + 1)
        name = name[:place] + rng.choice(REFUSED) + name[place:]
    if rng.random() < 0.005:
        name = (name or "n") * 5000
    return name


def moves_cursor(letter):
    return unicodedata.category(letter) in ("Cc", "Zl", "Zp") or ord(letter) in BIDI


def is_refused(name):
    """Whether a name may be in no checkpoint, whatever else is in it."""
    parts = name.replace("\\", "/").split("/")
    drive = len(name) > 2 and name[1:3] in (":/", ":\\") and name[0].isascii() and name[0].isalpha()
    return (
        len(name.encode()) > LONGEST or any(map(moves_cursor, name)) or name[:1] in ("/", "\\") or ".." in parts or drive
    )  # fmt: skip


def repeated(names):
    """The names that are those of two arrays."""
    plain = [unicodedata.normalize("NFC", name) for name in names]
    counts = Counter(plain)
    return {name for name, one in zip(names, plain) if counts[one] > 1}


def ambiguous(names):
    """The names by which NumPy would find something else."""
    return {name for name in names if name == "metadata.json" or (name.endswith(".npy") and name[:-4] in names)}


def printed(name):
    """As messages print it."""
    text = "".join(f"\\u{{{ord(c):X}}}" if moves_cursor(c) else c for c in name[:200])
    return text + ("…" if len(name) > 200 else "")
