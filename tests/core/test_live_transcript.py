"""When the ears are asked, and what the caller is told."""

from __future__ import annotations

import random
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vivavoce.core.heeded import Ask, Hearing, Urgency
from vivavoce.core.live_transcript import (
    Commit,
    Effect,
    LiveTranscript,
    ShowPartial,
    TranscriptRules,
)
from vivavoce.core.pieces import HOP, RATE, PieceRules
from vivavoce.core.spoken_words import Passage

SPEECH, SILENCE = 0.9, 0.05
MANUAL = TranscriptRules()
VAD = TranscriptRules(commit_after=RATE // 2)


def hops(seconds: float) -> int:
    return round(seconds * RATE / HOP)


class Scene:
    """A transcript whose ears hear the word "n" in the n-th tenth of a second."""

    def __init__(self, rules: TranscriptRules = MANUAL) -> None:
        self.transcript = LiveTranscript(rules)
        self.now = 0
        self.open: list[Ask] = []
        self.asked: list[Ask] = []
        self.partials: list[str] = []
        self.commits: list[Commit] = []
        self.order: list[str] = []

    def hear(self, *parts: float, answer: bool = True) -> None:
        """So many seconds of speech (positive) and silence (negative), hop by hop."""
        for part in parts:
            for _ in range(hops(abs(part))):
                self.now += HOP
                self._note(self.transcript.hear([SPEECH if part > 0 else SILENCE]))
                if answer:
                    self.answer_all()

    def commit(self, *, answer: bool = True) -> None:
        self._note(self.transcript.commit(self.now))
        if answer:
            self.answer_all()

    def answer_all(self) -> None:
        while self.open:
            self.answer(self.open[0])

    def answer(self, ask: Ask, *, late: bool = False, silent: bool = False) -> None:
        self.open.remove(ask)
        hearing = None if late else Hearing(None) if silent else hear(ask)
        self._note(self.transcript.answer(ask, hearing))

    def texts(self) -> list[str]:
        return [" ".join(passage.text for passage in commit.passages) for commit in self.commits]

    def _note(self, effects: list[Effect]) -> None:
        for effect in effects:
            if isinstance(effect, Ask):
                self.open.append(effect)
                self.asked.append(effect)
            elif isinstance(effect, ShowPartial):
                self.partials.append(effect.text)
                self.order.append("partial")
            else:
                self.commits.append(effect)
                self.order.append("commit")


def hear(ask: Ask) -> Hearing:
    first, last = ask.sound.start * 10 // RATE, ask.sound.end * 10 // RATE
    numbers = tuple(range(first, last))
    passage = Passage(
        " ".join(map(str, numbers)), ask.sound.start / RATE, ask.sound.end / RATE, -0.1
    )
    return Hearing(passage, numbers)


def test_silence_asks_nothing_and_says_nothing() -> None:
    scene = Scene(VAD)
    scene.hear(-30)
    assert scene.asked == scene.commits == scene.partials == []


def test_a_commit_without_speech_is_empty() -> None:
    scene = Scene()
    scene.hear(-1)
    scene.commit()
    assert scene.commits == [Commit((), asked=True)]


def test_partials_come_while_there_is_speech_and_grow() -> None:
    scene = Scene()
    scene.hear(-0.5, 3)
    assert 5 <= len(scene.partials) <= 7
    assert all(
        len(one) < len(two) for one, two in zip(scene.partials, scene.partials[1:], strict=False)
    )


def test_the_first_partial_is_asked_for_within_350_ms_of_speech() -> None:
    scene = Scene()
    scene.hear(-0.5, 0.35)
    assert [ask.urgency for ask in scene.asked] == [Urgency.PARTIAL]


def test_no_partial_is_repeated_when_there_is_no_new_speech() -> None:
    scene = Scene()
    scene.hear(2, -0.3)
    before = list(scene.partials)
    scene.hear(-20)
    assert scene.partials == before


def test_a_partial_knows_what_was_heard_before() -> None:
    scene = Scene()
    scene.hear(2)
    assert scene.asked[0].draft == ()
    assert scene.asked[1].draft == hear(scene.asked[0]).tokens


def test_only_one_partial_is_under_way() -> None:
    scene = Scene()
    scene.hear(4, answer=False)
    assert len(scene.open) == 1


def test_a_partial_that_was_too_late_is_asked_for_again() -> None:
    scene = Scene()
    scene.hear(1, answer=False)
    scene.answer(scene.open[0], late=True)
    scene.hear(0.1, answer=False)
    assert len(scene.open) == 1
    assert scene.open[0].turn == 2


def test_a_pause_is_heard_before_anybody_commits() -> None:
    scene = Scene()
    scene.hear(1.2, -0.2)
    assert scene.asked[-1].urgency is Urgency.PAUSE
    asked = len(scene.asked)
    scene.commit()
    assert len(scene.asked) == asked
    assert len(scene.commits) == 1
    assert scene.commits[0].passages


def test_a_commit_in_mid_speech_is_heard_to_its_end() -> None:
    scene = Scene()
    scene.hear(1.7)
    scene.commit()
    final = scene.asked[-1]
    assert final.urgency is Urgency.FINAL
    assert final.sound.end == scene.now
    assert scene.texts() == [hear(final).passage.text]  # type: ignore[union-attr]


def test_a_commit_waits_for_the_pause_that_is_being_heard() -> None:
    scene = Scene()
    scene.hear(1.2)
    scene.hear(-0.2, answer=False)
    scene.commit(answer=False)
    assert scene.commits == []
    assert len(scene.open) == 1
    scene.answer_all()
    assert len(scene.commits) == 1


def test_speech_behind_a_commit_is_of_the_next_one() -> None:
    scene = Scene()
    scene.hear(1.5)
    scene.commit()
    scene.hear(1.5)
    scene.commit()
    first, second = scene.texts()
    assert first.split()[-1] == "14"
    assert second.split()[0] == "14" or second.split()[0] == "15"


def test_silence_commits_once_where_it_is_to() -> None:
    scene = Scene(VAD)
    scene.hear(-1, 1.5, -0.4)
    assert scene.commits == []
    scene.hear(-0.2)
    assert len(scene.commits) == 1
    assert not scene.commits[0].asked
    scene.hear(-20)
    assert len(scene.commits) == 1


def test_a_word_that_begins_as_silence_commits_is_whole_in_the_next_segment() -> None:
    scene = Scene(VAD)
    scene.hear(1, -0.47)
    began = scene.now
    scene.hear(0.1)
    assert len(scene.commits) == 1
    scene.hear(1)
    scene.commit()
    assert scene.commits[1].passages[0].start_s < began / RATE


def test_without_a_strategy_silence_never_commits() -> None:
    scene = Scene()
    scene.hear(2, -40)
    assert scene.commits == []


def test_a_click_after_speech_does_not_put_the_commit_off() -> None:
    scene = Scene(TranscriptRules(commit_after=RATE))
    scene.hear(2, -0.6, 0.03, -0.4)
    assert len(scene.commits) == 1


def test_what_is_no_speech_for_the_ears_is_not_committed_by_silence() -> None:
    scene = Scene(VAD)
    scene.hear(1, answer=False)
    scene.hear(-1, answer=False)
    while scene.open:
        scene.answer(scene.open[0], silent=True)
    assert scene.commits == scene.partials == []


def test_commits_stay_in_order_when_answers_do_not() -> None:
    scene = Scene()
    scene.hear(1, answer=False)
    scene.commit(answer=False)
    scene.hear(1, answer=False)
    scene.commit(answer=False)
    for ask in reversed(list(scene.open)):
        if ask in scene.open:
            scene.answer(ask)
    scene.answer_all()
    first, second = scene.texts()
    assert int(first.split()[0]) < int(second.split()[0])


def test_no_stale_partial_follows_a_commit() -> None:
    scene = Scene()
    scene.hear(2)
    scene.hear(0.6, answer=False)
    scene.commit(answer=False)
    scene.answer_all()
    assert scene.order[-1] == "commit"


def test_long_talk_is_settled_piece_by_piece_and_committed_whole() -> None:
    scene = Scene()
    for _ in range(10):
        scene.hear(3, -0.7)
    scene.commit()
    (commit,) = scene.commits
    assert len(commit.passages) >= 4
    numbers = [int(number) for number in scene.texts()[0].split()]
    assert numbers == sorted(numbers)


def test_an_answer_that_comes_after_its_piece_was_cut_adds_no_words_of_the_next_one() -> None:
    scene = Scene(MANUAL)
    scene.hear(11.5, -0.3, answer=False)
    scene.answer_all()
    scene.hear(1.5, -0.15, 2, answer=False)
    assert [ask.piece for ask in scene.open] == [1, 1, 2]
    needed_from = scene.transcript.needed_from
    for _ in range(2):
        scene.answer(scene.open[0])
        assert scene.transcript.needed_from == needed_from
    scene.commit()
    numbers = [int(number) for number in scene.texts()[0].split()]
    assert numbers == sorted(set(numbers))


def test_no_partial_says_what_is_behind_a_cut_twice() -> None:
    scene = Scene(MANUAL)
    scene.hear(11.5, -0.3, 2.9)
    scene.hear(2, answer=False)
    final, partial = scene.open
    assert (final.urgency, partial.urgency) == (Urgency.FINAL, Urgency.PARTIAL)
    scene.answer(partial)
    scene.answer(final)
    for text in scene.partials:
        numbers = [int(number) for number in text.split()]
        assert numbers == sorted(set(numbers))


def test_talk_for_longer_than_90_s_is_committed_in_parts() -> None:
    scene = Scene()
    for _ in range(60):
        scene.hear(3.5, -0.3)
    assert len(scene.commits) == 2
    assert not scene.commits[0].asked
    scene.commit()
    assert len(scene.commits) == 3


def test_sound_is_needed_only_as_long_as_the_ears_may_be_asked() -> None:
    scene = Scene()
    for _ in range(20):
        scene.hear(2.5, -0.7)
        assert scene.now - scene.transcript.needed_from <= PieceRules().longest + RATE
    scene.commit()
    assert scene.transcript.needed_from >= scene.now - RATE // 5
    assert scene.transcript.unsettled == 0


@settings(max_examples=150, deadline=None)
@given(
    st.lists(
        st.one_of(
            st.tuples(st.just("hear"), st.floats(-2.0, 2.0)),
            st.tuples(st.just("commit"), st.just(0.0)),
            st.tuples(st.just("answer"), st.floats(0, 1)),
        ),
        max_size=40,
    ),
    st.sampled_from([None, RATE // 3, RATE]),
    st.integers(0, 2**32),
)
def test_every_commit_is_answered_once_in_order_and_nothing_is_said_twice(
    events: list[tuple[str, float]], commit_after: int | None, seed: int
) -> None:
    rules = TranscriptRules(
        commit_after=commit_after,
        pieces=PieceRules(longest=3 * RATE, shortest=RATE, pause=RATE // 3, long_pause=RATE),
    )
    scene = Scene(rules)
    dice = random.Random(seed)
    asked = 0
    for kind, value in events:
        if kind == "hear":
            scene.hear(value, answer=False)
        elif kind == "commit":
            asked += 1
            scene.commit(answer=False)
        elif scene.open:
            ask = dice.choice(scene.open)
            scene.answer(ask, late=ask.urgency is Urgency.PARTIAL and value < 0.3)
    scene.hear(-2)
    scene.commit()
    assert sum(commit.asked for commit in scene.commits) == asked + 1
    passages = [passage for commit in scene.commits for passage in commit.passages]
    for before, behind in pairwise(passages):
        assert before.end_s <= behind.start_s
    assert scene.transcript.unsettled == 0
    assert scene.open == []


@pytest.mark.parametrize("step", [1, 7, 400])
def test_a_file_that_comes_fast_is_committed_like_speech(step: int) -> None:
    likelihoods = [
        SPEECH if part > 0 else SILENCE
        for part in (-1, 4, -0.3, 3, -0.8, 2, -2, 9, -0.2, 9, -1)
        for _ in range(hops(abs(part)))
    ]
    scene = Scene(VAD)
    for start in range(0, len(likelihoods), step):
        scene._note(scene.transcript.hear(likelihoods[start : start + step]))
        scene.answer_all()
    spans = [
        (passage.start_s, passage.end_s) for commit in scene.commits for passage in commit.passages
    ]
    assert len(scene.commits) == 3
    assert len(spans) == 4


def test_the_text_is_what_has_been_heard_since_the_last_commit() -> None:
    scene = Scene()
    assert scene.transcript.text == ""
    scene.hear(1.0)
    assert scene.transcript.text == scene.partials[-1]
    scene.hear(-0.5)
    whole = scene.transcript.text
    scene.commit()
    assert scene.texts() == [whole]
    assert scene.transcript.text == ""


def test_silence_is_caught_up_with() -> None:
    scene = Scene()
    assert scene.transcript.is_caught_up
    scene.hear(-2.0)
    assert scene.transcript.is_caught_up


def test_speech_is_caught_up_with_once_the_pause_behind_it_has_been_heard() -> None:
    scene = Scene()
    scene.hear(1.0, answer=False)
    assert not scene.transcript.is_caught_up
    scene.hear(-0.3, answer=False)
    assert not scene.transcript.is_caught_up
    scene.answer_all()
    assert scene.transcript.is_caught_up
    scene.hear(0.5)
    assert not scene.transcript.is_caught_up


def test_after_a_commit_nothing_is_ahead() -> None:
    scene = Scene()
    scene.hear(1.0, -0.3)
    scene.commit()
    assert scene.transcript.is_caught_up
