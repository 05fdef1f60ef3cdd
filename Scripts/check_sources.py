"""Fails on what this repository does without: unsafe flags, traps without a proof beside them,
unfinished business, leftovers and large files."""

import re
import subprocess
import sys
from pathlib import Path

root = Path(__file__).resolve().parent.parent
files = subprocess.run(
    ["git", "ls-files", "-co", "--exclude-standard"], cwd=root, check=True, capture_output=True, text=True,
).stdout.split("\n")  # fmt: skip
problems = []
LARGEST = 1_000_000
# Swift 6.3's library reads a key path through an optional by a copy whose two ends overlap, which the address sanitizer sees.
OPTIONAL_KEY_PATH = re.compile(r"\\[A-Za-z]*\.[\w.]*\?\.")
# A trap needs a comment within the lines above it that says why it cannot happen.
TRAPS = re.compile(r"\bfatalError\b|\btry!|\bas!|@unchecked Sendable|nonisolated\(unsafe\)")

for name in filter(None, files):
    path = root / name
    if not path.is_file():
        continue
    if path.stat().st_size > LARGEST:
        problems.append(f"{name}: {path.stat().st_size} bytes")
    if re.search(r"(^|/)(Package\.resolved|\.build[^/]*/|__pycache__/)", name):
        problems.append(f"{name}: a build leftover")
    if path.suffix not in (".swift", ".c", ".h", ".py", ".sh", ""):
        continue
    if name.startswith("Scripts/check_sources"):
        continue
    lines = path.read_text(errors="replace").split("\n")
    for number, line in enumerate(lines, 1):
        if "unsafeFlags" in line:
            problems.append(f"{name}:{number}: unsafe flags are refused in versioned dependencies")
        if path.suffix == ".swift" and OPTIONAL_KEY_PATH.search(line):
            problems.append(f"{name}:{number}: a key path through an optional; write {{ $0.a?.b }}")
        if re.search(r"\b(TODO|FIXME|XXX)\b", line):
            problems.append(f"{name}:{number}: unfinished business")
        product = path.suffix == ".swift" and "/Tests/" not in f"/{name}"
        if product and TRAPS.search(line):
            if not any("//" in above for above in lines[max(0, number - 4) : number]):
                problems.append(f"{name}:{number}: a trap without a proof beside it: {line.strip()}")

for problem in problems:
    print("sources:", problem, file=sys.stderr)
print(f"sources: {len(files)} files, {len(problems)} problems")
sys.exit(1 if problems else 0)
