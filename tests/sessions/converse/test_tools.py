"""The tools of an agent, run as a mind calls them."""

from __future__ import annotations

import asyncio
import itertools
import json
from typing import Any

import pytest

from tests.scripted_http import Answer, as_json, scripted_http
from tests.sessions.converse.scripted_line import ScriptedLine
from vivavoce.core.placeholders import Variable
from vivavoce.engines.guarded_http import is_any, is_public
from vivavoce.engines.minds.base import ToolCall
from vivavoce.sessions.converse.client_line import ClientAnswer
from vivavoce.sessions.converse.outcomes import (
    ChangeLanguage,
    EndCall,
    SkipTurn,
    ToolOutcome,
    TransferToAgent,
    Voicemail,
)
from vivavoce.sessions.converse.tools import MOST_CHARACTERS, ToolBelt
from vivavoce.wire.agent_config import read_agent_config

CITY = {
    "type": "object",
    "required": ["city"],
    "properties": {
        "city": {"type": "string", "description": "Which one"},
        "key": {"type": "string", "dynamic_variable": "secret__key"},
    },
}


def client_tool(**more: object) -> dict[str, object]:
    return {
        "type": "client",
        "name": "look",
        "description": "Looks",
        "expects_response": True,
        **more,
    }


def webhook(url: str, **more: object) -> dict[str, object]:
    api_schema = {"url": url, **more.pop("api_schema", {})}  # type: ignore[dict-item]
    return {"type": "webhook", "name": "ask", "description": "", "api_schema": api_schema, **more}


def system(name: str, **params: object) -> dict[str, object]:
    return {"type": "system", "name": name, "params": {"system_tool_type": name, **params}}


def belt(
    *tools: dict[str, object],
    line: ScriptedLine | None = None,
    variables: dict[str, Variable] | None = None,
    allows: Any = is_any,
) -> ToolBelt:
    return ToolBelt(
        read_agent_config({"agent": {"prompt": {"tools": list(tools)}}}),
        variables={} if variables is None else variables,
        line=line or ScriptedLine(),
        allows=allows,
        clock=itertools.count(0.0, 0.25).__next__,
        client_limit=asyncio.timeout,
    )


async def run(tools: ToolBelt, name: str, arguments: object = "{}") -> ToolOutcome:
    text = arguments if isinstance(arguments, str) else json.dumps(arguments)
    return await tools.run(ToolCall("c1", name, text))


async def once(tools: ToolBelt, name: str, arguments: object = "{}") -> ToolOutcome:
    async with tools:
        return await run(tools, name, arguments)


async def test_a_client_tool_gives_what_the_client_says() -> None:
    line = ScriptedLine(ClientAnswer("sunny"))
    outcome = await run(belt(client_tool(), line=line), "look", {"where": "up"})
    assert outcome == ToolOutcome(
        call_id="c1", name="look", kind="client", result="sunny", is_error=False, latency_s=0.25
    )
    assert line.calls == [("look", "c1", {"where": "up"}, True)]


async def test_a_client_that_is_not_waited_for_is_only_told() -> None:
    line = ScriptedLine()
    outcome = await run(belt(client_tool(expects_response=False), line=line), "look")
    assert (outcome.is_error, line.calls[0][3]) == (False, False)
    assert outcome.result == "The client has been told."


async def test_a_clients_own_error_is_one_for_the_mind() -> None:
    outcome = await run(belt(client_tool(), line=ScriptedLine(ClientAnswer("no", True))), "look")
    assert (outcome.result, outcome.is_error) == ("no", True)


async def test_a_client_that_does_not_answer_is_not_waited_for_for_ever() -> None:
    outcome = await run(belt(client_tool(response_timeout_secs=0.01)), "look")
    assert (outcome.result, outcome.is_error) == ("The tool did not answer within 0.01 s.", True)


async def test_a_secret_does_not_go_to_the_client() -> None:
    line = ScriptedLine(ClientAnswer("x"))
    tools = belt(client_tool(parameters=CITY), line=line, variables={"secret__key": "k"})
    outcome = await run(tools, "look", {"city": "Bonn"})
    assert outcome.is_error
    assert line.calls == []


async def test_what_a_tool_assigns_is_seen_by_the_session_and_the_tools_after_it() -> None:
    assignments = [{"dynamic_variable": "user", "value_path": "user.id", "sanitize": True}]
    line = ScriptedLine(ClientAnswer('{"user":{"id":7,"name":"Ann"}}'))
    look = client_tool(assignments=assignments)
    async with (
        scripted_http(lambda _: as_json("ok")) as server,
        belt(look, webhook(server.url + "/{{user}}"), line=line) as tools,
    ):
        assert (await run(tools, "ask")).is_error
        outcome = await run(tools, "look")
        assert not (await run(tools, "ask")).is_error
    assert tools.variables == {"user": 7}
    assert outcome.result == '{"user":{"name":"Ann"}}'
    assert [asked.target for asked in server.asked] == ["/7"]


