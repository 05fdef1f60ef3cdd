"""Archives that are made to do harm, and strange ones that are sound; imported by archives.py.

FORMS lists them: a name, the archive's file name, and what may become of the one film that is looked for in
it:

    read         it is prepared, and all figures are those of the unpacked set
    ignored      it is not found, as if the archive did not hold it
    unreadable   it is found and cannot be decoded
    refused      the program ends with a message that names the archive (and the member, where `named`)

`make(form, path, scene)` writes one. A scene has the film (`name`, `data`), a folder `outside` where nothing
may be written, a readable film `secret` in it that no link may reach, and `large`, the size of what is called
large.
"""

import gzip
import random
import shutil
import struct
import tempfile
import zlib
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import packing

FORMS = []


@dataclass
class Scene:
    name: str
    data: bytes
    outside: Path
    secret: Path
    large: int
    many: int


@dataclass
class Form:
    name: str
    file: str
    outcomes: set
    named: bool
    write: object


def form(name, file, outcomes, named=True):
    def add(write):
        FORMS.append(Form(name, file, set(outcomes.split()), named, write))
        return write

    return add


def make(one, path, scene):
    with open(path, "wb") as file:
        one.write(file, scene)


# ---- tar, by hand: tarfile refuses to write most of this


def number(value):
    """Of a header's size field: octal, or base 256 for what is too large or negative."""
    if 0 <= value < 8**11:
        return b"%011o\0" % value
    return (value & ((1 << 96) - 1) | (1 << 95)).to_bytes(12, "big")


def header(
    name, size=0, kind=b"0", link=b"", size_field=None, checksum=None, magic=b"ustar\0" + b"00", prefix=b""
):
    block = bytearray(512)
    block[0:100] = name[:100].ljust(100, b"\0")
    block[100:124] = b"0000644\0" * 3
    block[124:136] = (size_field or number(size))[:12].ljust(12, b"\0")
    block[136:148] = number(packing.MOMENT)
    block[148:156] = b" " * 8
    block[156:157] = kind
    block[157:257] = link[:100].ljust(100, b"\0")
    block[257:265] = magic
    block[329:345] = b"0000000\0" * 2
    block[345:500] = prefix[:155].ljust(155, b"\0")
    block[148:156] = checksum or b"%06o\0 " % sum(block)
    return bytes(block)


def member(name, data=b"", **fields):
    return header(name, len(data), **fields) + data + b"\0" * (-len(data) % 512)


def record(key, value):
    """A record of a pax header, which begins with its own length."""
    rest = b" " + key + b"=" + value + b"\n"
    length = len(rest)
    while len(str(length)) + len(rest) != length:
        length = len(str(length)) + len(rest)
    return str(length).encode() + rest


def pax(records, kind=b"x"):
    return member(b"PaxHeaders/x", records, kind=kind)


END = b"\0" * 1024


def packed(file, *blocks, end=END):
    """Blocks of a tar through gzip."""
    with gzip.GzipFile("", "wb", 1, file, mtime=0) as archive:
        for block in blocks:
            # One, or an iterator over those that are too many for memory.
            for part in [block] if isinstance(block, bytes) else block:
                archive.write(part)
        archive.write(end)


def film(scene):
    return b"images/" + scene.name.encode()


def whole(scene):
    return member(film(scene), scene.data)


# ---- Deflate streams of many zeros, which cost nothing to make

PIECE = bytes(1 << 22)


@lru_cache
def piece():
    """PIECE, compressed so that it can be repeated, and its effect on each bit of a CRC."""
    packer = zlib.compressobj(9, wbits=-15)
    body = packer.compress(PIECE) + packer.flush(zlib.Z_FULL_FLUSH)
    return body, [zlib.crc32(PIECE, (1 << bit) ^ 0xFFFFFFFF) ^ 0xFFFFFFFF for bit in range(32)]


