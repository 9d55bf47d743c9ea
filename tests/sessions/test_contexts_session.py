"""Many contexts on one connection: apart from each other, and each with its own end."""

from __future__ import annotations

import asyncio
import base64
from collections.abc import Callable, Sequence
from typing import Any

import pytest

from tests.sessions.conftest import LimitedCaller, Stage
from vivavoce.core.lexicon import Lexicon
from vivavoce.engines.voices.fake import FakeVoice
from vivavoce.errors import DictionaryNotFound
from vivavoce.sessions.dialects import CONTEXTS
from vivavoce.wire.dictionaries import Locator

AUTO = "Rachel?output_format=pcm_24000&auto_mode=true"


@pytest.fixture
def contexts() -> Callable[..., Stage]:
    return lambda **options: Stage(**{"dialect": CONTEXTS, **options})


def of(stage: Stage, context_id: str) -> list[dict[str, Any]]:
    return [message for message in stage.peer.messages if message.get("contextId") == context_id]


def spoken(stage: Stage, context_id: str) -> str:
    aligned = [m["alignment"] for m in of(stage, context_id) if m.get("alignment")]
    return "".join("".join(alignment["chars"]) for alignment in aligned)


def finals(stage: Stage, context_id: str) -> int:
    return sum(message.get("isFinal") is True for message in of(stage, context_id))


async def test_each_context_speaks_its_own_text_and_ends_once(contexts: Any) -> None:
    scene = contexts()
    for name in ("a", "b"):
        scene.peer.say(" ", context_id=name)
        scene.peer.say(f"This is {name}. ", context_id=name, flush=True)
    for name in ("a", "b"):
        scene.peer.say(context_id=name, close_context=True)
    scene.peer.say(close_socket=True)
    await scene.run()
    for name in ("a", "b"):
        assert spoken(scene, name) == f"This is {name}. "
        assert finals(scene, name) == 1
        assert of(scene, name)[-1] == {
            "audio": None,
            "isFinal": True,
            "contextId": name,
            "context_id": name,
        }
    assert scene.peer.closed == (1000, "")
    assert scene.pool.listeners == 0
    assert scene.caller.turns == 1_000


async def test_every_message_has_the_id_in_both_spellings_and_both_are_read(contexts: Any) -> None:
    scene = contexts(url=AUTO)
    scene.peer.say("Hello. ", contextId="camel")
    scene.peer.say(contextId="camel", close_context=True)
    scene.peer.say(close_socket=True)
    await scene.run()
    assert spoken(scene, "camel") == "Hello. "
    assert all(m["contextId"] == m["context_id"] == "camel" for m in scene.peer.messages)


async def test_an_empty_text_ends_nothing_and_makes_no_context(contexts: Any) -> None:
    scene = contexts(url=AUTO)
    scene.peer.say("")
    scene.peer.say("", context_id="never")
    scene.peer.say(context_id="never", flush=True)
    scene.peer.say(context_id="never", close_context=True)
    scene.peer.say("One. ", context_id="a")
    scene.peer.say("", context_id="a")
    scene.peer.say("Two. ", context_id="a")
    scene.peer.say(close_socket=True)
    await scene.run()
    assert spoken(scene, "a") == "One. Two. "
    assert {message["contextId"] for message in scene.peer.messages} == {"a"}


async def test_closing_without_auto_mode_drops_what_was_not_flushed(contexts: Any) -> None:
    scene = contexts()
    scene.peer.say("Flushed. ", context_id="a", flush=True)
    scene.peer.say("and not flushed", context_id="a")
    scene.peer.say(context_id="a", close_context=True)
    scene.peer.say(close_socket=True)
    await scene.run()
    assert spoken(scene, "a") == "Flushed. "
    assert finals(scene, "a") == 1


async def test_closing_in_auto_mode_loses_nothing(contexts: Any) -> None:
    scene = contexts(url=AUTO)
    scene.peer.say("All of it, <br", context_id="a")
    scene.peer.say(context_id="a", close_context=True)
    scene.peer.say(close_socket=True)
    await scene.run()
    assert spoken(scene, "a").strip() == "All of it, <br"


async def test_a_flush_is_spoken_and_nothing_ends_with_it(contexts: Any) -> None:
    scene = contexts()
    scene.peer.say("One. ", context_id="a", flush=True)
    task = asyncio.create_task(scene.run())
    await scene.until(lambda: spoken(scene, "a") == "One. ")
    await asyncio.sleep(0.05)
    assert finals(scene, "a") == 0
    scene.peer.say("", context_id="a", flush=True)
    scene.peer.say(context_id="a", close_context=True)
    scene.peer.say(close_socket=True)
    await task
    assert finals(scene, "a") == 1


