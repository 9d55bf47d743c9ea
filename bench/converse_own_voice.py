"""Whether an agent takes its own voice, coming back through the microphone, for the caller's."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import msgspec
import uvloop

from bench.converse_exchanges import Exchange, exchanges
from bench.converse_servers import listening_agent, scripted_server
from bench.converse_sounds import CallerVoice
from bench.figures import Bar, Effort, Figure, Report
from bench.paused_sentences import QUESTIONS
from bench.recogniser import Floats
from bench.server import Server
from vivavoce.testing import Echo, calling
from vivavoce.testing.events import Interruption, UserTranscript

_ECHO = Echo(level_db=-20.0, delay_s=0.12)
_ANSWER = (
    "The museum is open every day from nine until six, but on Thursdays it closes two hours later. "
    "Tickets are sold at the door."
)
_QUIET_S = 1.5
_SHOWN_TRACES = 4


class Echoed(NamedTuple):
    """A call through which the agent's voice came back."""

    exchanges: list[Exchange]
    interruptions: int
    transcripts: int


def measure(effort: Effort) -> Report:
    """Questions and answers with the agent's voice at -20 dB in the microphone."""
    questions = CallerVoice().spoken_all(QUESTIONS[: effort.choose(20, 6)])
    with scripted_server(_ANSWER) as server:
        echoed = uvloop.run(_ask(server, questions))
    turns = len(echoed.exchanges)
    bad = [one for one in echoed.exchanges if len(one.transcripts) != 1 or one.waited_s is None]
    return Report(
        [
            Figure(
                f"interruptions by the agent's own voice at {_ECHO.level_db:g} dB in {turns} turns",
                echoed.interruptions,
                "",
                Bar(0, 0),
            )
        ],
        [
            f"own voice: {_ECHO.delay_s:g} s late; {echoed.transcripts} transcripts of {turns} "
            f"turns; {sum(one.waited_s is None for one in bad)} unanswered",
            *(f"own voice: {'; '.join(one.trace)}" for one in bad[:_SHOWN_TRACES]),
        ],
    )


async def _ask(server: Server, questions: Sequence[Floats]) -> Echoed:
    options = msgspec.structs.replace(listening_agent(), echo=_ECHO)
    async with calling(server.conversation_url, options) as caller:
        heard = await exchanges(caller, questions, _QUIET_S)
        recording = caller.recording
        return Echoed(
            heard, len(recording.all_of(Interruption)), len(recording.all_of(UserTranscript))
        )
