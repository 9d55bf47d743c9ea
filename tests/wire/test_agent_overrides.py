"""An agent as one call has it."""

from __future__ import annotations

import copy

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vivavoce.wire.agent_overrides import forbidden_overrides, merged, with_language

_RAW: dict[str, object] = {
    "agent": {"first_message": "Hi", "language": "en", "prompt": {"prompt": "p", "llm": "m"}},
    "asr": {"keywords": ["a", "b"]},
    "tts": {"voice_id": None},
    "custom": 5,
}

_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from("abc"), inner, max_size=3)
    ),
    max_leaves=15,
)
_OBJECTS = st.dictionaries(st.sampled_from("abc"), _JSON)


def _platform(**allowed: object) -> dict[str, object]:
    return {"overrides": {"conversation_config_override": allowed}}


def test_an_override_changes_what_it_names_and_nothing_else() -> None:
    override = {
        "agent": {"first_message": "", "prompt": {"prompt": "q"}},
        "tts": {"voice_id": "v"},
        "turn": {"turn_timeout": 5},
    }
    assert merged(_RAW, override) == {
        "agent": {"first_message": "", "language": "en", "prompt": {"prompt": "q", "llm": "m"}},
        "asr": {"keywords": ["a", "b"]},
        "tts": {"voice_id": "v"},
        "turn": {"turn_timeout": 5},
        "custom": 5,
    }


def test_lists_are_replaced() -> None:
    assert merged(_RAW, {"asr": {"keywords": ["c"]}})["asr"] == {"keywords": ["c"]}
    assert merged(_RAW, {"asr": {"keywords": []}})["asr"] == {"keywords": []}


@pytest.mark.parametrize("nothing", [None, 5, "text", [], {}])
def test_an_override_cannot_take_a_whole_section_away(nothing: object) -> None:
    assert merged(_RAW, {"agent": nothing}) == _RAW


def test_a_null_says_nothing() -> None:
    assert merged(_RAW, {"agent": {"first_message": None, "prompt": {"llm": None}}}) == _RAW


@given(_OBJECTS, _OBJECTS)
def test_neither_side_of_a_merge_is_changed(
    raw: dict[str, object], override: dict[str, object]
) -> None:
    before = copy.deepcopy((raw, override))
    result = merged(raw, override)
    assert (raw, override) == before
    assert merged(result, override) == result
    assert merged(raw, {}) == raw


def test_depth_breaks_neither_merging_nor_checking() -> None:
    deep: dict[str, object] = {}
    for _ in range(5_000):
        deep = {"a": deep}
    assert merged(deep, deep).keys() == {"a"}
    assert forbidden_overrides(deep, {}, _platform(a=deep)) == []


def test_a_preset_is_laid_over_the_agent() -> None:
    preset = {"overrides": {"agent": {"first_message": "Hallo"}, "tts": {"voice_id": "v2"}}}
    raw = {**_RAW, "language_presets": {"de": preset}}
    spoken = with_language(raw, "de")
    assert spoken["agent"] == {
        "first_message": "Hallo",
        "language": "de",
        "prompt": {"prompt": "p", "llm": "m"},
    }
    assert spoken["tts"] == {"voice_id": "v2"}


def test_a_language_without_a_preset_changes_only_itself() -> None:
    assert with_language(_RAW, "fr") == merged(_RAW, {"agent": {"language": "fr"}})
    odd = {**_RAW, "language_presets": {"fr": "bonjour"}}
    assert with_language(odd, "fr") == merged(odd, {"agent": {"language": "fr"}})


def test_a_region_without_a_preset_has_that_of_its_language() -> None:
    presets = {"pt": {"overrides": {"agent": {"first_message": "Olá"}}}}
    agent = with_language({**_RAW, "language_presets": presets}, "pt-br")["agent"]
    assert isinstance(agent, dict)
    assert (agent["first_message"], agent["language"]) == ("Olá", "pt-br")


def test_a_translation_stands_in_for_texts_that_a_preset_does_not_override() -> None:
    preset: dict[str, object] = {
        "overrides": {"agent": {"first_message": None, "language": None}},
        "first_message_translation": {"source_hash": "h", "text": "Hallo"},
        "soft_timeout_translation": {"source_hash": "h", "text": "Moment."},
    }
    raw = {**_RAW, "language_presets": {"de": preset}}
    spoken = with_language(raw, "de")
    assert isinstance(spoken["agent"], dict)
    assert spoken["agent"]["first_message"] == "Hallo"
    assert spoken["turn"] == {"soft_timeout_config": {"message": "Moment."}}
    preset["overrides"] = {"agent": {"first_message": "Servus"}}
    overridden = with_language(raw, "de")
    assert isinstance(overridden["agent"], dict)
    assert overridden["agent"]["first_message"] == "Servus"


