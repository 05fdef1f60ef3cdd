"""Tries cxr-fetch against a server that misbehaves (server.py), by kills, on full disks and with wrong files.

usage: fetch.py BIN [--quick] [--only WORDS] [--seed 0] [--workers 3]

BIN is the program. A case is a function; it passes where the folder ends right (every file with its bytes,
exit 0) or where the program says what was wrong (exit 1), leaves no file under its own name that is not
whole, and ends right in the next run against an honest server. Every run's memory and messages are judged.
--quick leaves out what takes long. CXR_REAL_DATA names real label files; without it they are made up only.
Exit 1 where any case failed; what could not be tried on this machine is printed as SKIPPED and counted.
"""

import argparse
import contextlib
import csv
import filecmp
import gzip
import hashlib
import os
import random
import re
import resource
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
import traceback
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import labels
import server as web

SIZES = {
    "one": 1, "thousand": 1000, "three": 3_000_000, "five": 5_000_000, "six": 6_000_000, "seven": 7_000_000,
    "twenty": 20_000_000,
}  # fmt: skip
STATE = ".cxr-fetch.json"
LABELS_PAGE = "https://nihcc.app.box.com/v/ChestXray-NIHCC"
LABEL_NAMES = re.compile(r"(Data_Entry_2017\w*|BBox_List_2017)\.csv|(train_val|test)_list\.txt")
MEMORY = 64 << 20
LIMIT = 120
# What may be fetched again after a cut: what the program may not have written yet.
OVERLAP = 64 << 10
CASES = []


class Wrong(Exception):
    """What must not happen."""


class Skipped(Exception):
    """What cannot be tried on this machine."""


def need(condition, text):
    if not condition:
        raise Wrong(text)


def case(title, slow=False):
    def keep(function):
        CASES.append((title, slow, function))
        return function

    return keep


def md5(path):
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "md5").hexdigest()


def plain(text):
    """Numbers without their separators."""
    return re.sub(r"(?<=\d),(?=\d{3}(?!\d))", "", text)


class Result:
    def __init__(self, code, out, errors, peak, seconds):
        self.code, self.out, self.errors, self.peak, self.seconds = code, out, errors, peak, seconds

    def says(self, pattern):
        return re.search(pattern, plain(self.out + "\n" + self.errors), re.IGNORECASE) is not None

    def __str__(self):
        return f"exit {self.code} after {self.seconds:.1f} s: {self.errors.strip()[-700:]}"


class Running:
    """The program in the background."""

    def __init__(self, room, command, user=None):
        self.room, self.began = room, time.monotonic()
        self.out = tempfile.TemporaryFile(dir=room.folder)
        self.errors = tempfile.TemporaryFile(dir=room.folder)
        clean = {name: value for name, value in os.environ.items() if not name.lower().endswith("_proxy")}
        self.process = subprocess.Popen(
            list(map(str, command)), stdin=subprocess.DEVNULL, stdout=self.out, stderr=self.errors,
            env=clean, user=user, start_new_session=True)  # fmt: skip
        self.result = None

    def poll(self):
        """The result, once it has ended."""
        if self.result is None:
            pid, code, used = os.wait4(self.process.pid, os.WNOHANG)
            if pid:
                self.process.returncode = code = os.waitstatus_to_exitcode(code)
                texts = []
                for file in (self.out, self.errors):
                    file.seek(0)
                    texts.append(file.read().decode(errors="replace"))
                    file.close()
                peak = used.ru_maxrss * (1 if sys.platform == "darwin" else 1024)
                self.result = Result(code, *texts, peak, time.monotonic() - self.began)
        return self.result

    def signal(self, number):
        if self.poll() is None:
            os.kill(self.process.pid, number)

    def wait(self, limit=LIMIT):
        """How it ended: in time, in little memory, by plain messages."""
        end = time.monotonic() + limit
        while self.poll() is None:
            if time.monotonic() > end:
                self.kill()
                raise Wrong(f"still running after {limit} s: {self.result}")
            time.sleep(0.01)
        self.room.peak = max(self.room.peak, self.result.peak)
        need(self.result.peak < MEMORY, f"{self.result.peak >> 20} MB of memory: {self.result}")
        need(not re.search(r"[\r\x1b]", self.result.errors), f"no plain lines: {self.result.errors[-300:]!r}")
        return self.result

    def kill(self):
        self.signal(signal.SIGKILL)
        while self.poll() is None:
            time.sleep(0.002)


