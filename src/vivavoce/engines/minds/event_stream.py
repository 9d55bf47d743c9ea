"""Server-sent events out of bytes, as the HTML standard defines them (section 9.2.6)."""

from __future__ import annotations

import re

MOST_EVENT_BYTES = 1 << 20
_LINE_END = re.compile(rb"\r\n|\r|\n")
_BYTE_ORDER_MARK = b"\xef\xbb\xbf"


class EventStream:
    """Takes the body in pieces of any size and gives the data of each event as text.

    Comments, names, ids and retry times are passed over: nobody here needs them.
    """

    def __init__(self) -> None:
        self._line = bytearray()
        self._data: list[bytes] = []
        self._size = 0
        self._after_return = False
        self._begun = False

    def feed(self, piece: bytes) -> list[str]:
        """The events that are whole now. Raises ValueError above MOST_EVENT_BYTES."""
        if not piece:
            return []
        if self._after_return and piece.startswith(b"\n"):
            piece = piece[1:]
            self._after_return = not piece
        if piece:
            self._after_return = piece.endswith(b"\r")
        *ended, rest = _LINE_END.split(piece)
        events: list[str] = []
        for part in ended:
            self._take_line(bytes(self._line) + part, events)
            self._line.clear()
        self._line += rest
        if self._size + len(self._line) > MOST_EVENT_BYTES:
            raise ValueError(f"an event of more than {MOST_EVENT_BYTES} bytes")
        return events

    def end(self) -> list[str]:
        """The last event, of a server that does not end it with an empty line."""
        events: list[str] = []
        self._take_line(bytes(self._line), events)
        self._line.clear()
        self._take_line(b"", events)
        return events

    def _take_line(self, line: bytes, events: list[str]) -> None:
        if not self._begun:
            line = line.removeprefix(_BYTE_ORDER_MARK)
            self._begun = True
        if not line:
            if self._data:
                events.append(b"\n".join(self._data).decode("utf-8", "replace"))
            self._data, self._size = [], 0
            return
        field, _, value = line.partition(b":")
        if field == b"data":
            self._data.append(value.removeprefix(b" "))
            self._size += len(value)
