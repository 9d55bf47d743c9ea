"""What a session and its client have told each other, whatever the sockets it went through."""

from __future__ import annotations

import time
from collections.abc import Callable

from vivavoce.core.arrivals import Arrivals
from vivavoce.core.ledger import Ledger
from vivavoce.errors import InvalidMessage
from vivavoce.wire import resume
from vivavoce.wire.resume import Grant


class Correspondence:
    """Numbers what is said, and gives each frame of the client to the session once."""

    def __init__(
        self, grant: Grant, carries_grant: Callable[[str], bool] | None, *, most_bytes: int
    ) -> None:
        """`carries_grant` knows a first frame that the grant goes into.

        Without it the grant is a frame of its own, and said at once.
        """
        self.ledger = Ledger(most_bytes=most_bytes)
        """What was said."""
        self.arrivals = Arrivals()
        """What was heard."""
        self._grant = grant
        self._carries_grant = carries_grant
        if carries_grant is None:
            self._keep(resume.grant_frame(grant))

    def say(self, frame: str) -> int:
        """Keeps a frame of the session's; its number."""
        if self.ledger.last == 0:
            if self._carries_grant is not None and self._carries_grant(frame):
                frame = resume.with_grant(frame, self._grant)
            else:
                self._keep(resume.grant_frame(self._grant))
        return self._keep(frame)

    def hear(self, message: str | bytes) -> str | None:
        """Takes a frame of the client's; what is to be answered to it at once.

        Raises InvalidParameter for a number that is none, InvalidMessage if frames are missing.
        """
        frame = resume.read_client_frame(message)
        if frame.heartbeat is not None:
            return resume.heartbeat_frame(frame.heartbeat)
        if frame.acknowledged is not None:
            self.ledger.acknowledged(frame.acknowledged)
            return None
        try:
            self.arrivals.add(message, frame.cseq)
        except ValueError as error:
            raise InvalidMessage(f"Frames are missing: {error}.") from error
        return None

    def _keep(self, frame: str) -> int:
        number = self.ledger.last + 1
        self.ledger.add(resume.numbered(frame, number, self.arrivals.tell()), time.monotonic())
        return number
