"""Writes a manual page of section 1 for each program, from what the program says of itself.

    manual.py --output FOLDER PROGRAM...

Options, arguments and subcommands are those of `--experimental-dump-help`, the version is that of `--version`. The date
is SOURCE_DATE_EPOCH's (UTC); without it the release's in CHANGELOG.md, and none of a version that is not released: the
same program gives the same page on any day.
"""

import argparse
import datetime
import json
import os
import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
MANUAL = "Chest X-ray classifiers"
# As Program in Apps/CommandLine gives them.
EXIT_STATUS = [
    ("0", "Done."),
    ("1", "Failed at work; standard error names the file or value at fault, and the remedy."),
    ("64", "Wrong usage."),
    ("128 + n", "Stopped by signal n; files are whole."),
]
ENVIRONMENT = [
    (
        "CXR_VECTORS",
        "The vector unit to compute with: avx512, avx2 or portable. Without it, or where the machine has not what it "
        "names, the widest is used.",
    )
]
SPECIAL = {"\\": r"\e", "-": r"\-", "^": r"\(ha", "~": r"\(ti", "`": r"\(ga", '"': r"\(dq"}


def escaped(text):
    """A text in which no character means something to roff."""
    return "".join(SPECIAL.get(c) or (c if ord(c) < 128 else rf"\[u{ord(c):04X}]") for c in text)


def line(text, verbatim=False):
    """One line of running text, or of one to be copied."""
    text = escaped(text)
    if verbatim:
        text = text.replace("'", r"\(aq")
    return rf"\&{text}" if text[:1] in (".", "'", " ") else text


def names(argument):
    """`-o`, `--option VALUE`, in bold and italics."""
    value = escaped(argument.get("valueName", ""))
    if argument["kind"] == "positional":
        return rf"\fI{value}\fR"
    spelled = []
    for name in argument["names"]:
        dashes = "--" if name["kind"] == "long" else "-"
        spelled.append(rf"\fB{escaped(dashes + name['name'])}\fR")
    short_first = sorted(spelled, key=len)
    return ", ".join(short_first) + (rf" \fI{value}\fR" if argument["kind"] == "option" else "")


def preferred(argument):
    """As the synopsis has it."""
    if argument["kind"] == "positional":
        spelled = names(argument)
    else:
        spelled = names({**argument, "names": [argument["preferredName"]]})
    repeated = spelled + r" \&..." if argument["isRepeating"] else spelled
    return f"[{repeated}]" if argument["isOptional"] else repeated


def described(argument):
    """What an argument means, its values and its default."""
    text = argument.get("abstract", "")
    if argument.get("discussion"):
        text += "\n" + argument["discussion"]
    facts = []
    if argument.get("allValues") and argument["kind"] != "flag":
        facts.append("values: " + ", ".join(argument["allValues"]))
    if argument.get("defaultValue"):
        facts.append("default: " + argument["defaultValue"])
    return f"{text} ({'; '.join(facts)})" if facts else text


def shown(command, kinds):
    return [a for a in command["arguments"] if a["shouldDisplay"] and a["kind"] in kinds]


def listed(entries):
    """[(roff of the term, text)] as tagged paragraphs."""
    for term, text in entries:
        yield from (".TP", term)
        yield from (line(part) for part in text.split("\n") if part.strip())


def synopsis(name, command):
    required = [a for a in command["arguments"] if not a["isOptional"] and a["kind"] != "positional"]
    options = [a for a in shown(command, ("option", "flag")) if a["isOptional"]]
    yield from (".HP", rf"\fB{escaped(name)}\fR")
    for argument in required:
        yield preferred(argument).replace(" ", r"\~")
    if options:
        yield r"[\fIoptions\fR]"
    for argument in shown(command, ("positional",)):
        yield preferred(argument)