async def test_an_id_may_be_used_again_and_its_old_audio_comes_first(contexts: Any) -> None:
    scene = contexts(url=AUTO, block_delay_s=0.02)
    said = ["The first life of this id is rather long. ", "The second. ", "The third. "]
    for text in said:
        scene.peer.say(text, context_id="a")
        scene.peer.say(context_id="a", close_context=True)
    scene.peer.say(close_socket=True)
    await scene.run()
    lives: list[str] = [""]
    for message in of(scene, "a"):
        if message["isFinal"]:
            lives.append("")
        else:
            lives[-1] += "".join(message["alignment"]["chars"])
    assert lives == [*said, ""]


async def test_a_life_without_a_word_waits_for_the_one_before_it(contexts: Any) -> None:
    scene = contexts(url=AUTO, block_delay_s=0.02)
    for text in ("The first life of this id is rather long. ", " ", "The third. "):
        scene.peer.say(text, context_id="a")
        scene.peer.say(context_id="a", close_context=True)
    scene.peer.say(close_socket=True)
    await scene.run()
    lives = "".join("." if message["isFinal"] else "a" for message in of(scene, "a")).split(".")
    assert [bool(life) for life in lives] == [True, False, True, False]
    assert spoken(scene, "a") == "The first life of this id is rather long. The third. "


async def test_settings_belong_to_the_context_that_brought_them(contexts: Any) -> None:
    scene = contexts(url=AUTO)
    scene.peer.say(" ", context_id="fast", voice_settings={"speed": 1.2})
    scene.peer.say("Fast. ", context_id="fast")
    scene.peer.say("Plain. ", context_id="plain")
    scene.peer.say("Slow. ", context_id="plain", voice_settings={"speed": 0.8})
    scene.peer.say(close_socket=True)
    await scene.run()
    speeds = {s.request.text: s.request.speed for s in scene.pool.submitted}
    assert speeds == {"Fast. ": 1.2, "Plain. ": 1.0, "Slow. ": 0.8}
    assert scene.peer.closed == (1000, "")


async def test_beyond_the_cap_a_context_is_refused_and_the_connection_stands(contexts: Any) -> None:
    scene = contexts(max_contexts=2)
    for name in ("a", "b", "c"):
        scene.peer.say("Some words of ", context_id=name)
    scene.peer.say("a. ", context_id="a", flush=True)
    scene.peer.say(context_id="a", close_context=True)
    scene.peer.say("Now there is room. ", context_id="c", flush=True)
    scene.peer.say(close_socket=True)
    await scene.run()
    [refusal] = [message for message in scene.peer.messages if "error" in message]
    assert refusal["error"] == "max_active_conversations"
    assert refusal["code"] == 1008
    assert refusal["contextId"] == refusal["context_id"] == "c"
    assert spoken(scene, "a") == "Some words of a. "
    assert spoken(scene, "c") == "Now there is room. "
    assert scene.peer.closed == (1000, "")


async def test_contexts_without_text_take_no_place_of_those_with(contexts: Any) -> None:
    scene = contexts(max_contexts=1)
    scene.peer.say(" ", context_id="phantom")
    scene.peer.say("Words. ", context_id="a", flush=True)
    scene.peer.say(close_socket=True)
    await scene.run()
    assert spoken(scene, "a") == "Words. "
    assert not any("error" in message for message in scene.peer.messages)


async def test_what_goes_wrong_in_one_context_leaves_the_others_alone(contexts: Any) -> None:
    scene = contexts(url=AUTO, engine=FakeVoice(fail_on="bad"))
    scene.peer.say("This is bad. ", context_id="a")
    scene.peer.say("This is good. ", context_id="b")
    scene.peer.say(close_socket=True)
    await scene.run()
    assert [m["error"] for m in of(scene, "a") if "error" in m] == ["internal_error"]
    assert finals(scene, "a") == 1
    assert spoken(scene, "b") == "This is good. "
    assert scene.peer.closed == (1000, "")
    assert scene.pool.listeners == 0


async def test_a_message_of_the_wrong_shape_is_answered_in_its_context(contexts: Any) -> None:
    scene = contexts(url=AUTO)
    scene.peer.say_raw('{"context_id": "a", "text": 5}')
    scene.peer.say("Still here. ", context_id="b")
    scene.peer.say(close_socket=True)
    await scene.run()
    [error] = of(scene, "a")
    assert error["error"] == "invalid_input_message"
    assert spoken(scene, "b") == "Still here. "


