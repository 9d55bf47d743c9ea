"""Text to phonemes and back, without a sound."""

# ruff: noqa: RUF001 - look-alikes are what the IPA is made of

from __future__ import annotations

import json
from collections.abc import Sequence
from itertools import pairwise

import numpy as np
import pytest
from hibari.g2p import G2P
from hibari.g2p.normalize import normalize
from hypothesis import given, settings
from hypothesis import strategies as st

from vivavoce.core.pronunciation import Pronunciation
from vivavoce.core.speakable import speakable
from vivavoce.core.ssml import phoneme_spans
from vivavoce.engines.voices.hibari import ASSETS
from vivavoce.engines.voices.hibari_reading import Reading, read
from vivavoce.engines.voices.hibari_sounding import sounding
from vivavoce.engines.voices.hibari_stand_ins import prepare

VOCABULARY: dict[str, int] = json.loads((ASSETS / "vocab.json").read_text("utf-8"))
_LETTERS = {number: letter for letter, number in VOCABULARY.items()}
G2P_US = G2P()


def reading(
    text: str, pronunciations: Sequence[Pronunciation] = (), *, normalize: bool = True
) -> Reading:
    return read(G2P_US, VOCABULARY, text, pronunciations, normalize=normalize)


def phonemes(found: Reading) -> str:
    return "".join(_LETTERS[number] for number in found.ids[1:-1])


def instead(text: str, part: str, words: str, ipa: str | None = None) -> Reading:
    """How `text` is read when `words` (as `ipa`) stand for the first `part` of it."""
    start = text.index(part)
    return reading(text, [Pronunciation(start, start + len(part), words, ipa)])


