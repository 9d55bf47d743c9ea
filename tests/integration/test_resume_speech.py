"""Clients over networks that fail, in small; `python -m bench resume` has all of it."""

from __future__ import annotations

import pytest

from bench.resume_delay import waited
from bench.resume_outage import sat_out
from bench.resume_speech import compared, report
from bench.resume_utterances import utterances
from tests.integration.conftest import RunningServer


async def test_speech_that_was_cut_off_often_is_the_speech_that_nobody_cut(
    server: RunningServer,
) -> None:
    whole, cut = await compared(server.port, utterances(3), cuts=15)
    assert cut.cuts >= 10
    assert cut.connections > 10
    assert cut.digests == whole.digests
    assert len(set(whole.digests)) == 3
    assert cut.sessions_lost == 0
    assert report(whole, cut, 15, "Python").figures[0].value == 0


async def test_sound_goes_on_after_every_outage_in_the_middle_of_an_utterance(
    server: RunningServer,
) -> None:
    waits = await waited(server.port, 3)
    assert len(waits) >= 3
    assert all(wait.since_socket >= 0 for wait in waits)
    assert all(wait.since_cable >= 0 for wait in waits)


async def test_clients_wait_as_long_as_they_say_and_come_back_or_give_up(
    server: RunningServer,
) -> None:
    patient, impatient = await sat_out(server.port, 6.0, 2, 1)
    for client in patient:
        assert client.is_whole
        spacings = client.spacings()
        assert len(spacings) > 3
        for bound, delay, passed in spacings:
            assert 0 <= delay <= bound <= 5.0
            assert passed >= delay * 0.99
    assert impatient[0].gave_up_after_s == pytest.approx(4.0, abs=2.0)
