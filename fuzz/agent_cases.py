"""Agents as dashboards make them, and as nobody should."""

from __future__ import annotations

import json
import math

from hypothesis import strategies as st

from fuzz import odd
from fuzz.call_house import AgentSetup
from fuzz.tool_cases import (
    TOOLS,
    Choices,
    any_tool,
    flag,
    named_tool,
    names,
    seconds,
    some,
    strings,
    templates,
    tool_headers,
    urls,
)
from vivavoce.engines.minds.base import Calls, Thought, ToolCall, Usage, Words
from vivavoce.wire.conversation_events import EVENT_NAMES

_rule = some(
    {
        "when": st.sampled_from(
            ("hello", "(.+)", "(a+)+$", "(silence)", "(", "", "\\", "(?P<x>.)")
        ),
        "say": templates,
        "tool": st.sampled_from(TOOLS),
        "parameters": st.dictionaries(names, odd.values, max_size=2),
        "then": templates,
    }
)
_custom_llm = some(
    {
        "url": urls,
        "model_id": odd.texts,
        "api_key": odd.texts,
        "request_headers": tool_headers,
        "api_type": st.sampled_from(("chat_completions", "websocket")),
    }
)
_mcp_server = some(
    {
        "id": strings,
        "name": strings,
        "url": urls,
        "request_headers": tool_headers,
        "approval_policy": st.sampled_from(("auto_approve_all", "require_approval_all", "x")),
        "config": some({"url": urls, "name": strings}),
    }
)
_prompt_keys: Choices = {
    "prompt": templates,
    "llm": st.sampled_from(("", "", "scripted", "gpt-4o", "custom-llm", "smollm2-135m-instruct")),
    "temperature": odd.numbers,
    "max_tokens": odd.numbers,
    "tools": st.lists(st.one_of(named_tool, named_tool, any_tool), max_size=3),
    "tool_ids": st.lists(strings, max_size=2),
    "built_in_tools": st.dictionaries(st.sampled_from(TOOLS), any_tool | st.none(), max_size=3),
    "mcp_servers": st.lists(_mcp_server, max_size=1),
    "mcp_server_ids": st.lists(strings, max_size=2),
    "native_mcp_server_ids": st.lists(strings, max_size=2),
    "knowledge_base": st.lists(
        odd.texts | some({"text": odd.texts, "content": odd.texts}), max_size=2
    ),
    "rules": st.lists(_rule, max_size=3),
}
# Ends most calls at once: seldom.
_prompts = st.one_of(*[some(_prompt_keys)] * 5, some({**_prompt_keys, "custom_llm": _custom_llm}))
_variables = st.dictionaries(names, odd.values, max_size=3)
_agents = some(
    {
        "first_message": templates,
        "language": st.sampled_from(("en", "de", "zh", "ja", "xx-YY", "en_US", "", "e" * 50)),
        "dynamic_variables": some({"dynamic_variable_placeholders": _variables}),
        "disable_first_message_interruptions": flag,
        "prompt": _prompts,
    }
)
_formats = st.sampled_from(("pcm_8000", "pcm_16000", "pcm_48000", "ulaw_8000", "mp3_44100_128", ""))
_locators = st.lists(
    st.fixed_dictionaries(
        {"pronunciation_dictionary_id": st.sampled_from((odd.DICTIONARY, odd.DICTIONARY, "no"))},
        optional={"version_id": strings},
    ),
    max_size=1,
)
_events = st.lists(st.sampled_from(sorted(EVENT_NAMES)), max_size=40) | st.lists(
    odd.values, max_size=3
)
config_keys: Choices = {
    "agent": _agents,
    "tts": some(
        {
            "model_id": strings,
            "voice_id": st.sampled_from(("Rachel", "Orfeo", "nobody", "")) | odd.texts,
            "agent_output_audio_format": _formats,
            "stability": odd.numbers,
            "speed": odd.numbers,
            "similarity_boost": odd.numbers,
            "pronunciation_dictionary_locators": _locators,
        }
    ),
    "asr": some(
        {"quality": strings, "user_input_audio_format": _formats, "keywords": st.lists(odd.texts)}
    ),
    "turn": some(
        {
            "turn_timeout": seconds,
            "initial_wait_time": seconds,
            "silence_end_call_timeout": seconds,
            "turn_eagerness": st.sampled_from(("patient", "normal", "eager", "x")),
            "mode": st.sampled_from(("turn", "silence", "x")),
            "interruption_ignore_terms": st.lists(odd.texts, max_size=3),
            "soft_timeout_config": some({"timeout_seconds": seconds, "message": odd.texts}),
        }
    ),
    "conversation": some(
        {"text_only": flag, "max_duration_seconds": seconds, "client_events": _events}
    ),
    "text_only": flag,
    "language_presets": st.dictionaries(
        st.sampled_from(("en", "de", "xx", "")),
        some(
            {
                "overrides": some({"agent": _agents}),
                "first_message_translation": some({"text": templates}),
                "soft_timeout_translation": some({"text": odd.texts}),
            }
        ),
        max_size=2,
    ),
    "speech_engine": some({"ws_url": st.just("")}),
    "vad": odd.values,
    "nobody_knows": odd.values,
}
"""Of a `conversation_config`, each with what it may be given."""

