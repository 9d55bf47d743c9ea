from __future__ import annotations

import pytest

from vivavoce.core.text_buffer import Cut, TextBuffer, Utterance

SENTENCE, CLAUSE, WORD, FORCED = Cut.SENTENCE, Cut.CLAUSE, Cut.WORD, Cut.FORCED

STORY = (
    "The quick brown fox jumps over the lazy dog, and then it ran away because of the big bad wolf "
    "who lives in the forest near the old mill. Nobody saw it again. "
)


def texts(utterances: list[Utterance]) -> list[str]:
    return [utterance.text for utterance in utterances]


def trickle(buffer: TextBuffer, text: str) -> list[Utterance]:
    """Feed `text` character by character."""
    return [utterance for char in text for utterance in buffer.feed(char, now=0.0)]


class TestSchedule:
    def test_nothing_is_spoken_below_the_first_item(self) -> None:
        buffer = TextBuffer(chunk_length_schedule=[50])
        assert buffer.feed("It rained. We stayed in and waited for it. Then", now=0.0) == []
        assert buffer.pending == 47

    def test_from_the_first_item_on_whole_sentences_are_spoken_and_the_rest_waits(self) -> None:
        buffer = TextBuffer(chunk_length_schedule=[50])
        spoken = buffer.feed("It rained. We stayed in and waited for it. Then it stopped", now=0.0)
        assert spoken == [
            Utterance("It rained. ", SENTENCE),
            Utterance("We stayed in and waited for it. ", SENTENCE),
        ]
        assert buffer.waiting == "Then it stopped"

    def test_without_a_sentence_end_the_last_clause_is_spoken(self) -> None:
        buffer = TextBuffer(chunk_length_schedule=[60])
        spoken = trickle(buffer, STORY[:60])
        assert spoken == [Utterance("The quick brown fox jumps over the lazy dog, ", CLAUSE)]

    def test_without_a_clause_end_the_last_words_are_spoken(self) -> None:
        buffer = TextBuffer(chunk_length_schedule=[50])
        spoken = trickle(buffer, "Somebody walked through the long grass yesterday even")
        assert spoken == [Utterance("Somebody walked through the long grass yesterday ", WORD)]

    def test_a_word_cut_does_not_part_a_word_from_the_one_it_leans_on(self) -> None:
        buffer = TextBuffer(chunk_length_schedule=[50])
        spoken = trickle(buffer, "Somebody walked through long grass to the edge of the fo")
        assert texts(spoken) == ["Somebody walked through long grass to the edge "]

    def test_a_sentence_end_at_the_very_end_is_waited_for(self) -> None:
        buffer = TextBuffer(chunk_length_schedule=[50])
        sentence = "Somebody walked through the very long grass today."
        assert trickle(buffer, sentence) == []
        assert trickle(buffer, " ") == [Utterance(sentence + " ", SENTENCE)]

    def test_the_index_advances_once_per_generation_and_the_last_item_repeats(self) -> None:
        buffer = TextBuffer(chunk_length_schedule=[50, 100])
        sentence = "Ten characters and ten more. "
        sizes = []
        for _ in range(40):
            spoken = buffer.feed(sentence, now=0.0)
            if spoken:
                sizes.append(sum(map(len, texts(spoken))))
        assert sizes[:3] == [58, 116, 116]

    def test_one_generation_of_many_sentences_counts_once(self) -> None:
        buffer = TextBuffer(chunk_length_schedule=[50, 100, 500])
        assert len(buffer.feed(STORY * 3, now=0.0)) > 3
        assert buffer.feed(STORY[:99], now=0.0) == []
        assert buffer.feed(STORY[99:], now=0.0) != []

    @pytest.mark.parametrize(("item", "least"), [(1, 50), (-7, 50), (9000, 500), (200, 200)])
    def test_items_are_held_between_50_and_500(self, item: int, least: int) -> None:
        buffer = TextBuffer(chunk_length_schedule=[item])
        text = "word " * 200
        fed = 0
        while not buffer.feed(text[fed], now=0.0):
            fed += 1
        assert fed + 1 == least

    def test_an_empty_schedule_is_the_default_one(self) -> None:
        buffer = TextBuffer(chunk_length_schedule=[])
        assert buffer.feed("It is so. " * 11, now=0.0) == []
        assert buffer.feed("It is so. ", now=0.0) != []

    def test_a_new_schedule_counts_from_the_next_text_on(self) -> None:
        buffer = TextBuffer(chunk_length_schedule=[500])
        buffer.feed("It is so. " * 10, now=0.0)
        buffer.follow([50])
        assert len(buffer.feed("And", now=0.0)) == 10


