"""A request as far as reading its body is concerned."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from typing import Any, TypeAlias

import msgspec
from litestar import Request
from litestar.exceptions import InternalServerException, ValidationException
from litestar.types import Empty

from vivavoce.errors import InvalidMessage
from vivavoce.sessions.duplex import PeerGone
from vivavoce.wire.client_json import read_json

AnyRequest: TypeAlias = Request[Any, Any, Any]

_decoder: msgspec.json.Decoder[object] = msgspec.json.Decoder()


class RestRequest(Request[Any, Any, Any]):
    """Reads JSON as forgivingly as a socket does, and says of a bad one where it stands."""

    async def stream(self) -> AsyncGenerator[bytes, None]:
        """The raw body as it comes. Raises PeerGone when the caller left before its end."""
        try:
            async for chunk in super().stream():
                yield chunk
        except InternalServerException as error:
            raise PeerGone from error

    async def json(self) -> Any:
        """The body as JSON, whatever its content type. Raises ValidationException."""
        if self._json is Empty:
            self._json = _decoded(await self.body())
        return self._json


def _decoded(body: bytes) -> object:
    try:
        return read_json(body or b"null", _decoder)
    except InvalidMessage as error:
        misfit = {"message": str(error), "source": "body"}
        raise ValidationException(extra=[misfit]) from error