@pytest.mark.parametrize("frame", ["{}", "[]", '{"type": "ping"}', '"text"', "5"])
async def test_json_of_no_known_shape_is_answered_and_the_connection_stands(
    contexts: Any, frame: str
) -> None:
    scene = contexts(url=AUTO)
    scene.peer.say("Still here. ", context_id="a")
    scene.peer.say_raw(frame)
    scene.peer.say(close_socket=True)
    await scene.run()
    assert [m["error"] for m in scene.peer.messages if "error" in m] == ["invalid_input_message"]
    assert spoken(scene, "a") == "Still here. "
    assert scene.peer.closed == (1000, "")


async def test_an_error_reaches_a_client_that_closes_the_context_at_once(contexts: Any) -> None:
    scene = contexts(url=AUTO, capacity=0)
    scene.peer.say("No room for this. ", context_id="a")
    scene.peer.say(context_id="a", close_context=True)
    scene.peer.say(close_socket=True)
    await scene.run()
    assert [m["error"] for m in of(scene, "a") if "error" in m] == ["system_busy"]
    assert finals(scene, "a") == 1


async def test_a_frame_that_is_not_json_ends_the_connection_by_name(contexts: Any) -> None:
    scene = contexts()
    scene.peer.say_raw("{")
    await scene.run()
    assert scene.peer.messages[0]["error"] == "invalid_input_message"
    assert scene.peer.closed is not None
    assert scene.peer.closed[0] == 1008


async def test_the_quota_ends_the_context_that_hits_it_after_what_was_owed(contexts: Any) -> None:
    scene = contexts(url=AUTO, caller=LimitedCaller(characters=20))
    scene.peer.say("Within. ", context_id="a")
    scene.peer.say("This is far beyond it. ", context_id="a")
    scene.peer.say(close_socket=True)
    await scene.run()
    assert spoken(scene, "a") == "Within. "
    assert [m["error"] for m in of(scene, "a") if "error" in m] == ["quota_exceeded"]
    assert finals(scene, "a") == 1


async def test_a_context_over_the_callers_limit_of_turns_is_refused_alone(contexts: Any) -> None:
    scene = contexts(url=AUTO, caller=LimitedCaller(turns=1), block_delay_s=0.01)
    scene.peer.say("First come. ", context_id="a")
    scene.peer.say("Too late. ", context_id="b")
    scene.peer.say(close_socket=True)
    await scene.run()
    assert spoken(scene, "a") == "First come. "
    assert [m["error"] for m in of(scene, "b") if "error" in m] == ["concurrent_limit_exceeded"]
    assert scene.caller.turns == 1


async def test_alignment_counts_from_the_message_or_from_the_context(contexts: Any) -> None:
    starts = {}
    for clock in ("chunk", "context"):
        scene = contexts(url=f"{AUTO}&alignment_clock={clock}")
        scene.peer.say("One two three four five six seven eight nine ten. ", context_id="a")
        scene.peer.say("And some more. ", context_id="a")
        scene.peer.say(close_socket=True)
        await scene.run()
        starts[clock] = [
            message["alignment"]["charStartTimesMs"][0]
            for message in of(scene, "a")
            if message.get("alignment")
        ]
    assert set(starts["chunk"]) == {0}
    assert starts["context"] == sorted(set(starts["context"]))
    assert starts["context"][0] == 0


async def test_those_who_ask_hear_when_a_flush_is_spoken(contexts: Any) -> None:
    scene = contexts(url="Rachel?output_format=pcm_24000&flush_done=true")
    scene.peer.say("One. ", context_id="a", flush=True)
    scene.peer.say("Two. ", context_id="a", flush=True)
    scene.peer.say(context_id="a", flush=True)
    scene.peer.say(close_socket=True)
    await scene.run()
    kinds = ["flush" if m.get("type") == "flush_done" else m["isFinal"] for m in of(scene, "a")]
    assert kinds == [None, "flush", None, "flush", "flush", True]


async def test_a_context_nobody_writes_to_is_spoken_and_ended(contexts: Any) -> None:
    scene = contexts(url="Rachel?output_format=pcm_24000&inactivity_timeout=1")
    scene.peer.say("Unfinished business", context_id="a")
    await scene.run()
    assert spoken(scene, "a") == "Unfinished business "
    assert finals(scene, "a") == 1
    assert scene.peer.messages[-1]["error"] == "input_timeout_exceeded"
    assert scene.peer.closed is not None
    assert scene.peer.closed[0] == 1008


