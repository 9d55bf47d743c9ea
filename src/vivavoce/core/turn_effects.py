"""What the turn machine decides, and its call does."""

from __future__ import annotations

import msgspec


class Speculate(msgspec.Struct, frozen=True):
    """Prepare an answer to `text`, unheard."""

    text: str


class Forget(msgspec.Struct, frozen=True):
    """What was prepared is not wanted."""


class EndTurn(msgspec.Struct, frozen=True):
    """The caller is done: settle the transcript, and tell by `committed` what was said."""


class Disregard(msgspec.Struct, frozen=True):
    """What was heard was no turn: settle the transcript all the same, and tell by `committed`."""


class Answer(msgspec.Struct, frozen=True):
    """The caller `said` this; it is to be answered aloud.

    `text` has what came before it unanswered, too, if it `continues` that. `prepared` says that the
    answer was speculated on.
    """

    said: str
    text: str
    continues: bool
    prepared: bool


class Hold(msgspec.Struct, frozen=True):
    """Let the agent pause, or not begin."""


class GoOn(msgspec.Struct, frozen=True):
    """Let it speak on where it was held."""


class Interrupt(msgspec.Struct, frozen=True):
    """The agent's turn is over; what it has said is heard in part."""


class Drop(msgspec.Struct, frozen=True):
    """The agent's turn is over before anything of it was heard."""


class Fill(msgspec.Struct, frozen=True):
    """The answer takes long: say something meanwhile."""


class SpeakUp(msgspec.Struct, frozen=True):
    """Nobody has said anything for long: it is the agent's turn again."""


class HangUp(msgspec.Struct, frozen=True):
    """The caller has said nothing for too long."""


TurnEffect = (
    Speculate
    | Forget
    | EndTurn
    | Disregard
    | Answer
    | Hold
    | GoOn
    | Interrupt
    | Drop
    | Fill
    | SpeakUp
    | HangUp
)
