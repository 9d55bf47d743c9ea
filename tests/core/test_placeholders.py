"""Dynamic variables in an agent's texts."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from vivavoce.core.placeholders import (
    combine,
    fill,
    for_mind,
    is_reserved,
    missing,
    system_variables,
)
from vivavoce.errors import MissingVariable

_FACTS = {
    "agent_id": "agent_1",
    "conversation_id": "conv_1",
    "now": datetime(2025, 12, 5, 23, 33, 1, 500, UTC),
    "call_duration_s": 61.9,
}


@pytest.mark.parametrize(
    ("value", "shown"), [("Ann", "Ann"), (3, "3"), (1.5, "1.5"), (True, "true"), ("", "")]
)
def test_every_kind_of_value_is_shown_as_json_has_it(value: str | float, shown: str) -> None:
    assert fill("<{{name}}>", {"name": value}) == f"<{shown}>"


def test_spaces_inside_a_placeholder_do_not_matter() -> None:
    assert fill("Hi {{ name }}, {{name }}", {"name": "Ann"}) == "Hi Ann, Ann"


def test_what_is_filled_in_is_not_read_again() -> None:
    assert fill("{{a}}{{b}}", {"a": "{{b}}", "b": "x"}) == "{{b}}x"


@pytest.mark.parametrize("text", ["{name}", "{{not a name}}", "{{}}", "{{ }}", "{{a", "}} {{"])
def test_braces_that_are_no_placeholder_stay_as_they_are(text: str) -> None:
    assert fill(text, {}) == text
    assert missing([text], {}) == []


def test_all_placeholders_without_a_value_are_named_once() -> None:
    with pytest.raises(MissingVariable, match=r"variables: city, name\.$"):
        fill("{{city}} {{name}} {{city}} {{here}}", {"here": 1})


def test_missing_names_come_in_their_order_over_all_texts() -> None:
    assert missing(["{{b}} {{a}}", "{{c}} {{b}}"], {"a": ""}) == ["b", "c"]


def test_a_secret_is_not_for_minds() -> None:
    assert for_mind({"secret__key": "k", "name": "Ann"}) == {"name": "Ann"}


def test_a_callers_value_goes_over_the_agents_default() -> None:
    assert combine({"a": 1, "b": 1}, {"b": 2}, {}) == {"a": 1, "b": 2}


def test_a_caller_cannot_set_what_is_the_servers_own() -> None:
    given = {
        "system__agent_id": "forged",
        "system__time": "never",
        "system__timezone": "Asia/Tokyo",
    }
    found = combine({}, given, {"system__agent_id": "agent_1"})
    assert found == {"system__agent_id": "agent_1", "system__timezone": "Asia/Tokyo"}
    assert is_reserved("system__anything")


def test_the_servers_own_variables_tell_of_the_call() -> None:
    found = system_variables(**_FACTS)  # type: ignore[arg-type]
    assert found["system__agent_id"] == found["system__current_agent_id"] == "agent_1"
    assert found["system__conversation_id"] == "conv_1"
    assert found["system__time_utc"] == "2025-12-05T23:33:01+00:00"
    assert found["system__call_duration_secs"] == 61
    assert found["system__caller_id"] == found["system__call_sid"] == ""


def test_the_time_is_that_of_the_callers_zone() -> None:
    there = _FACTS["now"].astimezone(ZoneInfo("Europe/Berlin"))  # type: ignore[attr-defined]
    found = system_variables(**_FACTS | {"now": there})  # type: ignore[arg-type]
    assert found["system__time"] == "Saturday, 00:33 6 December 2025"
    assert found["system__timezone"] == "Europe/Berlin"
    assert found["system__time_utc"] == "2025-12-05T23:33:01+00:00"


def test_a_transferred_call_has_another_current_agent() -> None:
    found = system_variables(**_FACTS | {"current_agent_id": "agent_2"})  # type: ignore[arg-type]
    assert (found["system__agent_id"], found["system__current_agent_id"]) == ("agent_1", "agent_2")
