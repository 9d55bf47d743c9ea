"""What becomes of an utterance before a voice has it."""

from __future__ import annotations

import pytest

from vivavoce.core.lexicon import Lexicon
from vivavoce.core.pronunciation import Pronunciation, Rule
from vivavoce.core.text_buffer import Cut, Utterance
from vivavoce.engines.base import SpeechRequest
from vivavoce.engines.voices.catalog import DEFAULT_VOICE, voice_in
from vivavoce.errors import LanguageMissing
from vivavoce.sessions.manner import Manner, Prompter
from vivavoce.wire.voice_settings import VoiceSettings

PLAIN = Manner(voice=DEFAULT_VOICE)
SSML = Manner(voice=DEFAULT_VOICE, ssml=True)


def requests(text: str, manner: Manner, cut: Cut = Cut.SENTENCE) -> list[SpeechRequest]:
    return Prompter(0).requests(Utterance(text, cut), manner)


def test_a_break_ends_a_request_with_its_pause() -> None:
    text = 'One. <break time="1.5s"/> Two.'
    first, second = requests(text, SSML)
    assert first.text + second.text == text
    assert (first.pause_ms, second.pause_ms) == (1500, 200)


def test_without_ssml_a_tag_is_no_break() -> None:
    [request] = requests('One. <break time="1.5s"/> Two.', PLAIN)
    assert request.pause_ms == 200


@pytest.mark.parametrize(
    ("cut", "pause_ms"),
    [(Cut.SENTENCE, 200), (Cut.CLAUSE, 120), (Cut.WORD, 90), (Cut.FORCED, 90)],
)
def test_the_pause_fits_the_cut(cut: Cut, pause_ms: int) -> None:
    assert requests("Some words", PLAIN, cut)[0].pause_ms == pause_ms


def test_what_a_tag_says_goes_before_what_a_dictionary_says() -> None:
    lexicon = Lexicon([Rule("live", alias="wrong"), Rule("UN", alias="United Nations")])
    manner = Manner(voice=DEFAULT_VOICE, ssml=True, lexicon=lexicon)
    text = 'The UN is <phoneme alphabet="ipa" ph="la\u026av">live</phoneme>.'
    [request] = requests(text, manner)
    element = text[text.index("<") : text.rindex(">") + 1]
    assert request.pronunciations == (
        Pronunciation(4, 6, "United Nations"),
        Pronunciation(text.index("<"), text.index("<") + len(element), "live", "la\u026av"),
    )


def test_each_request_has_the_seed_after_the_one_before() -> None:
    prompter = Prompter((1 << 32) - 1)
    spoken = [
        prompter.requests(Utterance(text, Cut.SENTENCE), PLAIN)[0].seed for text in ("One.", "Two.")
    ]
    assert spoken == [(1 << 32) - 1, 0]


def test_settings_of_the_voice_reach_the_request() -> None:
    settings = VoiceSettings(stability=1.0, speed=1.2)
    manner = Manner(voice=DEFAULT_VOICE, voice_settings=settings, normalize=False)
    [request] = requests("Words.", manner)
    assert request.speed == 1.2
    assert request.intonation == pytest.approx(0.7)
    assert request.normalize is False


def test_another_script_is_spoken_in_its_language() -> None:
    runs = requests("Hello, 世界 and all.", PLAIN)
    assert "".join(run.text for run in runs) == "Hello, 世界 and all."
    assert [run.voice.language for run in runs] == ["en", "zh", "en"]


def test_spanish_is_heard_as_spanish_and_short_words_after_it_too() -> None:
    prompter = Prompter(0)
    texts = ["Me llamo Juan y vivo en Madrid con mi familia. ", "Sí, claro. "]
    [[first], [second]] = [
        prompter.requests(Utterance(text, Cut.SENTENCE), PLAIN) for text in texts
    ]
    assert (first.voice.language, second.voice.language) == ("es", "es")
    [third] = prompter.requests(
        Utterance("Now this is plainly English again. ", Cut.SENTENCE), PLAIN
    )
    assert third.voice is DEFAULT_VOICE


def test_who_names_english_gets_english() -> None:
    manner = Manner(voice=DEFAULT_VOICE, language="en")
    [request] = requests("Me llamo Juan y vivo en Madrid con mi familia. ", manner)
    assert request.voice is DEFAULT_VOICE


def test_where_no_other_language_is_installed_none_is_guessed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("vivavoce.sessions.manner._HAS_OTHER_LANGUAGES", False)
    [request] = requests("Me llamo Juan y vivo en Madrid con mi familia. ", PLAIN)
    assert request.voice is DEFAULT_VOICE


def test_a_language_nobody_speaks_is_refused_by_name() -> None:
    with pytest.raises(LanguageMissing, match="xx"):
        voice_in("xx", like=DEFAULT_VOICE)
