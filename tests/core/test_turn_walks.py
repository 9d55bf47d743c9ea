"""Random walks over the turn machine: whatever happens, in whatever order."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.core.turn_walk import STEPS, TurnWalk

# 500 walks of 200 steps.
_WALKS = 500
_STEPS = 200


@settings(max_examples=_WALKS)
@given(
    seed=st.integers(0, 2**32 - 1),
    greets=st.sampled_from([None, False, True]),
    weights=st.lists(st.integers(0, 8), min_size=len(STEPS), max_size=len(STEPS)).filter(any),
)
def test_no_walk_makes_two_voices_or_leaves_a_turn_open(
    seed: int, greets: bool | None, weights: list[int]
) -> None:
    walk = TurnWalk(seed, greets=greets)
    for _ in range(_STEPS):
        walk.step(weights)
    walk.comes_to_rest()
