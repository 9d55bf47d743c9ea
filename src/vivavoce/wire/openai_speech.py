"""Speech in OpenAI's words: what is asked for, events of audio, errors."""

from __future__ import annotations

from typing import Annotated, Literal, TypeAlias

import msgspec
import orjson
import pybase64
from msgspec import Meta

from vivavoce.errors import InvalidParameter, QuotaExceeded, wire_code
from vivavoce.wire.alignment import TimedText
from vivavoce.wire.frames import public_text

ResponseFormat: TypeAlias = Literal["mp3", "opus", "aac", "flac", "wav", "pcm"]


class VoiceReference(msgspec.Struct, frozen=True):
    """A voice by its id, as a client writes one of its own."""

    id: str


class SpeechOrder(msgspec.Struct, frozen=True, kw_only=True):
    """The body of `/v1/audio/speech`; null counts as not given, unknown fields are ignored."""

    input: Annotated[str, Meta(min_length=1, description="The text.")]
    model: Annotated[
        str | None, Meta(description="Any; this server has one model for each language.")
    ] = None
    voice: Annotated[
        str | VoiceReference | None,
        Meta(
            description="One of OpenAI's, or an id or name of this server's; any other falls back."
        ),
    ] = None
    response_format: ResponseFormat | None = None
    speed: (
        Annotated[
            float, Meta(ge=0.25, le=4, description="Clamped to what the voice does, 0.5 to 2.")
        ]
        | None
    ) = None
    stream_format: Literal["audio", "sse"] | None = None
    instructions: Annotated[str | None, Meta(description="Makes no difference.")] = None

    @property
    def voice_name(self) -> str | None:
        """The id or name of the voice, however it was written."""
        return self.voice.id if isinstance(self.voice, VoiceReference) else self.voice

    def without_effect(self) -> tuple[str, ...]:
        """The names of what was given and no voice here honours."""
        given = {"model": self.model, "instructions": self.instructions}
        return tuple(name for name, value in given.items() if value)


class ErrorFields(msgspec.Struct, frozen=True):
    """One failure."""

    message: str
    type: str
    param: str | None
    code: str | None


class OpenAiError(msgspec.Struct, frozen=True):
    """The body of every error."""

    error: ErrorFields


def status_of(error: BaseException) -> int:
    """The HTTP status of `error`; to OpenAI's clients 401 means a bad key and nothing else."""
    return 429 if isinstance(error, QuotaExceeded) else wire_code(error).http_status


def openai_error(error: BaseException) -> OpenAiError:
    """`error` as its caller may read it."""
    code = "insufficient_quota" if isinstance(error, QuotaExceeded) else wire_code(error).error_id
    param = error.param if isinstance(error, InvalidParameter) else None
    return refusal(status_of(error), public_text(error), param=param, code=code)


def refusal(
    status: int, message: str, *, param: str | None = None, code: str | None = None
) -> OpenAiError:
    """An error with one of the few types that there are."""
    kinds = {429: "rate_limit_error", 401: "authentication_error", 403: "permission_error"}
    kind = "server_error" if status >= 500 else kinds.get(status, "invalid_request_error")
    return OpenAiError(ErrorFields(message, kind, param, code))


class _LedFrames:
    """Audio behind a `lead`, such as the header of a file."""

    def __init__(self, lead: bytes = b"") -> None:
        self._lead = lead

    def flushed(self) -> None:
        """Nobody flushes."""

    def error(self, error: BaseException) -> None:
        """An answer that has begun cannot take it back; it is cut off."""

    def _led(self, data: bytes) -> bytes:
        lead, self._lead = self._lead, b""
        return lead + data


class FileFrames(_LedFrames):
    """Each frame is the next bytes of the file."""

    def audio(
        self, data: bytes, original: TimedText, normalized: TimedText, span: tuple[float, float]
    ) -> bytes:
        """The data, the first of them behind the lead."""
        return self._led(data)

    def final(self) -> None:
        """The end of the file says it."""


class EventFrames(_LedFrames):
    """Server-sent events: audio in base64, and at the end what it cost."""

    def __init__(self, characters: int, lead: bytes = b"") -> None:
        super().__init__(lead)
        self._characters = characters

    def audio(
        self, data: bytes, original: TimedText, normalized: TimedText, span: tuple[float, float]
    ) -> bytes:
        """One `speech.audio.delta`."""
        audio = pybase64.b64encode(self._led(data))
        return b'data: {"type":"speech.audio.delta","audio":"' + audio + b'"}\n\n'

    def final(self) -> str:
        """`speech.audio.done`; characters are counted, for there are no tokens here."""
        usage = {
            "input_tokens": self._characters,
            "output_tokens": 0,
            "total_tokens": self._characters,
        }
        done = orjson.dumps({"type": "speech.audio.done", "usage": usage}).decode()
        return f"data: {done}\n\n"
