"""Pieces of speech as a listener gets them, read from what the server says."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping
from dataclasses import dataclass, field

from vivavoce.clients.events import SpeechAlignment
from vivavoce.errors import InvalidMessage, VivavoceError


class SpeechFailed(VivavoceError):
    """The server could not speak the text of one context.

    `error_id` is the protocol's name of the failure, `code` the close code it goes with.
    """

    def __init__(self, message: str, error_id: str, code: int | None) -> None:
        super().__init__(message)
        self.error_id = error_id
        self.code = code


@dataclass(frozen=True, slots=True)
class SpeechChunk:
    """The next piece of a context's audio, in the connection's `output_format`.

    `alignment` has the characters of the text sent, and their times in ms from the start of the
    chunk's own audio. `is_final` stands on one last chunk without audio, after which the context
    says nothing more.
    """

    audio: bytes = field(repr=False)
    alignment: SpeechAlignment
    context_id: str
    is_final: bool = False


def context_of(frame: Mapping[str, object]) -> str | None:
    """The id of the context that a frame belongs to, by either of its two spellings."""
    given = frame.get("contextId", frame.get("context_id"))
    return given if isinstance(given, str) else None


def failure_in(frame: Mapping[str, object]) -> SpeechFailed | None:
    """The failure that a frame tells of, if it does."""
    if "error" not in frame or "message" not in frame:
        return None
    code = frame.get("code")
    return SpeechFailed(
        str(frame["message"]), str(frame["error"]), code if isinstance(code, int) else None
    )


def chunk_in(frame: Mapping[str, object], context_id: str) -> SpeechChunk | None:
    """The speech in a frame, None if it carries neither audio nor the end.

    Raises InvalidMessage for audio that is not base64.
    """
    is_final = frame.get("isFinal") is True
    audio = _audio(frame.get("audio"))
    if not audio and not is_final:
        return None
    given = frame.get("alignment") or frame.get("normalizedAlignment")
    return SpeechChunk(audio, _alignment(given), context_id, is_final)


def _audio(given: object) -> bytes:
    if not isinstance(given, str):
        return b""
    try:
        return base64.b64decode(given, validate=True)
    except binascii.Error:
        raise InvalidMessage("The server sent audio that is not base64.") from None


def _alignment(given: object) -> SpeechAlignment:
    if not isinstance(given, Mapping):
        return SpeechAlignment()
    chars = _list(given.get("chars"))
    starts = _list(given.get("charStartTimesMs"))
    durations = _list(given.get("charDurationsMs"))
    if not len(chars) == len(starts) == len(durations):
        raise InvalidMessage("The server sent an alignment with lists of different lengths.")
    return SpeechAlignment(
        tuple(str(char) for char in chars),
        tuple(_ms(time) for time in starts),
        tuple(_ms(time) for time in durations),
    )


def _list(given: object) -> list[object]:
    return given if isinstance(given, list) else []


def _ms(given: object) -> int:
    return round(given) if isinstance(given, int | float) else 0
