"""Runs what the page "Your data" says, and compares what it shows.

usage: page.py BIN_DIR WHEEL PAGE [--write]     every command of the page, on the published tables
       page.py --files PAGE DIR                 the page's files, among them a program, into a folder

A block of code is a file where the line before it names one in backticks. A block that begins with $ is a command and what
it prints, without the line that tells the machine. With --write the page gets what was printed instead.
"""

import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

BLOCK = re.compile(r"^```(?P<kind>\w+)\n(?P<text>.*?)^```\n", re.S | re.M)


def files(text):
    """Each named file of the page, with its contents."""
    for block in BLOCK.finditer(text):
        before = text[: block.start()].rstrip().splitlines()[-1]
        name = re.search(r"`(\w[\w.-]*\.\w+)`", before)
        if name and block["kind"] in ("toml", "csv", "swift") and before.endswith(":"):
            yield name[1], block["text"]
        elif name and block["kind"] == "text":
            yield "expected.txt", block["text"]


def write_files(text, folder):
    for name, contents in files(text):
        (folder / name).write_text(contents)


def printed(command, folder, programs):
    """What a command prints, as a person sees it."""
    environment = os.environ | {"PATH": f"{programs}:{os.environ['PATH']}"}
    run = subprocess.run(command, cwd=folder, shell=True, text=True, env=environment, capture_output=True)
    lines = [line for line in (run.stderr + run.stdout).splitlines() if not line.startswith("BLAS: ")]
    # A long list is shown by its beginning.
    return "".join(line[:300] + (" …" if len(line) > 300 else "") + "\n" for line in lines)


def main():
    if sys.argv[1] == "--files":
        write_files(Path(sys.argv[2]).read_text(), Path(sys.argv[3]))
        return 0
    import tables

    programs, wheel, page = Path(sys.argv[1]).resolve(), Path(sys.argv[2]), Path(sys.argv[3])
    text = page.read_text()
    passed, failed = 0, []
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        tables.lay(wheel, folder)
        write_files(text, folder)

        def run(block):
            nonlocal passed
            if block["kind"] != "console":
                return block[0]
            command = block["text"].splitlines()[0].removeprefix("$ ")
            said = f"$ {command}\n{printed(command, folder, programs)}"
            if said == block["text"]:
                passed += 1
            else:
                failed.append(f"the page shows\n{block['text']}\nbut the command printed\n{said}")
            return block[0].replace(block["text"], said)

        new = BLOCK.sub(run, text)
    if "--write" in sys.argv:
        page.write_text(new)
        failed.clear()
    for one in failed:
        print(one)
    print(f"{passed} passed, {len(failed)} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
