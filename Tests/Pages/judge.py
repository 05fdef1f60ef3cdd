"""Opens pages as people do: axe-core finds no fault, nothing is wider than the screen, and paper is not wasted.

usage: judge.py [--pdf-pages N] PAGE...

Each page is opened in light and dark, 1100 and 420 pixels wide, with everything that a click opens. Needs Debian's
chromium. With --pdf-pages the first page must print on fewer than N sheets of A4 and of Letter.
"""

import argparse
import re
import shutil
import sys
from pathlib import Path

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import sync_playwright

SMALLEST = 9  # pixels, of a letter in a picture
SMALLEST_PRINTED = 8  # 6 points

# Letters of pictures as they are drawn, and what is clipped on paper: cells beyond the right edge.
LETTERS = """() => Math.min(99, ...[...document.querySelectorAll('svg text')].filter(t => t.textContent.trim() && t.getClientRects().length)
  .map(t => { const svg = t.ownerSVGElement; return parseFloat(getComputedStyle(t).fontSize)
    * svg.getBoundingClientRect().width / svg.viewBox.baseVal.width; }))"""
BEYOND = """() => [...document.querySelectorAll('td, th, caption, img, svg, pre')].filter(e => e.getClientRects().length
  && e.getBoundingClientRect().right > document.documentElement.clientWidth + 1)
  .map(e => e.tagName + ' ' + e.textContent.trim().slice(0, 40)).slice(0, 3)"""

# Colours that mean something, which printers leave out unless they are told.
UNPRINTED = """() => [...document.querySelectorAll('[style*=background]')]
  .filter(e => getComputedStyle(e).printColorAdjust !== 'exact').length"""


def judge(browser, path, faults):
    for scheme in ("light", "dark"):
        for width in (1100, 420):
            page = browser.new_page(viewport={"width": width, "height": 900}, color_scheme=scheme)
            page.goto(path.resolve().as_uri())
            page.evaluate("document.querySelectorAll('details').forEach(d => d.open = true)")
            where = f"{path}, {scheme}, {width} px"
            for fault in Axe().run(page).response["violations"]:
                faults.append(f"{where}: {fault['id']}: {fault['help']}: {fault['nodes'][0]['html'][:160]}")
            if page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth"):
                faults.append(f"{where}: the page is wider than the screen")
            letter = page.evaluate(LETTERS)
            if letter < SMALLEST:
                faults.append(f"{where}: a letter of a picture is {letter:.1f} px high")
            page.close()


def on_paper(browser, path, most, faults):
    page = browser.new_page()
    page.goto(path.resolve().as_uri())
    page.emulate_media(media="print")
    for paper, width in (("A4", 794), ("Letter", 816)):
        sheets = len(re.findall(rb"/Type\s*/Page[^s]", page.pdf(format=paper)))
        if most and sheets >= most:
            faults.append(f"{path}: {sheets} sheets of {paper}; fewer than {most} must do")
        # 12 mm a side are left free.
        page.set_viewport_size({"width": width - 90, "height": 1000})
        clipped = page.evaluate(BEYOND)
        if clipped:
            faults.append(f"{path}, {paper}: clipped on paper: {', '.join(clipped)}")
        if (letter := page.evaluate(LETTERS)) < SMALLEST_PRINTED:
            faults.append(f"{path}, {paper}: a letter of a picture is printed {letter:.1f} px high")
        print(f"{path}: {sheets} sheets of {paper}")
    if unprinted := page.evaluate(UNPRINTED):
        faults.append(f"{path}: {unprinted} colours of legends are not printed")
    page.close()


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("pages", nargs="+", type=Path)
    parser.add_argument("--pdf-pages", type=int)
    options = parser.parse_args()
    program = shutil.which("chromium") or sys.exit("pages: chromium is missing; run Scripts/setup.sh pages")
    faults = []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=["--no-sandbox"])
        for place, path in enumerate(options.pages):
            judge(browser, path, faults)
            on_paper(browser, path, options.pdf_pages if place == 0 else None, faults)
        browser.close()
    for fault in faults:
        print("pages: " + fault, file=sys.stderr)
    print(f"pages: {len(options.pages)} pages, {len(faults)} faults")
    sys.exit(1 if faults else 0)


main()
