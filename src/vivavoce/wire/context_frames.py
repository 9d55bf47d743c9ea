"""What the server says on the sockets that carry many contexts."""

from __future__ import annotations

import orjson
import pybase64

from vivavoce.wire.alignment import SNAKE_CASE, TimedText, alignment_json
from vivavoce.wire.frames import error_body
from vivavoce.wire.query import AlignmentClock


class ContextFrames:
    """Frames of one context of `multi-stream-input`.

    The id has both spellings: Pipecat reads the one, the cloud writes the other.
    """

    def __init__(
        self,
        context_id: str,
        *,
        clock: AlignmentClock = AlignmentClock.CHUNK,
        flush_done: bool = False,
    ) -> None:
        self._ids = {"contextId": context_id, "context_id": context_id}
        self._from_start = clock is AlignmentClock.CONTEXT
        self._id_json = orjson.dumps(self._ids).decode()[1:-1]
        self._flush_done = flush_done

    def audio(
        self, data: bytes, original: TimedText, normalized: TimedText, span: tuple[float, float]
    ) -> str:
        """Audio in base64 with both alignments."""
        times = [
            alignment_json(text, *span, from_stream_start=self._from_start)
            for text in (original, normalized)
        ]
        return (
            f'{{"audio":"{pybase64.b64encode_as_string(data)}","isFinal":null,{self._id_json},'
            f'"alignment":{times[0]},"normalizedAlignment":{times[1]}}}'
        )

    def final(self) -> str:
        """The one frame with `isFinal: true`, and no audio."""
        return f'{{"audio":null,"isFinal":true,{self._id_json}}}'

    def flushed(self) -> str | None:
        """Our own message, if it was asked for."""
        return f'{{"type":"flush_done",{self._id_json}}}' if self._flush_done else None

    def error(self, error: BaseException) -> str:
        """With the context's id, or LiveKit would wait for its time-out."""
        return orjson.dumps({**error_body(error), **self._ids}).decode()


class DialogueFrames:
    """Frames of one context of `text-to-dialogue`, in snake case; without an id where it has none.

    What others call a turn, this family calls a batch: `is_final_audio_for_turn` ends each flush.
    """

    def __init__(self, context_id: str | None) -> None:
        self._id = {} if context_id is None else {"context_id": context_id}
        self._id_json = orjson.dumps(self._id).decode()[1:-1]
        self._comma_id = f",{self._id_json}" if self._id else ""

    def audio(
        self, data: bytes, original: TimedText, normalized: TimedText, span: tuple[float, float]
    ) -> str:
        """Audio in base64 with both alignments."""
        return (
            f'{{"audio":"{pybase64.b64encode_as_string(data)}"{self._comma_id},'
            f'"alignment":{alignment_json(original, *span, keys=SNAKE_CASE)},'
            f'"normalized_alignment":{alignment_json(normalized, *span, keys=SNAKE_CASE)}}}'
        )

    def final(self) -> str:
        """The end of the context."""
        return f'{{"is_final":true{self._comma_id}}}'

    def flushed(self) -> str:
        """The end of a batch."""
        return f'{{"is_final_audio_for_turn":true{self._comma_id}}}'

    def error(self, error: BaseException) -> str:
        """`message`, `error`, `code` and `param`."""
        return orjson.dumps({"param": None, **error_body(error), **self._id}).decode()
