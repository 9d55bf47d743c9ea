"""Every failure vivavoce names, and the one table from failure to wire.

VivavoceError
├── BadRequest                 what the caller sent cannot be used
│   ├── InvalidMessage         a frame that is not the protocol's JSON
│   ├── InvalidParameter       a query value or field out of its range
│   │   └── UnsupportedFormat  an output_format this door does not have
│   ├── NotFound               no such thing under this id
│   │   ├── VoiceNotFound      strict voices only; otherwise the default voice answers
│   │   ├── DictionaryNotFound no such pronunciation dictionary, or no such version of it
│   │   ├── AgentNotFound      no such agent
│   │   └── ConversationNotFound
│   ├── TextTooLong            more characters than one request may have
│   ├── LanguageMissing        no voice speaks the language, or no ears understand it
│   ├── AudioUnreadable        a file in which there is no sound that can be read
│   ├── UploadTooLarge         more bytes than one file may have
│   ├── OverrideForbidden      a call may not change this of its agent
│   ├── MissingVariable        a text of the agent has a placeholder that nothing fills
│   └── TextNotSpeakable       no letter of the text exists in the voice's language
├── NotAuthenticated
│   ├── MissingApiKey
│   └── InvalidApiKey
├── NotAllowed                 a key that counts, but not for this
├── LimitReached               more than this caller, or this machine, may have just now
│   ├── QuotaExceeded          the key has used up its characters
│   ├── RateLimited            the key has made too many requests this minute
│   ├── ConcurrencyLimited     the key has too many generations under way
│   ├── TooManyContexts        one socket has as many open contexts as it may
│   └── ServerBusy             admission: the machine is full
├── NotResumed                 a client that came back finds no session to go on with
│   ├── SessionNotFound        none under this id: unknown, ended, or away for too long
│   ├── SessionForbidden       the token is not that session's
│   └── ResumeWindowExceeded   frames that it has missed are not kept any more
├── SessionTakenOver           the same client has come back through another socket
├── InactivityTimeout          no text for `inactivity_timeout` seconds
├── CallTooLong                the agent's `max_duration_seconds` are over
├── MindFailed                 the language model broke, or its server did
│   ├── MindMissing            the embedded model's file is not there
│   ├── CustomMindFailed       the language model that the agent names by URL broke
│   └── MindTimeout            it said nothing for too long
├── ServerDraining             the server is shutting down
├── SlowReader                 the peer does not take its audio
├── EngineFailed               a voice or the ears broke, and it was not the caller's fault
├── StoreFailed                the database broke; its `__cause__` says how
└── ConfigError                settings that contradict each other; never reaches a wire
"""

from __future__ import annotations

from typing import NamedTuple


class WireCode(NamedTuple):
    """How one failure looks from outside: its id, WebSocket close code and HTTP status."""

    error_id: str
    close_code: int
    http_status: int


class VivavoceError(Exception):
    """The root; `str(error)` is text fit for the caller's eyes."""


class BadRequest(VivavoceError):
    """What the caller sent cannot be used."""


class InvalidMessage(BadRequest):
    """A frame that is not the protocol's JSON."""


class InvalidParameter(BadRequest):
    """A query value or a field out of its range."""

    def __init__(self, message: str, param: str) -> None:
        super().__init__(message)
        self.param = param


class UnsupportedFormat(InvalidParameter):
    """An `output_format` that this door does not have."""


class NotFound(BadRequest):
    """No such thing under this id."""


class VoiceNotFound(NotFound):
    """No such voice, and the server is set to refuse rather than to fall back."""


class DictionaryNotFound(NotFound):
    """No such pronunciation dictionary, or no such version of it."""


class AgentNotFound(NotFound):
    """No such agent."""


class ConversationNotFound(NotFound):
    """No such conversation."""


class OverrideForbidden(BadRequest):
    """The agent's settings do not let a call change this."""


class MissingVariable(BadRequest):
    """A text of the agent has a placeholder that neither the call nor the agent fills."""


class TextTooLong(BadRequest):
    """More characters than one request may have."""


class LanguageMissing(BadRequest):
    """No voice that is installed speaks the language, or no ears understand it."""


class AudioUnreadable(BadRequest):
    """A file in which there is no sound that can be read."""


class UploadTooLarge(BadRequest):
    """More bytes than one file may have."""


class TextNotSpeakable(BadRequest):
    """Text with letters, none of which the voice's language has."""


class NotAuthenticated(VivavoceError):
    """The caller has not shown a key that counts."""


class MissingApiKey(NotAuthenticated):
    """No credential in any of the places where one may stand."""


class InvalidApiKey(NotAuthenticated):
    """A credential, but not one of ours."""


class NotAllowed(VivavoceError):
    """The caller has shown a key that counts, but not for this."""


class LimitReached(VivavoceError):
    """More than this caller, or this machine, may have just now."""


class QuotaExceeded(LimitReached):
    """The key has used up its characters."""


class RateLimited(LimitReached):
    """The key has made too many requests this minute."""


class ConcurrencyLimited(LimitReached):
    """The key has as many generations under way as it may."""


class TooManyContexts(LimitReached):
    """One socket has as many open contexts as it may."""


class NotResumed(VivavoceError):
    """A client that came back finds no session to go on with."""


class SessionNotFound(NotResumed):
    """No session under this id: unknown, ended, or away for too long."""


class SessionForbidden(NotResumed):
    """The token is not that of the session."""


class ResumeWindowExceeded(NotResumed):
    """Frames that the client has missed are not kept any more."""


