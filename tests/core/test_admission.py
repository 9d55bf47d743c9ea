import pytest

from vivavoce.core.admission import Admission
from vivavoce.errors import ServerBusy


def entered(admission: Admission) -> int:
    """How many callers get in before the door closes."""
    count = 0
    while True:
        try:
            admission.enter()
        except ServerBusy:
            return count
        count += 1


def test_nobody_is_admitted_before_a_worker_is_ready() -> None:
    with pytest.raises(ServerBusy):
        Admission().enter()


def test_callers_are_admitted_up_to_the_share_of_what_all_workers_make() -> None:
    admission = Admission(share=0.87)
    admission.worker_ready(100.0)
    admission.worker_ready(100.0)
    assert entered(admission) == 174


def test_a_place_given_back_can_be_taken_again() -> None:
    admission = Admission(share=1.0)
    admission.worker_ready(2.0)
    assert entered(admission) == 2
    admission.leave()
    assert entered(admission) == 1


def test_the_refusal_says_how_many_fit() -> None:
    admission = Admission(share=1.0)
    admission.worker_ready(3.0)
    entered(admission)
    with pytest.raises(ServerBusy, match="room for 3"):
        admission.enter()


def test_a_machine_that_turns_slow_admits_fewer() -> None:
    admission = Admission(share=1.0)
    admission.worker_ready(100.0)
    for _ in range(2_000):
        admission.worked(speech_s=0.5, work_s=0.01)
    assert admission.capacity == pytest.approx(50.0, rel=0.02)


def test_a_worker_that_dies_takes_its_share_with_it() -> None:
    admission = Admission(share=1.0)
    admission.worker_ready(100.0)
    admission.worker_ready(100.0)
    admission.worker_gone()
    assert admission.capacity == pytest.approx(100.0)


def test_callers_are_admitted_while_the_last_worker_is_being_replaced() -> None:
    admission = Admission(share=1.0)
    admission.worker_ready(3.0)
    admission.worker_gone()
    assert entered(admission) == 3
