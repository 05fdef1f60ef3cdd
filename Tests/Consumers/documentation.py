"""The code of documentation: what of a page is a program, and what it prints.

`programs(root)` are the pages' programs. The ```swift blocks of a page, in order, are one program; its ```text blocks, in order,
are what it prints. Code that is no part of a program, such as a line of another file, is indented instead. A page may go on from
another, whose program then stands before its own (GOES_ON), and may say which files lie beside it: a block of ```csv or ```toml
after a line that ends in a name in backticks and a colon.

`symbols(root)` are the ```swift blocks of doc comments, each to compile by itself; in a doc comment code is always fenced.
"""

import re
from dataclasses import dataclass, field
from pathlib import Path

FENCED = re.compile(r"^```(?P<kind>\w*)\n(?P<text>.*?)^```$", re.S | re.M)
NAMED = re.compile(r"`(\w[\w.-]*\.(?:csv|toml))`:\s*\Z")
MANIFEST = "// swift-tools-version"
# In an example what follows is what it prints.
PRINTS = "// It prints:\n"
# A page that goes on where another ends.
GOES_ON = {"TrainingANetwork": "AddingANetwork"}


@dataclass
class Block:
    kind: str
    text: str
    path: str
    line: int


@dataclass
class Program:
    """Blocks of one page, or of two that are one program."""

    name: str
    blocks: list[Block]
    expected: str
    files: dict[str, str] = field(default_factory=dict)

    @property
    def source(self):
        return "\n".join(block.text for block in self.blocks)

    @property
    def located(self):
        """The program with the pages' places, so that the compiler names those."""
        parts = (f'#sourceLocation(file: "{b.path}", line: {b.line})\n{b.text}' for b in self.blocks)
        return "\n".join(parts) + "\n#sourceLocation()\n"

    @property
    def modules(self):
        return imported(self.source)


def imported(source):
    """Our modules that a program imports."""
    return sorted(set(re.findall(r"^import (CXR\w+)$", source, re.M)))


def blocks(root, path):
    """The fenced blocks of a page."""
    text = path.read_text()
    for match in FENCED.finditer(text):
        yield match, Block(
            match["kind"], match["text"], str(path.relative_to(root)), text.count("\n", 0, match.start()) + 2
        )


def pages(root):
    """READMEs and articles, by the names of their programs."""
    found, modules = {"Readme": root / "README.md"}, {p.name for p in (root / "Packages").iterdir()}
    for path in [*sorted((root / "Docs").rglob("*.md")), *sorted((root / "Packages").rglob("*.md"))]:
        if "site" in path.relative_to(root).parts or ".build" in str(path):
            continue
        name = path.parent.name + "Readme" if path.stem == "README" else path.stem
        if name in modules:
            name += "Page"
        if name in found:
            raise SystemExit(f"{path}: there is another page called {name}")
        found[name] = path
    return found


def page(root, name, path):
    """The program of a page, or nothing."""
    text, own, expected, files = path.read_text(), [], "", {}
    for match, block in blocks(root, path):
        if block.kind == "swift" and not block.text.startswith(MANIFEST):
            own.append(block)
        elif block.kind == "text" and own:
            expected += block.text
        elif block.kind in ("csv", "toml") and (named := NAMED.search(text[: match.start()])):
            files[named[1]] = block.text
    return Program(name, own, expected, files) if own else None


def programs(root):
    """The programs of all pages."""
    found = {name: page(root, name, path) for name, path in pages(root).items()}
    for name, first in GOES_ON.items():
        one, other = found[first], found[name]
        found[name] = Program(name, one.blocks + other.blocks, one.expected + other.expected)
        del found[first]
    return [program for program in found.values() if program]


def manifests(root):
    """The manifests that pages show."""
    return [
        block
        for path in pages(root).values()
        for _, block in blocks(root, path)
        if block.kind == "swift" and block.text.startswith(MANIFEST)
    ]


def symbols(root, module):
    """The blocks of a module's doc comments. Code that no fence says the language of is an error."""
    found = []
    for path in sorted((root / "Packages" / module / "Sources" / module).rglob("*.swift")):
        place, kind, text, begin = str(path.relative_to(root)), None, [], 0
        for number, line in enumerate(path.read_text().splitlines(), 1):
            comment = re.fullmatch(r"\s*///(?: ?(.*))", line)
            said = comment[1] if comment else None
            if said is not None and said.strip().startswith("```"):
                if kind is None:
                    kind, text, begin = said.strip()[3:], [], number + 1
                    if kind not in ("swift", "text", "toml", "csv", "json", "sh"):
                        raise SystemExit(f"{place}:{number}: say what it is: ```swift, text, toml, csv, json or sh")
                else:
                    if kind == "swift":
                        found.append(Block(kind, "\n".join(text) + "\n", place, begin))
                    kind = None
            elif kind is not None:
                if said is None:
                    raise SystemExit(f"{place}:{number}: the block that begins before line {begin} does not end")
                text.append(said)
            elif said is not None and re.match(r"    (let \w|var \w|try |func \w|import [A-Z]|struct \w|print\()", said):
                raise SystemExit(f"{place}:{number}: code in a doc comment stands in a fence, ```swift")
    return found


def saying(text, old, new):
    """A page or an example with what its program prints now; of a page with several blocks of text the last is written."""
    if text.startswith("//"):
        before, mark, _ = text.partition(PRINTS)
        return before + mark + "".join(f"// {line}\n" for line in new.splitlines())
    last = [match for match in FENCED.finditer(text) if match["kind"] == "text"][-1]
    if not old.endswith(last["text"]):
        raise SystemExit(f"what is printed is not where its page ends:\n{new}")
    told = new[len(old) - len(last["text"]) :]
    return text[: last.start("text")] + told + text[last.end("text") :]
