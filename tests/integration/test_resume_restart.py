"""A server that is killed and started again; `python -m bench resume-restart` has more of it."""

from __future__ import annotations

import pytest

from bench.resume_restart import Told, survived
from vivavoce.testing.server_process import ServerProcess


async def test_after_a_restart_the_client_has_a_fresh_session_and_says_the_rest_once(
    caplog: pytest.LogCaptureFixture,
) -> None:
    with ServerProcess() as server:
        [told] = await survived(server, 1)
    assert 0 < told.fresh < len(told.heard)
    assert told.is_said_once
    assert "The session is lost" in caplog.text


@pytest.mark.parametrize(
    ("heard", "is_said_once"),
    [
        ("One two three.", True),
        ("One twtwo three.", True),
        ("One two two three.", False),
        ("One three.", False),
        ("One two two three. three.", False),
        ("One two", False),
        ("One two three. One two three.", False),
    ],
)
def test_words_that_are_missing_or_come_twice_are_seen(heard: str, is_said_once: bool) -> None:
    assert Told("One two three.", heard, 0).is_said_once is is_said_once
