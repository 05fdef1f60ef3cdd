"""Compares the public symbols of the library products with those of the API baseline that Docs/Release.md names.

Breaks that Docs/api-breaks.txt lists are meant; others, and lines that no break needs, are failures.

    check_api.py               the whole
    check_api.py CXRMetrics    one product, or more, without a look for lines that no break needs

Both sides are laid out in .build-api without programs, tests and what these alone depend on: Swift's comparison fails on the
module map that TOMLKit brings along.
"""

import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
TREE = ROOT / ".build-api/tree"
BASELINES = ROOT / ".build-api/baselines"
RELEASE = ROOT / "Docs/Release.md"
MEANT = ROOT / "Docs/api-breaks.txt"
PARTS = ["Package.swift", "Packages"]
# The same baseline gives the same commit, by which Swift knows that it has been built.
SOMEBODY = {f"GIT_{who}_{what}": value for who in ("AUTHOR", "COMMITTER")
            for what, value in (("NAME", "api"), ("EMAIL", "api@localhost"), ("DATE", "2026-01-01T00:00:00Z"))}  # fmt: skip


def refuse(problem):
    print("api:", problem, file=sys.stderr)
    sys.exit(1)


def said(*command, folder=ROOT, **options):
    done = subprocess.run(command, cwd=folder, capture_output=True, **options)
    if done.returncode:
        refuse(f"{' '.join(map(str, command[:3]))}: {done.stderr.decode()[-2000:]}")
    return done.stdout


def lay_out(files):
    """Makes the tree hold {path: bytes}; what is as it was stays untouched, so that it is not compiled again."""
    there = {path.relative_to(TREE).as_posix() for part in PARTS for path in [TREE / part, *(TREE / part).rglob("*")]}
    for name in there - set(files):
        if (TREE / name).is_file():
            (TREE / name).unlink()
    for name, content in files.items():
        path = TREE / name
        if not path.is_file() or path.read_bytes() != content:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)


def libraries_alone(wanted):
    """Takes out of the tree's manifest all but some library products, or all, and what they need; their names."""
    manifest = json.loads(said("swift", "package", "dump-package", "--package-path", TREE))
    libraries = [product["name"] for product in manifest["products"] if "library" in product["type"]]
    targets = {target["name"]: target for target in manifest["targets"]}
    needed, open_ = set(), [name for name in libraries if name in wanted or not wanted]
    kept = list(open_)
    while open_:
        name = open_.pop()
        if name not in needed and name in targets:
            needed.add(name)
            open_ += [(d.get("byName") or d.get("target") or d["product"])[0] for d in targets[name]["dependencies"]]
    quoted = ", ".join(f'"{name}"' for name in sorted(needed))
    with (TREE / "Package.swift").open("a") as file:
        file.write(f"\nlet needed: Set<String> = [{quoted}]\npackage.targets.removeAll {{ !needed.contains($0.name) }}\n")
        file.write("package.products.removeAll { !needed.contains($0.name) }\npackage.dependencies = []\n")
    return kept


def compare(commit, products, allowed):
    """What Swift says of breaks that are not allowed."""
    with tempfile.NamedTemporaryFile("w", suffix=".txt") as listed:
        listed.write("".join(line + "\n" for line in allowed))
        listed.flush()
        return subprocess.run(
            ["swift", "package", "--package-path", TREE, "diagnose-api-breaking-changes", commit, "--products", *products,
             "--baseline-dir", BASELINES, "--breakage-allowlist-path", listed.name],
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
        ).stdout  # fmt: skip


def main():
    named = re.findall(r"^API baseline: `([^`]+)`$", RELEASE.read_text(), flags=re.M)
    if len(named) != 1:
        refuse(f"{RELEASE.name} has {len(named)} lines of the form: API baseline: `COMMIT`")
    if subprocess.run(["git", "cat-file", "-e", named[0] + "^{commit}"], cwd=ROOT, capture_output=True).returncode:
        refuse(f"the baseline {named[0]} is not in this clone; fetch all of its history, or mend the line in {RELEASE.name}")
    meant = [line.strip() for line in MEANT.read_text().splitlines()]
    meant = [line for line in meant if line and not line.startswith("#")]

    shutil.rmtree(TREE / ".git", ignore_errors=True)
    TREE.mkdir(parents=True, exist_ok=True)
    names = said("git", "ls-tree", "-r", "-z", "--name-only", named[0], *PARTS).decode().split("\0")[:-1]
    lay_out({name: said("git", "show", f"{named[0]}:{name}") for name in names})
    before = libraries_alone(sys.argv[1:])
    said("git", "init", "-q", folder=TREE)
    (TREE / ".git/info/exclude").write_text(".build/\nPackage.resolved\n")
    said("git", "add", "-A", folder=TREE)
    said("git", "commit", "-q", "-m", "API baseline", folder=TREE, env={**os.environ, **SOMEBODY})
    commit = said("git", "rev-parse", "HEAD", folder=TREE).decode().strip()

    names = said("git", "ls-files", "-coz", "--exclude-standard", *PARTS).decode().split("\0")[:-1]
    lay_out({name: (ROOT / name).read_bytes() for name in names if (ROOT / name).is_file()})
    products = libraries_alone(sys.argv[1:])
    if unknown := [name for name in sys.argv[1:] if name not in before and name not in products]:
        refuse(f"no library product {', '.join(unknown)}")

    gone = [f"API breakage: product {name} has been removed" for name in before if name not in products]
    both = [name for name in products if name in before]
    output = compare(commit, both, meant)
    breaks = [line for line in gone if line not in meant] + re.findall(r"API breakage: .*", output)
    compared = set(re.findall(r"(?:No breaking changes|breaking changes?) detected in (\w+)", output))
    for line in breaks:
        print("api:", line, file=sys.stderr)
    if missing := set(both) - compared:
        print(output[-4000:], file=sys.stderr)
        refuse(f"the comparison failed; not compared: {', '.join(sorted(missing))}")
    unneeded = []
    if meant and not sys.argv[1:]:
        needed = gone + re.findall(r"API breakage: .*", compare(commit, both, []))
        unneeded = [line for line in meant if line not in needed]
        for line in unneeded:
            print(f"api: {MEANT.name} lists what is no break: {line}", file=sys.stderr)
    print(f"api: {len(both)} products beside {named[0][:12]}: {len(breaks)} breaks that are not listed, "
          f"{len(meant) - len(unneeded)} that are, {len(unneeded)} lines that no break needs")  # fmt: skip
    sys.exit(1 if breaks or unneeded else 0)


main()
