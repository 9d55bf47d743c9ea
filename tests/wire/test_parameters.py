"""Values of a URL's query."""

from __future__ import annotations

import pytest

from vivavoce.errors import InvalidParameter
from vivavoce.wire.parameters import boolean, integer, is_true, number, one_of


@pytest.mark.parametrize("text", ["true", "True", "1", "yes", "ON"])
def test_yes_has_many_spellings(text: str) -> None:
    assert is_true(text)
    assert boolean({"a": text}, "a", default=False)


def test_no_has_as_many_and_a_missing_value_is_the_default() -> None:
    assert not any(boolean({"a": text}, "a", default=True) for text in ("false", "0", "No", "off"))
    assert boolean({}, "a", default=True)


def test_numbers_are_taken_up_to_their_limits() -> None:
    assert integer({"a": "50"}, "a", low=50, high=60) == 50
    assert integer({"a": "60"}, "a", low=50, high=60) == 60
    assert integer({}, "a", low=50) is None
    assert number({"a": "0.3"}, "a", low=0.3, high=3, default=1) == 0.3
    assert number({"a": "3"}, "a", low=0.3, high=3, default=1) == 3
    assert number({}, "a", low=0.3, high=3, default=1) == 1


def test_a_default_may_be_said_though_it_lies_outside_the_limits() -> None:
    assert number({"a": "2500"}, "a", low=50, high=2000, default=2500) == 2500


@pytest.mark.parametrize("text", ["0.29", "3.01", "nan", "inf", "-1", "x", "1,5", "9" * 1_000_000])
def test_what_is_no_number_within_the_limits_is_refused_by_name(text: str) -> None:
    with pytest.raises(InvalidParameter, match=r"a must be a number from 0\.3 to 3") as refused:
        number({"a": text}, "a", low=0.3, high=3, default=1)
    assert refused.value.param == "a"
    with pytest.raises(InvalidParameter, match="a must be a whole number from 5 to 6"):
        integer({"a": text}, "a", low=5, high=6)


def test_one_of_several_is_found_in_any_case_and_the_first_is_the_default() -> None:
    assert one_of({"a": "VAD"}, "a", ("manual", "vad")) == "vad"
    assert one_of({}, "a", ("manual", "vad")) == "manual"
    with pytest.raises(InvalidParameter, match="a must be one of manual, vad"):
        one_of({"a": "both"}, "a", ("manual", "vad"))
