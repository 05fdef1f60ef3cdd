"""Plants small faults in the code, one at a time, and asks which tests notice.

usage: mutation.py [--places] [--only ID,ID] [--uncaught] [--quick] [--list FILE] [--report FILE]

The list is faults.toml: by fault its file, the place by its text, what stands there instead, what it would do to a
person, and the suites most able to notice. All are compiled into one copy of the sources (planting.py). Each is
switched on alone: the suites named run until a test fails; if none does, all suites run, and the judges in Python
that it names. Two run at a time. A fault that nothing notices is a failure, unless it is equivalent: it changes
nothing that could be noticed, with the proof in the list.

  --places    only ask whether every fault's place is found
  --only      these faults
  --uncaught  those that were not caught the last time, or have come since; a report tells of all
  --quick     those marked quick, of whom the suites named alone are run, in a build without traits: what CI does
  --list      another list
  --report    where the table goes, as Markdown
"""

import argparse
import contextlib
import json
import os
import platform
import re
import signal
import subprocess
import sys
import tempfile
import threading
import time
from concurrent.futures import ThreadPoolExecutor, as_completed
from pathlib import Path

import planting
from planting import ROOT

FOLDER = ROOT / ".build-mutation"
TREE = FOLDER / "tree"
BINARIES = TREE / ".build/release"
TESTS = BINARIES / "ChestXRayPackageTests.xctest"
FOUND = FOLDER / "found.json"
VENV = ROOT / ".venv"
AT_ONCE = 2
LIMIT = 900  # seconds; a fault that makes a suite run longer is caught by that
# Faults that reach a person's eye: none of these may pass unnoticed.
SEEN = ("prints", "writes", "compares")
SHARE = 0.95
# What a build without traits says where one is asked for; CI builds everything else with all of them.
WITHOUT_TRAITS = "WithoutDICOMTests|LaunchTests"

JUDGES = {
    "archives": [sys.executable, "Tests/Archives/archives.py", BINARIES, "--quick"],
    "collections": [VENV / "bin/python", "Tests/Collections/judge.py", BINARIES, VENV / "wheels/torchxrayvision-1.5.7-py3-none-any.whl"],
    "dicom": [VENV / "dicom/bin/python", "Tests/DICOM/judge.py", BINARIES],
    "doors": [sys.executable, "Tests/Doors/doors.py", BINARIES / "door-reader", "--cases", "1000"],
    "fetch": [sys.executable, "Tests/Fetch/fetch.py", BINARIES / "cxr-fetch", "--quick"],
}
FAILED = re.compile(r"^✘ Test (.+?) (?:recorded an issue|failed)")
COLOUR = re.compile(r"\x1b\[[0-9;]*m")


def build(quick):
    begun = time.monotonic()
    command = ["swift", "build", "-c", "release", "--build-tests", "-Xswiftc", "-enable-testing"]
    command += [] if quick else ["--traits", "DICOM"]
    result = subprocess.run([*command, "--package-path", str(TREE)], capture_output=True, text=True)
    if result.returncode != 0:
        lines = [line for line in (result.stdout + result.stderr).splitlines() if "error:" in line]
        sys.exit("mutation: the copy with the faults does not build:\n" + "\n".join(dict.fromkeys(lines)))
    print(f"mutation: built in {time.monotonic() - begun:.0f} s", flush=True)


