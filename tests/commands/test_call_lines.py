from __future__ import annotations

import io

import pytest
from rich.console import Console

from vivavoce.commands.call_lines import CallLines, call_lines
from vivavoce.commands.last_line import LastLine


def on_a_terminal() -> tuple[CallLines, io.StringIO]:
    out = io.StringIO()
    console = Console(file=out, force_terminal=True, color_system="truecolor", width=40)
    return CallLines(console, LastLine(console)), out


def test_a_pipe_gets_a_line_for_each_turn(capfd: pytest.CaptureFixture[str]) -> None:
    with call_lines() as lines:
        lines.passing("you", "Good")
        lines.said("you", "Good day.")
        lines.said("agent", "Two\nlines.")
        lines.said("agent", "I was about to", unsaid="say")
    assert capfd.readouterr().out == (
        "you: Good day.\nagent: Two lines.\nagent: I was about to --\n"
    )


def test_notes_and_times_do_not_go_into_the_pipe(capfd: pytest.CaptureFixture[str]) -> None:
    with call_lines() as lines:
        lines.note("listening")
        lines.aside("first token 80 ms")
    out, err = capfd.readouterr()
    assert out == ""
    assert "vivavoce: listening\n" in err
    assert "first token 80 ms" in err


def test_a_terminal_shows_what_is_being_said_until_it_has_been_said() -> None:
    lines, out = on_a_terminal()
    lines.passing("you", "Good")
    assert "Good" in out.getvalue()
    lines.said("you", "Good day.")
    assert out.getvalue().rstrip().endswith("Good day.")


def test_a_terminal_strikes_out_what_an_interrupted_agent_did_not_say() -> None:
    lines, out = on_a_terminal()
    lines.said("agent", "I was", unsaid=" about to say")
    struck = "\x1b[2;9m about to say\x1b[0m"
    assert struck in out.getvalue()


def test_square_brackets_are_words_too() -> None:
    lines, out = on_a_terminal()
    lines.said("agent", "[bold]no")
    assert "[bold]no" in out.getvalue()
