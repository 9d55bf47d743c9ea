"""What a conversation begins with: the client's own wishes, and the agent it may bring along."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import msgspec

from vivavoce.wire.agent_overrides import merged
from vivavoce.wire.lenient import (
    compact_json,
    filled,
    flag,
    inside,
    items,
    mapping,
    mappings,
    texts,
)

Variable = str | int | float | bool

_SECRET: Final = "secret__"


class Initiation(msgspec.Struct, frozen=True, kw_only=True):
    """`conversation_initiation_client_data`; `raw` is all of it but the secrets, as compact JSON.

    `override` is the `conversation_config_override`, `text_only` None where nothing was said of it.
    """

    override: dict[str, object] = {}
    dynamic_variables: dict[str, Variable] = {}
    custom_llm_extra_body: dict[str, object] = {}
    user_id: str | None = None
    text_only: bool | None = None
    raw: str = "{}"


class Webhook(msgspec.Struct, frozen=True):
    """Where to send what is left of a call; without a `secret` it goes unsigned."""

    url: str
    secret: str | None = None


class EnclaveSetup(msgspec.Struct, frozen=True, kw_only=True):
    """`enclave_setup_config`: an agent that the client brings along.

    `config` is its conversation_config, None where it brings none. `tools` are those that the agent
    names by id, `knowledge` are texts for its prompt.
    """

    config: dict[str, object] | None = None
    agent_name: str = ""
    tools: tuple[dict[str, object], ...] = ()
    knowledge: tuple[str, ...] = ()
    transcription_webhook: Webhook | None = None
    audio_webhook: Webhook | None = None


def read_initiation(message: Mapping[str, object]) -> Initiation:
    """Reads the decoded message."""
    override = mapping(message.get("conversation_config_override"))
    return Initiation(
        override=override,
        dynamic_variables=read_variables(message.get("dynamic_variables")),
        custom_llm_extra_body=mapping(message.get("custom_llm_extra_body")),
        user_id=filled(message.get("user_id")),
        text_only=_text_only(override),
        raw=compact_json(_without_secrets(message)),
    )


def _without_secrets(message: Mapping[str, object]) -> dict[str, object]:
    """What may be kept of a message, and shown: no variable that is for tools only."""
    given = mapping(message.get("dynamic_variables"))
    kept = {name: value for name, value in given.items() if not name.startswith(_SECRET)}
    return {**message, "dynamic_variables": kept} if given else dict(message)


def read_variables(given: object) -> dict[str, Variable]:
    """Dynamic variables; of lists and objects their JSON text, and none that is null."""
    return {
        name: value if isinstance(value, str | int | float) else compact_json(value)
        for name, value in mapping(given).items()
        if value is not None
    }


def _text_only(override: Mapping[str, object]) -> bool | None:
    """The Python SDK says it at the top level, that of JavaScript under `conversation`."""
    said = (flag(override.get("text_only")), flag(inside(override, "conversation", "text_only")))
    return None if said == (None, None) else True in said


def read_enclave_setup(message: Mapping[str, object]) -> EnclaveSetup:
    """Reads the decoded message; the agent may be a whole export or its conversation_config."""
    agent = message.get("agent_config_dict")
    whole = inside(agent, "conversation_config")
    config = whole if isinstance(whole, dict) else agent
    return EnclaveSetup(
        config=config if isinstance(config, dict) else None,
        agent_name=filled(inside(agent, "name")) or "",
        tools=mappings(message.get("tools_config_list")),
        knowledge=texts(message.get("prompt_knowledge_base")),
        transcription_webhook=_webhook(message, "post_call_transcription_webhook"),
        audio_webhook=_webhook(message, "post_call_audio_webhook"),
    )


def _webhook(message: Mapping[str, object], name: str) -> Webhook | None:
    signed = filled(inside(message, name, "url"))
    if signed is not None:
        return Webhook(signed, filled(inside(message, name, "hmac_secret")))
    url = filled(message.get(f"{name}_url"))
    return None if url is None else Webhook(url)


def with_setup(raw: Mapping[str, object], setup: EnclaveSetup) -> dict[str, object]:
    """The conversation_config `raw` with the agent of `setup` on top, its tools and its knowledge.

    Those join the ones that its own prompt has.
    """
    config = merged(raw, setup.config or {})
    prompt = inside(config, "agent", "prompt")
    tools = [*items(inside(prompt, "tools")), *setup.tools]
    knowledge = [*items(inside(prompt, "knowledge_base")), *setup.knowledge]
    return merged(config, {"agent": {"prompt": {"tools": tools, "knowledge_base": knowledge}}})
