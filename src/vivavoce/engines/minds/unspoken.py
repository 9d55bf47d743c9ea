"""What a model writes for itself, between `<think>` and `</think>`, kept out of its answer."""

from __future__ import annotations

_OPENS = "<think>"
_CLOSES = "</think>"


class Unspoken:
    """Takes an answer in pieces and gives what is to be said of it."""

    def __init__(self) -> None:
        self._held = ""
        self._is_thinking = False
        self._trims = False

    def feed(self, piece: str) -> str:
        """What can be said now; what may be the beginning of a mark is held back."""
        text = self._held + piece
        said = ""
        while True:
            mark = _CLOSES if self._is_thinking else _OPENS
            before, found, after = text.partition(mark)
            kept = 0 if found else _overlap(before, mark)
            if not self._is_thinking:
                said += self._trimmed(before[: len(before) - kept])
            if not found:
                self._held = before[len(before) - kept :]
                return said
            self._trims = self._is_thinking
            self._is_thinking = not self._is_thinking
            text = after

    def end(self) -> str:
        """What was held back for nothing."""
        held, self._held = self._held, ""
        return "" if self._is_thinking else held

    def _trimmed(self, text: str) -> str:
        """Without the empty lines that follow thoughts."""
        if not self._trims:
            return text
        text = text.lstrip()
        self._trims = not text
        return text


def _overlap(text: str, mark: str) -> int:
    """How many characters at the end of `text` may be the beginning of `mark`."""
    longest = min(len(text), len(mark) - 1)
    return next((n for n in range(longest, 0, -1) if mark.startswith(text[-n:])), 0)
