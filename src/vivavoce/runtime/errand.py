"""Questions to the ears on their way to a worker, each with one answer."""

from __future__ import annotations

import asyncio
from typing import Generic, TypeVar

from vivavoce.engines.base import EARS_RATE, Heard, HearingRequest
from vivavoce.errors import EngineFailed
from vivavoce.runtime import ears_messages as say

AnswerT = TypeVar("AnswerT")


class _Errand(Generic[AnswerT]):
    """One question, until its `answer` is there or has been cancelled."""

    def __init__(self, due_at: float, *, background: bool) -> None:
        self.due_at = due_at
        self.background = background
        self.deaths = 0
        """Workers that died while they worked on it."""
        self.answer: asyncio.Future[AnswerT] = asyncio.get_running_loop().create_future()

    def end(self, error: EngineFailed | TimeoutError) -> None:
        """There will be no answer."""
        if not self.answer.done():
            self.answer.set_exception(error)
            self.answer.exception()  # nobody may be there to retrieve it

    def settle(self, answer: AnswerT) -> None:
        """There is one; dropped when nobody waits for it."""
        if not self.answer.done():
            self.answer.set_result(answer)


class Hearing(_Errand[Heard]):
    """A piece to be heard; `in_time` means by `due_at` or not at all."""

    def __init__(
        self,
        request: HearingRequest,
        due_at: float,
        *,
        background: bool = False,
        in_time: bool = False,
    ) -> None:
        super().__init__(due_at, background=background)
        self.request = request
        self.in_time = in_time

    @property
    def speech_s(self) -> float:
        """Length of the piece in seconds."""
        return len(self.request.pcm) / 2 / EARS_RATE

    def command(self, number: int) -> say.Hear:
        """What a worker is told."""
        return say.Hear(number, self.request)


class Judging(_Errand[list[float]]):
    """Sound to be judged hop by hop."""

    def __init__(self, pcm: bytes, due_at: float) -> None:
        super().__init__(due_at, background=True)
        self.pcm = pcm

    def command(self, number: int) -> say.Judge:
        """What a worker is told."""
        return say.Judge(number, self.pcm)


Errand = Hearing | Judging