class TestTrigger:
    def test_it_speaks_below_the_schedule_up_to_the_last_word(self) -> None:
        buffer = TextBuffer()
        spoken = buffer.feed("Somebody walked through grass to", now=0.0, try_trigger=True)
        assert spoken == [Utterance("Somebody walked through grass ", WORD)]
        assert buffer.waiting == "to"

    def test_too_little_text_waits(self) -> None:
        buffer = TextBuffer()
        assert buffer.feed("Short words here, ", now=0.0, try_trigger=True) == []

    def test_a_sentence_end_is_taken_for_one_even_with_nothing_behind_it(self) -> None:
        buffer = TextBuffer()
        spoken = buffer.feed("That is all I have to say.", now=0.0, try_trigger=True)
        assert spoken == [Utterance("That is all I have to say.", SENTENCE)]

    def test_it_cuts_no_tag(self) -> None:
        buffer = TextBuffer()
        text = "Somebody walked through here <phoneme ph="
        spoken = buffer.feed(text, now=0.0, try_trigger=True)
        assert texts(spoken) == ["Somebody walked through here "]


class TestFlush:
    def test_it_speaks_all_half_words_too(self) -> None:
        buffer = TextBuffer()
        spoken = buffer.feed("It rained. We sta", now=0.0, flush=True)
        assert spoken == [Utterance("It rained. ", SENTENCE), Utterance("We sta", WORD)]
        assert buffer.pending == 0

    def test_it_works_without_text(self) -> None:
        buffer = TextBuffer()
        buffer.feed("Dr. Who, ", now=0.0)
        assert buffer.feed("", now=0.0, flush=True) == [Utterance("Dr. Who, ", CLAUSE)]

    def test_it_speaks_the_beginning_of_a_tag(self) -> None:
        buffer = TextBuffer()
        assert texts(buffer.feed("Hello <brea", now=0.0, flush=True)) == ["Hello <brea"]

    def test_the_last_mark_counts_as_a_sentence_end(self) -> None:
        buffer = TextBuffer()
        assert buffer.feed("It costs $3.", now=0.0, flush=True)[-1].cut is SENTENCE

    def test_of_nothing_it_makes_nothing(self) -> None:
        buffer = TextBuffer()
        assert buffer.feed("", now=0.0, flush=True) == []
        assert buffer.feed(" \n ", now=0.0, flush=True) == []

    def test_it_counts_as_a_generation(self) -> None:
        buffer = TextBuffer(chunk_length_schedule=[50, 500])
        buffer.feed("Hello. ", now=0.0, flush=True)
        assert buffer.feed("It is so. " * 10, now=0.0) == []


class TestAutoMode:
    def test_every_message_is_spoken_whole(self) -> None:
        buffer = TextBuffer(auto_mode=True)
        assert texts(buffer.feed("Hel", now=0.0)) == ["Hel"]
        assert texts(buffer.feed("lo there. Hi.", now=0.0)) == ["lo there. ", "Hi."]

    def test_the_beginning_of_a_tag_waits_for_its_end(self) -> None:
        buffer = TextBuffer(auto_mode=True)
        assert texts(buffer.feed("One <break time=", now=0.0)) == ["One "]
        assert texts(buffer.feed('"1s"/> two', now=0.0)) == ['<break time="1s"/> two']

    def test_a_message_of_white_space_goes_with_the_next_one(self) -> None:
        buffer = TextBuffer(auto_mode=True)
        assert buffer.feed(" ", now=0.0) == []
        assert texts(buffer.feed("Hello.", now=0.0)) == [" Hello."]


