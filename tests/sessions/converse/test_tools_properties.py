"""Whatever an agent, its mind and its client send, a tool has an outcome."""

from __future__ import annotations

import asyncio
import itertools
import json

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.sessions.converse.scripted_line import ScriptedLine
from vivavoce.engines.guarded_http import is_public
from vivavoce.engines.minds.base import ToolCall
from vivavoce.sessions.converse.client_line import ClientAnswer
from vivavoce.sessions.converse.tools import ToolBelt
from vivavoce.wire.agent_config import read_agent_config

NAMES = ("end_call", "transfer_to_agent", "voicemail_detection", "language_detection", "other")
KEYS = st.sampled_from(
    [
        "type",
        "properties",
        "required",
        "constant_value",
        "dynamic_variable",
        "enum",
        "items",
        "description",
        "is_omitted",
        "allowed_values",
        "a",
        "city",
        "transfers",
        "agent_id",
        "condition",
        "delay_ms",
        "transfer_message",
        "url",
        "method",
        "path_params_schema",
        "query_params_schema",
        "request_body_schema",
        "request_headers",
        "response_filter",
        "mode",
        "filters",
        "value_path",
        "sanitize",
        "variable_name",
        "secret_id",
        "agent_number",
    ]
)
LEAVES = (
    st.none()
    | st.booleans()
    | st.integers(-5, 10**25)
    | st.floats()
    | st.sampled_from(["object", "array", "string", "integer", "boolean", "a", "{{a}}", "{a}"])
    | st.sampled_from(["POST", "allow", "a.b", "x\r\ny", ""])
    | st.text(max_size=4)
)
VALUES = st.recursive(
    LEAVES,
    lambda part: st.lists(part, max_size=3) | st.dictionaries(KEYS, part, max_size=4),
    max_leaves=20,
)
OBJECTS = st.dictionaries(KEYS, VALUES, max_size=6)


@settings(max_examples=150, deadline=None)
@given(
    kind=st.sampled_from(["client", "webhook", "system"]),
    parts=st.tuples(OBJECTS, OBJECTS, OBJECTS, OBJECTS),
    arguments=VALUES,
    answer=VALUES,
)
def test_no_configuration_and_no_argument_breaks_the_belt(
    kind: str, parts: tuple[dict[str, object], ...], arguments: object, answer: object
) -> None:
    parameters, api_schema, params, assignment = parts
    tool = {
        "type": kind,
        "expects_response": True,
        "parameters": parameters,
        "api_schema": {"url": "http://127.0.0.1:1/{a}", **api_schema},
        "params": params,
        "assignments": [assignment],
    }
    prompt = {"tools": [{"name": name, **tool} for name in NAMES]}

    async def run_all() -> None:
        belt = ToolBelt(
            read_agent_config({"agent": {"prompt": prompt}}),
            variables={"a": "[1]", "city": "x"},
            line=ScriptedLine(ClientAnswer(json.dumps(answer))),
            allows=is_public,
            clock=itertools.count(0.0).__next__,
            client_limit=asyncio.timeout,
        )
        async with belt:
            for name in NAMES:
                outcome = await belt.run(ToolCall("c1", name, json.dumps(arguments)))
                # That is what unforeseen failures say.
                assert outcome.result != "The tool failed."

    asyncio.run(run_all())
