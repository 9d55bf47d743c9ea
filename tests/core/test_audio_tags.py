from __future__ import annotations

import pytest

from vivavoce.core.audio_tags import audio_tag_spans, knows_audio_tags


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("[laughs] That is funny.", {"[laughs]": ""}),
        ("Well [short pause] I see.", {"[short pause]": "…"}),
        ("[in a French accent] Oui, [sighs] oui.", {"[in a French accent]": "", "[sighs]": ""}),
        ("See [1] and [the appendix, page 5] and [link](address).", {"[link]": ""}),
        ("No tags, [ none ], [] or [", {}),
    ],
)
def test_directions_in_brackets_are_passed_over_and_pauses_kept(
    text: str, words: dict[str, str]
) -> None:
    spans = audio_tag_spans(text)
    assert {text[one.start : one.end]: one.words for one in spans} == words


def test_only_models_that_follow_directions_have_them() -> None:
    assert knows_audio_tags("eleven_v3_conversational")
    assert knows_audio_tags("eleven_v4_turbo")
    assert not knows_audio_tags("eleven_flash_v2_5")
    assert not knows_audio_tags(None)
