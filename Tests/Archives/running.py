"""Runs a program and says what became of it; imported by the other files of this folder.

A result has the exit code (negative: a signal), both outputs, seconds, the peak of memory, and what the
process read by system calls. `traced` says how much of each file a program read, by strace.
"""

import contextlib
import os
import re
import resource
import shutil
import signal
import subprocess
import tempfile
import time
from collections import Counter
from dataclasses import dataclass
from pathlib import Path


@dataclass
class Result:
    code: int
    out: str
    errors: str
    seconds: float
    peak: int
    read: int

    @property
    def message(self):
        """What the program says was wrong, without the word before it."""
        return self.errors.partition("Error: ")[2].strip()

    def __str__(self):
        return f"exit {self.code} after {self.seconds:.1f} s: {self.errors.strip()[-500:]}"


def run(command, folder, limit=120, kill_after=None, environment=None):
    """Waits for a program, which is killed after `limit` seconds, or after `kill_after` if given."""
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as errors:
        begun = time.monotonic()
        process = subprocess.Popen(
            list(map(str, command)),
            cwd=folder,
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=errors,
            env={**os.environ, **(environment or {})},
            start_new_session=True,
        )
        deadline = begun + (limit if kill_after is None else kill_after)
        read = peak = 0
        while not os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOWAIT | os.WNOHANG):
            if time.monotonic() > deadline:
                with contextlib.suppress(ProcessLookupError):
                    os.killpg(process.pid, signal.SIGKILL)
            peak = high_water(process.pid) or peak
            time.sleep(0.002)
        with contextlib.suppress(OSError):
            text = Path(f"/proc/{process.pid}/io").read_text()
            read = int(re.search(r"rchar: (\d+)", text)[1])
        _, status, usage = os.wait4(process.pid, 0)
        # What wait4 tells is exact, and never less than what this script took before it began the program.
        if usage.ru_maxrss > resource.getrusage(resource.RUSAGE_SELF).ru_maxrss:
            peak = usage.ru_maxrss * 1024
        process.returncode = os.waitstatus_to_exitcode(status)
        out.seek(0)
        errors.seek(0)
        return Result(
            process.returncode,
            out.read().decode(errors="replace"),
            errors.read().decode(errors="replace"),
            time.monotonic() - begun,
            peak,
            read,
        )


def high_water(number):
    """The most memory that a running process took so far, in bytes; 0 where it is not known any more."""
    with contextlib.suppress(OSError):
        if found := re.search(r"VmHWM:\s+(\d+)", Path(f"/proc/{number}/status").read_text()):
            return int(found[1]) * 1024
    return 0


CALL = re.compile(r"^p?readv?(?:64)?\(\d+<(.*?)>.* = (\d+)$")
MAPPED = re.compile(r"^mmap\([^,]+, (\d+), [^,]+, [^,]+, \d+<(.*?)>")


def can_trace():
    """Whether there is strace and it may look at other processes."""
    return (
        bool(shutil.which("strace"))
        and subprocess.run(["strace", "-qq", "-o", os.devnull, "true"], capture_output=True).returncode == 0
    )


def traced(command, folder, limit=300):
    """A program's result, and by file how many bytes it read, or mapped into memory."""
    with tempfile.TemporaryDirectory(prefix="trace-") as logs:
        tracer = ["strace", "-ff", "-y", "-qq", "-s", "0", "-e", "trace=read,pread64,readv,preadv,mmap"]
        result = run([*tracer, "-o", f"{logs}/log", *command], folder, limit)
        bytes_read = Counter()
        for log in Path(logs).iterdir():
            for line in log.read_text(errors="replace").splitlines():
                if call := CALL.match(line):
                    bytes_read[call[1]] += int(call[2])
                elif call := MAPPED.match(line):
                    bytes_read[call[2]] += int(call[1])
        return result, bytes_read
