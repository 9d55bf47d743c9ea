"""What is heard of a call and shown of it: every answer becomes a line once it has been heard."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from typing import Final

import msgspec

from vivavoce.audio.inlet import HEARING_RATE, Inlet, parse_input_format
from vivavoce.commands.answer_sound import AnswerSound
from vivavoce.commands.call_frames import AgentSound, AgentText, CallBegun, Correction, Timing
from vivavoce.commands.call_lines import ShownLines
from vivavoce.commands.failures import CommandFailed
from vivavoce.core.own_words import is_own_words
from vivavoce.errors import UnsupportedFormat

_SETTLED_S: Final = 0.3
"""A server sends sound ahead of time, and corrects at once what it takes back."""
_INCOMPLETE_S: Final = 3.0
"""How long an answer may want its sound, or its text."""
_UNGREETED_S: Final = 2.5
_QUIET_S: Final = 4.0
"""More than a server waits for the end of a sentence, less than an agent waits to speak up."""
_PATIENCE_S: Final = 30.0
_UNTIMED_ANSWERS: Final = 64
_ECHO: Final = (
    "the microphone hears the loudspeaker, and the agent interrupts itself: "
    "wear headphones, or add --half-duplex"
)


class _Answer(msgspec.Struct):
    moved_at: float
    text: str = ""
    has_sounded: bool = False


class HeardCall:
    """`CallListener` that plays and shows."""

    def __init__(self, lines: ShownLines, clock: Callable[[], float] = time.monotonic) -> None:
        """`clock` gives seconds."""
        self.begun: asyncio.Future[CallBegun] = asyncio.get_running_loop().create_future()
        self.sound = AnswerSound(HEARING_RATE)
        self.untimed: asyncio.Queue[int] = asyncio.Queue(_UNTIMED_ANSWERS)
        """Answers that have been shown, and their times not."""
        self._lines = lines
        self._clock = clock
        self._inlet: Inlet | None = None
        self._answers: dict[int, _Answer] = {}
        self._begun_at: float | None = None
        self._moved_at = 0.0
        self._says = ""
        self._is_owed = False
        self._was_greeted = False
        self._last_text = ""
        self._was_cut = False
        self._echo_noted = False

    def is_greeted(self) -> bool:
        """Whether the agent has said how it greets, or has nothing to say."""
        if not self._was_greeted and self._begun_at is not None:
            waited_s = self._clock() - self._begun_at
            self._was_greeted = not self._answers and (
                bool(self._last_text) or waited_s >= _UNGREETED_S
            )
        return self._was_greeted

    def is_quiet(self) -> bool:
        """Whether neither side has said anything for a while, nor is about to."""
        is_pending = self._is_owed or self._says or self._answers
        return self._clock() - self._moved_at >= (_PATIENCE_S if is_pending else _QUIET_S)

    def move(self) -> None:
        """The caller is not done."""
        self._moved_at = self._clock()

    def begins(self, call: CallBegun) -> None:
        """See `CallListener`."""
        try:
            fmt = parse_input_format(call.agent_output_audio_format)
        except UnsupportedFormat as error:
            raise CommandFailed(f"the agent's sound cannot be played: {error}") from error
        if fmt.codec == "pcm":
            self.sound = AnswerSound(fmt.sample_rate)
        else:
            self._inlet = Inlet(fmt)
        self._begun_at = self._clock()
        self.move()
        if not self.begun.done():
            self.begun.set_result(call)

    def agent_sounds(self, sound: AgentSound) -> None:
        """See `CallListener`."""
        data = sound.data if self._inlet is None else self._inlet.feed(sound.data)
        text = sound.alignment or Timing()
        starts_ms = text.char_start_times_ms
        if self.sound.add(data, sound.event_id, text.chars, starts_ms):
            self._answer(sound.event_id).has_sounded = True

    def agent_writes(self, text: str) -> None:
        """Shown when it is heard."""

    def agent_said(self, said: AgentText) -> None:
        """See `CallListener`."""
        self._answer(said.event_id).text = said.agent_response.strip()

    def agent_corrected(self, correction: Correction) -> None:
        """See `CallListener`."""
        heard = correction.corrected_agent_response.strip()
        if self._answers.pop(correction.event_id, None) is not None and heard:
            self._show(correction.event_id, correction.original_agent_response, heard)

    def interrupted(self, event_id: int) -> None:
        """See `CallListener`."""
        self.sound.drop(event_id)
        now = self._clock()
        for one, answer in self._answers.items():
            if one <= event_id:
                answer.moved_at = now
                answer.has_sounded = True
        self._was_cut = True

    def caller_says(self, text: str) -> None:
        """See `CallListener`."""
        self._says = text
        self._lines.passing("you", text)
        self.move()

    def caller_said(self, text: str) -> None:
        """See `CallListener`."""
        self.settle()
        if self._was_cut and not self._echo_noted and is_own_words(text, self._last_text):
            self._echo_noted = True
            self._lines.note(_ECHO)
        self._was_cut = False
        self._says = ""
        self._is_owed = True
        self._lines.said("you", text)
        self.move()

    def tick(self) -> None:
        """Shows what can be heard, and what has been."""
        now = self._clock()
        if self.sound.is_waiting:
            self.move()
            for answer in self._answers.values():
                answer.moved_at = now
        for event_id, answer in list(self._answers.items()):
            is_whole = answer.has_sounded and answer.text
            wanted_s = _SETTLED_S if is_whole else _INCOMPLETE_S
            if not self.sound.is_waiting and now - answer.moved_at >= wanted_s:
                self._settle(event_id)
        if self._answers and not self._says:
            self._lines.passing("agent", self.sound.heard_text(next(iter(self._answers))))

    def _answer(self, event_id: int) -> _Answer:
        now = self._clock()
        answer = self._answers.setdefault(event_id, _Answer(now))
        answer.moved_at = self._moved_at = now
        self._is_owed = False
        return answer

    def settle(self) -> None:
        """Whatever was heard is shown now."""
        for event_id in list(self._answers):
            self._settle(event_id)

    def _settle(self, event_id: int) -> None:
        answer = self._answers.pop(event_id)
        heard = self.sound.heard_text(event_id).strip()
        is_cut = self.sound.is_waiting and len(heard) < len(answer.text)
        said = _whole_words(heard, answer.text) if is_cut else answer.text or heard
        if said:
            self._show(event_id, answer.text, said)

    def _show(self, event_id: int, text: str, heard: str) -> None:
        text, heard = " ".join(text.split()), " ".join(heard.split())
        self._last_text = text or heard
        unsaid = text[len(heard) :] if text.startswith(heard) else ""
        self._lines.said("agent", heard, unsaid=unsaid)
        if not self.untimed.full():
            self.untimed.put_nowait(event_id)


def _whole_words(heard: str, text: str) -> str:
    is_within = not text[len(heard) : len(heard) + 1].isspace()
    return heard.rpartition(" ")[0] if is_within else heard
