"""Builds small DICOM films, each in one form that a reader meets, and says what is expected of it.

usage: forms.py FOLDER [--list]
       (needs requirements.txt; DCMTK's dcmcjpeg and dcmcjpls make some of the forms)

Every film is made here from the same small picture, which is the same on every machine; nothing is read
from elsewhere. `forms()` returns them all, `judge.py` gives them to the reader, `mutants.py` damages them.
"""

import shutil
import struct
import subprocess
import sys
import tempfile
import zlib
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

import numpy as np
from pydicom import uid
from pydicom.dataelem import DataElement
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.encaps import encapsulate, encapsulate_extended, generate_frames
from pydicom.filebase import DicomBytesIO
from pydicom.filewriter import dcmwrite, write_data_element
from pydicom.sequence import Sequence
from pydicom.tag import Tag

ROWS, COLUMNS = 53, 37
IMPLICIT, EXPLICIT = uid.ImplicitVRLittleEndian, uid.ExplicitVRLittleEndian
BIG, DEFLATED = uid.ExplicitVRBigEndian, uid.DeflatedExplicitVRLittleEndian
CR = uid.ComputedRadiographyImageStorage
DX = uid.DigitalXRayImageStorageForPresentation
DX_PROCESSING = uid.DigitalXRayImageStorageForProcessing
SECONDARY = uid.SecondaryCaptureImageStorage
PIXELS = Tag(0x7FE0, 0x0010)
LUT_DATA, LUT_DESCRIPTOR = Tag(0x0028, 0x3006), Tag(0x0028, 0x3002)
BOMB = "deflated, 600 MB of zeros"
LONG_VRS = {"OB", "OW", "SQ", "UN", "UT", "UC", "UR", "OF", "OD", "OL", "OV", "SV", "UV"}


@dataclass
class Case:
    """What is expected with some options: the judge's grey levels, a refusal that says one of `words` and
    none of `unsaid`, or (`either`) any of the two.
    """

    options: str = ""
    refusal: bool = False
    words: tuple = ()
    unsaid: tuple = ()
    either: bool = False

    def __str__(self):
        said = "refused" + (f" saying {' or '.join(self.words)}" if self.words else "")
        return ("same, or " + said) if self.either else said if self.refusal else "same"


@dataclass
class Form:
    """A film; the judge reads `truth`, where there is one, in its place."""

    name: str
    data: bytes
    cases: list
    truth: bytes | None = None

    def __str__(self):
        return f"{self.name} | " + "; ".join(f"{case.options or '-'}: {case}" for case in self.cases)


def same(options=""):
    return Case(options)


def refused(*words, options="", unsaid=()):
    return Case(options, refusal=True, words=words, unsaid=unsaid)


def either(*words):
    return Case(words=words, either=True)


def form(name, data, *cases, truth=None):
    return Form(name, data, list(cases) or [same()], truth)


# Pictures and data sets

def picture(low, high, rows=ROWS, columns=COLUMNS):
    """A chest-like picture, two dark lungs in a bright body, with noise; both ends occur."""
    y, x = np.mgrid[-1:1:rows * 1j, -1:1:columns * 1j]
    lungs = sum(np.exp(-((x - side) / 0.3) ** 2 - ((y + 0.1) / 0.6) ** 2) for side in (-0.45, 0.45))
    noise = np.random.default_rng(2024).normal(0, 0.03, (rows, columns))
    grey = 0.7 + 0.2 * y - 0.15 * x * x - 0.6 * lungs + noise
    grey = (grey - grey.min()) / (grey.max() - grey.min())
    return np.rint(low + grey * (high - low)).astype(np.int64)


def whole(bits, signed=False):
    """The picture over the full range of the bits."""
    return picture(-(1 << bits - 1), (1 << bits - 1) - 1) if signed else picture(0, (1 << bits) - 1)


def film(stored=None, bits=12, signed=False, allocated=None, high=None, **elements):
    """A CR data set with the stored values; an element given as None is left out."""
    stored = whole(bits, signed) if stored is None else stored
    allocated = allocated or (8 if bits <= 8 else 16)
    high = bits - 1 if high is None else high
    data = Dataset()
    data.SOPClassUID, data.SOPInstanceUID = CR, "1.2.826.0.1.3680043.10.1"
    data.Modality = "CR"
    data.PatientID = "P1"
    data.StudyInstanceUID, data.SeriesInstanceUID = "1.2.826.0.1.3680043.10.2", "1.2.826.0.1.3680043.10.3"
    data.SamplesPerPixel, data.PhotometricInterpretation = 1, "MONOCHROME2"
    data.Rows, data.Columns = stored.shape
    data.BitsAllocated, data.BitsStored, data.HighBit = allocated, bits, high
    data.PixelRepresentation = int(signed)
    words = (stored & (1 << bits) - 1) << (high + 1 - bits)
    pixels = words.astype(f"<u{allocated // 8}").tobytes()
    data.add(DataElement(PIXELS, "OB" if allocated == 8 else "OW", pixels + b"\0" * (len(pixels) % 2)))
    for keyword, value in elements.items():
        if value is None:
            del data[keyword]
        else:
            setattr(data, keyword, value)
    return data


def meta(data, syntax=EXPLICIT):
    head = FileMetaDataset()
    head.MediaStorageSOPClassUID = data.get("SOPClassUID", CR)
    head.MediaStorageSOPInstanceUID = "1.2.826.0.1.3680043.10.1"
    head.TransferSyntaxUID = syntax
    head.ImplementationClassUID = "1.2.826.0.1.3680043.10.4"
    head.FileMetaInformationVersion = b"\0\1"
    return head


def dicom(data, syntax=EXPLICIT, preamble=b""):
    """The bytes of a file; pixels of a native syntax are given little-endian."""
    data.file_meta = meta(data, syntax)
    if syntax == BIG and data.BitsAllocated == 16:
        data.PixelData = np.frombuffer(data.PixelData, "<u2").astype(">u2").tobytes()
    out = BytesIO()
    dcmwrite(out, data, implicit_vr=syntax == IMPLICIT, little_endian=syntax != BIG, enforce_file_format=True)
    written = out.getvalue()
    return preamble + written[len(preamble):]


def lut(values, first=0, bits=16, vr="OW", signed=False, bytewise=False, entries=None, big=False):
    """An item of a LUT sequence."""
    values = np.asarray(values)
    item = Dataset()
    entries = len(values) if entries is None else entries
    item.add(DataElement(LUT_DESCRIPTOR, "SS" if signed else "US", [entries & 0xFFFF, first, bits]))
    if vr == "US":
        item.add(DataElement(LUT_DATA, "US", [int(v) for v in values]))
    else:
        raw = values.astype("u1" if bytewise else ">u2" if big else "<u2").tobytes()
        item.add(DataElement(LUT_DATA, vr, raw + b"\0" * (len(raw) % 2)))
    return item