def test_what_the_agent_forbids_is_named() -> None:
    allowed = _platform(
        agent={"first_message": False, "language": True, "prompt": {"prompt": False}},
        tts={"voice_id": False},
    )
    override = {
        "agent": {"first_message": "", "language": "de", "prompt": {"prompt": "x", "llm": "y"}},
        "tts": {"voice_id": "v"},
        "conversation": {"text_only": True},
    }
    assert forbidden_overrides(override, {}, allowed) == [
        "agent.first_message",
        "agent.prompt.prompt",
        "tts.voice_id",
    ]


def test_a_whole_section_may_be_forbidden() -> None:
    assert forbidden_overrides({"tts": {"voice_id": "v"}}, {}, _platform(tts=False)) == ["tts"]


@pytest.mark.parametrize(
    "override", [{}, {"agent": {}, "tts": {}}, {"agent": {"first_message": None}, "tts": None}]
)
def test_what_sets_nothing_breaks_no_rule(override: dict[str, object]) -> None:
    allowed = _platform(agent={"first_message": False}, tts=False)
    assert forbidden_overrides(override, {}, allowed) == []


@pytest.mark.parametrize(
    "settings",
    [
        {},
        {"overrides": None},
        {"overrides": {"conversation_config_override": 5}},
        _platform(agent=None),
        _platform(agent={"first_message": None}),
        _platform(agent={"first_message": True}),
    ],
)
def test_what_is_not_forbidden_by_a_false_is_allowed(settings: dict[str, object]) -> None:
    assert forbidden_overrides({"agent": {"first_message": "x"}}, {"seed": 1}, settings) == []


_OF_THE_OWNER: list[tuple[str, dict[str, object]]] = [
    (
        "agent.prompt.custom_llm",
        {"agent": {"prompt": {"custom_llm": {"url": "https://elsewhere/"}}}},
    ),
    ("agent.prompt.tools", {"agent": {"prompt": {"tools": [{"name": "t"}]}}}),
    ("agent.prompt.rules", {"agent": {"prompt": {"rules": [{"when": "a", "say": "b"}]}}}),
    ("agent.prompt.mcp_servers", {"agent": {"prompt": {"mcp_servers": [{"url": "u"}]}}}),
    ("agent.prompt.built_in_tools", {"agent": {"prompt": {"built_in_tools": {"end_call": {}}}}}),
    ("language_presets", {"language_presets": {"de": {"overrides": {}}}}),
    ("speech_engine", {"speech_engine": {"ws_url": "wss://elsewhere/"}}),
]


@pytest.mark.parametrize(("name", "override"), _OF_THE_OWNER)
def test_who_thinks_and_what_is_run_is_not_for_callers_to_say(
    name: str, override: dict[str, object]
) -> None:
    assert forbidden_overrides(override, {}, {}) == [name]
    assert forbidden_overrides(override, {}, _platform(agent={"prompt": {"llm": True}})) == [name]


@pytest.mark.parametrize(("name", "override"), _OF_THE_OWNER)
def test_unless_the_agent_allows_it(name: str, override: dict[str, object]) -> None:
    allowed: object = True
    for key in reversed(name.split(".")):
        allowed = {key: allowed}
    settings = {"overrides": {"conversation_config_override": allowed}}
    assert forbidden_overrides(override, {}, settings) == []
    assert forbidden_overrides(override, {}, _platform(**dict.fromkeys(override, True))) == []


def test_a_caller_may_do_without_rules_and_tools() -> None:
    override: dict[str, object] = {"agent": {"prompt": {"rules": [], "tools": []}}}
    assert forbidden_overrides(override, {}, {}) == []


def test_what_goes_to_the_model_may_be_forbidden() -> None:
    settings = {"overrides": {"custom_llm_extra_body": False}}
    assert forbidden_overrides({}, {"seed": 1}, settings) == ["custom_llm_extra_body"]
    assert forbidden_overrides({}, {}, settings) == []
