"""Fails when a type that conforms to CXRNet's Module has no maker in ForgottenParameterTests.swift, where reflection
finds the parameters that its `forEachParameter` forgets; and when a maker is of no such type.

usage: check_modules.py [BUILD]

BUILD is the folder of a build of all packages, .build/release if not given. Types of any access level are found,
private ones too, as what the compiler wrote of each module tells them; those of tests are not asked about.
"""

import json
import re
import subprocess
import sys
import tempfile
from pathlib import Path

root = Path(__file__).resolve().parent.parent
MAKERS = root / "Packages/CXRNet/Tests/CXRNetTests/ForgottenParameterTests.swift"
# CXRNet.Module, as the compiler calls it.
MODULE = "s:6CXRNet6ModuleP"


def output(*command):
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def swift_modules():
    """The modules of all packages and programs."""
    package = json.loads(output("swift", "package", "dump-package", "--package-path", str(root)))
    for target in package["targets"]:
        folder = root / (target.get("path") or f"Sources/{target['name']}")
        if target["type"] in ("regular", "executable") and any(folder.rglob("*.swift")):
            yield target["name"].replace("-", "_")


def graphs(module, build, folder):
    """What the compiler wrote of a module: its symbols, and how they are related."""
    maps = [*root.glob("Packages/*/Sources/*/module.modulemap"), *build.glob("C*.build/module.modulemap")]
    triple = json.loads(output("swift", "-print-target-info"))["target"]["triple"]
    command = ["swift", "symbolgraph-extract", "-module-name", module, "-target", triple]
    command += ["-I", build / "Modules", "-minimum-access-level", "private", "-emit-extension-block-symbols"]
    command += ["-skip-synthesized-members", "-output-dir", folder]
    for path in maps:
        command += ["-Xcc", f"-fmodule-map-file={path}"]
    found = subprocess.run(list(map(str, command)), capture_output=True, text=True)
    if found.returncode != 0:
        sys.exit(
            f"modules: {module} cannot be read from {build}; build first: {found.stderr.splitlines()[:2]}"
        )
    for path in [folder / f"{module}.symbols.json", *folder.glob(f"{module}@*.symbols.json")]:
        yield json.loads(path.read_text())


def conforming(found):
    """The types among them that are modules, directly or by a protocol or a class that is one."""
    names, above = {}, {}
    for module, graph in found:
        for symbol in graph["symbols"]:
            kind = symbol["kind"]["identifier"]
            names[symbol["identifier"]["precise"]] = (module, ".".join(symbol["pathComponents"]), kind)
        for relation in graph["relationships"]:
            if relation["kind"] in ("conformsTo", "inheritsFrom"):
                above.setdefault(relation["source"], set()).add(relation["target"])
    modules, asked = {MODULE}, None
    while asked != modules:
        asked = set(modules)
        modules |= {source for source, targets in above.items() if targets & modules}
    if MODULE not in names or len(modules) == 1:
        sys.exit("modules: nothing is known of CXRNet's Module: was it renamed?")
    found = {names.get(identifier, ("?", identifier, "?")) for identifier in modules}
    return {(name, module) for module, name, kind in found if kind != "swift.protocol"}


def main():
    build = Path(sys.argv[1] if len(sys.argv) > 1 else root / ".build/release").resolve()
    found = []
    with tempfile.TemporaryDirectory(prefix="modules-") as folder:
        for module in swift_modules():
            found += [(module, graph) for graph in graphs(module, build, Path(folder))]
    types = conforming(found)
    makers = re.findall(r'^ +\("([\w.]+)", ', MAKERS.read_text(), flags=re.M)
    where = MAKERS.relative_to(root)
    problems = [
        f"{name} of {module} is a Module and has no maker in {where}: give it a line there"
        for name, module in sorted(types)
        if name not in makers
    ]
    problems += [
        f"{name} has a maker in {where}, but is no Module"
        for name in makers
        if name not in {name for name, _ in types}
    ]
    for problem in problems:
        print("modules:", problem, file=sys.stderr)
    print(f"modules: {len(types)} types with parameters to visit, {len(problems)} problems")
    sys.exit(1 if problems else 0)


main()