async def test_draining_finishes_the_contexts_and_closes_with_1001(contexts: Any) -> None:
    scene = contexts(block_delay_s=0.02)
    scene.peer.say("What was asked for is still spoken. ", context_id="a", flush=True)
    scene.peer.say("Even this", context_id="a")
    task = asyncio.create_task(scene.run())
    await scene.peer.heard(1)
    scene.session.drain()
    await task
    assert spoken(scene, "a") == "What was asked for is still spoken. Even this "
    assert finals(scene, "a") == 1
    assert scene.peer.closed is not None
    assert scene.peer.closed[0] == 1001


async def test_a_key_may_come_with_the_first_message(contexts: Any) -> None:
    scene = contexts(url=AUTO, api_keys=("right",))
    scene.peer.say(" ", context_id="a", xi_api_key="right")
    scene.peer.say("Let in. ", context_id="a")
    scene.peer.say(close_socket=True)
    await scene.run()
    assert spoken(scene, "a") == "Let in. "


async def test_a_wrong_key_closes_the_connection(contexts: Any) -> None:
    scene = contexts(api_keys=("right",))
    scene.peer.say("Not me. ", context_id="a", xi_api_key="wrong")
    await scene.run()
    assert scene.peer.messages[-1]["error"] == "invalid_api_key"
    assert scene.peer.closed is not None
    assert scene.peer.closed[0] == 1008


class _OneRule:
    async def lexicon(self, locators: tuple[Locator, ...]) -> Lexicon:
        if locators[0].pronunciation_dictionary_id != "known":
            raise DictionaryNotFound("no such dictionary")
        return Lexicon()


async def test_an_unknown_dictionary_is_an_error_in_its_context(contexts: Any) -> None:
    scene = contexts(url=AUTO, dictionaries=_OneRule())
    for name in ("known", "unknown"):
        locators = [{"pronunciation_dictionary_id": name, "version_id": None}]
        scene.peer.say(" ", context_id=name, pronunciation_dictionary_locators=locators)
        scene.peer.say("Words. ", context_id=name)
    scene.peer.say(close_socket=True)
    await scene.run()
    assert spoken(scene, "known") == "Words. "
    errors = [m["error"] for m in of(scene, "unknown") if "error" in m]
    assert errors == ["pronunciation_dictionary_not_found"]


async def test_a_hundred_barge_ins_leave_nothing_behind(contexts: Any) -> None:
    scene = contexts(url=AUTO, block_delay_s=0.001)
    task = asyncio.create_task(scene.run())
    for number in range(100):
        name = f"turn {number}"
        scene.peer.say(" ", context_id=name)
        scene.peer.say("A few words before somebody interrupts. ", context_id=name)
        await scene.until(lambda name=name: of(scene, name) != [])
        scene.peer.say(context_id=name, close_context=True)
    scene.peer.say(close_socket=True)
    await task
    assert scene.peer.closed == (1000, "")
    assert all(finals(scene, f"turn {number}") == 1 for number in range(100))
    assert scene.pool.listeners == 0


async def test_a_peer_that_vanishes_leaves_no_turn_and_no_audio_under_way(contexts: Any) -> None:
    scene = contexts(url=AUTO, block_delay_s=0.01)
    for name in ("a", "b", "b"):
        scene.peer.say("A long sentence that will not be heard to its end. " * 3, context_id=name)
        scene.peer.say(context_id=name, close_context=True)
    task = asyncio.create_task(scene.run())
    await scene.peer.heard(1)
    scene.peer.vanish()
    await task
    assert scene.pool.listeners == 0
    assert all(s.ended or s.cancelled for s in scene.pool.submitted)


async def test_closing_a_context_twice_ends_its_audio_at_once(contexts: Any) -> None:
    scene = contexts(url=AUTO, block_delay_s=0.02)
    scene.peer.say("A turn of many words that is interrupted. " * 5, context_id="old")
    scene.peer.say("Others do not mind. ", context_id="other")
    scene.peer.say(context_id="old", close_context=True)
    task = asyncio.create_task(scene.run())
    await scene.until(lambda: of(scene, "old") != [])
    scene.peer.say(context_id="old", close_context=True)
    scene.peer.say("The next turn. ", context_id="new")
    scene.peer.say(close_socket=True)
    await task
    assert finals(scene, "old") == 1
    assert of(scene, "old")[-1]["isFinal"] is True
    assert len(spoken(scene, "old")) < 5 * len("A turn of many words that is interrupted. ")
    assert spoken(scene, "other") == "Others do not mind. "
    assert spoken(scene, "new") == "The next turn. "
    assert scene.pool.listeners == 0


