from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator, Callable

from vivavoce.commands.polite_caller import PoliteCaller

SILENCE = bytes(1_600)


class Source:
    """`Microphone` that says two blocks."""

    name = "two"
    sample_rate = 16_000

    @contextlib.asynccontextmanager
    async def opened(self, _on_loss: Callable[[], None]) -> AsyncIterator[AsyncIterator[bytes]]:
        """See `Microphone.opened`."""
        yield self._blocks()

    async def _blocks(self) -> AsyncIterator[bytes]:
        yield b"one"
        yield b"two"


async def test_it_is_silent_until_it_may_speak_and_for_ever_after() -> None:
    asked = iter([False, False, True])
    caller = PoliteCaller(Source(), lambda: next(asked))
    async with caller.opened(lambda: None) as blocks:
        heard = []
        for _ in range(4):
            heard.append(await anext(blocks))
            assert not caller.has_said_all
        heard.append(await anext(blocks))
    assert heard == [SILENCE, SILENCE, b"one", b"two", SILENCE]
    assert caller.has_said_all
