"""Requests about agents and conversations: as they should be, damaged, and out of order."""

from __future__ import annotations

import json
from collections.abc import Mapping
from urllib.parse import quote, urlencode

import httpx
from hypothesis import strategies as st

from fuzz import odd
from fuzz.agent_cases import config_keys, configs, plain
from fuzz.bodies import Call
from fuzz.forms import BOUNDARY, sound_forms
from fuzz.odd import Fields, Json
from fuzz.tool_cases import some
from vivavoce.wire.agent_config import DEFAULT_CONVERSATION_CONFIG

_AGENTS = "/v1/convai/agents"
_TALKS = "/v1/convai/conversations"
_CALL = "/v1/convai/conversation"
_JSON = "application/json"
_FORM = f"multipart/form-data; boundary={BOUNDARY}"

_ids = st.sampled_from(("{agent}", "{agent}", "nobody", "..%2f..", "%00", "x" * 300, "é"))
_talk_ids = st.sampled_from(("{talk}", "{talk}", "conv_nobody", "..%2f", "%00", "y" * 300))
_configs = st.one_of(configs, st.dictionaries(odd.texts, odd.values, max_size=3), some(config_keys))
_names = st.one_of(odd.texts, st.text(max_size=8), st.none())
_AGENT: Mapping[str, st.SearchStrategy[Json]] = {
    "conversation_config": _configs,
    "platform_settings": some(
        {
            "auth": some({"enable_auth": st.booleans(), "allowlist": odd.values}),
            "widget": st.dictionaries(st.text(max_size=6), odd.values, max_size=2),
            "overrides": odd.values,
            "archived": st.booleans(),
        }
    ),
    "workflow": odd.values,
    "name": _names,
    "tags": st.lists(st.text(max_size=6), max_size=3),
    "agent_id": odd.values,
    "metadata": odd.values,
    "unheard_of": odd.values,
}
_FEEDBACK: Mapping[str, st.SearchStrategy[Json]] = {
    "feedback": st.sampled_from(("like", "dislike", None, "x")),
    "rating": odd.numbers | st.integers(0, 6),
    "comment": odd.texts | st.none(),
}
_QUERY = {
    "agent_id": st.sampled_from(("{agent}", "nobody", "")) | st.text(max_size=6),
    "cursor": st.text(max_size=12),
    "page_size": st.sampled_from(("1", "100", "0", "101", "x", "9" * 30)),
    "search": odd.texts,
    "tags": st.text(max_size=4),
    "sort_by": st.sampled_from(("name", "created_at", "updated_at", "x")),
    "sort_direction": st.sampled_from(("asc", "desc", "x")),
    "include_conversation_id": st.sampled_from(("true", "false", "x")),
    "branch_id": st.text(max_size=4),
    "environment": st.text(max_size=4),
    "user_id": odd.texts,
    "call_successful": st.sampled_from(("success", "failure", "unknown", "x")),
    "call_start_before_unix": st.sampled_from(("0", "1e9", "9" * 30, "-1")),
    "exclude_statuses": st.sampled_from(("done", "failed", "x")),
    "conversation_signature": st.text(max_size=20) | st.just("vvs_e30.AAAA"),
    "participant_name": odd.texts,
}


@st.composite
def _queries(draw: st.DrawFn) -> str:
    names = draw(st.lists(st.sampled_from(sorted(_QUERY)), max_size=4))
    pairs = [(name, draw(_QUERY[name]).encode("utf-8", "replace")) for name in names]
    return urlencode(pairs, safe="{}")


def _bodies(keys: Mapping[str, st.SearchStrategy[Json]]) -> st.SearchStrategy[bytes]:
    proper = some(keys).map(lambda body: json.dumps(plain(body)).encode())
    odd_ones = st.one_of(odd.written(some(keys)), odd.garbage)
    return st.one_of(proper, proper, odd_ones.map(_encoded))


def _encoded(sent: odd.Frame) -> bytes:
    return sent if isinstance(sent, bytes) else sent.encode("utf-8", "surrogatepass")


