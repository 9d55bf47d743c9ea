"""A text's phonemes, and each token's place in the text, in its phonemes and in what is shown."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, NamedTuple

import structlog
from hibari.g2p import G2P
from hibari.g2p.lexicon import CURRENCIES
from hibari.g2p.token import Tok

from vivavoce.core.boundaries import space_end
from vivavoce.engines.voices.hibari_stand_ins import STAND_IN, YI, Given
from vivavoce.engines.voices.hibari_wording import ANY_WORDING, run_together, wording

_log = structlog.get_logger(__name__)

_NOT_PLAIN: Final = re.compile(rf"[^A-Za-z.,!?' {YI}]")


class Token(NamedTuple):
    """Characters [start, end) of a text and their phonemes [first, last)."""

    start: int
    end: int
    first: int
    last: int


@dataclass(frozen=True, slots=True)
class Sounding:
    """`phonemes` of a text that is shown as `shown`, to which the places in `tokens` belong."""

    phonemes: str
    shown: str
    tokens: list[Token]
    places: list[int] | None
    """Where each character of the text is in `shown`; None when the two are the same."""

    def place(self, at: int) -> int:
        """Where character `at` of the text is in `shown`, or else the token it belongs to."""
        return at if self.places is None else self.places[at]


def sounding(g2p: G2P, text: str, given: Mapping[str, Given], *, worded: bool) -> Sounding:
    """How hibari reads `text`; `worded` shows numbers and signs in words."""
    pronounced = _pronounced(g2p, text, given)
    phonemes, tokens = _placed(text, pronounced)
    worded = worded and ANY_WORDING.search(text) is not None
    if not given and not worded:
        return Sounding(phonemes, text, [one for one in tokens if one.start < one.end], None)
    display = _Display(text)
    neighbours: list[Tok | None] = [None, *pronounced, None]
    for index, (one, token) in enumerate(zip(pronounced, tokens, strict=True)):
        if one.text in given:
            display.replace(token, given[one.text].words)
        elif worded and text[token.start : token.end] == one.text:
            around = neighbours[index], neighbours[index + 2]
            display.add(token, wording(g2p.lexicon, one, *around))
        else:
            display.add(token, None)
    return display.finished(phonemes)


class _Display:
    """A text rewritten token by token."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._read = 0
        self._after_words = False
        self._shown = ""
        self._places: list[int] = []
        self._tokens: list[Token] = []

    def add(self, token: Token, words: str | None) -> None:
        """Show the next token as `words`, or as it stands."""
        self._keep(token.start)
        own = self._text[token.start : token.end] if words is None else words
        if (words is not None or self._after_words) and run_together(self._shown, own):
            self._shown += " "
        self.replace(token, own)
        self._after_words = words is not None

    def replace(self, token: Token, words: str) -> None:
        """Show exactly `words` for the next token."""
        self._keep(token.start)
        start = len(self._shown)
        # Nothing is shown of a currency's sign, spoken behind its number, nor of the space there.
        end = token.end if words else space_end(self._text, token.end)
        if words == self._text[token.start : end]:
            self._keep(end)
        else:
            self._shown += words
            self._places += [start] * (end - self._read)
            self._read = end
        if words:
            self._tokens.append(token._replace(start=start, end=len(self._shown)))
        self._after_words = False

    def finished(self, phonemes: str) -> Sounding:
        """The text with the rest of it as it stands."""
        self._keep(len(self._text))
        return Sounding(phonemes, self._shown, self._tokens, [*self._places, len(self._shown)])

    def _keep(self, end: int) -> None:
        kept = self._text[self._read : end]
        self._places += range(len(self._shown), len(self._shown) + len(kept))
        self._shown += kept
        self._read = max(self._read, end)


def _placed(text: str, pronounced: list[Tok]) -> tuple[str, list[Token]]:
    """The same string as `g2p(text)`, with each token's place in text and phonemes."""
    phonemes, position = "", 0
    tokens: list[Token] = []
    for token in pronounced:
        found = text.find(token.text, position)
        start = position if found < 0 else found
        end = min(start + len(token.text), len(text))
        own = token.phonemes or ""
        if not phonemes:
            own = own.lstrip()
        tokens.append(Token(start, end, len(phonemes), len(phonemes) + len(own)))
        position = end
        phonemes += own + (" " if token.whitespace and (phonemes or own) else "")
    stripped = phonemes.rstrip()
    limit = len(stripped)
    return stripped, [
        Token(start, end, min(first, limit), min(last, limit)) for start, end, first, last in tokens
    ]


def _pronounced(g2p: G2P, text: str, given: Mapping[str, Given]) -> list[Tok]:
    try:
        return list(g2p.phonemize_tokens(_settled(_tokens(g2p, text, given))))
    except Exception:  # the dictionaries' rules raise on rare tokens: then the plain words of it
        _log.warning("pronunciation rules failed; speaking the plain words", exc_info=True)
        return list(g2p.phonemize_tokens(_tokens(g2p, _NOT_PLAIN.sub(" ", text), given)))


def _settled(tokens: list[Tok]) -> list[Tok]:
    """A currency is for the numbers right behind its sign: in "$5 (42%)" hibari sees 42 dollars.

    It forgets the sign at a token that is neither number nor mark, so the next number is none.
    """
    has_currency = is_spent = False
    for token in tokens:
        if token.text[-1:] in CURRENCIES:
            has_currency, is_spent = True, False
        elif has_currency and token.tag != "CD":
            is_spent = True
        elif is_spent:
            token.tag = "NN"
            has_currency = is_spent = False
    return tokens


def _tokens(g2p: G2P, text: str, given: Mapping[str, Given]) -> list[Tok]:
    if not given:
        return list(g2p.tokenize(text))
    pairs: list[tuple[str, str]] = []
    position = 0
    for found in STAND_IN.finditer(text):
        if found[0] in given:
            pairs += g2p.tokenizer(text[position : found.start()])
            position = found.end()
            pairs.append((found[0], " " if text[position : position + 1].isspace() else ""))
    pairs += g2p.tokenizer(text[position:])
    tags = g2p.tagger([given[one].words if one in given else one for one, _ in pairs])
    return [_token(one, tag, space, given) for (one, space), tag in zip(pairs, tags, strict=True)]


def _token(text: str, tag: str, space: str, given: Mapping[str, Given]) -> Tok:
    own = given.get(text)
    if own is None:
        return Tok(text, tag, space)
    return Tok(text, tag, space, phonemes=own.phonemes, rating=5)
