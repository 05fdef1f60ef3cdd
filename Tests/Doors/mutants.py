"""Breaks the readers on purpose and asks whether doors.py notices.

usage: mutants.py FOLDER

Each mutant is a change of one line in a copy of the sources in FOLDER, which is kept to build faster the next time.
A mutant that doors.py does not catch with a wrong number is a failure, and so is one whose line is not found.
"""

import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
DATA = "Packages/CXRData/Sources/CXRData"
MUTANTS = {
    "names are joined by their last three parts": (
        f"{DATA}/Films/FilmNameRule.swift",
        "? Array(parts.dropFirst(dropped.count)) : parts\n",
        "? Array(parts.dropFirst(dropped.count).suffix(3)) : parts\n",
    ),
    "rows of a film that contradict each other are joined": (
        f"{DATA}/LabelFile/FilmRows.swift",
        "      guard own == other else {\n",
        "      guard own == other || !column.isEmpty else {\n",
    ),
    "NaN is a patient": (
        f"{DATA}/LabelFile/PatientID.swift",
        "guard !trimmed.isEmpty, !trimmed.isMissingMarker,\n",
        "guard !trimmed.isEmpty,\n",
    ),
    "cells are parted by bars alone": (
        f"{DATA}/LabelFile/FindingCell.swift",
        "if !vocabulary.known.contains(token), let parts = try Self.parts(token, vocabulary) {",
        "if token.isEmpty, let parts = try Self.parts(token, vocabulary) {",
    ),
    "a label without a column is absent": (
        f"{DATA}/Labels/LabelMatrix.swift",
        "for column in doubts.areAllUnknown ? Array(labels.indices) : withoutColumn {",
        "for column in doubts.areAllUnknown ? Array(labels.indices) : Array(withoutColumn.prefix(0)) {",
    ),
    "of two columns of one name the first is taken": (
        f"{DATA}/Tables/TableHeader.swift",
        "    guard places.count <= 1 else {\n",
        "    guard places.count <= 9 else {\n",
    ),
    "scores are kept in 32 bits": (
        "Packages/CXRTraining/Sources/CXRTraining/Evaluation/PredictionsFile.swift",
        "            values.append(value)\n",
        "            values.append(Double(Float(value)))\n",
    ),
}


def copy(folder):
    """The sources alone, so that a mutant never touches the tree."""
    for name in ("Packages", "Apps", "Tests"):
        shutil.rmtree(folder / name, ignore_errors=True)
        shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns(".build*"))
    shutil.copy2(ROOT / "Package.swift", folder / "Package.swift")


def main():
    folder = Path(sys.argv[1]).resolve()
    folder.mkdir(parents=True, exist_ok=True)
    survivors = []
    for name, (file, line, change) in MUTANTS.items():
        copy(folder)
        text = (folder / file).read_text()
        if text.count(line) != 1:
            sys.exit(f"mutants: {file}: the line of \"{name}\" stands there {text.count(line)} times, not once")
        (folder / file).write_text(text.replace(line, change))
        build = ["swift", "build", "-c", "release", "--product", "door-reader", "--package-path", str(folder)]
        subprocess.run(build, check=True, stdout=subprocess.DEVNULL)
        reader = folder / ".build/release/door-reader"
        print(f"mutant: {name}", flush=True)
        judge = [sys.executable, str(ROOT / "Tests/Doors/doors.py"), str(reader), "--expect-failure"]
        output = subprocess.run(judge, capture_output=True, text=True)
        print("  " + output.stdout.strip().splitlines()[-1])
        if output.returncode != 0:
            survivors.append(name)
    sys.exit(f"mutants: not caught: {', '.join(survivors)}" if survivors else 0)


if __name__ == "__main__":
    main()