async def test_closing_twice_ends_all_that_was_said_under_the_id(contexts: Any) -> None:
    scene = contexts(url=AUTO, block_delay_s=0.02)
    for _ in range(2):
        scene.peer.say("A turn of many words that is interrupted. " * 5, context_id="a")
        scene.peer.say(context_id="a", close_context=True)
    task = asyncio.create_task(scene.run())
    await scene.until(lambda: of(scene, "a") != [])
    scene.peer.say(context_id="a", close_context=True)
    scene.peer.say("The third life. ", context_id="a")
    scene.peer.say(close_socket=True)
    await task
    lives = "".join("." if message["isFinal"] else "a" for message in of(scene, "a")).split(".")
    assert [bool(life) for life in lives] == [True, False, True, False]
    assert spoken(scene, "a").endswith("The third life. ")
    assert len(spoken(scene, "a")) < 5 * len("A turn of many words that is interrupted. ")


async def test_default_is_the_name_of_the_context_without_one(contexts: Any) -> None:
    scene = contexts(url=AUTO)
    scene.peer.say("Hello. ")
    scene.peer.say(close_context=True)
    scene.peer.say(close_socket=True)
    await scene.run()
    assert spoken(scene, "default") == "Hello. "


async def test_each_context_is_one_stream_of_audio(contexts: Any) -> None:
    scene = contexts(url=AUTO)
    for name in ("a", "b"):
        scene.peer.say("The same words. ", context_id=name)
        scene.peer.say("And more of them. ", context_id=name)
    scene.peer.say(close_socket=True)
    await scene.run()
    streams = {
        name: b"".join(base64.b64decode(m["audio"]) for m in of(scene, name) if m["audio"])
        for name in ("a", "b")
    }
    assert streams["a"] == streams["b"] != b""


class _SlowShelf:
    """Takes its time, and finds nothing."""

    async def lexicon(self, locators: Sequence[Locator]) -> Lexicon:
        await asyncio.sleep(0.05)
        return Lexicon()


@pytest.mark.parametrize("then", [{"text": "More. " * 500}, {"close_context": True}])
async def test_a_message_that_meets_a_context_just_broken_harms_nobody(
    contexts: Any, then: dict[str, Any]
) -> None:
    scene = contexts(url=AUTO, engine=FakeVoice(fail_on="bad"), dictionaries=_SlowShelf())
    scene.peer.say("Others go on. ", context_id="b")
    scene.peer.say("This is bad. ", context_id="a")
    locators = [{"pronunciation_dictionary_id": "any"}]
    scene.peer.say(context_id="a", pronunciation_dictionary_locators=locators, **then)
    scene.peer.say(close_socket=True)
    await scene.run()
    assert finals(scene, "a") == 1
    assert spoken(scene, "b") == "Others go on. "
    assert scene.peer.closed == (1000, "")
    assert scene.pool.listeners == 0
    assert scene.caller.turns == 1_000


async def test_a_context_that_breaks_while_its_text_waits_for_room_holds_up_nobody(
    contexts: Any,
) -> None:
    scene = contexts(
        url=AUTO,
        engine=FakeVoice(fail_on="bad"),
        max_pending_characters=100,
        block_delay_s=0.01,
    )
    scene.peer.say("Good words come first. " * 6 + "Then bad ones. " * 400, context_id="a")
    scene.peer.say("Others go on. ", context_id="b")
    scene.peer.say(close_socket=True)
    await scene.run()
    assert [m["error"] for m in of(scene, "a") if "error" in m] == ["internal_error"]
    assert spoken(scene, "b") == "Others go on. "
    assert scene.peer.closed == (1000, "")


async def test_an_id_used_again_waits_for_the_old_audio_at_a_peer_that_reads_late(
    contexts: Any,
) -> None:
    scene = contexts(url=AUTO)
    scene.peer.reads.clear()
    for text in ("The first life of this id. ", "The second life. "):
        scene.peer.say(text, context_id="a")
        scene.peer.say(context_id="a", close_context=True)
    scene.peer.say(close_socket=True)
    task = asyncio.create_task(scene.run())
    await asyncio.sleep(0.2)
    scene.peer.reads.set()
    await task
    order = ["final" if m["isFinal"] else "".join(m["alignment"]["chars"]) for m in of(scene, "a")]
    assert "".join(order) == "The first life of this id. finalThe second life. final"


async def test_endless_white_space_is_refused(contexts: Any) -> None:
    scene = contexts()
    scene.peer.say(" " * 50_000 + "a", context_id="a")
    scene.peer.say(" " * 50_000, context_id="b")
    scene.peer.say(close_socket=True)
    await scene.run()
    assert "max_character_limit_exceeded" in {m.get("error") for m in of(scene, "b")}
    assert scene.peer.closed == (1000, "")