def curve(entries, bits, falling=False):
    """A bent curve over the range of the bits."""
    rising = np.linspace(0, 1, entries) ** 1.7
    return np.rint((1 - rising if falling else rising) * ((1 << bits) - 1)).astype(np.int64)


# Elements byte by byte, for what a writer of good files does not write

def explicit(tag, vr, value, length=None):
    """An element in explicit VR, little-endian; the length may be told wrong."""
    tag = Tag(tag)
    length = len(value) if length is None else length
    head = struct.pack("<HH2s", tag.group, tag.element, vr.encode())
    return head + (struct.pack("<HI", 0, length) if vr in LONG_VRS else struct.pack("<H", length)) + value


def item(value, length=None):
    return struct.pack("<HHI", 0xFFFE, 0xE000, len(value) if length is None else length) + value


ITEM_END = struct.pack("<HHI", 0xFFFE, 0xE00D, 0)
SEQUENCE_END = struct.pack("<HHI", 0xFFFE, 0xE0DD, 0)
UNDEFINED = 0xFFFFFFFF


def value_of(element):
    """The value's bytes, little-endian; a sequence's in implicit VR."""
    out = DicomBytesIO()
    out.is_little_endian, out.is_implicit_VR = True, True
    write_data_element(out, element)
    return out.getvalue()[8:]


def head_of(data, syntax=EXPLICIT, grouped=True, **changed):
    """The preamble and the meta header; a value of None leaves an element out."""
    elements = meta(data, syntax)
    for keyword, value in changed.items():
        if value is None:
            del elements[keyword]
        else:
            setattr(elements, keyword, value)
    body = b"".join(explicit(e.tag, e.VR, value_of(e)) for e in elements)
    length = explicit(0x00020000, "UL", struct.pack("<I", len(body)))
    return b"\0" * 128 + b"DICM" + (length if grouped else b"") + body


def body_of(data, unknown=(), without=(), extra=None):
    """The data set in explicit VR: `unknown` elements (or "all") as UN, `extra` elements {tag: bytes}."""
    parts = {}
    for element in data:
        if element.keyword in without:
            continue
        vr = "UN" if unknown == "all" or element.keyword in unknown else element.VR
        if element.VR == "SQ" and vr != "UN":
            raise ValueError(f"{element.keyword} would have implicit elements within explicit ones")
        parts[element.tag] = explicit(element.tag, vr, value_of(element))
    parts.update({Tag(tag): value for tag, value in (extra or {}).items()})
    return b"".join(parts[tag] for tag in sorted(parts))


def assembled(data, **options):
    return head_of(data) + body_of(data, **options)


def patched(written, old, new):
    """The bytes with one value put in the place of another of the same length."""
    if written.count(old) != 1 or len(old) != len(new):
        raise ValueError(f"{old!r} occurs {written.count(old)} times, or {new!r} has another length")
    return written.replace(old, new)


# Compressed pixels

def frame_of(data):
    return next(generate_frames(data.PixelData, number_of_frames=1))


def wrapped(data, frame, fragments=1, table=True):
    """The data set with a compressed frame in the place of its pixels."""
    if frame:
        data.PixelData = encapsulate([frame], fragments_per_frame=fragments, has_bot=table)
    else:
        data.PixelData = item(b"") * 2
    data["PixelData"].VR = "OB"
    data["PixelData"].is_undefined_length = True
    return data


def compressed(data, syntax, **options):
    """The data set compressed by pydicom and its plugins."""
    data.file_meta = meta(data)
    plugin = "pydicom" if syntax == uid.RLELossless else "pylibjpeg"
    data.compress(syntax, encoding_plugin=plugin, generate_instance_uid=False, **options)
    return data


def dcmtk(data, tool, *options):
    """The data set compressed by a command of DCMTK, and its syntax."""
    from pydicom import dcmread
    with tempfile.TemporaryDirectory() as folder:
        before, after = Path(folder) / "before", Path(folder) / "after"
        before.write_bytes(dicom(data))
        subprocess.run([tool, *options, "+un", before, after], check=True, capture_output=True)
        made = dcmread(BytesIO(after.read_bytes()))
    return made, made.file_meta.TransferSyntaxUID


# The forms

def of_bits():
    for bits in (8, 9, 10, 12, 14, 15, 16):
        for signed in (False, True):
            sign = "signed" if signed else "unsigned"
            yield form(f"{bits} bits {sign}", dicom(film(bits=bits, signed=signed)))
            yield form(f"{bits} bits {sign} MONOCHROME1",
                       dicom(film(bits=bits, signed=signed, PhotometricInterpretation="MONOCHROME1")))
    for bits, high in ((8, 15), (8, 11), (10, 15), (12, 15), (12, 13)):
        for signed in (False, True):
            data = film(bits=bits, signed=signed, allocated=16, high=high)
            yield form(f"{bits} bits {'signed' if signed else 'unsigned'}, high bit {high}", dicom(data))
    yield form("8 bits in 16", dicom(film(bits=8, allocated=16)))
    yield form("one row", dicom(film(picture(0, 4095)[:1])))
    yield form("one column", dicom(film(picture(0, 4095)[:, :1])))
    yield form("all one value", dicom(film(np.full((5, 7), 1000))))
    yield form("one pixel", dicom(film(np.full((1, 1), 1000))))
    yield form("unused bits set", dicom(film(PixelData=((whole(12) | 0xF000).astype("<u2").tobytes()))))
    yield form("unused bits set, signed",
               dicom(film(signed=True, PixelData=(whole(12, True) & 0xFFF | 0x5000).astype("<u2").tobytes())))


