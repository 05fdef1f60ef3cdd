"""Installs a tree below folders of every state, takes it away again, and compares what is left with what was there.

    install.py             a tree of empty files
    install.py TREE        what `make stage` laid out, too: every program, page and completion, away from its build
"""

import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
SCRIPT = ROOT / "Scripts/install.sh"
FILES = ["bin/cxr-one", "bin/cxr-two", "share/man/man1/cxr-one.1", "share/zsh/site-functions/_cxr-one",
         "share/bash-completion/completions/cxr-one", "share/fish/vendor_completions.d/cxr-one.fish",
         "share/doc/chest-x-ray/README.md"]  # fmt: skip
LIST = "share/doc/chest-x-ray/installed.txt"


def run(job, prefix, tree="", destdir="", user=None, path=os.environ["PATH"]):
    command = [SCRIPT, job, tree]
    if user:
        command = ["setpriv", "--reuid", user, "--clear-groups", *command]
    return subprocess.run(
        command, env={**os.environ, "PATH": path, "PREFIX": str(prefix), "DESTDIR": str(destdir)},
        capture_output=True, text=True,
    )  # fmt: skip


def good(*arguments, **options):
    done = run(*arguments, **options)
    assert done.returncode == 0, (arguments, done.stdout, done.stderr)
    return done.stdout


def bad(words, *arguments, **options):
    done = run(*arguments, **options)
    assert done.returncode == 1 and words in done.stderr and done.stderr.count("\n") == 1, (arguments, done)


def laid_out(folder, files):
    for name in files:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(name)
    return folder


def contents(folder):
    return {path.relative_to(folder).as_posix(): path.read_text() if path.is_file() else None for path in folder.rglob("*")}


def check_trees(scratch):
    tree = laid_out(scratch / "tree", FILES)
    # A folder that is not there is made, and taken away; the one above it stays.
    good("install", scratch / "new" / "deep", tree)
    assert set(FILES) | {LIST} == {name for name, text in contents(scratch / "new" / "deep").items() if text is not None}
    assert os.access(scratch / "new/deep/bin/cxr-one", os.X_OK) and not os.access(scratch / "new/deep/share/man/man1/cxr-one.1", os.X_OK)
    good("uninstall", scratch / "new" / "deep")
    assert contents(scratch / "new") == {}, contents(scratch / "new")
    # What was there stays, empty folders too; what came meanwhile stays, and the folders that hold it.
    old = laid_out(scratch / "old", ["bin/theirs", "share/man/man1/theirs.1"])
    (old / "share/zsh").mkdir()
    before = contents(old)
    good("install", old, tree)
    good("install", old, tree)
    laid_out(old, ["share/fish/mine"])
    good("uninstall", old)
    assert contents(old) == {**before, "share/fish": None, "share/fish/mine": "share/fish/mine"}, contents(old)
    bad("nothing from make install", "uninstall", old)
    # A later version takes away what it no longer has.
    place = scratch / "later"
    good("install", place, tree)
    good("install", place, laid_out(scratch / "next", [*FILES[:1], *FILES[2:], "bin/cxr-three"]))
    assert (place / "bin/cxr-three").exists() and not (place / "bin/cxr-two").exists()
    good("uninstall", place)
    assert not place.exists()
    # Files of others are not written over; nothing is written then.
    theirs = laid_out(scratch / "theirs", ["bin/cxr-two"])
    bad("is there already", "install", theirs, tree)
    assert contents(theirs) == {"bin": None, "bin/cxr-two": "bin/cxr-two"}
    # A run that was stopped, here at the first manual page, is made good, or undone.
    stopper = laid_out(scratch / "stopper", ["install"]) / "install"
    stopper.write_text(f'#!/bin/sh\ncase $* in *man1*) exit 9 ;; esac\nexec {shutil.which("install")} "$@"\n')
    stopper.chmod(0o755)
    for then in ("install", "uninstall"):
        stopped = scratch / f"stopped-{then}"
        assert run("install", stopped, tree, path=f"{stopper.parent}:{os.environ['PATH']}").returncode == 9
        assert (stopped / "bin/cxr-two").exists() and not (stopped / "share/man/man1/cxr-one.1").exists()
        good(then, stopped, tree)
        if then == "install":
            assert (stopped / "share/man/man1/cxr-one.1").exists()
            good("uninstall", stopped)
        assert not stopped.exists()
    # The list leads nowhere else.
    lying = scratch / "lying"
    good("install", lying, tree)
    outside = laid_out(scratch / "outside", ["kept"]) / "kept"
    for line in ("../outside/kept", str(outside), "bin/../../outside/kept", ".."):
        (lying / LIST).write_text(f"bin/cxr-one\n{line}\n")
        bad("names files elsewhere", "uninstall", lying)
        assert outside.exists() and (lying / "bin/cxr-one").exists()
    # Under DESTDIR the list has the same paths; names with spaces.
    good("install", "/opt/chest films", tree, scratch / "package root")
    assert (scratch / "package root/opt/chest films/bin/cxr-one").exists()
    good("uninstall", "/opt/chest films", destdir=scratch / "package root")
    assert not (scratch / "package root/opt/chest films").exists()
    # One message where nothing can be written.
    bad("a path from / on is needed", "writable", "relative")
    bad("is no folder", "writable", outside / "below")
    if os.geteuid() == 0 and shutil.which("setpriv"):
        (scratch / "closed").mkdir(mode=0o755)
        scratch.chmod(0o755)
        bad("cannot be written by", "writable", scratch / "closed", user="65534")
    print("install: trees come, go and leave what was there")


