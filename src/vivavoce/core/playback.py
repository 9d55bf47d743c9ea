"""What a listener has heard of a reply by now."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple


class _Stretch(NamedTuple):
    """Sound that plays from `plays_at` on without a gap; `offset_s` of the reply lies before it."""

    plays_at: float
    offset_s: float
    seconds: float


class Playback:
    """Follows a listener who plays what arrives at once, and waits where nothing comes.

    Times are seconds of one clock; characters are counted by when they begin to sound.
    """

    def __init__(self, *, begins_at: float = 0.0) -> None:
        """Nothing of it plays before `begins_at`, for until then there is something else."""
        self._begins_at = begins_at
        self._stretches: list[_Stretch] = []
        self._sent_s = 0.0
        self._chars: list[str] = []
        self._starts_s: list[float] = []

    @property
    def has_begun(self) -> bool:
        """Whether anything of it was sent."""
        return bool(self._stretches)

    @property
    def dry_at(self) -> float:
        """When all that was sent has been heard."""
        if not self._stretches:
            return self._begins_at
        last = self._stretches[-1]
        return last.plays_at + last.seconds

    def sent(self, seconds: float, chars: str, starts_s: Sequence[float], now: float) -> None:
        """More sound is on its way; `starts_s` says when each of `chars` sounds within it."""
        self._chars += chars
        self._starts_s += [self._sent_s + start for start in starts_s]
        self.sent_again(seconds, now)

    def missed(self, seconds: float) -> None:
        """The last `seconds` of what was sent did not arrive."""
        self._sent_s = max(0.0, self._sent_s - seconds)
        self._stretches = [
            stretch._replace(seconds=min(stretch.seconds, self._sent_s - stretch.offset_s))
            for stretch in self._stretches
            if stretch.offset_s < self._sent_s
        ]

    def sent_again(self, seconds: float, now: float) -> None:
        """Sound that was `missed` is on its way once more."""
        plays_at = max(self.dry_at, now)
        last = self._stretches[-1] if self._stretches else None
        if last is not None and plays_at <= last.plays_at + last.seconds:
            self._stretches[-1] = last._replace(seconds=last.seconds + seconds)
        else:
            self._stretches.append(_Stretch(plays_at, self._sent_s, seconds))
        self._sent_s += seconds

    def heard_s(self, now: float) -> float:
        """Seconds of the reply that have been heard."""
        begun = [stretch for stretch in self._stretches if stretch.plays_at <= now]
        if not begun:
            return 0.0
        last = begun[-1]
        return last.offset_s + min(now - last.plays_at, last.seconds)

    def heard_text(self, now: float) -> str:
        """The words that have been heard to their middle, white space included."""
        heard_s = self.heard_s(now)
        end = 0
        for start, stop in _words(self._chars):
            middle = (start + stop) // 2
            if self._starts_s[middle] >= heard_s:
                break
            end = stop
        return "".join(self._chars[:end])


def _words(chars: Sequence[str]) -> list[tuple[int, int]]:
    """First and last index (exclusive) of each word with the white space behind it."""
    words: list[tuple[int, int]] = []
    start = 0
    for index in range(1, len(chars) + 1):
        is_end = index == len(chars)
        if is_end or (chars[index - 1].isspace() and not chars[index].isspace()):
            words.append((start, index))
            start = index
    return words
