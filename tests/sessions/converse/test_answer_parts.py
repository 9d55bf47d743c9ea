"""What of a tool's answer becomes a variable, and what the mind sees."""

from __future__ import annotations

import pytest

from vivavoce.sessions.converse.answer_parts import assigned, for_mind

ANSWER = {
    "user": {"name": "Ann", "tags": ["a", "b"], "age": 30, "none": None},
    "data": [{"id": 7, "key": "k1"}, {"id": 8, "key": "k2"}],
}


def assignment(path: str, **more: object) -> dict[str, object]:
    return {"source": "response", "dynamic_variable": "x", "value_path": path, **more}


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("user.name", "Ann"),
        ("user.age", 30),
        ("data.1.id", 8),
        ("user.tags", '["a", "b"]'),
    ],
)
def test_a_path_leads_to_a_value(path: str, value: object) -> None:
    assert assigned(ANSWER, [assignment(path)]) == {"x": value}


@pytest.mark.parametrize(
    "path", ["", "user.none", "user.name.x", "data.2.id", "data.-1.id", "data.x", "nothing"]
)
def test_a_path_that_leads_nowhere_assigns_nothing(path: str) -> None:
    assert assigned(ANSWER, [assignment(path)]) == {}


def test_the_servers_own_variables_are_not_assigned() -> None:
    forged = assignment("user.name", dynamic_variable="system__agent_id")
    assert assigned(ANSWER, [forged]) == {}


def test_a_sanitized_value_is_kept_from_the_mind() -> None:
    hidden = [assignment("data.0.key", sanitize=True), assignment("user", sanitize=True)]
    assert for_mind(ANSWER, hidden, {}) == {"data": [{"id": 7}, {"id": 8, "key": "k2"}]}
    assert ANSWER["user"]


def test_a_filter_lets_only_its_paths_through() -> None:
    allow = {"mode": "allow", "filters": ["user.name", "data.id", "nothing.here"]}
    assert for_mind(ANSWER, [], allow) == {
        "user": {"name": "Ann"},
        "data": [{"id": 7}, {"id": 8}],
    }
    assert for_mind(ANSWER, [], {"mode": "hide_all"}) == {}
    assert for_mind(ANSWER, [], {"mode": "all"}) == ANSWER