def check_programs(scratch, tree):
    away = scratch / "away"
    good("install", away, tree)
    names = sorted(path.name for path in (away / "bin").iterdir())
    # Neither Swift's own libraries nor the build folder; one's own folder is another.
    environment = {"PATH": f"{away}/bin:/usr/bin:/bin", "HOME": str(scratch), "MANPATH": f"{away}/share/man", "LC_ALL": "C.UTF-8"}

    def said(*command):
        done = subprocess.run(command, env=environment, cwd=scratch, capture_output=True, text=True)
        assert done.returncode == 0, (command, done)
        return done.stdout

    version = re.search(r'current = "(.*)"', (ROOT / "Packages/CXRFiles/Sources/CXRFiles/LibraryVersion.swift").read_text())[1]
    for name in names:
        assert said(name, "--version") == version + "\n", name
        assert said(name, "--help").startswith("OVERVIEW"), name
        needed = said("ldd", f"{away}/bin/{name}")
        assert "swift" not in needed and "not found" not in needed and "Foundation" not in needed, needed
        page = said("man", "-P", "cat", name) if shutil.which("man") else (away / f"share/man/man1/{name}.1").read_text()
        assert f"chest-x-ray {version}" in page.replace("\\-", "-"), name
        script = f"source '{away}/share/bash-completion/completions/{name}' && complete -p {name}"
        assert name in said("bash", "-c", script)
        ask = f"""{script} >/dev/null; COMP_WORDS=({name} --lo); COMP_CWORD=1; COMP_LINE='{name} --lo'; COMP_POINT=${{#COMP_LINE}}
        _{name} {name} --lo {name}; echo "${{COMPREPLY[*]}}" """
        assert {"--log-level", "--log-format"} <= set(said("bash", "-c", ask).split()), name
        if shutil.which("zsh"):
            zsh = f"fpath=('{away}/share/zsh/site-functions' $fpath); autoload -Uz compinit; compinit -u -D; print $_comps[{name}]; autoload +X _{name}"
            assert said("zsh", "-f", "-c", zsh).split() == [f"_{name}"], name
        if shutil.which("fish"):
            fish = f"source '{away}/share/fish/vendor_completions.d/{name}.fish'; complete -C '{name} --lo'"
            assert "--log-level" in said("fish", "--no-config", "-c", fish), name
    said("cxr-synth", "--output", "films", "--images", "60", "--patients", "24", "--size", "128")
    said("cxr-explore", "--csv", "films/Data_Entry_2017.csv", "--output", "explored")
    good("uninstall", away)
    assert not away.exists()
    print(f"install: {len(names)} programs run away from their build, with pages and completions")


def main():
    with tempfile.TemporaryDirectory() as scratch:
        check_trees(Path(scratch))
    for tree in sys.argv[1:]:
        with tempfile.TemporaryDirectory() as scratch:
            check_programs(Path(scratch), Path(tree).resolve())


main()
