"""Rules that answer without a model: what the caller says, and what is then said or done."""

from __future__ import annotations

import msgspec


class Rule(msgspec.Struct, frozen=True, kw_only=True):
    """The first rule that matches answers.

    `when` is a regular expression, searched in the caller's words without regard to case; empty
    for any words, `"(silence)"` for none. `say` is spoken, with `{0}` the whole match and `{1}` or
    `{name}` its groups; of several texts, the next one each time. `tool` is called with
    `parameters`, whose texts are filled likewise, and `then` is spoken after it, with `{result}`.
    """

    when: str
    say: str | tuple[str, ...] = ""
    tool: str = ""
    parameters: dict[str, object] = {}
    then: str = ""
