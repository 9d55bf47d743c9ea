"""Agents as REST describes them."""

from __future__ import annotations

import pytest

from vivavoce.errors import InvalidParameter
from vivavoce.wire.agents import (
    is_archived,
    laid_over,
    other_keys,
    shared_keys,
    usable_name,
    usable_tags,
    widget_config,
    without_secrets,
)


def test_secrets_are_there_and_hidden() -> None:
    agent = {
        "name": "Ann",
        "tags": ("api_key",),
        "config": {
            "custom_llm": {
                "url": "https://llm/",
                "api_key": "k",
                "request_headers": {"X-Key": "k"},
            },
            "mcp_servers": [{"config": {"secret_token": "t", "request_headers": {}}}],
            "tools": [{"request_headers": {"Authorization": {"secret_id": "s"}, "X": "k"}}],
            "dynamic_variable_placeholders": {"name": "Ann", "secret__key": "k", "n": 1},
        },
        "webhook": {"hmac_secret": "h", "api_key": None},
    }
    assert without_secrets(agent) == {
        "name": "Ann",
        "tags": ("api_key",),
        "config": {
            "custom_llm": {
                "url": "https://llm/",
                "api_key": "[hidden]",
                "request_headers": {"X-Key": "[hidden]"},
            },
            "mcp_servers": [{"config": {"secret_token": "[hidden]", "request_headers": {}}}],
            "tools": [{"request_headers": {"Authorization": {"secret_id": "s"}, "X": "[hidden]"}}],
            "dynamic_variable_placeholders": {"name": "Ann", "secret__key": "[hidden]", "n": 1},
        },
        "webhook": {"hmac_secret": "[hidden]", "api_key": None},
    }


def test_what_was_sent_lies_over_the_usual_key_by_key() -> None:
    usual = {"a": {"b": 1, "c": {"d": 2}}, "e": [1], "f": 1}
    sent = {"a": {"c": {"x": None}}, "e": [], "f": None, "y": {"z": 1}}
    assert laid_over(usual, sent) == {
        "a": {"b": 1, "c": {"d": 2, "x": None}},
        "e": [],
        "f": None,
        "y": {"z": 1},
    }
    assert usual == {"a": {"b": 1, "c": {"d": 2}}, "e": [1], "f": 1}


def test_null_in_the_place_of_an_object_says_nothing() -> None:
    assert laid_over({"a": {"b": 1}}, {"a": None}) == {"a": {"b": 1}}


def test_what_only_a_server_can_say_is_not_kept() -> None:
    body = {"name": "Ann", "agent_id": "mine", "metadata": {}, "access_info": {}, "x": None}
    assert shared_keys(body) == {"name": "Ann", "x": None}
    assert other_keys(body) == {"x": None}


def test_white_space_of_a_name_is_made_plain() -> None:
    assert usable_name("  Ann \n Bea ") == "Ann Bea"
    assert usable_name(None) == usable_name(" ") == "New Agent"
    with pytest.raises(InvalidParameter, match="1,000"):
        usable_name("n" * 1_001)


def test_tags_are_kept_once_and_there_are_not_too_many() -> None:
    assert usable_tags(("b", "a", "b")) == ("b", "a")
    assert len(usable_tags(tuple(map(str, range(100))))) == 100
    for tags in (tuple(map(str, range(101))), ("t" * 1_001,)):
        with pytest.raises(InvalidParameter, match="100 tags"):
            usable_tags(tags)


@pytest.mark.parametrize(
    ("settings", "archived"),
    [({}, False), ({"archived": True}, True), ({"archived": "x"}, False)],
)
def test_an_agent_is_archived_if_its_settings_say_so(
    settings: dict[str, object], archived: bool
) -> None:
    assert is_archived(settings) is archived


def test_a_widget_is_drawn_whatever_the_configuration_is_like() -> None:
    config: dict[str, object] = {
        "agent": 7,
        "conversation": None,
        "language_presets": {"de": None, "it": {"overrides": []}},
    }
    widget = widget_config(config, {"widget": []})
    assert widget["language"] == "en"
    assert widget["first_message"] is None
    assert widget["text_only"] is False
    assert widget["language_presets"] == {
        "de": {"first_message": None},
        "it": {"first_message": None},
    }


def test_a_widget_cannot_claim_what_only_the_agent_says() -> None:
    config: dict[str, object] = {"agent": {"language": "it"}, "conversation": {"text_only": True}}
    settings: dict[str, object] = {"widget": {"language": "fr", "use_rtc": True, "of_tomorrow": 1}}
    widget = widget_config(config, settings)
    assert (widget["language"], widget["use_rtc"], widget["text_only"]) == ("it", False, True)
    assert widget["of_tomorrow"] == 1