def discussed(text):
    """(running paragraphs, examples), each as roff; lines that are indented stay as they are."""
    running, examples = [], []
    for paragraph in re.split(r"\n[ \t]*\n", text.strip("\n")):
        lines = paragraph.split("\n")
        out = running
        if re.fullmatch(r"Examples?:", lines[0].strip()):
            out, lines = examples, lines[1:]
        if not lines:
            continue
        out.append(".PP")
        code = [bool(re.match(r"\s", one)) for one in lines]
        for i, one in enumerate(lines):
            if code[i] and (i == 0 or not code[i - 1]):
                out += [".RS 4", ".nf"]
            out.append(line(re.sub(r"^  ", "", one) if code[i] else one, verbatim=code[i]))
            if code[i] and (i + 1 == len(lines) or not code[i + 1]):
                out += [".fi", ".RE"]
    return running, examples


def details(command, heading):
    for title, kinds in (("Arguments", ("positional",)), ("Options", ("option", "flag"))):
        arguments = shown(command, kinds)
        if arguments:
            yield f"{heading} {title.upper() if heading == '.SH' else title}"
            yield from listed((names(a), described(a)) for a in arguments)


def page(dump, version, date, others):
    """A page's lines."""
    command = dump["command"]
    name = command["commandName"]
    abstract = command.get("abstract", "")
    running, examples = discussed(command.get("discussion", ""))
    subcommands = [s for s in command.get("subcommands", []) if s["commandName"] != "help" and s["shouldDisplay"]]
    yield rf'.\" Made from what {name} --help says; do not edit.'
    yield f'.TH {escaped(name.upper())} 1 "{date}" "{escaped(f"chest-x-ray {version}")}" "{escaped(MANUAL)}"'
    # Ragged and without hyphens: names of files and options are to be copied.
    yield from (".nh", ".ad l")
    yield from (".SH NAME", rf"{escaped(name)} \- {line(abstract.rstrip('.'))}", ".SH SYNOPSIS")
    for subcommand in subcommands:
        yield from synopsis(f"{name} {subcommand['commandName']}", subcommand)
    if not subcommands:
        yield from synopsis(name, command)
    if running:
        yield from [".SH DESCRIPTION", *running[1:]]
    if subcommands:
        yield ".SH COMMANDS"
        for subcommand in subcommands:
            yield from (f".SS {escaped(subcommand['commandName'])}", line(subcommand.get("abstract", "")))
            yield from listed((names(a), described(a)) for a in shown(subcommand, ("positional", "option", "flag")))
    yield from details(command, ".SH")
    yield from (".SH EXIT STATUS", *listed((escaped(code), text) for code, text in EXIT_STATUS))
    yield from (".SH ENVIRONMENT", *listed((rf"\fB{escaped(key)}\fR", text) for key, text in ENVIRONMENT))
    if examples:
        yield from (".SH EXAMPLES", *examples[1:])
    if others:
        yield ".SH SEE ALSO"
        for i, other in enumerate(others):
            yield f".BR {escaped(other)} (1){',' if i + 1 < len(others) else ''}"


def release_date(version):
    epoch = os.environ.get("SOURCE_DATE_EPOCH")
    if epoch:
        return datetime.datetime.fromtimestamp(int(epoch), datetime.timezone.utc).date().isoformat()
    heading = re.search(
        rf"^## {re.escape(version)} \((\d{{4}}-\d\d-\d\d)\)", (ROOT / "CHANGELOG.md").read_text(), flags=re.M)  # fmt: skip
    return heading[1] if heading else ""


def said(*command):
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--output", type=Path, required=True)
    parser.add_argument("programs", nargs="+", type=Path)
    options = parser.parse_args()
    options.output.mkdir(parents=True, exist_ok=True)
    all_names = sorted(program.name for program in options.programs)
    for program in options.programs:
        dump = json.loads(said(program, "--experimental-dump-help"))
        if dump["serializationVersion"] != 0:
            sys.exit(f"manual: {program} describes itself in form {dump['serializationVersion']}; form 0 is read")
        version = said(program, "--version").strip()
        others = [name for name in all_names if name != program.name]
        text = "\n".join(page(dump, version, release_date(version), others)) + "\n"
        (options.output / f"{program.name}.1").write_text(text)


main()
