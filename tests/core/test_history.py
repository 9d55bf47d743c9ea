"""What a mind is told of a conversation."""

from __future__ import annotations

from collections.abc import Callable

from hypothesis import given
from hypothesis import strategies as st

from vivavoce.core.chat import Message, Role, ToolCall
from vivavoce.core.history import History

_CALL = ToolCall("c1", "clock", "{}")


def told(history: History) -> list[tuple[str, str]]:
    return [(message.role.value, message.text) for message in history.messages("")]


def test_a_conversation_is_told_after_the_systems_message() -> None:
    history = History()
    history.agent("Hello!")
    history.user("Hi.")
    history.agent("How are you?")
    assert history.messages("Be kind.") == (
        Message(Role.SYSTEM, "Be kind."),
        Message(Role.ASSISTANT, "Hello!"),
        Message(Role.USER, "Hi."),
        Message(Role.ASSISTANT, "How are you?"),
    )


def test_without_a_prompt_there_is_no_message_of_the_system() -> None:
    assert History().messages("") == ()


def test_a_caller_who_goes_on_has_one_turn() -> None:
    history = History()
    history.continue_user("My name is")
    history.continue_user("Bob.")
    history.user("Bob Smith.")
    assert told(history) == [("user", "My name is Bob."), ("user", "Bob Smith.")]


def test_a_caller_who_goes_on_after_the_agent_has_another_turn() -> None:
    history = History()
    history.user("One.")
    history.agent("Yes?")
    history.continue_user("Two.")
    assert told(history) == [("user", "One."), ("assistant", "Yes?"), ("user", "Two.")]


def test_of_an_interrupted_answer_only_what_was_heard_is_told() -> None:
    history = History()
    history.user("A story!")
    history.agent("Once upon a time there was")
    history.agent_heard("Once upon")
    assert told(history) == [("user", "A story!"), ("assistant", "Once upon")]
    history.agent_heard("")
    assert told(history) == [("user", "A story!")]


def test_what_was_answered_before_the_caller_spoke_is_not_changed() -> None:
    history = History()
    history.agent_heard("x")
    history.agent("Hello!")
    history.user("Hi.")
    history.agent_heard("")
    assert told(history) == [("assistant", "Hello!"), ("user", "Hi.")]


def test_a_call_stays_when_the_words_before_it_were_not_heard() -> None:
    history = History()
    history.user("The time?")
    history.agent("One moment.")
    history.tool_calls([_CALL])
    history.agent_heard("")
    assert history.messages("")[1:] == (
        Message(Role.ASSISTANT, "", (_CALL,)),
        Message(Role.TOOL, "The tool has not answered.", tool_call_id="c1"),
    )


def test_calls_belong_to_the_words_before_them_and_results_come_right_after() -> None:
    history = History()
    other = ToolCall("c2", "calendar")
    history.user("The time?")
    history.agent("One moment.")
    history.tool_calls([_CALL, other])
    history.user("Quick!")
    assert history.tool_result("c2", "Monday")
    assert history.tool_result("c1", "noon")
    history.agent("Noon.")
    assert history.messages("") == (
        Message(Role.USER, "The time?"),
        Message(Role.ASSISTANT, "One moment.", (_CALL, other)),
        Message(Role.TOOL, "noon", tool_call_id="c1"),
        Message(Role.TOOL, "Monday", tool_call_id="c2"),
        Message(Role.USER, "Quick!"),
        Message(Role.ASSISTANT, "Noon."),
    )


def test_calls_one_after_another_are_told_apart() -> None:
    history = History()
    history.tool_calls([_CALL])
    history.tool_calls([ToolCall("c2", "clock")])
    assert [len(message.tool_calls) for message in history.messages("")] == [1, 0, 1, 0]


def test_a_result_of_no_call_is_not_taken() -> None:
    assert not History().tool_result("c1", "noon")


