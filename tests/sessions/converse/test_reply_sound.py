"""The sound of a reply, cut into pieces of 100 ms."""

from __future__ import annotations

import asyncio
import time

import pytest

from vivavoce.audio.formats import parse_output_format
from vivavoce.sessions.converse.reply_sound import ReplySound, bytes_per_ms
from vivavoce.wire.alignment import TimedText

IN_VIRTUAL_TIME = True

NOTHING = TimedText("", [])


def a_sound(name: str = "pcm_16000") -> ReplySound:
    return ReplySound(parse_output_format(name), 7, asyncio.Event(), clock=time.monotonic)


async def put(sound: ReplySound, data: bytes, text: TimedText = NOTHING, at: float = 0.0) -> None:
    sound.audio(data, text, text, (at, at + len(data)))
    await sound.put("")


@pytest.mark.parametrize(
    ("name", "size"),
    [("pcm_16000", 3_200), ("pcm_22050", 4_410), ("pcm_44100", 8_820), ("ulaw_8000", 800)],
)
async def test_no_piece_is_longer_than_100_ms_nor_ends_within_a_sample(
    name: str, size: int
) -> None:
    sound = a_sound(name)
    data = bytes(range(256)) * (size * 5 // 512)
    await put(sound, data)
    assert b"".join(piece.data for piece in sound.pieces) == data
    assert max(len(piece.data) for piece in sound.pieces) == size
    assert all(piece.ms <= 100.0 for piece in sound.pieces)
    if name.startswith("pcm"):
        assert all(len(piece.data) % 2 == 0 for piece in sound.pieces)


async def test_each_character_is_in_the_piece_in_which_it_begins() -> None:
    sound = a_sound()
    await put(sound, bytes(8_000), TimedText("abcd", [0.0, 99.0, 100.0, 249.0]))
    texts = [(piece.text.chars, list(piece.text.starts_ms)) for piece in sound.pieces]
    assert texts == [("ab", [0.0, 99.0]), ("c", [0.0]), ("d", [49.0])]


async def test_times_count_from_the_beginning_of_the_piece_wherever_the_frame_lies() -> None:
    sound = a_sound()
    await put(sound, bytes(6_400), TimedText("ab", [5_020.0, 5_130.0]), at=5_000.0)
    assert [list(piece.text.starts_ms) for piece in sound.pieces] == [[20.0], [30.0]]


async def test_characters_before_and_behind_the_sound_are_not_lost() -> None:
    sound = a_sound()
    text = TimedText("abc", [4_990.0, 5_050.0, 5_300.0])
    await put(sound, bytes(6_400), text, at=5_000.0)
    assert [piece.text.chars for piece in sound.pieces] == ["ab", "c"]
    assert sound.pieces[0].text.starts_ms[0] == 0.0


async def test_all_characters_of_a_long_frame_are_there_once() -> None:
    sound = a_sound()
    chars = "The quick brown fox jumps over the lazy dog."
    await put(sound, bytes(32 * 1_000), TimedText(chars, [22.3 * n for n in range(len(chars))]))
    assert "".join(piece.text.chars for piece in sound.pieces) == chars
    assert all(0.0 <= start < 100.0 for piece in sound.pieces for start in piece.text.starts_ms)


async def test_pieces_have_the_id_that_held_when_they_were_made() -> None:
    sound = a_sound()
    await put(sound, bytes(3_200))
    sound.event_id = 9
    await put(sound, bytes(3_200))
    assert [piece.event_id for piece in sound.pieces] == [7, 9]


async def test_who_is_eight_seconds_ahead_waits_until_some_is_sent() -> None:
    sound = a_sound()
    putting = asyncio.create_task(put(sound, bytes(32 * 8_000)))
    await asyncio.sleep(5)
    assert not putting.done()
    sound.take()
    await asyncio.sleep(0.1)
    assert putting.done()


async def test_who_is_not_does_not_wait() -> None:
    sound = a_sound()
    async with asyncio.timeout(1):
        await put(sound, bytes(32 * 7_900))


async def test_it_knows_when_the_first_of_it_was_there() -> None:
    sound = a_sound()
    assert sound.first_at is None
    await asyncio.sleep(1)
    first_at = asyncio.get_running_loop().time()
    await put(sound, bytes(3_200))
    await asyncio.sleep(1)
    await put(sound, bytes(3_200))
    assert sound.first_at == pytest.approx(first_at)


async def test_its_end_is_told() -> None:
    moved = asyncio.Event()
    sound = ReplySound(parse_output_format("pcm_16000"), 1, moved, clock=time.monotonic)
    sound.end()
    assert sound.ended
    assert moved.is_set()


def test_a_millisecond_of_each_format_has_its_size() -> None:
    assert bytes_per_ms(parse_output_format("pcm_16000")) == 32.0
    assert bytes_per_ms(parse_output_format("ulaw_8000")) == 8.0
