"""Compares the grey levels of a DICOM reader with those of pydicom, form by form.

usage: judge.py BIN [--real DIR] [--only WORDS] [--list]    (needs requirements.txt; BIN holds film-reader)

Builds every form of forms.py in a temporary folder, reads it with film-reader and with pydicom, and lists
where a pixel differs by more than one grey level, where a film was refused that is none to refuse, or the
other way round, and where the reader crashed, was late or held more than 256 MB. With --real, the real films
of DIR/dicom-real and DIR/dicom too. The decoding is pydicom's; the formula from stored values to grey levels
is written here in float64.
"""

import argparse
import json
import logging
import shutil
import subprocess
import sys
import tempfile
import warnings
from io import BytesIO
from pathlib import Path

import numpy as np
from pydicom import config, dcmread, uid
from pydicom.pixels import apply_rescale, get_decoder

import forms
import run

EVERY = "--modalities CR,DX,RG,RF,OT,none"
LOSSY = (uid.JPEGBaseline8Bit, uid.JPEGExtended12Bit, uid.JPEGLSNearLossless, uid.JPEG2000)
SECONDS = 10
PEAK_MB = 256
# Grey levels: a reader may round to 1/256 of a level, and lossy decoders round otherwise.
LEVELS = {"lossless": 0.003, "lossy": 0.2}


class Refused(Exception):
    """A film without grey levels."""


# The grey levels that are due

def dcmtk_decoded(data):
    """The data set decoded by DCMTK, for 12-bit JPEG, some of which pydicom's plugins do not decode."""
    if shutil.which("dcmdjpeg") is None:
        raise Refused("no decoder for this JPEG: DCMTK's dcmdjpeg is not installed")
    with tempfile.TemporaryDirectory() as folder:
        before, after = Path(folder) / "before", Path(folder) / "after"
        data.save_as(before)
        if subprocess.run(["dcmdjpeg", before, after], capture_output=True).returncode:
            raise Refused("DCMTK does not decode this JPEG")
        return dcmread(BytesIO(after.read_bytes()))


def decoded(data):
    """The words of the pixels as they come from the decoder."""
    syntax = data.file_meta.TransferSyntaxUID
    try:
        decoder = get_decoder(syntax)
        return decoder.as_array(data, raw=True, correct_unused_bits=False)[0]
    except RuntimeError as error:
        if syntax != uid.JPEGExtended12Bit:
            raise Refused(str(error)) from None
        native = dcmtk_decoded(data)
        return get_decoder(native.file_meta.TransferSyntaxUID).as_array(
            native, raw=True, correct_unused_bits=False)[0]


def stored_range(data):
    bits = data.BitsStored
    return (-(1 << bits - 1), (1 << bits - 1) - 1) if data.PixelRepresentation else (0, (1 << bits) - 1)


def stored_values(data):
    words = decoded(data)
    syntax = data.file_meta.TransferSyntaxUID
    if syntax in LOSSY:
        return np.clip(words.astype(np.int64), *stored_range(data))
    bits = data.BitsStored
    words = words.astype(np.int64)
    if not syntax.is_compressed or syntax in (uid.RLELossless, uid.DeflatedExplicitVRLittleEndian):
        words >>= data.HighBit + 1 - bits
    words &= (1 << bits) - 1
    return np.where(words >> bits - 1, words - (1 << bits), words) if data.PixelRepresentation else words


def looked_up(values, item, signed, little_endian):
    """The values sent through a LUT, and its bits: PS3.3 C.11.1.1 and C.11.2.1.1.

    Not pydicom's: its apply_voi counts in the type of the LUT's entries, which is too small for 8-bit ones.
    """
    entries, first, bits = item.LUTDescriptor
    entries = (entries & 0xFFFF) or 1 << 16
    if signed and first >= 1 << 15:
        first -= 1 << 16
    table = item.get("LUTData")
    if table is None or len(table) == 0:
        raise Refused("the LUT has no data")
    raw = table if isinstance(table, bytes) else np.asarray(table, "<u2").tobytes()
    little_endian = little_endian or not isinstance(table, bytes)
    bytewise = bits <= 8 and len(raw) == entries + entries % 2
    table = np.frombuffer(raw, "u1" if bytewise else "<u2" if little_endian else ">u2")
    if len(table) < entries:
        raise Refused("the LUT has fewer data than its descriptor says")
    index = np.clip(np.trunc(values - float(first)), 0, entries - 1).astype(np.int64)
    return table[:entries].astype(np.float64)[index], bits


def window_of(data):
    def first(value):
        return value if isinstance(value, (float, int)) else value[0] if value else None

    center, width = (first(data.get(keyword)) for keyword in ("WindowCenter", "WindowWidth"))
    return None if center is None or width is None else (float(center), float(width))


def between(values, low, high):
    if high == low:
        return np.where(values > low, 255.0, 0.0)
    return np.clip(255 * (values - low) / (high - low), 0, 255)


