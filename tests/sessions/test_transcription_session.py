"""What a client of the transcription socket says and hears."""

from __future__ import annotations

import asyncio
import base64
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any

import pytest

from tests.sessions.conftest import LimitedCaller, Peer
from vivavoce.audio.inlet import Inlet
from vivavoce.config import Settings
from vivavoce.engines.base import EARS_RATE
from vivavoce.engines.ears.fake import FakeDetector, FakeEars
from vivavoce.errors import MissingApiKey
from vivavoce.runtime.inprocess_ears import InProcessEarsPool
from vivavoce.sessions.caller import Caller
from vivavoce.sessions.listening import EarsDesk
from vivavoce.sessions.notices import Notices
from vivavoce.sessions.transcription import TranscriptionSession

SILENCE = bytes(32_000)
"""One second."""


class Desk:
    """A session, its client and its ears."""

    def __init__(
        self,
        query: str = "",
        *,
        ears: FakeEars | None = None,
        caller: LimitedCaller | None = None,
        keyless: bool = False,
        **pool: Any,
    ) -> None:
        self.peer = Peer()
        self.caller = caller or LimitedCaller()
        self.ears = ears or FakeEars()
        detector = FakeDetector()
        self.pool = InProcessEarsPool(self.ears, detector, **pool)
        self._keyless = keyless
        self.session = TranscriptionSession(
            self.peer,
            query,
            desk=EarsDesk(self.pool, detector, Settings(), Notices()),
            authenticate=self._admit,
        )

    async def _admit(self, shown: Sequence[str]) -> Caller:
        if self._keyless:
            raise MissingApiKey("a key is asked for")
        return self.caller

    def say(self, text: str, *, step: int = 640, silence: bytes = b"") -> None:
        self.send(self.ears.sound_of(text) + silence, step=step)

    def send(self, pcm: bytes, *, step: int = 640) -> None:
        for start in range(0, len(pcm), step):
            self.peer.say_raw(chunk(pcm[start : start + step]))

    def commit(self) -> None:
        self.peer.say_raw(chunk(b"", commit=True))

    def kinds(self) -> list[str]:
        return [message["message_type"] for message in self.peer.messages]

    def texts(self, kind: str = "committed_transcript") -> list[str]:
        return [m["text"] for m in self.peer.messages if m["message_type"] == kind]

    async def until(self, kind: str, count: int = 1) -> None:
        async with asyncio.timeout(10):
            while self.kinds().count(kind) < count:
                await self.peer.heard(len(self.peer.frames) + 1)


def chunk(pcm: bytes, *, commit: bool = False) -> str:
    sound = base64.b64encode(pcm).decode()
    truth = str(commit).lower()
    return (
        f'{{"message_type":"input_audio_chunk","audio_base_64":"{sound}","commit":{truth},'
        '"sample_rate":16000}'
    )


@asynccontextmanager
async def listening(query: str = "", **options: Any) -> AsyncIterator[Desk]:
    desk = Desk(query, **options)
    async with asyncio.timeout(20), asyncio.TaskGroup() as tasks:
        tasks.create_task(desk.session.run())
        yield desk
        desk.peer.vanish()
    assert desk.pool.streams == 0
    assert desk.caller.turns == 1_000


async def test_the_first_frame_says_what_holds_for_the_session() -> None:
    async with listening("model_id=scribe_v2_realtime&audio_format=pcm_8000") as desk:
        await desk.until("session_started")
    config = desk.peer.messages[0]["config"]
    assert desk.peer.messages[0]["session_id"]
    assert (config["sample_rate"], config["audio_format"]) == (8000, "pcm_8000")
    assert config["commit_strategy"] == config["vad_commit_strategy"] == "manual"


async def test_what_is_said_before_a_commit_is_written_down_once() -> None:
    async with listening() as desk:
        desk.say("Hello, world. Good morning.")
        desk.commit()
        await desk.until("committed_transcript")
        desk.say("Goodbye!")
        desk.commit()
        await desk.until("committed_transcript", 2)
    assert desk.texts() == ["Hello, world. Good morning.", "Goodbye!"]
    assert "committed_transcript_with_timestamps" not in desk.kinds()


