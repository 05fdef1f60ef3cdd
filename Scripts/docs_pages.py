"""Makes the pages of the site that stand elsewhere: Docs/*.md, tables of the README, and what programs say of themselves.

usage: docs_pages.py CATALOG OUTPUT PROGRAMS

CATALOG is copied to OUTPUT, where each line `<!-- README: import -->`, `<!-- README: standing alone -->` and `<!-- help: NAME -->`
gives way to that table, or to the help of the program NAME in the folder PROGRAMS. The pages of Docs become articles.

    docs_pages.py --self-test     what it makes of small pages
"""

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
LINK = re.compile(r"\[([^\]]+)\]\(([^)\s]+)\)")
MARK = re.compile(r"^<!-- (README|help): ([\w -]+?) -->$", re.M)


class Missing(Exception):
    pass


def module(name):
    return f"``/{name}``"


def linked(text, folder):
    """Links between files as links between pages of the site; what is no page is named by its path."""
    def page(match):
        words, target = match.groups()
        if "://" in target or target.startswith(("#", "doc:")):
            return match[0]
        path = (folder / target.partition("#")[0]).resolve()
        if not path.exists():
            raise Missing(f"{words} leads to {target}, which is not there")
        parts = path.relative_to(ROOT).parts
        if parts[0] == "Packages" and parts[-2].endswith(".docc"):
            return f"[{words}](doc:/{parts[1]}/{path.stem})"
        if parts[0] == "Packages" and len(parts) == 2:
            return module(parts[1])
        if parts[0] == "Docs" and len(parts) == 2 and path.suffix == ".md":
            return f"[{words}](doc:{path.stem})"
        return f"{words}: `{path.relative_to(ROOT)}`"

    return LINK.sub(page, text)


def article(path):
    """A page of Docs; packages at the beginning of a table's row lead to their pages."""
    text = linked(path.read_text(), path.parent)
    return re.sub(r"^\| (CXR\w+) \|", lambda row: f"| {module(row[1])} |", text, flags=re.M)


def readme(name, text):
    if name == "import":
        found = re.search(r"^\| import \|.*?(?=\n\n)", text, re.M | re.S)
    else:
        found = re.search(r"(?<=<!-- standing alone -->\n\n).*?(?=\n\n<!-- end -->)", text, re.S)
    if not found:
        raise Missing(f"README.md has no table called {name}")
    return re.sub(r"^\| (CXR\w+) \|", lambda row: f"| {module(row[1])} |", linked(found[0], ROOT), flags=re.M)


def said(program, *words):
    done = subprocess.run([program, *words], capture_output=True, text=True, env={"COLUMNS": "80"})
    if done.returncode != 0:
        raise Missing(f"{Path(program).name} {' '.join(words)} ended with {done.returncode}: {done.stderr.strip()}")
    return done.stdout.strip("\n")


def subcommands(command, words=()):
    for below in command.get("subcommands", []):
        if below["commandName"] != "help":
            yield [*words, below["commandName"]]
            yield from subcommands(below, [*words, below["commandName"]])


def help_of(program):
    name = Path(program).name
    blocks = [f"```\n{said(program, '--help')}\n```"]
    for words in subcommands(json.loads(said(program, "--experimental-dump-help"))["command"]):
        blocks.append(f"### {name} {' '.join(words)}\n\n```\n{said(program, *words, '--help')}\n```")
    return "\n\n".join(blocks)


def filled(text, readme_text, programs):
    def table_or_help(match):
        kind, name = match.groups()
        return readme(name, readme_text) if kind == "README" else help_of(str(programs / name))

    return MARK.sub(table_or_help, text)


def self_test():
    assert linked("[a](Docs/Shapes.md), [b](https://x.org), [C](Packages/CXRData)", ROOT) == (
        "[a](doc:Shapes), [b](https://x.org), ``/CXRData``")
    assert linked("[a](Packages/CXRData/Sources/CXRData/CXRData.docc/YourData.md#x)", ROOT) == "[a](doc:/CXRData/YourData)"
    assert linked("[how](Makefile)", ROOT) == "how: `Makefile`"
    for broken in (lambda: linked("[a](Docs/None.md)", ROOT), lambda: readme("import", "none"), lambda: said("false")):
        try:
            broken()
        except Missing:
            continue
        raise AssertionError("nothing was said")
    table = "<!-- standing alone -->\n\n| CXRNet | a |\n\n<!-- end -->"
    assert filled("x\n<!-- README: standing alone -->\ny", table, ROOT) == "x\n| ``/CXRNet`` | a |\ny"
    assert list(subcommands({"subcommands": [{"commandName": "a", "subcommands": [{"commandName": "b"}]}]})) == [["a"], ["a", "b"]]


def main():
    if sys.argv[1:] == ["--self-test"]:
        self_test()
        return print("docs: the self-test of the pages passes")
    catalog, output, programs = (Path(argument) for argument in sys.argv[1:4])
    shutil.rmtree(output, ignore_errors=True)
    shutil.copytree(catalog, output)
    readme_text = (ROOT / "README.md").read_text()
    try:
        for program in sorted((ROOT / "Apps").glob("cxr-*")):
            if not (catalog / f"Programs/{program.name}.md").is_file():
                raise Missing(f"{program.name} has no page in {catalog}/Programs")
        for path in output.rglob("*.md"):
            path.write_text(filled(path.read_text(), readme_text, programs))
        for path in sorted((ROOT / "Docs").glob("*.md")):
            (output / path.name).write_text(article(path))
    except Missing as missing:
        sys.exit(f"docs: {missing}")


main()
