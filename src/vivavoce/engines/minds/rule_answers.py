"""What rules make of a prompt."""

from __future__ import annotations

import json
from collections.abc import Sequence

from vivavoce.engines.minds.base import Calls, Prompt, Role, Thought, ToolCall, Words
from vivavoce.engines.minds.rules import Matched, fill_result, match
from vivavoce.wire.rules import Rule

_CALL_ID = "rule_"
_FAILED = "I'm sorry, that did not work."
"""What went wrong is for models, who can put it in other words."""


class RuleAnswers:
    """The rules of one conversation.

    Everything but the ids of calls follows from the prompt alone: an answer that was begun and
    thrown away leaves no trace.
    """

    def __init__(self, rules: Sequence[Rule]) -> None:
        self._rules = tuple(rules)
        self._calls_made = 0

    def answer(self, prompt: Prompt) -> tuple[Thought, ...] | None:
        """The whole answer; None where the rules have none."""
        if is_after_tool(prompt):
            said = self._after_tool(prompt)
            return (Words(said),) if said else None
        matched = match(self._rules, last_words(prompt))
        if matched is None:
            return None
        words = (Words(self._say(matched, prompt)),) if matched.says else ()
        return (*words, self._call(matched)) if matched.tool else words

    def _say(self, matched: Matched, prompt: Prompt) -> str:
        """Its next text: of those turns that the same rule has answered already, there are n."""
        if len(matched.says) == 1:
            return matched.says[0]
        turns = [message.text for message in prompt.messages if message.role is Role.USER]
        places = [one.place for turn in turns if (one := match(self._rules, turn))]
        return matched.says[(places.count(matched.place) - 1) % len(matched.says)]

    def _call(self, matched: Matched) -> Calls:
        self._calls_made += 1
        arguments = json.dumps(matched.parameters, ensure_ascii=False)
        return Calls((ToolCall(f"{_CALL_ID}{self._calls_made}", matched.tool, arguments),))

    def _after_tool(self, prompt: Prompt) -> str:
        """What the rule that called the tool says of the result; empty for a tool not of ours."""
        result = prompt.messages[-1]
        matched = match(self._rules, last_words(prompt))
        if matched is None or not result.tool_call_id.startswith(_CALL_ID):
            return ""
        if result.is_error:
            return _FAILED
        return fill_result(matched.then, result.text)


def is_after_tool(prompt: Prompt) -> bool:
    """Whether the newest message is a tool's."""
    return bool(prompt.messages) and prompt.messages[-1].role is Role.TOOL


def last_words(prompt: Prompt) -> str:
    """What the caller said last; empty if that is nothing yet."""
    said = (message.text for message in reversed(prompt.messages) if message.role is Role.USER)
    return next(said, "")