async def test_an_answer_that_is_not_json_assigns_nothing() -> None:
    assignments = [{"dynamic_variable": "user", "value_path": "id"}]
    line = ScriptedLine(ClientAnswer("plain"))
    tools = belt(client_tool(assignments=assignments), line=line)
    outcome = await run(tools, "look")
    assert (outcome.result, tools.variables, outcome.is_error) == ("plain", {}, False)


async def test_a_webhook_is_asked_with_the_secret_and_the_minds_words() -> None:
    async with scripted_http(lambda _: as_json({"degrees": 21})) as server:
        schema = {"method": "POST", "request_body_schema": CITY}
        tools = belt(webhook(server.url, api_schema=schema), variables={"secret__key": "k"})
        outcome = await once(tools, "ask", {"city": "Bonn"})
    assert (outcome.kind, outcome.result, outcome.is_error) == ("webhook", '{"degrees":21}', False)
    assert server.asked[0].json == {"city": "Bonn", "key": "k"}


async def test_variables_are_those_of_the_moment_of_the_call() -> None:
    variables: dict[str, Variable] = {"at": "1"}
    async with (
        scripted_http(lambda _: as_json("ok")) as server,
        belt(webhook(server.url + "/{{at}}"), variables=variables) as tools,
    ):
        await run(tools, "ask")
        variables["at"] = "2"
        await run(tools, "ask")
    assert [asked.target for asked in server.asked] == ["/1", "/2"]


async def test_a_webhook_that_fails_assigns_nothing_and_is_an_error() -> None:
    assignments = [{"dynamic_variable": "x", "value_path": "x"}]
    async with scripted_http(lambda _: as_json({"x": 1}, 500)) as server:
        tools = belt(webhook(server.url, assignments=assignments))
        outcome = await once(tools, "ask")
    assert outcome.result == 'The tool\'s server answered HTTP 500: {"x":1}'
    assert (outcome.is_error, tools.variables) == (True, {})


async def test_a_webhook_that_hangs_ends_with_its_time() -> None:
    async with scripted_http(lambda _: Answer(hangs=True)) as server:
        outcome = await once(belt(webhook(server.url, response_timeout_secs=0.05)), "ask")
    assert (outcome.result, outcome.is_error) == ("The tool did not answer within 0.05 s.", True)


async def test_a_webhook_at_a_private_address_is_refused() -> None:
    outcome = await once(belt(webhook("http://127.0.0.1:1/"), allows=is_public), "ask")
    assert outcome.is_error
    assert "does not connect to" in outcome.result


async def test_hidden_parts_of_an_answer_stay_hidden_if_it_is_too_long_to_be_read() -> None:
    secret = [{"dynamic_variable": "t", "value_path": "token", "sanitize": True}]
    long = as_json({"token": "t0ps3cret", "text": "a" * 300_000})
    async with scripted_http(lambda _: long) as server:
        outcome = await once(belt(webhook(server.url, assignments=secret)), "ask")
    assert (outcome.result, outcome.is_error) == (
        "The answer of the tool's server is too long.",
        True,
    )


async def test_a_long_result_is_cut_with_a_mark() -> None:
    line = ScriptedLine(ClientAnswer("a" * 100_000))
    outcome = await run(belt(client_tool(), line=line), "look")
    assert len(outcome.result) == MOST_CHARACTERS
    assert outcome.result.endswith("aaa … [cut]")


async def test_an_empty_result_says_so() -> None:
    outcome = await run(belt(client_tool(), line=ScriptedLine(ClientAnswer(""))), "look")
    assert outcome.result == "(no content)"


async def test_a_tool_that_there_is_not_is_named() -> None:
    outcome = await run(belt(), "fly")
    assert (outcome.result, outcome.is_error) == ("There is no tool called fly.", True)


@pytest.mark.parametrize("arguments", ["{", "[1]", '"text"', "[" * 100_000])
async def test_arguments_that_are_no_object_reach_no_tool(arguments: str) -> None:
    line = ScriptedLine(ClientAnswer("x"))
    outcome = await run(belt(client_tool(), line=line), "look", arguments)
    assert outcome.is_error
    assert "The arguments" in outcome.result
    assert line.calls == []


@pytest.mark.parametrize("arguments", ["", "null", " {} "])
async def test_no_arguments_are_none(arguments: str) -> None:
    line = ScriptedLine(ClientAnswer("x"))
    await run(belt(client_tool(), line=line), "look", arguments)
    assert line.calls[0][2] == {}


