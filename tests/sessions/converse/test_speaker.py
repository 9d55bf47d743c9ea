"""Sound on its way out: a little ahead of the listener, and stopped between two pieces."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from vivavoce.audio.formats import parse_output_format
from vivavoce.sessions.converse.reply_sound import ReplySound, SoundPiece
from vivavoce.sessions.converse.speaker import LEAD_S, Speaker
from vivavoce.wire.alignment import TimedText

IN_VIRTUAL_TIME = True

PCM = parse_output_format("pcm_16000")


class Listener:
    """Plays what comes; `pieces` with when they came, and when they sound."""

    def __init__(self) -> None:
        self.began_at = asyncio.get_running_loop().time()
        self.pieces: list[tuple[float, SoundPiece]] = []
        self.sounds_at: list[float] = []
        self.first: list[float] = []
        self.heard: list[float] = []
        self.speaker = Speaker(
            self._take,
            clock=time.monotonic,
            on_first=lambda now: self.first.append(self._since(now)),
            on_heard=lambda: self.heard.append(self.now),
            on_sent=lambda piece, at: self.sounds_at.append(self._since(at)),
        )

    @property
    def now(self) -> float:
        return self._since(asyncio.get_running_loop().time())

    @property
    def seconds(self) -> float:
        return sum(piece.ms for _, piece in self.pieces) / 1000

    def _since(self, moment: float) -> float:
        return round(moment - self.began_at, 3)

    async def _take(self, piece: SoundPiece) -> int:
        self.pieces.append((self.now, piece))
        return len(self.pieces)


@asynccontextmanager
async def listening() -> AsyncIterator[Listener]:
    listener = Listener()
    running = asyncio.create_task(listener.speaker.run())
    yield listener
    running.cancel()
    await asyncio.wait([running])


async def sound(listener: Listener, text: str, *, ends: bool = True) -> ReplySound:
    """100 ms for each character of `text`."""
    made = ReplySound(PCM, 1, listener.speaker.moved, clock=time.monotonic)
    await more(made, text)
    if ends:
        made.end()
    return made


async def more(made: ReplySound, text: str) -> None:
    for index, char in enumerate(text):
        timed = TimedText(char, [index * 100.0])
        made.audio(bytes(3_200), timed, timed, (index * 100.0, index * 100.0 + 100))
        await made.put("")


async def test_it_is_never_further_ahead_than_its_lead() -> None:
    async with listening() as listener:
        listener.speaker.play(await sound(listener, "a" * 20))
        await asyncio.sleep(0.5)
        assert listener.seconds == pytest.approx(0.5 + LEAD_S, abs=0.11)
        await asyncio.sleep(3)
    assert listener.seconds == pytest.approx(2.0)
    ahead = [at - came for (came, _), at in zip(listener.pieces, listener.sounds_at, strict=True)]
    assert max(ahead) <= LEAD_S + 0.001
    assert listener.sounds_at == pytest.approx([index / 10 for index in range(20)])


async def test_it_tells_when_a_reply_begins_and_when_it_has_been_heard() -> None:
    async with listening() as listener:
        listener.speaker.play(await sound(listener, "a" * 10))
        await asyncio.sleep(0.95)
        assert listener.first == [0.0]
        assert listener.heard == []
        await asyncio.sleep(0.1)
    assert listener.heard == [1.0]


async def test_a_reply_without_sound_is_heard_at_once() -> None:
    async with listening() as listener:
        listener.speaker.play(await sound(listener, ""))
        await asyncio.sleep(0.1)
    assert listener.heard == [0.0]
    assert listener.first == []


async def test_a_reply_that_has_not_ended_is_waited_for() -> None:
    async with listening() as listener:
        made = await sound(listener, "aa", ends=False)
        listener.speaker.play(made)
        await asyncio.sleep(1.0)
        assert listener.heard == []
        await more(made, "bb")
        made.end()
        await asyncio.sleep(1.0)
    assert listener.sounds_at == [0.0, 0.1, 1.0, 1.1]
    assert listener.heard == [1.2]
    assert listener.first == [0.0]


async def test_held_it_sends_nothing_and_goes_on_where_it_was() -> None:
    async with listening() as listener:
        listener.speaker.play(await sound(listener, "abcdefghijklmnopqrst"))
        await asyncio.sleep(0.2)
        listener.speaker.hold()
        held = len(listener.pieces)
        await asyncio.sleep(2.0)
        assert len(listener.pieces) == held
        assert listener.heard == []
        listener.speaker.go_on()
        await asyncio.sleep(3.0)
    said = "".join(piece.text.chars for _, piece in listener.pieces)
    assert said == "abcdefghijklmnopqrst"
    assert listener.sounds_at[held] == pytest.approx(2.2)


async def test_held_before_it_begins_it_does_not_begin() -> None:
    async with listening() as listener:
        listener.speaker.hold()
        listener.speaker.play(await sound(listener, "abc"))
        await asyncio.sleep(1.0)
        assert listener.first == []
        listener.speaker.go_on()
        await asyncio.sleep(0.1)
        assert listener.first == [1.0]


async def test_stopped_it_sends_no_more_and_knows_what_was_heard() -> None:
    async with listening() as listener:
        listener.speaker.play(await sound(listener, "a b c d e f g h i j "))
        await asyncio.sleep(0.55)
        playback = listener.speaker.stop()
        sent = len(listener.pieces)
        await asyncio.sleep(3.0)
        assert len(listener.pieces) == sent
    assert playback.heard_text(listener.began_at + 0.55).split() == ["a", "b", "c"]
    assert listener.heard == []


async def test_stopped_while_it_is_held_it_can_play_the_next_reply() -> None:
    async with listening() as listener:
        listener.speaker.play(await sound(listener, "abc"))
        listener.speaker.hold()
        listener.speaker.stop()
        listener.speaker.play(await sound(listener, "xyz"))
        await asyncio.sleep(1.0)
    assert "".join(piece.text.chars for _, piece in listener.pieces) == "xyz"
    assert len(listener.heard) == 1


async def test_a_new_reply_begins_at_once_whatever_the_last_one_had_sent() -> None:
    async with listening() as listener:
        listener.speaker.play(await sound(listener, "a" * 30))
        await asyncio.sleep(0.5)
        listener.speaker.stop()
        listener.speaker.play(await sound(listener, "b"))
        await asyncio.sleep(0.1)
    assert listener.first == [0.0, 0.5]
    assert listener.sounds_at[-1] == 0.5


async def test_nothing_is_sent_to_a_listener_who_is_away() -> None:
    async with listening() as listener:
        listener.speaker.play(await sound(listener, "a" * 20))
        await asyncio.sleep(0.5)
        sent = len(listener.pieces)
        listener.speaker.pause()
        await asyncio.sleep(5.0)
        assert len(listener.pieces) == sent
        assert listener.speaker.resume() == []
        await asyncio.sleep(0.0)
        assert len(listener.pieces) == sent + 7  # it is as far ahead as before
        await asyncio.sleep(3.0)
    assert len(listener.pieces) == 20
    assert len(listener.heard) == 1


async def test_a_pause_that_holds_somebody_as_well_ends_with_both() -> None:
    async with listening() as listener:
        listener.speaker.play(await sound(listener, "a" * 20))
        await asyncio.sleep(0.5)
        sent = len(listener.pieces)
        listener.speaker.hold()
        listener.speaker.pause()
        listener.speaker.resume()
        await asyncio.sleep(1.0)
        assert len(listener.pieces) == sent
        listener.speaker.go_on()
        await asyncio.sleep(3.0)
    assert len(listener.pieces) == 20


async def test_what_has_not_arrived_sounds_once_the_listener_is_back() -> None:
    async with listening() as listener:
        listener.speaker.play(await sound(listener, "abcdefghijklmnopqrst"))
        await asyncio.sleep(0.95)
        assert len(listener.pieces) == 16
        listener.speaker.pause()
        ran_dry_at = listener.speaker.miss(12)
        assert ran_dry_at - listener.began_at == pytest.approx(1.2)
        await asyncio.sleep(2.05)
        again_at = [at - listener.began_at for at in listener.speaker.resume()]
        assert again_at == pytest.approx([3.0, 3.1, 3.2, 3.3])
        await asyncio.sleep(1.0)
        assert listener.speaker.stop().heard_s(listener.began_at + 3.15) == pytest.approx(1.35)
    assert listener.sounds_at[16:] == pytest.approx([3.4, 3.5, 3.6, 3.7])


async def test_of_a_reply_that_is_over_nothing_is_missed() -> None:
    async with listening() as listener:
        listener.speaker.play(await sound(listener, "a" * 20))
        await asyncio.sleep(0.5)
        listener.speaker.stop()
        listener.speaker.pause()
        listener.speaker.miss(0)
        assert listener.speaker.resume() == []


async def test_the_next_reply_waits_for_what_was_missed_of_the_last() -> None:
    async with listening() as listener:
        listener.speaker.play(await sound(listener, "a" * 5))
        await asyncio.sleep(1.0)
        assert len(listener.heard) == 1
        listener.speaker.miss(2)
        assert len(listener.speaker.resume()) == 3
        listener.speaker.play(await sound(listener, "b"))
        await asyncio.sleep(1.0)
    assert listener.sounds_at[5] == pytest.approx(1.3)
