"""Agents as dashboards make them, and as nobody should."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping

from hypothesis import strategies as st

from fuzz import odd
from fuzz.call_house import OTHER_AGENT, AgentSetup
from vivavoce.engines.minds.base import Calls, Thought, ToolCall, Usage, Words
from vivavoce.wire.conversation_events import EVENT_NAMES

Choices = Mapping[str, st.SearchStrategy[odd.Json]]

TOOLS = ("lookup", "look_up", "end_call", "skip_turn", "language_detection", "transfer_to_agent")
"""What tools are called, here."""

_strings = st.text(max_size=8)
_names = st.one_of(st.sampled_from(("name", "system__time", "secret__key", "a.b", "-")), _strings)
_templates = st.one_of(
    odd.said,
    odd.said,
    odd.texts,
    st.sampled_from(("{{name}} ", "{{ name }}", "{{system__time_utc}}", "{{secret__key}}", "{{")),
    st.sampled_from(("{{nobody}}", "{{system__timezone}} {{a.b}}", "}}{{", "{{ }}", "{0} {x}")),
)
_seconds = st.one_of(st.sampled_from((-1, 0, 0.01, 1, 3.5, 7, 30)), odd.numbers)
_flag = st.booleans()

# Addresses that are refused without a name server being asked.
urls: st.SearchStrategy[str] = st.one_of(
    st.sampled_from(
        ("http://127.0.0.1:1/x", "http://[::1]/", "https://10.0.0.1/{id}", "http://0/")
    ),
    st.sampled_from(("ws://127.0.0.1:1/", "http://2130706433/", "http://[::ffff:127.0.0.1]:80")),
    st.sampled_from(("", "http://", "http://[", "ftp://127.0.0.1", "//", "http://127.0.0.1:99999")),
    st.sampled_from(
        ("http://user:p@127.0.0.1/\r\nX: y", "http://127.1/{{name}}", "\x00", "http://%")
    ),
)
"""Addresses, none of which this machine connects to."""


def some(keys: Choices) -> st.SearchStrategy[odd.Fields]:
    """A few of `keys`; one in eight values has a type of its own choice."""

    @st.composite
    def drawn(draw: st.DrawFn) -> odd.Fields:
        names = draw(st.lists(st.sampled_from(sorted(keys)), max_size=6, unique=True))
        return {
            name: draw(odd.values if draw(st.integers(0, 7)) == 7 else keys[name]) for name in names
        }

    return drawn()


_schemas: st.SearchStrategy[odd.Json] = st.recursive(
    some(
        {
            "type": st.sampled_from(("string", "number", "integer", "boolean", "object", "array")),
            "description": _strings,
            "enum": st.lists(odd.values, max_size=2),
            "constant_value": odd.values,
            "dynamic_variable": _names,
            "is_system_provided": _flag,
            "is_omitted": _flag,
            "allowed_values": some({"dynamic_variable": _names}),
        }
    ),
    lambda inner: some(
        {
            "type": st.sampled_from(("object", "array")),
            "properties": st.dictionaries(_names, inner, max_size=3),
            "required": st.lists(_names, max_size=2),
            "items": inner,
        }
    ),
    max_leaves=4,
)
_headers = st.dictionaries(
    st.one_of(st.sampled_from(("X-A", "authorization", "a b", "a\r\nb", "")), _strings),
    st.one_of(_templates, some({"variable_name": _names, "secret_id": _names}), _strings),
    max_size=3,
)
_assignments = st.lists(
    some(
        {"dynamic_variable": _names, "value_path": st.sampled_from(("a", "a.0", "", ".", "9" * 9))}
    ),
    max_size=2,
)
_transfers = st.lists(
    some(
        {
            "agent_id": st.sampled_from((OTHER_AGENT, "nobody", "")),
            "condition": _strings,
            "delay_ms": st.sampled_from((0, 10, -5)),
            "transfer_message": _templates,
            "enable_transferred_agent_first_message": _flag,
        }
    ),
    max_size=3,
)
_params = some(
    {
        "system_tool_type": st.sampled_from((*TOOLS, "voicemail_detection")),
        "transfers": _transfers,
        "voicemail_message": _templates,
        "wait_timeout_secs": _seconds,
    }
)
_api_schema = some(
    {
        "url": urls,
        "method": st.sampled_from(("GET", "POST", "get", "PATCH", "BREW", "")),
        "path_params_schema": st.dictionaries(_names, _schemas, max_size=2),
        "query_params_schema": _schemas,
        "request_body_schema": _schemas,
        "request_headers": _headers,
        "content_type": st.sampled_from(("application/json", "application/x-www-form-urlencoded")),
        "response_filter": some({"mode": st.sampled_from(("allow", "hide_all", "all"))}),
    }
)
_tool = some(
    {
        "type": st.sampled_from(("client", "client", "webhook", "system", "mcp", "")),
        "name": st.sampled_from(TOOLS) | _names,
        "description": odd.texts,
        "parameters": _schemas,
        "expects_response": _flag,
        "response_timeout_secs": _seconds,
        "api_schema": _api_schema,
        "params": _params,
        "assignments": _assignments,
        "tool_config": some({"type": st.just("client"), "name": st.sampled_from(TOOLS)}),
    }
)
_named_tool = st.builds(
    lambda tool, kind, name: {**tool, "type": kind, "name": name},
    _tool,
    st.sampled_from(("client", "client", "webhook", "system")),
    st.sampled_from(TOOLS),
)
_rule = some(
    {
        "when": st.sampled_from(
            ("hello", "(.+)", "(a+)+$", "(silence)", "(", "", "\\", "(?P<x>.)")
        ),
        "say": _templates,
        "tool": st.sampled_from(TOOLS),
        "parameters": st.dictionaries(_names, odd.values, max_size=2),
        "then": _templates,
    }
)
_custom_llm = some(
    {
        "url": urls,
        "model_id": odd.texts,
        "api_key": odd.texts,
        "request_headers": _headers,
        "api_type": st.sampled_from(("chat_completions", "websocket")),
    }
)
_mcp_server = some(
    {
        "id": _strings,
        "name": _strings,
        "url": urls,
        "request_headers": _headers,
        "approval_policy": st.sampled_from(("auto_approve_all", "require_approval_all", "x")),
        "config": some({"url": urls, "name": _strings}),
    }
)
_prompt_keys: Choices = {
    "prompt": _templates,
    "llm": st.sampled_from(("", "", "scripted", "gpt-4o", "custom-llm", "smollm2-135m-instruct")),
    "temperature": odd.numbers,
    "max_tokens": odd.numbers,
    "tools": st.lists(st.one_of(_named_tool, _named_tool, _tool), max_size=3),
    "tool_ids": st.lists(_strings, max_size=2),
    "built_in_tools": st.dictionaries(st.sampled_from(TOOLS), _tool | st.none(), max_size=3),
    "mcp_servers": st.lists(_mcp_server, max_size=1),
    "mcp_server_ids": st.lists(_strings, max_size=2),
    "native_mcp_server_ids": st.lists(_strings, max_size=2),
    "knowledge_base": st.lists(
        odd.texts | some({"text": odd.texts, "content": odd.texts}), max_size=2
    ),
    "rules": st.lists(_rule, max_size=3),
}
# Ends most calls at once: seldom.
_prompts = st.one_of(*[some(_prompt_keys)] * 5, some({**_prompt_keys, "custom_llm": _custom_llm}))
_variables = st.dictionaries(_names, odd.values, max_size=3)
_agents = some(
    {
        "first_message": _templates,
        "language": st.sampled_from(("en", "de", "zh", "ja", "xx-YY", "en_US", "", "e" * 50)),
        "dynamic_variables": some({"dynamic_variable_placeholders": _variables}),
        "disable_first_message_interruptions": _flag,
        "prompt": _prompts,
    }
)
_formats = st.sampled_from(("pcm_8000", "pcm_16000", "pcm_48000", "ulaw_8000", "mp3_44100_128", ""))
_locators = st.lists(
    st.fixed_dictionaries(
        {"pronunciation_dictionary_id": st.sampled_from((odd.DICTIONARY, odd.DICTIONARY, "no"))},
        optional={"version_id": _strings},
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
            "model_id": _strings,
            "voice_id": st.sampled_from(("Rachel", "Orfeo", "nobody", "")) | odd.texts,
            "agent_output_audio_format": _formats,
            "stability": odd.numbers,
            "speed": odd.numbers,
            "similarity_boost": odd.numbers,
            "pronunciation_dictionary_locators": _locators,
        }
    ),
    "asr": some(
        {"quality": _strings, "user_input_audio_format": _formats, "keywords": st.lists(odd.texts)}
    ),
    "turn": some(
        {
            "turn_timeout": _seconds,
            "initial_wait_time": _seconds,
            "silence_end_call_timeout": _seconds,
            "turn_eagerness": st.sampled_from(("patient", "normal", "eager", "x")),
            "mode": st.sampled_from(("turn", "silence", "x")),
            "interruption_ignore_terms": st.lists(odd.texts, max_size=3),
            "soft_timeout_config": some({"timeout_seconds": _seconds, "message": odd.texts}),
        }
    ),
    "conversation": some(
        {"text_only": _flag, "max_duration_seconds": _seconds, "client_events": _events}
    ),
    "text_only": _flag,
    "language_presets": st.dictionaries(
        st.sampled_from(("en", "de", "xx", "")),
        some(
            {
                "overrides": some({"agent": _agents}),
                "first_message_translation": some({"text": _templates}),
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
    _flag,
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
    st.dictionaries(_names, odd.values, max_size=2).map(json.dumps),
)
_calls = st.lists(
    st.builds(
        ToolCall, _strings, st.sampled_from(("lookup", "lookup", *TOOLS, "nobody")), _arguments
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
    st.lists(_named_tool, min_size=1, max_size=3),
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
