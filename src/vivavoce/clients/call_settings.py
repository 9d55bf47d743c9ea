"""What a call is begun with."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from vivavoce.clients.call_memory import CallMemory
from vivavoce.clients.frame_fields import part_or_nothing
from vivavoce.clients.overrides import Variables, initiation


@dataclass(frozen=True)
class CallSettings:
    """What the caller wants of the agent; `restart` is whether to go on in another conversation."""

    agent_config: Mapping[str, object]
    dynamic_variables: Variables
    user_id: str | None
    text_only: bool
    restart: bool

    @property
    def brings_greeting(self) -> bool:
        """Whether the first message is the call's own, so that the agent lets it be changed."""
        return bool(part_or_nothing(self.agent_config, "agent").get("first_message"))

    def beginning(self, *, is_greeting: bool) -> Mapping[str, object]:
        """The message that begins a conversation; without `is_greeting` the caller speaks first."""
        return initiation(
            self.agent_config,
            dynamic_variables=self.dynamic_variables,
            user_id=self.user_id,
            text_only=self.text_only,
            is_greeting=is_greeting,
        )

    def going_on(
        self,
        memory: CallMemory,
        contexts: Sequence[Mapping[str, object]],
        *,
        is_greeting: bool,
    ) -> Sequence[Mapping[str, object]]:
        """The messages that begin one in the place of one that is lost.

        `contexts` are updates that the agent was told of. What the caller has said and the agent
        not answered is said again, in writing.
        """
        messages = [self.beginning(is_greeting=is_greeting)]
        so_far = memory.so_far()
        if so_far is not None:
            messages.append({"type": "contextual_update", "text": so_far})
        messages.extend(contexts)
        unanswered = memory.unanswered()
        if unanswered is not None:
            messages.append({"type": "user_message", "text": unanswered})
        return messages
