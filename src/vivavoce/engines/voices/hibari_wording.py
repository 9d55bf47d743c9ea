"""How numbers and signs are shown as they are spoken.

hibari reads digits by rules of its own, which leave out an "and" here and a comma there; words in
their place would be read differently, and worse. So digits stay in the text the rules read, and
their words come from those same rules, run with words where phonemes would be. Where the two do not
agree, the digits stay in sight as well.
"""

from __future__ import annotations

import re
from typing import Final, NamedTuple

from hibari.g2p import SUBTOKEN_RE
from hibari.g2p.lexicon import CURRENCIES, SYMBOLS, Lexicon
from hibari.g2p.token import Tok

ANY_WORDING: Final = re.compile(r"[0-9%&+@]")
_NUMBER: Final = re.compile(r"-?[0-9,.]*[0-9][,.]*(?:st|nd|rd|th|'?s|'?d|ed|ing)?")


class _Spelling:
    """Stands in for hibari's dictionary where its number rules look words up."""

    def lookup(self, word: str, *_: object) -> tuple[str, int]:
        return ("oh" if word == "O" else word), 4

    stem_s = lookup

    def _s(self, words: str) -> str:
        if words.endswith("y"):
            return words[:-1] + "ies"
        return words + ("es" if words.endswith("x") else "s")

    def _ed(self, words: str) -> str:
        return words + "ed"

    def _ing(self, words: str) -> str:
        return words + "ing"


class _Worded(NamedTuple):
    words: str
    phonemes: str


def wording(lexicon: Lexicon, token: Tok, before: Tok | None, after: Tok | None) -> str | None:
    """What to show for a token that has been given its phonemes; None for its own text."""
    phonemes = token.phonemes or ""
    if token.text in CURRENCIES and not phonemes:
        return "" if after is not None and after.currency == token.text else None
    if not phonemes or not ANY_WORDING.search(token.text):
        return None
    if before is not None and before.text in CURRENCIES and token.currency is None:
        return None
    whole = _worded(lexicon, token.text.lstrip("'"), token)
    if whole is not None and whole.phonemes == phonemes:
        return whole.words
    return _in_pieces(lexicon, token, phonemes)


def run_together(left: str, right: str) -> bool:
    """Whether the two, one behind the other, would be one word."""
    return left[-1:].isalnum() and right[:1].isalnum()


def _in_pieces(lexicon: Lexicon, token: Tok, phonemes: str) -> str | None:
    """A token like "COVID-19" or "50%", piece by piece."""
    pieces: list[str] = SUBTOKEN_RE.findall(token.text)
    if len(pieces) < 2 or "".join(pieces) != token.text:
        return None
    shown, heard = "", 0
    for index, piece in enumerate(pieces):
        words = piece
        if ANY_WORDING.search(piece):
            worded = _worded(lexicon, piece, token if index == 0 else None)
            place = -1 if worded is None else phonemes.find(worded.phonemes, heard)
            if worded is None or place < 0 or (index == 0 and place > 0):
                return None
            words, heard = worded.words, place + len(worded.phonemes)
        shown += f" {words}" if run_together(shown, words) else words
    return shown


def _worded(lexicon: Lexicon, text: str, head: Tok | None) -> _Worded | None:
    """The words of a number or sign; `head` is the token it begins, if it begins one."""
    if text in SYMBOLS:
        return _Worded(SYMBOLS[text], _as_heard(lexicon.lookup(SYMBOLS[text], None, None, None)[0]))
    if not _NUMBER.fullmatch(text):
        return None
    currency, is_head = (head.currency, head.is_head) if head is not None else (None, False)
    phonemes, _ = lexicon.get_number(text, currency, is_head)
    words, _ = Lexicon.get_number(_Spelling(), text, currency, is_head)
    return _Worded(" ".join(words.split()), _as_heard(phonemes)) if phonemes else None


def _as_heard(phonemes: str) -> str:
    """As hibari changes the phonemes of all tokens in the end."""
    return phonemes.replace("ɾ", "T").replace("ʔ", "t")  # noqa: RUF001 - IPA
