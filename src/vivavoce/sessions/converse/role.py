"""The agent of a call as it is now: how it speaks, what it thinks with and what it can do."""

from __future__ import annotations

import asyncio

import msgspec

from vivavoce.core.history import History
from vivavoce.engines.minds.base import Message, Prompt, Role, Seat
from vivavoce.sessions.converse.plan import CallPlan
from vivavoce.sessions.converse.tools import ToolBelt
from vivavoce.sessions.manner import Manner


class AgentRole(msgspec.Struct, frozen=True, kw_only=True):
    """`seat` is a future: a mind may take a moment to be there, and a greeting needs none."""

    plan: CallPlan
    manner: Manner
    seat: asyncio.Future[Seat]
    belt: ToolBelt

    def prompt(self, history: History, words: str = "") -> Prompt:
        """What the mind is to answer: `words`, after all that was said before.

        Words that go on from those of the caller that are still unanswered stand in their place.
        """
        config = self.plan.config
        messages = history.messages(self.plan.system_prompt)
        if words:
            last = messages[-1] if messages else None
            goes_on = last is not None and last.role is Role.USER and words.startswith(last.text)
            messages = (*(messages[:-1] if goes_on else messages), Message(Role.USER, words))
        return Prompt(
            messages=messages,
            tools=self.belt.specs,
            temperature=config.temperature,
            max_tokens=config.max_tokens,
            extra_body=dict(self.plan.initiation.custom_llm_extra_body),
        )

    def prompt_after(self, history: History, said: str) -> Prompt:
        """What the next prompt will begin like, once the agent has `said` this."""
        prompt = self.prompt(history)
        messages = (*prompt.messages, Message(Role.ASSISTANT, said))
        return msgspec.structs.replace(prompt, messages=messages)

    async def ready(self, prompt: Prompt) -> tuple[Seat, Prompt]:
        """The seat as soon as there is one, and `prompt` with all the tools that there are then."""
        seat = await asyncio.shield(self.seat)
        return seat, msgspec.structs.replace(prompt, tools=self.belt.specs)
