"""What a server has while it runs."""

from __future__ import annotations

import msgspec

from vivavoce.config import Settings
from vivavoce.server.auth import Gate
from vivavoce.server.doors import Doors
from vivavoce.server.metrics import Metrics
from vivavoce.sessions.converse.call_desk import CallDesk
from vivavoce.sessions.desk import SpeechDesk
from vivavoce.sessions.harbour import Harbour
from vivavoce.sessions.listening import EarsDesk
from vivavoce.store.store import Store


class House(msgspec.Struct, frozen=True):
    """Everything that those who serve a request need; made when the server starts."""

    settings: Settings
    desk: SpeechDesk
    ears: EarsDesk
    gate: Gate
    store: Store
    doors: Doors
    calls: CallDesk
    metrics: Metrics
    harbour: Harbour
