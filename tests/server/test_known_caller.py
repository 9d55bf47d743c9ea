from __future__ import annotations

from datetime import UTC, datetime

import pytest

from tests.server.conftest import Clock
from vivavoce.core.limits import Limits
from vivavoce.errors import (
    ConcurrencyLimited,
    InvalidApiKey,
    NotAllowed,
    QuotaExceeded,
    RateLimited,
)
from vivavoce.server.known_caller import KnownCaller
from vivavoce.store.usage import UsageLedger


def caller(clock: Clock, limits: Limits | None = None, *scopes: str) -> KnownCaller:
    return KnownCaller(
        "abc", "phone", ledger=UsageLedger(), clock=clock, scopes=scopes, limits=limits
    )


def test_a_key_without_scopes_is_for_everything(clock: Clock) -> None:
    caller(clock).require("text_to_speech")
    caller(clock).require("anything else")


def test_a_key_with_scopes_is_for_these_only(clock: Clock) -> None:
    scoped = caller(clock, None, "voices_read", "models_read")
    scoped.require("models_read")
    assert scoped.may("models_read")
    assert not scoped.may("text_to_speech")
    with pytest.raises(NotAllowed, match="phone is missing the permission text_to_speech"):
        scoped.require("text_to_speech")


def test_a_key_without_limits_shows_none(clock: Clock) -> None:
    unlimited = caller(clock)
    for _ in range(1000):
        unlimited.count_request()
        unlimited.enter_turn()
    unlimited.spend(1_000_000)
    assert (unlimited.concurrent, unlimited.most_concurrent) == (1000, None)
    assert (unlimited.characters_used, unlimited.characters_limit) == (1_000_000, None)


def test_each_limit_of_a_key_holds(clock: Clock) -> None:
    limited = caller(clock, Limits(characters_a_month=10, turns_at_once=1, requests_a_minute=1))
    limited.count_request()
    limited.enter_turn()
    limited.spend(10)
    with pytest.raises(RateLimited):
        limited.count_request()
    with pytest.raises(ConcurrencyLimited):
        limited.enter_turn()
    with pytest.raises(QuotaExceeded):
        limited.spend(1)
    assert (limited.concurrent, limited.most_concurrent) == (1, 1)
    assert (limited.characters_used, limited.characters_limit) == (10, 10)
    limited.leave_turn()
    assert limited.concurrent == 0


def test_the_quota_is_whole_again_at_the_time_it_says(clock: Clock) -> None:
    limited = caller(clock, Limits(characters_a_month=10))
    limited.spend(10)
    assert limited.resets_at == datetime(2026, 4, 1, tzinfo=UTC).timestamp()
    clock.now = limited.resets_at
    assert limited.characters_used == 0
    limited.spend(10)


def test_what_is_spent_stands_in_the_ledger_and_what_is_refused_does_not(clock: Clock) -> None:
    ledger = UsageLedger()
    limited = KnownCaller(
        "abc", "phone", ledger=ledger, clock=clock, limits=Limits(characters_a_month=10)
    )
    limited.spend(7)
    with pytest.raises(QuotaExceeded):
        limited.spend(4)
    assert list(ledger.take().items()) == [(("abc", int(clock.now)), 7)]


def test_a_recount_adds_what_is_written_to_what_is_not(clock: Clock) -> None:
    limited = caller(clock, Limits(characters_a_month=10))
    limited.spend(3)
    limited.recount(5, clock.now)
    assert limited.characters_used == 8


def test_once_its_key_is_revoked_what_is_under_way_may_finish_and_nothing_begins(
    clock: Clock,
) -> None:
    revoked = caller(clock)
    revoked.enter_turn()
    revoked.revoke()
    for beginning in (revoked.enter_turn, revoked.count_request):
        with pytest.raises(InvalidApiKey, match="revoked"):
            beginning()
    revoked.spend(5)
    revoked.leave_turn()
    assert (revoked.characters_used, revoked.concurrent) == (5, 0)
