"""Puts the site's own first page where readers arrive: /, /documentation, the top of the list at the side, and of each page.

usage: site_root.py SITE PAGE

DocC's merge makes a first page of its own, a bare list of modules; PAGE, as chestxray, takes its place.
"""

import json
import sys
from pathlib import Path

REDIRECT = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta http-equiv="refresh" content="0; url={0}">
<title>{1}</title>
</head>
<body><p><a href="{0}">{1}</a></p></body>
</html>
"""

# What the pages look for: without it each asks a server in vain.
THEME = {"meta": {}, "theme": {}, "features": {}}


def main():
    site, name = Path(sys.argv[1]), sys.argv[2]
    page = json.loads((site / f"data/documentation/{name}.json").read_text())
    title = page["metadata"]["title"]
    (site / "index.html").write_text(REDIRECT.format(f"documentation/{name}/", title))
    (site / "documentation/index.html").write_text(REDIRECT.format(f"{name}/", title))
    (site / "theme-settings.json").write_text(json.dumps(THEME))
    # Whoever comes there by a link within the site gets no address of a server, but these data.
    (site / "data/documentation.json").write_text(json.dumps(page))

    # The way back: a package knows of none above it.
    identifier = page["identifier"]["url"]
    reference = {
        "type": "topic", "kind": "article", "role": "collection", "title": title, "identifier": identifier,
        "url": f"/documentation/{name}", "abstract": page.get("abstract", [])}  # fmt: skip
    for path in (site / "data").rglob("*.json"):
        other = json.loads(path.read_text())
        paths = other.get("hierarchy", {}).get("paths", [])
        if other["identifier"]["url"] != identifier and any(identifier not in steps for steps in paths):
            other["hierarchy"]["paths"] = [steps if identifier in steps else [identifier, *steps] for steps in paths]
            other["references"] = {**other.get("references", {}), identifier: reference}
            path.write_text(json.dumps(other))

    path = site / "index/index.json"
    index = json.loads(path.read_text())
    for nodes in index["interfaceLanguages"].values():
        (root,) = nodes
        below = root["children"]
        own = next(node for node in below if node.get("path") == f"/documentation/{name}")
        modules = [node for node in below if node is not own]
        root["path"] = own["path"]
        root["children"] = [*own.get("children", []), {"title": "Packages", "type": "groupMarker"}, *modules]
    path.write_text(json.dumps(index))


main()
