"""The flat dialect of a conversation: one level of keys, 22,050 Hz of PCM out, 16,000 Hz in."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import msgspec
import pybase64

from vivavoce.errors import call_code
from vivavoce.wire.event_frame import event_frame
from vivavoce.wire.frames import public_text
from vivavoce.wire.lenient import filled, inside, number, text

# What the player of this dialect's clients opens, and what their microphones send.
FLAT_OUTPUT_FORMAT: Final = "pcm_22050"
FLAT_INPUT_FORMAT: Final = "pcm_16000"


class FlatSetup(msgspec.Struct, frozen=True):
    """What a flat client begins with, as a `conversation_config_override`."""

    override: dict[str, object] = {}


def read_flat_setup(message: Mapping[str, object]) -> FlatSetup:
    """Reads the decoded message; what has a type it cannot have counts as absent."""
    agent = message.get("agent")
    prompt = _present(
        prompt=text(inside(agent, "prompt", "text")),
        temperature=number(inside(agent, "prompt", "temperature")),
    )
    spoken = _present(
        prompt=prompt or None,
        first_message=text(inside(agent, "first_message")),
        language=filled(inside(agent, "language")),
    )
    speech = _present(voice_id=filled(inside(agent, "voice", "voice_id")))
    return FlatSetup(_present(agent=spoken or None, tts=speech or None))


def _present(**given: object) -> dict[str, object]:
    return {name: value for name, value in given.items() if value is not None}


def flat_audio(data: bytes) -> str:
    """The agent's next sound."""
    return '{"type":"audio","audio":"' + pybase64.b64encode_as_string(data) + '"}'


def flat_transcript(text: str) -> str:
    """What the caller said."""
    return event_frame("transcript", transcript=text)


def flat_agent_response(text: str) -> str:
    """What the agent says."""
    return event_frame("agent_response", agent_response=text)


def flat_interruption() -> str:
    """The caller has barged in: what was sent and not yet played is not to be."""
    return '{"type":"interruption"}'


def flat_error(error: BaseException) -> str:
    """What went wrong, as its caller may read it."""
    return event_frame("error", message=public_text(error), code=call_code(error)[1])