configs = some(config_keys)
_switches: st.SearchStrategy[odd.Json] = st.recursive(
    flag,
    lambda inner: st.dictionaries(
        st.sampled_from(("agent", "tts", "prompt", "first_message", "language")), inner, max_size=3
    ),
    max_leaves=4,
)
_platforms: st.SearchStrategy[odd.Fields] = st.one_of(
    st.just({}),
    st.just({}),
    some(
        {
            "overrides": some({"conversation_config_override": _switches}),
            "auth": odd.values,
            "widget": odd.values,
        }
    ),
)

_arguments = st.one_of(
    st.sampled_from(("", "{}", "null", "[]", "{", '{"agent_number": 1}', '{"language": "de"}')),
    st.sampled_from(('{"message": "Bye."}', "[" * 2_000, '{"agent_number": "0"}', '{"a": 1e400}')),
    st.dictionaries(names, odd.values, max_size=2).map(json.dumps),
)
_calls = st.lists(
    st.builds(
        ToolCall, strings, st.sampled_from(("lookup", "lookup", *TOOLS, "nobody")), _arguments
    ),
    min_size=1,
    max_size=2,
).map(lambda calls: Calls(tuple(calls)))
_said = st.one_of(odd.said, odd.said, odd.said, odd.texts).map(Words)
_thought: st.SearchStrategy[Thought] = st.one_of(_said, _said, st.just(Usage("m", 1, 2)))
_answers: st.SearchStrategy[tuple[Thought, ...] | None] = st.one_of(
    st.lists(_thought, max_size=4).map(tuple),
    st.lists(_thought, max_size=4).map(tuple),
    st.builds(lambda first, calls: (*first, calls), st.lists(_thought, max_size=2), _calls),
)
thoughts = st.one_of(
    st.just(()),
    st.lists(_answers, min_size=1, max_size=4).map(tuple),
    st.lists(st.one_of(*[_answers] * 9, st.none()), min_size=1, max_size=4).map(tuple),
)
"""Of a mind, for each turn; seldom it breaks."""


def plain(value: odd.Json) -> odd.Json:
    """What is left of `value` when it has been sent as JSON and read again."""
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, str):
        return value.encode("utf-8", "replace").decode()
    if isinstance(value, dict):
        return {plain(str(key)): plain(one) for key, one in value.items()}
    return [plain(one) for one in value] if isinstance(value, list) else value


_LOOKUP = {"type": "client", "name": "lookup", "expects_response": True}
_with_tools = st.builds(
    lambda config, tools, events: _over(
        config,
        {
            "agent": {"prompt": {"tools": [_LOOKUP, *tools], "llm": ""}},
            "conversation": {"client_events": events},
        },
    ),
    configs,
    st.lists(named_tool, min_size=1, max_size=3),
    st.sampled_from((sorted(EVENT_NAMES), ["audio", "interruption"])),
)
_busy_thoughts = st.lists(
    st.builds(lambda first, calls: (*first, calls), st.lists(_said, max_size=1), _calls)
    | st.lists(_said, min_size=1, max_size=2).map(tuple),
    min_size=1,
    max_size=4,
).map(tuple)


def _over(config: odd.Fields, more: odd.Fields) -> odd.Fields:
    """`config` with `more` in it, whatever it had in its place."""
    for key, value in more.items():
        before = config.get(key)
        if isinstance(value, dict):
            value = _over(before if isinstance(before, dict) else {}, value)
        config = {**config, key: value}
    return config


agents: st.SearchStrategy[AgentSetup] = st.one_of(
    st.builds(AgentSetup, configs.map(plain), _platforms.map(plain), thoughts),
    st.builds(AgentSetup, configs.map(plain), _platforms.map(plain), thoughts),
    st.builds(AgentSetup, _with_tools.map(plain), _platforms.map(plain), _busy_thoughts),
)
"""Of any kind."""

proper_agents: st.SearchStrategy[AgentSetup] = st.builds(
    lambda first, text_only, thoughts: AgentSetup(
        {
            "agent": {"first_message": first},
            "conversation": {"text_only": text_only, "client_events": sorted(EVENT_NAMES)},
        },
        {},
        thoughts,
    ),
    st.just("") | odd.said,
    st.sampled_from((False, False, True)),
    st.lists(st.lists(odd.said.map(Words), min_size=1, max_size=3).map(tuple), max_size=3).map(
        tuple
    ),
)
"""Such as have nothing that could be refused."""
