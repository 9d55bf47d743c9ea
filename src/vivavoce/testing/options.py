"""What a simulated caller is like."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import msgspec

PYTHON_SDK_FRAME_S: Final = 0.25
"""What the Python SDK's microphone sends at a time."""


class Echo(msgspec.Struct, frozen=True):
    """The agent's played voice comes back into the microphone, so loud and so much later."""

    level_db: float = -20.0
    delay_s: float = 0.05


class CallOptions(msgspec.Struct, frozen=True, kw_only=True):
    """A caller with a headset in a quiet room; `noise_dbfs` is the mean power of its noise.

    `jitter_s` delays each frame by up to so much in either direction, in order. `overrides` is
    `conversation_config_override` and `dynamic_variables` what it is called on the wire. A caller
    that is `text_only` has neither microphone nor loudspeaker.
    """

    frame_s: float = 0.02
    noise_dbfs: float = -60.0
    echo: Echo | None = None
    jitter_s: float = 0.0
    text_only: bool = False
    overrides: Mapping[str, Mapping[str, object]] = {}
    dynamic_variables: Mapping[str, str | int | float | bool] = {}
    headers: Mapping[str, str] = {}
    seed: int = 0

    def initiation(self) -> dict[str, object]:
        """The client's first message."""
        overrides = {key: dict(value) for key, value in self.overrides.items()}
        if self.text_only:
            overrides["conversation"] = {**overrides.get("conversation", {}), "text_only": True}
        return {
            "type": "conversation_initiation_client_data",
            "conversation_config_override": overrides,
            "custom_llm_extra_body": {},
            "dynamic_variables": dict(self.dynamic_variables),
        }
