import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vivavoce.core.deadlines import DeadlineQueue


def drained(queue: DeadlineQueue[str]) -> list[str]:
    return [queue.pop()[1] for _ in range(len(queue))]


def test_the_earliest_deadline_comes_first() -> None:
    queue: DeadlineQueue[str] = DeadlineQueue()
    queue.push(1, "late", 9.0)
    queue.push(2, "soon", 1.0)
    queue.push(3, "middle", 5.0)
    assert drained(queue) == ["soon", "middle", "late"]


def test_equal_deadlines_keep_the_order_of_arrival() -> None:
    queue: DeadlineQueue[str] = DeadlineQueue()
    for key, name in enumerate("abcd"):
        queue.push(key, name, 1.0)
    assert drained(queue) == ["a", "b", "c", "d"]


def test_a_removed_job_never_comes_back_by_its_old_deadline() -> None:
    queue: DeadlineQueue[str] = DeadlineQueue()
    queue.push(1, "old", 1.0)
    queue.push(2, "other", 2.0)
    assert queue.remove(1) == "old"
    queue.push(1, "new", 3.0)
    assert drained(queue) == ["other", "new"]


def test_removing_what_is_not_queued_gives_nothing() -> None:
    queue: DeadlineQueue[str] = DeadlineQueue()
    assert queue.remove(7) is None


def test_a_key_can_be_queued_only_once_at_a_time() -> None:
    queue: DeadlineQueue[str] = DeadlineQueue()
    queue.push(1, "a", 1.0)
    with pytest.raises(KeyError):
        queue.push(1, "b", 2.0)


def test_an_empty_queue_has_nothing_to_pop() -> None:
    with pytest.raises(IndexError):
        DeadlineQueue[str]().pop()


def test_the_next_deadline_is_that_of_the_job_that_comes_next() -> None:
    queue: DeadlineQueue[str] = DeadlineQueue()
    assert queue.next_deadline() == math.inf
    queue.push(1, "soon", 1.0)
    queue.push(2, "late", 9.0)
    assert queue.next_deadline() == 1.0
    queue.remove(1)
    assert queue.next_deadline() == 9.0
    queue.push(1, "soon again", 3.0)
    assert (queue.next_deadline(), queue.pop()[1]) == (3.0, "soon again")


@given(st.lists(st.tuples(st.floats(0, 100), st.booleans()), max_size=60))
def test_what_comes_out_is_what_was_left_in_sorted_by_deadline(
    jobs: list[tuple[float, bool]],
) -> None:
    queue: DeadlineQueue[str] = DeadlineQueue()
    for key, (deadline, _) in enumerate(jobs):
        queue.push(key, str(key), deadline)
    for key, (_, removed) in enumerate(jobs):
        if removed:
            queue.remove(key)
    kept = [key for key, (_, removed) in enumerate(jobs) if not removed]
    expected = sorted(kept, key=lambda key: (jobs[key][0], key))
    assert drained(queue) == [str(key) for key in expected]
