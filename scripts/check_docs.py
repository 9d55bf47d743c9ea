"""Checks the documentation against itself and the code; prints what is wrong and exits 1.

Every relative link leads to a file and a heading that exist, every Python, JSON and TOML block is
valid, and every setting of the server is named somewhere.
"""

from __future__ import annotations

import ast
import json
import re
import sys
import tomllib
from collections.abc import Callable, Iterator
from pathlib import Path

from vivavoce.config import describe_settings

ROOT = Path(__file__).parents[1]

_FENCE = re.compile(r"^ *```(\w*)[^\n]*\n(.*?)^ *```", re.MULTILINE | re.DOTALL)
_LINK = re.compile(r"(?<!!)\[[^\]]*\]\(([^)\s]+)\)")
_HEADING = re.compile(r"^#+ +(.+?)\s*$", re.MULTILINE)


def _python(source: str) -> None:
    compile(source, "example", "exec", flags=ast.PyCF_ALLOW_TOP_LEVEL_AWAIT)


_READERS: dict[str, Callable[[str], object]] = {
    "python": _python,
    "json": json.loads,
    "toml": tomllib.loads,
}


def anchors(text: str) -> set[str]:
    """The anchors that a Markdown viewer gives to the headings of `text`."""
    headings = _HEADING.findall(_FENCE.sub("", text))
    kept = (re.sub(r"[^\w\- ]", "", heading.lower()) for heading in headings)
    return {heading.replace(" ", "-") for heading in kept}


def broken_links(page: Path, text: str) -> Iterator[str]:
    for link in _LINK.findall(_FENCE.sub("", text)):
        if "://" in link or link.startswith("mailto:"):
            continue
        name, _, anchor = link.partition("#")
        target = page.parent / name if name else page
        if not target.exists():
            yield f"{link} leads nowhere"
        elif anchor and anchor not in anchors(target.read_text(encoding="utf-8")):
            yield f"{link} names a heading that {target.name} does not have"


def broken_blocks(text: str) -> Iterator[str]:
    for language, source in _FENCE.findall(text):
        try:
            _READERS.get(language, str)(source)
        except (SyntaxError, ValueError) as error:
            yield f"a {language} block is not valid: {error}"


def main() -> int:
    pages = {
        page: page.read_text(encoding="utf-8")
        for page in sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")])
    }
    wrong = [
        f"{page.relative_to(ROOT)}: {problem}"
        for page, text in pages.items()
        for problem in (*broken_links(page, text), *broken_blocks(text))
    ]
    prose = "\n".join(pages.values())
    wrong += [
        f"the setting {row.name} is documented nowhere"
        for row in describe_settings()
        if row.variable not in prose and f"`{row.name}`" not in prose
    ]
    print("\n".join(wrong) or f"{len(pages)} pages of documentation hold")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
