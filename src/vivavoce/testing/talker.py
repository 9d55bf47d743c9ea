"""A simulated caller who says words and hears words, where `SimulatedCaller` has sounds."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator
from typing import Final, NamedTuple

import msgspec

from vivavoce.errors import VivavoceError
from vivavoce.testing.caller import SimulatedCaller, calling
from vivavoce.testing.caller_voice import CALLERS_VOICE, CallerVoice
from vivavoce.testing.events import AgentAudio, AgentCorrection, AgentResponse, UserTranscript
from vivavoce.testing.microphone import Said
from vivavoce.testing.options import CallOptions
from vivavoce.testing.server_process import ServerProcess

_QUIET_S: Final = 0.8
"""An agent that has been silent for so long is done."""

_USUAL: Final = CallOptions()


class AgentSilent(VivavoceError):
    """The agent was to say something and did not; the message has the call so far."""


class Line(NamedTuple):
    """One line of a call's transcript, as the server has it; `role` is `user` or `agent`."""

    role: str
    text: str


class Heard(NamedTuple):
    """What the agent said: its words, and how it sounded, as 16-bit PCM of one channel.

    `latency_s` is from the caller's last audible sample to the agent's first, None where the caller
    had said nothing.
    """

    text: str
    pcm: bytes
    sample_rate: int
    latency_s: float | None

    @property
    def duration_s(self) -> float:
        """From its first audible sample to its last."""
        return len(self.pcm) / 2 / self.sample_rate


class Talker:
    """One call; `talking` makes one. `call` is what is below it, with every event and sample."""

    def __init__(self, call: SimulatedCaller, voice: CallerVoice) -> None:
        self.call = call
        self._voice = voice
        self._said: list[Said] = []
        self._heard_until = 0.0
        self._read = 0
        self._is_answer = False

    async def say(self, text: str, *, voice: str = CALLERS_VOICE) -> Said:
        """Waits politely until the agent is done, says `text`, and returns when it has sounded.

        Raises CallOver.
        """
        sound = await asyncio.to_thread(self._voice.spoken, text, voice)
        await self._let_finish(within_s=60.0)
        said = await self._say(sound)
        self._heard_until = said.first_audible_at
        return said

    async def listen(self, *, within_s: float = 20.0, quiet_s: float = _QUIET_S) -> Heard:
        """What the agent says next, until it has been silent for `quiet_s`.

        Raises AgentSilent when it says nothing `within_s`, or CallOver.
        """
        try:
            first = await self.call.wait_until_agent_speaks(
                since=self._heard_until, within_s=within_s
            )
            end = await self._let_finish(within_s=60.0, quiet_s=quiet_s)
        except TimeoutError:
            raise AgentSilent(self._complaint(within_s)) from None
        heard = self._sounded(first.start, end)
        # Half a sample later, so that the same stretch is not heard twice.
        self._heard_until, self._is_answer = end + 1e-5, False
        return heard

    async def barge_in(self, text: str, *, at_s: float = 1.0, voice: str = CALLERS_VOICE) -> float:
        """Interrupts the agent `at_s` into what it says next, or says now; returns when done.

        Gives the seconds from the caller's first audible sample to the agent's last. Raises
        AgentSilent when there is nothing to interrupt, or CallOver.
        """
        sound = await asyncio.to_thread(self._voice.spoken, text, voice)
        try:
            speech = await self.call.wait_until_agent_speaks(since=self._heard_until)
        except TimeoutError:
            raise AgentSilent(self._complaint(20.0)) from None
        await self.call.until(speech.start + at_s)
        said = await self._say(sound)
        await self.call.until(time.monotonic() + 0.2)  # the measure looks 0.1 s beyond
        measured = self.call.recording.barge_in(said)
        if measured is None:
            raise AgentSilent(f"the agent was done before {text!r} could interrupt it")
        self._heard_until = said.last_audible_at
        return measured.last_audible_s

    async def hang_up(self) -> None:
        """Ends the call."""
        await self.call.hang_up()

    @property
    def transcript(self) -> list[Line]:
        """What both have said so far; of an answer that was interrupted, what was heard of it."""
        lines: list[Line] = []
        for _, event in self.call.recording.events:
            match event:
                case UserTranscript(text=text):
                    lines.append(Line("user", text))
                case AgentResponse(text=text) if text:
                    lines.append(Line("agent", text))
                case AgentCorrection(original=original, corrected=corrected):
                    _replace_last(lines, Line("agent", original), Line("agent", corrected))
        return lines

    @property
    def latencies(self) -> list[float]:
        """Seconds from the caller's last audible sample to the agent's first, of every answer."""
        found = (self.call.recording.voice_to_voice(said) for said in self._said)
        return [latency for latency in found if latency is not None]

    async def _say(self, sound: bytes) -> Said:
        said = await self.call.say_out(sound)
        self._said.append(said)
        self._is_answer = True
        self._read = len(self.call.recording.events)
        return said

    async def _let_finish(self, *, within_s: float, quiet_s: float = _QUIET_S) -> float:
        """Until it is quiet and nothing that the agent has in writing is still to be heard."""
        end = await self.call.wait_until_agent_is_done(quiet_s=quiet_s, within_s=within_s)
        while self._has_unspoken():
            try:
                await self.call.wait_until_agent_speaks(within_s=5.0)
            except TimeoutError:
                break
            end = await self.call.wait_until_agent_is_done(quiet_s=quiet_s, within_s=within_s)
        return end

    def _has_unspoken(self) -> bool:
        """Whether an answer has come in writing and no sound of it."""
        answers = self.call.recording.all_of(AgentResponse)
        if not answers or not answers[-1][1].text:
            return False
        event_id = answers[-1][1].event_id
        sounds = self.call.recording.all_of(AgentAudio)
        return not sounds or sounds[-1][1].event_id < event_id

    def _sounded(self, start: float, end: float) -> Heard:
        recording = self.call.recording
        texts: list[Line] = []
        for _, event in recording.events[self._read :]:
            match event:
                case AgentResponse(text=text) if text:
                    texts.append(Line("agent", text))
                case AgentCorrection(original=original, corrected=corrected):
                    _replace_last(texts, Line("agent", original), Line("agent", corrected))
        self._read = len(recording.events)
        return Heard(
            " ".join(line.text.strip() for line in texts),
            recording.played(start, end).tobytes(),
            recording.loudspeaker.played.rate,
            start - self._said[-1].last_audible_at if self._is_answer else None,
        )

    def _complaint(self, within_s: float) -> str:
        lines = "".join(f"\n  {line.role}: {line.text}" for line in self.transcript)
        return (
            f"the agent said nothing within {within_s:g} s; the call so far:{lines or ' nothing'}"
        )


@contextlib.asynccontextmanager
async def talking(
    server: ServerProcess,
    agent_id: str = "",
    *,
    voice: CallerVoice | None = None,
    options: CallOptions = _USUAL,
) -> AsyncIterator[Talker]:
    """A call with an agent of `server` until the end of the block; as `calling`."""
    headers = {"xi-api-key": server.api_key, **options.headers}
    options = msgspec.structs.replace(options, headers=headers)
    async with calling(server.conversation_url(agent_id), options) as call:
        yield Talker(call, voice or CallerVoice(server))


def _replace_last(lines: list[Line], old: Line, new: Line) -> None:
    for at in range(len(lines) - 1, -1, -1):
        if lines[at] == old:
            lines[at] = new
            return
