"""Text that no voice was made for."""

from __future__ import annotations

import json

import pytest

from bench.recogniser import Recogniser, word_error_rate
from bench.word_errors import normalised_words
from tests.integration.end_to_end.server_process import ServerProcess, until
from tests.integration.end_to_end.speech_client import (
    END,
    OPENING,
    Heard,
    Message,
    converse,
    for_recogniser,
    open_socket,
    say,
    whole,
)

FORMAT = "pcm_16000"
BYTES_PER_S = 32_000


async def spoken(server: ServerProcess, text: str) -> Heard:
    return await converse(server.speech(output_format=FORMAT), whole(text))


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (
            '<speak>Please wait <break time="1s"/> for the doctor.</speak>',
            "please wait for the doctor",
        ),
        (
            "## Today\n\n**Bring** the _blue_ book with [every page](https://example.com/a?b=c).",
            "today bring the blue book with every page",
        ),
        ("Good\x00 morning\x07 to\x1b every\x08one here.", "good morning to everyone here"),
        ("The \x1b[31mred\x1b[0m door \x1b[1;4mopens\x1b[0m slowly.", "the red door opens slowly"),
        ("\u202eHello\u202c there, my\u200b old friend. \U0001f600", "hello there my old friend"),
    ],
    ids=["ssml", "markdown", "control characters", "ansi codes", "invisible characters"],
)
async def test_what_is_not_meant_to_be_read_is_not_read_but_stays_in_the_alignment(
    server: ServerProcess, recogniser: Recogniser, text: str, words: str
) -> None:
    heard = await spoken(server, text)
    assert (heard.code, heard.text()) == (1000, text + " ")
    transcript = recogniser.transcribe(for_recogniser(heard.audio, FORMAT))
    assert word_error_rate(words, transcript) == 0


async def test_half_a_surrogate_pair_is_replaced_and_the_rest_spoken(
    server: ServerProcess, recogniser: Recogniser
) -> None:
    half = '{"text": "Good morning \\ud800, my old friend."}'
    heard = await converse(server.speech(output_format=FORMAT), [OPENING, half, END])
    assert (heard.code, heard.text()) == (1000, "Good morning \ufffd, my old friend. ")
    transcript = recogniser.transcribe(for_recogniser(heard.audio, FORMAT))
    assert word_error_rate("good morning my old friend", transcript) == 0


async def test_two_halves_of_one_emoji_in_two_messages_harm_nothing(
    server: ServerProcess,
) -> None:
    halves = ['{"text": "Well done \\ud83d"}', '{"text": "\\ude00 indeed."}']
    heard = await converse(server.speech(output_format=FORMAT), [OPENING, *halves, END])
    assert heard.code == 1000
    assert heard.text().startswith("Well done")
    assert heard.text().endswith("indeed. ")


@pytest.mark.parametrize("text", ["\U0001f600\U0001f389", "-----", "...", "\u200b\ufeff"])
async def test_text_without_a_letter_is_a_short_silence(server: ServerProcess, text: str) -> None:
    heard = await spoken(server, text)
    assert (heard.code, heard.text()) == (1000, text + " ")
    assert len(heard.audio) < BYTES_PER_S
    assert not any(heard.audio)


async def test_another_language_is_refused_by_name_and_not_passed_over_in_silence(
    server: ServerProcess,
) -> None:
    heard = await spoken(server, "សួស្តី ពិភពលោក។")  # Khmer, which no voice here has
    assert (heard.code, heard.error) == (1008, "unsupported_language")
    assert "Allegra" in heard.frames[-1]["message"]
    assert "Allegra" in heard.reason
    assert heard.audio == b""


@pytest.mark.parametrize("messages", [[OPENING, END], [END], [OPENING, OPENING, OPENING, END]])
async def test_no_text_at_all_is_a_final_frame_and_nothing_else(
    server: ServerProcess, messages: list[Message]
) -> None:
    heard = await converse(server.speech(output_format=FORMAT), messages)
    assert heard.code == 1000
    assert [frame["isFinal"] for frame in heard.frames] == [True]
    assert heard.audio == b""


async def test_ten_thousand_characters_without_punctuation_are_spoken_to_the_last_word(
    server: ServerProcess, recogniser: Recogniser
) -> None:
    line = "we walk along the river and talk about the weather"
    text = " ".join([line] * 200)[: 51 * 196 - 1]
    assert len(text) == 9_995
    heard = await spoken(server, text)
    assert (heard.code, heard.text()) == (1000, text + " ")
    assert len(heard.audio) > 5 * 60 * BYTES_PER_S
    ending = recogniser.transcribe(for_recogniser(heard.audio[-3 * BYTES_PER_S :], FORMAT))
    assert normalised_words(ending)[-5:] == ["and", "talk", "about", "the", "weather"]


async def test_ten_thousand_letters_without_a_space_come_to_an_end(server: ServerProcess) -> None:
    heard = await spoken(server, "a" * 10_000)
    assert heard.code == 1000
    assert "".join(heard.text().split()) == "a" * 10_000


async def test_four_hundred_digits_are_read_one_by_one(
    server: ServerProcess, recogniser: Recogniser
) -> None:
    heard = await spoken(server, "1234567890" * 40)
    assert heard.code == 1000
    assert "".join(heard.text().split()) == "1234567890" * 40
    # Nobody says four digits in a second, nor does it take 70 minutes to count to 10^400.
    assert 100 < len(heard.audio) / BYTES_PER_S < 400
    opening = recogniser.transcribe(for_recogniser(heard.audio[: 3 * BYTES_PER_S], FORMAT))
    assert "".join(filter(str.isdigit, opening)).startswith("1234567")


async def test_a_megabyte_of_text_is_spoken_from_the_start_and_dropped_with_its_listener(
    server: ServerProcess,
) -> None:
    line = "We walk along the river and talk about the weather. "
    text = (line * 20_000)[:1_000_000]
    async with await open_socket(server.speech(output_format=FORMAT)) as socket:
        await say(socket, OPENING)
        await say(socket, {"text": text})
        heard = ""
        while len(heard) < 3 * len(line):
            heard += "".join(json.loads(await socket.recv())["alignment"]["chars"])
        assert text.startswith(heard)
    until(lambda: server.connections() == 0)


async def test_a_message_over_the_limit_ends_its_connection(server: ServerProcess) -> None:
    heard = await converse(server.speech(output_format=FORMAT), whole("x" * 1_100_000))
    # The close frame may overtake the rest of the message, and get lost when that is refused.
    assert heard.code in (1009, 1006)
    assert heard.frames == []
    assert (await spoken(server, "Still here.")).code == 1000


async def test_a_flood_of_tiny_messages_changes_nothing(server: ServerProcess) -> None:
    text = "This is a short text among a very large number of messages. It has two sentences!"
    flood: list[Message] = [OPENING]
    for letter in text:
        # An empty object is no message of the protocol, but a lone setting is.
        flood += [{"text": letter}, *[{"flush": False}] * 200]
    heard = await converse(server.speech(output_format=FORMAT), [*flood, END])
    assert (heard.code, heard.text()) == (1000, text + " ")