class Deflate:
    """A raw deflate stream into a file, with CRC and size of what was put in."""

    def __init__(self, file):
        self.file, self.crc, self.size, self.packed = file, 0, 0, 0

    def _write(self, body):
        self.file.write(body)
        self.packed += len(body)

    def data(self, data):
        packer = zlib.compressobj(6, wbits=-15)
        self._write(packer.compress(data) + packer.flush(zlib.Z_FULL_FLUSH))
        self.crc = zlib.crc32(data, self.crc)
        self.size += len(data)

    def zeros(self, count):
        body, columns = piece()
        for _ in range(count // len(PIECE)):
            self._write(body)
            state, self.crc = self.crc ^ 0xFFFFFFFF, 0
            for bit in range(32):
                if state >> bit & 1:
                    self.crc ^= columns[bit]
            self.crc ^= 0xFFFFFFFF
        self.size += count // len(PIECE) * len(PIECE)
        self.data(bytes(count % len(PIECE)))

    def end(self):
        self._write(b"\3\0")


def packed_zeros(file, before, zeros, after):
    """A gzip file of `before`, that many zeros, and `after`."""
    file.write(b"\x1f\x8b\x08\0\0\0\0\0\0\xff")
    body = Deflate(file)
    body.data(before)
    body.zeros(zeros)
    body.data(after)
    body.end()
    file.write(struct.pack("<II", body.crc, body.size & 0xFFFFFFFF))


# ---- zip, by hand


class Zip:
    """Members with whatever is claimed of them: `local` and `central` replace fields of the two headers."""

    def __init__(self, file):
        # Of a million members the directory is better not in memory.
        self.file, self.central, self.count = file, tempfile.TemporaryFile(), 0

    def add(self, name, data=b"", method=0, body=None, local=None, central=None, place=None):
        """`body` stands for the compressed data, where they are already; `place` is an earlier header's."""
        if body is None:
            body = data
            if method == 8:
                packer = zlib.compressobj(6, wbits=-15)
                body = packer.compress(data) + packer.flush()
        fields = {
            "name": name,
            "method": method,
            "crc": zlib.crc32(data),
            "packed": len(body),
            "size": len(data),
        }
        offset = self.file.tell() if place is None else place
        if place is None:
            self.file.write(self.local(**{**fields, **(local or {})}) + body)
        more = {"attributes": 0o100644 << 16, "offset": offset}
        self.central.write(self.header(**{**fields, **more, **(central or {})}))
        self.count += 1
        return offset

    @staticmethod
    def local(name, method, crc, packed, size, needs=20, flags=0, extra=b""):
        return (
            struct.pack(
                "<IHHHHHIIIHH",
                0x04034B50,
                needs,
                flags,
                method,
                0,
                0x4AEE,
                crc,
                packed,
                size,
                len(name),
                len(extra),
            )
            + name
            + extra
        )

    @staticmethod
    def header(name, method, crc, packed, size, offset, attributes, needs=20, flags=0, extra=b""):
        return (
            struct.pack(
                "<IHHHHHHIIIHHHHHII",
                0x02014B50,
                0x031E,
                needs,
                flags,
                method,
                0,
                0x4AEE,
                crc,
                packed,
                size,
                len(name),
                len(extra),
                0,
                0,
                0,
                attributes,
                offset,
            )
            + name
            + extra
        )

    def end(self, comment=b"", count=None, size=None, offset=None, sixty_four=False):
        here = self.file.tell()
        length = self.central.tell()
        self.central.seek(0)
        shutil.copyfileobj(self.central, self.file)
        self.central.close()
        if sixty_four:
            there = self.file.tell()
            self.file.write(
                struct.pack("<IQHHIIQQQQ", 0x06064B50, 44, 45, 45, 0, 0, self.count, self.count, length, here)
            )
            self.file.write(struct.pack("<IIQI", 0x07064B50, 0, there, 1))
            count, size, offset = 0xFFFF, 0xFFFFFFFF, 0xFFFFFFFF
        count = min(self.count, 0xFFFF) if count is None else count
        size, offset = length if size is None else size, here if offset is None else offset
        self.file.write(
            struct.pack("<IHHHHIIH", 0x06054B50, 0, 0, count, count, size, offset, len(comment)) + comment
        )


def zipped(file, scene, name=None, data=None, method=8, **claims):
    """An archive of one member, the film unless said otherwise."""
    archive = Zip(file)
    archive.add(film(scene) if name is None else name, scene.data if data is None else data, method, **claims)
    archive.end()


# ---- Members that would leave the folder


@form("tar: an absolute path", "hostile.tar.gz", "ignored refused")
def _(file, scene):
    packed(file, member(bytes(scene.outside / scene.name), scene.data))


@form("tar: a path through ..", "hostile.tar.gz", "ignored refused")
def _(file, scene):
    packed(file, *(member(b"../" * up + scene.name.encode(), scene.data) for up in range(1, 7)))


@form("tar: .. within a path", "hostile.tar.gz", "ignored refused")
def _(file, scene):
    packed(file, member(b"images/../../outside/" + scene.name.encode(), scene.data))


@form("tar: .. in a pax path", "hostile.tar.gz", "ignored refused")
def _(file, scene):
    path = b"../../outside/" + scene.name.encode()
    packed(file, pax(record(b"path", path)), whole(scene))


@form("zip: an absolute path", "hostile.zip", "ignored refused")
def _(file, scene):
    zipped(file, scene, bytes(scene.outside / scene.name))


@form("zip: a path through ..", "hostile.zip", "ignored refused")
def _(file, scene):
    zipped(file, scene, b"../../outside/" + scene.name.encode())


@form("zip: .. with backslashes", "hostile.zip", "ignored refused")
def _(file, scene):
    zipped(file, scene, b"..\\..\\outside\\" + scene.name.encode())


@form("zip: a drive's letter", "hostile.zip", "ignored refused", named=False)
def _(file, scene):
    zipped(file, scene, b"C:\\" + scene.name.encode())


# ---- Links and devices


@form("tar: a symbolic link to a film outside", "hostile.tar.gz", "ignored refused unreadable")
def _(file, scene):
    packed(file, member(film(scene), kind=b"2", link=bytes(scene.secret)))


@form("tar: a hard link to a film outside", "hostile.tar.gz", "ignored refused unreadable")
def _(file, scene):
    packed(file, member(film(scene), kind=b"1", link=bytes(scene.secret)))


@form("tar: a hard link with a size", "hostile.tar.gz", "ignored refused unreadable")
def _(file, scene):
    packed(file, header(film(scene), 1 << 40, kind=b"1", link=bytes(scene.secret)))


@form("tar: a member below a link to a folder outside", "hostile.tar.gz", "read ignored refused", named=False)
def _(file, scene):
    packed(file, member(b"images", kind=b"2", link=bytes(scene.outside)), whole(scene))


@form("tar: a hard link to another member", "hostile.tar.gz", "read ignored refused unreadable")
def _(file, scene):
    packed(
        file,
        member(b"images/other.dat", scene.data),
        member(film(scene), kind=b"1", link=b"images/other.dat"),
    )


@form("tar: symbolic links in a circle", "hostile.tar.gz", "ignored refused unreadable")
def _(file, scene):
    one, other = film(scene), b"images/other.png"
    packed(
        file, member(one, kind=b"2", link=b"other.png"), member(other, kind=b"2", link=scene.name.encode())
    )


for _kind, _what in (
    (b"3", "a character device"),
    (b"4", "a block device"),
    (b"6", "a pipe"),
    (b"Z", "no known kind"),
):

    @form(f"tar: {_what}", "hostile.tar.gz", "ignored refused unreadable")
    def _(file, scene, kind=_kind):
        packed(file, member(film(scene), kind=kind))


@form("tar: a folder named as a film", "hostile.tar.gz", "ignored refused unreadable")
def _(file, scene):
    packed(file, member(film(scene) + b"/", kind=b"5"))


@form("zip: a symbolic link", "hostile.zip", "ignored refused unreadable")
def _(file, scene):
    zipped(file, scene, data=bytes(scene.secret), central={"attributes": 0o120777 << 16})


@form("zip: a folder named as a film", "hostile.zip", "ignored refused unreadable")
def _(file, scene):
    zipped(file, scene, film(scene) + b"/", b"", 0, central={"attributes": 0o40755 << 16 | 16})


# ---- Sizes


@form("tar: a film of zeros, large", "hostile.tar.gz", "ignored refused unreadable")
def _(file, scene):
    packed_zeros(file, header(film(scene), scene.large), scene.large, END)


@form("tar: another member of zeros, large", "hostile.tar.gz", "read refused", named=False)
def _(file, scene):
    packed_zeros(file, header(b"images/notes.txt", scene.large), scene.large, whole(scene) + END)


@form("tar: zeros after the end, large", "hostile.tar.gz", "read refused", named=False)
def _(file, scene):
    packed_zeros(file, whole(scene) + END, scene.large, b"")


@form("tar: nothing but zeros, large", "hostile.tar.gz", "ignored refused", named=False)
def _(file, scene):
    packed_zeros(file, b"", scene.large, b"")


@form("tar: a pax header of zeros, large", "hostile.tar.gz", "read ignored refused", named=False)
def _(file, scene):
    packed_zeros(file, header(b"PaxHeaders/x", scene.large, kind=b"x"), scene.large, whole(scene) + END)


@form("tar: a long name of zeros, large", "hostile.tar.gz", "read ignored refused", named=False)
def _(file, scene):
    packed_zeros(file, header(b"././@LongLink", scene.large, kind=b"L"), scene.large, whole(scene) + END)


@form("tar: a size beyond the archive's end", "hostile.tar.gz", "refused unreadable", named=False)
def _(file, scene):
    packed(file, header(film(scene), 8**11 - 1), scene.data)


@form("tar: a size of 2^63 - 1", "hostile.tar.gz", "ignored refused unreadable", named=False)
def _(file, scene):
    packed(file, header(film(scene), (1 << 63) - 1), scene.data)


@form("tar: a size of 2^95 - 1", "hostile.tar.gz", "ignored refused unreadable", named=False)
def _(file, scene):
    packed(file, header(film(scene), size_field=b"\xbf" + b"\xff" * 11), scene.data)


@form("tar: a negative size", "hostile.tar.gz", "ignored refused unreadable", named=False)
def _(file, scene):
    packed(file, header(film(scene), -512), scene.data)


@form("tar: a size that is no number", "hostile.tar.gz", "ignored refused unreadable", named=False)
def _(file, scene):
    packed(file, header(film(scene), size_field=b"9x!~ size\xff\0\0"), scene.data)


@form("zip: a film of zeros, large", "hostile.zip", "ignored refused unreadable")
def _(file, scene):
    zip_of_zeros(file, film(scene), scene.large, None)


@form("zip: another member of zeros, large", "hostile.zip", "read refused", named=False)
def _(file, scene):
    zip_of_zeros(file, b"images/notes.txt", scene.large, scene)


@form("zip: more data than the member's size says", "hostile.zip", "ignored refused unreadable")
def _(file, scene):
    zip_of_zeros(file, film(scene), scene.large, None, claimed=1000)


def zip_of_zeros(file, name, count, scene, claimed=None):
    """A member of many zeros, of another size if one is claimed; then the film, if there is a scene."""
    with tempfile.TemporaryFile() as body:
        zeros = Deflate(body)
        zeros.zeros(count)
        zeros.end()
        size = zeros.size if claimed is None else claimed
        fields = {"crc": zeros.crc, "size": size, "packed": zeros.packed}
        if size > 0xFFFFFFFF:
            fields = {"crc": zeros.crc, "size": 0xFFFFFFFF, "packed": 0xFFFFFFFF}
            fields["extra"] = struct.pack("<HHQQ", 1, 16, size, zeros.packed)
        archive = Zip(file)
        start = file.tell()
        file.write(Zip.local(name=name, method=8, **fields))
        body.seek(0)
        shutil.copyfileobj(body, file)
        archive.add(name, method=8, place=start, central=fields)
        if scene:
            archive.add(film(scene), scene.data, 8)
        archive.end()


@form("zip: members that overlap, each quoting the next", "hostile.zip", "ignored refused unreadable")
def _(file, scene):
    overlapping(file, film(scene), 200, scene.large // 200)


def overlapping(file, name, count, zeros):
    """Many members of one body: each begins with a stored block that holds the next one's header."""
    with tempfile.TemporaryFile() as kernel:
        body = Deflate(kernel)
        body.zeros(zeros)
        body.end()
        kernel.seek(0)
        packed_kernel = kernel.read()
    tail = Zip.local(b"images/last.png", 8, body.crc, len(packed_kernel), body.size)
    headers = [(b"images/last.png", body.crc, len(packed_kernel), body.size, tail)]
    length, size = len(packed_kernel), body.size
    for place in range(count - 1, -1, -1):
        quoted = headers[-1][4]
        length += 5 + len(quoted)
        size += len(quoted)
        title = b"images/q%03d.png" % place if place else name
        # The CRC is wrong, which shows only when all of it has been decompressed.
        headers.append((title, 0, length, size, Zip.local(title, 8, 0, length, size)))
    archive, offset = Zip(file), 0
    for place, (title, crc, length, size, head) in enumerate(reversed(headers)):
        archive.central.write(Zip.header(title, 8, crc, length, size, offset, 0o100644 << 16))
        archive.count += 1
        file.write(head)
        if place < count:
            quoted = headers[count - place - 1][4]
            file.write(struct.pack("<BHH", 0, len(quoted), len(quoted) ^ 0xFFFF))
        offset += len(head) + 5
    file.write(packed_kernel)
    archive.end()


@form("zip: many members of the same data", "hostile.zip", "read ignored refused", named=False)
def _(file, scene):
    archive = Zip(file)
    start = archive.add(film(scene), scene.data, 8)
    packer = zlib.compressobj(6, wbits=-15)
    body = packer.compress(scene.data) + packer.flush()
    for place in range(1000):
        archive.add(b"images/again_%04d.png" % place, scene.data, 8, body=body, place=start)
    archive.end()


# ---- Very many


def many_headers(count, ending):
    """Empty members, a thousand at a time."""
    base = bytearray(header(b"images/x0000000" + ending))
    total = sum(base) - sum(base[148:156]) + 8 * 32
    for first in range(0, count, 1000):
        block = bytearray()
        for place in range(first, min(first + 1000, count)):
            digits = b"%07d" % place
            base[8:15] = digits
            base[148:156] = b"%06o\0 " % (total - 7 * 48 + sum(digits))
            block += base
        yield bytes(block)


@form("tar: very many empty members", "hostile.tar.gz", "read refused", named=False)
def _(file, scene):
    packed(file, many_headers(scene.many, b".txt"), whole(scene))


@form("tar: very many empty films", "hostile.tar.gz", "read refused", named=False)
def _(file, scene):
    packed(file, many_headers(scene.many, b".png"), whole(scene))


def many_zipped(file, scene, ending):
    archive = Zip(file)
    for place in range(scene.many):
        archive.add(b"images/x%07d" % place + ending)
    archive.add(film(scene), scene.data, 8)
    archive.end(sixty_four=True)


@form("zip: very many empty members", "hostile.zip", "read refused", named=False)
def _(file, scene):
    many_zipped(file, scene, b".txt")


@form("zip: very many empty films", "hostile.zip", "read refused", named=False)
def _(file, scene):
    many_zipped(file, scene, b".png")


@form("tar: very deep folders", "hostile.tar.gz", "read ignored refused", named=False)
def _(file, scene):
    path = b"d/" * 50_000 + scene.name.encode()
    packed(file, pax(record(b"path", path)), whole(scene))


# ---- Names


@form("tar: NUL in a pax path", "hostile.tar.gz", "read ignored refused", named=False)
def _(file, scene):
    packed(file, pax(record(b"path", film(scene) + b"\0.txt")), member(b"images/x.txt", scene.data))


@form("tar: NUL in the middle of a name", "hostile.tar.gz", "read ignored refused", named=False)
def _(file, scene):
    packed(file, member(film(scene) + b"\0rest", scene.data))


@form("tar: control characters in a film's folder", "hostile.tar.gz", "read ignored refused", named=False)
def _(file, scene):
    packed(file, member(b"im\x1b[2J\x07\r\nages/" + scene.name.encode(), scene.data))


@form(
    "tar: control characters in the name of a broken film", "hostile.tar.gz", "ignored refused", named=False
)
def _(file, scene):
    packed(file, header(b"images/\x1b[31m\x07\n" + scene.name.encode(), 8**11 - 1), scene.data)


@form("tar: names that are no UTF-8", "hostile.tar.gz", "read ignored refused", named=False)
def _(file, scene):
    packed(file, member(b"im\xff\xfe\xc0\x80ages/" + scene.name.encode(), scene.data))


@form("tar: an empty name", "hostile.tar.gz", "read ignored refused", named=False)
def _(file, scene):
    packed(file, member(b"", scene.data), member(b"/", b""), member(b".", b""), whole(scene))


@form("tar: a name of a million characters", "hostile.tar.gz", "read ignored refused", named=False)
def _(file, scene):
    packed(file, pax(record(b"path", b"n" * 1_000_000 + b".png")), member(b"x", scene.data), whole(scene))


@form("tar: a GNU long name of a million characters", "hostile.tar.gz", "read ignored refused", named=False)
def _(file, scene):
    name = b"n" * 1_000_000 + b".png\0"
    packed(file, member(b"././@LongLink", name, kind=b"L"), member(b"x", scene.data), whole(scene))


@form("tar: a long name, and nothing after it", "hostile.tar.gz", "ignored refused", named=False)
def _(file, scene):
    packed(file, member(b"././@LongLink", film(scene) + b"\0", kind=b"L"))


@form("tar: long names in a row", "hostile.tar.gz", "read ignored refused", named=False)
def _(file, scene):
    one = member(b"././@LongLink", b"n" * 4000, kind=b"L")
    packed(
        file,
        (one for _ in range(50_000)),
        member(b"././@LongLink", film(scene) + b"\0", kind=b"L"),
        member(b"x", scene.data),
    )


@form("zip: NUL in a name", "hostile.zip", "read ignored refused", named=False)
def _(file, scene):
    zipped(file, scene, film(scene) + b"\0.txt")


@form("zip: control characters in a film's folder", "hostile.zip", "read ignored refused", named=False)
def _(file, scene):
    zipped(file, scene, b"im\x1b[2J\x07\r\nages/" + scene.name.encode())


@form("zip: a name of 65535 characters", "hostile.zip", "read ignored refused", named=False)
def _(file, scene):
    archive = Zip(file)
    archive.add(b"n" * 65_531 + b".png", scene.data)
    archive.add(film(scene), scene.data, 8)
    archive.end()


@form("zip: an empty name", "hostile.zip", "read ignored refused", named=False)
def _(file, scene):
    archive = Zip(file)
    archive.add(b"", scene.data)
    archive.add(film(scene), scene.data, 8)
    archive.end()


# ---- pax


@form("tar: a pax size that is no size", "hostile.tar.gz", "ignored refused unreadable", named=False)
def _(file, scene):
    packed(file, pax(record(b"size", b"9" * 40)), whole(scene))


@form("tar: a negative pax size", "hostile.tar.gz", "ignored refused unreadable", named=False)
def _(file, scene):
    packed(file, pax(record(b"size", b"-512")), whole(scene))


@form("tar: a pax record longer than its header", "hostile.tar.gz", "read ignored refused", named=False)
def _(file, scene):
    packed(file, pax(b"999999999999 path=x\n"), whole(scene))


@form("tar: a pax record of no length", "hostile.tar.gz", "read ignored refused", named=False)
def _(file, scene):
    packed(file, pax(b"0 path=x\n" * 10 + b"-5 path=x\n" + b" =\n"), whole(scene))


@form("tar: very many pax records", "hostile.tar.gz", "read ignored refused", named=False)
def _(file, scene):
    records = b"".join(record(b"SCHILY.xattr.user.k%06d" % place, b"v" * 20) for place in range(200_000))
    packed(file, pax(records), whole(scene))


@form("tar: a pax value of 100 MB", "hostile.tar.gz", "read ignored refused", named=False)
def _(file, scene):
    length = 100_000_000
    start = b"%d comment=" % length
    head = header(b"PaxHeaders/x", length, kind=b"x") + start
    packed_zeros(file, head, length - len(start) - 1, b"\n" + bytes(-length % 512) + whole(scene) + END)


@form("tar: a global pax header that renames all", "hostile.tar.gz", "ignored refused", named=False)
def _(file, scene):
    record_of_all = record(b"path", b"../../outside/" + scene.name.encode())
    packed(file, member(b"pax_global", record_of_all, kind=b"g"), member(b"images/x.txt", scene.data))


# ---- Sparse members


@form("tar: a sparse film, GNU's old form", "hostile.tar.gz", "ignored refused unreadable")
def _(file, scene):
    head = bytearray(header(film(scene), len(scene.data), kind=b"S", magic=b"ustar  \0"))
    head[386:398], head[398:410] = number(0), number(len(scene.data))
    head[482], head[483:495] = 0, number(scene.large)
    head[148:156] = b" " * 8
    head[148:156] = b"%06o\0 " % sum(head)
    packed(file, bytes(head), scene.data, b"\0" * (-len(scene.data) % 512))


@form("tar: a sparse film whose map goes on for ever", "hostile.tar.gz", "ignored refused unreadable")
def _(file, scene):
    head = bytearray(header(film(scene), 0, kind=b"S", magic=b"ustar  \0"))
    head[482], head[483:495] = 1, number(scene.large)
    head[148:156] = b" " * 8
    head[148:156] = b"%06o\0 " % sum(head)
    more = (number(0) * 42).ljust(504, b"\0") + b"\1" + b"\0" * 7
    packed(file, bytes(head), (more for _ in range(100_000)))


@form("tar: a sparse film, pax 1.0", "hostile.tar.gz", "ignored refused unreadable")
def _(file, scene):
    records = (
        record(b"GNU.sparse.major", b"1")
        + record(b"GNU.sparse.minor", b"0")
        + record(b"GNU.sparse.name", film(scene))
        + record(b"GNU.sparse.realsize", b"%d" % scene.large)
    )
    table = b"1\n%d\n%d\n" % (scene.large - len(scene.data), len(scene.data))
    body = table.ljust(512, b"\0") + scene.data
    packed(file, pax(records), member(b"GNUSparseFile.0/" + scene.name.encode(), body))


# ---- Archives in archives


@form("tar: the film in an archive within", "hostile.tar.gz", "ignored refused", named=False)
def _(file, scene):
    inner = gzip.compress(packing.tar_bytes([("images/" + scene.name, scene.data)]), mtime=0)
    packed(file, member(b"images_001.tar.gz", inner))


@form("tar: an archive within, named as the film", "hostile.tar.gz", "ignored refused unreadable")
def _(file, scene):
    packed(
        file, member(film(scene), gzip.compress(packing.tar_bytes([("images/" + scene.name, scene.data)])))
    )


@form("zip: the film in an archive within", "hostile.zip", "ignored refused", named=False)
def _(file, scene):
    inner = packing.tar_bytes([("images/" + scene.name, scene.data)])
    zipped(file, scene, b"images_001.tar", inner)


# ---- What is damaged, or claims what it is not


@form("tar: a header whose checksum is wrong", "hostile.tar.gz", "ignored refused", named=False)
def _(file, scene):
    packed(file, member(film(scene), scene.data, checksum=b"000001\0 "))


@form("gzip: a wrong CRC", "hostile.tar.gz", "refused", named=False)
def _(file, scene):
    body = gzip.compress(whole(scene) + END, mtime=0)
    file.write(body[:-8] + bytes([body[-8] ^ 1]) + body[-7:])


@form("gzip: a wrong length", "hostile.tar.gz", "refused", named=False)
def _(file, scene):
    body = gzip.compress(whole(scene) + END, mtime=0)
    file.write(body[:-4] + b"\xff\xff\xff\x7f")


@form("gzip: noise after the end", "hostile.tar.gz", "read refused", named=False)
def _(file, scene):
    file.write(gzip.compress(whole(scene) + END, mtime=0) + random.Random(0).randbytes(5000))


@form("gzip: no tar within", "hostile.tar.gz", "refused", named=False)
def _(file, scene):
    file.write(gzip.compress(random.Random(0).randbytes(50_000), mtime=0))


@form("zip: an encrypted film", "hostile.zip", "refused unreadable")
def _(file, scene):
    zipped(file, scene, local={"flags": 1}, central={"flags": 1})


@form("zip: an encrypted film, AES", "hostile.zip", "refused unreadable")
def _(file, scene):
    extra = struct.pack("<HHH2sBH", 0x9901, 7, 2, b"AE", 3, 8)
    claims = {"flags": 1, "method": 99, "extra": extra}
    zipped(file, scene, local=claims, central=claims)


for _method, _what in (
    (1, "shrink"),
    (9, "deflate64"),
    (12, "bzip2"),
    (14, "LZMA"),
    (93, "zstd"),
    (97, "WavPack"),
):

    @form(f"zip: compressed by {_what}", "hostile.zip", "refused unreadable")
    def _(file, scene, method=_method):
        zipped(file, scene, local={"method": method}, central={"method": method})


@form("zip: the local header has another name", "hostile.zip", "ignored refused unreadable")
def _(file, scene):
    zipped(file, scene, local={"name": b"../../outside/" + scene.name.encode()})


@form("zip: the local header has another size", "hostile.zip", "ignored refused unreadable")
def _(file, scene):
    zipped(file, scene, local={"size": 10, "packed": 10})


@form("zip: the local header has another method", "hostile.zip", "ignored refused unreadable")
def _(file, scene):
    zipped(file, scene, local={"method": 0})


@form("zip: the local header has another CRC", "hostile.zip", "ignored refused unreadable")
def _(file, scene):
    zipped(file, scene, local={"crc": 1})


@form("zip: a wrong CRC", "hostile.zip", "refused unreadable")
def _(file, scene):
    zipped(file, scene, local={"crc": 1}, central={"crc": 1})


@form("zip: less data than the member's size says", "hostile.zip", "refused unreadable")
def _(file, scene):
    claims = {"size": len(scene.data) + 1000}
    zipped(file, scene, local=claims, central=claims)


@form("zip: a stored film of two sizes", "hostile.zip", "ignored refused unreadable")
def _(file, scene):
    claims = {"size": 1 << 31, "packed": len(scene.data)}
    zipped(file, scene, method=0, local=claims, central=claims)


@form("zip: a member beyond the archive's end", "hostile.zip", "ignored refused unreadable", named=False)
def _(file, scene):
    zipped(file, scene, central={"offset": 0x7FFFFFFF})


@form("zip: a member of more data than there is", "hostile.zip", "ignored refused unreadable")
def _(file, scene):
    claims = {"packed": 0x7FFFFFFF}
    zipped(file, scene, local=claims, central=claims)


@form("zip: a member before the archive's begin, by zip64", "hostile.zip", "ignored refused unreadable", named=False)
def _(file, scene):
    extra = struct.pack("<HHQ", 1, 8, 0xFFFFFFFFFFFFFFF0)
    zipped(file, scene, central={"offset": 0xFFFFFFFF, "extra": extra})


@form("zip: sizes that overflow, by zip64", "hostile.zip", "ignored refused unreadable", named=False)
def _(file, scene):
    extra = struct.pack("<HHQQ", 1, 16, (1 << 64) - 1, (1 << 64) - 1)
    claims = {"size": 0xFFFFFFFF, "packed": 0xFFFFFFFF, "extra": extra}
    zipped(file, scene, local=claims, central=claims)


@form("zip: zip64 without its fields", "hostile.zip", "ignored refused unreadable", named=False)
def _(file, scene):
    claims = {"size": 0xFFFFFFFF, "packed": 0xFFFFFFFF, "extra": struct.pack("<HH", 1, 60_000)}
    zipped(file, scene, local=claims, central=claims)


def claiming(file, scene, **claims):
    archive = Zip(file)
    archive.add(film(scene), scene.data, 8)
    archive.end(**claims)


@form("zip: more members claimed than there are", "hostile.zip", "read refused", named=False)
def _(file, scene):
    claiming(file, scene, count=60_000)


@form("zip: fewer members claimed than there are", "hostile.zip", "read ignored refused", named=False)
def _(file, scene):
    claiming(file, scene, count=0)


@form("zip: a directory of 4 GB", "hostile.zip", "refused", named=False)
def _(file, scene):
    claiming(file, scene, size=0xFFFFFFFE)


@form("zip: a directory beyond the archive's end", "hostile.zip", "read refused", named=False)
def _(file, scene):
    claiming(file, scene, offset=0x7FFFFFFF)


@form("zip: a comment that looks like an end", "hostile.zip", "read ignored refused", named=False)
def _(file, scene):
    claiming(file, scene, comment=struct.pack("<IHHHHIIH", 0x06054B50, 0, 0, 9, 9, 99, 99, 20_000) * 2000)


@form("zip: another program before it", "hostile.zip", "read refused", named=False)
def _(file, scene):
    file.write(b"#!/bin/sh\nexit 0\n" * 100)
    start = file.tell()
    archive = Zip(file)
    archive.add(film(scene), scene.data, 8, central={"offset": 0})
    archive.end(offset=file.tell() - start)


@form("zip: no member", "hostile.zip", "ignored refused", named=False)
def _(file, scene):
    Zip(file).end()


@form("tar: no member", "hostile.tar.gz", "ignored refused", named=False)
def _(file, scene):
    packed(file)


# ---- Strange and sound: these must be read


@form("sound tar: v7", "sound.tar.gz", "read")
def _(file, scene):
    packed(file, member(film(scene), scene.data, kind=b"\0", magic=b"\0" * 8))


@form("sound tar: ustar's prefix", "sound.tar", "read")
def _(file, scene):
    file.write(member(scene.name.encode(), scene.data, prefix=b"far/" * 30 + b"images") + END)


@form("sound tar: a pax path", "sound.tar.gz", "read")
def _(file, scene):
    records = record(b"mtime", b"1500000000.25") + record(b"path", b"far/" * 60 + film(scene))
    packed(
        file,
        member(b"pax_global", record(b"comment", b"x" * 40), kind=b"g"),
        pax(records),
        member(b"x", scene.data),
    )


@form("sound tar: a pax size", "sound.tar.gz", "read")
def _(file, scene):
    body = scene.data + b"\0" * (-len(scene.data) % 512)
    packed(file, pax(record(b"size", b"%d" % len(scene.data))), header(film(scene), 0), body)


@form("sound tar: a GNU long name and a long link's", "sound.tar.gz", "read")
def _(file, scene):
    name = b"far/" * 60 + film(scene) + b"\0"
    link = member(b"././@LongLink", b"x" * 300, kind=b"K") + member(
        b"images/link", kind=b"2", link=b"x" * 100
    )
    packed(file, link, member(b"././@LongLink", name, kind=b"L"), member(b"x", scene.data))


@form("sound tar: a size in base 256", "sound.tar.gz", "read")
def _(file, scene):
    field = (len(scene.data) | 1 << 95).to_bytes(12, "big")
    packed(file, header(film(scene), size_field=field), scene.data, b"\0" * (-len(scene.data) % 512))


@form("sound tar: ./ before the name", "sound.tar.gz", "read")
def _(file, scene):
    packed(file, member(b"./", kind=b"5"), member(b"./" + film(scene), scene.data))


@form("sound tar: hidden copies beside the film, as macOS leaves them", "sound.tar.gz", "read")
def _(file, scene):
    packed(file, member(b"images/._" + scene.name.encode(), b"\0\5\x16\7" * 40), whole(scene))


@form("sound tar: no blocks at the end", "sound.tar.gz", "read refused", named=False)
def _(file, scene):
    packed(file, whole(scene), end=b"")


@form("sound tar: many blocks at the end", "sound.tar.gz", "read")
def _(file, scene):
    packed(file, whole(scene), end=b"\0" * 10_240 * 4)


@form("sound gzip: several streams, cut anywhere", "sound.tar.gz", "read")
def _(file, scene):
    body = whole(scene) + END
    for first in range(0, len(body), 700):
        file.write(gzip.compress(body[first : first + 700], mtime=0))


@form("sound gzip: all fields of its header", "sound.tar.gz", "read")
def _(file, scene):
    body = gzip.compress(whole(scene) + END, mtime=0)
    head = (
        b"\x1f\x8b\x08\x1e\0\0\0\0\0\3" + struct.pack("<H", 7) + b"AB\3\0xyz" + b"name.tar\0" + b"comment\0"
    )
    file.write(head + struct.pack("<H", zlib.crc32(head) & 0xFFFF) + body[10:])


@form("sound gzip: zeros after the end, as on tapes", "sound.tar.gz", "read")
def _(file, scene):
    file.write(gzip.compress(whole(scene) + END, mtime=0) + b"\0" * 4096)


@form("sound name: .tgz", "sound.tgz", "read")
def _(file, scene):
    packed(file, whole(scene))


@form("sound name: capitals", "SOUND.TAR.GZ", "read")
def _(file, scene):
    packed(file, whole(scene))


@form("sound zip: stored", "sound.zip", "read")
def _(file, scene):
    zipped(file, scene, method=0)


@form("sound zip: sizes after the data", "sound.zip", "read")
def _(file, scene):
    packer = zlib.compressobj(6, wbits=-15)
    body = packer.compress(scene.data) + packer.flush()
    after = struct.pack("<IIII", 0x08074B50, zlib.crc32(scene.data), len(body), len(scene.data))
    claims = {"flags": 8, "packed": len(body)}
    zipped(
        file, scene, body=body + after, local={"flags": 8, "crc": 0, "packed": 0, "size": 0}, central=claims
    )


@form("sound zip: zip64", "sound.zip", "read")
def _(file, scene):
    archive = Zip(file)
    packer = zlib.compressobj(6, wbits=-15)
    body = packer.compress(scene.data) + packer.flush()
    wide = {"needs": 45, "size": 0xFFFFFFFF, "packed": 0xFFFFFFFF}
    sizes = (len(scene.data), len(body))
    archive.add(
        film(scene),
        scene.data,
        8,
        body=body,
        local={**wide, "extra": struct.pack("<HHQQ", 1, 16, *sizes)},
        central={**wide, "offset": 0xFFFFFFFF, "extra": struct.pack("<HHQQQ", 1, 24, *sizes, file.tell())},
    )
    archive.end(sixty_four=True)


@form("sound zip: a comment", "sound.zip", "read")
def _(file, scene):
    claiming(file, scene, comment=b"Kaggle " * 9000)


@form("sound zip: UTF-8 names and extra fields", "sound.zip", "read")
def _(file, scene):
    extra = struct.pack("<HHBI", 0x5455, 5, 1, packing.MOMENT)
    name = "Röntgen/".encode() + film(scene)
    zipped(
        file, scene, name, local={"flags": 0x800, "extra": extra}, central={"flags": 0x800, "extra": extra}
    )
