"""How a caller gets into a socket: by what the handshake showed, or the first message."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable, Sequence

from vivavoce.errors import NotAuthenticated
from vivavoce.sessions.caller import Caller

# For a key in the first message, when the handshake had none that counts.
_KEY_WITHIN_S = 10.0

SPEECH_PERMISSION = "text_to_speech"

Authenticate = Callable[[Sequence[str]], Awaitable[Caller]]
"""Given the keys in the first message (none before it came): who it is, or NotAuthenticated."""


class Entrance:
    """Where a session waits for a caller it may serve."""

    def __init__(self, authenticate: Authenticate, permission: str) -> None:
        self._authenticate = authenticate
        self._permission = permission
        self._caller: Caller | None = None
        self._closes_at = 0.0
        self.refusal: NotAuthenticated | None = None
        """Why nobody has been let in so far."""

    @property
    def caller(self) -> Caller:
        """Who was let in; only after `open` or `show` returned with no `refusal`."""
        assert self._caller is not None
        return self._caller

    @property
    def closes_at(self) -> float | None:
        """The `time.monotonic()` until which a key may still be shown; None if one has been."""
        return None if self.refusal is None else self._closes_at

    async def open(self) -> None:
        """Looks at what the handshake showed. Raises NotAllowed."""
        self._closes_at = time.monotonic() + _KEY_WITHIN_S
        try:
            await self.show(())
        except NotAuthenticated as refusal:
            self.refusal = refusal

    async def show(self, credentials: Sequence[str]) -> None:
        """Looks at what a message carried. Raises NotAuthenticated or NotAllowed."""
        caller = await self._authenticate(credentials)
        caller.require(self._permission)
        self._caller = caller
        self.refusal = None