def run(command, number):
    """Runs a program with a fault until it ends or says that a test failed; (what failed or "", seconds)."""
    begun = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="mutation-") as folder:
        environment = {**os.environ, "CXR_FAULT": str(number), "TMPDIR": folder}
        environment["CXR_PYTHON"] = str(VENV / "bin/python")
        process = subprocess.Popen(
            list(map(str, command)),
            cwd=ROOT,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            start_new_session=True,
        )
        # A fault may take all memory: then it, not another program, is ended.
        with contextlib.suppress(OSError):
            Path(f"/proc/{process.pid}/oom_score_adj").write_text("1000")
        late = threading.Timer(LIMIT, lambda: os.killpg(process.pid, signal.SIGKILL))
        late.start()
        failed, last = "", ""
        for line in process.stdout:
            line = COLOUR.sub("", line)
            last = line.strip() or last
            if match := FAILED.match(line):
                failed = match[1]
                os.killpg(process.pid, signal.SIGKILL)
                break
        process.stdout.close()
        code = process.wait()
        late.cancel()
        seconds = time.monotonic() - begun
        if not failed and code == -signal.SIGKILL:
            failed = f"no end within {LIMIT} s" if seconds >= LIMIT else "killed"
        elif not failed and code != 0:
            failed = f"ended by signal {-code}: {last}" if code < 0 else last
        return failed, seconds


def suites(pattern):
    command = [TESTS, "--testing-library", "swift-testing", "--no-parallel"]
    return command + (["--filter", pattern] if pattern else [])


def judge(fault, quick):
    """What notices a fault: a dictionary with `by` ("" for nothing), `where` and `seconds`."""
    tries = [("its suites", suites(fault.suites))] if fault.suites else []
    if not quick:
        tries += [(name, JUDGES[name]) for name in fault.judges]
        tries.append(("all suites", suites("")))
    total = 0
    for where, command in tries:
        by, seconds = run(command, fault.number)
        total += seconds
        if by:
            return {"by": by, "where": where, "seconds": total}
    return {"by": "", "where": "", "seconds": total}


def sound(faults, quick):
    """Without a fault the suites must pass, and each suite named must be there."""
    pattern = "|".join(sorted({name for fault in faults for name in fault.suites.split("|") if name}))
    listed = subprocess.run([*suites(""), "--list-tests"], capture_output=True, text=True).stdout
    for fault in faults:
        for name in filter(None, fault.suites.split("|")):
            if f".{name}/" not in listed:
                sys.exit(f"mutation: {fault.id}: no suite is called {name}")
    if quick:
        pattern += f"|{WITHOUT_TRAITS}"
    judges = set() if quick else {name for fault in faults for name in fault.judges}
    commands = [suites(pattern)] + [JUDGES[name] for name in sorted(judges)]
    with ThreadPoolExecutor(AT_ONCE) as pool:
        for command, (failed, seconds) in zip(commands, pool.map(lambda command: run(command, 0), commands)):
            if failed:
                sys.exit(f"mutation: fails without any fault: {failed} ({' '.join(map(str, command))[-200:]})")
            print(f"mutation: without a fault nothing fails, {seconds:.0f} s", flush=True)


