"""A session around the turn machine that does anything that sessions may do, and watches it."""

from __future__ import annotations

import random
from collections import deque
from collections.abc import Callable, Sequence
from typing import Final

from vivavoce.core.barge_in import Verdict
from vivavoce.core.speech_flow import HOP_S
from vivavoce.core.turn import TurnMachine, TurnRules
from vivavoce.core.turn_clock import TurnTimes
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

_TEXTS: Final = ("", "Mhm.", "Stop.", "My number is", "What is it?", "Well")
_TIMES: Final = TurnTimes(turn_timeout=2.0, initial_wait=1.0, hang_up=30.0, filler=0.7)


def _verdict(text: str, has_ended: bool) -> Verdict:
    if text == "Mhm.":
        return Verdict.GOES_ON
    if text in ("", "Well"):
        return Verdict.GOES_ON if has_ended else Verdict.UNDECIDED
    return Verdict.INTERRUPTS


def _patience(text: str) -> float:
    return 1.5 if text.endswith("is") else 0.3


class TurnWalk:
    """What a session knows of the replies and transcripts it was told to make."""

    def __init__(self, seed: int, *, greets: bool | None) -> None:
        self.now = 10.0
        self.machine = TurnMachine(TurnRules(_patience, _verdict, _TIMES), now=self.now)
        self._random = random.Random(seed)
        self._settling: deque[str] = deque()
        self._guess: str | None = None
        self._reply = 0
        """The reply under way; 0 for none."""
        self._replies = 0
        self._is_audible = False
        self._is_held = False
        self._hung_up = False
        self._text = ""
        self._protected = int(bool(greets))
        if greets is not None:
            self._new_reply()
        self.machine.begin(self.now, greets=greets is not None, protected=bool(greets))

    def step(self, weights: Sequence[int]) -> None:
        """One thing that may happen."""
        action = self._random.choices(STEPS, weights)[0]
        self.now += self._random.choice((0.0, 0.001, HOP_S))
        action(self)

    def speech(self) -> None:
        """The caller makes a sound."""
        self._text = self._random.choice(_TEXTS)
        self._hear(self._random.choice((1, 3, 8)), 0.9)

    def silence(self) -> None:
        """The caller makes none."""
        self._hear(self._random.choice((1, 4, 12)), 0.0)

    def words(self) -> None:
        """The ears have understood, or in part."""
        is_complete = self._random.random() < 0.7
        self._do(self.machine.heard(self._text, self.now, complete=is_complete))

    def settle(self) -> None:
        """The transcript that was asked for first is there."""
        if self._settling:
            self._do(self.machine.committed(self._settling.popleft(), self.now))

    def sound(self) -> None:
        """The agent's reply is heard, if it may be."""
        if self._reply and not self._is_held and not self._is_audible:
            self._is_audible = True
            self.machine.reply_starts(self.now)

    def ended(self) -> None:
        """The agent's reply has been heard to its end, or had nothing to say."""
        if self._reply and not self._is_held:
            self._end_reply()
            self._do(self.machine.reply_ends(self.now, waits=self._random.random() < 0.2))

    def typing(self) -> None:
        """The caller writes."""
        self._do(self.machine.typed("Hello", self.now))

    def activity(self) -> None:
        """The caller does something else."""
        self.machine.is_active(self.now)

    def time(self) -> None:
        """Nothing happens for a while."""
        self.now += self._random.choice((0.1, 1.0, 3.0))
        self._do(self.machine.tick(self.now))

    def comes_to_rest(self) -> None:
        """The caller falls silent, and whatever is under way finishes: nothing may stay open."""
        for _ in range(12):
            self._hear(32, 0.0)
            self._do(self.machine.heard(self._text, self.now, complete=True))
            self._hear(64, 0.0)
            while self._settling:
                self.settle()
            self.sound()
            self.ended()
        assert not self.machine.caller_speaks
        assert not self.machine.is_held
        assert not self._settling
        assert self._guess is None

    def _hear(self, hops: int, likelihood: float) -> None:
        for _ in range(hops):
            self.now += HOP_S
            self._do(self.machine.hear([likelihood], self.now))

    def _do(self, effects: Sequence[TurnEffect]) -> None:
        for effect in effects:
            self._perform(effect)
        assert self.machine.is_held == self._is_held
        if self._reply > self._protected and self.machine.caller_speaks:
            assert self._is_held, "the agent may begin, or go on, while the caller speaks"

    def _perform(self, effect: TurnEffect) -> None:
        match effect:
            case Speculate(text):
                assert text
                assert self._guess is None
                assert not self._reply
                self._guess = text
            case Forget():
                assert self._guess is not None
                self._guess = None
            case EndTurn() | Disregard():
                self._settling.append(self._text)
                self._text = ""
            case Answer():
                self._answer(effect)
            case SpeakUp():
                self._new_reply()
            case Hold():
                assert self._reply
                assert not self._is_held
                self._is_held = True
            case GoOn():
                assert self._reply
                assert self._is_held
                self._is_held = False
            case Interrupt():
                assert self._reply
                assert self._is_audible
                self._end_reply()
            case Drop():
                assert self._reply
                assert not self._is_audible
                self._end_reply()
            case Fill():
                assert self._reply
                assert not self._is_audible
            case HangUp():
                assert not self._reply

    def _answer(self, answer: Answer) -> None:
        assert answer.text
        assert answer.prepared == (self._guess is not None)
        if answer.prepared:
            assert self._guess == answer.text
        self._guess = None
        self._new_reply()

    def _new_reply(self) -> None:
        """There is never a second voice: the one before must have ended."""
        assert not self._reply
        self._replies += 1
        self._reply = self._replies

    def _end_reply(self) -> None:
        self._reply = 0
        self._is_audible = self._is_held = False


STEPS: Final[tuple[Callable[[TurnWalk], None], ...]] = (
    TurnWalk.speech,
    TurnWalk.silence,
    TurnWalk.words,
    TurnWalk.settle,
    TurnWalk.sound,
    TurnWalk.ended,
    TurnWalk.typing,
    TurnWalk.activity,
    TurnWalk.time,
)
