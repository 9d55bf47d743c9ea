"""The English ears themselves, on what the English voice says."""

from __future__ import annotations

import itertools
from statistics import median

import numpy as np
import pytest

from tests.engines.ears.speech import Speaker, Spoken
from vivavoce.engines.base import EARS_RATE, LONGEST_PIECE, Heard, HearingRequest
from vivavoce.engines.ears import moonshine
from vivavoce.engines.ears.silero import Silero
from vivavoce.engines.voices.catalog import CATALOG

SENTENCES = [
    "Hello, this is a real-time test.",
    "Could you tell me where the nearest station is?",
    "My grandmother used to bake bread every single Sunday morning.",
    "The children were playing outside, although it was raining.",
    "Thank you very much for calling, and have a nice day.",
    "I would like to change my reservation to next Tuesday.",
]
SILENCE = bytes(EARS_RATE)


@pytest.fixture(scope="module")
def parts(tmp_path_factory: pytest.TempPathFactory) -> moonshine.MoonshineParts:
    return moonshine.load(tmp_path_factory.mktemp("ears"))


@pytest.fixture(scope="module")
def ears(parts: moonshine.MoonshineParts) -> moonshine.Moonshine:
    return parts.ears()


@pytest.fixture(scope="module")
def speaker(tmp_path_factory: pytest.TempPathFactory) -> Speaker:
    return Speaker(tmp_path_factory.mktemp("voice"))


@pytest.fixture(scope="module")
def spoken(speaker: Speaker) -> list[Spoken]:
    return [speaker.say(text) for text in SENTENCES]


def bare(text: str) -> list[str]:
    return ["".join(filter(str.isalnum, word)) for word in text.lower().split()]


@pytest.mark.parametrize("index", range(len(SENTENCES)))
def test_a_sentence_is_heard_word_for_word(
    ears: moonshine.Moonshine, spoken: list[Spoken], index: int
) -> None:
    heard = ears.hear(HearingRequest(spoken[index].pcm))
    assert bare(heard.text) == bare(SENTENCES[index])
    assert heard.words == ()
    assert -0.5 < heard.logprob < 0


def test_equal_requests_have_equal_answers_whatever_was_heard_between(
    ears: moonshine.Moonshine, spoken: list[Spoken]
) -> None:
    requests = [HearingRequest(each.pcm, word_times=True) for each in spoken[:3]]
    first = [ears.hear(request) for request in requests]
    again = [ears.hear(request) for request in reversed(requests)]
    assert again[::-1] == first


def test_a_draft_changes_no_word(ears: moonshine.Moonshine, spoken: list[Spoken]) -> None:
    for pcm, _ in spoken:
        without = ears.hear(HearingRequest(pcm))
        assert ears.hear(HearingRequest(pcm, draft=without.tokens)).text == without.text
        draft: tuple[int, ...] = ()
        for end in range(EARS_RATE, len(pcm), EARS_RATE):
            draft = ears.hear(HearingRequest(pcm[:end], draft=draft)).tokens
        assert bare(ears.hear(HearingRequest(pcm, draft=draft)).text) == bare(without.text)


def test_of_a_draft_only_what_still_holds_is_kept(
    ears: moonshine.Moonshine, spoken: list[Spoken]
) -> None:
    texts = [ears.hear(HearingRequest(pcm)) for pcm, _ in spoken]
    for (pcm, _), own, other in zip(spoken, texts, texts[1:] + texts[:1], strict=True):
        assert ears.hear(HearingRequest(pcm, draft=other.tokens)).text == own.text
        mixed = own.tokens[:3] + other.tokens[3:]
        assert bare(ears.hear(HearingRequest(pcm, draft=mixed)).text) == bare(own.text)
        longer = own.tokens + other.tokens * 20
        assert bare(ears.hear(HearingRequest(pcm, draft=longer)).text) == bare(own.text)


def well_formed(heard: Heard, samples: int) -> bool:
    """Words that make up the text, in order, within the piece and apart."""
    edges = [edge for word in heard.words for edge in (word.start, word.end)]
    return (
        " ".join(word.text for word in heard.words) == heard.text
        and edges == sorted(edges)
        and all(0 <= edge <= samples for edge in edges)
        and all(word.logprob < 0 for word in heard.words)
    )