class Room:
    """A case's own server, catalogue and folder."""

    def __init__(self, program, sources, folder, seed):
        self.program, self.sources, self.folder = program, sources, folder
        self.random = random.Random(f"{seed}{folder.name}")
        self.server = web.Server()
        self.output = folder / "output"
        self.catalogue = folder / "catalogue.csv"
        self.rows, self.kinds, self.peak = {}, {}, 0
        self.running = []

    def close(self):
        for one in self.running:
            one.kill()
        self.server.close()

    # ---- What is to be fetched

    def file(self, kind, *behaviours, name=None, url=None, **other):
        """A row of the catalogue; `other` replaces what it says of bytes and md5."""
        name = name or f"{kind}.tar.gz"
        self.kinds[name] = kind
        self.behave(name, *behaviours)
        source = self.sources[kind]
        about = {"url": url or self.server.url(f"/{name}"), "bytes": source.size, "md5": source.md5}
        self.rows[name] = about | other
        with open(self.catalogue, "w", newline="") as file:
            writer = csv.writer(file, lineterminator="\n")
            writer.writerow(["file", "url", "bytes", "md5"])
            writer.writerows([one, *about.values()] for one, about in self.rows.items())
        return name

    def behave(self, name, *behaviours):
        behaviour = web.in_turn(*(behaviours or [web.honest]))
        self.server.serve(f"/{name}", self.sources[self.kinds[name]], behaviour)

    def asked(self, name):
        return self.server.asked(f"/{name}")

    def path(self, name):
        return self.output / name

    def part(self, name):
        return self.output / f"{name}.part"

    def part_size(self, name):
        return self.part(name).stat().st_size if self.part(name).exists() else 0

    def whole(self):
        return {name for name in self.rows if self.path(name).exists()}

    # ---- Running the program

    def start(self, *options, catalogue=None, output=None, before=(), user=None):
        command = [*before, self.program, catalogue or self.catalogue, "--output", output or self.output]
        self.running.append(Running(self, [*command, *options], user))
        return self.running[-1]

    def fetch(self, *options, **how):
        result = self.start(*options, **how).wait()
        need(0 <= result.code < 126, f"died: {result}")
        return result

    # ---- Judging

    def check(self):
        """Nothing under its own name that is not whole, and nothing that nobody knows."""
        if not self.output.is_dir():
            return
        for path in self.output.iterdir():
            name = path.name
            if name in self.rows:
                need(md5(path) == self.sources[self.kinds[name]].md5, f"{name} has other bytes")
            elif name.removesuffix(".part") not in self.rows:
                need(name.startswith(".cxr-fetch") or LABEL_NAMES.fullmatch(name), f"{name} was left behind")

    def right(self, result, names=None):
        """The run ended well and left what was asked for, whole."""
        need(result.code == 0, f"failed: {result}")
        self.check()
        for name in names or self.rows:
            need(self.path(name).exists(), f"{name} is not there: {result}")
        parts = [path.name for path in self.output.iterdir() if path.name.endswith(".part")]
        need(not parts, f"{parts} left: {result}")
        return result

    def ends_right(self, *options):
        return self.right(self.fetch(*options))

    def heal(self, *options):
        """The next run, against an honest server."""
        for name in self.rows:
            self.behave(name)
        try:
            return self.ends_right(*options)
        except Wrong as wrong:
            raise Wrong(f"the next run: {wrong}") from None

    def fails(self, name, *patterns, options=(), tries=None, heal=True):
        """The run names what was wrong with one file, and fetches the others."""
        result = self.fetch(*options)
        need(result.code == 1, f"no failure: {result}")
        for pattern in (re.escape(name), *patterns):
            need(result.says(str(pattern)), f"{pattern!r} is not said: {result}")
        self.check()
        need(not self.path(name).exists(), f"{name} is there")
        others = set(self.rows) - {name}
        need(self.whole() == others, f"{others - self.whole()} not fetched: {result}")
        count = len(self.asked(name))
        need(tries in (None, count), f"asked for {count} times, not {tries}: {result}")
        if heal:
            self.heal()
        return result

    def either(self, name, *options):
        """The run may come through, or say what was wrong; how it ended."""
        result = self.fetch(*options)
        need(result.code in (0, 1), f"neither right nor wrong: {result}")
        if result.code == 0:
            return self.right(result)
        need(result.says(re.escape(name)), f"{name} is not named: {result}")
        self.check()
        need(not self.path(name).exists(), f"{name} is there: {result}")
        self.heal()
        return result

    def refuses(self, *patterns, options=(), silent=True, **how):
        """The run fails at once, says why, and asks the server nothing."""
        before = len(self.server.asked())
        result = self.fetch(*options, **how)
        need(result.code != 0, f"taken: {result}")
        for pattern in patterns:
            need(result.says(str(pattern)), f"{pattern!r} is not said: {result}")
        need(not silent or len(self.server.asked()) == before, f"the server was asked: {result}")
        return result

    def goes_on(self, name):
        """Every request begins where those before it had come to."""
        reached = 0
        for one in self.asked(name):
            begun = one.start or 0
            need(begun >= reached - OVERLAP, f"{name}: begun at {begun}, {reached} bytes had been sent")
            reached = max(reached, one.reached)


@contextlib.contextmanager
def disk(room, size):
    """A small file system as the output folder."""
    room.output.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", str(room.output)]
    try:
        done = subprocess.run(command, capture_output=True, text=True)
    except OSError as error:
        raise Skipped(f"no small disk can be mounted: {error}") from None
    if done.returncode:
        raise Skipped(f"no small disk can be mounted: {done.stderr.strip()}")
    try:
        yield
    finally:
        for one in room.running:
            one.kill()
        subprocess.run(["umount", "-l", str(room.output)], check=True)


# ---- Transfers that come right


@case("an honest server, and a second run that asks nothing")
def honest_server(room):
    for kind in ("one", "thousand", "three", "twenty"):
        room.file(kind)
    room.ends_right()
    for name in room.rows:
        sent = sum(one.served for one in room.asked(name))
        need(sent == SIZES[room.kinds[name]], f"{name}: {sent} bytes were sent")
    room.server.forget()
    times = {name: room.path(name).stat().st_mtime_ns for name in room.rows}
    room.ends_right()
    need(not room.server.asked(), f"{len(room.server.asked())} requests in the second run")
    again = {name: room.path(name).stat().st_mtime_ns for name in room.rows}
    need(again == times, "the files were written again")


@case("a whole file that is as when it was checked is not hashed again")
def not_hashed_again(room):
    name = room.file("three")
    room.ends_right()
    found = room.path(name).stat()
    with open(room.path(name), "r+b") as file:
        file.write(b"other bytes, of which neither size nor time tell")
    os.utime(room.path(name), ns=(found.st_atime_ns, found.st_mtime_ns))
    room.server.forget()
    result = room.fetch()
    need(result.code == 0 and not room.server.asked(), f"looked into: {result}")


@case("a whole file whose bytes changed afterwards is fetched anew")
def changed_afterwards(room):
    name = room.file("three")
    room.file("thousand")
    room.ends_right()
    with open(room.path(name), "r+b") as file:
        file.seek(1_500_000)
        file.write(b"changed")
    os.utime(room.path(name), (1_600_000_000, 1_600_000_000))
    room.server.forget()
    room.ends_right()
    sent = sum(one.served for one in room.asked(name))
    need(sent == SIZES["three"], f"{sent} bytes were sent")
    need(not room.asked("thousand.tar.gz"), "the other file was asked for")


@case("a whole file that was cut short or grew is fetched anew")
def other_size_afterwards(room):
    first, second = room.file("three"), room.file("five")
    room.ends_right()
    os.truncate(room.path(first), 1_000_000)
    with open(room.path(second), "ab") as file:
        file.write(b"more")
    room.ends_right()


@case("whole files without the state are hashed, not fetched")
def state_lost(room):
    for kind in ("thousand", "three"):
        room.file(kind)
    room.ends_right()
    room.server.forget()
    for damage in ("gone", b"", b"{", b"[1, 2]", bytes(range(256))):
        if damage == "gone":
            (room.output / STATE).unlink()
        else:
            (room.output / STATE).write_bytes(damage)
        room.ends_right()
        need(not room.server.asked(), f"asked for with the state {damage!r}")


@case("whole files that were fetched by other means are hashed, not fetched")
def laid_by_hand(room):
    name = room.file("three")
    room.output.mkdir()
    shutil.copy(room.sources["three"].path, room.path(name))
    room.ends_right()
    need(not room.server.asked(), "asked for")


