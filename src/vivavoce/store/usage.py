"""Counts of use: how many characters each key had spoken, by hour and by month."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Literal, TypeAlias

from sqlalchemy import (
    BigInteger,
    Column,
    ColumnElement,
    String,
    Table,
    func,
    literal_column,
    select,
)
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from vivavoce.core.periods import FIRST_MONDAY_S, LENGTHS_S, Period, period_start, period_starts
from vivavoce.errors import InvalidParameter
from vivavoce.store.database import connected, metadata, transaction, upserting

Bucket: TypeAlias = Period | Literal["cumulative"]

HourlyCharacters: TypeAlias = Mapping[tuple[str, int], int]
"""Characters by key id and first second of the hour."""

# A hundred days of hours, seven years of days: some milliseconds of the event loop.
_MOST_BUCKETS = 2_500
_SHORTEST_MONTH_S = 28 * 86_400

# The year 9999 is the last that a datetime knows.
_LATEST_S = 253_370_764_800

_hours = Table(
    "characters_by_hour",
    metadata,
    Column("key_id", String, primary_key=True),
    Column("start", BigInteger, primary_key=True, autoincrement=False, index=True),
    Column("characters", BigInteger, nullable=False),
)

# What a key has left is asked for every second: not to be added up from up to 744 hours.
_months = Table(
    "characters_by_month",
    metadata,
    Column("key_id", String, primary_key=True),
    Column("start", BigInteger, primary_key=True, autoincrement=False),
    Column("characters", BigInteger, nullable=False),
)


class UsageLedger:
    """What has been spoken and is not written down yet."""

    def __init__(self) -> None:
        self._characters: Counter[tuple[str, int]] = Counter()

    def add(self, key_id: str, characters: int, now_s: float) -> None:
        """So many characters for this key, now, in seconds since 1970."""
        self._characters[key_id, period_start(now_s, "hour")] += characters

    def of_month(self, key_id: str, now_s: float) -> int:
        """The key's characters since the month of `now_s` began."""
        month = period_start(now_s, "month")
        return sum(
            characters
            for (key, hour), characters in self._characters.items()
            if key == key_id and hour >= month
        )

    def take(self) -> HourlyCharacters:
        """All of it, which is then for the taker to write down or to give back."""
        taken, self._characters = self._characters, Counter()
        return taken

    def give_back(self, taken: HourlyCharacters) -> None:
        """What could not be written down after all."""
        self._characters.update(taken)


class Usage:
    """The tables of use. Every method raises StoreFailed."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine

    async def add(self, characters: HourlyCharacters) -> None:
        """Adds all of it to what is there, or nothing."""
        months: Counter[tuple[str, int]] = Counter()
        for (key_id, hour), count in characters.items():
            months[key_id, period_start(hour, "month")] += count
        async with transaction(self._engine) as connection:
            await _add(connection, _hours, characters)
            await _add(connection, _months, months)

    async def of_month(self, now_s: float) -> dict[str, int]:
        """Characters by key id, of the month of `now_s`, seconds since 1970."""
        async with connected(self._engine) as connection:
            rows = await connection.execute(
                select(_months.c.key_id, _months.c.characters).where(
                    _months.c.start == period_start(now_s, "month")
                )
            )
        return {row.key_id: row.characters for row in rows}

    async def totals(
        self, start_unix: int, end_unix: int, bucket: Bucket = "day", *, key_id: str | None = None
    ) -> list[tuple[int, int]]:
        """Characters from the hour of `start_unix` to that of `end_unix`, in seconds since 1970.

        One pair for each bucket, in order, also where nothing was spoken: its first moment in ms
        since 1970, and characters. "cumulative" is one bucket for all. Without `key_id`, of all
        keys together. Raises InvalidParameter for a span that makes no sense, or too many buckets.
        """
        starts = _starts(start_unix, end_unix, bucket)
        bucket_start = _bucket_start(bucket).label("bucket")
        query = select(bucket_start, func.sum(_hours.c.characters).label("total")).where(
            _hours.c.start.between(period_start(start_unix, "hour"), end_unix)
        )
        if key_id is not None:
            query = query.where(_hours.c.key_id == key_id)
        async with connected(self._engine) as connection:
            rows = (await connection.execute(query.group_by("bucket"))).all()
        totals = dict.fromkeys(starts, 0)
        for row in rows:
            totals[_start_of(row.bucket, bucket, starts[0])] += int(row.total)
        return [(start * 1000, characters) for start, characters in totals.items()]


def _starts(start_unix: int, end_unix: int, bucket: Bucket) -> Sequence[int]:
    if not 0 <= start_unix <= end_unix <= _LATEST_S:
        raise InvalidParameter("The end of the span must be a time after its start.", "end_unix")
    if bucket == "cumulative":
        return (period_start(start_unix, "hour"),)
    if (end_unix - start_unix) // LENGTHS_S.get(bucket, _SHORTEST_MONTH_S) >= _MOST_BUCKETS:
        raise InvalidParameter(
            f"The span is longer than {_MOST_BUCKETS} times one {bucket}: ask for less of it, or "
            "for a longer interval.",
            "end_unix",
        )
    return period_starts(start_unix, end_unix, bucket)


def _bucket_start(bucket: Bucket) -> ColumnElement[int]:
    """What the database is to group hours by; it knows nothing of months, so days for them."""
    if bucket == "cumulative":
        return literal_column("0", BigInteger)
    length = LENGTHS_S.get(bucket, LENGTHS_S["day"])
    first = FIRST_MONDAY_S if bucket == "week" else 0
    return _hours.c.start - (_hours.c.start - first) % length


def _start_of(grouped: int, bucket: Bucket, first: int) -> int:
    if bucket == "cumulative":
        return first
    return period_start(grouped, bucket)


async def _add(connection: AsyncConnection, table: Table, characters: HourlyCharacters) -> None:
    # In one order, so that servers which add to the same rows wait for each other in turn.
    for (key_id, start), count in sorted(characters.items()):
        adding = upserting(connection, table).values(key_id=key_id, start=start, characters=count)
        await connection.execute(
            adding.on_conflict_do_update(
                index_elements=[table.c.key_id, table.c.start],
                set_={"characters": table.c.characters + adding.excluded.characters},
            )
        )
