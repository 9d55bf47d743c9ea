"""Question and answer in a simulated call, and what happened in between."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, NamedTuple

from bench.recogniser import Floats
from vivavoce.testing import Recording, Said, SimulatedCaller
from vivavoce.testing.events import (
    AgentAudio,
    AgentCorrection,
    AgentResponse,
    ChatPart,
    Event,
    Interruption,
    OtherEvent,
    Ping,
    ServerError,
    TentativeUserTranscript,
    UserTranscript,
)
from vivavoce.testing.measures import spoke_over

ANSWER_WITHIN_S: Final = 10.0
_QUIET_S: Final = 0.8
_QUOTED: Final = 60


class Exchange(NamedTuple):
    """What the caller said, and what the server made of it until the agent was done.

    `waited_s` is None where no answer came.
    """

    said: Said
    waited_s: float | None
    spoken_over_s: float
    transcripts: tuple[str, ...]
    trace: tuple[str, ...]

    @property
    def is_cut_short(self) -> bool:
        """Whether the agent began too early, or the server made two turns of one."""
        return self.spoken_over_s > 0 or len(self.transcripts) > 1


async def exchange(caller: SimulatedCaller, sound: Floats, quiet_s: float = _QUIET_S) -> Exchange:
    """Says it, and hears the answer out. Raises CallOver."""
    said = await caller.say_out(sound)
    try:
        await caller.wait_until_agent_speaks(since=said.last_audible_at, within_s=ANSWER_WITHIN_S)
        await caller.wait_until_agent_is_done(quiet_s=quiet_s)
    except TimeoutError:
        await caller.wait_until_agent_is_done(quiet_s=0.0)
    return witnessed(caller.recording, said)


async def exchanges(
    caller: SimulatedCaller, sounds: Sequence[Floats], quiet_s: float = _QUIET_S
) -> list[Exchange]:
    """One after the other, the noise of the room before each. Raises CallOver."""
    return [await exchange(caller, sound, quiet_s) for sound in sounds]


def witnessed(recording: Recording, said: Said) -> Exchange:
    """All since the caller began to say it."""
    began = said.began_at
    return Exchange(
        said,
        recording.voice_to_voice(said),
        spoke_over(said, recording.agent_stretches(began)),
        tuple(event.text for _, event in recording.all_of(UserTranscript, began)),
        trace(recording, said),
    )


def trace(recording: Recording, said: Said) -> tuple[str, ...]:
    """What came since, a line an event, in seconds from the caller's last audible sample on."""
    lines: list[tuple[float, str]] = [(said.first_audible_at, "caller begins")]
    lines.append((said.last_audible_at, "caller ends"))
    for stretch in recording.agent_stretches(said.began_at):
        lines.append((stretch.start, f"agent audible for {stretch.end - stretch.start:.2f} s"))
    lines += [
        (at, shown)
        for at, event in recording.events
        if at >= said.began_at and (shown := _shown(event))
    ]
    return tuple(f"{at - said.last_audible_at:+.3f} {line}" for at, line in sorted(lines))


def _shown(event: Event) -> str:
    match event:
        case UserTranscript(text, event_id):
            return f"user_transcript {event_id} {text[:_QUOTED]!r}"
        case TentativeUserTranscript(text, event_id):
            return f"tentative {event_id} {text[:_QUOTED]!r}"
        case AgentResponse(text, event_id):
            return f"agent_response {event_id} {text[:_QUOTED]!r}"
        case AgentCorrection(_, text, event_id):
            return f"correction {event_id} {text[:_QUOTED]!r}"
        case Interruption(event_id):
            return f"interruption {event_id}"
        case ServerError(code, message):
            return f"error {code} {message}"
        case OtherEvent(kind):
            return kind
        case AgentAudio() | Ping() | ChatPart():
            return ""
        case _:
            return type(event).__name__
