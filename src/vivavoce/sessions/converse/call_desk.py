"""What all calls of a server share."""

from __future__ import annotations

from collections.abc import Callable

import msgspec

from vivavoce.config import Settings
from vivavoce.core.call_record import Waterfall
from vivavoce.sessions.converse.minding import Minds
from vivavoce.sessions.converse.post_call import PostCall
from vivavoce.sessions.desk import SpeechDesk
from vivavoce.sessions.listening import EarsDesk
from vivavoce.store.conversations import Conversations
from vivavoce.store.recordings import Recordings


class CallDesk(msgspec.Struct, frozen=True):
    """Voices, ears and minds, and what is kept of calls.

    `on_answer` hears of every answer how long it took.
    """

    speech: SpeechDesk
    ears: EarsDesk
    minds: Minds
    conversations: Conversations
    recordings: Recordings
    post_call: PostCall
    settings: Settings
    on_answer: Callable[[Waterfall], None]
