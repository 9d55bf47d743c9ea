"""Tools of agents, with schemas, headers and addresses of any kind."""

from __future__ import annotations

from collections.abc import Mapping

from hypothesis import strategies as st

from fuzz import odd
from fuzz.call_house import OTHER_AGENT

Choices = Mapping[str, st.SearchStrategy[odd.Json]]

TOOLS = ("lookup", "look_up", "end_call", "skip_turn", "language_detection", "transfer_to_agent")
"""What tools are called, here."""

strings = st.text(max_size=8)
names = st.one_of(st.sampled_from(("name", "system__time", "secret__key", "a.b", "-")), strings)
templates = st.one_of(
    odd.said,
    odd.said,
    odd.texts,
    st.sampled_from(("{{name}} ", "{{ name }}", "{{system__time_utc}}", "{{secret__key}}", "{{")),
    st.sampled_from(("{{nobody}}", "{{system__timezone}} {{a.b}}", "}}{{", "{{ }}", "{0} {x}")),
)
seconds = st.one_of(st.sampled_from((-1, 0, 0.01, 1, 3.5, 7, 30)), odd.numbers)
flag = st.booleans()

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
            "description": strings,
            "enum": st.lists(odd.values, max_size=2),
            "constant_value": odd.values,
            "dynamic_variable": names,
            "is_system_provided": flag,
            "is_omitted": flag,
            "allowed_values": some({"dynamic_variable": names}),
        }
    ),
    lambda inner: some(
        {
            "type": st.sampled_from(("object", "array")),
            "properties": st.dictionaries(names, inner, max_size=3),
            "required": st.lists(names, max_size=2),
            "items": inner,
        }
    ),
    max_leaves=4,
)
tool_headers = st.dictionaries(
    st.one_of(st.sampled_from(("X-A", "authorization", "a b", "a\r\nb", "")), strings),
    st.one_of(templates, some({"variable_name": names, "secret_id": names}), strings),
    max_size=3,
)
_assignments = st.lists(
    some(
        {"dynamic_variable": names, "value_path": st.sampled_from(("a", "a.0", "", ".", "9" * 9))}
    ),
    max_size=2,
)
_transfers = st.lists(
    some(
        {
            "agent_id": st.sampled_from((OTHER_AGENT, "nobody", "")),
            "condition": strings,
            "delay_ms": st.sampled_from((0, 10, -5)),
            "transfer_message": templates,
            "enable_transferred_agent_first_message": flag,
        }
    ),
    max_size=3,
)
_params = some(
    {
        "system_tool_type": st.sampled_from((*TOOLS, "voicemail_detection")),
        "transfers": _transfers,
        "voicemail_message": templates,
        "wait_timeout_secs": seconds,
    }
)
_api_schema = some(
    {
        "url": urls,
        "method": st.sampled_from(("GET", "POST", "get", "PATCH", "BREW", "")),
        "path_params_schema": st.dictionaries(names, _schemas, max_size=2),
        "query_params_schema": _schemas,
        "request_body_schema": _schemas,
        "request_headers": tool_headers,
        "content_type": st.sampled_from(("application/json", "application/x-www-form-urlencoded")),
        "response_filter": some({"mode": st.sampled_from(("allow", "hide_all", "all"))}),
    }
)
any_tool = some(
    {
        "type": st.sampled_from(("client", "client", "webhook", "system", "mcp", "")),
        "name": st.sampled_from(TOOLS) | names,
        "description": odd.texts,
        "parameters": _schemas,
        "expects_response": flag,
        "response_timeout_secs": seconds,
        "api_schema": _api_schema,
        "params": _params,
        "assignments": _assignments,
        "tool_config": some({"type": st.just("client"), "name": st.sampled_from(TOOLS)}),
    }
)
named_tool = st.builds(
    lambda tool, kind, name: {**tool, "type": kind, "name": name},
    any_tool,
    st.sampled_from(("client", "client", "webhook", "system")),
    st.sampled_from(TOOLS),
)
