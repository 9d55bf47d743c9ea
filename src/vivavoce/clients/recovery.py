"""What to do about a failure: try again and when, begin afresh, or give up."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Final, NamedTuple

from vivavoce.clients.backoff import Outage
from vivavoce.clients.failures import CannotConnect, Failure, advice_on
from vivavoce.clients.options import ConnectionOptions

# A server that accepts a fresh session and dies of it does so at once.
HOLDS_AFTER_S: Final = 2.0
# The request of an attempt that was given up may reach the server so much later, held up by what
# made it fail, and take the session from the attempt that followed.
STRAYS_S: Final = 10.0


class Retry(NamedTuple):
    """Another attempt, in `delay_s` seconds; `is_fresh` if the session before is lost."""

    delay_s: float
    is_fresh: bool


class Recovery:
    """Judges failures, and counts what has failed in the outage under way.

    An outage is over when a socket has held for 2 s, or has gone on with its session and brought
    something new either way. Sockets that open and die sooner belong to the same outage, so that
    the delays go on growing.
    """

    def __init__(
        self,
        options: ConnectionOptions,
        *,
        draw: Callable[[], float],
        clock: Callable[[], float],
    ) -> None:
        self._options = options
        self._draw = draw
        self._clock = clock
        limit_s = options.open_within_s
        law = options.backoff
        first = law if limit_s is None else replace(law, give_up_after_s=limit_s)
        self._outage: Outage | None = Outage(first, draw=draw, clock=clock)
        self._retries = 0
        self._has_opened = False
        self._opened_at: float | None = None
        self._strays_until: float | None = None

    @property
    def retries(self) -> int:
        """Attempts that have failed in this outage, or had in the one before."""
        return self._retries

    def opened(self) -> None:
        """A socket is open, and the session on it has begun or goes on."""
        if not self._has_opened:
            self._has_opened = True
            self._outage = None
        self._opened_at = self._clock()

    def failed(self, failure: Failure, *, can_resume: bool, has_progressed: bool) -> Retry:
        """An attempt, or a socket that was open, has come to `failure`.

        Raises CannotConnect when there is to be no other attempt.
        """
        is_stray = self._is_stray(failure)
        outage = self._outage_of(has_progressed)
        self._retries = outage.retries
        is_refused = can_resume and failure.is_lost_session
        if not (is_refused or is_stray) and self._options.is_fatal(failure):
            raise _no_more("Cannot connect", failure)
        delay_s = outage.next_delay_s()
        if delay_s is None:
            raise _no_more("No connection for too long", failure)
        # Who says that the session is lost is there: a fresh one need not wait.
        return Retry(0.0 if is_refused else delay_s, is_fresh=is_refused or not can_resume)

    def _is_stray(self, failure: Failure) -> bool:
        """Whether the session was taken over by an attempt that had been given up."""
        now, until = self._clock(), self._strays_until
        if failure.is_taken_over:
            self._strays_until = None
            return until is not None and now < until
        if self._opened_at is None:
            self._strays_until = now + STRAYS_S
        return False

    def _outage_of(self, has_progressed: bool) -> Outage:
        opened_at, self._opened_at = self._opened_at, None
        has_held = opened_at is not None and (
            has_progressed or self._clock() - opened_at >= HOLDS_AFTER_S
        )
        outage = self._outage
        if outage is None or has_held:
            law = self._options.backoff
            self._outage = Outage(law, draw=self._draw, clock=self._clock)
            return self._outage
        outage.attempt_failed()
        return outage


def _no_more(what: str, failure: Failure) -> CannotConnect:
    said = f"{what}: {failure.reason.rstrip('.')}."
    return CannotConnect(f"{said} {advice_on(failure)}".rstrip(), failure)
