"""Reading a FlatBuffer without its schema: tables, and their fields by number."""

from __future__ import annotations

import struct
from collections.abc import Iterator


class Table:
    """A table at `position` of `data`; its fields are numbered from 0 as the schema lists them.

    A field that was left out reads as 0, "" or nothing, and as KeyError where a table is wanted.
    """

    def __init__(self, data: bytes, position: int) -> None:
        self._data = data
        self._position = position
        self._fields = position - self._number("<i", position)
        self._size = self._number("<H", self._fields)

    @classmethod
    def root(cls, data: bytes) -> Table:
        """The table that all others hang from."""
        return cls(data, struct.unpack_from("<I", data)[0])

    def has(self, field: int) -> bool:
        """Whether the field was written."""
        return bool(self._offset(field))

    def table(self, field: int) -> Table:
        """The table that a field points to; raises KeyError if the field was left out."""
        if not self.has(field):
            raise KeyError(field)
        return Table(self._data, self._target(self._position + self._offset(field)))

    def tables(self, field: int) -> Iterator[Table]:
        """The tables of a list."""
        start, length = self._vector(field)
        for index in range(length):
            yield Table(self._data, self._target(start + 4 * index))

    def text(self, field: int) -> str:
        """A string."""
        return self.bytes(field).decode()

    def texts(self, field: int) -> Iterator[str]:
        """The strings of a list."""
        start, length = self._vector(field)
        for index in range(length):
            text = self._target(start + 4 * index)
            size = self._number("<I", text)
            yield self._data[text + 4 : text + 4 + size].decode()

    def bytes(self, field: int) -> bytes:
        """A list of bytes."""
        start, length = self._vector(field)
        return self._data[start : start + length]

    def int32(self, field: int) -> int:
        """A 32-bit integer."""
        offset = self._offset(field)
        return self._number("<i", self._position + offset) if offset else 0

    def int64s(self, field: int) -> tuple[int, ...]:
        """A list of 64-bit integers."""
        start, length = self._vector(field)
        return struct.unpack_from(f"<{length}q", self._data, start)

    def _offset(self, field: int) -> int:
        """Where the field lies in the table; 0 if it was left out."""
        entry = 4 + 2 * field
        return self._number("<H", self._fields + entry) if entry < self._size else 0

    def _vector(self, field: int) -> tuple[int, int]:
        """Where a list's first element lies, and how many there are."""
        offset = self._offset(field)
        if not offset:
            return 0, 0
        start = self._target(self._position + offset)
        return start + 4, self._number("<I", start)

    def _target(self, position: int) -> int:
        return position + self._number("<I", position)

    def _number(self, kind: str, position: int) -> int:
        number: int = struct.unpack_from(kind, self._data, position)[0]
        return number
