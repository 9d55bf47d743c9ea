"""Files of sound that callers want to have written down."""

from __future__ import annotations

import asyncio
from collections.abc import Generator, Iterable
from contextlib import closing, contextmanager
from typing import BinaryIO, Final

import msgspec
import structlog

from vivavoce.audio.inlet import parse_input_format
from vivavoce.audio.sound_reader import RawSound, SoundReading, probe_sound, read_sound
from vivavoce.core.spoken_words import Passage, SpokenWord
from vivavoce.engines.base import EARS_RATE
from vivavoce.engines.guarded_http import is_any, is_public
from vivavoce.server.house import House
from vivavoce.server.known_caller import KnownCaller
from vivavoce.sessions.dictation import Dictation, DictationWishes, transcribe_sound
from vivavoce.sessions.fetching import fetch
from vivavoce.wire.timed_words import Spoken

_log = structlog.get_logger(__name__)

_BARE_PCM: Final = parse_input_format(f"pcm_{EARS_RATE}")


class Recording(msgspec.Struct, frozen=True):
    """A file that can be sought in; `is_bare_pcm` is 16-bit mono at EARS_RATE, without a header."""

    file: BinaryIO
    is_bare_pcm: bool = False

    async def channels(self) -> int:
        """How many there are. Raises AudioUnreadable."""
        if self.is_bare_pcm:
            return 1
        return (await asyncio.to_thread(probe_sound, self.file)).channels

    def blocks(self, channel: int | None) -> SoundReading | RawSound:
        """The sound of one channel, or of all of them mixed; to be closed before the next."""
        if self.is_bare_pcm:
            return RawSound(self.file, _BARE_PCM)
        return read_sound(self.file, channel=channel)


class Written(msgspec.Struct, frozen=True):
    """What was said in a recording of so many seconds."""

    passages: tuple[Passage, ...]
    seconds: float

    @property
    def text(self) -> str:
        """All of it."""
        return " ".join(passage.text for passage in self.passages)


@contextmanager
def dictation(
    recording: Recording, wishes: DictationWishes, house: House, *, channel: int | None = None
) -> Generator[Dictation, None, None]:
    """What is said in one channel of a recording, or in all of it, to be entered."""
    with closing(recording.blocks(channel)) as blocks:
        yield transcribe_sound(blocks, pool=house.ears.pool, wishes=wishes)
        if isinstance(blocks, SoundReading) and blocks.is_damaged:
            _log.info("a file is damaged; what could be read of it is written down")


async def write_down(
    recording: Recording, wishes: DictationWishes, house: House, *, channel: int | None = None
) -> Written:
    """The same, as a whole. Raises AudioUnreadable or EngineFailed."""
    with dictation(recording, wishes, house, channel=channel) as dictated:
        async with dictated as passages:
            found = tuple([passage async for passage in passages])
            return Written(found, passages.seconds)


@contextmanager
def turn_of(caller: KnownCaller) -> Generator[None, None, None]:
    """One generation of the caller's, for as long as the block lasts. Raises ConcurrencyLimited."""
    caller.enter_turn()
    try:
        yield
    finally:
        caller.leave_turn()


async def fetch_recording(url: str, file: BinaryIO, house: House, *, param: str) -> None:
    """Writes what is at `url` into `file`. Raises InvalidParameter for `param`, UploadTooLarge."""
    settings = house.settings
    await fetch(
        url,
        file,
        most_bytes=settings.max_upload_bytes,
        param=param,
        allows=is_any if settings.allow_private_urls else is_public,
    )


def words_of(passages: Iterable[Passage]) -> list[SpokenWord]:
    """The words of all passages."""
    return [word for passage in passages for word in passage.words]


def spoken_words(passages: Iterable[Passage]) -> list[Spoken]:
    """The words of all passages, as the wire takes them."""
    return [(word.text, word.start_s, word.end_s, word.logprob) for word in words_of(passages)]


def spoken_passages(passages: Iterable[Passage]) -> list[Spoken]:
    """The passages, as the wire takes them."""
    return [(one.text, one.start_s, one.end_s, one.logprob) for one in passages]
