"""Whose turn it is: voice activity, words, playback and time in; what the agent does, out.

The caller's silence makes the agent prepare an answer (`Speculate`), more of it ends the turn
(`EndTurn`) and lets the answer be heard (`Answer`). Speech over the agent makes it pause at once
(`Hold`), and only then the words decide whether it goes on or its turn is over.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Sequence
from enum import Enum, auto
from typing import Final

import msgspec

from vivavoce.core.barge_in import Verdict
from vivavoce.core.speech_flow import SpeechFlow
from vivavoce.core.turn_clock import TurnClock, TurnTimes
from vivavoce.core.turn_effects import (
    Answer,
    Disregard,
    Drop,
    EndTurn,
    Fill,
    Forget,
    GoOn,
    HangUp,
    Hold,
    Interrupt,
    SpeakUp,
    Speculate,
    TurnEffect,
)

_SPECULATE_AFTER_S: Final = 0.096
"""Pauses between words are shorter; what is prepared by now is ready when the turn ends."""
_SPECULATE_AHEAD_S: Final = 0.4
"""An answer takes no longer to prepare, so in a long wait for more words it can begin late."""
_TOLERANCE_S: Final = 0.01
"""Six hops are 0.192 s, which will do for 0.2."""
_NOISE_AFTER_S: Final = 0.3
_STOPPED_AFTER_S: Final = 0.2
"""Silence behind words over the agent's speech, before they are judged as all there is."""
_PATIENCE_WITH_EARS_S: Final = 2.6
"""Silence that ends a turn whose words are still unknown; longer than any wait for words."""
_TALKS_OVER_S: Final = 1.2
"""Speech over the agent's that is an interruption, though its words do not say so yet."""


class TurnRules(msgspec.Struct, frozen=True):
    """How one agent takes turns.

    `patience` gives the seconds of silence that end a turn with these words so far, `verdict` what
    words over the agent's speech mean, and whether they have ended.
    """

    patience: Callable[[str], float]
    verdict: Callable[[str, bool], Verdict]
    times: TurnTimes = TurnTimes()


class _Part(Enum):
    """What the agent does."""

    SILENT = auto()
    PREPARING = auto()
    SPEAKING = auto()


