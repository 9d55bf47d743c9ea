"""Reading the text fields of a form."""

from __future__ import annotations

import contextlib
from typing import Literal

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from vivavoce.wire.form import form_misfit, read_form


class _Inner(msgspec.Struct):
    max_count: int | None = None


class _Form(msgspec.Struct, kw_only=True):
    name: str | None = None
    flag: bool | None = None
    count: int | None = None
    share: float | None = None
    kind: Literal["a", "b"] | None = None
    terms: tuple[str, ...] = ()
    inners: tuple[_Inner, ...] = ()


def test_texts_become_what_their_fields_hold() -> None:
    form = read_form(
        {"name": "n", "flag": "True", "count": "3", "share": "0.5", "kind": "b"}, _Form
    )
    assert form == _Form(name="n", flag=True, count=3, share=0.5, kind="b")


def test_empty_text_and_null_count_as_not_given() -> None:
    form = read_form({"name": "", "flag": "null", "terms": ["", "null"], "count": None}, _Form)
    assert form == _Form()


def test_the_last_of_a_repeated_field_counts() -> None:
    assert read_form({"count": ["1", "2", ""]}, _Form).count == 2


def test_a_list_takes_one_text_or_many() -> None:
    assert read_form({"terms": "a b"}, _Form).terms == ("a b",)
    assert read_form({"terms": ["a", "b"]}, _Form).terms == ("a", "b")


def test_a_list_may_be_json_as_the_python_sdk_writes_it() -> None:
    assert read_form({"terms": '["a", "b"]'}, _Form).terms == ("a", "b")
    assert read_form({"terms": '"all"'}, _Form).terms == ("all",)
    assert read_form({"terms": ['"half', "[", "{"]}, _Form).terms == ('"half', "[", "{")


def test_objects_are_json_one_by_one_or_in_a_list() -> None:
    assert read_form({"inners": '[{"max_count":1},{}]'}, _Form).inners == (_Inner(1), _Inner())
    assert read_form({"inners": ['{"max_count":1}', "{}"]}, _Form).inners == (_Inner(1), _Inner())


def test_keys_of_objects_may_be_those_of_javascript() -> None:
    assert read_form({"inners": '[{"maxCount":1}]'}, _Form).inners == (_Inner(1),)


def test_brackets_behind_a_name_are_left_off() -> None:
    assert read_form({"terms[]": ["a", "b"], "terms": "c"}, _Form).terms == ("a", "b", "c")
    assert read_form({"name[type]": "x", "name[size]": "y"}, _Form).name == "y"


def test_files_and_unknown_fields_are_left_out() -> None:
    assert read_form({"file": object(), "name": b"bytes", "fancy": "1"}, _Form) == _Form()


@pytest.mark.parametrize(
    ("fields", "loc"),
    [
        ({"count": "many"}, ("body", "count")),
        ({"flag": "perhaps"}, ("body", "flag")),
        ({"kind": "c` - at `$.name"}, ("body", "kind")),
        ({"inners": '[{}, {"max_count":"x"}]'}, ("body", "inners", 1, "max_count")),
        ({"inners": "no json"}, ("body", "inners", 0)),
        ({"terms": "[1]"}, ("body", "terms", 0)),
    ],
)
def test_a_misfit_says_where_it_stands(
    fields: dict[str, object], loc: tuple[str | int, ...]
) -> None:
    with pytest.raises(msgspec.ValidationError) as refused:
        read_form(fields, _Form)
    misfit = form_misfit(refused.value)
    assert misfit.loc == loc
    assert misfit.type == "value_error"
    assert misfit.msg.startswith(("Expected", "Invalid"))


def test_a_misfit_does_not_repeat_a_long_value() -> None:
    with pytest.raises(msgspec.ValidationError) as refused:
        read_form({"kind": "x" * 1_000_000}, _Form)
    misfit = form_misfit(refused.value)
    assert len(misfit.msg) < 1000
    assert misfit.loc == ("body", "kind")


def test_json_of_any_depth_is_no_more_than_a_misfit() -> None:
    with pytest.raises(msgspec.ValidationError):
        read_form({"inners": "[" * 100_000}, _Form)


@given(st.dictionaries(st.sampled_from(_Form.__struct_fields__), st.text() | st.lists(st.text())))
def test_no_form_raises_anything_but_a_validation_error(fields: dict[str, object]) -> None:
    with contextlib.suppress(msgspec.ValidationError):
        read_form(fields, _Form)