async def test_partials_come_before_the_commit_and_grow() -> None:
    async with listening() as desk:
        desk.say("one two three four five six seven eight nine")
        await desk.until("partial_transcript", 2)
        desk.commit()
        await desk.until("committed_transcript")
    partials = desk.texts("partial_transcript")
    assert all(desk.texts()[0].startswith(partial) for partial in partials)
    assert len(set(partials)) == len(partials)
    assert desk.kinds()[-1] == "committed_transcript"


async def test_silence_commits_where_the_strategy_is_vad() -> None:
    async with listening("commit_strategy=vad&vad_silence_threshold_secs=0.5") as desk:
        desk.say("one two three", silence=SILENCE)
        await desk.until("committed_transcript")
        desk.say("four five six", silence=SILENCE)
        await desk.until("committed_transcript", 2)
    assert desk.texts() == ["one two three", "four five six"]


async def test_silence_alone_says_nothing_until_a_commit_is_asked_for() -> None:
    async with listening() as desk:
        desk.send(SILENCE * 5)
        desk.commit()
        await desk.until("committed_transcript")
    assert desk.kinds() == ["session_started", "committed_transcript"]
    assert desk.texts() == [""]
    assert desk.pool.heard_requests == []


@pytest.mark.parametrize("flag", ["include_timestamps", "include_language_detection"])
async def test_either_flag_brings_both_messages(flag: str) -> None:
    async with listening(f"{flag}=true") as desk:
        desk.say("Yes. No.")
        desk.commit()
        await desk.until("committed_transcript_with_timestamps")
        desk.commit()
        await desk.until("committed_transcript_with_timestamps", 2)
    plain, timed = [m for m in desk.peer.messages if m["message_type"].startswith("committed")][:2]
    assert plain["text"] == timed["text"] == "Yes. No."
    assert timed["language_code"] == "en"
    if flag == "include_language_detection":
        assert timed["words"] is None
    else:
        words = [word["text"] for word in timed["words"] if word["type"] == "word"]
        assert words == ["Yes.", "No."]


async def test_times_count_from_the_start_of_the_session() -> None:
    async with listening("include_timestamps=true") as desk:
        desk.send(SILENCE * 3)
        desk.say("Yes.")
        desk.commit()
        await desk.until("committed_transcript_with_timestamps")
    (word,) = desk.peer.messages[-1]["words"]
    assert 2.95 <= word["start"] < word["end"] <= 3.3


async def test_messages_without_sound_do_no_harm() -> None:
    async with listening() as desk:
        desk.peer.say_raw(chunk(b""))
        desk.peer.say(message_type="input_audio_chunk", audio_base_64="", previous_text="Well,")
        desk.peer.say(message_type="something_new", volume=11)
        desk.say("Why?")
        desk.peer.say_raw(chunk(b""))
        desk.commit()
        await desk.until("committed_transcript")
    assert desk.texts() == ["Why?"]


async def test_a_file_that_comes_at_once_is_written_down_whole() -> None:
    words = "one two three four five six seven eight nine zero " * 12
    async with listening(delay_s=0.005) as desk:
        desk.say(words.strip(), step=32_000)
        desk.commit()
        await desk.until("committed_transcript")
    assert desk.texts()[-1].split() == words.split()


async def test_a_file_that_comes_at_once_is_due_when_it_would_have_been_spoken() -> None:
    words = "one two three four five six seven eight nine zero " * 12
    began_at = time.monotonic()
    async with listening() as desk:
        desk.say(words.strip(), step=32_000)
        desk.commit()
        await desk.until("committed_transcript")
        seconds = len(desk.ears.sound_of(words.strip())) / 2 / EARS_RATE
    due_at = [one.due_at for one in desk.pool.heard_requests if not one.in_time]
    assert due_at[-1] >= began_at + seconds - 1


async def test_who_speaks_is_due_at_once_however_long_nothing_was_said() -> None:
    async with listening() as desk:
        await asyncio.sleep(0.6)
        desk.say("Yes.")
        desk.commit()
        await desk.until("committed_transcript")
        now = time.monotonic()
    assert [one.due_at <= now for one in desk.pool.heard_requests if not one.in_time] == [True]


