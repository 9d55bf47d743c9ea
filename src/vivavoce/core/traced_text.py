"""Text that is rewritten step by step and still knows where each character came from."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import TypeAlias

# What replaces a match: a span of the text as it is, or new characters.
Piece: TypeAlias = tuple[int, int] | str
Rewrite: TypeAlias = Callable[[re.Match[str]], Iterable[Piece]]


class TracedText:
    """`origin[i]` is the index, in the first text of all, of what became `text[i]`.

    `origin` never decreases, whatever is rewritten.
    """

    def __init__(self, text: str) -> None:
        self.text = text
        self.origin = list(range(len(text)))

    def rewrite(self, pattern: re.Pattern[str], rewrite: Rewrite) -> None:
        """Replace every match of `pattern` (never empty) by the pieces that `rewrite` gives."""
        found = pattern.search(self.text)
        if found is None:
            return
        parts: list[str] = []
        origin: list[int] = []
        at = 0
        while found is not None:
            parts.append(self.text[at : found.start()])
            origin += self.origin[at : found.start()]
            at = found.start()
            for piece in rewrite(found):
                if isinstance(piece, str):
                    parts.append(piece)
                    origin += [self.origin[min(at, found.end() - 1)]] * len(piece)
                else:
                    start, at = piece
                    parts.append(self.text[start:at])
                    origin += self.origin[start:at]
            at = found.end()
            found = pattern.search(self.text, at)
        parts.append(self.text[at:])
        origin += self.origin[at:]
        self.text, self.origin = "".join(parts), origin


def nothing(_: re.Match[str]) -> Iterable[Piece]:
    """Drops the match."""
    return ()


def always(replacement: str) -> Rewrite:
    """Replaces every match by the same characters."""
    return lambda _: (replacement,)


def group(number: int) -> Rewrite:
    """Keeps one group of the match."""
    return lambda found: (found.span(number),)
