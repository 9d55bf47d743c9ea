"""A file as the answer to a request, or a part of it."""

from __future__ import annotations

import asyncio
import os
import re
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

import msgspec
from litestar.openapi.spec import OpenAPIResponse, Operation
from litestar.types import Scope, Send

from vivavoce.server.house import House
from vivavoce.server.rest.openapi import answers_with
from vivavoce.server.rest.watched import Headers, WatchedAnswer

_RANGE = re.compile(r"bytes=(\d{0,18})-(\d{0,18})")
_CHUNK_BYTES = 1 << 16


@dataclass
class FileOperation(Operation):
    """The operation of a handler that answers with a `FileAnswer`."""

    def __post_init__(self) -> None:
        """Says that the answer is a file, or a part of one."""
        answers_with(self, ["application/octet-stream"], what="The file.")
        if self.responses is not None:
            self.responses["206"] = OpenAPIResponse("The part of it that was asked for.")


class Part(msgspec.Struct, frozen=True):
    """`length` bytes from `start` on; empty where a request wants what is not there."""

    start: int
    length: int
    is_whole: bool = False


def requested_part(header: str | None, size: int) -> Part:
    """The part that a `Range` header asks for, of a file of `size` bytes (RFC 9110, 14).

    Several ranges at once, other units, and what is no range get the whole file, as they may.
    """
    found = _RANGE.fullmatch((header or "").replace(" ", ""))
    whole = Part(0, size, is_whole=True)
    if found is None or found[1] == found[2] == "":
        return whole
    if not found[1]:
        length = min(int(found[2]), size)
        return Part(size - length, length)
    start, end = int(found[1]), int(found[2] or size - 1)
    if found[2] and end < start:
        return whole
    return Part(start, max(min(end, size - 1) - start + 1, 0))


class FileAnswer(WatchedAnswer):
    """Sends a file, or the part of it that is asked for, which is how players seek."""

    def __init__(
        self, path: Path, media_type: str, house: House, *, range_header: str | None, name: str
    ) -> None:
        """`name` is what a browser is to call the file that it saves; ASCII, without quotes."""
        super().__init__(house)
        self._path = path
        self._range_header = range_header
        self._headers: Headers = [
            (b"content-type", media_type.encode()),
            (b"content-disposition", f'attachment; filename="{name}"'.encode()),
            (b"accept-ranges", b"bytes"),
            # What callers bring is shown as what it is, and kept by nobody on the way.
            (b"x-content-type-options", b"nosniff"),
            (b"cache-control", b"private, no-store"),
        ]

    async def _answer(self, scope: Scope, send: Send) -> None:
        file = await asyncio.to_thread(self._path.open, "rb")
        try:
            size = os.fstat(file.fileno()).st_size
            part = requested_part(self._range_header, size)
            await self._begin_part(part, size, send)
            await self._send_part(file, part, send)
        finally:
            file.close()

    async def _begin_part(self, part: Part, size: int, send: Send) -> None:
        headers = [*self._headers, (b"content-length", str(part.length).encode())]
        if part.is_whole:
            await self._begin(headers, send)
            return
        last = part.start + part.length - 1
        told = f"bytes {part.start}-{last}/{size}" if part.length else f"bytes */{size}"
        headers.append((b"content-range", told.encode()))
        await self._begin(headers, send, status=206 if part.length else 416)

    async def _send_part(self, file: BinaryIO, part: Part, send: Send) -> None:
        file.seek(part.start)
        left = part.length
        while left and (chunk := await asyncio.to_thread(file.read, min(left, _CHUNK_BYTES))):
            left -= len(chunk)
            await self._send(chunk, send, more=True)
        await self._send(b"", send, more=False)
