"""Conversations over REST, once they have been held."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from vivavoce.core.call_record import (
    CallRecord,
    ToolCallRecord,
    ToolResultRecord,
    TurnRecord,
    Waterfall,
)

ALL = "/v1/convai/conversations"
SOUND = bytes(range(256)) * 1_000

CALL = CallRecord(
    conversation_id="conv_1",
    agent_id="agent_1",
    agent_name="Ann",
    status="done",
    started_at=1_770_000_000.4,
    duration_s=12.6,
    user_id="u1",
    termination_reason="The caller left.",
    transcript=(
        TurnRecord(role="agent", message="Hello.", time_in_call_s=0.2, event_id=1),
        TurnRecord(role="user", message="Hi.", time_in_call_s=3.9),
        TurnRecord(
            role="agent",
            message="It is",
            time_in_call_s=5.0,
            event_id=3,
            interrupted=True,
            original_message="It is sunny.",
            tool_calls=(ToolCallRecord("c1", "weather", "client", '{"city":"Rome"}'),),
            tool_results=(ToolResultRecord("c1", "weather", "client", "sunny", False, 0.5),),
            waterfall=Waterfall(transcript=300.0, first_token=550.0, first_audio=900.0),
        ),
    ),
    initiation='{"source_info":{"source":"js_sdk","version":"1.25.0"}}',
    config='{"agent":{"language":"it"},"conversation":{"text_only":true}}',
    has_user_audio=True,
)


async def held(rest: Any, **changes: Any) -> str:
    record = CallRecord(**{name: getattr(CALL, name) for name in CALL.__struct_fields__} | changes)
    await rest.house.store.conversations.begin(record)
    return record.conversation_id


async def got(rest: Any, path: str = "/conv_1", **query: object) -> Any:
    reply = await rest.client.get(ALL + path, params=query)
    assert reply.status_code == 200, reply.text
    return reply.json()


async def test_a_conversation_is_shown_with_all_that_was_said(rest: Any) -> None:
    await held(rest)
    call = await got(rest)
    assert (call["conversation_id"], call["agent_id"], call["agent_name"], call["user_id"]) == (
        "conv_1",
        "agent_1",
        "Ann",
        "u1",
    )
    assert call["status"] == "done"
    assert (call["has_audio"], call["has_user_audio"]) == (True, True)
    assert (call["has_response_audio"], call["has_auxiliary_audio"]) == (False, False)
    assert (call["user_message_count"], call["agent_message_count"]) == (1, 2)
    about = call["metadata"]
    assert about["start_time_unix_secs"] == 1_770_000_000
    assert about["call_duration_secs"] == 13
    assert about["termination_reason"] == "The caller left."
    assert about["error"] is None
    assert (about["main_language"], about["text_only"]) == ("it", True)
    assert about["conversation_initiation_source"] == "js_sdk"
    assert about["conversation_initiation_source_version"] == "1.25.0"
    assert call["analysis"]["call_successful"] == "success"
    assert call["analysis"]["transcript_summary"] == ""
    greeting, question, answer = call["transcript"]
    assert (greeting["role"], greeting["message"]) == ("agent", "Hello.")
    assert (question["role"], question["message"]) == ("user", "Hi.")
    assert question["time_in_call_secs"] == 3
    assert (question["tool_calls"], question["tool_results"]) == ([], [])
    assert question["source_event_id"] is None
    assert (answer["interrupted"], answer["original_message"]) == (True, "It is sunny.")
    [tool] = answer["tool_calls"]
    assert tool["params_as_json"] == '{"city":"Rome"}'
    assert tool["tool_details"] == {"type": "client", "parameters": '{"city":"Rome"}'}
    [result] = answer["tool_results"]
    assert (result["result_value"], result["tool_latency_secs"]) == ("sunny", 0.5)
    metrics = answer["conversation_turn_metrics"]["metrics"]
    assert metrics == {
        "convai_llm_service_ttfb": {"elapsed_time": 0.25},
        "vivavoce_transcript_after_speech": {"elapsed_time": 0.3},
        "vivavoce_first_token_after_speech": {"elapsed_time": 0.55},
        "vivavoce_first_audio_after_speech": {"elapsed_time": 0.9},
    }


async def test_a_failed_call_says_why_and_one_under_way_has_no_analysis(rest: Any) -> None:
    await held(rest, status="failed", error_code=1002, error_reason="The mind broke.")
    call = await got(rest)
    assert call["metadata"]["error"] == {"code": 1002, "reason": "The mind broke."}
    assert call["analysis"]["call_successful"] == "failure"
    await held(rest, conversation_id="conv_2", status="in-progress")
    assert (await got(rest, "/conv_2"))["analysis"] is None


async def test_a_record_is_shown_whatever_its_call_began_with(rest: Any) -> None:
    await held(rest, initiation="[1]", config='{"agent":7}')
    call = await got(rest)
    assert call["conversation_initiation_client_data"] == {}
    assert call["metadata"]["main_language"] is None


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", ""),
        ("DELETE", ""),
        ("GET", "/audio"),
        ("POST", "/feedback"),
        ("POST", "/files"),
        ("GET", "/files/file_1"),
        ("DELETE", "/files/file_1"),
    ],
)
async def test_what_is_not_there_is_not_found(rest: Any, method: str, path: str) -> None:
    reply = await rest.client.request(
        method,
        f"{ALL}/conv_nobody{path}",
        json={"feedback": "like"} if path == "/feedback" else None,
        files={"file": b"x"} if path == "/files" else None,
    )
    assert reply.status_code == 404
    is_file = path.startswith("/files/")
    code = "not_found" if is_file else "conversation_not_found"
    assert reply.json()["detail"]["status"] == code


async def test_conversations_are_listed_newest_first_in_pages(rest: Any) -> None:
    for number in range(3):
        await held(rest, conversation_id=f"conv_{number}", started_at=1_000.0 + number)
    page = await got(rest, "", page_size=2)
    assert [one["conversation_id"] for one in page["conversations"]] == ["conv_2", "conv_1"]
    assert page["has_more"] is True
    first = page["conversations"][0]
    assert first == {
        "agent_id": "agent_1",
        "agent_name": "Ann",
        "conversation_id": "conv_2",
        "start_time_unix_secs": 1_002,
        "call_duration_secs": 13,
        "message_count": 3,
        "status": "done",
        "call_successful": "success",
        "termination_reason": "The caller left.",
        "rating": None,
        "transcript_summary": None,
    }
    rest_of_them = await got(rest, "", page_size=2, cursor=page["next_cursor"])
    assert [one["conversation_id"] for one in rest_of_them["conversations"]] == ["conv_0"]
    assert (rest_of_them["has_more"], rest_of_them["next_cursor"]) == (False, None)


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({"agent_id": "agent_b"}, ["b"]),
        ({"agent_id": "nobody"}, []),
        ({"user_id": "u_a"}, ["a"]),
        ({"call_successful": "success"}, ["c"]),
        ({"call_successful": "failure"}, ["b"]),
        ({"call_successful": "unknown"}, ["a"]),
        ({"exclude_statuses": ["done", "failed"]}, ["a"]),
        ({"call_start_after_unix": 1_001}, ["c"]),
        ({"call_start_before_unix": 1_001}, ["a"]),
        ({"sort_direction": "desc", "of_tomorrow": "x", "summary_mode": "exclude"}, [*"cba"]),
    ],
)
async def test_conversations_are_found_by_what_is_asked(
    rest: Any, query: dict[str, Any], found: list[str]
) -> None:
    for number, (name, status) in enumerate((("a", "in-progress"), ("b", "failed"), ("c", "done"))):
        await held(
            rest,
            conversation_id=name,
            agent_id=f"agent_{name}",
            user_id=f"u_{name}",
            status=status,
            started_at=1_000.0 + number,
        )
    page = await got(rest, "", **query)
    assert [one["conversation_id"] for one in page["conversations"]] == found


@pytest.mark.parametrize(
    ("query", "param"),
    [
        ({"call_successful": "perhaps"}, "call_successful"),
        ({"sort_direction": "asc"}, "sort_direction"),
        ({"call_successful": "success", "exclude_statuses": "done"}, "exclude_statuses"),
        ({"cursor": "x"}, "cursor"),
    ],
)
async def test_a_list_that_cannot_be_is_refused(rest: Any, query: Any, param: str) -> None:
    reply = await rest.client.get(ALL, params=query)
    assert reply.status_code == 400
    assert reply.json()["detail"]["param"] == param


async def test_an_agents_last_call_is_in_the_list_of_agents(rest: Any) -> None:
    agent = await rest.house.store.agents.create("Ann", {})
    await held(rest, agent_id=agent.agent_id, started_at=1_234.5)
    page = (await rest.client.get("/v1/convai/agents", params={"search": "Ann"})).json()
    assert [one["last_call_time_unix_secs"] for one in page["agents"]] == [1_234]


async def recorded(rest: Any) -> None:
    await held(rest)
    directory = rest.house.settings.data_dir / "recordings"
    directory.mkdir()
    (directory / "conv_1.mp3").write_bytes(SOUND)


async def test_the_sound_of_a_conversation_can_be_heard(rest: Any) -> None:
    await recorded(rest)
    reply = await rest.client.get(f"{ALL}/conv_1/audio")
    assert reply.status_code == 200
    assert reply.content == SOUND
    assert reply.headers["content-type"] == "audio/mpeg"
    assert reply.headers["accept-ranges"] == "bytes"
    assert reply.headers["content-length"] == str(len(SOUND))


async def test_a_conversation_without_sound_says_so(rest: Any) -> None:
    await held(rest)
    reply = await rest.client.get(f"{ALL}/conv_1/audio")
    assert reply.status_code == 404
    assert "no recording" in reply.json()["detail"]["message"]


@pytest.mark.parametrize(
    ("asked", "start", "end"),
    [
        ("bytes=0-0", 0, 1),
        ("bytes=5-99999", 5, 100_000),
        ("bytes=255990-", 255_990, 256_000),
        ("bytes=255990-999999", 255_990, 256_000),
        ("bytes=-10", 255_990, 256_000),
        ("bytes=-999999", 0, 256_000),
    ],
)
async def test_a_player_may_seek(rest: Any, asked: str, start: int, end: int) -> None:
    await recorded(rest)
    reply = await rest.client.get(f"{ALL}/conv_1/audio", headers={"range": asked})
    assert reply.status_code == 206
    assert reply.content == SOUND[start:end]
    assert reply.headers["content-range"] == f"bytes {start}-{end - 1}/{len(SOUND)}"
    assert reply.headers["content-length"] == str(end - start)


@pytest.mark.parametrize("asked", ["bytes=256000-", "bytes=-0"])
async def test_a_range_that_is_not_there_is_refused(rest: Any, asked: str) -> None:
    await recorded(rest)
    reply = await rest.client.get(f"{ALL}/conv_1/audio", headers={"range": asked})
    assert reply.status_code == 416
    assert reply.headers["content-range"] == f"bytes */{len(SOUND)}"
    assert reply.content == b""


@pytest.mark.parametrize(
    "asked", ["bytes=9-3", "bytes=1-2,5-6", "lines=1-2", "bytes=-", "bytes=a-b", ""]
)
async def test_what_is_no_range_of_bytes_gets_the_whole(rest: Any, asked: str) -> None:
    await recorded(rest)
    reply = await rest.client.get(f"{ALL}/conv_1/audio", headers={"range": asked})
    assert reply.status_code == 200
    assert reply.content == SOUND


async def test_a_deleted_conversation_is_gone_with_its_sound_and_files(rest: Any) -> None:
    await recorded(rest)
    await rest.client.post(f"{ALL}/conv_1/files", files={"file": b"Some text."})
    gone = await rest.client.delete(f"{ALL}/conv_1")
    assert (gone.status_code, gone.json()) == (200, {})
    assert (await rest.client.get(f"{ALL}/conv_1")).status_code == 404
    data_dir = rest.house.settings.data_dir
    left = [path for path in data_dir.rglob("*") if path.is_file() and "store.db" not in path.name]
    assert left == []


@pytest.mark.parametrize(
    ("body", "shown"),
    [
        ({"feedback": "like"}, ("like", 5, None)),
        ({"feedback": "dislike"}, ("dislike", 1, None)),
        ({"rating": 4, "comment": " Nice. "}, ("like", 4, "Nice.")),
        ({"rating": 3, "comment": None}, (None, 3, None)),
        ({"rating": 2}, ("dislike", 2, None)),
        ({"comment": "Hm."}, (None, None, "Hm.")),
    ],
)
async def test_whoever_knows_a_conversation_may_say_what_they_think_of_it(
    open_rest: Any, body: Any, shown: Any
) -> None:
    async with open_rest(api_keys=("sesame",)) as rest:
        await held(rest)
        reply = await rest.client.post(f"{ALL}/conv_1/feedback", json=body)
        assert (reply.status_code, reply.json()) == (200, {})
        call = (await rest.client.get(f"{ALL}/conv_1", headers={"xi-api-key": "sesame"})).json()
    feedback = call["metadata"]["feedback"]
    assert (feedback["overall_score"], feedback["rating"], feedback["comment"]) == shown


async def test_thumbs_for_single_answers_are_counted(rest: Any) -> None:
    liked = msgspec.structs.replace(CALL.transcript[2], feedback="like")
    await held(rest, transcript=(*CALL.transcript[:2], liked))
    call = await got(rest)
    assert (call["metadata"]["feedback"]["likes"], call["metadata"]["feedback"]["dislikes"]) == (
        1,
        0,
    )
    assert call["transcript"][2]["feedback"] == {"score": "like", "time_in_call_secs": 5}


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({}, 400),
        ({"rating": 0}, 400),
        ({"rating": 6}, 400),
        ({"rating": 1, "comment": "c" * 2_001}, 400),
        ({"feedback": "love"}, 422),
        ({"rating": "five"}, 422),
        ({"comment": "c" * 40_000}, 413),
    ],
)
async def test_feedback_that_is_none_is_refused(rest: Any, body: Any, status: int) -> None:
    await held(rest)
    reply = await rest.client.post(f"{ALL}/conv_1/feedback", json=body)
    assert reply.status_code == status


async def test_reading_and_deleting_need_keys_for_them(open_rest: Any) -> None:
    async with open_rest(api_keys=("sesame",)) as rest:
        await recorded(rest)
        reader, _ = await rest.house.store.keys.create("r", scopes=("convai_read",))
        writer, _ = await rest.house.store.keys.create("w", scopes=("convai_write",))
        for method, path, statuses in (
            ("GET", "", [401, 200, 403]),
            ("GET", "/conv_1", [401, 200, 403]),
            ("GET", "/conv_1/audio", [401, 200, 403]),
            ("GET", "/conv_1/files/f", [401, 404, 403]),
            ("DELETE", "/conv_1", [401, 403, 200]),
        ):
            answers = [
                await rest.client.request(method, ALL + path, headers={"xi-api-key": key})
                for key in ("", reader, writer)
            ]
            assert [answer.status_code for answer in answers] == statuses


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/v1/convai/conversation/token?agent_id=default"),
        ("POST", f"{ALL}/conv_1/feedback"),
        ("POST", f"{ALL}/conv_1/files"),
        ("GET", "/v1/convai/agents/default/widget"),
    ],
)
async def test_checklist_17_pages_of_other_origins_may_call(
    rest: Any, method: str, path: str
) -> None:
    await held(rest)
    page = {"origin": "https://page.example"}
    asked = {
        "access-control-request-method": method,
        "access-control-request-headers": "content-type",
    }
    preflight = await rest.client.options(path, headers=page | asked)
    assert preflight.status_code == 204
    assert preflight.headers["access-control-allow-origin"] == "*"
    assert method in preflight.headers["access-control-allow-methods"]
    assert "content-type" in preflight.headers["access-control-allow-headers"]
    reply = await rest.client.request(
        method,
        path,
        headers=page,
        json={"feedback": "like"} if path.endswith("feedback") else None,
        files={"file": b"text"} if path.endswith("files") else None,
    )
    assert reply.status_code == 200
    assert reply.headers["access-control-allow-origin"] == "*"
    refused = await rest.client.request(method, path.replace("1/", "2/"), headers=page)
    assert refused.headers["access-control-allow-origin"] == "*"
