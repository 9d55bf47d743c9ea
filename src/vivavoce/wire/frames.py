"""What the server says on `stream-input`: JSON frames."""

from __future__ import annotations

from typing import Protocol

import orjson
import pybase64

from vivavoce.errors import InvalidParameter, VivavoceError, wire_code
from vivavoce.wire.alignment import TimedText, alignment_json

_REASON_MAX_BYTES = 123
_FINAL = '{"audio":null,"isFinal":true,"alignment":null,"normalizedAlignment":null}'


class SpeechFrames(Protocol):
    """One dialect's way to write what the server has to say; None where it stays silent."""

    def audio(
        self, data: bytes, original: TimedText, normalized: TimedText, span: tuple[float, float]
    ) -> str | bytes:
        """The next bytes of the encoded stream, whose audio lies in `span` (ms of the stream)."""

    def final(self) -> str | None:
        """The last frame of a stream that ended well."""

    def flushed(self) -> str | None:
        """All that was to be spoken up to a flush has been."""

    def error(self, error: BaseException) -> str | None:
        """What went wrong."""


class JsonFrames:
    """Frames for clients of the SDKs; those who ask for it hear of every flush that is spoken."""

    def __init__(self, *, flush_done: bool = False) -> None:
        self._flushed = '{"type":"flush_done"}' if flush_done else None

    def audio(
        self, data: bytes, original: TimedText, normalized: TimedText, span: tuple[float, float]
    ) -> str:
        """Audio in base64 with both alignments; joined by hand, because it is the hot path."""
        return "".join(
            (
                '{"audio":"',
                pybase64.b64encode_as_string(data),
                '","isFinal":null,"alignment":',
                alignment_json(original, *span),
                ',"normalizedAlignment":',
                alignment_json(normalized, *span),
                "}",
            )
        )

    def final(self) -> str:
        """The frame that alone carries `isFinal: true`, and no audio."""
        return _FINAL

    def flushed(self) -> str | None:
        """Our own message, if it was asked for."""
        return self._flushed

    def error(self, error: BaseException) -> str:
        """The flat object in which a client finds `message`, `error` and `code`."""
        return orjson.dumps(error_body(error)).decode()


def error_body(error: BaseException) -> dict[str, str | int]:
    """`message`, `error` and `code`, and the name of the parameter that was wrong."""
    code = wire_code(error)
    body: dict[str, str | int] = {
        "message": public_text(error),
        "error": code.error_id,
        "code": code.close_code,
    }
    if isinstance(error, InvalidParameter):
        body["param"] = error.param
    return body


def public_text(error: BaseException) -> str:
    """What a caller may read about `error`; the details of a bug of ours are for the log."""
    if isinstance(error, VivavoceError) and str(error):
        return str(error)
    return "The server failed."


def close_reason(text: str) -> str:
    """`text` as far as it fits a close frame, never cut inside a character."""
    return text.encode("utf-8", "replace")[:_REASON_MAX_BYTES].decode("utf-8", "ignore")