def of_windows():
    def window(name, center, width, *cases, function=None, **elements):
        if function:
            elements["VOILUTFunction"] = function
        return form(f"window {name}", dicom(film(WindowCenter=center, WindowWidth=width, **elements)), *cases)

    yield window("linear", 2000, 3000, same(), same("--range lut"), same("--range full"))
    yield window("linear, named", 2000, 1000, function="LINEAR")
    yield window("narrow linear", 2000, 60)
    yield window("narrow linear_exact", 2000, 60, function="LINEAR_EXACT")
    yield window("sigmoid", 2000, 900, function="SIGMOID")
    yield window("narrow sigmoid", 2000, 20, function="SIGMOID")
    for function in ("LINEAR", "LINEAR_EXACT", "SIGMOID"):
        yield window(f"{function} MONOCHROME1", 1500, 700, function=function,
                     PhotometricInterpretation="MONOCHROME1")
        yield window(f"{function} signed", -300, 700, function=function, signed=True)
    yield window("of several", [1500, 2500, 100], [400, 4096, 10])
    yield window("of several, the second bad", [1500, 2500], [400, 0])
    yield window("width 1", 2000, 1)
    yield window("width 2", 2000, 2)
    yield window("linear_exact width 0.5", 2000, 0.5, function="LINEAR_EXACT")
    yield window("with a fraction", 2000.25, 63.5)
    yield window("below the data", -5000, 100)
    yield window("above the data", 9000, 100)
    yield window("wider than the data", 2000, 100000)
    yield window("with a negative centre", -100, 3000)
    yield window("without values", "", "")
    for width in (0, -20):
        yield window(f"width {width}", 2000, width, refused("window"), same("--range full"))
    for width in (0, -20):
        for function in ("LINEAR_EXACT", "SIGMOID"):
            yield window(f"{function} width {width}", 2000, width, refused("window"), same("--range full"),
                         function=function)
    yield window("linear width 0.5", 2000, 0.5, refused("window"), same("--range full"))
    texts = (("blanks", b"    2000  ", b"  400     "), ("exponents", b"+2.000E+3 ", b"4e2       "),
             ("several with blanks", b" 2000 \\ 7 ", b" 400\\ 9   "),
             ("a zero byte at the end", b"2000.0000\0", b"400.00000\0"))
    written = dicom(film(WindowCenter="1111111111", WindowWidth="2222222222"))
    for name, center, width in texts:
        yield form(f"window as text with {name}",
                   patched(patched(written, b"1111111111", center), b"2222222222", width))
    yield form("window that is no number", patched(written, b"2222222222", b"broad     "),
               refused("window", "number"))


def of_rescales():
    def rescale(name, slope, intercept, *cases, **elements):
        data = film(RescaleSlope=slope, RescaleIntercept=intercept, **elements)
        return form(f"rescale {name}", dicom(data), *cases)

    yield rescale("5.9e-8, tiny window", "5.9e-8", 0, bits=16, signed=True, WindowCenter="1e-3",
                  WindowWidth="1.5e-3", VOILUTFunction="LINEAR_EXACT")
    yield rescale("5.9e-8, no window", "5.9e-8", 0, bits=16, signed=True)
    yield rescale("5.9e-8, sigmoid", "5.9e-8", 0, bits=16, WindowCenter="2e-3", WindowWidth="1e-3",
                  VOILUTFunction="SIGMOID")
    yield rescale("0.001", "0.001", 0, WindowCenter=2, WindowWidth=3)
    yield rescale("0.001, no window", "0.001", "0.5")
    yield rescale("negative", -1, 4095, same(), same("--range full"))
    yield rescale("negative, signed", -1, 0, signed=True)
    yield rescale("negative, window", -2, 0, same(), same("--range full"), WindowCenter=-3000, WindowWidth=90)
    yield rescale("negative MONOCHROME1", -1, 4095, PhotometricInterpretation="MONOCHROME1")
    yield rescale("2 and -1024", 2, -1024, same(), same("--range full"), WindowCenter=3000, WindowWidth=200)
    yield rescale("2 and -1024, no window", 2, -1024)
    yield rescale("large intercept", 1, "16777216", WindowCenter=16779000, WindowWidth=500)
    yield rescale("large intercept, no window", 1, "1e9")
    yield rescale("large intercept, narrow window", "0.25", "100000000", WindowCenter="100000500.125",
                  WindowWidth="40.5")


    def raw(name, keyword, text, *cases, **elements):
        """An element of text that pydicom would not write."""
        data = film(**{keyword: 1, **elements})
        tag = data[keyword].tag
        padded = text.encode() + b" " * (len(text) % 2)
        return form(f"rescale {name}", assembled(data, without=[keyword], extra={
            tag: explicit(tag, "DS", padded)}), *cases)

    yield raw("slope with a comma", "RescaleSlope", "0,5", refused("rescale slope", "0,5"), RescaleIntercept=0)
    yield raw("slope with letters", "RescaleSlope", "1.5xyz", refused("rescale slope"), RescaleIntercept=0)
    yield raw("intercept that is no number", "RescaleIntercept", "abc",
              refused("rescale intercept", unsaid=("dicomrange",)), RescaleSlope=1)
    yield raw("slope of 1e307", "RescaleSlope", "1e307", refused("beyond"), signed=True, bits=16,
              RescaleIntercept=0)
    yield raw("window's width with a comma", "WindowWidth", "40,9", refused("window"), same("--range full"),
              WindowCenter=2000)
    yield raw("blanks around a slope", "RescaleSlope", " 2.0 ", same(), RescaleIntercept=0,
              WindowCenter=900, WindowWidth=700)


def of_modality_luts():
    def table(name, item, *cases, **elements):
        data = film(ModalityLUTSequence=Sequence([item]), **elements)
        return form(f"modality LUT {name}", dicom(data), *cases)

    yield table("16 bits", lut(curve(4096, 16)))
    yield table("falling", lut(curve(4096, 16, falling=True)), same(), same("--range full"))
    yield table("shorter than the data, first value 500", lut(curve(2000, 16), first=500))
    yield table("with a window", lut(curve(4096, 16)), same(), same("--range full"),
                WindowCenter=30000, WindowWidth=2000)
    yield table("signed", lut(curve(4096, 16), first=-2048, signed=True), signed=True)
    yield table("8 bits in bytes", lut(curve(4096, 8), bits=8, bytewise=True))
    yield table("8 bits in words", lut(curve(4096, 8), bits=8))
    yield table("as US", lut(curve(4096, 16), vr="US"))
    yield table("with a VOI LUT", lut(curve(4096, 12)), VOILUTSequence=Sequence([lut(curve(4096, 16, True))]))
    yield table("shorter than it says", lut(curve(4000, 16), entries=4096), refused("lut"))


