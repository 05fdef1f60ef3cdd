"""What each package needs, as the table of the README's "Use a single package" says it.

It is read from the manifest and the sources: packages of ours, system libraries and Foundation, each of the package itself and
of those that it needs.

    standing_alone.py             fails when the README's table says otherwise
    standing_alone.py --write     writes the table into the README
    standing_alone.py --self-test what it reads and writes, on a small example
"""

import json
import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
README = ROOT / "README.md"
BEGIN, END = "<!-- standing alone -->\n", "<!-- end -->\n"
HEADING = (
    "| package | packages of ours | libraries to build it (Debian) | programs when it runs | Foundation |\n"
    "|---|---|---|---|---|\n")
# No manifest knows programs: gnuplot is started by one file of one package.
PROGRAMS = {"CXRReport": "gnuplot"}
STARTED = re.compile(r"\bProcess\(\)|\bposix_spawn|\bexec[lv]p?\(")


def closure(name, needs):
    """The package with all that it needs, itself last."""
    found = []
    for other in sorted(needs[name]):
        found += [n for n in closure(other, needs) if n not in found]
    return found + [name]


def rows(needs, libraries, imports):
    """needs: a package's own packages; libraries: Debian's names; imports: whether its own files import Foundation."""
    for name in sorted(needs):
        others = closure(name, needs)[:-1]
        whole = sorted({library for n in [*others, name] for library in libraries[n]})
        programs = sorted({PROGRAMS[n] for n in [*others, name] if n in PROGRAMS})
        through = sorted(n for n in others if imports[n])
        foundation = "yes" if imports[name] else f"through {through[0]}" if through else "no"
        yield [
            name, ", ".join(sorted(others)) or "none", ", ".join(whole) or "none",
            ", ".join(programs) + ", where it draws" if programs else "none", foundation]  # fmt: skip


def table(*facts):
    return HEADING + "".join("| " + " | ".join(row) + " |\n" for row in rows(*facts))


def facts():
    out = subprocess.run(
        ["swift", "package", "--ignore-lock", "dump-package", "--package-path", str(ROOT)],
        check=True, capture_output=True, text=True).stdout  # fmt: skip
    whole = json.loads(out)
    targets = {t["name"]: t for t in whole["targets"]}
    names = [p["name"] for p in whole["products"] if "library" in p["type"] and p["name"] in targets]
    needs, libraries, imports = {}, {}, {}
    for name in names:
        needs[name], libraries[name], waiting = set(), set(), [name]
        while waiting:
            target = targets[waiting.pop()]
            for provider in target.get("providers") or []:
                libraries[name] |= set(provider.get("apt", [[]])[0])
            for dependency in target["dependencies"]:
                other, condition = dependency.get("byName", dependency.get("target"))[:2]
                # What a trait brings in, the text below the table says.
                if condition:
                    continue
                (needs[name].add if other in names else waiting.append)(other)
        files = [f.read_text() for f in (ROOT / "Packages" / name / "Sources" / name).rglob("*.swift")]
        imports[name] = any(re.search(r"^(?:\w+ )*import Foundation\b", text, re.M) for text in files)
        if any(STARTED.search(text) for text in files) != (name in PROGRAMS):
            sys.exit(f"standing alone: {name} starts a program, or none any more: PROGRAMS must say which")
    return needs, libraries, imports


def replaced(text, new):
    start, end = text.index(BEGIN) + len(BEGIN), text.index(END)
    return text[:start] + "\n" + new + "\n" + text[end:]


def self_test():
    needs = {"A": {"B"}, "B": {"CXRReport"}, "CXRReport": set()}
    libraries = {"A": {"y-dev"}, "B": set(), "CXRReport": {"x-dev"}}
    got = list(rows(needs, libraries, {"A": False, "B": False, "CXRReport": True}))
    expected = [
        ["A", "B, CXRReport", "x-dev, y-dev", "gnuplot, where it draws", "through CXRReport"],
        ["B", "CXRReport", "x-dev", "gnuplot, where it draws", "through CXRReport"],
        ["CXRReport", "none", "x-dev", "gnuplot, where it draws", "yes"]]  # fmt: skip
    assert got == expected, got
    text = f"before\n{BEGIN}\nold\n\n{END}after\n"
    assert replaced(text, "new\n") == f"before\n{BEGIN}\nnew\n\n{END}after\n"
    assert replaced(replaced(text, "new\n"), "new\n") == replaced(text, "new\n")


def main():
    if "--self-test" in sys.argv:
        self_test()
        return print("standing alone: the self-test passes")
    text = README.read_text()
    new = replaced(text, table(*facts()))
    if "--write" in sys.argv:
        README.write_text(new)
    elif new != text:
        for line in sorted(set(new.splitlines()) ^ set(text.splitlines())):
            print("standing alone:", "is    " if line in new else "README", line, file=sys.stderr)
        sys.exit("standing alone: the README says otherwise; Scripts/standing_alone.py --write mends it")
    print("standing alone: the README's table is right")


main()
