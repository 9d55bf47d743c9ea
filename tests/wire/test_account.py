"""Which counts of use are asked for."""

from __future__ import annotations

import pytest

from vivavoce.errors import InvalidParameter
from vivavoce.wire.account import UsageQuery, usage_query


def test_times_are_taken_in_seconds_and_in_milliseconds() -> None:
    asked = UsageQuery(1_700_000_000, 1_700_086_400, "day")
    assert usage_query(1_700_000_000, 1_700_086_400) == asked
    assert usage_query(1_700_000_000_000, 1_700_086_400_999) == asked


def test_a_window_from_the_beginning_of_time_is_one() -> None:
    assert usage_query(0, 1_700_000_000_000).start_unix == 0


@pytest.mark.parametrize("interval", ["hour", "day", "week", "month", "cumulative"])
def test_every_interval_of_the_protocol_is_known(interval: str) -> None:
    assert usage_query(0, 1, interval=interval).interval == interval


def test_the_length_of_a_bucket_goes_before_the_name_of_the_interval() -> None:
    assert usage_query(0, 1, interval="day", bucket_seconds=3_600).interval == "hour"


@pytest.mark.parametrize("breakdown", [None, "", "none"])
@pytest.mark.parametrize("metric", [None, "credits", "tts_characters"])
def test_characters_by_hour_are_what_is_counted(breakdown: str | None, metric: str | None) -> None:
    assert usage_query(0, 1, breakdown=breakdown, metric=metric) == UsageQuery(0, 1, "day")


@pytest.mark.parametrize(
    ("param", "wanted"),
    [
        ("breakdown_type", {"breakdown": "voice"}),
        ("metric", {"metric": "minutes_used"}),
        ("aggregation_interval", {"interval": "decade"}),
        ("aggregation_bucket_size", {"bucket_seconds": 7}),
    ],
)
def test_what_nobody_counts_is_refused_by_its_name(param: str, wanted: dict[str, object]) -> None:
    with pytest.raises(InvalidParameter, match=param) as caught:
        usage_query(0, 1, **wanted)  # type: ignore[arg-type]
    assert caught.value.param == param