def of_voi_luts():
    def table(name, item, *cases, **elements):
        return form(f"VOI LUT {name}", dicom(film(VOILUTSequence=Sequence([item]), **elements)), *cases)

    yield table("falling", lut(curve(4096, 16, falling=True)), same(), same("--range lut"),
                same("--range full"))
    for bits in (10, 12, 14, 16):
        yield table(f"{bits} bits", lut(curve(4096, bits), bits=bits))
        yield table(f"{bits} bits as US", lut(curve(4096, bits), bits=bits, vr="US"))
    yield table("8 bits in bytes", lut(curve(4096, 8), bits=8, bytewise=True))
    yield table("8 bits in bytes, odd number", lut(curve(4095, 8), bits=8, bytewise=True))
    yield table("8 bits in bytes as OB", lut(curve(4096, 8), bits=8, bytewise=True, vr="OB"))
    yield table("8 bits in words", lut(curve(4096, 8), bits=8))
    yield table("8 bits in words as US", lut(curve(4096, 8), bits=8, vr="US"))
    yield table("MONOCHROME1", lut(curve(4096, 12), bits=12), PhotometricInterpretation="MONOCHROME1")
    yield table("65536 entries written as 0", lut(curve(65536, 16, True), entries=0), bits=16)
    yield table("65536 entries, signed", lut(curve(65536, 16), entries=0, first=-32768, signed=True),
                bits=16, signed=True)
    yield table("signed first value", lut(curve(4096, 16), first=-2048, signed=True), signed=True)
    yield table("signed first value after rescale", lut(curve(4096, 16), first=-1024, signed=True),
                RescaleSlope=1, RescaleIntercept=-1024)
    yield table("signed first value, shorter than the data", lut(curve(1000, 16), first=-500, signed=True),
                signed=True)
    yield table("first value 1000, shorter than the data", lut(curve(1000, 12), first=1000, bits=12))
    yield table("first value 40000", lut(curve(10000, 16), first=40000), bits=16)
    yield table("after rescale 2 and -1024", lut(curve(8191, 16), first=-1024, signed=True),
                RescaleSlope=2, RescaleIntercept=-1024)
    yield table("one entry", lut([1234]))
    both = {"WindowCenter": 2000, "WindowWidth": 900}
    yield table("and window", lut(curve(4096, 16, True)), same("--range window"), same("--range lut"),
                same("--range full"), same(), **both)
    yield table("and bad window", lut(curve(4096, 16, True)), refused("window", options="--range window"),
                same("--range lut"), same("--range full"), WindowCenter=2000, WindowWidth=0)
    yield table("and sigmoid", lut(curve(4096, 16, True)), same(), same("--range lut"),
                VOILUTFunction="SIGMOID", **both)
    yield table("shorter than it says", lut(curve(4000, 16), entries=4096), refused("lut"),
                same("--range full"))
    yield table("shorter than it says, as US", lut(curve(4000, 16), entries=4096, vr="US"), refused("lut"))
    yield table("65535 entries written as 0", lut(curve(65535, 16), entries=0), refused("lut"), bits=16)
    yield table("without data", lut([], entries=4096), refused("lut"))
    yield table("shorter than it says, and window", lut(curve(40, 16), entries=4096), same(),
                refused("lut", options="--range lut"), **both)
    yield form("VOI LUT sequence without items", dicom(film(VOILUTSequence=Sequence([]))), refused("lut"),
               refused("lut", options="--range lut"), same("--range full"))
    yield form("VOI LUT sequence without items, and window", dicom(film(VOILUTSequence=Sequence([]), **both)),
               same(), refused("lut", options="--range lut"))
    two = Sequence([lut(curve(4096, 16, True)), lut(curve(4096, 16))])
    yield form("VOI LUT of two", dicom(film(VOILUTSequence=two)))
    yield form("VOI LUT implicit", dicom(film(
        VOILUTSequence=Sequence([lut(curve(4096, 12), bits=12)])), IMPLICIT))
    yield form("VOI LUT implicit, signed", dicom(film(
        VOILUTSequence=Sequence([lut(curve(4096, 16), first=-2048, signed=True)]), signed=True), IMPLICIT))
    yield form("VOI LUT implicit, signed after rescale", dicom(film(
        VOILUTSequence=Sequence([lut(curve(4096, 16), first=-1024, signed=True)]),
        RescaleSlope=1, RescaleIntercept=-1024), IMPLICIT))
    for vr in ("OW", "US"):
        yield form(f"VOI LUT big-endian as {vr}", dicom(film(
            VOILUTSequence=Sequence([lut(curve(4096, 16, True), vr=vr, big=True)])), BIG))


def of_overlays():
    def plane(data, group, bits=None, position=0):
        data.add_new((group, 0x0010), "US", ROWS)
        data.add_new((group, 0x0011), "US", COLUMNS)
        data.add_new((group, 0x0040), "CS", "G")
        data.add_new((group, 0x0050), "SS", [1, 1])
        data.add_new((group, 0x0100), "US", 16 if position else 1)
        data.add_new((group, 0x0102), "US", position)
        if bits is not None:
            packed = np.packbits(bits.ravel(), bitorder="little").tobytes()
            data.add_new((group, 0x3000), "OW", packed + b"\0" * (len(packed) % 2))
        return data

    drawn = np.zeros((ROWS, COLUMNS), np.uint8)
    drawn[10:20, 5:30] = 1
    yield form("overlay, separate", dicom(plane(film(), 0x6000, drawn)))
    yield form("overlays, separate", dicom(plane(plane(film(), 0x6000, drawn), 0x6002, drawn)))
    above = (whole(12) | drawn.astype(np.int64) << 12 | drawn.astype(np.int64) << 15).astype("<u2").tobytes()
    yield form("overlay in the bits above",
               dicom(plane(plane(film(PixelData=above), 0x6000, position=12), 0x6002, position=15)))
    below = (whole(12) << 4 | drawn | drawn << 3).astype("<u2").tobytes()
    yield form("overlay in the bits below", dicom(plane(film(high=15, PixelData=below), 0x6000, position=3)))
    below = (whole(12, True) << 4 & 0xFFFF | drawn | drawn << 3).astype("<u2").tobytes()
    yield form("overlay in the bits below, signed",
               dicom(plane(film(high=15, signed=True, PixelData=below), 0x6000, position=3)))
    yield form("overlay in the bits above, RLE",
               dicom(compressed(plane(film(PixelData=above), 0x6000, position=12), uid.RLELossless),
                     uid.RLELossless))


