"""Which language a text is in, as far as its letters tell."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import groupby
from typing import Final, NamedTuple

from vivavoce.core import marks
from vivavoce.core.characters import char_weight
from vivavoce.core.language_codes import normal_language
from vivavoce.core.latin_languages import latin_language
from vivavoce.core.script_languages import language_of_script
from vivavoce.core.scripts import CYRILLIC, GREEK, LATIN, SINITIC, only_latin, script_of, scripts_of

__all__ = ["Run", "language_runs", "latin_language", "normal_language"]

_ENGLISH, _JAPANESE = "en", "ja"
_KANA: Final = re.compile("[\u3041-\u3096\u30a1-\u30fa\u30fc\uff66-\uff9d]")
# Letters of these stand alone in formulas: the π meson, Ж as a shape.
_SYMBOLS: Final = frozenset((GREEK, CYRILLIC))
_FEW_LETTERS: Final = 1
_FEW_WORDS: Final = 2
_MOST_FOREIGN_WORDS: Final = 3
"""Every voice reads some words in Latin letters; a sentence is better read by its own."""


class Run(NamedTuple):
    """Text in one language."""

    text: str
    language: str


class _Span(NamedTuple):
    """Words with letters of one script, and what follows them and has none."""

    text: str
    script: str
    letters: str

    @property
    def words(self) -> int:
        return len(self.text.split())


def language_runs(text: str, home: str) -> list[Run]:
    """`text` in pieces of one language each, joined they are `text`; there is one at least.

    A piece ends where the script changes to one that `home` is not written in; what is in letters
    of `home` is taken for `home`. Digits, marks, tags and white space stay with what they follow.
    A single Greek letter stays with the sentence it is in, and so do one or two Latin words in a
    sentence that is mostly in another script.
    """
    own = scripts_of(home)
    if LATIN in own and only_latin(text):
        return [Run(text, home)]
    spans = list(_spans(text))
    if not spans:
        return [Run(text, home)]
    foreign = _foreign_languages(text, {span.script for span in spans} - own)
    languages = [_language(span, home, own, foreign) for span in spans]
    if LATIN in own:
        languages = _with_few_words_joined(spans, languages, home)
    return list(_joined(spans, languages))


def _spans(text: str) -> Iterator[_Span]:
    """The text in spans that adjoin; the first begins where the text does."""
    tags = [found.span() for found in marks.TAG.finditer(text)]
    starts: list[tuple[int, str]] = []
    letters: list[str] = []
    for index, char in enumerate(text):
        while tags and tags[0][1] <= index:
            tags.pop(0)
        script = None if tags and tags[0][0] <= index else script_of(char)
        if script is None:
            continue
        if not starts or starts[-1][1] != script:
            starts.append((index if starts else 0, script))
            letters.append("")
        letters[-1] += char
    ends = [*(start for start, _ in starts[1:]), len(text)][: len(starts)]
    for (start, script), end, own in zip(starts, ends, letters, strict=True):
        yield _Span(text[start:end], script, own)


def _foreign_languages(text: str, foreign: set[str]) -> dict[str, str | None]:
    """The language of each foreign script, by all of its letters in the text."""
    languages: dict[str, str | None] = {}
    for script in foreign - {LATIN}:
        if script == SINITIC:
            languages[script] = _JAPANESE if _KANA.search(text) else "zh"
        else:
            own = (char for char in text if script_of(char) == script or not char.isalpha())
            languages[script] = language_of_script(script, "".join(own))
    return languages


def _language(span: _Span, home: str, own: frozenset[str], foreign: dict[str, str | None]) -> str:
    if span.script in own:
        # Chinese characters among kana are Japanese, whatever the rest of the text is.
        is_japanese = span.script == SINITIC and _KANA.search(span.text)
        return _JAPANESE if is_japanese else home
    if span.script == LATIN:
        is_little = span.words <= _MOST_FOREIGN_WORDS
        return home if is_little else latin_language(span.text) or _ENGLISH
    if span.script in _SYMBOLS and len(span.letters) <= _FEW_LETTERS:
        return home
    return foreign[span.script] or home


def _with_few_words_joined(spans: list[_Span], languages: list[str], home: str) -> list[str]:
    """A word or two of `home` goes along with a foreign text that it stands in."""
    weights = dict.fromkeys(languages, 0)
    for span, language in zip(spans, languages, strict=True):
        weights[language] += sum(map(char_weight, span.letters))
    main = max(weights, key=weights.__getitem__)
    if main == home:
        return languages
    neighbours = zip(["", *languages], [*languages[1:], ""], strict=False)
    return [
        main if language == home and main in around and span.words <= _FEW_WORDS else language
        for span, language, around in zip(spans, languages, neighbours, strict=False)
    ]


def _joined(spans: list[_Span], languages: list[str]) -> Iterator[Run]:
    for language, group in groupby(zip(spans, languages, strict=True), key=lambda pair: pair[1]):
        yield Run("".join(span.text for span, _ in group), language)
