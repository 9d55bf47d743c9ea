"""Sessions that lose one socket after the other at random moments."""

from __future__ import annotations

import asyncio

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.sessions.converse.virtual_time import VirtualTimeLoop
from tests.sessions.surviving_walk import Exceeded, Walk

_FRAMES = 40


@settings(max_examples=200, deadline=None)
@given(seed=st.integers(0, 100_000))
def test_over_any_number_of_sockets_all_arrives_once_and_in_order_both_ways(seed: int) -> None:
    walk = Walk(seed, frames=_FRAMES)
    with asyncio.Runner(loop_factory=VirtualTimeLoop) as runner:
        try:
            runner.run(walk.run())
        except* Exceeded:
            assert walk.got == list(range(len(walk.got)))
            assert walk.heard == list(range(len(walk.heard)))
        else:
            assert walk.got == walk.heard == list(range(_FRAMES))
            assert walk.close_code == 1000