def of_representations():
    names = ("WindowCenter", "WindowWidth", "RescaleSlope", "RescaleIntercept", "Modality",
             "PhotometricInterpretation")
    elements = {"WindowCenter": 1000, "WindowWidth": 300, "RescaleSlope": 2, "RescaleIntercept": -1024}
    inverse = {"PhotometricInterpretation": "MONOCHROME1", **elements}
    yield form("UN: window, rescale, modality, photometric", assembled(film(**inverse), unknown=names))
    yield form("UN: all but the pixels", assembled(film(**inverse), unknown=[
        e.keyword for e in film(**inverse) if e.tag != PIXELS]))
    yield form("UN: all", assembled(film(**inverse), unknown="all"))
    yield form("UN: modality CT", assembled(film(Modality="CT"), unknown=["Modality"]), refused("ct"))
    for undefined in (False, True):
        data = film(VOILUTSequence=Sequence([lut(curve(4096, 16, True))]))
        value = value_of(data["VOILUTSequence"])
        table = explicit(0x00283010, "UN", value + SEQUENCE_END, UNDEFINED) if undefined else \
            explicit(0x00283010, "UN", value)
        yield form(f"UN: VOI LUT sequence, {'undefined' if undefined else 'defined'} length",
                   assembled(data, without=["VOILUTSequence"], extra={0x00283010: table}))
    modality = item(b"\x08\0\x60\0\2\0\0\0MR")
    private = {0x00090010: explicit(0x00090010, "LO", b"A MAKER "),
               0x00091001: explicit(0x00091001, "UN", b"\1\2\3\4"),
               0x00091002: explicit(0x00091002, "SQ", item(explicit(0x00080060, "CS", b"CT"))),
               0x00091003: explicit(0x00091003, "UN", modality + SEQUENCE_END, UNDEFINED),
               0x00291010: explicit(0x00291010, "OB", b"II*\0" * 100)}
    yield form("private elements", assembled(film(), extra=private))
    yield form("private element of an unknown VR",
               assembled(film(), extra={0x00091001: b"\x09\0\x01\x10ZZ\0\0\4\0\0\0abcd"}), either(),
               truth=dicom(film()))
    for shape, photometric in (("INVERSE", "MONOCHROME2"), ("IDENTITY", "MONOCHROME1")):
        yield form(f"PresentationLUTShape {shape} of {photometric}",
                   dicom(film(PresentationLUTShape=shape, PhotometricInterpretation=photometric)))
    icon = film(picture(0, 255, 16, 16), 8)
    for keyword in ("SOPClassUID", "SOPInstanceUID", "Modality", "PatientID", "StudyInstanceUID",
                    "SeriesInstanceUID"):
        del icon[keyword]
    icon.WindowCenter, icon.WindowWidth = 10, 20
    for undefined in (False, True):
        for syntax in (EXPLICIT, IMPLICIT):
            data = film(IconImageSequence=Sequence([icon]))
            data["IconImageSequence"].is_undefined_length = undefined
            icon.is_undefined_length_sequence_item = undefined
            yield form(f"icon, {'undefined' if undefined else 'defined'} length, {syntax.name}",
                       dicom(data, syntax))
    data = film(IconImageSequence=Sequence([icon]))
    del data[PIXELS]
    yield form("icon, but no pixels", dicom(data), refused("pixel"))
    for syntax in (EXPLICIT, IMPLICIT, BIG):
        inner = Dataset()
        inner.CodeValue = "1"
        inner.ContentSequence = Sequence([Dataset(), Dataset()])
        data = film(ProcedureCodeSequence=Sequence([inner, inner]), RequestAttributesSequence=Sequence([]))
        for holder, keyword in ((data, "ProcedureCodeSequence"), (data, "RequestAttributesSequence"),
                                (inner, "ContentSequence")):
            holder[keyword].is_undefined_length = True
            for one in holder[keyword].value:
                one.is_undefined_length_sequence_item = True
        yield form(f"undefined lengths, {syntax.name}", dicom(data, syntax))
    groups = {}
    for element in film():
        groups.setdefault(element.tag.group, []).append(element)
    for wrong in (0, 1000):
        body = b""
        for group, members in groups.items():
            part = b"".join(explicit(e.tag, e.VR, value_of(e)) for e in members)
            body += explicit(group << 16, "UL", struct.pack("<I", len(part) + wrong)) + part
        yield form("group lengths" + (", wrong" if wrong else ""), head_of(film()) + body)


def of_syntaxes():
    for syntax in (IMPLICIT, EXPLICIT, BIG, DEFLATED):
        for bits in (8, 12, 16):
            yield form(f"{syntax.name}, {bits} bits", dicom(film(bits=bits), syntax))
        yield form(f"{syntax.name}, window, signed",
                   dicom(film(signed=True, WindowCenter=-100, WindowWidth=500, RescaleSlope=1,
                              RescaleIntercept=-7), syntax))
    data = film()
    data["PixelData"].VR = "OB"
    yield form("12 bits as OB", dicom(data))
    data = film(bits=8)
    data["PixelData"].VR = "OW"
    yield form("8 bits as OW", dicom(data))
    data = film(bits=8)
    swapped = np.frombuffer(data.PixelData, "<u2").byteswap().tobytes()
    data.add(DataElement(PIXELS, "OW", swapped))
    yield form("Explicit VR Big Endian, 8 bits as OW", dicom(data, BIG))
    for bits in (8, 12, 16):
        for signed in (False, True):
            data = compressed(film(bits=bits, signed=signed), uid.RLELossless)
            yield form(f"RLE, {bits} bits {'signed' if signed else 'unsigned'}", dicom(data, uid.RLELossless))
            syntax = uid.JPEG2000Lossless
            data = compressed(film(bits=bits, signed=signed), syntax)
            yield form(f"JPEG 2000 lossless, {bits} bits {'signed' if signed else 'unsigned'}",
                       dicom(data, syntax))
    for bits in (8, 12, 16):
        data = compressed(film(bits=bits), uid.JPEG2000, j2k_psnr=[60])
        yield form(f"JPEG 2000 lossy, {bits} bits", dicom(data, uid.JPEG2000))
    frame = frame_of(compressed(film(), uid.JPEG2000Lossless))
    yield form("JPEG 2000, unsigned stream of a signed film",
               dicom(wrapped(film(signed=True), frame), uid.JPEG2000Lossless))
    for syntax in (uid.HTJ2KLossless, uid.HTJ2K, uid.MPEG2MPML, "1.2.3.4.5"):
        yield form(f"transfer syntax {getattr(syntax, 'name', syntax)}",
                   dicom(wrapped(film(), frame), syntax), refused("transfer syntax"))
    for fragments, table in ((3, True), (3, False), (1, False)):
        yield form(f"JPEG 2000, {fragments} fragments, {'with' if table else 'no'} offset table",
                   dicom(wrapped(film(), frame, fragments, table), uid.JPEG2000Lossless))
    run_length = frame_of(compressed(film(), uid.RLELossless))
    yield form("RLE, no offset table", dicom(wrapped(film(), run_length, table=False), uid.RLELossless))
    for name, one, syntax in (("RLE", run_length, uid.RLELossless),
                              ("JPEG 2000", frame, uid.JPEG2000Lossless)):
        data = wrapped(film(), one)
        data.PixelData, *tables = encapsulate_extended([one])
        data.ExtendedOffsetTable, data.ExtendedOffsetTableLengths = tables
        yield form(f"{name}, extended offset table", dicom(data, syntax))
    data = compressed(film(bits=12), uid.JPEG2000, j2k_psnr=[60])
    data.BitsStored, data.HighBit = 11, 10
    yield form("JPEG 2000 lossy, beyond the bits stored", dicom(data, uid.JPEG2000))
    data = compressed(film(bits=12), uid.JPEG2000, j2k_psnr=[30])
    yield form("JPEG 2000 lossy, strongly", dicom(data, uid.JPEG2000))