def table(faults, found):
    """The result as Markdown."""
    real = [fault for fault in faults if not fault.equivalent]
    caught = [fault for fault in real if found[fault.id]["by"]]
    seen = [fault for fault in real if fault.reach in SEEN]
    seen_caught = [fault for fault in seen if found[fault.id]["by"]]
    cell = lambda text: re.sub(r"\s+", " ", text.replace("|", "\\|")).strip()
    lines = [
        "# Planted faults",
        "",
        f"{time.strftime('%Y-%m-%d')}, {os.cpu_count()} cores, {platform.machine()}, {platform.system()} "
        f"{platform.release()}. `make mutation`: every fault is switched on alone and the tests run.",
        "",
        f"- {len(caught)} of {len(real)} faults are caught ({len(caught) / len(real):.1%}).",
        f"- {len(seen_caught)} of {len(seen)} of those that print, write or compare.",
        f"- {len(faults) - len(real)} more are equivalent: nothing could notice them.",
        "",
        "| reach | faults | caught |",
        "|---|---:|---:|",
    ]
    for reach in planting.REACHES:
        own = [fault for fault in real if fault.reach == reach]
        if own:
            lines.append(f"| {reach} | {len(own)} | {sum(bool(found[fault.id]['by']) for fault in own)} |")
    lines += ["", "| part | faults | caught |", "|---|---:|---:|"]
    for part in sorted({"/".join(fault.file.split("/")[:2]) for fault in real}):
        own = [fault for fault in real if fault.file.startswith(part + "/")]
        lines.append(f"| {part} | {len(own)} | {sum(bool(found[fault.id]['by']) for fault in own)} |")
    if missed := [fault for fault in real if not found[fault.id]["by"]]:
        lines += ["", "## Not caught", "", "| fault | file | what it would do |", "|---|---|---|"]
        lines += [f"| {fault.id} | {fault.file} | {cell(fault.reason)} |" for fault in missed]
    if equal := [fault for fault in faults if fault.equivalent]:
        lines += ["", "## Equivalent", "", "| fault | file | proof |", "|---|---|---|"]
        lines += [f"| {fault.id} | {fault.file} | {cell(fault.equivalent)} |" for fault in equal]
    lines += ["", "## Caught", "", "| fault | file | what it would do | noticed by | where | s |", "|---|---|---|---|---|---:|"]
    for fault in caught:
        own = found[fault.id]
        name = Path(fault.file).name
        by = cell(own["by"])[:80]
        lines.append(
            f"| {fault.id} | {name} | {cell(fault.reason)} | {by} | {own['where']} | {own['seconds']:.0f} |")
    return "\n".join(lines) + "\n"


def main():
    parser = argparse.ArgumentParser(usage=__doc__)
    parser.add_argument("--places", action="store_true")
    parser.add_argument("--only", default="")
    parser.add_argument("--uncaught", action="store_true")
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--list", type=Path, default=Path(__file__).with_name("faults.toml"))
    parser.add_argument("--report", type=Path)
    options = parser.parse_args()
    try:
        faults = planting.read(options.list)
        if options.places:
            planting.planted_sources(faults)
            return print(f"mutation: {len(faults)} faults, every place found")
        planting.copy(faults, TREE)
    except planting.ListError as problem:
        sys.exit(f"mutation: {problem}")
    earlier = json.loads(FOUND.read_text()) if FOUND.is_file() else {}
    chosen = [fault for fault in faults if not fault.equivalent]
    if options.only:
        unknown = set(options.only.split(",")) - {fault.id for fault in faults}
        if unknown:
            sys.exit(f"mutation: no fault is called {', '.join(sorted(unknown))}")
        chosen = [fault for fault in faults if fault.id in options.only.split(",")]
    if options.uncaught:
        chosen = [fault for fault in chosen if not earlier.get(fault.id, {}).get("by")]
    if options.quick:
        chosen = [fault for fault in chosen if fault.quick]
    build(options.quick)
    sound(chosen, options.quick)
    found = {}
    with ThreadPoolExecutor(AT_ONCE) as pool:
        asked = {pool.submit(judge, fault, options.quick): fault for fault in chosen}
        for answer in as_completed(asked):
            fault, result = asked[answer], answer.result()
            found[fault.id] = result
            by = result["by"] or "NOTHING"
            print(f"{fault.id}: {by} ({result['where'] or 'all suites'}, {result['seconds']:.0f} s)", flush=True)
            FOUND.write_text(json.dumps({**earlier, **found}, indent=1, ensure_ascii=False))
    missed = [fault for fault in chosen if not found[fault.id]["by"] and not fault.equivalent]
    print(f"mutation: {len(chosen) - len(missed)} of {len(chosen)} caught")
    if options.report:
        # With --uncaught, beside those of the time before that were caught.
        known = {**earlier, **found} if options.uncaught else found
        shown = [fault for fault in faults if fault.id in known or fault.equivalent]
        options.report.write_text(table(shown, known))
    if any(fault.reach in SEEN for fault in missed) or len(missed) > (1 - SHARE) * len(chosen):
        sys.exit(f"mutation: not caught: {', '.join(fault.id for fault in missed)}")


if __name__ == "__main__":
    main()