async def test_a_long_message_is_taken_a_second_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    sizes: list[int] = []

    class Watched(Inlet):
        def feed(self, data: bytes) -> bytes:
            sizes.append(len(data))
            return super().feed(data)

    monkeypatch.setattr("vivavoce.sessions.transcription.Inlet", Watched)
    async with listening("audio_format=ulaw_8000") as desk:
        desk.peer.say_raw(chunk(b"\xff" * 80_100))
        desk.commit()
        await desk.until("committed_transcript")
    assert max(sizes) <= 8_000
    assert sum(sizes) == 80_100


async def test_sound_in_half_samples_is_put_together() -> None:
    async with listening() as desk:
        desk.say("Hello, world.", step=641)
        desk.commit()
        await desk.until("committed_transcript")
    assert desk.texts() == ["Hello, world."]


@pytest.mark.parametrize(
    ("query", "kind"),
    [
        ("commit_strategy=sometimes", "invalid_request"),
        ("audio_format=mp3_44100_128", "invalid_request"),
        ("language_code=de", "invalid_request"),
        ("vad_silence_threshold_secs=9", "invalid_request"),
        ("entity_redaction=pii", "invalid_request"),
    ],
)
async def test_a_query_that_cannot_be_met_is_refused_by_name(query: str, kind: str) -> None:
    desk = Desk(query)
    await desk.session.run()
    assert desk.kinds() == [kind]
    assert desk.peer.messages[0]["error"] == desk.peer.messages[0]["message"]
    assert desk.peer.closed is not None
    assert desk.peer.closed[0] == 1008


async def test_who_shows_no_key_is_told_at_once() -> None:
    desk = Desk(keyless=True)
    await desk.session.run()
    assert desk.kinds() == ["auth_error"]


async def test_a_key_for_other_things_is_refused() -> None:
    desk = Desk(caller=LimitedCaller(permitted=False))
    await desk.session.run()
    assert desk.kinds() == ["auth_error"]


async def test_limits_of_the_caller_and_of_the_machine_are_kept() -> None:
    for options, kind in (
        ({"caller": LimitedCaller(requests=0)}, "rate_limited"),
        ({"caller": LimitedCaller(turns=0)}, "resource_exhausted"),
        ({"capacity": 0}, "resource_exhausted"),
    ):
        desk = Desk(**options)  # type: ignore[arg-type]
        await desk.session.run()
        assert desk.kinds() == [kind]


async def test_what_is_no_message_ends_the_session_by_name() -> None:
    desk = Desk()
    desk.peer.say_raw("{")
    await desk.session.run()
    assert desk.kinds() == ["session_started", "input_error"]


async def test_broken_ears_are_reported_as_such() -> None:
    desk = Desk(ears=FakeEars(fail_on="Goodbye!"))
    desk.say("Goodbye!")
    desk.commit()
    await desk.session.run()
    assert desk.kinds()[-1] == "transcriber_error"
    assert desk.peer.closed is not None
    assert desk.peer.closed[0] == 1011


async def test_a_server_that_shuts_down_writes_down_what_was_said() -> None:
    desk = Desk()
    desk.say("Hello, world.")
    async with asyncio.timeout(10), asyncio.TaskGroup() as tasks:
        tasks.create_task(desk.session.run())
        await desk.until("partial_transcript")
        desk.session.drain()
    assert desk.texts() == ["Hello, world."]
    assert desk.peer.closed is not None
    assert desk.peer.closed[0] == 1001


async def test_what_was_committed_before_the_goodbye_is_still_told() -> None:
    async with listening() as desk:
        desk.say("Hello, world.")
        desk.commit()
        desk.say("Good morning.")
        desk.peer.say_goodbye()
        await desk.until("committed_transcript")
    assert desk.texts() == ["Hello, world."]


async def test_what_silence_would_have_committed_is_told_at_the_goodbye() -> None:
    async with listening("commit_strategy=vad") as desk:
        desk.say("Hello, world.")
        desk.peer.say_goodbye()
        await desk.until("committed_transcript")
    assert desk.texts() == ["Hello, world."]


async def test_a_late_partial_is_left_out_and_the_commit_is_whole() -> None:
    desk = Desk()
    desk.pool.has_time = False
    async with asyncio.timeout(10), asyncio.TaskGroup() as tasks:
        tasks.create_task(desk.session.run())
        desk.say("one two three four five six")
        desk.commit()
        await desk.until("committed_transcript")
        desk.peer.vanish()
    assert desk.texts() == ["one two three four five six"]
    assert "partial_transcript" not in desk.kinds()