def of_dcmtk():
    """The forms that DCMTK makes."""
    sources = (("8 bits", {"bits": 8}), ("12 bits", {"bits": 12}), ("16 bits", {"bits": 16}),
               ("12 bits signed", {"bits": 12, "signed": True}),
               ("16 bits signed", {"bits": 16, "signed": True}))
    for name, bits in sources:
        data, syntax = dcmtk(film(**bits), "dcmcjpeg", "+e1")
        yield form(f"JPEG lossless SV1, {name}", dicom(data, syntax))
        data, syntax = dcmtk(film(**bits), "dcmcjpls", "+el")
        yield form(f"JPEG-LS, {name}", dicom(data, syntax))
        if "signed" not in name:
            data, syntax = dcmtk(film(**bits), "dcmcjpls", "+en", "+md", "3")
            yield form(f"JPEG-LS near-lossless, {name}", dicom(data, syntax))
    for value in ("2", "4", "6", "7"):
        data, syntax = dcmtk(film(), "dcmcjpeg", "+el", "+sv", value)
        yield form(f"JPEG lossless process 14, predictor {value}", dicom(data, syntax))
    for quality in ("50", "90", "100"):
        data, syntax = dcmtk(film(bits=8), "dcmcjpeg", "+eb", "+q", quality)
        yield form(f"JPEG baseline, quality {quality}", dicom(data, syntax))
        data, syntax = dcmtk(film(bits=12), "dcmcjpeg", "+ee", "+bt", "+q", quality)
        yield form(f"JPEG extended, 12 bits, quality {quality}", dicom(data, syntax))
        data, syntax = dcmtk(film(bits=8), "dcmcjpeg", "+ee", "+be", "+q", quality)
        yield form(f"JPEG extended, 8 bits, quality {quality}", dicom(data, syntax))
    data, syntax = dcmtk(film(bits=8, PhotometricInterpretation="MONOCHROME1"), "dcmcjpeg", "+eb")
    yield form("JPEG baseline MONOCHROME1", dicom(data, syntax))
    data, syntax = dcmtk(film(bits=12), "dcmcjpeg", "+ee", "+bt", "+q", "90")
    data.BitsStored, data.HighBit = 11, 10
    yield form("JPEG extended, beyond the bits stored", dicom(data, syntax))
    data, syntax = dcmtk(film(), "dcmcjpls", "+en", "+md", "3")
    data.BitsStored, data.HighBit = 11, 10
    yield form("JPEG-LS near-lossless, beyond the bits stored", dicom(data, syntax))
    made = {
        "JPEG baseline": dcmtk(film(bits=8), "dcmcjpeg", "+eb"),
        "JPEG extended": dcmtk(film(), "dcmcjpeg", "+ee", "+bt"),
        "JPEG lossless": dcmtk(film(), "dcmcjpeg", "+e1"),
        "JPEG-LS": dcmtk(film(), "dcmcjpls", "+el"),
        "JPEG-LS near-lossless": dcmtk(film(), "dcmcjpls", "+en"),
    }
    yield form("JPEG baseline in 4 fragments", dicom(*fragmented(*made["JPEG baseline"], 4)))
    yield form("JPEG-LS in 4 fragments", dicom(*fragmented(*made["JPEG-LS"], 4)))
    made["JPEG 2000 lossless"] = compressed(film(), uid.JPEG2000Lossless), uid.JPEG2000Lossless
    made["JPEG 2000 lossy"] = compressed(film(), uid.JPEG2000, j2k_psnr=[60]), uid.JPEG2000
    for name, (data, syntax) in made.items():
        yield from damaged(name, data, syntax)


