"""Tags and Markdown, which are for eyes, taken out of text for ears."""

from __future__ import annotations

import html
import re
from collections.abc import Iterable
from typing import Final

from vivavoce.core.traced_text import Piece, Rewrite, TracedText, always, group, nothing

# Between these there is white space for the eye, though the text may have none.
_BLOCK_NAMES: Final = (
    "article aside blockquote br break dd div dl dt footer h1 h2 h3 h4 h5 h6 header hr li ol p"
    " paragraph pre s section sentence table td th tr ul"
)
_BLOCKS: Final = frozenset(_BLOCK_NAMES.split())
ATTRIBUTE: Final = r"""\s+[\w:.-]+\s*=\s*(?:"[^"<>]*"|'[^'<>]*'|[^\s"'<>=`]+)"""
_TAG: Final = re.compile(rf"</?([A-Za-z][\w:.-]*+)(?:{ATTRIBUTE})*+\s*/?>")
_BULLET: Final = r"(?:[-*+\u2013][ \t]+|[•‣◦▪▫●○■□][ \t]*)"


def _tag(found: re.Match[str]) -> Iterable[Piece]:
    return (" ",) if found[1].lower() in _BLOCKS else ()


def _entity(found: re.Match[str]) -> Iterable[Piece]:
    char = html.unescape(found[0])
    return (found.span(),) if char == found[0] else (char,)


def _link(found: re.Match[str]) -> Iterable[Piece]:
    """Its label; one that is never closed reaches to the end of the text, and stays."""
    return (found.span(1 if found[0].endswith(")") else 0),)


# In this order: what is wrapped in something else comes after it. None may try the same characters
# again and again: a text may be 100,000 blanks, or nothing but brackets.
_STEPS: Final[tuple[tuple[re.Pattern[str], Rewrite], ...]] = (
    (re.compile(r"\\(?=[!-/:-@\[-`{-~])"), nothing),
    (re.compile(r"<!--[^<>]*-->|<[!?][A-Za-z][^<>]*>"), always(" ")),
    (_TAG, _tag),
    (re.compile(r"<((?:https?|mailto):[^\s<>]+)>"), group(1)),
    (re.compile(r"&(?:#\d{1,7}|#[xX][0-9A-Fa-f]{1,6}|[A-Za-z][A-Za-z0-9]{1,30});"), _entity),
    # Code fences and rules
    (re.compile(r"^[ \t]*(?:`{3,}|~{3,})[\w+#.-]*[ \t]*$", re.MULTILINE), nothing),
    (re.compile(r"^[ \t]*([-*_=~])(?:[ \t]*\1){2,}[ \t]*$", re.MULTILINE), nothing),
    (re.compile(r"^[ \t]*+(?:\|[ \t]*+)?:?-{2,}+:?[ \t]*\|[ \t|:-]*$", re.MULTILINE), nothing),
    # Links and images. The voice's own `[word](/phonemes/)` is among them: nobody may inject it.
    (re.compile(r"!?\[([^\[\]]*)\]\([^)]*+\)?"), _link),
    # Quotes, headings, bullets, the outer bars of tables
    (re.compile(r"^[ \t]*(?:>[ \t]?)+", re.MULTILINE), nothing),
    (re.compile(r"^[ \t]*#{1,6}[ \t]+", re.MULTILINE), nothing),
    (re.compile(rf"^[ \t]*{_BULLET}(?:\[[ xX]\][ \t]+)?", re.MULTILINE), nothing),
    (re.compile(r"(?<![ \t])[ \t]*+\|[ \t]*+$", re.MULTILINE), nothing),
    (re.compile(r"^[ \t]*\|[ \t]*", re.MULTILINE), nothing),
    # Arithmetic, before its signs are taken for emphasis
    (re.compile(r"(?<=\d)\*\*(?=\d)"), always("^")),
    (re.compile(r"(?<=\d) ?\* ?(?=\d)"), always("\u00d7")),
    # Emphasis; its two ends may be in different utterances, so each counts alone
    (re.compile(r"\*{2,}|~{2,}"), nothing),
    (re.compile(r"(?<![^\W_])\*(?=\S)|(?<=\S)\*(?![^\W_])"), nothing),
    (re.compile(r"(?<!\w)_+(?=[^\W_])|(?<=[^\s_])_+(?!\w)"), nothing),
    (re.compile(r"(?<=[^\W\d_])`(?=[^\W\d_])"), always("'")),
    (re.compile(r"`+"), nothing),
)


def strip_markup(text: TracedText) -> None:
    """Take tags, entities and Markdown out of `text`, keeping the words they wrap."""
    for pattern, rewrite in _STEPS:
        text.rewrite(pattern, rewrite)
