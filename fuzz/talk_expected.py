"""What a client that kept to the protocol must have been given in writing."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from fuzz.odd import Frame
from fuzz.talks import Ending, Saying, Talk
from vivavoce.errors import InvalidMessage
from vivavoce.wire.scribe import decode_scribe_message

_GAP_S = 0.05
"""The silence behind each word."""
_COMMITS_AFTER_S = 1.5


@dataclass(frozen=True)
class Owed:
    """What a server owes for frames: so many commits, unless it `refuses` one of them."""

    commits: int
    seconds: float
    refuses: bool
    is_quiet: bool
    """Whether there is no sound behind the last commit."""


@dataclass
class Segment:
    """The words up to a commit, and when each began in seconds of the sound."""

    words: list[str] = field(default_factory=list)
    starts_s: list[float] = field(default_factory=list)


def owed(talk: Talk, frames: Sequence[Frame]) -> Owed:
    """For the frames that it took."""
    commits = audio_bytes = 0
    refuses, is_quiet = False, True
    for frame in frames:
        try:
            message = decode_scribe_message(frame)
        except InvalidMessage:
            refuses = True
            break
        audio_bytes += len(message.audio)
        is_quiet = message.commit or (is_quiet and not message.audio)
        commits += message.commit
    fmt = talk.format
    seconds = audio_bytes / fmt.bytes_per_sample / fmt.sample_rate
    return Owed(commits, seconds, refuses, is_quiet)


def expected_segments(talk: Talk, *, finished: bool) -> list[Segment]:
    """Of a proper talk; when it was `finished`, that behind the last commit is one, too."""
    return list(_segments(talk, finished=finished))


def _segments(talk: Talk, *, finished: bool) -> Iterator[Segment]:
    is_vad = talk.asked.get("commit_strategy") == "vad"
    after_s = float(talk.asked.get("vad_silence_threshold_secs", _COMMITS_AFTER_S))
    segment, now_s, quiet_s = Segment(), 0.0, 0.0
    for saying in (step for step in talk.steps if isinstance(step, Saying)):
        stretch = saying.stretch
        segment.words += stretch.words
        segment.starts_s += [now_s + start_s for start_s in stretch.word_starts_s()]
        now_s += stretch.seconds
        quiet_s = stretch.silence_ms / 1000 + (_GAP_S if stretch.words else quiet_s)
        if is_vad and segment.words and quiet_s >= after_s:
            yield segment
            segment = Segment()
        if saying.ending is not Ending.NONE:
            yield segment
            segment = Segment()
    if finished and segment.words:
        yield segment
