"""Which WebSocket lies at which path, and who serves it."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import NamedTuple

from vivavoce.server.call_access import choose_subprotocol
from vivavoce.sessions.contexts import ContextsSession
from vivavoce.sessions.converse.call_desk import CallDesk
from vivavoce.sessions.converse.front import CallFront
from vivavoce.sessions.converse.session import ConversationSession
from vivavoce.sessions.desk import SpeechDesk
from vivavoce.sessions.dialects import CONTEXTS, DIALOGUE, DIALOGUES, Dialect
from vivavoce.sessions.duplex import Duplex
from vivavoce.sessions.entrance import Authenticate
from vivavoce.sessions.harbour import Session
from vivavoce.sessions.listening import EarsDesk
from vivavoce.sessions.opening import choose_frames
from vivavoce.sessions.speech import SpeechSession
from vivavoce.sessions.transcription import TranscriptionSession
from vivavoce.wire.conversation_events import is_metadata
from vivavoce.wire.frames import JsonFrames


class Visit(NamedTuple):
    """One connection, before a session has it; `segment` names a voice or a model, if it may."""

    duplex: Duplex
    segment: str | None
    query_string: str
    desk: SpeechDesk
    ears: EarsDesk
    calls: CallDesk
    front: CallFront
    authenticate: Authenticate


class SocketRoute(NamedTuple):
    """A path, whose first group is the segment, and what serves it.

    `token_kind` is that of the single-use tokens which open it. `can_survive` tells by segment and
    query whether a session may outlive its socket, `carries_grant` which first frame has room for
    the grant; without it, that is a frame of its own.
    """

    path: re.Pattern[str]
    session: Callable[[Visit], Session]
    token_kind: str
    choose_subprotocol: Callable[[Sequence[str]], str | None] = lambda offered: None
    can_survive: Callable[[str | None, str], bool] = lambda segment, query_string: True
    carries_grant: Callable[[str], bool] | None = None


def find_socket(path: str) -> tuple[SocketRoute, str | None] | None:
    """The route of a path and the segment in it."""
    for route in _ROUTES:
        found = route.path.fullmatch(path)
        if found is not None:
            return route, found.groupdict().get("segment")
    return None


def _speech(visit: Visit) -> Session:
    return SpeechSession(
        visit.duplex,
        visit.segment or "",
        visit.query_string,
        desk=visit.desk,
        authenticate=visit.authenticate,
    )


def _contexts(dialect: Dialect) -> Callable[[Visit], Session]:
    def session(visit: Visit) -> Session:
        return ContextsSession(
            visit.duplex,
            visit.segment,
            visit.query_string,
            desk=visit.desk,
            authenticate=visit.authenticate,
            dialect=dialect,
        )

    return session


def _transcription(visit: Visit) -> Session:
    return TranscriptionSession(
        visit.duplex, visit.query_string, desk=visit.ears, authenticate=visit.authenticate
    )


def _conversation(visit: Visit) -> Session:
    return ConversationSession(
        visit.duplex, visit.query_string, desk=visit.calls, front=visit.front
    )


def _has_json_frames(segment: str | None, query_string: str) -> bool:
    """Others are nothing but audio: there is no place in them for numbers."""
    return isinstance(choose_frames(segment or "", query_string), JsonFrames)


_TOKENS = "tts_websocket"
_SPEECH = r"/v1/text-to-speech/(?P<segment>[^/]+)"
_DIALOGUE = r"/v1/text-to-dialogue"
_ROUTES = (
    SocketRoute(
        re.compile(rf"{_SPEECH}/stream-input/?"), _speech, _TOKENS, can_survive=_has_json_frames
    ),
    SocketRoute(re.compile(rf"{_SPEECH}/multi-stream-input/?"), _contexts(CONTEXTS), _TOKENS),
    SocketRoute(re.compile(rf"{_DIALOGUE}/stream-input/?"), _contexts(DIALOGUE), _TOKENS),
    SocketRoute(re.compile(rf"{_DIALOGUE}/multi-stream-input/?"), _contexts(DIALOGUES), _TOKENS),
    SocketRoute(
        re.compile(r"/v1/speech-to-text/realtime/?"), _transcription, token_kind="realtime_scribe"
    ),
    SocketRoute(
        re.compile(r"/v1/convai/conversation/?"),
        _conversation,
        token_kind="",
        choose_subprotocol=choose_subprotocol,
        carries_grant=is_metadata,
    ),
)
