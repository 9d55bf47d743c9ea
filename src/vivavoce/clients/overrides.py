"""An agent's settings in the shape of either dialect, as a `conversation_config_override`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeAlias

from vivavoce.clients.frame_fields import part_or_nothing

Variables: TypeAlias = Mapping[str, str | int | float | bool]


def conversation_override(agent_config: Mapping[str, object]) -> dict[str, object]:
    """What a call changes of its agent.

    `{"agent": {"prompt": {"text": …}, "voice": {"voice_id": …}}}` is the short shape, in which
    `text` stands for `prompt` and `voice` for the `tts` of the long one; all that is called the
    same in both, and what only the long one has, such as `tts` or `asr`, is taken as it is.
    """
    agent = dict(part_or_nothing(agent_config, "agent"))
    voice = dict(part_or_nothing(agent, "voice"))
    agent.pop("voice", None)
    prompt = dict(part_or_nothing(agent, "prompt"))
    if "text" in prompt:
        words = prompt.pop("text")
        prompt.setdefault("prompt", words)
    if prompt:
        agent["prompt"] = prompt
    speech = {**voice, **part_or_nothing(agent_config, "tts")}
    override = {name: value for name, value in agent_config.items() if name not in ("agent", "tts")}
    override |= {"agent": agent} if agent else {}
    return override | ({"tts": speech} if speech else {})


def initiation(
    agent_config: Mapping[str, object],
    *,
    dynamic_variables: Variables,
    user_id: str | None,
    text_only: bool,
    is_greeting: bool,
) -> dict[str, object]:
    """The first message of a conversation.

    Without `is_greeting` the agent waits for the caller, whatever first message it has; an agent
    that forbids to change its own ends such a call.
    """
    override = conversation_override(agent_config)
    agent = part_or_nothing(override, "agent")
    if not is_greeting:
        override["agent"] = {**agent, "first_message": ""}
    if text_only:
        talk = part_or_nothing(override, "conversation")
        override["conversation"] = {**talk, "text_only": True}
    message: dict[str, object] = {
        "type": "conversation_initiation_client_data",
        "conversation_config_override": override,
        "custom_llm_extra_body": {},
        "dynamic_variables": dict(dynamic_variables),
        "source_info": {"source": "python_sdk", "version": "vivavoce"},
    }
    return message if user_id is None else {**message, "user_id": user_id}
