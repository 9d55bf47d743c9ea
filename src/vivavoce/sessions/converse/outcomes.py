"""What comes of an agent's tools: a text for the mind, and what the session is to do."""

from __future__ import annotations

from typing import TypeAlias

import msgspec

from vivavoce.core.placeholders import Variable


class EndCall(msgspec.Struct, frozen=True):
    """Say `message`, if there is one, and hang up; `reason` is for the record."""

    message: str
    reason: str


class SkipTurn(msgspec.Struct, frozen=True):
    """Say nothing until the caller does."""


class ChangeLanguage(msgspec.Struct, frozen=True):
    """Go on in another language: `code` is of ISO 639-1, with a region or without."""

    code: str


class TransferToAgent(msgspec.Struct, frozen=True):
    """After `delay_s`, and after `message` is said, another agent goes on.

    It begins with its own first message if `with_first_message`.
    """

    agent_id: str
    message: str | None
    delay_s: float
    with_first_message: bool = False


class Voicemail(msgspec.Struct, frozen=True):
    """A machine has answered: say `message`, if there is one, and hang up."""

    message: str


Effect: TypeAlias = EndCall | SkipTurn | ChangeLanguage | TransferToAgent | Voicemail


class ToolOutcome(msgspec.Struct, frozen=True, kw_only=True):
    """What came of one call; `kind` is client, webhook, system or mcp.

    `result` is fit for the mind, also if it `is_error`.
    """

    call_id: str
    name: str
    kind: str
    result: str
    is_error: bool
    latency_s: float
    effect: Effect | None = None


class Answer(msgspec.Struct, frozen=True):
    """What one tool says, before it is timed and cut; the rest is as in ToolOutcome.

    `variables` are those to which the tool's assignments give new values.
    """

    text: str
    is_error: bool = False
    effect: Effect | None = None
    variables: dict[str, Variable] = {}


class ToolRefused(Exception):
    """A tool that could not be run; the text tells the mind why."""
