from __future__ import annotations

import subprocess
import sys

import pytest

import vivavoce

# Whoever takes a name from this list breaks somebody's program.
PUBLIC = [
    "AgentResponse",
    "AgentResponseCorrection",
    "AgentSpeech",
    "AgentTextPart",
    "AsyncRealtimeTTS",
    "AsyncSpeechContext",
    "AsyncTranscriber",
    "AsyncVoiceConversation",
    "AudioBuffer",
    "BackoffLaw",
    "CannotConnect",
    "CommittedTranscript",
    "Connection",
    "ConnectionOptions",
    "ConnectionOver",
    "ConnectionState",
    "ConversationFailed",
    "ConversationStarted",
    "DeviceFailed",
    "Failure",
    "Interruption",
    "JitterBuffer",
    "JitterStatistics",
    "Loudspeaker",
    "Microphone",
    "PartialTranscript",
    "RealtimeTTS",
    "Restarted",
    "SessionLost",
    "SpeechAlignment",
    "SpeechChunk",
    "SpeechContext",
    "SpeechFailed",
    "StateChange",
    "ToolAnswered",
    "ToolCalled",
    "Tools",
    "TranscribedWord",
    "Transcriber",
    "TranscriptionFailed",
    "TranscriptionStarted",
    "Unknown",
    "UserTranscript",
    "VadScore",
    "VivavoceError",
    "VoiceConversation",
]


def loaded_by(code: str) -> set[str]:
    """The modules that a fresh interpreter has loaded after `code`."""
    run = subprocess.run(
        [sys.executable, "-c", f"{code}\nimport sys; print(*sys.modules)"],
        capture_output=True,
        text=True,
        check=True,
    )
    return set(run.stdout.split())


def test_the_public_names_are_these() -> None:
    assert vivavoce.__all__ == PUBLIC


@pytest.mark.parametrize("name", PUBLIC)
def test_every_public_name_leads_to_a_class_of_that_name(name: str) -> None:
    assert getattr(vivavoce, name).__name__ == name
    assert name in dir(vivavoce)


def test_another_name_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="Nonsense"):
        vivavoce.__getattr__("Nonsense")


def test_to_import_the_package_loads_no_client_and_nothing_heavy() -> None:
    loaded = loaded_by("import vivavoce, vivavoce.errors")
    assert not {one for one in loaded if one.startswith("vivavoce.clients")}
    assert not loaded & {"websockets", "numpy", "asyncio"}


def test_the_client_needs_neither_numpy_nor_the_server() -> None:
    loaded = loaded_by("from vivavoce import RealtimeTTS, VoiceConversation, Transcriber")
    ours = {one for one in loaded if one.startswith("vivavoce.")}
    assert {one.split(".")[1] for one in ours} == {"clients", "errors"}
    assert not loaded & {"numpy", "msgspec", "sounddevice", "litestar"}