class TestIdle:
    def test_finished_sentences_are_spoken_after_80_ms_and_the_rest_waits(self) -> None:
        buffer = TextBuffer()
        buffer.feed("It rained. We stayed in. And th", now=10.0)
        assert buffer.next_tick == pytest.approx(10.08)
        assert buffer.tick(10.07) == []
        assert texts(buffer.tick(10.08)) == ["It rained. ", "We stayed in. "]
        assert buffer.waiting == "And th"
        assert buffer.next_tick is None

    @pytest.mark.parametrize(
        "text", ["Hello there.", "Let me look that up...", "好。", "Why?", "Go!"]
    )
    def test_a_finished_sentence_needs_nothing_behind_it(self, text: str) -> None:
        buffer = TextBuffer()
        buffer.feed(text, now=0.0)
        assert buffer.tick(0.08) == [Utterance(text, SENTENCE)]

    @pytest.mark.parametrize(
        "text",
        [
            "Dr.",
            "Dr. ",
            "It is 3.",
            "I went home, ",
            "I went ho",
            "See you at 5 p.m. ",
            "J. ",
            "1. ",
        ],
    )
    def test_an_unfinished_one_waits(self, text: str) -> None:
        buffer = TextBuffer()
        buffer.feed(text, now=0.0)
        assert buffer.next_tick is None
        assert buffer.tick(1e9) == []

    def test_every_text_starts_the_wait_again_and_an_empty_one_does_not(self) -> None:
        buffer = TextBuffer(idle_seconds=0.2)
        buffer.feed("Hello there. ", now=1.0)
        buffer.feed("And", now=2.0)
        buffer.feed("", now=3.0)
        assert buffer.next_tick == pytest.approx(2.2)

    def test_text_over_the_schedule_that_waited_for_a_character_is_spoken(self) -> None:
        buffer = TextBuffer(chunk_length_schedule=[50])
        assert trickle(buffer, "All that walking through long grass has cost $733.") == []
        assert texts(buffer.tick(1.0)) == ["All that walking through long grass has cost "]

    def test_white_space_alone_is_never_due(self) -> None:
        buffer = TextBuffer()
        buffer.feed(" \n\n ", now=0.0)
        assert buffer.next_tick is None


class TestWhiteSpace:
    def test_it_goes_with_the_sentence_it_follows(self) -> None:
        buffer = TextBuffer()
        spoken = buffer.feed("  One.  \n Two. ", now=0.0, flush=True)
        assert texts(spoken) == ["  One.  \n ", "Two. "]

    def test_what_comes_after_a_flush_goes_with_the_next_sentence(self) -> None:
        buffer = TextBuffer()
        buffer.feed("One.", now=0.0, flush=True)
        assert buffer.feed(" ", now=0.0, flush=True) == []
        assert texts(buffer.feed("Two.", now=0.0, flush=True)) == [" Two."]

    def test_at_the_end_it_is_left_waiting(self) -> None:
        buffer = TextBuffer()
        buffer.feed("One.", now=0.0, flush=True)
        buffer.feed(" \n", now=0.0)
        assert buffer.finish() == []
        assert (buffer.waiting, buffer.pending) == (" \n", 2)

    def test_it_does_not_count_towards_the_schedule_in_front_of_the_text(self) -> None:
        buffer = TextBuffer(chunk_length_schedule=[50])
        assert buffer.feed(" " * 60 + "Hello there, all of you", now=0.0) == []