@pytest.mark.parametrize("drafted", [False, True])
def test_words_make_up_the_text_in_order(
    ears: moonshine.Moonshine, spoken: list[Spoken], drafted: bool
) -> None:
    for pcm, _ in spoken:
        draft = ears.hear(HearingRequest(pcm)).tokens[:-4] if drafted else ()
        heard = ears.hear(HearingRequest(pcm, draft=draft, word_times=True))
        assert heard.words
        assert well_formed(heard, len(pcm) // 2)
        assert all(word.end > word.start for word in heard.words)


def off_ms(ears: moonshine.Moonshine, spoken: list[Spoken]) -> tuple[list[float], list[float]]:
    """How far starts and ends of words are from where the voice says that they are."""
    starts: list[float] = []
    ends: list[float] = []
    for pcm, said in spoken:
        heard = ears.hear(HearingRequest(pcm, word_times=True)).words
        for ours, theirs in zip(heard, said, strict=True):
            starts.append(abs(ours.start - theirs.start) * 1000 / EARS_RATE)
            ends.append(abs(ours.end - theirs.end) * 1000 / EARS_RATE)
    return starts, ends


def test_words_are_when_the_voice_says_them(
    ears: moonshine.Moonshine, spoken: list[Spoken]
) -> None:
    starts, ends = off_ms(ears, spoken)
    assert median(starts) < 30
    assert median(ends) < 30


def test_words_are_when_any_voice_says_them(ears: moonshine.Moonshine, speaker: Speaker) -> None:
    spoken = [
        speaker.say(text, voice)
        for voice, text in zip(CATALOG[3:], itertools.cycle(SENTENCES[2:]), strict=False)
    ]
    starts, ends = off_ms(ears, spoken)
    assert median(starts) < 30
    assert median(ends) < 30


def test_a_word_after_a_pause_begins_after_it(
    ears: moonshine.Moonshine, spoken: list[Spoken]
) -> None:
    first, second = spoken[0].pcm, spoken[4].pcm
    heard = ears.hear(HearingRequest(first + SILENCE + second, word_times=True))
    between = len(spoken[0].words)
    assert bare(heard.text) == bare(f"{SENTENCES[0]} {SENTENCES[4]}")
    assert heard.words[between - 1].end < len(first) // 2
    assert heard.words[between].start > (len(first) + len(SILENCE)) // 2


def test_what_is_understood_less_well_is_less_likely(
    ears: moonshine.Moonshine, spoken: list[Spoken]
) -> None:
    pcm = spoken[2].pcm
    noise = np.random.default_rng(1).normal(0, 2_000, len(pcm) // 2)
    noisy = np.clip(np.frombuffer(pcm, "<i2") + noise, -32_768, 32_767).astype("<i2").tobytes()
    clear, doubtful = (ears.hear(HearingRequest(each, word_times=True)) for each in (pcm, noisy))
    assert doubtful.logprob < clear.logprob
    assert well_formed(doubtful, len(pcm) // 2)


def test_what_is_too_short_to_hold_a_sound_is_nothing(ears: moonshine.Moonshine) -> None:
    for samples in (0, 1, 894):
        heard = ears.hear(HearingRequest(bytes(2 * samples), word_times=True))
        assert heard == Heard("", (), 0.0)
    assert well_formed(ears.hear(HearingRequest(bytes(2 * 895), word_times=True)), 895)


def test_a_piece_may_be_as_long_as_pieces_get_and_no_longer(
    ears: moonshine.Moonshine, spoken: list[Spoken]
) -> None:
    pcm = (b"".join(each.pcm for each in spoken) * 4)[: 2 * LONGEST_PIECE]
    heard = ears.hear(HearingRequest(pcm, word_times=True))
    assert len(heard.words) > 60
    assert well_formed(heard, LONGEST_PIECE)
    with pytest.raises(ValueError, match="480001 samples"):
        ears.hear(HearingRequest(bytes(2 * LONGEST_PIECE + 2)))


def test_noise_without_end_is_not_said_without_end(ears: moonshine.Moonshine) -> None:
    time = np.arange(10 * EARS_RATE) / EARS_RATE
    hum = 8_000 * np.sin(2 * np.pi * 150 * time) * (np.sin(2 * np.pi * 4 * time) > 0)
    heard = ears.hear(HearingRequest(hum.astype("<i2").tobytes(), word_times=True))
    assert len(heard.tokens) < 8 * 10 + 4
    assert well_formed(heard, 10 * EARS_RATE)


def test_parts_make_ears_and_a_detector(parts: moonshine.MoonshineParts) -> None:
    ears = parts.ears()
    ears.warm_up()
    assert ears.languages == ("en",)
    assert isinstance(parts.detector(), Silero)