def windowed(values, center, width, function):
    if width < 1 if function == "LINEAR" else width <= 0:
        raise Refused("the window's width")
    if function == "LINEAR":
        return between(values, center - 0.5 - (width - 1) / 2, center - 0.5 + (width - 1) / 2)
    if function == "LINEAR_EXACT":
        return between(values, center - width / 2, center + width / 2)
    if function == "SIGMOID":
        with np.errstate(over="ignore"):
            return 255 / (1 + np.exp(-4 * (values - center) / width))
    raise Refused(f"VOI LUT function {function}")


def grey_levels(data, ranged="window"):
    """The grey levels 0 to 255 in float64."""
    values = stored_values(data)
    low, high = stored_range(data)
    little_endian = data.file_meta.TransferSyntaxUID.is_little_endian
    signed = data.PixelRepresentation == 1
    if data.get("ModalityLUTSequence"):
        values, bits = looked_up(values, data.ModalityLUTSequence[0], signed, little_endian)
        low, high, signed = 0, (1 << bits) - 1, False
    else:
        values = apply_rescale(values.astype(np.float64), data)
        # A negative slope turns the picture: the range goes from its smaller end to its larger one.
        low, high = sorted(apply_rescale(np.array([low, high], np.float64), data))
        signed = low < 0
    window, table = window_of(data), data.get("VOILUTSequence")
    order = {"window": ("window", "lut"), "lut": ("lut", "window"), "full": ()}[ranged]
    way = next((way for way in order if (window if way == "window" else table)), "full")
    if way == "window":
        grey = windowed(values, *window, str(data.get("VOILUTFunction") or "LINEAR").upper())
    elif way == "lut":
        values, bits = looked_up(values, table[0], signed, little_endian)
        grey = between(values, 0, (1 << bits) - 1)
    else:
        grey = between(values, low, high)
    return 255 - grey if data.PhotometricInterpretation == "MONOCHROME1" else grey


def truth(source, options):
    words = options.split()
    ranged = words[words.index("--range") + 1] if "--range" in words else "window"
    return grey_levels(dcmread(BytesIO(source) if isinstance(source, bytes) else source), ranged)


# What the reader says

class Results:
    """What has been compared; prints a line for what fails."""

    def __init__(self):
        self.counts = {"agree": 0, "refused": 0, "failed": 0}
        self.largest = {"lossless": (0.0, "none"), "lossy": (0.0, "none")}
        self.peak = (0.0, "none")

    def fail(self, name, options, expected, came, difference=None):
        self.counts["failed"] += 1
        largest = "" if difference is None else f" | largest difference {difference:.4f}"
        print(f"FAILED {name} | {options or '-'} | expected {expected} | came {came}{largest}", flush=True)

    def judge(self, name, case, line, folder, index, source, lossy):
        if line is None:
            return self.fail(name, case.options, case, "no line")
        if not isinstance(line.get("ok"), bool):
            return self.fail(name, case.options, case, f"a line without ok: {line}")
        if not line["ok"]:
            said = str(line.get("error", ""))
            if not (case.refusal or case.either):
                return self.fail(name, case.options, case, f"refused: {said}")
            low = said.lower()
            wrong = (not said or case.words and not any(word in low for word in case.words)
                     or any(word in low for word in case.unsaid))
            if wrong:
                return self.fail(name, case.options, case, f"refused: {said}")
            self.counts["refused"] += 1
            return None
        if case.refusal:
            return self.fail(name, case.options, case, "accepted")
        try:
            due = truth(source, case.options)
        except Refused as error:
            return self.fail(name, case.options, case, f"accepted, where the judge refuses: {error}")
        path = folder / f"{index}.f32"
        shape = (line.get("height"), line.get("width"))
        if shape != due.shape or not path.is_file() or path.stat().st_size != due.size * 4:
            return self.fail(name, case.options, case, f"a picture of {shape}, {due.shape} is due")
        came = np.fromfile(path, "<f4").astype(np.float64).reshape(due.shape)
        difference = np.abs(came - due).max() if np.isfinite(came).all() else np.inf
        kind = "lossy" if lossy else "lossless"
        if difference > LEVELS[kind]:
            where = np.argwhere(np.abs(came - due) > LEVELS[kind])
            first = tuple(int(i) for i in where[0]) if len(where) else ()
            text = f"{len(where)} pixels of {due.size} differ, first at {first}"
            if first:
                text += f": {came[first]:.3f}, {due[first]:.3f} is due"
            return self.fail(name, case.options, case, text, difference)
        self.largest[kind] = max(self.largest[kind], (difference, name))
        self.counts["agree"] += 1
        return None


def lines_of(outcome, files):
    """One line a file, None where it is missing or no JSON."""
    lines = []
    for text in outcome["stdout"].splitlines():
        try:
            lines.append(json.loads(text))
        except ValueError:
            lines.append(None)
    lines = lines[:len(files)] + [None] * (len(files) - len(lines))
    return [line if line and line.get("file") == str(file) else None for line, file in zip(lines, files)]