def test_contextual_updates_are_told_with_the_prompt() -> None:
    history = History()
    history.context("It rains.", "weather")
    history.context("The caller is in Rome.")
    history.context("The sun shines.", "weather")
    history.user("Hi.")
    (system, _) = history.messages("Be kind.")
    assert system == Message(
        Role.SYSTEM,
        "Be kind.\n\nWhat you know besides, the newest last:\n"
        "The caller is in Rome.\nThe sun shines.",
    )


def test_contextual_updates_do_not_grow_for_ever() -> None:
    history = History(most_characters=30)
    for number in range(10):
        history.context(f"Update {number}.")
    (system,) = history.messages("")
    assert system.text.splitlines()[1:] == ["Update 7.", "Update 8.", "Update 9."]


def test_the_oldest_half_goes_when_it_is_too_long() -> None:
    history = History(most_characters=100)
    for number in range(5):
        history.user(f"user {number} ".ljust(10, "."))
        history.agent(f"agent {number} ".ljust(10, "."))
    assert len(told(history)) == 10
    history.user("user 5 ...")
    assert [text[:7].strip() for _, text in told(history)] == [
        *("user 3", "agent 3", "user 4", "agent 4", "user 5")
    ]


def test_a_turn_with_many_tools_keeps_its_question_and_its_newest_results() -> None:
    history = History(most_characters=100)
    history.user("How?")
    for number in range(10):
        history.tool_calls([ToolCall(f"c{number}", "look", "{}")])
        history.tool_result(f"c{number}", "x" * 20)
    first, *rest = history.messages("")
    assert first == Message(Role.USER, "How?")
    assert rest[-1].tool_call_id == "c9"
    assert 2 <= len(rest) <= 8


_TEXTS = st.text(alphabet="ab ", max_size=30)
_STEPS = st.one_of(
    st.tuples(st.just("user"), _TEXTS),
    st.tuples(st.just("continue_user"), _TEXTS),
    st.tuples(st.just("agent"), _TEXTS),
    st.tuples(st.just("agent_heard"), _TEXTS),
    st.tuples(st.just("context"), _TEXTS),
    st.tuples(st.just("call"), st.integers(1, 3)),
    st.tuples(st.just("result"), st.integers(0, 20)),
)


def played(steps: list[tuple[str, object]], history: History) -> list[str]:
    """The texts of the caller's turns, as they were before any was dropped."""
    turns: list[str] = []
    made = 0
    for step, value in steps:
        if step == "call" and isinstance(value, int):
            history.tool_calls([ToolCall(f"c{made + n}", "t") for n in range(value)])
            made += value
        elif step == "result":
            history.tool_result(f"c{value}", "r" * 20)
        else:
            act: Callable[[object], None] = getattr(history, step)
            act(value)
            if step in ("user", "continue_user"):
                turns.append(str(value))
    return turns


@given(st.lists(_STEPS, max_size=60), st.integers(10, 200))
def test_whatever_happens_a_mind_can_be_asked(steps: list[tuple[str, object]], most: int) -> None:
    history = History(most_characters=most)
    turns = played(steps, history)
    system, *messages = history.messages("Be kind.")
    assert system.role is Role.SYSTEM
    waiting: list[str] = []
    for message in messages:
        if message.role is Role.TOOL:
            assert message.tool_call_id == waiting.pop(0)
        else:
            assert waiting == []
            waiting = [call.call_id for call in message.tool_calls]
    assert waiting == []
    if turns:
        last = [message.text for message in messages if message.role is Role.USER][-1]
        assert last.strip().endswith(turns[-1].strip())


@given(st.lists(st.tuples(st.booleans(), st.text("a", max_size=40)), max_size=80))
def test_a_conversation_stays_within_its_limit(said: list[tuple[bool, str]]) -> None:
    history = History(most_characters=100)
    for is_user, text in said:
        (history.user if is_user else history.agent)(text)
        messages = history.messages("")
        newest_turn = messages[
            max(
                (n for n, one in enumerate(messages) if one.role is Role.USER),
                default=len(messages) - 1,
            ) :
        ]
        size = sum(len(message.text) for message in messages)
        assert size <= max(100, sum(len(message.text) for message in newest_turn))
