"""Fails on what a reader of the site would stumble over, and names page and symbol.

A link that leads nowhere, on a page of the site or in a text of the repository; a page that no page leads to; a public symbol
without a sentence that says what it is; a symbol of a module that stands under no topic. Links to other places are listed in
OUT, where one is named, and not fetched.

    check_site.py SITE [OUT]
    check_site.py --self-test     a small site with each of these faults: each must be found
"""

import json
import re
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
LINK = re.compile(r"\[[^\]]*\]\(<?([^)\s>]+)>?\)")
CODE = re.compile(r"^```.*?^```|`[^`\n]*`|^    [^\n]*$", re.M | re.S)
# Of a module: under a topic of its own choice. Members are sorted by kind, which does.
OUTERMOST = {"struct", "class", "enum", "protocol", "func", "typealias", "var", "macro"}


def each(value, kind):
    """Every dictionary of that type within a page's content."""
    if isinstance(value, dict):
        if value.get("type") == kind:
            yield value
        for inner in value.values():
            yield from each(inner, kind)
    elif isinstance(value, list):
        for inner in value:
            yield from each(inner, kind)


def words(inline):
    """Whether there is anything to read."""
    return any(part.get("text") or part.get("code") or part.get("identifier") or words(part.get("inlineContent", []))
               for part in inline)  # fmt: skip


OTHERS = ("Swift.", "Foundation.", "FoundationEssentials.")


class Site:
    def __init__(self, folder):
        self.folder = Path(folder)
        self.pages = {}
        for path in sorted((self.folder / "data").rglob("*.json")):
            name = "/" + str(path.relative_to(self.folder / "data").with_suffix(""))
            self.pages[name] = json.loads(path.read_text())
        self.anchors = {
            name: {heading.get("anchor") for heading in each(page.get("primaryContentSections", []), "heading")}
            for name, page in self.pages.items()}  # fmt: skip
        self.external = set()

    def links(self):
        """Faults of links, and of pages without one."""
        reached = set()
        for name, page in self.pages.items():
            references = page.get("references", {})
            for reference in references.values():
                # What a type conforms to of Swift's and Foundation's own has no page here.
                if reference.get("type") == "unresolvable" and not reference.get("title", "").startswith(OTHERS):
                    yield f"{name}: {reference.get('title')} leads nowhere"
                url = reference.get("url")
                if url is None:
                    for variant in reference.get("variants", []):
                        if not (self.folder / variant["url"].lstrip("/")).is_file():
                            yield f"{name}: the picture {variant['url']} is not there"
                elif "://" in url or url.startswith("mailto:"):
                    self.external.add((url, name))
                elif reference.get("type") in ("topic", "link"):
                    target, _, anchor = url.partition("#")
                    target = target.rstrip("/") or name
                    if target not in self.pages:
                        yield f"{name}: the link to {url} leads nowhere"
                    elif anchor and anchor not in self.anchors[target]:
                        yield f"{name}: {target} has no heading {anchor}"
            for used in each(page.get("primaryContentSections", []), "reference"):
                reference = references.get(used["identifier"])
                if reference is None or used.get("isActive") is False:
                    yield f"{name}: {used['identifier']} leads nowhere"
                elif "url" in reference:
                    reached.add(reference["url"].partition("#")[0])
            for key in ("topicSections", "seeAlsoSections", "defaultImplementationsSections"):
                for section in page.get(key, []):
                    for identifier in section["identifiers"]:
                        if "url" not in references.get(identifier, {}):
                            yield f"{name}: {identifier} leads nowhere"
                        else:
                            reached.add(references[identifier]["url"])
        for name, page in self.pages.items():
            if name not in reached and name != "/documentation" and page.get("metadata", {}).get("role") == "article":
                yield f"{name}: no page leads to this one"

    def navigation(self):
        """Faults of the list at the side, and of the page that each address opens."""
        index = json.loads((self.folder / "index/index.json").read_text())
        waiting = [node for nodes in index["interfaceLanguages"].values() for node in nodes]
        for node in waiting:
            waiting += node.get("children", [])
            path = node.get("path")
            if path and (path not in self.pages or not (self.folder / path.lstrip("/") / "index.html").is_file()):
                yield f"the list at the side: {node['title']} leads to {path}, which is not there"
        for page in ("index.html", "documentation/index.html"):
            text = (self.folder / page).read_text()
            found = re.search(r'http-equiv="refresh" content="0; url=([^"]+)"', text)
            target = (self.folder / page).parent / (found[1] if found else "nowhere") / "index.html"
            if not target.is_file():
                yield f"/{page}: does not lead to the first page"

    def symbols(self):
        """Symbols that nobody described, and those of a module that stand under no topic."""
        for name, page in self.pages.items():
            if page.get("kind") == "symbol" and page["metadata"].get("role") != "collectionGroup":
                if not words(page.get("abstract", [])):
                    symbol = page["identifier"]["url"].partition("/documentation/")[2].replace("/", ".")
                    yield f"{symbol}: no sentence says what it is"
            if page.get("metadata", {}).get("symbolKind") == "module":
                for section in page.get("topicSections", []):
                    if section.get("generated"):
                        for identifier in section["identifiers"]:
                            yield f"{name}: {identifier.rpartition('/')[2]} stands under no topic"


