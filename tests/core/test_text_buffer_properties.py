"""What holds for every text, however it is cut into messages."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from vivavoce.core import marks
from vivavoce.core.characters import is_grapheme_boundary, is_spaceless, weight
from vivavoce.core.text_buffer import Cut, TextBuffer, Utterance

_EXAMPLES = settings(max_examples=300)

_FRAGMENTS = st.sampled_from(
    [
        *(
            "a",
            "word ",
            "The cat ",
            "sat, ",
            "went home. ",
            "Really?! ",
            '"Yes." ',
            "U.S. ",
            "3.14 ",
        ),
        *(
            "e.g. ",
            "Dr. ",
            "J. K. ",
            "$29.",
            "99 ",
            "...",
            "… ",
            "\n",
            "\n\n",
            "  ",
            " ",
            "No. ",
            "5 ",
        ),
        *("apples, pears and plums ", "— ", " - ", "well-known ", "it's ", "https://a.bc/d?e=f "),
        *("<break time='1s'/>", "<b", ">", "<", "</p>", "< b", "<phoneme ph='x y z'>", "a < b "),
        *("<phoneme ph='x. Y'>Dr. Who, yes</phoneme>", "</phoneme>", "</phon", "eme>", "<phoneme "),
        *(
            "你好。",
            "今天天气很好",
            "、",
            "\uff0c",
            "\uff01",
            "日本語",
            "ไทย ",
            "สวัสดี",
            "नमस्ते। ",
            "한국어 ",
        ),
        *(
            "e\u0301",
            "\u0301",
            "👩\u200d👩\u200d👧",
            "👍🏽",
            "🇩🇪",
            "\u200d",
            "\r\n",
            "\u00a0",
            "\u2028",
        ),
        *(
            "x" * 130,
            "x" * 388,
            "x" * 400,
            "9" * 40,
            "好" * 60,
            "!" * 20,
            "word " * 40,
            "long clause, " * 9,
            "<x " * 30,
        ),
    ]
)
_TEXTS = st.one_of(_FRAGMENTS, st.lists(_FRAGMENTS, max_size=25).map("".join), st.text(max_size=30))


@dataclass(frozen=True)
class Feed:
    text: str
    flush: bool = False
    try_trigger: bool = False


@dataclass(frozen=True)
class Silence:
    seconds: float


@dataclass(frozen=True)
class Mode:
    """What a buffer is made with; comes first."""

    auto_mode: bool
    ssml: bool


@dataclass(frozen=True)
class Schedule:
    items: tuple[int, ...]


Step = Feed | Silence | Mode | Schedule


_FEEDS = st.builds(
    Feed, _TEXTS, flush=st.sampled_from((False,) * 9 + (True,)), try_trigger=st.booleans()
)
_SILENCES = st.builds(Silence, st.sampled_from((0.01, 0.08, 1.0)))
_SCHEDULES = st.builds(Schedule, st.lists(st.integers(0, 600), max_size=4).map(tuple))
_MODES = st.builds(Mode, st.sampled_from((False, False, True)), st.booleans())
_STEPS = st.tuples(
    _MODES, st.lists(st.one_of(_FEEDS, _FEEDS, _FEEDS, _SILENCES, _SCHEDULES), max_size=30)
).map(lambda made: [made[0], *made[1]])


@dataclass
class Run:
    """A buffer driven by steps, and what came out of it."""

    buffer: TextBuffer = field(default_factory=TextBuffer)
    fed: str = ""
    utterances: list[Utterance] = field(default_factory=list)
    # Where all that waited was spoken: nobody chose these ends.
    open_ends: set[int] = field(default_factory=set)
    flush_ends: set[int] = field(default_factory=set)
    now: float = 0.0
    auto_mode: bool = False

    def step(self, step: Step) -> None:
        if isinstance(step, Mode):
            self.auto_mode = step.auto_mode
            self.buffer = TextBuffer(auto_mode=step.auto_mode, ssml=step.ssml)
        elif isinstance(step, Schedule):
            self.buffer.follow(step.items)
        elif isinstance(step, Silence):
            self.now += step.seconds
            self.utterances += self.buffer.tick(self.now)
            self.open_ends.add(self.spoken)
        else:
            self.fed += step.text
            self.utterances += self.buffer.feed(
                step.text, now=self.now, flush=step.flush, try_trigger=step.try_trigger
            )
            if step.flush:
                self.flush_ends.add(self.spoken)
            elif self.auto_mode or step.try_trigger:
                self.open_ends.add(self.spoken)

    def finish(self) -> None:
        self.utterances += self.buffer.finish()
        self.flush_ends.add(self.spoken)

    @property
    def spoken(self) -> int:
        return sum(len(utterance.text) for utterance in self.utterances)

    @property
    def cuts(self) -> list[tuple[int, Cut]]:
        """Every place where speech was cut, and how."""
        at, cuts = 0, []
        for utterance in self.utterances:
            at += len(utterance.text)
            cuts.append((at, utterance.cut))
        return cuts


def _run(steps: list[Step]) -> Run:
    run = Run()
    for step in steps:
        run.step(step)
    run.finish()
    return run


def _words(text: str) -> int:
    return len(marks.TAG.sub("x", text).split())


@given(_STEPS)
@_EXAMPLES
def test_no_character_is_lost_added_or_moved(steps: list[Step]) -> None:
    run = Run()
    for step in steps:
        run.step(step)
        spoken = "".join(utterance.text for utterance in run.utterances)
        assert spoken + run.buffer.waiting == run.fed
        assert run.buffer.pending == len(run.buffer.waiting)
    run.finish()
    assert "".join(u.text for u in run.utterances) + run.buffer.waiting == run.fed
    assert run.buffer.waiting.strip() == ""


@given(_STEPS)
@_EXAMPLES
def test_no_utterance_is_too_long_for_a_voice_or_only_white_space(
    steps: list[Step],
) -> None:
    for utterance in _run(steps).utterances:
        body = utterance.text.strip()
        assert body
        if marks.PHONEME_ELEMENT.search(body) is None:
            assert _words(body) <= 30
        assert len(" ".join(body.split())) <= 400
        assert weight(marks.TAG.sub("", body)) <= 400


@given(_STEPS)
@_EXAMPLES
def test_no_cut_falls_inside_a_tag_unless_a_flush_puts_it_there(
    steps: list[Step],
) -> None:
    run = _run(steps)
    for tag in marks.TAG.finditer(run.fed):
        inside = {end for end, _ in run.cuts if tag.start() < end < tag.end()}
        assert not inside or inside & run.flush_ends


@given(_STEPS)
@_EXAMPLES
def test_no_cut_falls_inside_a_word_that_an_utterance_can_hold(
    steps: list[Step],
) -> None:
    run = _run(steps)
    for end, cut in run.cuts:
        before, after = run.fed[end - 1], run.fed[end : end + 1]
        if end in run.flush_ends | run.open_ends or not (before.isalnum() and after.isalnum()):
            continue
        assert cut is Cut.FORCED
        start = end - len(run.fed[:end].split()[-1])
        word = run.fed[start:].split()[0]
        assert weight(word) > 340 or any(map(is_spaceless, word))


@given(_STEPS)
@_EXAMPLES
def test_no_cut_parts_a_letter_from_its_accent_or_an_emoji_from_its_modifier(
    steps: list[Step],
) -> None:
    run = _run(steps)
    for end, _ in run.cuts:
        if end not in run.flush_ends | run.open_ends:
            assert is_grapheme_boundary(run.fed, end)


@given(_STEPS)
@_EXAMPLES
def test_what_waits_stays_bounded_however_the_text_comes(
    steps: list[Step],
) -> None:
    run = Run()
    for step in steps:
        run.step(step)
        assert len(" ".join(run.buffer.waiting.split())) <= 500 + marks.LONGEST_ELEMENT


@given(_STEPS, st.integers(0, 5))
@_EXAMPLES
def test_a_tick_speaks_exactly_when_it_said_it_would(steps: list[Step], extra: int) -> None:
    run = Run()
    for step in steps:
        run.step(step)
        due = run.buffer.next_tick
        if due is None:
            assert run.buffer.tick(run.now + 1000.0) == []
        else:
            assert run.buffer.tick(due - 0.001) == []
    due = run.buffer.next_tick
    if due is not None:
        assert run.buffer.tick(due + extra) != []


@given(_TEXTS, st.lists(st.integers(0, 400), max_size=12))
@_EXAMPLES
def test_text_flushed_at_the_end_is_the_same_whole_or_in_pieces(
    text: str, places: list[int]
) -> None:
    whole, trickled = TextBuffer(), TextBuffer()
    at_once = whole.feed(text, now=0.0, flush=True)
    bounds = [0, *sorted(min(place, len(text)) for place in places), len(text)]
    in_pieces: list[Utterance] = []
    for start, end in pairwise(bounds):
        in_pieces += trickled.feed(text[start:end], now=0.0)
    in_pieces += trickled.feed("", now=0.0, flush=True)
    joined = ["".join(u.text for u in utterances) for utterances in (at_once, in_pieces)]
    assert joined[0] + whole.waiting == joined[1] + trickled.waiting == text


@given(_TEXTS, st.lists(st.integers(0, 400), max_size=12))
@_EXAMPLES
def test_in_auto_mode_every_message_is_spoken_but_for_the_beginning_of_a_tag(
    text: str, places: list[int]
) -> None:
    buffer = TextBuffer(auto_mode=True)
    bounds = [0, *sorted(min(place, len(text)) for place in places), len(text)]
    for start, end in pairwise(bounds):
        buffer.feed(text[start:end], now=0.0)
        waiting = buffer.waiting.strip()
        assert waiting == "" or waiting.startswith("<")


_ELEMENTS = st.sampled_from(
    [
        "<phoneme alphabet='ipa' ph='x'>word</phoneme>",
        '<phoneme alphabet="cmu-arpabet" ph="D AA1 K, T ER0. ">Dr. Who, the one? Yes!</phoneme>',
        "<PHONEME ph=x>\n" + "long " * 12 + "</PHONEME  >",
    ]
)
_TAGGED = st.lists(st.one_of(_FRAGMENTS, _ELEMENTS), max_size=20).map("".join)


@given(_TAGGED, st.lists(st.integers(0, 2000), max_size=40), st.booleans(), st.booleans())
@_EXAMPLES
def test_with_ssml_no_cut_falls_inside_a_phoneme_element_wherever_messages_do(
    text: str, places: list[int], auto_mode: bool, try_trigger: bool
) -> None:
    buffer = TextBuffer(auto_mode=auto_mode, chunk_length_schedule=[50], ssml=True)
    bounds = [0, *sorted(min(place, len(text)) for place in places), len(text)]
    spoken: list[Utterance] = []
    for index, (start, end) in enumerate(pairwise(bounds)):
        spoken += buffer.feed(text[start:end], now=float(index), try_trigger=try_trigger)
        spoken += buffer.tick(index + 0.5)
    flushed = sum(len(utterance.text) for utterance in spoken)
    spoken += buffer.finish()
    assert "".join(utterance.text for utterance in spoken) + buffer.waiting == text
    ends: set[int] = set()
    for utterance in spoken:
        ends.add(max(ends, default=0) + len(utterance.text))
    for tag in marks.WHOLE.finditer(text):
        if marks.PHONEME_ELEMENT.fullmatch(tag[0]) and tag.end() <= flushed:
            assert not any(tag.start() < end < tag.end() for end in ends)
