"""Calls by the official Python SDK: spoken, interrupted, written, and of an agent brought along."""

from __future__ import annotations

import pytest

from tests.integration.clients.conftest import MustSay, RunProgram, Understand
from tests.integration.clients.hearing import spoken_words
from tests.integration.clients.running import Ran
from tests.integration.end_to_end.conftest import SayIntoFile
from tests.integration.end_to_end.server_process import ServerProcess, until

GREETING = "Hello! How can I help you?"
PLAYED = "pcm_16000"


@pytest.fixture(scope="module")
def spoken(
    calls_server: ServerProcess, python_client: RunProgram, say_into_file: SayIntoFile
) -> Ran:
    """Three calls at once."""
    lines = (
        "What is the weather in Paris?",
        "Tell me a story.",
        "What time is it?",
        "Thank you and goodbye.",
    )
    paths = map(str, map(say_into_file, lines))
    return python_client("elevenlabs_calls", calls_server.http, *paths)


@pytest.fixture(scope="module")
def written(calls_server: ServerProcess, python_client: RunProgram) -> Ran:
    """Conversations without sound."""
    return python_client("elevenlabs_texts", calls_server.http)


def test_a_tool_of_the_callers_answers_and_the_agent_hangs_up_after_its_goodbye(
    spoken: Ran, must_say: MustSay
) -> None:
    call = spoken.answer("concierges")
    said = ["Good morning, Susan.", "In Paris it is sunny.", "Goodbye!"]
    assert call["responses"] == said
    assert list(map(spoken_words, call["transcripts"])) == [
        "what is the weather in paris",
        "thank you and goodbye",
    ]
    assert call["parameters"] == [{"city": "Paris", "days": 1}]
    assert call["ends"] == [{"reason": "agent", "code": 1000, "why": "goodbye"}]
    assert call["kept"]["roles"] == ["agent", "user", "agent", "user", "agent"]
    assert (call["kept"]["status"], call["kept"]["user"]) == ("done", "susan")
    must_say(" ".join(said), spoken.file("concierges.pcm"), PLAYED)


@pytest.mark.parametrize("call", ["concierges", "asynchronous"])
def test_every_character_that_is_said_has_its_time(spoken: Ran, call: str) -> None:
    answer = spoken.answer(call)
    assert answer["aligned"].split() == " ".join(answer["responses"]).split()


def test_latencies_are_told_on_one_machine_too(spoken: Ran) -> None:
    latencies = spoken.answer("concierges")["latencies"]
    assert latencies
    assert min(latencies) >= 1


def test_a_caller_who_interrupts_hears_no_more_of_what_was_being_said(
    spoken: Ran, must_say: MustSay
) -> None:
    call = spoken.answer("interrupted")
    greeting, story, time_of_day, goodbye = call["responses"]
    assert (greeting, goodbye) == (GREETING, "Goodbye!")
    [[original, corrected]] = call["corrections"]
    assert original == story
    assert story.startswith(corrected)
    assert 3 < len(corrected.split()) < len(story.split())
    assert list(map(spoken_words, call["transcripts"])) == [
        "tell me a story",
        "what time is it",
        "thank you and goodbye",
    ]
    [cut] = call["cuts"]
    sound = spoken.file("interrupted.pcm")
    must_say(f"{time_of_day} {goodbye}", sound[cut:], PLAYED)


def test_what_was_heard_of_an_interrupted_answer_is_what_the_correction_has(
    spoken: Ran, understand: Understand
) -> None:
    call = spoken.answer("interrupted")
    [[_, corrected]] = call["corrections"]
    understood = understand(spoken.file("interrupted.pcm")[: call["cuts"][0]], PLAYED)
    heard = spoken_words(understood).split()
    expected = spoken_words(f"{GREETING} {corrected}").split()
    # The last word may be cut in two.
    whole = min(len(heard), len(expected)) - 1
    assert heard[:whole] == expected[:whole]
    assert abs(len(heard) - len(expected)) <= 2


def test_an_asynchronous_conversation_is_ended_by_its_caller(
    spoken: Ran, must_say: MustSay
) -> None:
    call = spoken.answer("asynchronous")
    assert call["responses"] == [GREETING, "It is half past nine."]
    assert list(map(spoken_words, call["transcripts"])) == ["what time is it"]
    assert call["ends"] == [{"reason": "user", "code": None, "why": None}]
    assert call["kept"]["status"] == "done"
    must_say(" ".join(call["responses"]), spoken.file("asynchronous.pcm"), PLAYED)


def test_a_tool_may_fail_be_asynchronous_or_be_nobodys(written: Ran) -> None:
    assert written.answer("with_tools") == {
        "greeting": "Welcome.",
        "answers": [
            "I'm sorry, that did not work.",
            'That was: {"open":true,"parameters":["tool_call_id"]}.',
            "I'm sorry, that did not work.",
        ],
        "first_parts": [["start", ""], ["delta", "Welcome."], ["stop", ""]],
        "ends": ["user"],
    }


def test_an_agent_that_is_not_public_is_not_to_be_called_without_a_signature(written: Ran) -> None:
    conversation_id, *end, why = written.answer("without_key")
    assert (conversation_id, end) == (None, ["error", 1008])
    assert "signed URL" in why


def test_a_missing_variable_is_named_when_the_call_is_refused(written: Ran) -> None:
    conversation_id, *end, why = written.answer("missing_variable")
    assert (conversation_id, end) == (None, ["error", 1008])
    assert "name" in why


def test_what_is_no_question_gets_no_answer(written: Ran) -> None:
    assert written.answer("asides") == {
        "is_quiet": True,
        "answers": ["It is half past nine.", "Goodbye!"],
        "end": ["agent", 1000],
        "said": [GREETING, "What time is it?", "It is half past nine.", "Goodbye.", "Goodbye!"],
    }


def test_an_agent_that_the_client_brings_along_is_the_one_that_answers(written: Ran) -> None:
    assert written.answer("brought_along") == {
        "said": ["I am yours.", 'That was: {"open":true,"parameters":["tool_call_id"]}.'],
        "parts": ["delta", "start", "stop"],
        "ends": ["user"],
    }


def test_no_call_stays_open(spoken: Ran, written: Ran, calls_server: ServerProcess) -> None:
    until(lambda: calls_server.connections() == 0)