class TestLength:
    def test_a_long_sentence_is_cut_at_its_clauses(self) -> None:
        sentence = (
            "The old man who lived by the sea had a boat that he had built with his own hands, "
            "and every morning before the sun came up he rowed out to the place where the fish "
            "were waiting for him in the deep. "
        )
        spoken = TextBuffer().feed(sentence, now=0.0, flush=True)
        assert [u.cut for u in spoken] == [CLAUSE, SENTENCE]
        assert spoken[0].text.endswith("hands, ")

    def test_words_without_any_mark_are_cut_evenly(self) -> None:
        spoken = TextBuffer().feed("word " * 61, now=0.0, flush=True)
        assert [len(u.text.split()) for u in spoken] == [20, 20, 21]
        assert [u.cut for u in spoken] == [WORD, WORD, WORD]

    def test_a_word_of_thousands_of_letters_is_cut_by_force(self) -> None:
        buffer = TextBuffer()
        spoken = buffer.feed("a" * 1000, now=0.0)
        assert [(len(u.text), u.cut) for u in spoken] == [(400, FORCED), (400, FORCED)]
        assert buffer.pending == 200

    def test_white_space_behind_the_longest_word_goes_with_it(self) -> None:
        buffer = TextBuffer()
        assert texts(buffer.feed("a" * 400 + "  b", now=0.0)) == ["a" * 400 + "  "]
        assert buffer.waiting == "b"

    def test_characters_without_spaces_are_cut_at_a_hundred(self) -> None:
        spoken = TextBuffer().feed("好" * 250, now=0.0, flush=True)
        assert [len(u.text) for u in spoken] == [100, 100, 50]

    def test_digits_weigh_as_much_as_they_take_to_say(self) -> None:
        spoken = TextBuffer().feed("7" * 250, now=0.0, flush=True)
        assert [len(u.text) for u in spoken] == [100, 100, 50]

    def test_an_emoji_family_is_not_torn_apart_by_force(self) -> None:
        family = "👩\u200d👩\u200d👧"
        spoken = TextBuffer().feed("a" * 398 + family * 3, now=0.0, flush=True)
        assert texts(spoken) == ["a" * 398, family * 3]

    def test_ten_thousand_characters_without_a_mark_never_reach_the_voice_whole(self) -> None:
        spoken = TextBuffer().feed("some words without a mark " * 400, now=0.0, flush=True)
        assert max(len(u.text.split()) for u in spoken) <= 30

    def test_chinese_is_cut_at_its_commas(self) -> None:
        clause = "今天天气很好所以我们一起去公园散步，"  # noqa: RUF001
        spoken = TextBuffer().feed(clause * 9, now=0.0, flush=True)
        assert all(u.text.endswith(clause[-1]) for u in spoken)
        assert all(u.cut is CLAUSE for u in spoken)

    def test_thai_is_cut_at_its_spaces(self) -> None:
        spoken = TextBuffer().feed("สวัสดีครับวันนี้อากาศดีมาก " * 8, now=0.0, flush=True)
        assert len(spoken) > 1
        assert all(u.text.endswith(" ") and u.cut is CLAUSE for u in spoken)


class TestCutPlaces:
    def test_a_short_list_stays_whole(self) -> None:
        buffer = TextBuffer(chunk_length_schedule=[60])
        spoken = trickle(buffer, "When she had come back from town, she put apples, pears and pl")
        assert texts(spoken) == ["When she had come back from town, "]

    def test_a_cut_below_a_sentence_leaves_at_least_twelve_characters(self) -> None:
        buffer = TextBuffer(chunk_length_schedule=[50])
        spoken = trickle(buffer, "Well, somebody walked through the long grass yesterday")
        assert texts(spoken) == ["Well, somebody walked through the long grass "]

    def test_a_tag_is_not_cut_though_it_comes_in_pieces(self) -> None:
        buffer = TextBuffer(chunk_length_schedule=[50])
        text = (
            'Somebody walked through the long grass <break time="1. 5 s"/> and came back home today'
        )
        for utterance in trickle(buffer, text):
            assert utterance.text.count("<") == utterance.text.count(">")

    def test_a_newline_ends_an_utterance(self) -> None:
        spoken = TextBuffer().feed("A heading\nand a line\n", now=0.0, flush=True)
        assert spoken == [Utterance("A heading\n", SENTENCE), Utterance("and a line\n", SENTENCE)]


def test_discard_forgets_everything_and_starts_the_schedule_again() -> None:
    buffer = TextBuffer(chunk_length_schedule=[50, 500])
    buffer.feed("Hello. ", now=0.0, flush=True)
    buffer.feed("  It rained. <br", now=0.0)
    buffer.discard()
    assert (buffer.waiting, buffer.pending, buffer.next_tick) == ("", 0, None)
    assert buffer.finish() == []
    assert len(buffer.feed("It is so. " * 5, now=0.0)) == 5


def test_finish_speaks_what_waits() -> None:
    buffer = TextBuffer()
    buffer.feed("It rained. We st", now=0.0)
    assert buffer.finish() == [Utterance("It rained. ", SENTENCE), Utterance("We st", WORD)]


