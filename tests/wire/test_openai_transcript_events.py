"""A transcript as events, in OpenAI's words."""

from __future__ import annotations

import json
from typing import Any

from vivavoce.errors import EngineFailed
from vivavoce.wire.openai_transcript_events import TranscriptEvents


def _data(event: bytes) -> dict[str, Any]:
    text = event.decode()
    assert text.startswith("data: ")
    assert text.endswith("\n\n")
    data: dict[str, Any] = json.loads(text[6:])
    return data


def test_deltas_joined_are_the_text_at_the_end() -> None:
    events = TranscriptEvents()
    sent = [_data(events.passage(text)) for text in ("Hello world.", "Again.")]
    assert sent == [
        {"type": "transcript.text.delta", "delta": "Hello world."},
        {"type": "transcript.text.delta", "delta": " Again."},
    ]
    assert _data(events.done()) == {
        "type": "transcript.text.done",
        "text": "Hello world. Again.",
    }


def test_silence_has_an_end_and_nothing_before_it() -> None:
    done = _data(TranscriptEvents(logprobs=True).done())
    assert done == {"type": "transcript.text.done", "text": "", "logprobs": []}


def test_logprobs_come_with_each_delta_and_all_at_the_end() -> None:
    events = TranscriptEvents(logprobs=True)
    first = _data(events.passage("Hi.", [("Hi.", 0.1, 0.2, -0.1)]))
    second = _data(events.passage("You.", [("You.", 1.1, 1.2, -0.2)]))
    assert [one["token"] for one in first["logprobs"] + second["logprobs"]] == ["Hi.", " You."]
    assert _data(events.done())["logprobs"] == first["logprobs"] + second["logprobs"]


def test_a_failure_is_told_as_an_error_that_clients_raise() -> None:
    failed = _data(TranscriptEvents().failed(EngineFailed("The ears broke.")))
    assert failed["error"]["message"] == "The ears broke."
    assert failed["error"]["type"] == "server_error"
