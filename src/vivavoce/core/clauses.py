"""An answer as it is thought, cut into what can be spoken: a first clause soon, then sentences."""

from __future__ import annotations

import re
from typing import Final

_FEWEST_WORDS: Final = 2
"""Of a first clause: "Well," alone would be spoken with a gap behind it."""
_MOST_WORDS: Final = 5
"""Of a first clause without a mark. Speaking them takes 1.5 s, by when a sentence is there."""
_LONGEST_WORDS: Final = 40
"""Of any piece: a model that forgets its full stops is heard all the same."""
_SENTENCE: Final = re.compile(r"[.!?…][\"')\]]*\s+|[。！？]|\n+")  # noqa: RUF001
_CLAUSE: Final = re.compile(r"[.!?…,;:—–][\"')\]]*\s+|[。！？，；：]|\n+")  # noqa: RUF001
_NO_END: Final = re.compile(r"(?:^|\s)(?:[A-Z]|\d+|Mr|Mrs|Ms|Dr|St|vs|e\.g|i\.e|etc|No)\.\s+$")


class ClauseCutter:
    """Text in as it comes, pieces to be spoken out; all pieces joined are the text."""

    def __init__(self) -> None:
        self._waiting = ""
        self._has_begun = False

    def feed(self, text: str) -> list[str]:
        """More of the answer."""
        self._waiting += text
        pieces: list[str] = []
        while (end := self._end()) > 0:
            pieces.append(self._waiting[:end])
            self._waiting = self._waiting[end:]
            self._has_begun = True
        return pieces

    def finish(self) -> str:
        """The rest; there is no more, and the next answer begins."""
        rest, self._waiting = self._waiting, ""
        self._has_begun = False
        return rest

    def _end(self) -> int:
        if not self._has_begun:
            return _mark_behind(self._waiting, _CLAUSE, _FEWEST_WORDS) or _words_behind(
                self._waiting, _MOST_WORDS
            )
        return _mark_behind(self._waiting, _SENTENCE, 1) or _words_behind(
            self._waiting, _LONGEST_WORDS
        )


def _mark_behind(text: str, mark: re.Pattern[str], fewest_words: int) -> int:
    """Where the first piece of enough words ends that a mark ends; 0 if none does."""
    for found in mark.finditer(text):
        piece = text[: found.end()]
        is_wide = not piece.isascii()
        if (len(piece.split()) >= fewest_words or is_wide) and not _NO_END.search(piece):
            return found.end()
    return 0


def _words_behind(text: str, count: int) -> int:
    """Where the first `count` words and the space behind them end, once another word begins."""
    words = list(re.finditer(r"\S+\s+(?=\S)", text))
    return words[count - 1].end() if len(words) >= count else 0
