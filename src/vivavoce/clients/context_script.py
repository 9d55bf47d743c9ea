"""What one context says to the server, so that it can be said again."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from vivavoce.clients.spoken_text import Piece, SpokenText
from vivavoce.errors import InvalidParameter, VivavoceError


class ContextScript:
    """Turns what the owner of a context wants into messages, and remembers what is still owed.

    Every method returns the messages to send now, in order. The server hears of a context with its
    first text: one without text costs it nothing.
    """

    def __init__(self, context_id: str, settings: Mapping[str, object] | None = None) -> None:
        """`settings` go with the message that opens the context (`voice_settings` and so on)."""
        self._id = context_id
        self._settings = dict(settings or {})
        self._spoken = SpokenText()
        self._blank = ""
        self._is_open = False
        self._is_finished = False
        self._is_flushed = True

    @property
    def is_finished(self) -> bool:
        """Whether no more text may come."""
        return self._is_finished

    @property
    def owes_nothing(self) -> bool:
        """Whether it is finished, and the server was asked for nothing that could follow."""
        return self._is_finished and not self._is_open

    @property
    def unspoken(self) -> str:
        """What the alignment has not yet told to be spoken."""
        return self._spoken.unspoken

    def text(self, text: str, *, flush: bool = False) -> list[Mapping[str, object]]:
        """More text. Raises VivavoceError after the end, InvalidParameter for half a character."""
        if self._is_finished:
            raise VivavoceError("This context is finished and takes no more text.")
        try:
            text.encode()
        except UnicodeEncodeError:
            raise InvalidParameter("The text has half of a surrogate pair.", "text") from None
        text = self._blank + text
        if not text.strip():
            # Blank text alone means "keep me open" to the server; here it stands between words.
            self._blank = text
            return self.flush() if flush else []
        self._blank = ""
        return self._say(Piece(text, flush))

    def flush(self) -> list[Mapping[str, object]]:
        """All text so far is to be spoken now."""
        if self._is_flushed:
            return []
        self._spoken.flush()
        self._is_flushed = True
        return [self._message(text="", flush=True)]

    def finish(self) -> list[Mapping[str, object]]:
        """No more text will come: what there is is spoken to its end. Idempotent."""
        if self._is_finished:
            return []
        self._is_finished = True
        return [*self.flush(), self._closing()] if self._is_open else []

    def cancel(self) -> list[Mapping[str, object]]:
        """Nothing more is to be spoken."""
        was_finished, self._is_finished = self._is_finished, True
        if not self._is_open:
            return []
        # To close what is closed already means that not even what is under way is wanted.
        return [self._closing()] if was_finished else [self._closing(), self._closing()]

    def keep_alive(self) -> list[Mapping[str, object]]:
        """What keeps the server from ending a context that waits for text."""
        return [self._message(text="")] if self._is_open and not self._is_finished else []

    def again(self) -> list[Mapping[str, object]]:
        """The server knows nothing any more: all that it has not spoken."""
        self._is_open = False
        self._is_flushed = True
        messages = [one for piece in self._spoken.begin_again() for one in self._say(piece)]
        if self._is_finished and self._is_open:
            messages += [*self.flush(), self._closing()]
        return messages

    def heard(self, chars: Iterable[str]) -> None:
        """Audio with these characters has arrived."""
        self._spoken.heard(chars)

    def flushed(self) -> None:
        """The server has said that a flush is spoken."""
        self._spoken.flushed()

    def _say(self, piece: Piece) -> list[Mapping[str, object]]:
        opening = [] if self._is_open else [self._message(text=" ", **self._settings)]
        self._is_open = True
        self._is_flushed = piece.flush
        self._spoken.say(piece.text)
        if not piece.flush:
            return [*opening, self._message(text=piece.text)]
        self._spoken.flush()
        return [*opening, self._message(text=piece.text, flush=True)]

    def _closing(self) -> Mapping[str, object]:
        return self._message(close_context=True)

    def _message(self, **fields: object) -> Mapping[str, object]:
        return {**fields, "context_id": self._id}
