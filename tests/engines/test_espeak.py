"""The fallback voice on real text; by ear where it says something that an English ear knows."""

from __future__ import annotations

# ruff: noqa: RUF001 (letters that look alike are what this is about)
from collections.abc import Iterator
from pathlib import Path

import msgspec
import numpy as np
import pytest

from bench.recogniser import Recogniser, resample, word_error_rate
from vivavoce.core.pronunciation import Pronunciation
from vivavoce.engines.base import SpeechBlock, SpeechRequest
from vivavoce.engines.voices import espeak
from vivavoce.engines.voices.catalog import CATALOG, DEFAULT_VOICE, FALLBACK_VOICES, voice_in
from vivavoce.engines.voices.espeak import EspeakParts, EspeakVoice
from vivavoce.errors import TextNotSpeakable

Audio = np.ndarray[tuple[int], np.dtype[np.float64]]

SENTENCES = {
    "es": "Hola, ¿qué tal? La próxima mesa libre es a las siete y media.",
    "de": "Der nächste **freie** Tisch <b>für zwei</b> Personen 😀 ist um halb acht.",
    "fr": "  La prochaine table disponible est à dix-neuf heures trente.  ",
    "zh": "你好，今天天气很好。大熊猫在2024年去了北京。",
    "ja": "今日の会議は午後4時10分からです。Pythonを使います。",
    "ko": "안녕하세요, 반갑습니다. 오늘 날씨가 좋네요.",
    "ru": "Привет, как дела сегодня? Мой Samsung сломался.",
    "ar": "مرحبا كيف حالك، أنا بخير والحمد لله.",
    "fa": "سلام، حال شما چطور است؟ من می\u200cخواهم بروم.",
    "hi": "नमस्ते, आप कैसे हैं? मैं ठीक हूँ।",
    "th": "สวัสดีครับ ผมชื่อสมชาย",
    "el": "Καλημέρα κόσμε, τι κάνετε;",
    "he": "שלום, מה שלומך היום?",
    "vi": "Tôi muốn đặt bàn cho hai người vào tối nay.",
    "ky": "Саламатсызбы, Python жана JavaScript жакшы.",
}
ALPHABETS = [code for code in SENTENCES if code not in ("zh", "ja", "ko", "th")]


@pytest.fixture(scope="module")
def voice(tmp_path_factory: pytest.TempPathFactory) -> EspeakVoice:
    return espeak.load(tmp_path_factory.mktemp("unused")).engine()


@pytest.fixture(scope="module")
def ear() -> Recogniser:
    return Recogniser()


def spoken(
    engine: EspeakVoice, text: str, language: str = "es", **changes: object
) -> list[SpeechBlock]:
    request = SpeechRequest(text, voice_in(language, like=DEFAULT_VOICE))
    return list(engine.speak(msgspec.structs.replace(request, **changes)))


def samples(blocks: list[SpeechBlock]) -> Audio:
    pcm = b"".join(block.pcm for block in blocks)
    return np.frombuffer(pcm, "<i2").astype(np.float64) / 32768


def heard(ear: Recogniser, blocks: list[SpeechBlock]) -> str:
    return ear.transcribe(resample(samples(blocks), 24_000))


def starts(blocks: list[SpeechBlock]) -> list[tuple[str, float]]:
    """Every character and when it starts, in ms of the whole."""
    found: list[tuple[str, float]] = []
    position = 0
    for block in blocks:
        times = block.original
        found += [
            (char, (position + start) / 24)
            for char, start in zip(times.chars, times.starts, strict=True)
        ]
        position += block.samples
    return found


@pytest.mark.parametrize("language", SENTENCES)
def test_blocks_carry_the_text_exactly_and_end_in_white_space(
    voice: EspeakVoice, language: str
) -> None:
    text = SENTENCES[language]
    blocks = spoken(voice, text, language)
    joined = "".join(block.original.chars for block in blocks)
    assert joined == (text if text[-1].isspace() else text + " ")
    assert blocks[-1].normalized.chars[-1].isspace()


@pytest.mark.parametrize("language", SENTENCES)
def test_characters_start_in_order_within_their_block(voice: EspeakVoice, language: str) -> None:
    for block in spoken(voice, SENTENCES[language], language):
        for times in (block.original, block.normalized):
            assert len(times.starts) == len(times.chars)
            assert times.starts == sorted(times.starts)
            assert all(0 <= start <= block.samples for start in times.starts)


@pytest.mark.parametrize("language", ALPHABETS)
def test_every_block_but_the_last_ends_between_words(voice: EspeakVoice, language: str) -> None:
    blocks = spoken(voice, SENTENCES[language], language)
    assert len(blocks) > 1
    for block in blocks[:-1]:
        assert block.original.chars[-1].isspace()
        assert block.normalized.chars[-1].isspace()


