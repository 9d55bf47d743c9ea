"""An agent's `conversation_config` as far as this server acts on it.

Agents are kept as they were sent, unknown keys and all; this is only a view of them.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import msgspec

from vivavoce.wire.agent_defaults import DEFAULT_CLIENT_EVENTS as DEFAULT_CLIENT_EVENTS
from vivavoce.wire.agent_defaults import DEFAULT_CONVERSATION_CONFIG as DEFAULT_CONVERSATION_CONFIG
from vivavoce.wire.agent_parts import (
    DEFAULT_FORMAT,
    read_custom_mind,
    read_speech,
    read_speech_engine_url,
    read_turn,
)
from vivavoce.wire.agent_parts import CustomMind as CustomMind
from vivavoce.wire.agent_parts import SoftTimeout as SoftTimeout
from vivavoce.wire.agent_parts import SpeechConfig as SpeechConfig
from vivavoce.wire.agent_parts import TurnConfig as TurnConfig
from vivavoce.wire.agent_tools import McpServerConfig as McpServerConfig
from vivavoce.wire.agent_tools import ToolConfig as ToolConfig
from vivavoce.wire.agent_tools import read_mcp_servers, read_tools, unserved_tools
from vivavoce.wire.initiation import read_variables
from vivavoce.wire.lenient import (
    filled,
    flag,
    inside,
    integer,
    items,
    mapping,
    mappings,
    number,
    text,
    texts,
)
from vivavoce.wire.rules import Rule

_VARIABLES: Final = ("dynamic_variables", "dynamic_variable_placeholders")
_MAX_DURATION_S: Final = 600.0


class AgentConfig(msgspec.Struct, frozen=True, kw_only=True):
    """What one call is held by; placeholders are not filled yet.

    `rules` are `prompt.rules`, a key of ours: they answer or call tools before the model is asked.
    `knowledge` are the texts of `prompt.knowledge_base`. `unserved` names the tools and MCP servers
    that it refers to and that this server does not have.
    """

    first_message: str = ""
    language: str = "en"
    system_prompt: str = ""
    llm: str = ""
    temperature: float | None = None
    max_tokens: int | None = None
    custom_mind: CustomMind | None = None
    speech_engine_url: str = ""
    rules: tuple[Rule, ...] = ()
    tools: tuple[ToolConfig, ...] = ()
    mcp_servers: tuple[McpServerConfig, ...] = ()
    unserved: tuple[str, ...] = ()
    variables: dict[str, str | int | float | bool] = {}
    knowledge: tuple[str, ...] = ()
    disable_first_message_interruptions: bool = False
    speech: SpeechConfig = SpeechConfig()
    input_format: str = "pcm_16000"
    turn: TurnConfig = TurnConfig()
    text_only: bool = False
    max_duration_s: float = _MAX_DURATION_S
    client_events: tuple[str, ...] = DEFAULT_CLIENT_EVENTS


def read_agent_config(raw: Mapping[str, object]) -> AgentConfig:
    """The view of a `conversation_config`. What has a type it cannot have counts as absent."""
    agent, conversation = mapping(raw.get("agent")), mapping(raw.get("conversation"))
    prompt = mapping(agent.get("prompt"))
    most_tokens = integer(prompt.get("max_tokens")) or 0
    events = conversation.get("client_events")
    most_seconds = number(conversation.get("max_duration_seconds")) or 0.0
    return AgentConfig(
        first_message=text(agent.get("first_message")) or "",
        language=filled(agent.get("language")) or "en",
        system_prompt=text(prompt.get("prompt")) or "",
        llm=text(prompt.get("llm")) or "",
        temperature=number(prompt.get("temperature")),
        max_tokens=most_tokens if most_tokens > 0 else None,
        custom_mind=read_custom_mind(prompt),
        speech_engine_url=read_speech_engine_url(raw, prompt),
        rules=tuple(filter(None, map(_rule, mappings(prompt.get("rules"))))),
        tools=read_tools(prompt),
        mcp_servers=read_mcp_servers(prompt),
        unserved=unserved_tools(prompt),
        variables=read_variables(inside(agent, *_VARIABLES)),
        knowledge=tuple(filter(None, map(_knowledge, items(prompt.get("knowledge_base"))))),
        disable_first_message_interruptions=(
            flag(agent.get("disable_first_message_interruptions")) or False
        ),
        speech=read_speech(mapping(raw.get("tts"))),
        input_format=filled(inside(raw, "asr", "user_input_audio_format")) or DEFAULT_FORMAT,
        turn=read_turn(mapping(raw.get("turn"))),
        # The Python SDK's overrides have it at the top level.
        text_only=True in (flag(raw.get("text_only")), flag(conversation.get("text_only"))),
        max_duration_s=most_seconds if most_seconds > 0 else _MAX_DURATION_S,
        client_events=texts(events) if isinstance(events, list) else DEFAULT_CLIENT_EVENTS,
    )


def _rule(given: Mapping[str, object]) -> Rule | None:
    say = filled(given.get("say")) or texts(given.get("say")) or ""
    tool = text(given.get("tool")) or ""
    if not say and not tool:
        return None
    return Rule(
        when=text(given.get("when")) or "",
        say=say,
        tool=tool,
        parameters=mapping(given.get("parameters")),
        then=text(given.get("then")) or "",
    )


def _knowledge(given: object) -> str | None:
    return filled(given) or filled(inside(given, "text")) or filled(inside(given, "content"))
