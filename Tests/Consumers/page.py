"""Makes a program of pages of documentation, and what it is to print.

usage: page.py DIR PAGE...

The Swift blocks of the pages, in order, are DIR/main.swift; the text blocks, in order, are DIR/expected.txt. Code
that is no part of the program, such as a line of another file, is indented instead.
"""

import re
import sys
from pathlib import Path

BLOCK = re.compile(r"^```(swift|text)\n(.*?)^```\n", re.S | re.M)


def main():
    folder, pages = Path(sys.argv[1]), sys.argv[2:]
    blocks = [block for page in pages for block in BLOCK.findall(Path(page).read_text())]
    for kind, name in (("swift", "main.swift"), ("text", "expected.txt")):
        text = [contents for block, contents in blocks if block == kind]
        if not text:
            sys.exit(f"{' '.join(pages)}: no block of {kind}")
        (folder / name).write_text("\n".join(text) if kind == "swift" else "".join(text))


main()
