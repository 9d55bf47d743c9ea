"""What was sent to be spoken, how far the alignment says that it was, and what is still owed."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from vivavoce.clients.words import (
    after_unvoiced,
    has_voice,
    is_inside_word,
    is_voiced,
    restart_point,
)

# Of text that has been spoken: enough to find the beginning of the word or tag under way.
_KEPT = 4_096

# How many words ahead a word is looked for: a short one is soon met again where it is not meant.
_WORDS_AHEAD = 2
_WORDS_AHEAD_PER_CHARACTER = 3


class Piece(NamedTuple):
    """Text to send, and whether all up to its end is to be spoken at once."""

    text: str
    flush: bool


class SpokenText:
    """The text of one context, and the characters of the alignments of its audio.

    The alignment is followed character by character. What the server does not voice (markup, white
    space it has folded) is passed over. Where it reads something else than was written (figures as
    words), the place is found again by the next word that both have: the nearest one, and looked
    for the farther ahead the longer it is.
    """

    _text: str
    _flushes: list[int]
    _unconfirmed: list[int]
    _position: int
    _word: str
    _word_at: int
    _lost: bool

    def __init__(self) -> None:
        self._start()

    def say(self, text: str) -> None:
        """`text` was sent, after all that was sent before."""
        self._text += text

    def flush(self) -> None:
        """All that was sent so far was flushed."""
        self._flushes.append(len(self._text))
        self._unconfirmed.append(len(self._text))

    def heard(self, chars: Iterable[str]) -> None:
        """The next audio says these; an entry may have several characters."""
        for entry in chars:
            for char in entry:
                self._follow(char)
        if not self._lost and self._is_at_break():
            self._word = ""
        self._forget()

    def flushed(self) -> None:
        """The server says that all of the oldest flush it has not yet reported is spoken."""
        if self._unconfirmed and (end := self._unconfirmed.pop(0)) > self._position:
            self._position = end
            self._word, self._lost = "", False

    @property
    def unspoken(self) -> str:
        """What has not been heard, from the beginning of the first word not heard whole."""
        return "".join(piece.text for piece in self.rest())

    def rest(self) -> list[Piece]:
        """What is owed, in the pieces that were flushed; the last may not have been."""
        start = restart_point(self._text, self._position, self._flushes)
        pieces = []
        for end in [end for end in self._flushes if end > start]:
            pieces.append(Piece(self._text[start:end], flush=True))
            start = end
        pieces.append(Piece(self._text[start:], flush=False))
        voiced = [piece for piece in pieces if has_voice(piece.text)]
        return [voiced[0]._replace(text=voiced[0].text.lstrip()), *voiced[1:]] if voiced else []

    def begin_again(self) -> list[Piece]:
        """Forgets all; returns the `rest`, for the owner to say again."""
        rest = self.rest()
        self._start()
        return rest

    def _start(self) -> None:
        self._text = ""
        self._flushes = []
        self._unconfirmed = []
        self._position = 0
        self._word = ""
        self._word_at = 0
        self._lost = False

    def _follow(self, char: str) -> None:
        if not is_voiced(char):
            self._end_word()
            if not self._lost:
                self._pass_mark(char)
            return
        if self._word and not is_inside_word(self._word[-1] + char, 1):
            self._end_word()
        if not self._word:
            self._word_at = self._position
        self._word += char
        if not self._lost:
            self._pass_voiced(char)

    def _pass_mark(self, char: str) -> None:
        here = self._position
        while not char.isspace() and self._text[here : here + 1].isspace():
            here += 1
        if self._text[here : here + 1] == char:
            self._position = here + 1

    def _pass_voiced(self, char: str) -> None:
        here = self._position
        if len(self._word) == 1:
            here = after_unvoiced(self._text, here)
        while here < len(self._text) and _may_stand_in_word(self._text[here]):
            here += 1
        if self._text[here : here + 1].casefold() == char.casefold():
            self._position = here + 1
        else:
            self._lost = True
            self._position = self._word_at

    def _end_word(self) -> None:
        if self._word and (self._lost or not self._is_at_break()):
            self._find(self._word)
        self._word = ""

    def _is_at_break(self) -> bool:
        here = self._position
        if here >= len(self._text) or here in self._flushes:
            return True
        return not (is_voiced(self._text[here]) and is_inside_word(self._text, here))

    def _find(self, word: str) -> None:
        """Goes behind the next `word` of the text, if it is near."""
        if not self._lost:
            self._position = self._word_at
        self._lost = True
        end = self._position
        for _ in range(_WORDS_AHEAD + _WORDS_AHEAD_PER_CHARACTER * len(word)):
            start = after_unvoiced(self._text, end)
            end = self._word_end(start)
            if self._text[start:end].casefold() == word.casefold():
                self._position = end
                self._lost = False
                return

    def _word_end(self, start: int) -> int:
        end = start
        while end < len(self._text) and is_voiced(self._text[end]):
            if end > start and (end in self._flushes or not is_inside_word(self._text, end)):
                break
            end += 1
        return end

    def _forget(self) -> None:
        cut = self._position - _KEPT
        if cut < _KEPT:
            return
        self._text = self._text[cut:]
        self._position -= cut
        self._word_at = max(0, self._word_at - cut)
        self._flushes = [at - cut for at in self._flushes if at >= cut]
        self._unconfirmed = [at - cut for at in self._unconfirmed]


def _may_stand_in_word(char: str) -> bool:
    return not (char.isspace() or is_voiced(char))
