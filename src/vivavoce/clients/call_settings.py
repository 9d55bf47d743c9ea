"""What a call is begun with."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from vivavoce.clients.call_memory import CallMemory
from vivavoce.clients.overrides import Variables, initiation


@dataclass(frozen=True)
class CallSettings:
    """What the caller wants of the agent; `restart` is whether to go on in another conversation."""

    agent_config: Mapping[str, object]
    dynamic_variables: Variables
    user_id: str | None
    text_only: bool
    restart: bool

    def opening(self, memory: CallMemory, *, is_restart: bool) -> Sequence[Mapping[str, object]]:
        """The messages that begin a conversation, or one in the place of one that is lost.

        What the caller has said and the agent not answered is said again, in writing.
        """
        so_far = memory.so_far() if is_restart else None
        unanswered = memory.unanswered() if is_restart else None
        messages: list[Mapping[str, object]] = [
            initiation(
                self.agent_config,
                dynamic_variables=self.dynamic_variables,
                user_id=self.user_id,
                text_only=self.text_only,
                is_greeting=so_far is None and unanswered is None,
            )
        ]
        if so_far is not None:
            messages.append({"type": "contextual_update", "text": so_far})
        if unanswered is not None:
            messages.append({"type": "user_message", "text": unanswered})
        return messages
