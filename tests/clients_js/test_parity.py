"""The two clients are one in two languages: what they call things, and what they do by default.

Each difference stands here with its reason; there are to be no others.
"""

from __future__ import annotations

import dataclasses
import inspect
import json
import re

import pytest

import vivavoce
from tests.clients_js import typescript
from tests.clients_js.package import Installed
from vivavoce import BackoffLaw, ConnectionOptions, ConnectionState
from vivavoce.clients import failures

RENAMED = {
    # `unknown` is a type of TypeScript's own.
    "Unknown": "UnknownEvent",
    # There it is of texts alone; here also of calls and transcriptions that are refused.
    "SpeechFailed": "ServerRefused",
}
ONLY_IN_PYTHON = {
    # The blocking ones are the others; JavaScript has nothing that blocks.
    "AsyncRealtimeTTS",
    "AsyncSpeechContext",
    "AsyncTranscriber",
    "AsyncVoiceConversation",
    # Browsers throw errors of their own, in which pages look for what the user did.
    "DeviceFailed",
    # Of a buffer whose end is known; the other has `underruns` alone.
    "JitterStatistics",
}
ONLY_IN_TYPESCRIPT = {
    # There an iteration ends with the failure, if there is one; here it ends with an event.
    "ConversationEnded",
    "TranscriptionEnded",
    "Ending",
    # Shapes of arguments and results, which Python has as keywords and types of its modules.
    *("AgentConfig", "Alignment", "BackoffOptions", "CallSetup", "ConversationEvent"),
    *("JitterBufferOptions", "JsonObject", "JsonValue", "Opening", "RealtimeTTSOptions"),
    *("ServerEvent", "TextSource", "Tool", "ToolCall", "TranscriberOptions", "TranscriptionEvent"),
    *("UtteranceOptions", "VoiceConversationOptions", "wire"),
    # What a browser's devices tell of themselves.
    *("AudioSink", "AudioSource", "ContextOptions", "Level", "LoudspeakerOptions"),
    *("MicrophoneOptions", "PlaybackProgress", "TimedProgress"),
    # Other platforms bring sockets and clocks of their own.
    *("Clock", "Dial", "Socket", "SocketListener", "dialWith", "systemClock"),
    # Functions of modules in Python.
    *("SpokenText", "isFatal", "isSessionLost"),
}

EVENTS = (
    *("AgentResponse", "AgentResponseCorrection", "AgentSpeech", "AgentTextPart"),
    *("CommittedTranscript", "ConversationFailed", "ConversationStarted", "Interruption"),
    *("PartialTranscript", "SessionLost", "ToolAnswered", "ToolCalled", "TranscriptionFailed"),
    *("TranscriptionStarted", "Unknown", "UserTranscript", "VadScore"),
)
# By class: what only Python has, and what only TypeScript has.
OTHER_FIELDS: dict[str, tuple[set[str], set[str]]] = {
    # Python has the bytes of the wire; here they are samples, and say where they will be played.
    "AgentSpeech": ({"audio"}, {"samples", "sampleRate", "playsAtS"}),
    # `type` is taken, as the event's own.
    "Unknown": ({"type"}, {"name"}),
}

# What Python has of `connection`.
OF_IT = {"cut", "onState", "retries", "sessionId"}
# Python iterates, and raises what went wrong; here are listeners as well, and `done` never rejects.
ITS_EVENTS = {"nextEvent", "waitingEvent"}
LISTENERS = {"on", "done"}
OTHER_MEMBERS: dict[str, tuple[set[str], set[str]]] = {
    "AsyncRealtimeTTS": ({"connection"}, {*OF_IT, "done"}),
    "AsyncVoiceConversation": (
        # `connect` holds the call, as in the founding document; `open` is the other's `connect`.
        {*ITS_EVENTS, "connection", "open", "started"},
        {*OF_IT, *LISTENERS, "roundTripS", "state", "mute", "sendAudio", "inputSampleRate"},
    ),
    "AsyncTranscriber": (
        {*ITS_EVENTS, "connection", "open"},
        {*OF_IT, *LISTENERS, "roundTripS", "state", "connect", "sampleRate"},
    ),
    # `context_id` is an attribute of its own, of which the class does not know.
    "AsyncSpeechContext": ({"hasEnded"}, {"contextId"}),
    "Connection": (set(), set()),
    "AudioBuffer": (set(), {"length"}),
    "BackoffLaw": ({"longestDelayS"}, {"longestS", "delayS"}),
}
OPTIONS: dict[str, tuple[str, set[str], set[str]]] = {
    "RealtimeTTS": (
        "RealtimeTTSOptions",
        {"onState", "options"},
        # Pages may not have keys.
        {"connection", "token"},
    ),
    "VoiceConversation": ("VoiceConversationOptions", {"options"}, {"connection"}),
    "Transcriber": ("TranscriberOptions", {"options"}, {"connection"}),
    "BackoffLaw": ("BackoffOptions", set(), set()),
    "ConnectionOptions": (
        "ConnectionOptions",
        {"attemptS", "tls"},
        {"attemptTimeoutS", "clock", "dial", "random"},
    ),
}


