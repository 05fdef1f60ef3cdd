"""Fails when a package's own manifest and the root's say different things, or when an arrow between
modules is not in the list of Docs/Architecture.md."""

import json
import re
import subprocess
import sys
from pathlib import Path

root = Path(__file__).resolve().parent.parent


def dump(folder):
    out = subprocess.run(
        ["swift", "package", "dump-package", "--package-path", str(folder)],
        check=True, capture_output=True, text=True,
    ).stdout  # fmt: skip
    return json.loads(out)


def dependencies(target):
    """Names only: within the root a product of another package is a target."""
    return sorted(d.get("byName", d.get("product", d.get("target")))[0] for d in target["dependencies"])


def facts(target, base):
    path = target.get("path") or (
        f"Tests/{target['name']}" if target["type"] == "test" else f"Sources/{target['name']}")
    return {
        "type": target["type"],
        "path": str((base / path).resolve().relative_to(root)),
        "dependencies": dependencies(target),
        "settings": sorted(json.dumps(s, sort_keys=True) for s in target["settings"]),
        "pkgConfig": target.get("pkgConfig"),
        "providers": json.dumps(target.get("providers"), sort_keys=True),
    }


problems = []
whole = dump(root)
declared = {t["name"]: facts(t, root) for t in whole["targets"]}
for target in whole["targets"]:
    lacking = {"apt", "brew"} - {name for provider in target.get("providers") or () for name in provider}
    if target["type"] == "system" and lacking:
        problems.append(f"{target['name']}: no {' and no '.join(sorted(lacking))} among its providers")
seen = set()
for folder in sorted((root / "Packages").iterdir()):
    package = dump(folder)
    if package["toolsVersion"] != whole["toolsVersion"]:
        problems.append(f"{folder.name}: tools version differs from the root's")
    if package["platforms"] != whole["platforms"]:
        problems.append(f"{folder.name}: platforms differ from the root's")
    for target in package["targets"]:
        name = target["name"]
        seen.add(name)
        own = facts(target, folder)
        if name not in declared:
            problems.append(f"{folder.name}: target {name} is not in the root's Package.swift")
            continue
        for key, value in own.items():
            if declared[name][key] != value:
                problems.append(
                    f"{name}: {key} is {value} in Packages/{folder.name}/Package.swift, "
                    f"but {declared[name][key]} in the root's")
for name, target in declared.items():
    if target["path"].startswith("Packages/") and name not in seen:
        problems.append(f"{name} is in the root's Package.swift, but in no package's")

text = (root / "Docs/Architecture.md").read_text()
listed = {
    tuple(line.split(" -> "))
    for line in re.findall(r"^([\w-]+ -> [\w-]+)$", text, flags=re.M)
}
actual = {
    (name, dependency)
    for name, target in declared.items()
    if target["type"] not in ("test", "system")
    for dependency in target["dependencies"]
}
for edge in sorted(actual - listed):
    problems.append(f"arrow {' -> '.join(edge)} is not in Docs/Architecture.md")
for edge in sorted(listed - actual):
    problems.append(f"arrow {' -> '.join(edge)} is in Docs/Architecture.md, but in no manifest")

for problem in problems:
    print("manifests:", problem, file=sys.stderr)
print(f"manifests: {len(declared)} targets, {len(actual)} arrows, {len(problems)} problems")
sys.exit(1 if problems else 0)
