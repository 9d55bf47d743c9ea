from __future__ import annotations

from vivavoce.commands.speech_asked import SpeechAsked


def test_a_voice_is_named_in_the_path_whatever_its_name() -> None:
    assert SpeechAsked("pcm_24000", "a/b").path == "/v1/text-to-speech/a%2Fb/stream-input"


def test_without_a_voice_the_address_names_a_model_so_that_the_default_voice_speaks() -> None:
    assert SpeechAsked("pcm_24000").segment.startswith("eleven_")
