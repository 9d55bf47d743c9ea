"""What is asked of a line to an agent, and how the call over it begins."""

from __future__ import annotations

import json
from collections.abc import Mapping
from urllib.parse import urlencode

import msgspec


class CallAsked(msgspec.Struct, frozen=True):
    """What the address of a line says."""

    agent_id: str

    @property
    def path(self) -> str:
        """See `Asked.path`."""
        return "/v1/convai/conversation"

    @property
    def query(self) -> str:
        """See `Asked.query`."""
        return urlencode({"agent_id": self.agent_id, "source": "vivavoce_talk"})


class CallWishes(msgspec.Struct, frozen=True, kw_only=True):
    """How the agent shall be in this call; None where it shall be as it is."""

    voice: str | None = None
    language: str | None = None
    first_message: str | None = None
    prompt: str | None = None
    variables: dict[str, str] = {}


def opening_message(wishes: CallWishes, *, text_only: bool) -> str:
    """The first message of a call. It overrides only what was wished: agents may forbid more."""
    agent = {
        "first_message": wishes.first_message,
        "language": wishes.language,
        "prompt": _given({"prompt": wishes.prompt}) or None,
    }
    override = {
        "agent": _given(agent),
        "tts": _given({"voice_id": wishes.voice}),
        "conversation": {"text_only": True} if text_only else {},
    }
    return json.dumps(
        {
            "type": "conversation_initiation_client_data",
            "conversation_config_override": {
                key: value for key, value in override.items() if value
            },
            "dynamic_variables": wishes.variables,
        }
    )


def _given(fields: Mapping[str, object]) -> dict[str, object]:
    return {name: value for name, value in fields.items() if value is not None}
