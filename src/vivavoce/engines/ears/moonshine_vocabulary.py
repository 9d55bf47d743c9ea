"""moonshine's tokens: pieces of words, single bytes, and marks that are nobody's to read."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Final, NamedTuple

BEGIN: Final = 1
END: Final = 2
_FIRST_PIECE: Final = 3
_FIRST_MARK: Final = 32_000
"""From here on tokens are marks, `<<ST_0>>` and so on."""
_SPACE: Final = "\u2581".encode()


class TokenWord(NamedTuple):
    """A word and which of the tokens it is made of, the first and the one after the last."""

    text: str
    first: int
    end: int


class Vocabulary:
    """What tokens stand for."""

    def __init__(self, path: Path) -> None:
        """Reads the wheel's `tokenizer.bin`; raises OSError when there is no such file."""
        pieces = [piece.replace(_SPACE, b" ") for piece in _read(path.read_bytes())]
        self._pieces = [
            piece if _FIRST_PIECE <= token < _FIRST_MARK else b""
            for token, piece in enumerate(pieces)
        ]

    def words(self, tokens: Iterable[int]) -> list[TokenWord]:
        """The words that `tokens` spell; the space before a word is its own."""
        spelt: list[_Spelt] = []
        began: int | None = 0
        for index, token in enumerate(tokens):
            for place, letters in enumerate(self._pieces[token].split(b" ")):
                if place > 0:
                    began = index
                if not letters:
                    continue
                if began is not None:
                    spelt.append(_Spelt(bytearray(), began))
                    began = None
                spelt[-1].letters += letters
                spelt[-1].end = index + 1
        return [word for one in spelt if (word := one.word()).text]


@dataclass(slots=True)
class _Spelt:
    """A word that is being put together."""

    letters: bytearray
    first: int
    end: int = 0

    def word(self) -> TokenWord:
        text = "".join(self.letters.decode("utf-8", "ignore").split())
        return TokenWord(text, self.first, self.end)


def _read(data: bytes) -> list[bytes]:
    """A token is its length (one byte, from 128 on two) and its bytes."""
    tokens: list[bytes] = []
    position = 0
    while position < len(data):
        length = data[position]
        position += 1
        if length >= 128:
            length += 128 * (data[position] - 1)
            position += 1
        tokens.append(data[position : position + length])
        position += length
    return tokens
