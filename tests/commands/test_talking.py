from __future__ import annotations

import pytest

from vivavoce.commands.failures import CommandFailed
from vivavoce.commands.talking import given_variables


def test_variables_are_given_as_name_equals_value() -> None:
    assert given_variables(["a=1", "b = x=y", "c="]) == {"a": "1", "b": " x=y", "c": ""}


@pytest.mark.parametrize("word", ["name", "=value", " =x", ""])
def test_a_variable_without_a_name_or_a_value_is_misuse(word: str) -> None:
    with pytest.raises(CommandFailed, match="no name=value") as raised:
        given_variables([word])
    assert raised.value.exit_code == 2
