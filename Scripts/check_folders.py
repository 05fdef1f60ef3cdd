"""Lists which folder of a package names which other folder's types, and fails on a circle.

A type is one that is declared at the outermost level of a Swift file, for more than that file; files beside the folders are the folder ".". Words in
comments and texts do not count, what is interpolated into a text does.

    check_folders.py                 every package; prints the circles
    check_folders.py --arrows        prints each arrow with the names that make it
    check_folders.py --self-test     the circles that an earlier tree had must still be found
"""

import re
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
EXAMPLE = Path(__file__).resolve().parent / "FolderCircles"
DECLARATION = re.compile(
    r"^(?:@\w+(?:\([^)]*\))?\s+)*(?:(?:public|internal|package|final|indirect|open|nonisolated)\s+)*"
    r"(?:class|struct|enum|protocol|actor|typealias)\s+([A-Z]\w*)", re.M)  # fmt: skip
NAME = re.compile(r"(?<![\w.])[A-Z]\w*")


def code(text):
    """Swift without comments and without what texts say; interpolations stay."""
    out, i, end = [], 0, len(text)
    stack = []  # open texts: (closing mark, hashes); None for an interpolation's parentheses
    depth = []
    while i < end:
        inside = stack and stack[-1] is not None
        if inside:
            mark, hashes = stack[-1]
            escape = "\\" + "#" * hashes
            if text.startswith(escape + "(", i):
                stack.append(None)
                depth.append(1)
                out.append(" ")
                i += len(escape) + 1
            elif text.startswith("\\", i) and not hashes:
                i += 2
            elif text.startswith(mark, i):
                stack.pop()
                i += len(mark)
            else:
                i += 1
            continue
        if text.startswith("//", i):
            i = text.find("\n", i)
            i = end if i < 0 else i
        elif text.startswith("/*", i):
            i = text.find("*/", i)
            i = end if i < 0 else i + 2
        elif match := re.compile(r'(#*)("""|")').match(text, i):
            hashes = len(match[1])
            stack.append((match[2] + match[1], hashes))
            out.append(" ")
            i = match.end()
        else:
            character = text[i]
            if stack:
                if character == "(":
                    depth[-1] += 1
                elif character == ")":
                    depth[-1] -= 1
                    if depth[-1] == 0:
                        depth.pop()
                        stack.pop()
                        out.append(" ")
                        i += 1
                        continue
            out.append(character)
            i += 1
    return "".join(out)


def arrows(sources):
    """{(folder, other folder): {names}} of one package's Swift files."""
    owner, uses = {}, {}
    for path in sorted(sources.rglob("*.swift")):
        place = path.relative_to(sources).parts
        folder = place[0] if len(place) > 1 else "."
        text = code(path.read_text())
        for name in DECLARATION.findall(text):
            owner[name] = folder
        uses.setdefault(folder, set()).update(NAME.findall(text))
    found = {}
    for folder, names in uses.items():
        for name in names:
            other = owner.get(name, folder)
            if other != folder:
                found.setdefault((folder, other), set()).add(name)
    return found


def circles(found):
    """Folders that reach each other, each circle once, as sorted lists."""
    after = {}
    for start, stop in found:
        after.setdefault(start, set()).add(stop)

    def reached(start):
        seen, open_ = set(), [start]
        while open_:
            for other in after.get(open_.pop(), ()):
                if other not in seen:
                    seen.add(other)
                    open_.append(other)
        return seen

    reach = {folder: reached(folder) for folder in after}
    return sorted({
        tuple(sorted({a, *(b for b in reach[a] if a in reach.get(b, ()))})) for a in reach if a in reach[a]
    })  # fmt: skip


def pairs(found):
    return sorted({tuple(sorted(arrow)) for arrow in found if (arrow[1], arrow[0]) in found})


def self_test():
    expected = [tuple(line.split()) for line in (EXAMPLE / "pairs.txt").read_text().splitlines()]
    found = arrows(EXAMPLE / "Sources")
    assert pairs(found) == expected, f"pairs that name each other: {pairs(found)} instead of {expected}"
    assert circles(found), "no circle found"
    for pair in expected:
        for arrow in (pair, pair[::-1]):
            found.pop(arrow, None)
    assert not pairs(found)
    texts = 'let a = "Tensor \\(Film.name(")") + "Other") Net" // Words\n/* More */ let b: Real = #"Raw \\(No)"#'
    assert NAME.findall(code(texts)) == ["Film", "Real"], code(texts)
    print(f"folders: self test passed, {len(expected)} pairs found")


def main():
    if "--self-test" in sys.argv:
        return self_test()
    problems = 0
    for sources in sorted(ROOT.glob("Packages/*/Sources/CXR*")):
        found = arrows(sources)
        if "--arrows" in sys.argv:
            for (start, stop), names in sorted(found.items()):
                print(f"{sources.name}: {start} -> {stop}: {', '.join(sorted(names))}")
        for circle in circles(found):
            problems += 1
            print(f"folders: {sources.name}: a circle of {', '.join(circle)}", file=sys.stderr)
            for (start, stop), names in sorted(found.items()):
                if start in circle and stop in circle:
                    print(f"    {start} -> {stop}: {', '.join(sorted(names))}", file=sys.stderr)
    print(f"folders: {problems} circles")
    sys.exit(1 if problems else 0)


main()
