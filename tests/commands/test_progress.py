from __future__ import annotations

import io
import re

import pytest
from rich.console import Console

from vivavoce.commands.last_line import LastLine
from vivavoce.commands.progress import HearingProgress, clock


def shown_on(file: io.StringIO) -> LastLine:
    return LastLine(Console(file=file, force_terminal=True, width=80, _environ={"TERM": "xterm"}))


def test_on_a_terminal_it_is_seen_how_much_of_the_sound_is_done() -> None:
    screen = io.StringIO()
    with shown_on(screen) as last_line:
        progress = HearingProgress("talk.mp3", 3700.0, last_line)
        assert "0:00 of 1:01:40" in screen.getvalue()
        progress.advance(65.0)
        assert re.search(r"talk\.mp3.* 1:05 of 1:01:40, \d+x", screen.getvalue())


def test_a_length_that_nobody_knows_is_not_made_up() -> None:
    screen = io.StringIO()
    with shown_on(screen) as last_line:
        HearingProgress("stream.ogg", None, last_line).advance(7.5)
    assert "0:07, " in screen.getvalue()
    assert " of " not in screen.getvalue()


@pytest.mark.parametrize(
    ("has_speech", "is_damaged", "said"),
    [
        (True, False, "talk.mp3: 7.5 s of sound, in "),
        (False, False, "talk.mp3: 7.5 s of sound, in which nothing is said, in "),
        (True, True, "talk.mp3: 7.5 s of sound, some of which could not be read, in "),
    ],
)
def test_at_the_end_it_is_summed_up_although_there_is_no_terminal(
    has_speech: bool, is_damaged: bool, said: str
) -> None:
    screen = io.StringIO()
    with LastLine(Console(file=screen)) as last_line:
        progress = HearingProgress("talk.mp3", 7.5, last_line)
        progress.advance(7.5)
    assert screen.getvalue() == ""
    summary = progress.summary(has_speech=has_speech, is_damaged=is_damaged)
    assert summary.startswith(said)
    assert re.search(r"in \d+\.\d s, \d+ times as fast as it is heard$", summary)


@pytest.mark.parametrize(("seconds", "shown"), [(0.9, "0:00"), (61.0, "1:01"), (3600.0, "1:00:00")])
def test_a_time_is_shown_as_people_write_it(seconds: float, shown: str) -> None:
    assert clock(seconds) == shown
