from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from vivavoce.core.eviction import last_use_to_drop


def dropped(last_used: list[int], sizes: list[int], most: int) -> int | None:
    return last_use_to_drop(np.array(last_used, np.int64), np.array(sizes, np.int64), most)


def test_nothing_goes_while_all_of_it_fits() -> None:
    assert dropped([3, 1, 2], [10, 10, 10], 30) is None
    assert dropped([], [], 0) is None


def test_what_was_used_longest_ago_goes_first() -> None:
    assert dropped([30, 10, 20], [10, 10, 10], 29) == 10
    assert dropped([30, 10, 20], [10, 10, 10], 19) == 20
    assert dropped([30, 10, 20], [10, 10, 10], 9) == 30


@given(
    st.lists(st.tuples(st.integers(0, 20), st.integers(1, 9)), min_size=1, max_size=40),
    st.integers(0, 200),
)
def test_what_stays_fits_and_one_moment_more_would_not(
    files: list[tuple[int, int]], most: int
) -> None:
    last = dropped([used for used, _ in files], [size for _, size in files], most)
    staying = [size for used, size in files if last is None or used > last]
    assert sum(staying) <= most
    if last is not None:
        assert sum(staying) + sum(size for used, size in files if used == last) > most