class TurnMachine:
    """One call's turns. All times are seconds of one clock that does not run backwards."""

    def __init__(self, rules: TurnRules, *, now: float) -> None:
        self._rules = rules
        self._flow = SpeechFlow()
        self._clock = TurnClock(rules.times, now)
        self._part = _Part.SILENT
        self._held = False
        self._protected = False
        self._open = False
        """Whether the caller has made a sound that is not settled."""
        self._over_agent = False
        """Whether that began while the agent spoke."""
        self._text = ""
        self._complete = False
        self._guess: str | None = None
        self._settling: deque[bool] = deque()
        """For each transcript asked for, whether it is a turn."""
        self._answering = ""
        self._unanswered = ""

    @property
    def is_held(self) -> bool:
        """Whether the agent must not be heard just now."""
        return self._held

    @property
    def caller_speaks(self) -> bool:
        """Whether what the caller says is not settled yet."""
        return self._open

    @property
    def quiet_s(self) -> float:
        """Seconds since the caller's last speech."""
        return self._flow.quiet_s

    @property
    def due_at(self) -> float | None:
        """When `tick` has something to do, if nothing happens before."""
        return self._clock.due_at(idle=self._is_idle, preparing=self._is_waited_for)

    def begin(self, now: float, *, greets: bool, protected: bool = False) -> None:
        """The call begins; a `protected` greeting cannot be interrupted."""
        self._clock.begin(now, greets=greets)
        if greets:
            self._part = _Part.PREPARING
            self._protected = protected

    def hear(self, likelihoods: Sequence[float], now: float) -> list[TurnEffect]:
        """One hop for each likelihood that the caller speaks."""
        effects: list[TurnEffect] = []
        for likelihood in likelihoods:
            if self._flow.feed(likelihood):
                effects += self._onset()
            if self._flow.is_speaking:
                self._complete = False
                self._clock.caller_spoke(now)
        return effects + self._consider()

    def heard(self, text: str, now: float, *, complete: bool) -> list[TurnEffect]:
        """The caller's words since the last settled transcript; `complete` if no sound is ahead."""
        self._text = text
        self._complete = complete and not self._flow.is_speaking
        return self._consider()

    def committed(self, text: str, now: float) -> list[TurnEffect]:
        """What an `EndTurn` or a `Disregard` settled, in their order."""
        is_turn = self._settling.popleft()
        if not is_turn:
            return []
        whole = f"{self._unanswered} {text}".strip()
        if not whole:
            return self._forget()
        prepared = self._guess == whole
        effects = [] if prepared else self._forget()
        return [*effects, *self._answer(text, whole, now, prepared=prepared)]

    def typed(self, text: str, now: float) -> list[TurnEffect]:
        """The caller has written instead of spoken."""
        effects = [*self._forget(), *self._end_agents_turn()]
        self._unanswered = ""
        self._clock.caller_spoke(now)
        return [*effects, *self._answer(text, text, now, prepared=False)]

    def is_active(self, now: float) -> None:
        """The caller does something, and is not to be spoken to."""
        self._clock.something_happened(now)

    def reply_starts(self, now: float) -> None:
        """The agent can be heard from now on."""
        self._part = _Part.SPEAKING
        self._unanswered = ""

    def reply_ends(self, now: float, *, waits: bool = False) -> list[TurnEffect]:
        """All that the agent had to say has been heard; if it `waits`, it does not speak up."""
        self._part = _Part.SILENT
        self._held = self._protected = False
        self._unanswered = ""
        self._clock.agent_ended(now, waits=waits)
        return self._consider()

    def tick(self, now: float) -> list[TurnEffect]:
        """Time has passed."""
        if self._is_waited_for and self._clock.takes_long(now):
            return [Fill()]
        if not self._is_idle:
            return []
        if self._clock.is_abandoned(now):
            return [HangUp()]
        if self._clock.speaks_up(now):
            self._part = _Part.PREPARING
            self._answering = ""
            return [SpeakUp()]
        return []

    @property
    def _is_idle(self) -> bool:
        return self._part is _Part.SILENT and not self._open and not self._settling

    @property
    def _is_waited_for(self) -> bool:
        return self._part is _Part.PREPARING and not self._held and not self._open

    def _onset(self) -> list[TurnEffect]:
        if not self._open:
            self._open = True
            self._over_agent = self._part is not _Part.SILENT
        effects = self._forget()
        if self._part is not _Part.SILENT and not self._held and not self._protected:
            self._held = True
            effects.append(Hold())
        return effects

    def _consider(self) -> list[TurnEffect]:
        if not self._open:
            return []
        if self._part is _Part.SILENT:
            return self._consider_pause()
        return self._consider_words() if self._held else []

    def _consider_words(self) -> list[TurnEffect]:
        """Whether what is said over the agent ends its turn."""
        quiet_s = self._flow.quiet_s
        has_stopped = self._complete and quiet_s >= _STOPPED_AFTER_S
        verdict = Verdict.UNDECIDED
        if self._text:
            verdict = self._rules.verdict(self._text, has_stopped)
        if verdict is Verdict.INTERRUPTS:
            return self._give_way()
        if has_stopped or quiet_s >= _PATIENCE_WITH_EARS_S:
            self._held = False
            return [*self._settle(is_turn=False), GoOn()]
        if verdict is Verdict.UNDECIDED and self._text and self._flow.speech_s >= _TALKS_OVER_S:
            return self._give_way()
        return []

    def _give_way(self) -> list[TurnEffect]:
        effects = self._end_agents_turn()
        self._over_agent = False
        return [*effects, *self._consider_pause()]

    def _consider_pause(self) -> list[TurnEffect]:
        """Whether the caller's silence ends the turn."""
        quiet_s = self._flow.quiet_s
        if quiet_s >= _PATIENCE_WITH_EARS_S:
            return self._settle(is_turn=True)
        if not self._complete or quiet_s < _SPECULATE_AFTER_S:
            return []
        if not self._text or self._is_afterthought:
            if quiet_s < _NOISE_AFTER_S:
                return []
            return self._settle(is_turn=bool(self._unanswered))
        whole = f"{self._unanswered} {self._text}".strip()
        silence_s = self._rules.patience(whole)
        effects: list[TurnEffect] = []
        if self._guess != whole and quiet_s >= silence_s - _SPECULATE_AHEAD_S:
            effects = [*self._forget(), Speculate(whole)]
            self._guess = whole
        if quiet_s + _TOLERANCE_S >= silence_s:
            effects += self._settle(is_turn=True)
        return effects

    @property
    def _is_afterthought(self) -> bool:
        """An agent that was just told "mhm" and has ended since need not answer that."""
        return self._over_agent and self._rules.verdict(self._text, True) is Verdict.GOES_ON

    def _settle(self, *, is_turn: bool) -> list[TurnEffect]:
        self._settling.append(is_turn)
        self._open = self._over_agent = False
        self._text = ""
        self._complete = False
        self._flow.forget()
        return [EndTurn() if is_turn else Disregard()]

    def _forget(self) -> list[TurnEffect]:
        if self._guess is None:
            return []
        self._guess = None
        return [Forget()]

    def _end_agents_turn(self) -> list[TurnEffect]:
        part, self._part = self._part, _Part.SILENT
        self._held = self._protected = False
        if part is _Part.SPEAKING:
            return [Interrupt()]
        if part is _Part.PREPARING:
            self._unanswered = self._answering
            return [Drop()]
        return []

    def _answer(self, said: str, whole: str, now: float, *, prepared: bool) -> list[TurnEffect]:
        # Speech that began since keeps the answer back until its words are known.
        effects = self._end_agents_turn()
        continues = whole != said
        self._part = _Part.PREPARING
        self._guess = None
        self._answering, self._unanswered = whole, ""
        self._clock.answers(now)
        effects.append(Answer(said, whole, continues, prepared))
        if self._open:
            self._held = True
            effects.append(Hold())
        return effects
