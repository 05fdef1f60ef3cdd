"""Builds and runs, from outside, what documentation and examples say; called by `make check`.

usage: consumers.py [--only NAME...] [--write]

Two projects stand outside of this one. The first depends on each package by its path and has the programs of all READMEs and
articles, the code of all doc comments, and two of the examples. The second is Docs/Examples as it is, but that it depends on
the root by URL and version, where unsafe flags and path dependencies would be refused. Each program imports only what it
declares, runs in an empty folder of its own, and prints what its page says.
"""

import argparse
import difflib
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import documentation

ROOT = Path(__file__).resolve().parents[2]
SCRATCH = ROOT / ".build-consumers"
EXAMPLES = ROOT / "Docs" / "Examples"
MODULES = sorted(p.name for p in (ROOT / "Packages").iterdir() if (p / "README.md").exists())
LIBRARIES = [module for module in MODULES if module != "CXRTestSupport"]
# Of the examples these two are built by path, too.
BY_PATH = ["JudgeScores", "Regression"]
SECONDS = 300
MOST_LINES = 36
WRITES = False


def stop(message):
    sys.exit(f"consumers: {message}")


def swift(*arguments, log):
    """Runs the package manager; stops with what it said where it fails."""
    run = subprocess.run(["swift", *map(str, arguments)], capture_output=True, text=True, cwd=SCRATCH)
    log.write_text(run.stdout + run.stderr)
    if run.returncode != 0:
        sys.stderr.write(log.read_text())
        stop(f"swift {arguments[0]} failed")
    return run.stdout


def build(project, scratch):
    swift(
        "build", "-c", "release", "--explicit-target-dependency-import-check", "error",
        "--package-path", project, "--scratch-path", scratch, log=project / "log",
    )  # fmt: skip


def lay(path, text):
    """Writes a file where it is another one, so that nothing is built for naught."""
    path.parent.mkdir(parents=True, exist_ok=True)
    if not path.exists() or path.read_text() != text:
        path.write_text(text)


def run(name, program, expected, files=None, place=None):
    """Runs a program in an empty folder and compares what it prints with what its page at `place` says."""
    folder = SCRATCH / "runs" / name
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    for file, text in (files or {}).items():
        (folder / file).write_text(text)
    # The tests' Python has NumPy, which one of them asks.
    environment = os.environ | {"PATH": f"{ROOT}/.venv/bin:{os.environ['PATH']}"}
    done = subprocess.run(
        [program], cwd=folder, capture_output=True, text=True, timeout=SECONDS, env=environment
    )
    if done.returncode != 0:
        stop(f"{name} ended with {done.returncode}: {done.stdout}{done.stderr}")
    if done.stdout != expected and place and WRITES:
        place.write_text(documentation.saying(place.read_text(), expected, done.stdout))
        print(f"consumers: {name} written")
    elif done.stdout != expected:
        lines = difflib.unified_diff(
            expected.splitlines(), done.stdout.splitlines(), "what its page says", "what it prints", lineterm=""
        )
        stop(f"{name} prints something else:\n" + "\n".join(lines))
    print(f"consumers: {name}", flush=True)


def target(name, modules, kind="executableTarget", package=lambda module: module):
    products = ", ".join(f'.product(name: "{module}", package: "{package(module)}")' for module in modules)
    return f'    .{kind}(name: "{name}", dependencies: [{products}])'


def manifest(dependencies, targets):
    listed, built = ",\n".join(f"    {d}" for d in dependencies), ",\n".join(targets)
    return (
        "// swift-tools-version: 6.1\nimport PackageDescription\n\nlet package = Package(\n"
        f'  name: "Consumer",\n  dependencies: [\n{listed},\n  ],\n  targets: [\n{built},\n  ])\n'
    )


def packages_of(module):
    """The packages of ours that a package's own manifest names for its library."""
    text = (ROOT / "Packages" / module / "Package.swift").read_text()
    return [name for name in re.findall(r'\.package\(path: "\.\./(\w+)"\)', text) if name != "CXRTestSupport"]


def symbol_sources(module):
    """A file a block of the module's doc comments: a function, or declarations where it extends a type."""
    imports = "".join(f"import {name}\n" for name in ["Foundation", *packages_of(module), module])
    for number, block in enumerate(documentation.symbols(ROOT, module), 1):
        place = f'#sourceLocation(file: "{block.path}", line: {block.line})\n'
        body = place + block.text + "#sourceLocation()\n"
        if not re.search(r"^extension ", block.text, re.M):
            body = f"func example{number}() throws {{\n{body}}}\n"
        yield f"Example{number}.swift", imports + body


def example(path):
    """What an example says that it prints."""
    _, found, said = path.read_text().partition(documentation.PRINTS)
    if not found:
        stop(f"{path.relative_to(ROOT)} does not say what it prints")
    return re.sub(r"^// ?", "", said, flags=re.M)


def examples():
    return {path.parent.name: example(path) for path in sorted(EXAMPLES.glob("Sources/*/main.swift"))}


def lay_example(name, project):
    """Copies an example's files; the modules that they import."""
    modules = set()
    for path in sorted((EXAMPLES / "Sources" / name).glob("*.swift")):
        if len(path.read_text().partition(documentation.PRINTS)[0].splitlines()) > MOST_LINES:
            stop(f"{path.relative_to(ROOT)} has more than {MOST_LINES} lines: it is an example no more")
        lay(project / "Sources" / name / path.name, path.read_text())
        modules.update(documentation.imported(path.read_text()))
    return sorted(modules)