@pytest.mark.parametrize("text", [STORY, "a"])
def test_a_megabyte_in_one_message_is_cut_in_one_pass(text: str) -> None:
    _check_whole(text * (1_000_000 // len(text)))


@pytest.mark.parametrize(
    "text", ["好", " ", "!", "<a ", "e.g. ", "\n-", "J. ", ". ", "a, ", "\u0301", "🇩🇪", "<b>", "9"]
)
def test_nothing_makes_the_work_grow_faster_than_the_text(text: str) -> None:
    _check_whole(text * (300_000 // len(text)))


def _check_whole(text: str) -> None:
    """Quadratic work on texts of this size takes minutes: the test's own time limit finds it."""
    buffer = TextBuffer()
    spoken = buffer.feed(text, now=0.0) + buffer.finish()
    assert "".join(texts(spoken)) + buffer.waiting == text


@pytest.mark.parametrize("text", [STORY, "a", " ", "a" + " " * 400, "<a ", '"', "5 p.m. Tttt"])
def test_many_messages_of_one_character_leave_little_waiting(text: str) -> None:
    buffer = TextBuffer(chunk_length_schedule=[500])
    spoken = 0
    for index in range(50_000):
        spoken += sum(map(len, texts(buffer.feed(text[index % len(text)], now=0.0))))
    assert spoken + buffer.pending == 50_000
    assert len(buffer.waiting.strip()) <= 500


ELEMENT = '<phoneme alphabet="ipa" ph="x, y. Z">Dr. Who, yes</phoneme>'


class TestPhonemeElements:
    @pytest.mark.parametrize("cut", range(1, len(ELEMENT)))
    def test_no_generation_ends_inside_one_wherever_it_is_cut(self, cut: int) -> None:
        buffer = TextBuffer(auto_mode=True, ssml=True)
        assert texts(buffer.feed("See " + ELEMENT[:cut], now=0.0)) == ["See "]
        assert texts(buffer.feed(ELEMENT[cut:] + " go", now=0.0)) == [ELEMENT + " go"]

    def test_the_schedule_leaves_an_open_one_behind(self) -> None:
        buffer = TextBuffer(chunk_length_schedule=[50], ssml=True)
        spoken = trickle(buffer, "Somebody walked through the grass " + ELEMENT[:-1])
        assert texts(spoken) == ["Somebody walked through the grass "]

    def test_a_trigger_leaves_an_open_one_behind(self) -> None:
        buffer = TextBuffer(ssml=True)
        spoken = buffer.feed(
            "Somebody walked through grass " + ELEMENT[:-3], now=0.0, try_trigger=True
        )
        assert texts(spoken) == ["Somebody walked through grass "]

    def test_marks_inside_one_end_nothing(self) -> None:
        buffer = TextBuffer(ssml=True)
        spoken = buffer.feed(f"It is. {ELEMENT} too. And", now=0.0, flush=True)
        assert texts(spoken) == ["It is. ", ELEMENT + " too. ", "And"]

    def test_one_that_is_not_closed_in_400_characters_is_plain_text(self) -> None:
        buffer = TextBuffer(auto_mode=True, ssml=True)
        opened = '<phoneme alphabet="ipa" ph="x">'
        waiting = opened + "word " * 25
        assert buffer.feed(waiting, now=0.0) == []
        spoken = "".join(texts(buffer.feed("word " * 60, now=0.0)))
        assert spoken == waiting + "word " * 60

    def test_another_tag_ends_the_wait_for_its_end(self) -> None:
        buffer = TextBuffer(auto_mode=True, ssml=True)
        assert texts(buffer.feed('<phoneme ph="x">a <b>', now=0.0)) == ['<phoneme ph="x">a <b>']

    def test_an_element_with_nothing_in_it_is_waited_for_no_longer_than_a_tag(self) -> None:
        buffer = TextBuffer(auto_mode=True, ssml=True)
        assert texts(buffer.feed('<phoneme ph="x"/>a', now=0.0)) == ['<phoneme ph="x"/>a']

    def test_a_flush_speaks_half_of_one(self) -> None:
        buffer = TextBuffer(ssml=True)
        assert texts(buffer.feed("See " + ELEMENT[:-4], now=0.0, flush=True))[-1].endswith("phon")
        assert buffer.waiting == ""

    def test_without_ssml_one_is_not_waited_for(self) -> None:
        buffer = TextBuffer(auto_mode=True)
        assert texts(buffer.feed("See " + ELEMENT[:-10], now=0.0))[0] == "See " + ELEMENT[:-10]
