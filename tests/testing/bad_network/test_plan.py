from __future__ import annotations

from itertools import pairwise

import pytest

from vivavoce.testing.bad_network import Kind, Misfortune, Plan, PlanError, parse_plan, random_plan

CUT = Misfortune(Kind.CUT)


def drawn(plan: Plan, until_s: float) -> list[tuple[float, Misfortune]]:
    """Everything by the clock up to a time."""
    found = []
    while (at_s := plan.next_at_s) is not None and at_s <= until_s:
        found += [(at_s, misfortune) for misfortune in plan.due(at_s)]
    return found


def walked(plan: Plan, pieces: list[int]) -> list[tuple[int, Misfortune]]:
    """Everything by the byte, and at which, while so many pieces go through."""
    found, passed = [], 0
    for piece in pieces:
        left = piece
        while left:
            flows, misfortune = plan.passage(left)
            left, passed = left - flows, passed + flows
            if misfortune is not None:
                found.append((passed, misfortune))
    return found


def test_misfortunes_by_the_clock_come_in_order_and_once() -> None:
    plan = parse_plan("stall@3.5s:1.2 cut@2s, down@10s:3")
    assert plan.next_at_s == 2.0
    assert plan.due(1.9) == []
    assert plan.due(4.0) == [CUT, Misfortune(Kind.STALL, 1.2)]
    assert plan.due(4.0) == []
    assert plan.next_at_s == 10.0
    assert plan.due(11.0) == [Misfortune(Kind.DOWN, 3.0)]
    assert plan.next_at_s is None


@pytest.mark.parametrize("piece", [1, 7, 100, 4096])
def test_misfortunes_by_the_byte_come_at_their_byte_whatever_the_pieces(piece: int) -> None:
    plan = parse_plan("cut@100b truncate@101b delay@4000b:0.5")
    found = walked(plan, [piece] * (5000 // piece))
    assert [at for at, _ in found] == [100, 101, 4000]


def test_a_plan_of_both_has_both() -> None:
    plan = parse_plan("cut@5b half-close@1s")
    assert plan.due(1.0) == [Misfortune(Kind.HALF_CLOSE)]
    assert plan.passage(8) == (5, CUT)
    assert plan.passage(3) == (3, None)


def test_equal_seeds_give_equal_misfortunes_and_others_do_not() -> None:
    kinds = [Kind.CUT, Kind.STALL, Kind.DOWN]
    one, same, other = (random_plan(seed, kinds, every_s=(0.5, 3.0)) for seed in (7, 7, 8))
    found = drawn(one, 1000.0)
    assert found == drawn(same, 1000.0)
    assert found != drawn(other, 1000.0)


def test_what_is_drawn_stays_within_its_bounds() -> None:
    found = drawn(
        random_plan(1, list(Kind), every_s=(0.5, 3.0), lasting_s=(0.2, 0.4)),
        until_s=2000.0,
    )
    assert {misfortune.kind for _, misfortune in found} == set(Kind)
    assert all(0.5 <= after - before <= 3.0 for (before, _), (after, _) in pairwise(found))
    for _, (kind, seconds) in found:
        lasts = kind in (Kind.STALL, Kind.DELAY, Kind.DOWN)
        assert (0.2 <= seconds <= 0.4) if lasts else seconds == 0.0


def test_bytes_between_drawn_misfortunes_stay_within_their_bounds() -> None:
    found = walked(random_plan(3, every_bytes=(10, 20)), [64] * 500)
    assert all(10 <= after - before <= 20 for (before, _), (after, _) in pairwise(found))
    assert len(found) > 1500


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("cut", "'cut' is no misfortune"),
        ("cut@-1s", "is no misfortune"),
        ("", "'' is no misfortune"),
        ("crash@1s", "'crash' is none of cut, stall"),
        ("cut@1s:2", "cut takes no seconds"),
        ("stall@1s", "stall takes a number of seconds"),
    ],
)
def test_a_plan_that_cannot_be_read_says_why(text: str, message: str) -> None:
    with pytest.raises(PlanError, match=message):
        parse_plan(text)
