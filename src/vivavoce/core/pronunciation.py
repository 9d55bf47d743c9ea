"""How a stretch of text is to be read where its letters do not tell."""

from __future__ import annotations

import msgspec


class Pronunciation(msgspec.Struct, array_like=True, frozen=True):
    """Characters [start, end) of a text stand for `words`, read as `ipa` where that is given.

    `words` is what `normalizedAlignment` shows in their place; the original keeps its characters.
    """

    start: int
    end: int
    words: str
    ipa: str | None = None


class Rule(msgspec.Struct, frozen=True):
    """One entry of a pronunciation dictionary: `string` is read as `alias`, or else as `ipa`.

    Exactly one of the two is set. `case_sensitive` and `word_boundaries` say what counts as the
    string: with boundaries, "live" is not found in "lively".
    """

    string: str
    alias: str | None = None
    ipa: str | None = None
    case_sensitive: bool = True
    word_boundaries: bool = True
