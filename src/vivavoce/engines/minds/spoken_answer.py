"""What a small model writes, made fit to be spoken while it is still being written."""

from __future__ import annotations

import re

_EMOJI = (
    "\u200d\u20e3\u2190-\u21ff\u2300-\u23ff\u25a0-\u27bf\u2900-\u297f\u2b00-\u2bff"
    "\ufe00-\ufe0f\ufffd\U0001f000-\U0001faff\U000e0020-\U000e007f"
)
_UNSPOKEN = re.compile(rf"</?s>|<\|[^|<>]{{0,24}}\|>|[*`]+| ?[{_EMOJI}]+")
_UNFINISHED = re.compile(r"(?:<[^<>\s]{0,24}|\s+)$")
"""What may yet become something unspoken, or turn out to be the end."""
_MARKERS = re.compile(r"\s*(?:(?:[-*•–—#>]+|\d{1,2}[.)])\s+)*")  # noqa: RUF001
"""In front of an item of a list, a heading or a quotation."""
_MARKER = re.compile(r"\s*(?:[-*•–—#>]+|\d{1,2}[.)])\s*")  # noqa: RUF001
_MAY_BE_MARKER = re.compile(r"\s*(?:[-*•–—#>]*|\d{1,2}[.)]?)\s*")  # noqa: RUF001
_SENTENCE_END = re.compile(r"[.!?…][\"'”’)\]]*(?=\s|$)")  # noqa: RUF001
_WHOLE_SENTENCE = re.compile(r"[.!?…][\"'”’)\]]*$")  # noqa: RUF001
_CLAUSE_END = re.compile(r"[,;:–—](?=\s|$)")  # noqa: RUF001


class SpokenAnswer:
    """An answer on its way, a token at a time.

    Emoji, Markdown, list markers and names of control tokens do not come out. The first half of
    what the answer may have comes out at once. The second half comes by the sentence, so that an
    answer that the limit cuts short ends where a sentence does, else where a clause does.
    """

    def __init__(self, most_tokens: int) -> None:
        self._unhindered = most_tokens // 2
        self._begun = False
        self._raw = ""
        self._held = ""
        self._said_sentence = False

    def add(self, token: str) -> str:
        """One more token: the text that can be spoken now, often none."""
        self._unhindered -= 1
        self._held += self._clean(token)
        if self._unhindered >= 0:
            return self._say(len(self._held))
        ends = [one.end() for one in _SENTENCE_END.finditer(self._held)]
        # The last mark may stand in a number or before a quotation mark that is still to come.
        return self._say(max((end for end in ends if end < len(self._held)), default=0))

    def end(self, *, cut: bool) -> str:
        """The rest of the text; `cut` says that the limit ended the answer, not the model."""
        self._held += "" if _MARKER.fullmatch(self._raw) else _UNSPOKEN.sub("", self._raw)
        self._raw = ""
        self._held = self._held.rstrip()
        if not cut:
            return self._say(len(self._held))
        if ends := [one.end() for one in _SENTENCE_END.finditer(self._held)]:
            return self._say(ends[-1])
        if self._said_sentence:
            return ""
        if clauses := [one.start() for one in _CLAUSE_END.finditer(self._held)]:
            return self._say(clauses[-1]).rstrip() + "."
        # A run-on: its last word may be half a word.
        return self._say(self._held.rfind(" ") + 1).rstrip()

    def _clean(self, token: str) -> str:
        self._raw += token
        if not self._begun:
            if _MAY_BE_MARKER.fullmatch(self._raw):
                return ""
            self._begun = True
            self._raw = _MARKERS.sub("", self._raw, count=1)
        unfinished = _UNFINISHED.search(self._raw)
        end = unfinished.start() if unfinished else len(self._raw)
        clean, self._raw = self._raw[:end], self._raw[end:]
        return _UNSPOKEN.sub("", clean)

    def _say(self, count: int) -> str:
        text, self._held = self._held[:count], self._held[count:]
        if said := text.rstrip():
            self._said_sentence = _WHOLE_SENTENCE.search(said) is not None
        return text