def fault(outcome, files):
    if outcome["late"]:
        return f"no end after {outcome['seconds']:.0f} s"
    if outcome["status"] != 0:
        return f"{outcome['signal'] or 'exit status ' + str(outcome['status'])} {outcome['stderr'][-300:]}"
    if outcome["peak_mb"] > PEAK_MB:
        return f"{outcome['peak_mb']:.0f} MB held"
    if None in lines_of(outcome, files) or len(outcome["stdout"].splitlines()) != len(files):
        return f"not one line a file: {outcome['stdout'][-300:]!r}"
    return None


def compare(reader, jobs, results, folder):
    """Jobs are (name, case, file, source of the truth, lossy); those of the same options are read together.
    """
    for options in dict.fromkeys(job[1].options for job in jobs):
        group = [job for job in jobs if job[1].options == options]
        batches = [group[start:start + 40] for start in range(0, len(group), 40)]
        while batches:
            batch = batches.pop(0)
            out = folder / "out"
            shutil.rmtree(out, ignore_errors=True)
            out.mkdir()
            files = [job[2] for job in batch]
            alone = len(batch) == 1
            outcome = run.measured([reader, *options.split(), out, *files], SECONDS * (1 if alone else 4))
            results.peak = max(results.peak, (outcome["peak_mb"], batch[0][0] if alone else "a batch"))
            wrong = fault(outcome, files)
            if wrong and not alone:
                batches = [[job] for job in batch] + batches
            elif wrong:
                results.fail(batch[0][0], options, batch[0][1], wrong)
            else:
                for index, (job, line) in enumerate(zip(batch, lines_of(outcome, files))):
                    name, case, _, source, lossy = job
                    results.judge(name, case, line, out, index, source, lossy)


def form_jobs(made, folder):
    for index, one in enumerate(made):
        file = folder / f"{index:04}.dcm"
        file.write_bytes(one.data)
        lossy = any(word in one.name for word in ("lossy", "near", "baseline", "extended"))
        for case in one.cases:
            yield one.name, case, file, one.truth or one.data, lossy


# Real films

def relabelled(file, folder):
    """A copy as CR where the modality is none of those that are read: two bytes differ, the length stays."""
    data = dcmread(file)
    copy = folder / file.name
    content = bytearray(file.read_bytes())
    if data.get("Modality") not in (None, "CR", "DX", "RG", "RF", "OT"):
        element = dcmread(file, defer_size=None).get_item("Modality")
        if element.length != 2:
            raise ValueError(f"{file.name}: a modality of {element.length} bytes")
        content[element.value_tell:element.value_tell + 2] = b"CR"
    copy.write_bytes(content)
    return copy, data.get("Modality")


def real_jobs(real, folder):
    folder.mkdir()
    files = sorted((real / "dicom-real").iterdir()) + sorted((real / "dicom").iterdir())
    for file in files:
        copy, modality = relabelled(file, folder)
        data = dcmread(copy)
        lossy = data.file_meta.TransferSyntaxUID in LOSSY
        for ranged in ("window", "lut", "full"):
            options = f"--range {ranged} {EVERY}"
            try:
                grey_levels(data, ranged)
                case = forms.same(options)
            except Refused:
                case = forms.refused(options=options)
            note = "" if modality == data.get("Modality") else f" (relabelled, was {modality})"
            yield f"real {file.name}{note}", case, copy, copy, lossy


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("bin", type=Path, help="the folder that holds film-reader")
    parser.add_argument("--real", type=Path, help="the folder that holds dicom-real and dicom")
    parser.add_argument("--only", default="", help="only the forms whose name contains this")
    parser.add_argument("--list", action="store_true", help="print the forms and what is expected of them")
    options = parser.parse_args()
    warnings.simplefilter("ignore")
    logging.disable(logging.CRITICAL)
    config.settings.reading_validation_mode = config.IGNORE
    config.settings.writing_validation_mode = config.IGNORE

    made, notes = forms.forms()
    made = [one for one in made if options.only in one.name]
    if options.list:
        print(*made, *notes, sep="\n")
        return
    results = Results()
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        jobs = list(form_jobs(made, folder))
        if options.real:
            jobs += [job for job in real_jobs(options.real, folder / "real") if options.only in job[0]]
        compare(options.bin / "film-reader", jobs, results, folder)
    for note in notes + ([] if options.real else ["skipped: the real films, for --real was not given"]):
        print(note)
    for kind, (difference, name) in results.largest.items():
        print(f"largest difference that passed, {kind}: {difference:.6f} ({name})")
    print(f"most memory: {results.peak[0]:.0f} MB ({results.peak[1]})")
    counts = ", ".join(f"{number} {what}" for what, number in results.counts.items())
    print(f"{len(made)} forms, {len(jobs)} cases: {counts}")
    sys.exit(1 if results.counts["failed"] else 0)


if __name__ == "__main__":
    main()
