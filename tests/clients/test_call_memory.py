from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from vivavoce.clients.call_memory import CallMemory
from vivavoce.clients.events import (
    AgentResponse,
    AgentResponseCorrection,
    AgentSpeech,
    ConversationEvent,
    SpeechAlignment,
    UserTranscript,
)


def remembered(*events: ConversationEvent) -> CallMemory:
    memory = CallMemory()
    for event in events:
        memory.heed(event)
    return memory


def lines(memory: CallMemory) -> list[str]:
    return (memory.so_far() or "").splitlines()[1:]


def spoken(text: str, event_id: int) -> AgentSpeech:
    return AgentSpeech(b"", SpeechAlignment(tuple(text)), event_id)


def test_before_anything_there_is_nothing_to_tell() -> None:
    assert CallMemory().so_far() is None
    assert CallMemory().unanswered() is None


def test_both_sides_are_told_in_order() -> None:
    memory = remembered(
        AgentResponse("Hello!", 1), UserTranscript("Hi.", True, 2), AgentResponse("Well?", 3)
    )
    assert lines(memory) == ["Agent: Hello!", "User: Hi.", "Agent: Well?"]
    assert memory.unanswered() is None


def test_what_is_not_final_was_not_said() -> None:
    assert remembered(UserTranscript("He", False)).unanswered() is None


def test_what_nobody_has_answered_is_owed_and_not_told() -> None:
    memory = remembered(AgentResponse("Hello!", 1), UserTranscript("One.", True))
    memory.wrote("Two.")
    assert lines(memory) == ["Agent: Hello!"]
    assert memory.unanswered() == "One. Two."


def test_a_greeting_answers_nothing_in_any_session() -> None:
    memory = CallMemory()
    memory.wrote("Early.")
    memory.heed(AgentResponse("Hello!", 1))
    assert memory.has_spoken
    memory.restart()
    memory.heed(AgentResponse("Hello!", 1))
    assert memory.unanswered() == "Early."
    memory.heed(AgentResponse("Yes?", 3))
    assert memory.unanswered() is None
    assert lines(memory) == ["Agent: Hello!", "Agent: Hello!", "User: Early.", "Agent: Yes?"]


def test_what_was_interrupted_before_its_text_was_complete_is_known_from_the_correction() -> None:
    memory = remembered(
        UserTranscript("Tell me.", True, 1), AgentResponseCorrection("Once upon", "Once", 2)
    )
    assert lines(memory) == ["User: Tell me.", "Agent: Once"]
    assert memory.unanswered() is None


def test_a_written_turn_that_the_server_repeats_counts_once() -> None:
    memory = CallMemory()
    memory.wrote("One.")
    memory.heed(UserTranscript("One.", True))
    assert memory.unanswered() == "One."


def test_what_is_said_again_in_writing_may_be_repeated_as_a_whole() -> None:
    memory = remembered(UserTranscript("One.", True), UserTranscript("Two.", True))
    memory.restart()
    memory.heed(UserTranscript("One. Two.", True))
    assert memory.unanswered() == "One. Two."


def test_an_interrupted_answer_was_said_as_far_as_it_was_heard() -> None:
    memory = remembered(
        AgentResponse("A long story.", 3), AgentResponseCorrection("A long story.", "A long", 3)
    )
    assert lines(memory) == ["Agent: A long"]
    memory.heed(AgentResponseCorrection("A long story.", "", 3))
    assert lines(memory) == []


def test_of_the_last_answer_counts_what_has_come_of_its_sound() -> None:
    memory = remembered(
        spoken("Hello!", 1), AgentResponse("Once upon a time.", 2), spoken("Once upon", 2)
    )
    assert lines(memory) == ["Agent: Once upon"]
    memory.restart()
    memory.heed(spoken("x", 2))
    assert lines(memory) == ["Agent: Once upon"]


@given(st.lists(st.text(st.characters(codec="utf-8", categories=["L"]), min_size=1, max_size=3000)))
def test_what_is_told_has_an_end_and_is_the_last_that_was_said(said: list[str]) -> None:
    memory = remembered(*(AgentResponse(text, at) for at, text in enumerate(said, 1)))
    told = lines(memory)
    assert sum(map(len, told)) <= 6_000
    assert told == [f"Agent: {text}" for text in said][len(said) - len(told) :]
