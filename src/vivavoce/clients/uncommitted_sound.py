"""Sound that has been sent and not been written down: what a fresh session must hear again."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from typing import Final

KEPT_S: Final = 60.0
_PART_S: Final = 90.0
"""A server may commit a longer segment in parts, so that a commit has more than one answer."""


class UncommittedSound:
    """The most recent sound and the commits in it; what is oldest goes first. Pure.

    Positions are bytes of all sound that was ever sent; a session's time begins at one of them.
    """

    def __init__(self, bytes_per_s: int, sample_bytes: int, kept_s: float = KEPT_S) -> None:
        self._rate = bytes_per_s
        self._sample = sample_bytes
        self._most = round(kept_s * bytes_per_s)
        self._pieces: deque[bytes] = deque()
        self._begin = 0
        self._end = 0
        self._commits: deque[int] = deque()
        self._committed = 0
        self._session_at = 0
        self.lost_bytes = 0
        """How much a session that was lost had not written down, and no other will hear."""

    @property
    def shift_s(self) -> float:
        """Where the session's time begins."""
        return self._session_at / self._rate

    @property
    def has_more(self) -> bool:
        """Whether there is sound behind the last commit."""
        return self._end > self._committed and (not self._commits or self._end > self._commits[-1])

    @property
    def unanswered_commits(self) -> int:
        """How many have no transcript yet."""
        return len(self._commits)

    def sent(self, data: bytes) -> None:
        """More sound."""
        self._pieces.append(data)
        self._end += len(data)
        self._forget_before(self._end - self._most)

    def commit(self) -> None:
        """All sound up to here is to be written down."""
        self._commits.append(self._end)

    def written_down(self, last_word_end_s: float | None) -> None:
        """A transcript has come, whose last word ends then, where that is known."""
        asked_at = self._commits.popleft() if self._commits else None
        if asked_at is not None and asked_at - self._committed <= _PART_S * self._rate:
            self._settle(asked_at)
        elif last_word_end_s is not None:
            self._settle(self._whole(round(last_word_end_s * self._rate)))

    def restart(self) -> list[bytes | None]:
        """A session begins: the sound that it must hear, with None for each commit in it."""
        self.lost_bytes += max(0, self._begin - self._committed)
        self._session_at = self._committed = self._begin
        return list(self._unanswered())

    def _unanswered(self) -> Iterator[bytes | None]:
        at, commits = self._begin, deque(self._commits)
        for whole_piece in self._pieces:
            piece = whole_piece
            while commits and commits[0] < at + len(piece):
                cut = max(0, commits.popleft() - at)
                if cut:
                    yield piece[:cut]
                    piece, at = piece[cut:], at + cut
                yield None
            yield piece
            at += len(piece)
        yield from (None for _ in commits)

    def _settle(self, up_to: int) -> None:
        self._committed = max(self._committed, up_to)
        self._forget_before(self._committed)

    def _forget_before(self, position: int) -> None:
        while self._pieces and self._begin + len(self._pieces[0]) <= position:
            self._begin += len(self._pieces.popleft())
        within = self._whole(position - self._begin)
        if self._pieces and within > 0:
            self._pieces[0] = self._pieces[0][within:]
            self._begin += within

    def _whole(self, size: int) -> int:
        return size - size % self._sample