@pytest.mark.parametrize("language", ["zh", "ja"])
def test_text_without_spaces_comes_in_blocks_too(voice: EspeakVoice, language: str) -> None:
    blocks = spoken(voice, SENTENCES[language], language)
    assert len(blocks) > 2
    assert blocks[0].samples < 24_000


def test_the_first_block_is_short_and_no_block_is_long(voice: EspeakVoice) -> None:
    blocks = spoken(voice, "uno dos tres cuatro cinco seis siete ocho nueve diez " * 4)
    assert blocks[0].samples < 24_000 * 0.6
    assert max(block.samples for block in blocks[:-1]) < 24_000 * 2


@pytest.mark.parametrize("language", SENTENCES)
def test_speech_is_as_loud_as_the_english_voice_and_of_plausible_length(
    voice: EspeakVoice, language: str
) -> None:
    blocks = spoken(voice, SENTENCES[language], language, pause_ms=0)
    audio = samples(blocks)
    windows = audio[: len(audio) // 480 * 480].reshape(-1, 480)
    loudness = np.sqrt((windows**2).mean(axis=1))
    assert 0.03 < float(np.sqrt((loudness[loudness > 0.006] ** 2).mean())) < 0.12
    assert np.abs(audio).max() < 0.95
    characters = sum(not char.isspace() for char in SENTENCES[language])
    rate = characters / (len(audio) / 24_000)
    assert (6 if language in ALPHABETS else 2.5) < rate < 22


@pytest.mark.parametrize("language", ["es", "zh", "ru"])
def test_speech_starts_at_once_and_ends_with_the_pause_asked_for(
    voice: EspeakVoice, language: str
) -> None:
    audio = samples(spoken(voice, SENTENCES[language], language, pause_ms=150))
    audible = np.flatnonzero(np.abs(audio) > 0.01)
    assert audible[0] / 24 <= 40
    assert 150 <= (len(audio) - audible[-1]) / 24 <= 190


def test_every_language_is_heard(voice: EspeakVoice) -> None:
    assert len(FALLBACK_VOICES) > 100
    for fallback in FALLBACK_VOICES:
        request = SpeechRequest("mama lina 1 2 3", fallback)
        assert np.abs(samples(list(voice.speak(request)))).max() > 0.05, fallback.name


def test_a_word_starts_when_it_is_heard_to_start(voice: EspeakVoice) -> None:
    blocks = spoken(voice, "Tomo. Pato. Copa. Tubo.")
    audio = np.abs(samples(blocks))
    for (_, before), (char, start) in zip(starts(blocks)[4::6], starts(blocks)[6::6], strict=False):
        assert char.isupper()
        pause = audio[int(before * 24) : int(start * 24)]
        assert (pause[-24 * 50 :] < 0.01).all()  # silence up to it
        assert audio[int(start * 24) :][: 24 * 90].max() > 0.01


def test_equal_requests_give_equal_samples_whatever_was_said_between(voice: EspeakVoice) -> None:
    first = spoken(voice, SENTENCES["es"])
    spoken(voice, SENTENCES["fr"], "fr")
    assert spoken(voice, SENTENCES["es"]) == first


def test_speed_pitch_and_intonation_change_what_is_heard(voice: EspeakVoice) -> None:
    normal, fast = (len(samples(spoken(voice, SENTENCES["es"], speed=s))) for s in (1.0, 1.5))
    assert 0.6 < fast / normal < 0.75
    even, lively = (spoken(voice, SENTENCES["es"], intonation=i) for i in (0.7, 1.3))
    assert not np.array_equal(samples(even)[:9000], samples(lively)[:9000])


def mean_pitch_hz(audio: Audio) -> float:
    """Median over loud windows of the strongest autocorrelation lag between 60 and 500 Hz."""
    pitches = []
    for start in range(0, len(audio) - 1200, 600):
        window = audio[start : start + 1200]
        if np.sqrt((window**2).mean()) > 0.04:
            correlation = np.correlate(window, window, "full")[1199:]
            pitches.append(24_000 / (48 + int(correlation[48:400].argmax())))
    return float(np.median(pitches))


def test_the_voices_it_stands_for_keep_their_pitch_apart(voice: EspeakVoice) -> None:
    text = SENTENCES["es"]
    for like in CATALOG:
        own = voice_in("es", like=like)
        hertz = mean_pitch_hz(samples(list(voice.speak(SpeechRequest(text, own)))))
        assert hertz == pytest.approx(200 * like.pitch, rel=0.12), like.name


def test_words_of_a_pronunciation_are_said_and_shown_in_place_of_what_they_are_for(
    voice: EspeakVoice,
) -> None:
    text = "La OMS dice."
    alias = Pronunciation(3, 6, "Organización Mundial de la Salud", ipa="ignored")
    blocks = spoken(voice, text, pronunciations=(alias,))
    assert "".join(block.original.chars for block in blocks) == text + " "
    normalized = "".join(block.normalized.chars for block in blocks)
    assert normalized == "La Organización Mundial de la Salud dice. "
    assert len(samples(blocks)) > 1.8 * len(samples(spoken(voice, text)))
    (whole,) = [block for block in blocks if "Organización" in block.normalized.chars]
    assert "OMS" in whole.original.chars
    assert "Salud" in whole.normalized.chars


def test_kanji_keep_the_times_of_the_kana_they_are_read_as(voice: EspeakVoice) -> None:
    times = dict(starts(spoken(voice, "東京へ行きます。", "ja")))
    assert times["東"] < times["京"] < times["へ"] < times["行"] < times["ま"]
    assert times["へ"] - times["東"] > 250  # five kana


def test_numbers_are_heard_right(voice: EspeakVoice, ear: Recogniser) -> None:
    text = "My telephone number is five five five one two three four."
    blocks = list(voice.speak(SpeechRequest(text, DEFAULT_VOICE)))
    assert word_error_rate(text, heard(ear, blocks)) < 0.2


@pytest.mark.parametrize(
    ("text", "language", "words"),
    [
        ("これは artificial intelligence です。", "ja", ("intelligence",)),
        ("我喜欢 San Francisco 和 computer science", "zh", ("francisco", "computer", "science")),
        ("Mein Name ist Anna, das ist ein Computer im Internet.", "de", ("name", "computer")),
        ("No, no, no.", "it", ("no",)),
    ],
)
def test_words_that_english_has_too_are_heard(
    voice: EspeakVoice, ear: Recogniser, text: str, language: str, words: tuple[str, ...]
) -> None:
    recognised = heard(ear, spoken(voice, text, language)).lower()
    assert [word for word in words if word not in recognised] == []


def test_text_in_no_letters_the_voice_has_is_refused_by_name(voice: EspeakVoice) -> None:
    with pytest.raises(TextNotSpeakable, match=r"eSpeak Spanish.*你好"):
        spoken(voice, "你好世界。")
    with pytest.raises(TextNotSpeakable, match="…"):
        spoken(voice, "Привет" * 20, "zh")


def test_kanji_without_a_reader_are_refused_with_what_to_install(voice: EspeakVoice) -> None:
    deaf = EspeakParts(voice._library, None).engine()
    with pytest.raises(TextNotSpeakable, match="pip install"):
        spoken(deaf, "今日は", "ja")
    assert spoken(deaf, "きょうは", "ja")


@pytest.mark.parametrize("text", ["\U0001f600", "-----", "* * *", "<br/>", "…"])
def test_text_with_nothing_to_speak_is_a_pause_with_its_characters(
    voice: EspeakVoice, text: str
) -> None:
    blocks = spoken(voice, text, pause_ms=100)
    assert "".join(block.original.chars for block in blocks).strip() == text
    assert len(samples(blocks)) == 2_400
    assert np.abs(samples(blocks)).max() == 0


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("hola " * 2_000, "es"),
        ("x" * 10_000, "es"),
        ("好" * 2_000, "zh"),
        ("会議" * 1_000, "ja"),
        ("haus" * 500, "de"),
        ("\x00hola\ud800 \x1b[31madiós\x07", "es"),
        ("1" * 500, "es"),
    ],
)
def test_long_and_odd_text_is_spoken_to_its_end(
    voice: EspeakVoice, text: str, language: str
) -> None:
    blocks = spoken(voice, text, language, pause_ms=0)
    assert "".join(block.original.chars for block in blocks).rstrip() == text.rstrip()
    spoken_characters = sum(char.isalnum() for char in text)
    assert len(samples(blocks)) / 24_000 > spoken_characters / 25


def test_closing_the_iterator_stops_the_work(voice: EspeakVoice) -> None:
    blocks = voice.speak(SpeechRequest(SENTENCES["es"], voice_in("es", like=DEFAULT_VOICE)))
    assert isinstance(blocks, Iterator)
    next(blocks)
    blocks.close()  # type: ignore[attr-defined]
    assert next(blocks, None) is None


def test_warming_up_says_something_to_nobody(tmp_path: Path) -> None:
    espeak.load(tmp_path).engine().warm_up()
    assert list(tmp_path.iterdir()) == []
