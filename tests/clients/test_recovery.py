from __future__ import annotations

from collections.abc import Callable

import pytest

from vivavoce.clients.backoff import BackoffLaw
from vivavoce.clients.failures import CannotConnect, Failure
from vivavoce.clients.options import ConnectionOptions
from vivavoce.clients.recovery import HOLDS_AFTER_S, STRAYS_S, Recovery, Retry

BROKEN = Failure("the connection broke", close_code=1006)
LOST = Failure("closed with 4404", close_code=4404)
TAKEN_OVER = Failure("closed with 4409", close_code=4409)


class Scene:
    """A recovery in a time of its own; delays are half of their bound."""

    def __init__(self, options: ConnectionOptions | None = None) -> None:
        self.now = 0.0
        self.recovery = Recovery(
            options or ConnectionOptions(), draw=lambda: 0.5, clock=lambda: self.now
        )

    def failed(
        self, failure: Failure = BROKEN, *, can_resume: bool = True, has_progressed: bool = False
    ) -> Retry:
        return self.recovery.failed(failure, can_resume=can_resume, has_progressed=has_progressed)


def repeat(act: Callable[[], None], *, times: int) -> None:
    for _ in range(times):
        act()


def test_session_that_can_be_resumed_is_not_begun_again() -> None:
    scene = Scene()
    scene.recovery.opened()
    assert scene.failed() == Retry(0.05, is_fresh=False)


def test_session_that_cannot_be_resumed_is_begun_again_after_a_delay() -> None:
    scene = Scene()
    scene.recovery.opened()
    assert scene.failed(can_resume=False) == Retry(0.05, is_fresh=True)
    assert scene.failed(LOST, can_resume=False).delay_s > 0


def test_refused_return_begins_afresh_at_once() -> None:
    scene = Scene()
    scene.recovery.opened()
    scene.failed()
    scene.now = 20.0
    assert scene.failed(LOST) == Retry(0.0, is_fresh=True)
    broken = Failure("numbers", breaks_session=True)
    assert scene.failed(broken) == Retry(0.0, is_fresh=True)


def test_fatal_failure_ends_it_also_at_the_first_attempt() -> None:
    with pytest.raises(CannotConnect) as ended:
        Scene().failed(Failure("HTTP 401", http_status=401), can_resume=False)
    assert ended.value.failure.http_status == 401


def test_what_is_fatal_is_for_the_option_to_say() -> None:
    scene = Scene(ConnectionOptions(is_fatal=lambda failure: failure.close_code == 1006))
    scene.failed(Failure("HTTP 401", http_status=401))
    with pytest.raises(CannotConnect):
        scene.failed(BROKEN)


def test_refused_return_is_not_for_the_option_to_judge() -> None:
    scene = Scene(ConnectionOptions(is_fatal=lambda failure: True))
    assert scene.failed(LOST).is_fresh


def test_first_opening_has_a_limit_of_its_own() -> None:
    scene = Scene(ConnectionOptions(open_within_s=10))
    scene.now = 9.0
    scene.failed(can_resume=False)
    scene.now = 10.0
    with pytest.raises(CannotConnect):
        scene.failed(can_resume=False)
    patient = Scene(ConnectionOptions(open_within_s=None))
    patient.now = 119.0
    patient.failed(can_resume=False)


def test_sockets_that_open_and_die_at_once_are_one_outage_that_is_given_up() -> None:
    scene = Scene(ConnectionOptions(backoff=BackoffLaw(give_up_after_s=30.0)))
    delays: list[float] = []

    def die_again() -> None:
        scene.recovery.opened()
        delays.append(scene.failed(can_resume=False).delay_s)
        scene.now += delays[-1]

    with pytest.raises(CannotConnect):
        repeat(die_again, times=1000)
    assert len(delays) < 40
    assert scene.recovery.retries == len(delays)


def test_socket_that_held_begins_a_new_count() -> None:
    scene = Scene()
    scene.recovery.opened()
    for _ in range(5):
        scene.now += scene.failed().delay_s
    assert scene.recovery.retries == 4
    scene.recovery.opened()
    assert scene.recovery.retries == 4
    scene.now += HOLDS_AFTER_S
    assert scene.failed().delay_s == 0.05
    assert scene.recovery.retries == 0


def test_progress_of_a_session_begins_a_new_count_however_short_it_was() -> None:
    scene = Scene()
    scene.recovery.opened()
    for _ in range(500):
        scene.recovery.opened()
        assert scene.failed(has_progressed=True).delay_s == 0.05
        scene.now += 0.3
    assert scene.recovery.retries == 0


def test_session_that_an_attempt_of_ours_took_over_too_late_is_taken_back_once() -> None:
    scene = Scene()
    scene.recovery.opened()
    scene.failed()
    scene.failed(Failure("no answer"))
    scene.recovery.opened()
    scene.now += STRAYS_S / 2
    assert not scene.failed(TAKEN_OVER, has_progressed=True).is_fresh
    scene.recovery.opened()
    with pytest.raises(CannotConnect, match="4409"):
        scene.failed(TAKEN_OVER)


@pytest.mark.parametrize("attempt_failed_s_ago", [None, STRAYS_S])
def test_session_that_somebody_else_took_over_is_left_to_them(
    attempt_failed_s_ago: float | None,
) -> None:
    scene = Scene()
    scene.recovery.opened()
    scene.failed()
    if attempt_failed_s_ago is not None:
        scene.failed(Failure("no answer"))
        scene.now += attempt_failed_s_ago
    scene.recovery.opened()
    with pytest.raises(CannotConnect, match="4409"):
        scene.failed(TAKEN_OVER)