def of_unread_jpeg():
    """What DCMTK's own program must unpack first, and a header of which its decoder never finds the end."""
    data, syntax = dcmtk(film(bits=8), "dcmcjpeg", "+eb")
    frame = frame_of(data)
    yield form("JPEG with a TEM marker before its frame",
               dicom(wrapped(film(bits=8), frame[:2] + b"\xff\x01" + frame[2:]), syntax), refused("jpeg"))
    yield form("JPEG with its header in two fragments",
               dicom(wrapped(film(bits=8), frame, fragments=len(frame) // 60), syntax), refused("jpeg"))
    for option, name in (("+es", "spectral selection"), ("+ep", "progressive")):
        data, syntax = dcmtk(film(bits=8), "dcmcjpeg", option)
        yield form(f"JPEG {name}", dicom(data, syntax), refused("transfer syntax", "dcmdjpeg"))


def fragmented(data, syntax, fragments):
    return wrapped(data, frame_of(data), fragments), syntax


def damaged(name, data, syntax):
    """A compressed film whose stream does not hold the picture."""
    frame = frame_of(data)
    for share in (0.2, 0.5, 0.9):
        end = int(len(frame) * share) & ~1
        yield form(f"{name}, cut at {share}", dicom(wrapped(data, frame[:end]), syntax), refused())
        # A marker at the end makes the stream look whole.
        yield form(f"{name}, cut at {share}, with end marker",
                   dicom(wrapped(data, frame[:end] + b"\xff\xd9"), syntax), refused())
    yield form(f"{name}, empty frame", dicom(wrapped(data, b""), syntax), refused())
    yield form(f"{name}, a frame of zeros", dicom(wrapped(data, bytes(2000)), syntax), refused())
    wrapped(data, frame)
    for rows, columns in ((ROWS + 7, COLUMNS), (ROWS - 7, COLUMNS), (ROWS, COLUMNS + 4), (COLUMNS, ROWS),
                          (65535, 65535)):
        data.Rows, data.Columns = rows, columns
        yield form(f"{name}, {ROWS} x {COLUMNS} where {rows} x {columns} is said",
                   dicom(data, syntax), refused())
    data.Rows, data.Columns = ROWS, COLUMNS
    written = dicom(data, syntax)
    yield form(f"{name}, file cut", written[:-len(frame) // 2], refused())


def of_modalities():
    every = "--modalities CR,DX,RG,RF,OT,none"
    for sop, name in ((CR, "CR"), (DX, "DX"), (DX_PROCESSING, "DX for processing")):
        yield form(f"no modality, SOP class {name}", dicom(film(SOPClassUID=sop, Modality=None)))
    yield form("no modality, Secondary Capture", dicom(film(SOPClassUID=SECONDARY, Modality=None)),
               refused("modality"), same("--modalities none"), same(every))
    yield form("DX", dicom(film(SOPClassUID=DX, Modality="DX")), same(), same(every),
               refused("dx", options="--modalities CR"))
    yield form("CR, Secondary Capture", dicom(film(SOPClassUID=SECONDARY)))
    for modality in ("RG", "RF", "OT"):
        yield form(f"modality {modality}", dicom(film(Modality=modality)), refused(modality.lower()),
                   same(f"--modalities {modality}"), same(every))
    yield form("modality CT", dicom(film(Modality="CT")), refused("ct"))


def of_preambles_and_paddings():
    starts = {"TIFF": b"II*\0", "big-endian TIFF": b"MM\0*", "JPEG": b"\xff\xd8\xff\xe0", "BMP": b"BM",
              "PNG": b"\x89PNG\r\n\x1a\n", "GIF": b"GIF89a", "ZIP": b"PK\3\4"}
    for name, start in starts.items():
        yield form(f"preamble of {name}", dicom(film(), preamble=start))
    plain = dicom(film())
    data = film()
    data.PixelData += bytes(100)
    yield form("extra bytes after the pixels", dicom(data), truth=plain)
    data = film(DataSetTrailingPadding=bytes(126))
    yield form("trailing padding", dicom(data))
    data = compressed(film(DataSetTrailingPadding=bytes(126)), uid.RLELossless)
    yield form("trailing padding after compressed pixels", dicom(data, uid.RLELossless))
    packed = dicom(compressed(film(), uid.RLELossless), uid.RLELossless)
    for number in (1, 3, 8, 512):
        yield form(f"{number} zeros after the end", plain + bytes(number), truth=plain)
        yield form(f"{number} zeros after the end, implicit", dicom(film(), IMPLICIT) + bytes(number),
                   truth=plain)
        yield form(f"{number} zeros after the end of compressed pixels", packed + bytes(number), truth=plain)
    deflated = dicom(film(), DEFLATED)
    yield form("zeros after the end, deflated", deflated + bytes(6), truth=plain)
    data = film()
    yield form("meta header without group length", head_of(data, grouped=False) + body_of(data))
    yield form("meta header without transfer syntax", head_of(data, TransferSyntaxUID=None) + body_of(data),
               refused("transfer syntax"))


def of_refusals():
    data = film()
    del data[PIXELS]
    yield form("missing pixels", dicom(data), refused("pixel"))
    data.FloatPixelData = whole(12).astype("<f4").tobytes()
    yield form("float pixels", dicom(data), refused("pixel"))
    yield form("12 bits allocated", dicom(film(BitsAllocated=12)), refused("bit"))
    yield form("empty pixels", dicom(film(PixelData=b"")), refused("pixel"))
    yield form("40 x 0 pixels", dicom(film(Rows=40, Columns=0)), refused("40", unsaid=("limit",)))
    yield form("0 x 40 pixels", dicom(film(Rows=0, Columns=40)), refused("40", unsaid=("limit",)))
    yield form("fewer pixels than said", dicom(film(Rows=ROWS + 1)), refused("pixel", "byte"))
    yield form("65535 x 65535 pixels", dicom(film(Rows=65535, Columns=65535)), refused())
    yield form("two frames", dicom(film(NumberOfFrames=2, PixelData=film().PixelData * 2)), refused("frame"))
    yield form("one frame, said", dicom(film(NumberOfFrames=1)))
    colour = film(bits=8, SamplesPerPixel=3, PhotometricInterpretation="RGB", PlanarConfiguration=0)
    colour.PixelData = whole(8).astype("u1").repeat(3).tobytes() + b"\0"
    yield form("RGB", dicom(colour), refused("rgb", "sample"))
    yield form("palette", dicom(film(bits=8, PhotometricInterpretation="PALETTE COLOR")), refused("palette"))
    yield form("4 bits", dicom(film(bits=4, allocated=8)), refused("bit"))
    yield form("32 bits", dicom(film(bits=32, allocated=32)), refused("bit"))
    yield form("more bits stored than allocated", dicom(film(BitsStored=17)), refused("bit"))
    yield form("high bit 16", dicom(film(HighBit=16)), refused("bit"))
    yield form("high bit below the bits stored", dicom(film(HighBit=5)), refused("bit"))
    for keyword in ("Rows", "Columns", "BitsAllocated", "BitsStored", "PhotometricInterpretation"):
        yield form(f"without {keyword}", assembled(film(), without=[keyword]), refused())
    data = film()
    end = explicit(0x7FE00010, "OW", data.PixelData, len(data.PixelData) + 2)
    yield form("pixels past the end of the file", assembled(data, extra={0x7FE00010: end}), refused())
    past = explicit(0x00091001, "OB", b"abcd", 0x7FFFFFFE)
    yield form("an element past the end of the file", assembled(data, extra={0x00091001: past}), refused())
    past = explicit(0x00081032, "SQ", item(b"", 0x7FFFFFFE), 0x7FFFFFFE)
    yield form("a sequence past the end of the file", assembled(data, extra={0x00081032: past}), refused())
    past = explicit(0x00081032, "SQ", item(explicit(0x00080100, "SH", b"1 ", 200)))
    yield form("an element past the end of its item", assembled(data, extra={0x00081032: past}),
               either(), truth=dicom(film()))
    frame = frame_of(compressed(film(), uid.RLELossless))

    def runs(name, stream):
        return form(f"RLE, {name}", dicom(wrapped(film(), stream), uid.RLELossless), refused())

    segments = struct.unpack_from("<16I", frame)
    for share in (0.3, 0.6, 0.95):
        yield runs(f"cut at {share}", frame[:int(len(frame) * share) & ~1])
    yield runs("three segments said", struct.pack("<I", 3) + frame[4:])
    yield runs("one segment said", struct.pack("<I", 1) + frame[4:])
    yield runs("no segments said", struct.pack("<I", 0) + frame[4:])
    yield runs("2^32 - 1 segments said", struct.pack("<I", UNDEFINED) + frame[4:])
    yield runs("second segment past the end", frame[:8] + struct.pack("<I", 0x7FFFFFF0) + frame[12:])
    yield runs("second segment before the first", frame[:8] + struct.pack("<I", 8) + frame[12:])
    yield runs("first segment short", frame[:8] + struct.pack("<I", segments[1] // 2) + frame[12:])
    yield runs("shorter than its table", frame[:30])
    yield runs("empty", b"")
    data = wrapped(film(), frame)
    data.Rows = data.Columns = 65535
    yield form("RLE, 65535 x 65535 said", dicom(data, uid.RLELossless), refused())
    data.Rows, data.Columns = ROWS + 1, COLUMNS
    yield form("RLE, one row too many said", dicom(data, uid.RLELossless), refused())
    data = wrapped(film(), frame)
    data.PixelData = encapsulate([frame, frame])
    yield form("RLE, two frames where one is said", dicom(data, uid.RLELossless), either("frame"),
               truth=dicom(film()))
    deflated = dicom(film(), DEFLATED)
    for share in (0.4, 0.9):
        yield form(f"deflated, cut at {share}", deflated[:int(len(deflated) * share)], refused())
    yield form("no DICM", dicom(film()).replace(b"DICM", b"DICN", 1), refused())
    yield form("only a preamble", bytes(128) + b"DICM", refused())
    yield form("an empty file", b"", refused())
    yield form("only a meta header", head_of(film()), refused())


def divided(side):
    """A JPEG 2000 stream without pixels that claims precincts of one pixel, each of which takes decoders memory."""
    size = struct.pack(">HIIIIIIIIHBBB", 0, side, side, 0, 0, side, side, 0, 0, 1, 11, 1, 1)
    style = struct.pack(">BBHBBBBBB", 1, 0, 1, 0, 1, 4, 4, 0, 1) + b"\x00\x00"
    quantisation = bytes([0x40]) + bytes([0x60] * 4)

    def segment(marker, body):
        return struct.pack(">HH", marker, len(body) + 2) + body

    tile = struct.pack(">HHHIBB", 0xFF90, 10, 0, 14, 0, 1) + b"\xff\x93"
    return (b"\xff\x4f" + segment(0xFF51, size) + segment(0xFF52, style) + segment(0xFF5C, quantisation)
            + tile + b"\xff\xd9")


def of_hostile():
    plain = dicom(film())
    for name, opening, length in (
        ("undefined lengths", explicit(0x0040A730, "SQ", b"", UNDEFINED) + item(b"", UNDEFINED), None),
        ("undefined lengths as UN", explicit(0x0040A730, "UN", b"", UNDEFINED) + item(b"", UNDEFINED), None),
        ("open at the end", explicit(0x0040A730, "SQ", b"", UNDEFINED) + item(b"", UNDEFINED), 0),
    ):
        closing = ITEM_END + SEQUENCE_END
        if "UN" in name:
            inner = struct.pack("<HHI", 0x0040, 0xA730, UNDEFINED) + item(b"", UNDEFINED)
            nested = opening + inner * 6999 + closing * 7000
        else:
            nested = opening * 7000 + (closing * 7000 if length is None else b"")
        case = either("nested") if length is None else refused()
        yield form(f"nested 7000 deep, {name}", assembled(film(), extra={0x0040A730: nested}), case,
                   truth=plain)
    nested = b""
    for _ in range(7000):
        nested = explicit(0x0040A730, "SQ", item(nested))
    yield form("nested 7000 deep, defined lengths", assembled(film(), extra={0x0040A730: nested}),
               either("nested"), truth=plain)
    nested = b""
    for _ in range(20):
        nested = explicit(0x0040A730, "SQ", item(nested + ITEM_END, UNDEFINED) + SEQUENCE_END, UNDEFINED)
    yield form("nested 20 deep", assembled(film(), extra={0x0040A730: nested}), truth=plain)
    # A sequence of DCMTK's dictionary of private elements, which no walk without that dictionary knows as one.
    nested = b""
    for _ in range(20_000):
        nested = struct.pack("<HHI", 0x0009, 0x1040, len(nested) + 8) + item(nested)
    private = explicit(0x00090010, "LO", b"CARDIO-D.R. 1.0 ") + explicit(0x00091040, "UN", nested[8:])
    yield form("nested 20000 deep, a maker's own", assembled(film(), extra={0x00091040: private}),
               either("nested"), truth=plain)
    many = explicit(0x00090010, "LO", b"CARDIO-D.R. 1.0 ") + explicit(
        0x00091040, "UN", item(struct.pack("<HHI", 0x0009, 0x1001, 0) * 1_500_000))
    yield form("1.5 million elements, a maker's own", assembled(film(), extra={0x00091040: many}),
               either("elements"), truth=plain)
    yield form("JPEG 2000, a precinct a pixel", dicom(wrapped(film(np.zeros((2000, 2000), int)), divided(2000)), uid.JPEG2000Lossless),
               refused("jpeg 2000"))
    private = explicit(0x00091001, "OB", b"", 600 << 20)
    before, after = body_of(film()).split(explicit(0x00100020, "LO", b"P1"))
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    parts = [packer.compress(before + explicit(0x00090010, "LO", b"A MAKER ") + private)]
    parts += [packer.compress(bytes(1 << 20)) for _ in range(600)]
    parts += [packer.compress(explicit(0x00100020, "LO", b"P1") + after), packer.flush()]
    yield form(BOMB, head_of(film(), DEFLATED) + b"".join(parts), refused("unpack"))


def forms():
    """All forms, in order; the second value says what was left out."""
    groups = [of_bits, of_windows, of_rescales, of_modality_luts, of_voi_luts, of_overlays,
              of_representations, of_syntaxes, of_modalities, of_preambles_and_paddings, of_refusals,
              of_hostile]
    missing = [tool for tool in ("dcmcjpeg", "dcmcjpls") if shutil.which(tool) is None]
    if not missing:
        groups[8:8] = [of_dcmtk, of_unread_jpeg]
    made = [one for group in groups for one in group()]
    if len({one.name for one in made}) != len(made):
        raise ValueError("two forms have one name")
    return made, [f"skipped: JPEG and JPEG-LS forms, for {' and '.join(missing)} (DCMTK)"] if missing else []


def main():
    made, notes = forms()
    folder = Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    for index, one in enumerate(made):
        if "--list" in sys.argv:
            print(f"{index:04}", one)
        (folder / f"{index:04}.dcm").write_bytes(one.data)
    print(*notes, f"{len(made)} forms in {folder}", sep="\n")


if __name__ == "__main__":
    main()