class TestPronunciations:
    def test_words_are_read_and_shown_in_place_of_others(self) -> None:
        found = instead("The UN met.", "UN", "United Nations")
        assert found.normalized == "The United Nations met."
        assert phonemes(found) == phonemes(reading("The United Nations met."))

    def test_words_are_put_into_words_like_any_text(self) -> None:
        assert instead("Send X now.", "X", "5 km").normalized == "Send five kilometers now."

    def test_phonemes_are_read_and_words_shown(self) -> None:
        found = instead("They live here.", "live", "live", "laɪv")
        assert found.normalized == "They live here."
        assert "lˈIv" in phonemes(found)
        assert "lˈɪv" in phonemes(instead("They live here.", "live", "live", "lɪv"))
        assert found.ids != instead("They live here.", "live", "live", "lˈɪv").ids

    def test_the_rest_of_the_sentence_sounds_as_ever(self) -> None:
        text = "The orange, 3/4/2024, is St. Ives' (on Main St.) and the end."
        plain = phonemes(reading(text))
        word = G2P_US("Ives")
        assert phonemes(instead(text, "Ives", "Ives", word)) == plain

    def test_words_before_phonemes_bend_to_them(self) -> None:
        assert phonemes(instead("Take the X.", "X", "X", "ˈɔ")) == "tˈAk ði ˈɔ."
        assert phonemes(instead("Take the X.", "X", "X", "ˈkɔ")) == "tˈAk ðə kˈɔ."

    @pytest.mark.parametrize(
        ("text", "shown"),
        [
            ("A GIF's end", "A GIF's end"),
            ("(GIF), please", "(GIF), please"),
            ("reGIFted", "reGIFted"),
            ("**GIF** and [GIF](http://x.io/)", "GIF and GIF"),
            ("GIF 42 times", "GIF forty two times"),
        ],
    )
    def test_phonemes_may_touch_marks_and_letters(self, text: str, shown: str) -> None:
        found = instead(text, "GIF", "GIF", "dʒɪf")
        assert found.normalized == shown
        assert "ʤˈɪf" in phonemes(found)

    def test_many_in_one_text_keep_their_own(self) -> None:
        text = "a b c d e f"
        every = [Pronunciation(at, at + 1, text[at], f"{text[at]}n") for at in range(0, 11, 2)]
        assert phonemes(reading(text, every)) == "ˈɑn bn kn dn ˈɛn fn"

    def test_phonemes_without_a_sound_leave_the_words_to_be_read(self) -> None:
        found = instead("I live.", "live", "live", "...")
        assert found.ids == reading("I live.").ids

    def test_text_in_another_script_can_be_given_a_sound(self) -> None:
        found = instead("你好", "你好", "你好", "niː ˈhaʊ")
        assert (found.normalized, phonemes(found)) == ("你好", "ni hˈW")

    def test_a_stretch_may_stand_for_nothing(self) -> None:
        assert instead("one two three", "two", "").ids == reading("one  three").ids

    def test_a_whole_element_is_read_as_its_word(self) -> None:
        text = 'See <phoneme alphabet="ipa" ph="ˈmædɪsən">Madison</phoneme>, please.'
        found = reading(text, phoneme_spans(text))
        assert found.normalized == "See Madison, please."
        assert "mˈædɪsən" in phonemes(found)

    @pytest.mark.parametrize("text", ["[word](/lˈIv/)", "q\ua000 Q\ua001", "\ue000word"])
    def test_no_text_of_a_caller_becomes_phonemes(self, text: str) -> None:
        alone = phonemes(reading(f"{text} a"))
        beside = phonemes(instead(f"{text} a", "a", "a", "kuː"))
        assert "lˈIv" not in alone + beside
        assert beside.startswith(alone.rpartition(" ")[0])

    def test_rules_that_raise_do_not_take_the_phonemes_along(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        tokenizer = G2P_US.tokenizer

        def failing(text: str) -> object:
            if "#" in text:
                raise IndexError("a rule's bug")
            return tokenizer(text)

        monkeypatch.setattr(G2P_US, "tokenizer", failing)
        monkeypatch.setattr(
            "vivavoce.engines.voices.hibari_reading.in_words", lambda text: text + " #"
        )
        assert "lˈIv" in phonemes(instead("They live here", "live", "live", "laɪv"))


NUMBERS = [
    ("I have 42 cats.", "I have forty two cats."),
    ("In 1999, 2024, 1905 and 2000.", None),
    ("It was $5.50, £3 or €1,000.25.", None),
    ("It was $ 20, $1 or $0.99.", "It was twenty dollars, one dollar or ninety nine cents."),
    ("It is 3.14 and 0.5.", "It is three point one four and zero point five."),
    ("Call 555-1234 now.", "Call five five five, one two three four now."),
    ("The 1st, 2nd, 42nd and 101st.", "The first, second, forty second and one hundred first."),
    ("A total of 1,234,567.", None),
    ("About 50% or 12.5% off.", "About fifty percent or twelve point five percent off."),
    ("It is -5 degrees, -40°C.", "It is minus five degrees, minus forty degrees Celsius."),
    ("10-20 people on 3/4/2024 at 5:30 pm.", None),
    ("A320, COVID-19, 5G, mp3.", "A three twenty, COVID-nineteen, five G, mp three."),
    ("The 1990s and the 80s.", "The nineteen nineties and the eighties."),
    ("1/2 cup, 2 1/2 cups.", "one half cup, two one half cups."),
    ("Version 2.0.1 is out.", "Version two zero one is out."),
    ("R&D, you & me, 5 + 3 = 8.", "R and D, you and me, five plus three equals eight."),
    ("Flight BA2490.", "Flight BA twenty four ninety."),
    ("It costs 99¢.", "It costs ninety nine cents."),
    ("$1.5 million, $3B.", "one point five million dollars, three billion dollars."),
    ("100 200 300.", "one hundred two hundred three hundred."),
    ("24/7 support, 365 days.", "twenty four slash seven support, three hundred sixty five days."),
    ("No. 5, #1.", "Number five, number one."),
    ("Agent 007.", "Agent seven."),
    ("1's and 0's.", "ones and zeros."),
    ("A 7-year-old.", "A seven-year-old."),
    ("Chapter IV, Henry VIII.", "Chapter four, Henry the eighth."),
    ("10 a.m. to 10am.", "ten a.m. to ten am."),
    ("2^10 is 1024.", "two to the power of ten is ten twenty four."),
    ("He is 6'2\".", "He is 6'2\"."),
    (
        "1234567890123 stars",
        "one two three four five six seven eight nine zero one two three stars",
    ),
]


class TestNumbers:
    @pytest.mark.parametrize(("text", "shown"), NUMBERS)
    def test_they_are_shown_in_words_and_sound_as_hibari_reads_digits(
        self, text: str, shown: str | None
    ) -> None:
        found = reading(text)
        heard = G2P_US(normalize(speakable(text).text), normalize_text=False)
        assert phonemes(found) == "".join(letter for letter in heard if letter in VOCABULARY)
        assert found.normalized == shown or (
            shown is None and not set("0123456789$£€%") & set(found.normalized)
        )

    def test_words_that_do_not_say_what_is_heard_are_not_shown(self) -> None:
        assert reading("A 3rd-rate $10 20 bet.").normalized == (
            "A 3rd-rate $10 twenty dollars bet."
        )

    def test_a_currency_is_for_the_numbers_behind_its_sign_only(self) -> None:
        assert reading("It was $5.50 (42%), 3 of them.").normalized == (
            "It was five dollars and fifty cents (forty two percent), three of them."
        )
        assert reading("C$10, 5 and $6.").normalized == "C ten dollars, five and six dollars."

    def test_signs_behind_numbers_and_bare_points_are_spoken(self) -> None:
        assert reading("A .5, 7€, 1 € or 21$.").normalized == (
            "A zero point five, seven euros, one euro or twenty one dollars."
        )

    def test_without_normalization_text_is_read_as_it_stands(self) -> None:
        text = "On  3/4/2024 at 5:30 Dr. Lee ran 5 km for $5; it\u2019s 42%."
        found = reading(text, normalize=False)
        assert found.normalized == "On 3/4/2024 at 5:30 Dr. Lee ran 5 km for $5; it's 42%."
        assert "kəlˈɑməTəɹ" not in phonemes(found)
        assert "fˈɔɹTi tˈu" in phonemes(found)

    def test_pronunciations_count_without_normalization_too(self) -> None:
        found = reading("5 km", [Pronunciation(2, 4, "clicks")], normalize=False)
        assert found.normalized == "5 clicks"


_PIECES = st.sampled_from(
    [
        *("the ", "UN", "live", " ", ". ", "42", "$5.50", "%", " 3/4/2024 ", "<b>", "\n", "..."),
        *("word ", "你好", "\ua000", "'s", "-", "(", ") ", "Dr. ", "St. ", "&", "e\u0301", "  "),
    ]
)
_PARTS = st.tuples(st.lists(_PIECES, max_size=4).map("".join), st.sampled_from([None, "", "aɪ ʔu"]))
_WORDS = st.sampled_from(["", "word", "two words", "42", "The UN", "<b>", "\ua000", " a\nb ", "."])


@given(st.lists(st.tuples(_PARTS, _WORDS, st.booleans()), max_size=6), st.booleans())
@settings(max_examples=300)
def test_every_character_has_its_time_and_no_block_ends_inside_a_pronunciation(
    parts: list[tuple[tuple[str, str | None], str, bool]], normalized: bool
) -> None:
    text = ""
    pronunciations: list[Pronunciation] = []
    for (part, ipa), words, pronounced in parts:
        if pronounced and part:
            pronunciations.append(Pronunciation(len(text), len(text) + len(part), words, ipa))
        text += part
    found = reading(text, pronunciations, normalize=normalized)
    if not found.ids:
        return
    timing = found.timing(text, np.arange(len(found.ids), dtype=np.int64) % 3 + 1)
    assert len(timing.original) == len(text)
    assert len(timing.normalized) == len(found.normalized)
    for frames in (timing.original, timing.normalized):
        assert (np.diff(frames) >= 0).all()
    assert (timing.word_ends[-1].original, timing.word_ends[-1].normalized) == (
        len(text),
        len(found.normalized),
    )
    for earlier, later in pairwise(timing.word_ends):
        assert earlier.original <= later.original
        assert earlier.normalized <= later.normalized
        assert earlier.frame < later.frame
        assert text[earlier.original - 1].isspace()
        assert found.normalized[earlier.normalized - 1].isspace()
        assert not any(one.start < earlier.original < one.end for one in pronunciations)


@given(st.text(st.sampled_from("0123456789.,-$€£%&+@'#:/ sthndk"), max_size=25))
@settings(max_examples=300)
def test_words_for_numbers_change_nothing_of_the_sound(text: str) -> None:
    plain, given_words = prepare(text, ())
    rewritten = normalize(plain.text)
    shown, kept = (sounding(G2P_US, rewritten, given_words, worded=one) for one in (True, False))
    assert shown.phonemes == kept.phonemes
    assert all(0 <= one.start < one.end <= len(shown.shown) for one in shown.tokens)
    assert [shown.place(at) for at in (0, len(rewritten))] == [0, len(shown.shown)]
