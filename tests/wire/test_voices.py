"""The search among voices."""

from __future__ import annotations

import msgspec
import pytest

from vivavoce.errors import InvalidParameter
from vivavoce.wire.voices import ShownVoice, VoiceSearch, find_voices


def _voice(name: str, description: str = "", **labels: str) -> ShownVoice:
    return ShownVoice(
        voice_id=f"id-{name}",
        name=name,
        labels=labels,
        description=description,
        high_quality_base_model_ids=(),
        verified_languages=(),
    )


VOICES = (
    _voice("Cleo", "Bright.", gender="female", age="young", language="en", accent="american"),
    _voice("adam", "Deep.", gender="male", language="en", use_case="news"),
    _voice("Bea", "Calm.", gender="female", language="de", use_case="narrative_story"),
)


def _also_called(name: str) -> str:
    return "Rachel Sarah" if name == "Bea" else ""


def _names(**wanted: object) -> list[str]:
    search = msgspec.convert(wanted, VoiceSearch)
    return [voice.name for voice in find_voices(VOICES, search, _also_called).voices]


def test_without_a_wish_all_voices_are_found_in_their_own_order() -> None:
    assert _names() == ["Cleo", "adam", "Bea"]
    assert _names(descending=True) == ["Bea", "adam", "Cleo"]


def test_names_are_sorted_without_regard_to_case() -> None:
    assert _names(by_name=True) == ["adam", "Bea", "Cleo"]
    assert _names(by_name=True, descending=True) == ["Cleo", "Bea", "adam"]


@pytest.mark.parametrize(
    ("term", "found"),
    [
        ("ADAM", ["adam"]),
        ("calm", ["Bea"]),
        (" news ", ["adam"]),
        ("sarah", ["Bea"]),
        ("premade", ["Cleo", "adam", "Bea"]),
        ("nothing of the kind", []),
        ("", ["Cleo", "adam", "Bea"]),
    ],
)
def test_a_term_is_looked_for_in_everything_that_is_told_of_a_voice(
    term: str, found: list[str]
) -> None:
    assert _names(search=term) == found


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        ({"gender": "Female"}, ["Cleo", "Bea"]),
        ({"age": "young"}, ["Cleo"]),
        ({"accent": "british"}, []),
        ({"language": ["de", "fr"]}, ["Bea"]),
        ({"use_cases": ["news", "narrative_story"]}, ["adam", "Bea"]),
        ({"category": "premade"}, ["Cleo", "adam", "Bea"]),
        ({"category": "cloned"}, []),
        ({"voice_type": "default"}, ["Cleo", "adam", "Bea"]),
        ({"voice_type": "non-default"}, []),
        ({"voice_ids": ["id-Bea", "id-nobody"]}, ["Bea"]),
        ({"voice_ids": ["id-nobody"]}, []),
        ({"collection_id": "c"}, []),
        ({"fine_tuning_state": "fine_tuned"}, []),
        ({"gender": "female", "language": ["en"]}, ["Cleo"]),
    ],
)
def test_each_wish_leaves_the_voices_that_fulfil_it(
    wanted: dict[str, object], found: list[str]
) -> None:
    assert _names(**wanted) == found


def test_pages_follow_one_another_until_all_voices_were_shown() -> None:
    first = find_voices(VOICES, VoiceSearch(page_size=2), _also_called)
    assert [voice.name for voice in first.voices] == ["Cleo", "adam"]
    assert (first.has_more, first.total_count) == (True, 3)
    rest = VoiceSearch(page_size=2, next_page_token=first.next_page_token)
    second = find_voices(VOICES, rest, _also_called)
    assert [voice.name for voice in second.voices] == ["Bea"]
    assert (second.has_more, second.total_count, second.next_page_token) == (False, 3, None)


def test_a_token_of_another_search_is_refused() -> None:
    search = VoiceSearch(gender="male", next_page_token="id-Bea")
    with pytest.raises(InvalidParameter) as caught:
        find_voices(VOICES, search, _also_called)
    assert caught.value.param == "next_page_token"
