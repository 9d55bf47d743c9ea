"""Forms with a file in them that may be larger than memory."""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from typing import BinaryIO, TypeVar

import msgspec
from litestar.enums import RequestEncodingType
from litestar.exceptions import ValidationException
from multipart import MultipartError, MultipartSegment, PushMultipartParser

from vivavoce.errors import UploadTooLarge
from vivavoce.server.rest.request import AnyRequest
from vivavoce.wire.form import form_misfit

FormT = TypeVar("FormT")

_FILE = "file"
_MOST_TEXT_BYTES = 1 << 20
"""Of all fields but the file, with their names: 1000 keyterms are 0.2 MB."""
_MOST_PARTS = 2_000
_WRITE_BYTES = 1 << 20


class Upload(msgspec.Struct, frozen=True):
    """The file of a form, empty if it `has_file` not."""

    file: BinaryIO
    has_file: bool


@asynccontextmanager
async def received(
    request: AnyRequest, read: Callable[[Mapping[str, object]], FormT], *, most_bytes: int
) -> AsyncIterator[tuple[FormT, Upload]]:
    """Reads the form of a request: what `read` makes of its texts, and its file.

    The file on disk has no name, and ends with the block. Raises UploadTooLarge when it has more
    than `most_bytes`, ValidationException for what is no form or does not fit, PeerGone, and
    whatever else `read` raises.
    """
    with tempfile.TemporaryFile() as file:
        parts = _Parts(file, most_bytes)
        await parts.read(request)
        try:
            form = read(parts.texts)
        except msgspec.ValidationError as error:
            raise _not_fitting(error) from error
        yield form, Upload(file, parts.has_file)


class _Parts:
    """The parts of a form, sorted as they come."""

    def __init__(self, file: BinaryIO, most_bytes: int) -> None:
        self.texts: dict[str, list[str]] = {}
        self.has_file = False
        self._file = file
        self._most_bytes = most_bytes
        self._file_bytes = 0
        self._other_bytes = 0
        self._part: MultipartSegment | None = None
        self._unwritten = bytearray()
        self._text = bytearray()

    async def read(self, request: AnyRequest) -> None:
        kind, options = request.content_type
        if kind != RequestEncodingType.MULTI_PART:
            raise _misfit("The request needs a form, multipart/form-data.")
        told = request.content_length
        if told is not None and told > self._most_bytes + _MOST_TEXT_BYTES:
            raise self._too_large()
        try:
            boundary = options.get("boundary", "")
            with PushMultipartParser(boundary, max_segment_count=_MOST_PARTS) as parser:
                async for chunk in request.stream():
                    for event in parser.parse(chunk):
                        await self._take(event)
        except MultipartError as error:
            raise _misfit(f"The form cannot be read: {error}.") from error
        await self._write()
        await asyncio.to_thread(self._file.seek, 0)

    async def _take(self, event: MultipartSegment | bytes | bytearray | None) -> None:
        if isinstance(event, MultipartSegment):
            self._begin(event)
        elif event is None:
            self._end()
        elif self._is_file:
            await self._take_sound(event)
        else:
            self._take_text(event)

    @property
    def _is_file(self) -> bool:
        return self._part is not None and self._part.name == _FILE

    def _begin(self, part: MultipartSegment) -> None:
        self._part = part
        self._text.clear()
        if self._is_file:
            if self.has_file:
                raise _misfit("There must not be more than one file.", _FILE)
            self.has_file = bool(part.filename)

    def _end(self) -> None:
        part, self._part = self._part, None
        if part is None or part.filename or part.name == _FILE:
            return
        try:
            text = self._text.decode("utf-8")
        except UnicodeDecodeError:
            raise _misfit("A text field of the form is not UTF-8.") from None
        self.texts.setdefault(part.name, []).append(text)

    async def _take_sound(self, data: bytes | bytearray) -> None:
        self.has_file = True
        self._file_bytes += len(data)
        if self._file_bytes > self._most_bytes:
            raise self._too_large()
        self._unwritten += data
        if len(self._unwritten) >= _WRITE_BYTES:
            await self._write()

    def _take_text(self, data: bytes | bytearray) -> None:
        self._other_bytes += len(data)
        if self._other_bytes > _MOST_TEXT_BYTES:
            raise UploadTooLarge(
                f"All fields of the form but the file have more than {_MOST_TEXT_BYTES} bytes."
            )
        self._text += data

    async def _write(self) -> None:
        data, self._unwritten = self._unwritten, bytearray()
        await asyncio.to_thread(self._file.write, data)

    def _too_large(self) -> UploadTooLarge:
        return UploadTooLarge(
            f"The file is larger than {self._most_bytes} bytes, which is the most here."
        )


def _not_fitting(error: msgspec.ValidationError) -> ValidationException:
    told = form_misfit(error)
    return _misfit(told.msg, *map(str, told.loc[1:]))


def _misfit(message: str, *place: str) -> ValidationException:
    """As Litestar says it of a form that it reads itself, at the field `place` of it."""
    told = {"message": message, "source": "body", "key": ".".join(place)}
    return ValidationException(extra=[told])
