"""Plants all faults of a list in a copy of the sources, each behind a switch; imported by mutation.py.

A fault is a small change of the code: a place found by its text, and what stands there instead. In the copy both
stand, and the variable CXR_FAULT of the environment chooses by the fault's number; without it the copy does as the
sources do. So one build serves every fault.
"""

import re
import shutil
import subprocess
import tomllib
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
REACHES = ("prints", "writes", "compares", "computes", "trains", "reads", "audits")

SWIFT_SWITCH = """import Foundation

private let plantedFault = ProcessInfo.processInfo.environment["CXR_FAULT"].flatMap { Int($0) } ?? 0

func faultIsOn(_ number: Int) -> Bool { plantedFault == number }
"""

# Names of its own, so that nothing is included before the file itself has said what it wants of the system's headers.
C_SWITCH = """#ifndef FAULT_IS_ON
#define FAULT_IS_ON
#ifdef __cplusplus
extern "C" {
#endif
char *planted_environment(const char *) __asm__("getenv");
int planted_number(const char *) __asm__("atoi");
#ifdef __cplusplus
}
#endif
__attribute__((unused)) static int fault_is_on(int number) {
  static int planted = -1;
  if (planted < 0) {
    const char *text = planted_environment("CXR_FAULT");
    planted = text ? planted_number(text) : 0;
  }
  return planted == number;
}
#endif
"""


class ListError(Exception):
    """The list and the sources do not belong together."""


@dataclass
class Fault:
    number: int
    id: str
    file: str
    find: str
    replacement: str
    kind: str
    reach: str
    reason: str
    suites: str
    after: str = ""
    judges: tuple = ()
    equivalent: str = ""
    quick: bool = False

    @property
    def is_swift(self):
        return self.file.endswith(".swift")

    def place(self, text):
        """Where in the file's text the fault stands, as (begin, end)."""
        start = 0
        if self.after:
            if text.count(self.after) != 1:
                raise ListError(f"{self.id}: {self.file} has `after` {text.count(self.after)} times, not once")
            start = text.index(self.after) + len(self.after)
        elif text.count(self.find) != 1:
            raise ListError(f"{self.id}: {self.file} has `find` {text.count(self.find)} times, not once")
        begin = text.find(self.find, start)
        if begin < 0:
            raise ListError(f"{self.id}: {self.file} has no `find` after `after`")
        return begin, begin + len(self.find)

    def planted(self):
        """What stands in the copy at the fault's place."""
        switch = f"{'faultIsOn' if self.is_swift else 'fault_is_on'}({self.number})"
        if self.kind == "expression":
            return f"({switch} ? ({self.replacement}) : ({self.find}))"
        condition = switch if self.is_swift else f"({switch})"
        return f"if {condition} {{\n{self.replacement}\n}} else {{\n{self.find}\n}}"


def read(path):
    """The faults of a list, numbered from 1 in its order."""
    faults = []
    for number, entry in enumerate(tomllib.loads(path.read_text())["fault"], 1):
        entry = dict(entry)
        entry["replacement"] = entry.pop("with")
        entry["judges"] = tuple(entry.get("judges", ()))
        try:
            fault = Fault(number=number, **entry)
        except TypeError as problem:
            raise ListError(f"{path.name}: {entry.get('id', f'entry {number}')}: {problem}") from None
        if fault.kind not in ("expression", "statement") or fault.reach not in REACHES:
            raise ListError(f"{fault.id}: kind {fault.kind}, reach {fault.reach}")
        if fault.find == fault.replacement:
            raise ListError(f"{fault.id}: changes nothing")
        faults.append(fault)
    names = [fault.id for fault in faults]
    if twice := {name for name in names if names.count(name) > 1}:
        raise ListError(f"{', '.join(sorted(twice))}: more than once")
    return faults


def plant(text, faults):
    """A file's text with its faults."""
    places = sorted((*fault.place(text), fault) for fault in faults)
    for (_, end, first), (begin, _, second) in zip(places, places[1:]):
        if begin < end:
            raise ListError(f"{first.id} and {second.id} overlap in {first.file}")
    for begin, end, fault in reversed(places):
        text = text[:begin] + fault.planted() + text[end:]
    return text


def planted_sources(faults):
    """Texts of all files that differ from the sources, by path from the root."""
    texts = {}
    by_file = {}
    for fault in faults:
        by_file.setdefault(fault.file, []).append(fault)
    problems = []
    for file, own in by_file.items():
        if not (ROOT / file).is_file():
            problems.append(f"{own[0].id}: there is no {file}")
            continue
        try:
            text = plant((ROOT / file).read_text(), own)
        except ListError as problem:
            problems.append(str(problem))
            continue
        if own[0].is_swift:
            texts[f"{module(file)}/PlantedFault.swift"] = SWIFT_SWITCH
            texts[file] = text
        else:
            texts[file] = C_SWITCH + text
    if problems:
        raise ListError("\n".join(problems))
    manifest = (ROOT / "Package.swift").read_text()
    texts["Package.swift"] = manifest.replace(".treatAllWarnings(as: .error)", ".treatAllWarnings(as: .warning)")
    return texts


def module(file):
    """The folder of the target that a Swift file belongs to."""
    return re.match(r"Packages/\w+/Sources/\w+|Apps/[\w-]+", file)[0]


def copy(faults, folder):
    """The sources with all faults in a folder; what does not change keeps its time, so that builds are short."""
    texts = planted_sources(faults)
    listed = subprocess.run(
        ["git", "ls-files", "-co", "--exclude-standard"], cwd=ROOT, check=True, capture_output=True, text=True
    ).stdout.split("\n")
    wanted = {name for name in listed if name.startswith(("Packages/", "Apps/", "Tests/")) and (ROOT / name).is_file()}
    wanted |= texts.keys()
    for name in wanted:
        data = texts[name].encode() if name in texts else (ROOT / name).read_bytes()
        target = folder / name
        if not target.is_file() or target.read_bytes() != data:
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(data)
            if name not in texts:
                shutil.copymode(ROOT / name, target)
    for top in ("Packages", "Apps", "Tests"):
        for path in (folder / top).rglob("*"):
            if path.is_file() and str(path.relative_to(folder)) not in wanted:
                path.unlink()