def texts(root, files):
    """Links of the repository's own texts to files of it."""
    for file in files:
        path = root / file
        for target in LINK.findall(CODE.sub("", path.read_text())):
            if "://" in target or target.startswith(("#", "doc:", "mailto:")):
                continue
            if not (path.parent / target.partition("#")[0]).exists():
                yield f"{file}: the link to {target} leads nowhere"


def faults(site):
    return [*site.links(), *site.navigation(), *site.symbols()]


def self_test():
    def page(name, **contents):
        path = Path(folder) / "data" / (name + ".json")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(contents))

    def reference(url, **others):
        return {"type": "topic", "url": url, **others}

    with tempfile.TemporaryDirectory() as folder:
        page("documentation", kind="article", metadata={})
        text = [{"type": "paragraph", "inlineContent": [
            {"type": "reference", "identifier": "gone", "isActive": True},
            {"type": "reference", "identifier": "unknown", "isActive": True}]}]  # fmt: skip
        page("documentation/m", kind="symbol", metadata={"symbolKind": "module"}, abstract=[{"text": "A module.", "type": "text"}],
             primaryContentSections=[{"content": [*text, {"type": "heading", "anchor": "Here"}]}],
             topicSections=[{"generated": True, "identifiers": ["doc://m/documentation/m/Bare"]}],
             references={"gone": reference("/documentation/gone"), "doc://m/documentation/m/Bare": reference("/documentation/m/bare"),
                         "here": reference("/documentation/m#Here"), "there": reference("/documentation/m#There"),
                         "else": reference("https://x.org", type="link"), "no": {"type": "unresolvable", "title": "Nothing"},
                         "picture": {"type": "image", "variants": [{"url": "/images/none.png"}]}})  # fmt: skip
        page("documentation/m/bare", kind="symbol", metadata={"role": "symbol"},
             identifier={"url": "doc://m/documentation/M/Bare"}, abstract=[])  # fmt: skip
        page("documentation/m/lost", kind="article", metadata={"role": "article"})
        site = Path(folder)
        for name in ("index/index.json", "documentation/m/index.html", "documentation/index.html", "index.html"):
            (site / name).parent.mkdir(parents=True, exist_ok=True)
            (site / name).write_text("")
        (site / "index/index.json").write_text(json.dumps({"interfaceLanguages": {"swift": [
            {"title": "M", "path": "/documentation/m", "children": [{"title": "Gone", "path": "/documentation/gone"}]}]}}))
        (site / "index.html").write_text('<meta http-equiv="refresh" content="0; url=documentation/m/">')
        read = Site(folder)
        expected = [
            "/documentation/m: the link to /documentation/gone leads nowhere",
            "/documentation/m: /documentation/m has no heading There",
            "/documentation/m: Nothing leads nowhere",
            "/documentation/m: the picture /images/none.png is not there",
            "/documentation/m: unknown leads nowhere",
            "/documentation/m/lost: no page leads to this one",
            "the list at the side: Gone leads to /documentation/gone, which is not there",
            "/documentation/index.html: does not lead to the first page",
            "M.Bare: no sentence says what it is",
            "/documentation/m: Bare stands under no topic",
        ]
        assert faults(read) == expected, "\n".join(faults(read))
        assert read.external == {("https://x.org", "/documentation/m")}
        (site / "a.md").write_text("[x](b.md) [y](a.md#z) `[c](d.md)` [e](https://x.org)\n\n    [f](g.md)\n\n```\n[h](i.md)\n```\n[j](k.md)\n")
        assert list(texts(site, ["a.md"])) == [f"a.md: the link to {name} leads nowhere" for name in ("b.md", "k.md")]


def main():
    if sys.argv[1:] == ["--self-test"]:
        self_test()
        return print("site: the self-test passes")
    site = Site(sys.argv[1])
    files = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "*.md"],
        cwd=ROOT, check=True, capture_output=True, text=True).stdout.split("\n")  # fmt: skip
    found = faults(site) + list(texts(ROOT, [file for file in files if file]))
    for fault in found:
        print("site:", fault, file=sys.stderr)
    external = sorted(site.external)
    if len(sys.argv) > 2:
        Path(sys.argv[2]).write_text("".join(f"{url}\t{page}\n" for url, page in external))
    places = len({url for url, _ in external})
    print(f"site: {len(site.pages)} pages, {places} links to other places (not fetched), {len(found)} faults")
    sys.exit(1 if found else 0)


main()