def camel(name: str) -> str:
    return re.sub(r"_(\w)", lambda found: found[1].upper(), name)


def snake(name: str) -> str:
    return re.sub(r"(?<!^)(?=[A-Z])", "_", name).lower()


def test_both_have_the_same_names() -> None:
    in_python = {RENAMED.get(name, name) for name in vivavoce.__all__}
    in_typescript = typescript.exported()
    assert in_python - in_typescript == ONLY_IN_PYTHON
    assert in_typescript - in_python == ONLY_IN_TYPESCRIPT


@pytest.mark.parametrize("name", EVENTS)
def test_events_have_the_same_fields_and_their_class_as_their_type(name: str) -> None:
    only_python, only_typescript = OTHER_FIELDS.get(name, (set(), set()))
    in_python = {camel(field.name) for field in dataclasses.fields(getattr(vivavoce, name))}
    interface = RENAMED.get(name, name)
    in_typescript = typescript.fields(interface) - {"type"}
    assert in_python - in_typescript == only_python
    assert in_typescript - in_python == only_typescript
    assert f'readonly type: "{snake(name)}";' in typescript.body(interface)


@pytest.mark.parametrize(
    ("name", "interface"),
    [
        ("SpeechChunk", "SpeechChunk"),
        ("SpeechAlignment", "SpeechAlignment"),
        ("SpeechAlignment", "Alignment"),
        ("StateChange", "StateChange"),
        ("TranscribedWord", "TranscribedWord"),
    ],
)
def test_what_is_told_has_the_same_fields(name: str, interface: str) -> None:
    in_python = {camel(field.name) for field in dataclasses.fields(getattr(vivavoce, name))}
    assert in_python == typescript.fields(interface)


@pytest.mark.parametrize("name", OTHER_MEMBERS)
def test_classes_have_the_same_methods_and_properties(name: str) -> None:
    only_python, only_typescript = OTHER_MEMBERS[name]
    own = getattr(vivavoce, name)
    in_python = {camel(member) for member in dir(own) if not member.startswith("_")}
    in_typescript = typescript.members(name.removeprefix("Async"))
    assert in_python - in_typescript == only_python
    assert in_typescript - in_python == only_typescript


@pytest.mark.parametrize("name", OPTIONS)
def test_what_may_be_chosen_is_the_same(name: str) -> None:
    interface, only_python, only_typescript = OPTIONS[name]
    in_python = {camel(one) for one in inspect.signature(getattr(vivavoce, name)).parameters}
    in_typescript = typescript.fields(interface)
    assert in_python - in_typescript == only_python
    assert in_typescript - in_python == only_typescript


def test_the_defaults_of_a_connection_are_the_same(installed: Installed) -> None:
    told = json.loads(installed.run("defaults.mjs").splitlines()[-1])
    usual, law = ConnectionOptions(), BackoffLaw()
    assert told["connection"] == {
        "resume": usual.resume,
        "openWithinS": usual.open_within_s,
        "attemptTimeoutS": usual.attempt_s,
        "heartbeatS": usual.heartbeat_s,
        "heartbeatTimeoutS": usual.heartbeat_timeout_s,
    }
    assert told["backoff"] == {
        camel(field.name): getattr(law, field.name) for field in dataclasses.fields(law)
    }
    assert told["states"] == {state.name: state.value for state in ConnectionState}
    assert told["bufferBytes"] == vivavoce.AudioBuffer().max_size


def test_the_same_failures_are_fatal_and_the_same_lose_a_session(installed: Installed) -> None:
    told = json.loads(installed.run("defaults.mjs").splitlines()[-1])
    codes = [
        failures.Failure("", close_code=code) for code in [*range(1001, 1016), *range(4400, 4420)]
    ]
    statuses = [failures.Failure("", http_status=status) for status in range(300, 600)]
    fatal = [one for one in [*codes, *statuses] if failures.is_fatal(one)]
    assert told["fatalCodes"] == [one.close_code for one in fatal if one.close_code]
    assert told["fatalStatuses"] == [one.http_status for one in fatal if one.http_status]
    assert told["lostCodes"] == [one.close_code for one in codes if one.is_lost_session]