class SessionTakenOver(VivavoceError):
    """The same client has come back through another socket."""


class InactivityTimeout(VivavoceError):
    """No text arrived for the connection's `inactivity_timeout`."""


class CallTooLong(VivavoceError):
    """The agent's `max_duration_seconds` are over."""


class MindFailed(VivavoceError):
    """The language model broke, or the server that it is on."""


class MindMissing(MindFailed):
    """The embedded language model's file is not there; the text says what to do."""


class CustomMindFailed(MindFailed):
    """The language model that the agent names by its URL broke."""


class MindTimeout(MindFailed):
    """The language model said nothing for too long."""


class ServerBusy(LimitReached):
    """The machine speaks to as many listeners as it can without a gap."""


class ServerDraining(VivavoceError):
    """The server is shutting down and takes no new work."""


class SlowReader(VivavoceError):
    """The peer has not taken its audio for too long."""


class EngineFailed(VivavoceError):
    """An engine broke, and what it was given was not to blame."""


class StoreFailed(VivavoceError):
    """The database broke, or cannot be reached; `__cause__` says how, for the log only."""


class ConfigError(VivavoceError):
    """Settings that cannot stand together."""


_CODES: dict[type[VivavoceError], WireCode] = {
    InvalidMessage: WireCode("invalid_input_message", 1008, 400),
    InvalidParameter: WireCode("invalid_parameters", 1008, 400),
    UnsupportedFormat: WireCode("invalid_output_format", 1008, 400),
    VoiceNotFound: WireCode("voice_not_found", 1008, 404),
    DictionaryNotFound: WireCode("pronunciation_dictionary_not_found", 1008, 404),
    AgentNotFound: WireCode("agent_not_found", 1008, 404),
    ConversationNotFound: WireCode("conversation_not_found", 1008, 404),
    NotFound: WireCode("not_found", 1008, 404),
    TextTooLong: WireCode("max_character_limit_exceeded", 1008, 400),
    LanguageMissing: WireCode("unsupported_language", 1008, 400),
    AudioUnreadable: WireCode("invalid_audio", 1008, 400),
    UploadTooLarge: WireCode("file_too_large", 1009, 413),
    OverrideForbidden: WireCode("override_error", 1008, 400),
    MissingVariable: WireCode("missing_dynamic_variable", 1008, 400),
    TextNotSpeakable: WireCode("unsupported_language", 1008, 400),
    BadRequest: WireCode("invalid_parameters", 1008, 400),
    MissingApiKey: WireCode("authentication_required", 1008, 401),
    InvalidApiKey: WireCode("invalid_api_key", 1008, 401),
    NotAuthenticated: WireCode("authentication_required", 1008, 401),
    NotAllowed: WireCode("missing_permissions", 1008, 403),
    QuotaExceeded: WireCode("quota_exceeded", 1008, 401),
    RateLimited: WireCode("rate_limit_exceeded", 1008, 429),
    ConcurrencyLimited: WireCode("concurrent_limit_exceeded", 1008, 429),
    TooManyContexts: WireCode("max_active_conversations", 1008, 429),
    SessionNotFound: WireCode("session_not_found", 4404, 404),
    SessionForbidden: WireCode("session_forbidden", 4403, 403),
    ResumeWindowExceeded: WireCode("resume_window_exceeded", 4410, 410),
    NotResumed: WireCode("session_not_found", 4404, 404),
    SessionTakenOver: WireCode("session_taken_over", 4409, 409),
    InactivityTimeout: WireCode("input_timeout_exceeded", 1008, 408),
    CallTooLong: WireCode("max_duration_exceeded", 1000, 408),
    MindMissing: WireCode("llm_error", 1002, 503),
    CustomMindFailed: WireCode("custom_llm_error", 1002, 502),
    MindTimeout: WireCode("llm_timeout", 1002, 504),
    MindFailed: WireCode("llm_error", 1002, 502),
    ServerBusy: WireCode("system_busy", 1013, 429),
    ServerDraining: WireCode("server_shutting_down", 1001, 503),
    SlowReader: WireCode("slow_reader", 1008, 408),
    EngineFailed: WireCode("internal_error", 1011, 500),
    StoreFailed: WireCode("internal_error", 1011, 500),
    VivavoceError: WireCode("internal_error", 1011, 500),
}

# On the conversation's socket these have other names and codes.
_CALL_CODES: dict[type[VivavoceError], tuple[str, int]] = {
    InvalidMessage: ("invalid_message", 1008),
    BadRequest: ("value_error", 1008),
    InactivityTimeout: ("transport_receive_timeout", 1002),
    EngineFailed: ("cascade_brain_error", 1002),
    StoreFailed: ("unknown_websocket_crash", 1011),
}


def wire_code(error: BaseException) -> WireCode:
    """The table's row for `error`: its own class, else the nearest ancestor that has one.

    Anything that is not a `VivavoceError` is an internal error: its text is for the log only.
    """
    for ancestor in type(error).__mro__:
        if ancestor in _CODES:
            return _CODES[ancestor]
    return _CODES[VivavoceError]


def call_code(error: BaseException) -> tuple[str, int]:
    """What a conversation calls `error`: its `error_type` and close code."""
    for ancestor in type(error).__mro__:
        if ancestor in _CALL_CODES:
            return _CALL_CODES[ancestor]
        if ancestor in _CODES and ancestor is not VivavoceError:
            return _CODES[ancestor].error_id, _CODES[ancestor].close_code
    return "unknown_websocket_crash", 1011
