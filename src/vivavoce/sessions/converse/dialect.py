"""What a call says to its client, in the words of the dialect that the client speaks."""

from __future__ import annotations

from collections.abc import Collection
from typing import Final, Protocol

from vivavoce.wire import conversation_events as events
from vivavoce.wire.alignment import TimedText
from vivavoce.wire.conversation_events import PartKind
from vivavoce.wire.flat_conversation import (
    FLAT_INPUT_FORMAT,
    FLAT_OUTPUT_FORMAT,
    flat_agent_response,
    flat_audio,
    flat_error,
    flat_interruption,
    flat_transcript,
)

_ALWAYS: Final = frozenset({"conversation_initiation_metadata", "client_tool_call", "client_error"})


class CallDialect(Protocol):
    """Frames, None for what the client does not want to hear of."""

    @property
    def output_format(self) -> str | None:
        """The only one that the dialect has; None where the agent chooses."""

    @property
    def input_format(self) -> str | None:
        """The same for the caller's sound."""

    def metadata(self, conversation_id: str, output_format: str, input_format: str) -> str | None:
        """The first frame."""

    def audio(self, data: bytes, event_id: int, text: TimedText, ms: float) -> str:
        """The agent's next sound, `ms` long; `text` is timed from its beginning."""

    def user_transcript(self, text: str, event_id: int) -> str | None:
        """What the caller said."""

    def tentative_transcript(self, text: str, event_id: int) -> str | None:
        """What the caller has said so far."""

    def agent_response(self, text: str, event_id: int) -> str | None:
        """All that one answer says."""

    def correction(self, original: str, heard: str, event_id: int) -> str | None:
        """What of it was heard."""

    def part(self, kind: PartKind, text: str, event_id: int) -> str | None:
        """An answer in writing, as it is thought."""

    def interruption(self, event_id: int) -> str | None:
        """Sound up to `event_id` is not to be played any more."""

    def wants(self, name: str) -> bool:
        """Whether the client asked for the event called `name`."""

    def other(self, name: str, frame: str) -> str | None:
        """`frame`, which is the event called `name`, if the client asked for such."""

    def error(self, error: BaseException) -> str | None:
        """What went wrong."""


class SdkDialect:
    """The protocol's own: clients get the events that they asked for."""

    output_format = None
    input_format = None

    def __init__(self, wanted: Collection[str], *, text_only: bool = False) -> None:
        self._wanted = _ALWAYS | frozenset(wanted)
        if text_only:
            self._wanted |= {"agent_chat_response_part"}

    def metadata(self, conversation_id: str, output_format: str, input_format: str) -> str | None:
        """See `CallDialect`."""
        return events.metadata(conversation_id, output_format, input_format)

    def audio(self, data: bytes, event_id: int, text: TimedText, ms: float) -> str:
        """See `CallDialect`."""
        return events.audio(data, event_id, text, (0.0, ms))

    def user_transcript(self, text: str, event_id: int) -> str | None:
        """See `CallDialect`."""
        return self.other("user_transcript", events.user_transcript(text, event_id))

    def tentative_transcript(self, text: str, event_id: int) -> str | None:
        """See `CallDialect`."""
        frame = events.tentative_user_transcript(text, event_id)
        return self.other("tentative_user_transcript", frame)

    def agent_response(self, text: str, event_id: int) -> str | None:
        """See `CallDialect`."""
        return self.other("agent_response", events.agent_response(text, event_id))

    def correction(self, original: str, heard: str, event_id: int) -> str | None:
        """See `CallDialect`."""
        frame = events.agent_response_correction(original, heard, event_id)
        return self.other("agent_response_correction", frame)

    def part(self, kind: PartKind, text: str, event_id: int) -> str | None:
        """See `CallDialect`."""
        frame = events.chat_response_part(kind, text, event_id)
        return self.other("agent_chat_response_part", frame)

    def interruption(self, event_id: int) -> str | None:
        """See `CallDialect`."""
        return self.other("interruption", events.interruption(event_id))

    def wants(self, name: str) -> bool:
        """See `CallDialect`."""
        return name in self._wanted

    def other(self, name: str, frame: str) -> str | None:
        """See `CallDialect`."""
        return frame if self.wants(name) else None

    def error(self, error: BaseException) -> str | None:
        """See `CallDialect`."""
        return events.conversation_error(error)


class FlatDialect:
    """The founding document's: sound and words, nothing else."""

    output_format = FLAT_OUTPUT_FORMAT
    input_format = FLAT_INPUT_FORMAT

    def metadata(self, conversation_id: str, output_format: str, input_format: str) -> str | None:
        """There is none."""
        return None

    def audio(self, data: bytes, event_id: int, text: TimedText, ms: float) -> str:
        """See `CallDialect`."""
        return flat_audio(data)

    def user_transcript(self, text: str, event_id: int) -> str | None:
        """See `CallDialect`."""
        return flat_transcript(text)

    def tentative_transcript(self, text: str, event_id: int) -> str | None:
        """There is none."""
        return None

    def agent_response(self, text: str, event_id: int) -> str | None:
        """See `CallDialect`."""
        return flat_agent_response(text)

    def correction(self, original: str, heard: str, event_id: int) -> str | None:
        """There is none."""
        return None

    def part(self, kind: PartKind, text: str, event_id: int) -> str | None:
        """There is none."""
        return None

    def interruption(self, event_id: int) -> str | None:
        """See `CallDialect`."""
        return flat_interruption()

    def wants(self, name: str) -> bool:
        """It has no others."""
        return False

    def other(self, name: str, frame: str) -> str | None:
        """There is none."""
        return None

    def error(self, error: BaseException) -> str | None:
        """See `CallDialect`."""
        return flat_error(error)