@st.composite
def convai_calls(draw: st.DrawFn) -> Call:
    """Any request; `{agent}` and `{talk}` in its path stand for ids that there are."""
    agent, talk, query = draw(_ids), draw(_talk_ids), draw(_queries())
    method, path, keys = draw(
        st.sampled_from(
            (
                ("POST", f"{_AGENTS}/create", _AGENT),
                ("PATCH", f"{_AGENTS}/{agent}", _AGENT),
                ("POST", f"{_AGENTS}/{agent}/duplicate", {"name": _names}),
                ("POST", f"{_TALKS}/{talk}/feedback", _FEEDBACK),
                ("POST", f"{_TALKS}/{talk}/files", None),
                ("GET", f"{_AGENTS}?{query}", {}),
                ("GET", f"{_AGENTS}/{agent}", {}),
                ("GET", f"{_AGENTS}/{agent}/widget?{query}", {}),
                ("GET", f"{_AGENTS}/{agent}/link", {}),
                ("GET", f"{_TALKS}?{query}", {}),
                ("GET", f"{_TALKS}/{talk}", {}),
                ("GET", f"{_TALKS}/{talk}/audio", {}),
                ("GET", f"{_TALKS}/{talk}/files/{agent}", {}),
                ("DELETE", f"{_TALKS}/{talk}/files/{agent}", {}),
                ("GET", f"{_CALL}/get-signed-url?{query}", {}),
                ("GET", f"{_CALL}/token?{query}", {}),
            )
        )
    )
    if keys is None:
        return Call(method, path, _FORM, draw(sound_forms()))
    body = draw(_bodies(keys)) if keys else b""
    kind = draw(st.sampled_from((_JSON, _JSON, _JSON, "text/plain", "", _FORM)))
    return Call(method, path, kind if keys else "", body)


def first_agent(client: httpx.Client) -> str:
    """The id of an agent that is made for the others to ask for."""
    made = client.post(f"{_AGENTS}/create", json={"conversation_config": {}})
    return str(made.json()["agent_id"])


def addressed(call: Call, agent_id: str, talk_id: str) -> Call:
    """With ids that there are."""
    path = call.path.replace("{agent}", quote(agent_id)).replace("{talk}", quote(talk_id))
    return Call(call.method, path, call.content_type, call.body, call.stays)


whole_configs: st.SearchStrategy[Fields] = _configs.map(plain)
"""Any `conversation_config` that is JSON."""


def round_trip(config: Fields, client: httpx.Client) -> None:
    """Makes an agent with it, and fails unless it is shown, and duplicated, as it was sent."""
    body = {"conversation_config": config, "workflow": config, "unheard_of": config}
    made = client.post(f"{_AGENTS}/create", json=body)
    assert made.status_code == 200, made.text
    agent_id = made.json()["agent_id"]
    twin = client.post(f"{_AGENTS}/{agent_id}/duplicate").json()["agent_id"]
    for one in (agent_id, twin):
        shown = client.get(f"{_AGENTS}/{one}").json()
        _same(shown["conversation_config"], config, DEFAULT_CONVERSATION_CONFIG)
        assert shown["workflow"] == config, (shown["workflow"], config)
        assert shown["unheard_of"] == config, (shown["unheard_of"], config)
        assert client.get(f"{_AGENTS}/{one}/widget").status_code == 200
        assert client.delete(f"{_AGENTS}/{one}").status_code == 200


def _same(shown: Json, sent: Json, usual: Json) -> None:
    """What was left out is as usual; null in the place of an object says nothing."""
    if isinstance(usual, Mapping) and isinstance(sent, dict):
        assert set(shown) == set(usual) | set(sent), (shown, sent)
        for key in shown:
            given = sent.get(key)
            if key not in sent or (given is None and isinstance(usual.get(key), Mapping)):
                assert shown[key] == usual[key], (key, shown[key])
            else:
                _same(shown[key], given, usual.get(key))
        return
    assert shown == sent, (shown, sent)
    assert type(shown) is type(sent), (shown, sent)
