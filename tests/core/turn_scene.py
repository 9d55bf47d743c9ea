"""A turn machine with a caller who speaks by the second."""

from __future__ import annotations

from vivavoce.core.barge_in import Verdict
from vivavoce.core.speech_flow import HOP_S
from vivavoce.core.turn import TurnMachine, TurnRules
from vivavoce.core.turn_clock import TurnTimes
from vivavoce.core.turn_effects import TurnEffect


class TurnScene:
    """`patience` and `verdict` are what the machine's rules say, whatever the words."""

    def __init__(self, times: TurnTimes | None = None) -> None:
        self.now = 100.0
        self.patience = 0.3
        self.verdict = Verdict.UNDECIDED
        rules = TurnRules(lambda text: self.patience, self._verdict, times or TurnTimes())
        self.machine = TurnMachine(rules, now=self.now)

    def _verdict(self, text: str, has_ended: bool) -> Verdict:
        if has_ended and self.verdict is Verdict.UNDECIDED:
            return Verdict.GOES_ON
        return self.verdict

    def caller_speaks(self, seconds: float) -> list[TurnEffect]:
        """A microphone with speech in it."""
        return self._hears_sound(seconds, 0.95)

    def caller_is_quiet(self, seconds: float) -> list[TurnEffect]:
        """A microphone without."""
        return self._hears_sound(seconds, 0.02)

    def hears(self, text: str, *, complete: bool) -> list[TurnEffect]:
        """The ears have understood."""
        return self.machine.heard(text, self.now, complete=complete)

    def settles(self, text: str) -> list[TurnEffect]:
        """The transcript that was asked for."""
        return self.machine.committed(text, self.now)

    def says(self, text: str) -> None:
        """A whole turn of the caller, not settled yet."""
        self.caller_speaks(1.0)
        self.caller_is_quiet(0.1)
        self.hears(text, complete=True)
        self.caller_is_quiet(self.patience)

    def agent_speaks(self, text: str) -> None:
        """A turn of the caller, and the agent's answer to it, which can be heard."""
        self.says("What is it?")
        self.settles("What is it?")
        self.machine.reply_starts(self.now)

    def _hears_sound(self, seconds: float, likelihood: float) -> list[TurnEffect]:
        effects: list[TurnEffect] = []
        for _ in range(round(seconds / HOP_S)):
            self.now += HOP_S
            effects += self.machine.hear([likelihood], self.now)
        return effects