@case("one of the files deleted: that one is fetched")
def one_deleted(room):
    for kind in ("one", "thousand", "three"):
        room.file(kind)
    room.ends_right()
    room.path("three.tar.gz").unlink()
    room.server.forget()
    room.ends_right()
    need({one.path for one in room.server.asked()} == {"/three.tar.gz"}, "others were asked for")


@case("the output folder is made, with the folders above it")
def folders_made(room):
    room.output = room.folder / "a folder" / "dès" / "output"
    room.file("thousand")
    room.ends_right()


def cuts(room, kinds, each):
    """Every file is cut at random places, by an end or a reset; now and then before its first byte."""
    count = 0
    for kind in kinds:
        places = sorted(room.random.randrange(1, SIZES[kind]) for _ in range(each))
        behaviours = [web.cut(place, hard=room.random.random() < 0.4) for place in places]
        behaviours.insert(each // 2, room.random.choice([web.hang_up, web.cut_in_head]))
        count += len(behaviours)
        room.file(kind, *behaviours, web.honest)
    room.ends_right()
    for name in room.rows:
        asked, size = room.asked(name), SIZES[room.kinds[name]]
        need(len(asked) == each + 2, f"{name}: {len(asked)} requests, {each + 1} were cut")
        room.goes_on(name)
        sent = sum(one.served for one in asked)
        need(sent <= size + OVERLAP * each, f"{name}: {sent} bytes were sent of {size}")
    return count


@case("8 cuts at random bytes")
def few_cuts(room):
    cuts(room, ("three", "five"), 3)


@case("52 cuts at random bytes", slow=True)
def many_cuts(room):
    count = cuts(room, ("twenty", "five", "six", "seven"), 12)
    need(count == 52, f"{count} cuts")


@case("cuts that end each connection rightly: not a byte is sent twice")
def gentle_cuts(room):
    name = room.file("three", web.cut(700_001), web.cut(1_400_003), web.cut(2_999_999), web.honest)
    room.ends_right()
    room.goes_on(name)
    sent = sum(one.served for one in room.asked(name))
    need(sent <= SIZES["three"] + 3 * OVERLAP, f"{sent} bytes were sent")


@case("a stall in the middle of a file")
def stall_in_file(room):
    name = room.file("three", web.stall(1_000_000, 60), web.honest)
    result = room.ends_right("--stall", "1")
    need(result.seconds < 15, f"took {result.seconds:.1f} s")
    room.goes_on(name)


@case("a server that takes the request and says nothing")
def stall_before_answer(room):
    room.file("three", web.mute(60), web.honest)
    result = room.ends_right("--stall", "1")
    need(result.seconds < 15, f"took {result.seconds:.1f} s")


@case("a slow trickle is no stall")
def trickle(room):
    name = room.file("thousand", web.answered(rate=250))
    room.ends_right("--stall", "1")
    need(len(room.asked(name)) == 1, f"{len(room.asked(name))} requests")


@case("redirects by 301, 302, 303, 307 and 308, a relative one, and a chain of five to another server")
def redirects(room):
    other = web.Server()
    try:
        for code in (301, 302, 303, 307, 308):
            name = room.file("thousand", name=f"{code}.tar.gz")
            other.serve(f"/to/{name}", room.sources["thousand"])
            room.behave(name, web.redirect(code, other.url(f"/to/{name}?a=b&c=%20d")))
        room.file("thousand", name="relative.tar.gz")
        room.behave("relative.tar.gz", web.redirect(302, "elsewhere/../at.tar.gz?x=1"))
        room.server.serve("/at.tar.gz", room.sources["thousand"])
        room.server.serve("/elsewhere/../at.tar.gz", room.sources["thousand"])
        name = room.file("three", web.redirect(302, room.server.url("/step1")))
        for step in range(1, 4):
            to = web.redirect(302, f"/step{step + 1}")
            room.server.serve(f"/step{step}", None, to)
        room.server.serve("/step4", None, web.redirect(302, other.url("/end")))
        other.serve("/end", room.sources["three"], web.in_turn(web.cut(2_000_000), web.honest))
        room.ends_right()
        first, second = other.asked("/end")
        need((second.start or 0) >= first.reached - OVERLAP, f"begun again at {second.start}")
    finally:
        other.close()


@case("ten redirects are followed")
def ten_redirects(room):
    room.file("thousand", web.redirect(302, "/step1"))
    for step in range(1, 10):
        room.server.serve(f"/step{step}", None, web.redirect(302, f"/step{step + 1}"))
    room.server.serve("/step10", room.sources["thousand"])
    room.ends_right()


@case("a redirect whose target holds for one request only")
def passing_target(room):
    def behave(exchange):
        target = f"/once{exchange.request.number}"
        behaviours = [web.cut(1_000_000 * (exchange.request.number + 1)), web.status(404)]
        room.server.serve(target, room.sources["three"], web.in_turn(*behaviours))
        web.redirect(302, target)(exchange)

    room.file("three", behave)
    room.ends_right()


@case("a server that ignores ranges: begun anew")
def no_ranges(room):
    room.file("three", web.cut(1_000_000), web.answered(ranges=False))
    room.file("five", web.cut(4_000_000), web.cut(2_000_000, ranges=False), web.answered(ranges=False))
    room.ends_right()


@case("500 twice and then right")
def twice_500(room):
    room.file("three", web.status(500), web.status(500), web.honest)
    room.file("five", web.cut(2_000_000), web.status(502), web.status(503), web.honest)
    room.ends_right()
    need(len(room.asked("five.tar.gz")) == 4, "another count of requests")
    need((room.asked("five.tar.gz")[-1].start or 0) >= 2_000_000 - OVERLAP, "begun anew after 503")


@case("progress sets the count of attempts back", slow=True)
def attempts_counted(room):
    bad = [web.status(500)] * 3
    room.file("three", *bad, web.cut(1_000_000), *bad, web.cut(2_000_000), *bad, web.honest)
    room.ends_right()


@case("chunked, without a length")
def chunked(room):
    room.file("one", web.answered(framing="chunked"))
    room.file("three", web.answered(framing="chunked"))
    room.file("five", web.cut(2_000_000, framing="chunked"), web.answered(framing="chunked"))
    room.ends_right()
    room.goes_on("five.tar.gz")


@case("neither a length nor chunks: the end of the connection is the end")
def without_length(room):
    room.file("one", web.answered(framing="none"))
    room.file("three", web.answered(framing="none"))
    room.file("five", web.cut(2_000_000, framing="none"), web.answered(framing="none"))
    room.ends_right()
    room.goes_on("five.tar.gz")


@case("an interim answer before the answer")
def interim(room):
    room.file("three", web.after_hints)
    room.ends_right()


@case("connections that are closed though they were to be kept")
def closed_though_kept(room):
    for number in range(6):
        room.file("thousand", web.kept_alive_and_closed, name=f"{number}.tar.gz")
    room.ends_right("--connections", "1")


@case("garbage once, and then right")
def garbage_once(room):
    room.file("thousand")
    room.either(room.file("three", web.cut(1_000_000), web.garbage, web.honest))


@case("an answer that begins elsewhere than asked for, once")
def wrong_start_once(room):
    for kind, shift in (("three", 1000), ("five", -1000)):
        name = room.file(kind, web.cut(1_000_000), web.answered(shift=shift), web.honest)
        result = room.either(name)
        need(not result.says(room.sources[kind].md5), f"taken, though it said where it began: {result}")


@case("the file changes between two requests")
def file_changes(room):
    other = room.sources["three, changed"]
    # In one the catalogue knows what was there first, in the other what is there later.
    room.file("three", web.cut(1_000_000), web.answered(source=other), name="first.tar.gz")
    result = room.fails("first.tar.gz", room.sources["three"].md5, heal=False)
    need(result.says(r"md5|sum"), f"no sum is said: {result}")
    room.heal()
    first = web.cut(1_000_000, source=room.sources["three"])
    room.either(room.file("three, changed", first, web.honest, name="later.tar.gz"))


@case("more bytes after a right answer do not end up in the next")
def bytes_after_answer(room):
    for number in range(3):
        room.file("thousand", web.answered(surplus=500), web.honest, name=f"{number}.tar.gz")
    room.fetch("--connections", "1")
    room.check()
    room.heal()


@case("a part that was whole, is too long, has other bytes or is a folder")
def strange_parts(room):
    room.output.mkdir()
    whole = room.sources["three"].path.read_bytes()
    room.file("three")
    for what, data in (("whole", whole), ("too long", whole + b"more"), ("empty", b"")):
        room.part("three.tar.gz").write_bytes(data)
        result = room.fetch()
        if result.code != 0:
            need(result.says("three.tar.gz"), f"the file is not named ({what}): {result}")
            room.heal()
        room.right(room.fetch())
        room.path("three.tar.gz").unlink()
    room.part("three.tar.gz").write_bytes(bytes(SIZES["three"]))
    result = room.fetch()
    if result.code != 0:
        need(result.says(room.sources["three"].md5), f"the sum is not said: {result}")
        need(not room.part("three.tar.gz").is_file(), "the part with other bytes is kept")
        room.heal()
    room.right(room.fetch())
    room.path("three.tar.gz").unlink()
    room.part("three.tar.gz").mkdir()
    room.refuses("three.tar.gz", silent=False)


@case("never more connections than were asked for")
def connections(room):
    for number in range(6):
        room.file("thousand", web.answered(rate=4000), name=f"{number}.tar.gz")
    for count in (1, 3, None):
        shutil.rmtree(room.output, ignore_errors=True)
        room.server.forget()
        room.ends_right(*(["--connections", str(count)] if count else []))
        most = room.server.most_at_once()
        need(most == (count or 4), f"{most} at once, {count or 'the default'} asked for")


@case("--parts takes the rows that it names")
def parts(room):
    kinds = ("one", "thousand", "three", "five", "six")
    names = [room.file(kind) for kind in kinds]
    wanted = [names[0], names[2], names[3]]
    room.right(room.fetch("--parts", "1,3-4"), wanted)
    need(room.whole() == set(wanted), f"{room.whole()} fetched")
    room.server.forget()
    room.right(room.fetch("--parts", "5"), [names[4]])
    need({one.path for one in room.server.asked()} == {f"/{names[4]}"}, "others were asked for")
    room.ends_right()


# ---- Transfers that cannot come right


def refused_status(code):
    @case(f"{code}: given up at once")
    def given_up(room):
        room.file("thousand")
        name = room.file("three", web.status(code))
        result = room.fails(name, code, tries=1)
        need(result.seconds < 5, f"took {result.seconds:.1f} s")


for each_code in (403, 404, 416):
    refused_status(each_code)


@case("416 to a range that is right")
def range_refused(room):
    room.file("thousand")
    room.either(room.file("three", web.cut(1_000_000), web.status(416)))


@case("404 in the middle: given up, what has come is kept")
def lost_in_the_middle(room):
    name = room.file("three", web.cut(2_000_000), web.status(404))
    room.fails(name, 404, tries=2, heal=False)
    need(room.part_size(name) >= 2_000_000 - OVERLAP, f"{room.part_size(name)} bytes are kept")
    room.server.forget()
    room.heal()
    need((room.asked(name)[0].start or 0) >= 2_000_000 - OVERLAP, "begun anew")


@case("503 always: given up after five attempts", slow=True)
def always_503(room):
    room.file("thousand")
    result = room.fails(room.file("three", web.status(503)), 503, tries=5)
    need(14 < result.seconds < 25, f"waited {result.seconds:.1f} s")


@case("never a byte, then never an answer", slow=True)
def always_mute(room):
    room.file("thousand")
    name = room.file("three", web.cut(1_000_000), web.stall(1_000_000, 60), web.mute(60))
    result = room.fails(name, "byte|stall|answer", options=["--stall", "1"], heal=False)
    need(room.part_size(name) >= 1_000_000 - OVERLAP, f"{room.part_size(name)} bytes are kept")
    need(len(room.asked(name)) in (5, 6), f"{len(room.asked(name))} attempts")
    need(result.seconds < 40, f"took {result.seconds:.1f} s")
    room.heal()


@case("garbage always", slow=True)
def always_garbage(room):
    room.file("thousand")
    room.fails(room.file("three", web.garbage))


@case("a header without an end", slow=True)
def header_without_end(room):
    room.file("thousand")
    room.fails(room.file("three", web.endless_head))


@case("always begun elsewhere than asked for", slow=True)
def always_wrong_start(room):
    room.file("thousand")
    result = room.fails(room.file("three", web.cut(1_000_000), web.answered(shift=4096)))
    need(not result.says(room.sources["three"].md5), f"taken, though it said where it began: {result}")


@case("nobody listens: given up, the other files are fetched", slow=True)
def nobody_listens(room):
    gone = web.Server()
    gone.close()
    room.file("thousand")
    name = room.file("three", url=gone.url("/three.tar.gz"))
    room.fails(name, heal=False)
    room.file("three")
    room.heal()


@case("a name that nobody has", slow=True)
def no_such_host(room):
    room.file("thousand")
    name = room.file("three", url="http://nobody.invalid/three.tar.gz")
    room.fails(name, r"nobody\.invalid", heal=False)
    room.file("three")
    room.heal()


@case("a server for which no one vouches", slow=True)
def not_vouched_for(room):
    both = room.folder / "certificate.pem"
    command = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2"]
    command += ["-subj", "/CN=localhost", "-keyout", both, "-out", room.folder / "public.pem"]
    try:
        subprocess.run(command, check=True, capture_output=True)
    except (OSError, subprocess.CalledProcessError) as error:
        raise Skipped(f"no certificate can be made: {error}") from None
    with open(both, "a") as file:
        file.write((room.folder / "public.pem").read_text())
    secure = web.Server(certificate=both)
    try:
        secure.serve("/three.tar.gz", room.sources["three"])
        room.file("thousand")
        name = room.file("three", url=secure.url("/three.tar.gz"))
        room.fails(name, "certificate|SSL|TLS", heal=False)
        need(not secure.asked(), "a request was sent")
    finally:
        secure.close()


@case("a loop of redirects")
def redirect_loop(room):
    room.file("thousand")
    name = room.file("three", web.redirect(302, "/back"))
    room.server.serve("/back", None, web.redirect(302, f"/{name}"))
    room.fails(name, "redirect")


@case("eleven redirects")
def eleven_redirects(room):
    room.file("thousand")
    name = room.file("three", web.redirect(302, "/step1"))
    for step in range(1, 11):
        room.server.serve(f"/step{step}", None, web.redirect(302, f"/step{step + 1}"))
    room.server.serve("/step11", room.sources["three"])
    room.fails(name, "redirect")


@case("redirects to nowhere, to a file of this machine, to no address")
def redirect_elsewhere(room):
    room.file("thousand")
    local = room.sources["three"].path.as_uri()
    for behaviour in (web.redirect(302, local), web.redirect(302, "http://"), web.redirect_without_place):
        room.fails(room.file("three", behaviour))
        room.path("three.tar.gz").unlink()


@case("another total size: both sizes are said")
def wrong_total(room):
    room.file("thousand")
    name = room.file("three", web.answered(said_total=5))
    result = room.fails(name, 3_000_000, 3_000_005, tries=1)
    need(result.seconds < 5, f"took {result.seconds:.1f} s")
    name = room.file("five", web.cut(1_000_000), web.answered(said_total=-7))
    room.fails(name, 5_000_000, 4_999_993, tries=2)


@case("the server's file is shorter or longer than the catalogue's: both sizes are said")
def other_size(room):
    room.file("thousand")
    for kind, other in (("three", 3_000_001), ("three", 2_999_999)):
        name = room.file(kind, bytes=other)
        room.fails(name, 3_000_000, other, heal=False)
        room.file(kind)
        room.heal()
        room.path(name).unlink()


@case("a longer body than promised")
def longer_body(room):
    room.file("thousand")
    name = room.file("three", web.answered(surplus=4096, said_length=4096))
    room.fails(name, 3_000_000, 3_004_096)
    for framing in ("chunked", "none"):
        room.path(name).unlink()
        room.behave(name, web.answered(surplus=100_000, framing=framing))
        room.server.forget()
        room.fails(name, "more|3000000")


@case("one byte is another: both sums are said, and the next run fetches anew")
def flipped_byte(room):
    room.file("thousand")
    name = room.file("three", web.answered(flip=1_234_567))
    room.fails(name, room.sources["three"].md5, room.sources["three, flipped"].md5, heal=False)
    need(not room.part(name).exists(), "the part is kept")
    room.server.forget()
    room.heal()
    need(sum(one.served for one in room.asked(name)) == SIZES["three"], "not fetched anew")


@case("a wrong sum in the catalogue: said, whatever is run again")
def wrong_sum(room):
    name = room.file("three", md5="0123456789abcdef0123456789abcdef")
    for _ in range(2):
        room.fails(name, "0123456789abcdef0123456789abcdef", room.sources["three"].md5, heal=False)
    room.file("three")
    room.heal()


@case("a page of HTML instead of the archive")
def login_page(room):
    room.file("thousand")
    page = web.status(200, **{"Content-Type": "text/html"})
    room.fails(room.file("three", page), 3_000_000)


# ---- Kills and signals


@case("twenty kills at random times", slow=True)
def kills(room):
    slow = web.answered(rate=5_000_000)
    for kind in ("one", "thousand", "three", "five", "twenty"):
        room.file(kind, slow)
    killed, whole, parts = 0, {}, {}
    resumed = 0
    while True:
        room.server.forget()
        running = room.start("--connections", "2")
        end = time.monotonic() + room.random.uniform(0.02, 0.7)
        while running.poll() is None and (killed >= 20 or time.monotonic() < end):
            time.sleep(0.005)
        if running.poll() is None:
            running.kill()
            killed += 1
        elif running.result.code == 0:
            room.right(running.result)
        else:
            raise Wrong(f"failed after {killed} kills: {running.result}")
        for name, stamp in whole.items():
            need(not room.asked(name), f"{name} was whole and is asked for after {killed} kills")
            need(room.path(name).stat().st_mtime_ns == stamp, f"{name} was written again")
        for name, size in parts.items():
            asked = room.asked(name)
            if asked:
                begun = asked[0].start or 0
                need(begun >= size - OVERLAP, f"{name}: begun at {begun}, {size} lay there, {killed} kills")
                resumed += min(begun, size)
        room.check()
        if running.result.code == 0 and killed >= 20:
            break
        if running.result.code == 0:
            shutil.rmtree(room.output)
        whole = {name: room.path(name).stat().st_mtime_ns for name in room.whole()}
        parts = {name: room.part_size(name) for name in room.rows}
    need(resumed > 10_000_000, f"{resumed} bytes only were gone on with")


def stopped(number, code):
    title = f"{signal.Signals(number).name}: ends soon, what has come is kept"

    @case(title)
    def stop(room):
        name = room.file("six", web.answered(rate=1_500_000))
        room.file("thousand")
        running = room.start()
        time.sleep(1.5)
        sent, asked = room.asked(name)[0].served, time.monotonic()
        running.signal(number)
        result = running.wait(20)
        took = time.monotonic() - asked
        need(took < 3, f"ended after {took:.1f} s")
        need(result.code in (code, 1, -number), f"another status: {result}")
        need(room.path("thousand.tar.gz").exists(), "what was whole is not there")
        kept = room.part_size(name)
        need(sent > 500_000, f"{sent} bytes only were sent: {result}")
        need(kept >= sent - 4 * OVERLAP, f"{sent} bytes were sent, {kept} are kept")
        room.check()
        room.server.forget()
        room.heal()
        need((room.asked(name)[0].start or 0) >= kept - OVERLAP, "begun anew")
        need(not room.asked("thousand.tar.gz"), "what was whole is fetched again")


stopped(signal.SIGINT, 130)
stopped(signal.SIGTERM, 143)


@case("SIGTERM while nothing comes, and while it waits for the next attempt")
def stop_while_waiting(room):
    for behaviours, wait in (([web.stall(1_000_000, 60)], 1), ([web.status(500)], 4)):
        room.file("three", *behaviours)
        running = room.start()
        time.sleep(wait)
        asked = time.monotonic()
        running.signal(signal.SIGTERM)
        result = running.wait(35)
        took = time.monotonic() - asked
        need(took < 3, f"ended after {took:.1f} s: {result}")
        need(result.code in (143, 1, -signal.SIGTERM), f"another status: {result}")
    room.heal()


@case("two runs at once on one folder: the second is refused")
def two_at_once(room):
    room.file("three", web.answered(rate=1_000_000))
    first = room.start()
    time.sleep(0.7)
    requests = len(room.server.asked())
    second = room.fetch()
    need(second.code != 0 and second.says("in use"), f"not refused: {second}")
    need(second.seconds < 2, f"refused after {second.seconds:.1f} s")
    need(len(room.server.asked()) == requests, "the second asked the server")
    need(first.poll() is None, f"the first has ended: {first.result}")
    room.right(first.wait())
    room.ends_right()


# ---- Disks


@case("what is missing does not fit: said first, nothing is fetched")
def no_room(room):
    room.file("thousand")
    name = room.file("three", name="huge.tar.gz", bytes=100_000_000_000_000)
    room.refuses("free", "need")
    need(not room.whole() and not room.part_size(name), "something was fetched")
    need(not room.part("thousand.tar.gz").exists(), "something was begun")
    room.right(room.fetch("--parts", "1"), ["thousand.tar.gz"])


@case("only what is still missing has to fit")
def missing_has_to_fit(room):
    with disk(room, "8m"):
        first = room.file("three")
        room.right(room.fetch(), [first])
        name = room.file("five", web.cut(3_000_000), web.status(404))
        # 5.3 MB are free before the part, 2.3 MB beside it, and 2 MB are missing.
        result = room.fetch()
        need(result.code == 1 and room.part_size(name) >= 2_900_000, f"not begun: {result}")
        room.heal()
        room.file("six")
        room.refuses("free", "need")


@case("a disk that fills while files are fetched")
def disk_fills(room):
    filler = room.output / ".cxr-fetch-filler"
    try:
        with disk(room, "8m"):
            name = room.file("six", web.answered(rate=2_000_000))
            room.file("thousand")
            running = room.start()
            time.sleep(0.8)
            with contextlib.suppress(OSError), open(filler, "wb", buffering=0) as file:
                while file.write(bytes(64 << 10)):
                    pass
            result = running.wait()
            need(result.code == 1, f"the disk was full and it failed not: {result}")
            need(result.says("no space"), f"the full disk is not named: {result}")
            need(result.says(re.escape(name)), f"the file is not named: {result}")
            need(not room.path(name).exists(), "the file is there")
            filler.unlink()
            kept = room.part_size(name)
            need(kept > 500_000, f"{kept} bytes are kept")
            room.server.forget()
            room.heal()
            need((room.asked(name)[0].start or 0) >= kept - OVERLAP, "begun anew")
    except Skipped:
        # A limit on the size of files stands in for a disk, where none can be mounted.
        room.server.forget()
        name = room.file("six")
        limited = ["sh", "-c", "trap '' XFSZ; ulimit -f 3000; exec \"$@\"", "sh"]
        result = room.fetch(before=limited)
        need(result.code == 1, f"the limit was reached and it failed not: {result}")
        need(result.says("no space|too large"), f"the limit is not named: {result}")
        room.heal()


@case("an output folder that cannot be written, is a file, or lies below one")
def output_not_writable(room):
    room.file("thousand")
    file = room.folder / "a-file"
    file.write_text("no folder")
    room.refuses("a-file", output=file)
    room.refuses("a-file", output=file / "below")
    closed = room.folder / "closed"
    closed.mkdir(mode=0o555)
    if os.getuid() != 0:
        room.refuses("closed", output=closed)
        return
    # The superuser may write everywhere: another user tries, if he may start the program.
    room.folder.chmod(0o755)
    room.catalogue.chmod(0o644)
    try:
        startable = Running(room, [room.program, "--help"], user="nobody").wait().code == 0
    except (PermissionError, LookupError):
        startable = False
    if not startable:
        raise Skipped("the superuser may write everywhere, and no other user can start the program")
    room.refuses("closed", output=closed, user="nobody")
    room.refuses("closed", output=closed / "inner", user="nobody")


@case("NIH's own twelve archives: their size and which are asked for")
def nih(room):
    with disk(room, "8m"):
        result = room.refuses("free", "need", catalogue="nih")
        need(result.says(r"4[0-9][.,]\d+ ?G|\b4[0-9]{10}\b|4[0-9] ?G"), f"no 42 GB needed: {result}")
        room.refuses("free", "need", catalogue="nih", options=["--parts", "12"])
        room.refuses("13", catalogue="nih", options=["--parts", "13"])


# ---- What is asked for wrongly


@case("faults of a catalogue are named with their line")
def catalogue_faults(room):
    sum1, sum2 = "0123456789abcdef0123456789abcdef", "fedcba9876543210fedcba9876543210"
    url = room.server.url("/a")
    head, good = "file,url,bytes,md5\n", f"a.tar.gz,{url},5,{sum1}\n"

    def bad(file="b.tar.gz", address=url, count="5", check=sum2):
        return f"{head}{good}{file},{address},{count},{check}\n", 3, ""

    faults = {
        "nothing at all": ("", None, ""),
        "no rows": (head, None, ""),
        "a missing column": (f"file,url,bytes\na.tar.gz,{url},5\n", 1, "md5"),
        "another file": ("Image Index,Finding Labels\n1.png,Mass\n", 1, ""),
        "a short sum": bad(check=sum2[:31]),
        "a sum of other letters": bad(check="g" * 32),
        "no sum": bad(check=""),
        "no number": bad(count="12x"),
        "a negative number": bad(count="-5"),
        "no bytes": bad(count=""),
        "a number beyond all": bad(count="9" * 30),
        "two rows of one file": bad(file="a.tar.gz"),
        "a slash": bad(file="sub/b.tar.gz"),
        "an absolute path": bad(file="/b.tar.gz"),
        "the folder above": bad(file=".."),
        "the folder itself": bad(file="."),
        "no name": bad(file=""),
        "the state's name": bad(file=STATE),
        "no address": bad(address=""),
        "another scheme": bad(address="ftp://127.0.0.1/b"),
        "no scheme": bad(address="b.tar.gz"),
        "too few cells": (f"{head}{good}b.tar.gz,{url}\n", 3, ""),
        "an open quote": (f'{head}{good}"b.tar.gz,{url},5,{sum2}\n', 3, ""),
    }
    problems = []
    for fault, (text, line, word) in faults.items():
        room.catalogue.write_text(text)
        try:
            result = room.refuses(word)
            said = line is None or result.says(rf"\b(line|row) {line}\b|:{line}:")
            need(said, f"line {line} is not named: {result}")
            need(line is not None or result.says("catalogue"), f"the catalogue is not named: {result}")
        except Wrong as wrong:
            problems.append(f"{fault}: {wrong}")
    need(not problems, "; ".join(problems))
    need(not (room.folder / "b.tar.gz").exists(), "written beside the folder")


@case("a catalogue that is not there, is a folder, or is no text")
def catalogue_unreadable(room):
    room.refuses("nowhere", catalogue=room.folder / "nowhere.csv")
    room.refuses("", catalogue=room.folder)
    room.catalogue.write_bytes(bytes(range(256)) * 20)
    room.refuses("catalogue")


@case("a catalogue as spreadsheets write it")
def catalogue_of_spreadsheet(room):
    for kind in ("one", "thousand"):
        room.file(kind)
    rows = [[one, *about.values()] for one, about in room.rows.items()]
    text = '"file","url","bytes","md5"\r\n'
    text += "".join(f'"{file}","{url}",{count},{check.upper()}\r\n' for file, url, count, check in rows)
    room.catalogue.write_bytes(b"\xef\xbb\xbf" + text.encode())
    room.ends_right()


@case("--parts, --connections and --stall that make no sense")
def senseless_options(room):
    for kind in ("one", "thousand"):
        room.file(kind)
    for option, values in {
        "parts": ["0", "3", "1-3", "2-1", "x", "1-", "", "1,,2", "-1", "9" * 20, "1-9999999999999"],
        "connections": ["0", "-1", "x", "9" * 20],
        "stall": ["0", "-1", "x", "nan", "inf"],
    }.items():
        for value in values:
            try:
                room.refuses(option, options=[f"--{option}={value}"])
            except Wrong as first:
                # The program may take options in two words only.
                try:
                    room.refuses(option, options=[f"--{option}", value])
                except Wrong:
                    raise Wrong(f"--{option} {value!r}: {first}") from None
    need(not room.whole(), "something was fetched")


@case("the help names the options")
def help_text(room):
    running = Running(room, [room.program, "--help"])
    result = running.wait()
    need(result.code == 0, f"failed: {result}")
    for word in ("nih", "--output", "--parts", "--labels-from", "--connections", "--stall"):
        need(word in result.out + result.errors, f"{word} is not in it")
    result = Running(room, [room.program]).wait()
    need(result.code not in (0, None) and result.says("output|set|usage"), f"without arguments: {result}")


# ---- Label files


def taken(room, *sources):
    """A run with label files, which ends right."""
    return room.ends_right(*(word for source in sources for word in ("--labels-from", source)))


def saved(room, name, source):
    need(filecmp.cmp(room.path(name), source, shallow=False), f"{name} has other bytes")


def label_file_saved(room, source):
    found = [path.name for path in room.output.glob("Data_Entry_2017*.csv")]
    need(len(found) == 1, f"{found} for the label file")
    saved(room, found[0], source)


@case("the four label files are known by what is in them")
def label_files(room):
    room.file("one")
    made = room.folder
    table = labels.write(made / "a.dat", labels.label_lines())
    train = labels.write(made / "b.dat", labels.train_lines())
    test = labels.write(made / "c.dat", labels.test_lines(), last=False)
    boxes = labels.write(made / "d.dat", labels.box_lines())
    # What to run next names the two lists where both are there, and neither where one is.
    result = taken(room, table, train)
    need(result.says("next: cxr-explore") and not result.says("-list"), f"a list is named that is not there: {result}")
    result = taken(room, boxes, test, table, train)
    need(result.says("--train-list .*train_val_list.txt'? --test-list .*/test_list.txt"), f"the lists are not named: {result.out} {result}")
    label_file_saved(room, table)
    saved(room, "train_val_list.txt", train)
    saved(room, "test_list.txt", test)
    saved(room, "BBox_List_2017.csv", boxes)
    need(result.says("2020"), f"the revision is not said: {result}")
    room.server.forget()
    taken(room, boxes, test, table, train)
    need(not room.server.asked(), "asked for again")


@case("label files by address")
def labels_by_address(room):
    room.file("one")
    made = labels.write(room.folder / "list.bin", labels.test_lines(), end="\r\n")
    room.server.serve("/lists", web.Source(made), web.in_turn(web.redirect(302, "/lists?again"), web.honest))
    taken(room, room.server.url("/lists"))
    saved(room, "test_list.txt", made)


@case("the real label file")
def real_labels(room):
    real = os.environ.get("CXR_REAL_DATA")
    found = sorted(Path(real, "nih-labels").glob("*.gz")) if real else []
    if not found:
        raise Skipped("CXR_REAL_DATA names no label files")
    room.file("one")
    for path in found:
        table = room.folder / path.stem
        with gzip.open(path) as packed, open(table, "wb") as file:
            shutil.copyfileobj(packed, file)
        result = taken(room, table)
        label_file_saved(room, table)
        need(result.says("2020"), f"the revision is not said: {result}")


@case("without label files, the page where they lie is named")
def labels_page(room):
    room.file("one")
    result = room.ends_right()
    need(LABELS_PAGE in result.out + result.errors, f"it is not: {result}")


@case("wrong label files are named")
def wrong_labels(room):
    room.file("one")
    made = room.folder

    def without_last(lines):
        before = None
        for line in lines:
            if before is not None:
                yield before
            before = line

    def with_line(lines, number, other):
        return (other if index == number else line for index, line in enumerate(lines))

    def write(name, lines, **how):
        return labels.write(made / name, lines, **how)

    twice = labels.row(7, (1, 0))
    wrong = {
        "other.csv": write("other.csv", ["name,sign", "a.png,Mass", "b.png,Nodule"]),
        "empty.txt": write("empty.txt", [], last=False),
        "short-labels.csv": write("short-labels.csv", without_last(labels.label_lines())),
        "header.csv": write("header.csv", with_line(labels.label_lines(), 0, "a,b,c,d")),
        "twice.csv": write("twice.csv", with_line(labels.label_lines(), 9, twice)),
        "short-train.txt": write("short-train.txt", without_last(labels.train_lines())),
        "short-test.txt": write("short-test.txt", without_last(labels.test_lines())),
        "words.txt": write("words.txt", ("hello" for _ in range(25_596))),
        "broken-test.txt": write("broken-test.txt", with_line(labels.test_lines(), 20_000, "?")),
        "short-boxes.csv": write("short-boxes.csv", without_last(labels.box_lines())),
        "bytes.bin": made / "bytes.bin",
        "nowhere.csv": made / "nowhere.csv",
        "a-folder": made / "a-folder",
        "404": room.server.url("/lost.csv"),
        "page": room.server.url("/page"),
    }
    wrong["bytes.bin"].write_bytes(bytes(range(256)) * 4000)
    wrong["a-folder"].mkdir()
    room.server.serve("/page", None, web.status(200))
    problems = []
    for name, source in wrong.items():
        try:
            result = room.fetch("--labels-from", source)
            need(result.code != 0, f"taken: {result}")
            need(result.says(re.escape(name)), f"not named: {result}")
            strange = [one.name for one in room.output.glob("*") if one.suffix in (".csv", ".txt", ".bin")]
            need(not strange, f"{strange} saved")
        except Wrong as error:
            problems.append(f"{name}: {error}")
    need(not problems, "; ".join(problems))
    room.ends_right()


# ---- Running the cases


def make_sources(folder, seed):
    """The files that are served, the same for a seed; their sums are kept with them."""
    sources = {}
    for kind, size in SIZES.items():
        path = folder / kind
        made = random.Random(f"{seed}{kind}")
        with open(path, "wb") as file:
            for place in range(0, size, 1 << 20):
                file.write(made.randbytes(min(1 << 20, size - place)))
        sources[kind] = web.Source(path)
    for kind, place in (("three, changed", 2_000_000), ("three, flipped", 1_234_567)):
        path = folder / kind
        shutil.copy(folder / "three", path)
        with open(path, "r+b") as file:
            file.seek(place)
            byte = file.read(1)[0]
            file.seek(place)
            file.write(bytes([byte ^ 0xFF]))
        sources[kind] = web.Source(path, tag=kind)
    for source in sources.values():
        source.md5 = md5(source.path)
    return sources


class Report:
    def __init__(self):
        self.lock, self.counts, self.peak = threading.Lock(), {"PASS": 0, "FAIL": 0, "SKIPPED": 0}, 0

    def add(self, kind, title, seconds, peak, reason):
        with self.lock:
            self.counts[kind] += 1
            self.peak = max(self.peak, peak)
            print(f"{kind:7} {title} ({seconds:.1f} s){': ' + reason if reason else ''}", flush=True)


def attempt(number, title, function, program, sources, folder, seed, report):
    """One case in a room of its own."""
    place = folder / f"case-{number}"
    place.mkdir()
    room = Room(program, dict(sources), place, seed)
    began, kind, reason = time.monotonic(), "PASS", ""
    try:
        function(room)
    except Wrong as wrong:
        kind, reason = "FAIL", str(wrong)
    except Skipped as skipped:
        kind, reason = "SKIPPED", str(skipped)
    except Exception:
        kind, reason = "FAIL", traceback.format_exc()
    finally:
        room.close()
    shutil.rmtree(place, ignore_errors=True)
    report.add(kind, title, time.monotonic() - began, room.peak, reason)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("program", type=Path, metavar="BIN")
    parser.add_argument("--quick", action="store_true", help="without what takes long")
    parser.add_argument("--only", default="", metavar="WORDS", help="cases whose title has these words")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--workers", type=int, default=3, help="cases at a time")
    options = parser.parse_args()
    program = options.program.resolve()
    if not os.access(program, os.X_OK):
        sys.exit(f"fetch: {program} is no program")
    # Begun in the background, this script may have been told to ignore them, and the program with it.
    for number in (signal.SIGINT, signal.SIGTERM):
        if signal.getsignal(number) == signal.SIG_IGN:
            signal.signal(number, signal.SIG_DFL)
    chosen = [one for one in CASES if options.only in one[0] and not (options.quick and one[1])]
    # Slow ones first, so that they wait beside the others.
    chosen.sort(key=lambda one: not one[1])
    report, began = Report(), time.monotonic()
    with tempfile.TemporaryDirectory(prefix="cxr-fetch-") as temporary:
        folder = Path(temporary)
        folder.chmod(0o755)
        (folder / "sources").mkdir()
        (folder / "bin").mkdir()
        # Where another user can start it too, wherever it was built.
        program = Path(shutil.copy(program, folder / "bin"))
        sources = make_sources(folder / "sources", options.seed)
        with ThreadPoolExecutor(options.workers) as pool:
            waiting = [
                pool.submit(attempt, number, title, function, program, sources, folder, options.seed, report)
                for number, (title, _, function) in enumerate(chosen)
            ]
            for one in waiting:
                one.result()
    counts = report.counts
    # What the system tells of a program's memory is at least what this script had when it started it.
    own = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)
    print(
        f"fetch: {len(chosen)} cases, {counts['PASS']} passed, {counts['FAIL']} failed, "
        f"{counts['SKIPPED']} skipped, in {time.monotonic() - began:.0f} s; "
        f"at most {report.peak / 2**20:.0f} MB of memory, which is never less than this script's, "
        f"{own / 2**20:.0f} MB"
    )
    return 1 if counts["FAIL"] or not chosen else 0


if __name__ == "__main__":
    sys.exit(main())