async def test_a_line_that_breaks_is_an_outcome() -> None:
    class Broken(ScriptedLine):
        async def call(self, *_: object, **__: object) -> ClientAnswer | None:
            raise ConnectionError("what was said")

    outcome = await run(belt(client_tool(), line=Broken()), "look")
    assert (outcome.result, outcome.is_error) == ("The tool failed.", True)


async def test_a_call_that_is_given_up_ends() -> None:
    running = asyncio.ensure_future(run(belt(client_tool()), "look"))
    await asyncio.sleep(0)
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running


async def test_the_call_is_ended_with_a_goodbye() -> None:
    outcome = await run(belt(system("end_call")), "end_call", {"reason": "done", "message": "Bye!"})
    assert outcome.effect == EndCall("Bye!", "done")
    assert (outcome.kind, outcome.is_error) == ("system", False)
    assert json.loads(outcome.result) == {"status": "success", "reason": "done", "message": "Bye!"}


async def test_a_small_model_that_gives_no_reason_ends_the_call_too() -> None:
    assert (await run(belt(system("end_call")), "end_call", "")).effect == EndCall("", "")


async def test_a_system_tool_may_have_another_name() -> None:
    tool = {"type": "system", "name": "hang_up", "params": {"system_tool_type": "end_call"}}
    assert isinstance((await run(belt(tool), "hang_up")).effect, EndCall)


async def test_a_turn_is_skipped() -> None:
    assert (await run(belt(system("skip_turn")), "skip_turn")).effect == SkipTurn()


async def test_the_language_is_changed() -> None:
    tools = belt(system("language_detection"))
    outcome = await run(tools, "language_detection", {"reason": "asked", "language": "DE"})
    assert outcome.effect == ChangeLanguage("de")
    assert (await run(tools, "language_detection")).is_error


TRANSFERS = {
    "transfers": [
        {"agent_id": "agent_1", "condition": "wants to pay"},
        {
            "agent_id": "agent_2",
            "condition": "is angry",
            "delay_ms": 1500,
            "transfer_message": "One moment, {{name}}.",
            "enable_transferred_agent_first_message": True,
        },
        {"node_id": "node_3", "condition": "never"},
    ]
}


async def test_a_transfer_goes_to_the_agent_that_was_chosen() -> None:
    tools = belt(system("transfer_to_agent", **TRANSFERS), variables={"name": "Ann"})
    outcome = await run(tools, "transfer_to_agent", {"agent_number": "1"})
    assert outcome.effect == TransferToAgent("agent_2", "One moment, Ann.", 1.5, True)
    plain = await run(tools, "transfer_to_agent", {"agent_number": 0})
    assert plain.effect == TransferToAgent("agent_1", None, 0.0)
    for number in (2, -1, "x", None):
        assert (await run(tools, "transfer_to_agent", {"agent_number": number})).is_error


def test_the_conditions_of_transfers_are_told_to_the_mind() -> None:
    (spec,) = belt(system("transfer_to_agent", **TRANSFERS)).specs
    assert spec.description.endswith(":\n0: wants to pay\n1: is angry")


async def test_a_machine_is_left_a_message() -> None:
    tools = belt(
        system("voicemail_detection", voicemail_message="Call {{name}}."), variables={"name": "Ann"}
    )
    assert (await run(tools, "voicemail_detection")).effect == Voicemail("Call Ann.")


async def test_a_message_with_a_placeholder_that_nothing_fills_is_an_outcome() -> None:
    tools = belt(system("voicemail_detection", voicemail_message="{{secret__x}}"))
    outcome = await run(tools, "voicemail_detection")
    assert outcome.is_error
    assert "secret__x" in outcome.result


def test_the_mind_is_told_of_the_tools_in_their_order() -> None:
    tools = belt(client_tool(parameters=CITY), webhook("https://x.test"), system("end_call"))
    assert [spec.name for spec in tools.specs] == ["look", "ask", "end_call"]
    assert list(tools.specs[0].parameters["properties"]) == ["city"]  # type: ignore[call-overload]
    assert all(spec.parameters["type"] == "object" for spec in tools.specs)
    assert [tools.kind(name) for name in ("look", "ask", "end_call", "fly")] == [
        "client",
        "webhook",
        "system",
        "system",
    ]


def test_an_agents_own_description_of_a_system_tool_is_kept() -> None:
    (spec,) = belt({**system("end_call"), "description": "Only after three goodbyes."}).specs
    assert spec.description == "Only after three goodbyes."


def test_tools_of_telephones_are_not_offered() -> None:
    assert belt(system("transfer_to_number", transfers=[]), system("transfer_to_agent")).specs == ()
