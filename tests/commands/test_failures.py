from __future__ import annotations

import pytest
import typer

from vivavoce.commands.failures import CommandFailed, one_line_failures
from vivavoce.errors import ConfigError, EngineFailed, StoreFailed


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (CommandFailed("it broke"), 1),
        (CommandFailed("it broke", exit_code=2), 2),
        (EngineFailed("it broke"), 1),
        (ConfigError("it broke"), 2),
        (ExceptionGroup("tasks", [ExceptionGroup("tasks", [ConfigError("it broke")])]), 2),
    ],
)
def test_a_failure_with_a_name_becomes_one_line_and_an_exit_code(
    error: Exception, code: int, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(typer.Exit) as exit_, one_line_failures():
        raise error
    assert exit_.value.exit_code == code
    assert capsys.readouterr().err == "vivavoce: it broke\n"


@pytest.mark.parametrize("bug", [KeyError("x"), ExceptionGroup("tasks", [KeyError("x")])])
def test_a_bug_keeps_its_traceback(bug: Exception) -> None:
    with pytest.raises(type(bug)) as raised, one_line_failures():
        raise bug
    assert raised.value is bug


def test_a_broken_database_says_how(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(typer.Exit), one_line_failures():
        raise StoreFailed("It failed.") from OSError("no space left\non the disk")
    assert capsys.readouterr().err == "vivavoce: It failed. no space left\n"
