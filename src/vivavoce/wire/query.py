"""What a client asks for in the URL of a speech socket."""

from __future__ import annotations

from enum import StrEnum
from urllib.parse import parse_qsl

import msgspec

from vivavoce.errors import InvalidParameter
from vivavoce.wire.parameters import boolean, integer, is_true, one_of

INACTIVITY_DEFAULT_S = 20
_INACTIVITY_MAX_S = 180
_SEED_MAX = 4_294_967_295

# LiveKit's plugin counts times from the start of the context, and cannot be told to ask for it; but
# it always sends these, and nobody else does unless told to.
_LIVEKITS_PARAMETERS = {
    "enable_ssml_parsing",
    "enable_logging",
    "inactivity_timeout",
    "apply_text_normalization",
    "sync_alignment",
}


class Frames(StrEnum):
    """How audio travels: inside JSON, as bare base64 text, or as bare bytes."""

    JSON = "json"
    BASE64 = "base64"
    BINARY = "binary"


class AlignmentClock(StrEnum):
    """What the times of an alignment count from: the audio of its message, or the context's."""

    CHUNK = "chunk"
    CONTEXT = "context"


class StreamQuery(msgspec.Struct, frozen=True):
    """The query parameters of a speech socket.

    `inactivity_timeout` is in seconds. `normalize` is whether numbers, dates and the like are put
    into words. Without `keep` nothing may be stored. `without_effect` names the parameters given
    that no voice here honours.
    """

    voice_id: str | None = None
    model_id: str | None = None
    output_format: str | None = None
    inactivity_timeout: int = INACTIVITY_DEFAULT_S
    auto_mode: bool = False
    seed: int | None = None
    language: str | None = None
    ssml: bool = False
    normalize: bool = True
    keep: bool = True
    alignment_clock: AlignmentClock = AlignmentClock.CHUNK
    without_effect: tuple[str, ...] = ()


def requested_frames(query_string: str) -> Frames | None:
    """The `frames` of a query; None when it is absent or unknown, and the URL's path decides.

    Apart from the rest, because it also says how to report that the rest is wrong.
    """
    try:
        return Frames(dict(parse_qsl(query_string)).get("frames", "").lower())
    except ValueError:
        return None


def reports_flushes(query_string: str) -> bool:
    """Whether the client wants to hear when a flush has been spoken."""
    return is_true(dict(parse_qsl(query_string)).get("flush_done", ""))


def parse_stream_query(query_string: str) -> StreamQuery:
    """Reads a URL's query; unknown parameters are ignored, the last of a repeated one counts.

    An `inactivity_timeout` beyond 180 s is taken as 180. Raises InvalidParameter, which names the
    parameter, for a value that is not of its parameter's kind.
    """
    given = dict(parse_qsl(query_string))
    if "frames" in given and requested_frames(query_string) is None:
        raise InvalidParameter(f"frames must be one of {', '.join(Frames)}.", param="frames")
    seconds = integer(given, "inactivity_timeout", low=1)
    return StreamQuery(
        voice_id=given.get("voice_id"),
        model_id=given.get("model_id"),
        output_format=given.get("output_format"),
        inactivity_timeout=min(seconds or INACTIVITY_DEFAULT_S, _INACTIVITY_MAX_S),
        auto_mode=boolean(given, "auto_mode", default=False),
        seed=integer(given, "seed", low=0, high=_SEED_MAX),
        language=given.get("language_code"),
        ssml=boolean(given, "enable_ssml_parsing", default=False),
        normalize=one_of(given, "apply_text_normalization", ("auto", "on", "off")) != "off",
        keep=boolean(given, "enable_logging", default=True),
        alignment_clock=_alignment_clock(given),
        without_effect=_without_effect(given),
    )


def _alignment_clock(given: dict[str, str]) -> AlignmentClock:
    clock = AlignmentClock(one_of(given, "alignment_clock", tuple(AlignmentClock)))
    if "alignment_clock" in given or not given.keys() >= _LIVEKITS_PARAMETERS:
        return clock
    return AlignmentClock.CONTEXT


def _without_effect(given: dict[str, str]) -> tuple[str, ...]:
    # Honoured whatever it says: all audio comes with its timing.
    boolean(given, "sync_alignment", default=False)
    ignored = {
        "model_id": "model_id" in given,
        "apply_language_text_normalization": boolean(
            given, "apply_language_text_normalization", default=False
        ),
    }
    return tuple(name for name, is_ignored in ignored.items() if is_ignored)
