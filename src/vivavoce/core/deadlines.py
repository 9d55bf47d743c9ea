"""What next: the work that somebody will wait for first."""

from __future__ import annotations

import heapq
import math
from typing import Generic, TypeVar

JobT = TypeVar("JobT")


class DeadlineQueue(Generic[JobT]):
    """Earliest deadline first; equal deadlines in the order in which they came.

    Deadlines are seconds of whatever clock the caller uses throughout.
    """

    def __init__(self) -> None:
        self._heap: list[tuple[float, int, int]] = []
        self._jobs: dict[int, tuple[int, JobT]] = {}
        self._arrivals = 0

    def __len__(self) -> int:
        return len(self._jobs)

    def push(self, key: int, job: JobT, deadline: float) -> None:
        """Add a job under a key that is not in the queue."""
        if key in self._jobs:
            raise KeyError(f"job {key} is queued already")
        self._arrivals += 1
        self._jobs[key] = (self._arrivals, job)
        heapq.heappush(self._heap, (deadline, self._arrivals, key))

    def pop(self) -> tuple[int, JobT]:
        """Take the most urgent job; raises IndexError when there is none."""
        self._forget_removed()
        _, _, key = heapq.heappop(self._heap)
        return key, self._jobs.pop(key)[1]

    def next_deadline(self) -> float:
        """The most urgent job's; infinite when there is none."""
        self._forget_removed()
        return self._heap[0][0] if self._heap else math.inf

    def remove(self, key: int) -> JobT | None:
        """Take a job out, wherever it stands; None if it is not queued."""
        queued = self._jobs.pop(key, None)
        return None if queued is None else queued[1]

    def _forget_removed(self) -> None:
        """Makes the top of the heap a job that is queued: no removed one, nor its old place."""
        while self._heap:
            _, arrival, key = self._heap[0]
            queued = self._jobs.get(key)
            if queued is not None and queued[0] == arrival:
                return
            heapq.heappop(self._heap)
