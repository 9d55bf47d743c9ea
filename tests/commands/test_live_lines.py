from __future__ import annotations

import io

import pytest
from rich.console import Console

from vivavoce.commands.last_line import LastLine
from vivavoce.commands.live_lines import LiveLines, live_lines


def terminal(file: io.StringIO) -> LastLine:
    return LastLine(Console(file=file, force_terminal=True, width=80, _environ={"TERM": "xterm"}))


def test_without_a_terminal_only_what_is_committed_is_written(
    capfdbinary: pytest.CaptureFixture[bytes],
) -> None:
    with live_lines() as lines:
        lines.partial("Gut")
        lines.committed("Guten Tag: grüß Gott.")
        lines.committed("And more.")
    assert capfdbinary.readouterr().out == "Guten Tag: grüß Gott.\nAnd more.\n".encode()


def test_on_a_terminal_a_partial_line_changes_and_vanishes_before_anything_else_is_written(
    capfd: pytest.CaptureFixture[str],
) -> None:
    screen = io.StringIO()
    with terminal(screen) as last_line:
        lines = LiveLines(last_line)
        lines.partial("Good")
        lines.partial("Good day")
        assert "Good day" in screen.getvalue()
        lines.note("something else")
        assert screen.getvalue().endswith("\x1b[?25h\r\x1b[1A\x1b[2K")  # cursor shown, line erased
        lines.partial("Good day to")
        lines.committed("Good day to you.")
        assert screen.getvalue().endswith("\x1b[?25h\r\x1b[1A\x1b[2K")
    printed = capfd.readouterr()
    assert printed.out == "Good day to you.\n"
    assert printed.err == "vivavoce: something else\n"


def test_a_partial_line_of_several_rows_vanishes_as_a_whole() -> None:
    screen = io.StringIO()
    with terminal(screen) as last_line:
        LiveLines(last_line).partial("word " * 30)
    assert screen.getvalue().endswith("\r" + "\x1b[1A\x1b[2K" * 2)
