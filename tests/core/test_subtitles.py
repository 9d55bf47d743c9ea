"""Transcripts as subtitles."""

from __future__ import annotations

import re
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from vivavoce.core.spoken_words import SpokenWord
from vivavoce.core.subtitles import CueRules, segments, to_srt, to_text, to_vtt


def spoken(text: str, *, start_s: float = 0.0, word_s: float = 0.3) -> list[SpokenWord]:
    return [
        SpokenWord(word, start_s + index * word_s, start_s + (index + 0.9) * word_s, -0.1)
        for index, word in enumerate(text.split())
    ]


def texts(words: list[SpokenWord], rules: CueRules | None = None) -> list[str]:
    return [" ".join(word.text for word in part) for part in segments(words, rules)]


def test_nothing_has_no_cues() -> None:
    assert to_srt([]) == to_text([]) == ""
    assert to_vtt([]) == "WEBVTT\n\n"


def test_a_cue_is_numbered_and_timed() -> None:
    words = [SpokenWord("Hello,", 3661.2, 3661.5, -0.1), SpokenWord("world.", 3661.6, 3663, -0.1)]
    assert to_srt(words) == "1\n01:01:01,200 --> 01:01:03,000\nHello, world.\n\n"
    assert to_vtt(words) == "WEBVTT\n\n01:01:01.200 --> 01:01:03.000\nHello, world.\n\n"


def test_a_cue_can_be_read_unless_the_next_one_comes() -> None:
    yes, no = SpokenWord("Yes.", 1.0, 1.2, -0.1), SpokenWord("No.", 2.9, 3.0, -0.1)
    assert "00:00:01,000 --> 00:00:02,000" in to_srt([yes, no])
    soon = SpokenWord("No.", 1.4, 1.5, -0.1)
    assert "00:00:01,000 --> 00:00:01,400" in to_srt([yes, soon], CueRules(silence_s=0.1))


def test_silence_parts_cues() -> None:
    words = spoken("One two") + spoken("three four", start_s=5.0)
    assert texts(words) == ["One two", "three four"]
    assert texts(words, CueRules(silence_s=10)) == ["One two three four"]


def test_a_cue_ends_with_a_sentence_if_one_ends_in_it() -> None:
    words = spoken("It was the best of times, of all of them. It was the worst of times, it was so")
    assert texts(words, CueRules(line_chars=35)) == [
        "It was the best of times, of all of them.",
        "It was the worst of times, it was so",
    ]


def test_a_cue_ends_with_a_clause_if_no_sentence_does() -> None:
    words = spoken(
        "it was the best of many times and ways, it was the worst of many times and ways and woes"
    )
    assert texts(words)[0] == "it was the best of many times and ways,"


def test_a_cue_without_marks_ends_where_the_speaker_rested() -> None:
    words = spoken("one two three four five six seven eight nine ten eleven")
    words = words[:8] + spoken("nine ten eleven twelve thirteen fourteen fifteen", start_s=3.0)
    cut = texts(words, CueRules(line_chars=25))
    assert cut[0] == "one two three four five six seven eight"


def test_an_abbreviation_ends_no_cue() -> None:
    words = spoken("We have asked for an answer from Mr. Jones and from everybody else we knew of")
    assert not any(text.endswith("Mr.") for text in texts(words, CueRules(line_chars=18)))


def test_a_sentence_that_is_long_enough_to_read_stands_alone() -> None:
    words = spoken(
        "Good evening, ladies and gentlemen. I appreciate that you give me some of your time"
        " tonight so that we may talk about it"
    )
    assert texts(words)[0] == "Good evening, ladies and gentlemen."


def test_no_cue_ends_with_a_word_that_leans_on_the_next() -> None:
    words = spoken("we went to look for the man who had the key of the door to the big hall " * 3)
    ends = [text.split()[-1] for text in texts(words)]
    assert len(ends) > 2
    assert not set(ends) & {"to", "for", "the", "who", "had", "of"}


def test_a_line_is_broken_where_no_words_belong_together() -> None:
    srt = to_srt(spoken("that was the very best day on which they found the way"))
    assert srt.split("\n")[2:4] == ["that was the very best day", "on which they found the way"]


def test_lines_are_of_about_equal_length() -> None:
    srt = to_srt(spoken("We had everything before us and nothing much behind us then"))
    first, second = srt.split("\n")[2:4]
    assert abs(len(first) - len(second)) <= 6


def test_limits_of_a_caller_are_kept() -> None:
    words = spoken("one two three four five six seven eight nine ten", word_s=1.0)
    assert all(len(text) <= 10 for text in texts(words, CueRules(most_chars=10)))
    for part in segments(words, CueRules(longest_s=3.0)):
        assert part[-1].end_s - part[0].start_s <= 3.0


def test_what_a_browser_would_take_for_a_tag_is_escaped() -> None:
    assert "a &lt;b&gt; &amp; c" in to_vtt(spoken("a <b> & c"))


@given(
    st.lists(
        st.tuples(
            st.text(st.sampled_from("abc,.!?"), min_size=1, max_size=60),
            st.floats(0, 3),
            st.floats(0, 9),
        ),
        max_size=60,
    )
)
def test_no_word_is_lost_and_no_cue_overlaps_another(spec: list[tuple[str, float, float]]) -> None:
    words: list[SpokenWord] = []
    now = 0.0
    for text, gap, length in spec:
        words.append(SpokenWord(text, now + gap, now + gap + length, -0.1))
        now += gap + length
    parts = segments(words)
    assert [word for part in parts for word in part] == words
    assert to_text(words).split() == [word.text for word in words]
    times = [
        tuple(
            int(h) * 3600 + int(m) * 60 + float(s.replace(",", "."))
            for h, m, s in re.findall(r"(\d+):(\d\d):(\d\d,\d{3})", line)
        )
        for line in to_srt(words).split("\n")
        if "-->" in line
    ]
    assert len(times) == len(parts)
    for start, end in times:
        assert start <= end
    for before, behind in pairwise(times):
        assert before[1] <= behind[0] + 0.0005
    for part in parts:
        assert len(part) == 1 or len(" ".join(word.text for word in part)) <= CueRules().cue_chars
    for cue in to_srt(words).split("\n\n"):
        lines = cue.split("\n")[2:]
        assert len(lines) <= 2
        assert all(len(line) <= 42 or " " not in line for line in lines)
