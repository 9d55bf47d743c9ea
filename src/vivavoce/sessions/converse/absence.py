"""A caller who loses the socket and comes back: the call stands still meanwhile."""

from __future__ import annotations

from collections.abc import Callable

import structlog

from vivavoce.core.call_clock import CallClock
from vivavoce.sessions.converse.counting import CountingDuplex
from vivavoce.sessions.converse.headset import Headset
from vivavoce.sessions.converse.heartbeat import Heartbeat
from vivavoce.sessions.converse.speaker import Speaker

_log = structlog.get_logger(__name__)


class Absence:
    """Stops a call's clock and speaker when the peer leaves, and sets both going when it is back.

    What had arrived was played to its end after the peer had left, and then there was silence: the
    call's time goes as far as that, so that what was heard, and what is ahead, is right again.
    """

    def __init__(
        self,
        duplex: CountingDuplex,
        *,
        clock: CallClock,
        speaker: Speaker,
        headset: Headset,
        heartbeat: Heartbeat,
        on_returned: Callable[[], None],
    ) -> None:
        """`on_returned` hears that the call goes on."""
        self._duplex = duplex
        self._clock = clock
        self._speaker = speaker
        self._headset = headset
        self._heartbeat = heartbeat
        self._on_returned = on_returned

    def watch(self) -> None:
        """From now on; the peer may have left already."""
        presence = self._duplex.presence
        presence.watch(lambda now: self._leaves(), lambda now, missed: self._returns(missed))
        if presence.is_away:
            self._leaves()

    def _leaves(self) -> None:
        self._clock.stop()
        self._speaker.pause()

    def _returns(self, missed: int) -> None:
        dry_at = self._speaker.miss(self._duplex.sent - missed)
        silent_at = self._clock.real(dry_at)
        away_s = self._clock.go_on(ran_s=dry_at - self._clock.now())
        self._headset.returned(silent_at, self._speaker.resume())
        self._heartbeat.forget()
        self._on_returned()
        _log.info("a caller came back", stood_still_s=round(away_s, 3), frames_again=missed)
