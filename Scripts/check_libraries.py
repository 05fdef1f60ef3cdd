"""Fails where a library knows a program, and where a Swift file is too long to be read at once.

A text in a package's sources names no flag (--something) and no program of this repository: errors carry an option's name, and
programs spell it. Comments may; texts count, in Swift, C and C++. Swift files have at most 300 lines.

    check_libraries.py                 every package and program
    check_libraries.py --self-test     texts that must be found, and some that must not
"""

import re
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
LONGEST = 300
# Swift files of data alone, which may be longer.
TABLES = set()
# Other programs' flags, and names that are no program's, by the end of the file's path.
ALLOWED = {
    "CXRArchive/ArchiveReader.swift": ["tar --hard-dereference"],
    "CDicom/dicom.cpp": ["swift build --traits", "dcm2pnm --write-png --frame", "dcm2pnm --write-png"],
    "CXRCluster/ClusterError.swift": ["swift build -c release --traits"],
    "CTransfer/transfer.c": ["cxr-fetch"],
    "CXRFetch/FetchFolder.swift": [".cxr-fetch"],
    "Pages/ReportPage.swift": [f"--{name}:#" for name in ("ink", "soft", "paper", "line", "tint", "mark")]
    + [f"var(--{name})" for name in ("ink", "soft", "paper", "line", "tint", "mark")],
}
SWIFT = {".swift"}
C = {".c", ".h", ".inc", ".cpp", ".hpp"}
# Stands in a text for what is interpolated.
VALUE = "\0"


def swift_texts(source):
    """[(line, text)] of Swift; what is interpolated is VALUE, texts within it are texts of their own."""
    texts, open_, i = [], [], 0  # open: [mark, hashes, line, characters], or the depth of an interpolation's parentheses
    opening = re.compile(r'(#*)("""|")')

    def end(found, length=0):
        return len(source) if found < 0 else found + length

    while i < len(source):
        if open_ and isinstance(open_[-1], list):
            mark, hashes, line, characters = open_[-1]
            escape = "\\" + "#" * hashes
            if source.startswith(escape + "(", i):
                characters.append(VALUE)
                open_.append(1)
                i += len(escape) + 1
            elif source.startswith(escape, i):
                i += len(escape) + 1
            elif source.startswith(mark, i):
                texts.append((line, "".join(characters)))
                open_.pop()
                i += len(mark)
            else:
                characters.append(source[i])
                i += 1
        elif source.startswith("//", i):
            i = end(source.find("\n", i))
        elif source.startswith("/*", i):
            i = end(source.find("*/", i), 2)
        elif match := opening.match(source, i):
            line = source.count("\n", 0, i) + 1
            open_.append([match[2] + match[1], len(match[1]), line, []])
            i = match.end()
        else:
            if open_:
                open_[-1] += {"(": 1, ")": -1}.get(source[i], 0)
                if open_[-1] == 0:
                    open_.pop()
            i += 1
    return texts


def c_texts(source):
    """[(line, text)] of C or C++."""
    tokens = re.compile(r"//[^\n]*|/\*.*?\*/|(?<!\w)'(?:\\.|[^'\\\n])*'|\"((?:\\.|[^\"\\\n])*)\"", re.S)
    return [
        (source.count("\n", 0, match.start()) + 1, match[1]) for match in tokens.finditer(source) if match[1] is not None
    ]  # fmt: skip


def strangers(texts, programs, allowed=()):
    """[(line, what)] of flags and programs in texts, and which of the allowed were there."""
    known = re.compile(rf"--[a-z{VALUE}]|(?<![\w-])(?:{'|'.join(map(re.escape, programs))})(?![\w-])")
    found, used = [], set()
    for line, text in texts:
        rest = text
        for fine in allowed:
            if fine in rest:
                used.add(fine)
                rest = rest.replace(fine, "")
        if known.search(rest):
            found.append((line, " ".join(text.replace(VALUE, "…").split())[:90]))
    return found, used


def self_test():
    programs = ["cxr-train", "cxr-fetch"]
    swift = r'''
    let a = "give --batch-size" // --comment
    /* "--comment" */ let b = "--\(key): was" + #"raw \(no) --raw"#
    let c = "run \(name("cxr-train")) again" /// cxr-train
    let d = """
      first
      by cxr-fetch
      """
    let h = "--"
    let e = "a - b -- c \"quoted\" // no comment --here", f = "cxr-trainer my-cxr-train", g = i--j
    '''
    found, used = strangers(swift_texts(swift), programs, ["--raw"])
    assert [line for line, _ in found] == [2, 3, 4, 5, 10], found
    assert used == {"--raw"}, used
    c = "int i = --n; /* \"--comment\" */ // \"--comment\"\nchar q = '\"'; f(\"swift build --traits\", \"by --flag\" \" a\\\"--b\");\n"
    found, used = strangers(c_texts(c), programs, ["swift build --traits", "never"])
    assert [text for _, text in found] == ["by --flag", ' a\\"--b'.strip()] and used == {"swift build --traits"}, found
    print("libraries: self test passed")


def main():
    if "--self-test" in sys.argv:
        return self_test()
    programs = sorted(path.name for path in (ROOT / "Apps").glob("cxr-*"))
    problems, count, needed = [], 0, set()
    for path in sorted((ROOT / "Packages").glob("*/Sources/**/*")):
        if path.suffix not in SWIFT | C or not path.is_file():
            continue
        count += 1
        name = path.relative_to(ROOT).as_posix()
        allowed = [text for end, texts in ALLOWED.items() if name.endswith("/" + end) for text in texts]
        texts = (swift_texts if path.suffix in SWIFT else c_texts)(path.read_text())
        found, used = strangers(texts, programs, allowed)
        problems += [f"{name}:{line}: a library knows a program: {text}" for line, text in found]
        needed |= used
    for end, texts in ALLOWED.items():
        problems += [f"{end}: no longer says {text}; take it from the list" for text in texts if text not in needed]
    for path in sorted([*(ROOT / "Packages").rglob("*.swift"), *(ROOT / "Apps").rglob("*.swift")]):
        name = path.relative_to(ROOT).as_posix()
        if "/.build" in name:
            continue
        lines = path.read_text().count("\n")
        if lines > LONGEST and name not in TABLES:
            problems.append(f"{name}: {lines} lines, over {LONGEST}; split it by idea")
    for problem in problems:
        print("libraries:", problem, file=sys.stderr)
    print(f"libraries: {count} sources, {len(problems)} problems")
    sys.exit(1 if problems else 0)


main()