def by_path(only):
    """READMEs, articles, doc comments and two examples, each package by its path."""
    project = SCRATCH / "by-path"
    sources, targets, runs = project / "Sources", [], []
    shutil.rmtree(SCRATCH / "lint", ignore_errors=True)
    for program in documentation.programs(ROOT):
        if not program.expected and not WRITES:
            stop(f"{program.blocks[0].path}: no block of text says what its program prints")
        lay(sources / program.name / "main.swift", program.located)
        lay(SCRATCH / "lint" / f"{program.name}.swift", program.source)
        targets.append(target(program.name, program.modules))
        runs.append((program.name, program.expected, program.files, ROOT / program.blocks[0].path))
    for name in BY_PATH:
        targets.append(target(name, lay_example(name, project)))
        runs.append((name, examples()[name], {}, EXAMPLES / "Sources" / name / "main.swift"))
    blocks = 0
    for module in LIBRARIES:
        if files := dict(symbol_sources(module)):
            for old in (sources / f"{module}Symbols").glob("*.swift"):
                if old.name not in files:
                    old.unlink()
            for file, text in files.items():
                lay(sources / f"{module}Symbols" / file, text)
            targets.append(target(f"{module}Symbols", [*packages_of(module), module], kind="target"))
            blocks += len(files)
    lay(project / "Package.swift", manifest(
        [f'.package(path: "{ROOT}/Packages/{module}")' for module in LIBRARIES], targets))  # fmt: skip
    swift("format", "lint", "--strict", "--configuration", ROOT / ".swift-format", "-r", SCRATCH / "lint",
          log=SCRATCH / "lint.log")  # fmt: skip
    build(project, SCRATCH / "build")
    print(f"consumers: {len(runs)} programs and {blocks} blocks of doc comments compile", flush=True)
    for name, expected, files, place in runs:
        if not only or name in only:
            run(name, SCRATCH / "build" / "release" / name, expected, files, place)


def copied():
    """The files of this repository as they lie, as a commit of another with a version: SwiftPM takes no less."""
    remote = SCRATCH / "chest-x-ray"
    shutil.rmtree(remote, ignore_errors=True)
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT, capture_output=True, check=True).stdout  # fmt: skip
    for name in filter(None, listed.decode().split("\0")):
        if (ROOT / name).is_file():
            (remote / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, remote / name)

    def git(*arguments):
        identity = {f"GIT_{who}_{what}": "consumer" for who in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")}
        day = {f"GIT_{who}_DATE": "2000-01-01T00:00:00Z" for who in ("AUTHOR", "COMMITTER")}
        return subprocess.run(["git", "-C", remote, *arguments], check=True, capture_output=True, text=True,
                              env={**os.environ, **identity, **day}).stdout.strip()  # fmt: skip

    git("init", "--quiet", "--initial-branch=main")
    git("add", "--all")
    git("commit", "--quiet", "--message", "As it lies.")
    # A version of its own for each content: of one that it knows SwiftPM keeps what it has checked out.
    version = "0.2.0-" + git("rev-parse", "--short=12", "HEAD^{tree}").replace("0", "o")
    git("tag", version)
    return remote, version


def by_url(only):
    """The examples, on the root by URL and version."""
    remote, version = copied()
    project = SCRATCH / "by-url"
    text = (EXAMPLES / "Package.swift").read_text()
    line = '.package(name: "chest-x-ray", path: "../..")'
    if line not in text:
        stop(f"Docs/Examples/Package.swift does not depend on the root by {line}")
    lay(project / "Package.swift", text.replace(line, f'.package(url: "file://{remote}", exact: "{version}")'))
    for name in examples():
        lay_example(name, project)
    build(project, SCRATCH / "build-of-root")
    for name, expected in examples().items():
        if not only or name in only:
            run(f"{name}-by-URL", SCRATCH / "build-of-root" / "release" / name, expected,
                place=EXAMPLES / "Sources" / name / "main.swift")  # fmt: skip
    # What pages tell to write into one's own manifest: its packages and products are there.
    for number, block in enumerate(documentation.manifests(ROOT)):
        shown = SCRATCH / f"manifest-{number}"
        own, count = re.subn(r'\.package\(url: "[^"]+", [^)]*\)', f'.package(url: "file://{remote}", exact: "{version}")',
                             block.text)  # fmt: skip
        if count != 1:
            stop(f"{block.path}:{block.line}: the manifest does not depend on one URL")
        lay(shown / "Package.swift", own)
        lay(shown / "Sources" / "MyProject" / "main.swift", "import CXRMetrics\n")
        swift("package", "--package-path", shown, "--scratch-path", SCRATCH / "build-of-manifest", "show-dependencies",
              log=shown / "log")  # fmt: skip
        print(f"consumers: the manifest of {block.path}", flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--only", nargs="+", help="programs to run; all are built")
    parser.add_argument("--write", action="store_true", help="write into pages what their programs print")
    options = parser.parse_args()
    global WRITES
    WRITES = options.write
    SCRATCH.mkdir(exist_ok=True)
    by_path(options.only)
    by_url(options.only)


main()
