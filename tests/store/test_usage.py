from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vivavoce.errors import InvalidParameter
from vivavoce.store.store import Store
from vivavoce.store.usage import Bucket, UsageLedger


def at(month: int, day: int, hour: int = 0, minute: int = 0) -> int:
    return int(datetime(2026, month, day, hour, minute, tzinfo=UTC).timestamp())


SPOKEN = {
    ("a", at(2, 27, 23)): 1,
    ("a", at(2, 28, 23)): 2,
    ("a", at(3, 1, 0)): 4,
    ("b", at(3, 1, 0)): 8,
    ("a", at(3, 1, 13)): 16,
    ("a", at(3, 9, 0)): 32,
}


async def test_use_is_added_to_what_is_there(store: Store) -> None:
    await store.usage.add({("a", at(3, 1)): 3, ("b", at(3, 1)): 5})
    await store.usage.add({("a", at(3, 1)): 4})
    assert await store.usage.totals(at(3, 1), at(3, 1), key_id="a") == [(at(3, 1) * 1000, 7)]
    assert await store.usage.totals(at(3, 1), at(3, 1)) == [(at(3, 1) * 1000, 12)]


@pytest.mark.parametrize(
    ("bucket", "start", "end", "expected"),
    [
        ("day", at(2, 28), at(3, 2), [(at(2, 28), 2), (at(3, 1), 28), (at(3, 2), 0)]),
        ("hour", at(3, 1), at(3, 1, 1, 59), [(at(3, 1), 12), (at(3, 1, 1), 0)]),
        ("hour", at(3, 1, 12, 30), at(3, 1, 13), [(at(3, 1, 12), 0), (at(3, 1, 13), 16)]),
        ("week", at(2, 27), at(3, 9), [(at(2, 23), 31), (at(3, 2), 0), (at(3, 9), 32)]),
        ("month", at(1, 5), at(3, 31), [(at(1, 1), 0), (at(2, 1), 3), (at(3, 1), 60)]),
        ("cumulative", at(2, 28, 23, 5), at(3, 9), [(at(2, 28, 23), 62)]),
        ("day", at(3, 1, 13), at(3, 1, 14), [(at(3, 1), 16)]),
        ("day", at(4, 1), at(4, 1), [(at(4, 1), 0)]),
        ("cumulative", at(4, 1), at(4, 1), [(at(4, 1), 0)]),
    ],
)
async def test_totals_have_a_number_for_every_bucket_of_the_span(
    store: Store, bucket: Bucket, start: int, end: int, expected: list[tuple[int, int]]
) -> None:
    await store.usage.add(SPOKEN)
    totals = await store.usage.totals(start, end, bucket)
    assert totals == [(second * 1000, characters) for second, characters in expected]


async def test_totals_can_be_of_one_key(store: Store) -> None:
    await store.usage.add(SPOKEN)
    assert await store.usage.totals(at(3, 1), at(3, 1, 23), key_id="b") == [(at(3, 1) * 1000, 8)]
    assert await store.usage.totals(at(3, 1), at(3, 1, 23), key_id="c") == [(at(3, 1) * 1000, 0)]


async def test_a_month_is_counted_from_its_first_second(store: Store) -> None:
    await store.usage.add(SPOKEN)
    assert await store.usage.of_month(at(2, 28, 23, 59)) == {"a": 3}
    assert await store.usage.of_month(at(3, 1)) == {"a": 52, "b": 8}
    assert await store.usage.of_month(at(4, 1)) == {}


@pytest.mark.parametrize(
    ("start", "end", "bucket"),
    [
        (at(3, 2), at(3, 1), "day"),
        (-1, at(3, 1), "day"),
        (at(3, 1), at(3, 1) * 1_000_000, "cumulative"),
        (1, at(3, 1), "hour"),
        (1, at(3, 1), "day"),
    ],
)
async def test_a_span_that_makes_no_sense_or_has_too_many_buckets_is_refused(
    store: Store, start: int, end: int, bucket: Bucket
) -> None:
    with pytest.raises(InvalidParameter):
        await store.usage.totals(start, end, bucket)


async def test_a_long_span_can_be_had_in_longer_buckets(store: Store) -> None:
    await store.usage.add(SPOKEN)
    totals = await store.usage.totals(0, at(3, 31), "month")
    assert (len(totals), sum(count for _, count in totals)) == (56 * 12 + 3, 63)


@given(
    st.lists(st.tuples(st.sampled_from("ab"), st.integers(0, 50), st.integers(at(2, 27), at(3, 3))))
)
def test_a_ledger_counts_by_key_and_hour(spoken: list[tuple[str, int, int]]) -> None:
    ledger = UsageLedger()
    for key_id, characters, second in spoken:
        ledger.add(key_id, characters, second)
    for key_id in "ab":
        of_key = [(count, second) for key, count, second in spoken if key == key_id]
        assert ledger.of_month(key_id, at(3, 2)) == sum(
            count for count, second in of_key if second >= at(3, 1)
        )
    taken = ledger.take()
    assert sum(taken.values()) == sum(characters for _, characters, _ in spoken)
    assert all(hour % 3600 == 0 for _, hour in taken)
    assert not ledger.take()


def test_a_ledger_takes_back_what_could_not_be_written() -> None:
    ledger = UsageLedger()
    ledger.add("a", 3, at(3, 1))
    taken = ledger.take()
    ledger.add("a", 4, at(3, 1, 0, 59))
    ledger.give_back(taken)
    assert ledger.take() == {("a", at(3, 1)): 7}
