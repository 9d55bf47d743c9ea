"""Dialogue: several voices in one context, in the snake case of its family."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.sessions.conftest import LimitedCaller, Stage
from vivavoce.sessions.dialects import DIALOGUE, DIALOGUES

URL = "?output_format=pcm_24000"


@pytest.fixture
def dialogues() -> Callable[..., Stage]:
    return lambda **options: Stage(**{"dialect": DIALOGUES, "url": URL, **options})


def spoken(scene: Stage) -> str:
    aligned = [m["alignment"] for m in scene.peer.messages if m.get("alignment")]
    return "".join("".join(alignment["chars"]) for alignment in aligned)


def line(text: str, voice: str) -> dict[str, Any]:
    return {"text": text, "voice_id": voice, "new_turn": True}


async def test_two_voices_in_one_dialogue_really_are_two_voices(dialogues: Any) -> None:
    scene = dialogues()
    scene.peer.say(context_id="c", voices=["Allegra", "Claudio"])
    inputs = [line("How are you? ", "Allegra"), line("Fine, and you? ", "Claudio")]
    scene.peer.say(context_id="c", inputs=inputs, flush=True)
    scene.peer.say(context_id="c", close_context=True)
    scene.peer.say(close_socket=True)
    await scene.run()
    said = [(s.request.text, s.request.voice.name) for s in scene.pool.submitted]
    assert said == [("How are you? ", "Allegra"), ("Fine, and you? ", "Claudio")]
    assert scene.peer.closed == (1000, "")


async def test_a_voice_goes_on_with_its_sentence_over_several_inputs(dialogues: Any) -> None:
    scene = dialogues()
    scene.peer.say(context_id="c", voices=["Allegra"])
    for text in ("This is ", "one sentence. "):
        scene.peer.say(context_id="c", inputs=[line(text, "Allegra")])
    scene.peer.say(context_id="c", close_context=True)
    scene.peer.say(close_socket=True)
    await scene.run()
    assert [s.request.text for s in scene.pool.submitted] == ["This is one sentence. "]


async def test_frames_are_in_snake_case_and_end_the_batch_and_the_context(dialogues: Any) -> None:
    scene = dialogues()
    scene.peer.say(context_id="c", voices=["Allegra"])
    scene.peer.say(context_id="c", inputs=[line("Hi. ", "Allegra")], flush=True)
    scene.peer.say(context_id="c", close_context=True)
    scene.peer.say(close_socket=True)
    await scene.run()
    audio, batch, final = scene.peer.messages
    assert set(audio) == {"audio", "context_id", "alignment", "normalized_alignment"}
    assert set(audio["alignment"]) == {"chars", "char_start_times_ms", "char_durations_ms"}
    assert "".join(audio["alignment"]["chars"]) == "Hi. "
    assert batch == {"is_final_audio_for_turn": True, "context_id": "c"}
    assert final == {"is_final": True, "context_id": "c"}


async def test_a_registered_context_may_wait_without_text(dialogues: Any) -> None:
    scene = dialogues()
    scene.peer.say(context_id="keepalive", voices=["Allegra"])
    scene.peer.say(context_id="keepalive", keep_alive=True)
    scene.peer.say(context_id="unknown", keep_alive=True)
    scene.peer.say(close_socket=True)
    await scene.run()
    assert scene.peer.messages == [{"is_final": True, "context_id": "keepalive"}]


async def test_stage_directions_are_not_read_out(dialogues: Any) -> None:
    scene = dialogues()
    scene.peer.say(context_id="c", voices=["Allegra"])
    text = "[laughs] Very [short pause] funny. "
    scene.peer.say(context_id="c", inputs=[line(text, "Allegra")])
    scene.peer.say(close_socket=True)
    await scene.run()
    [spoken] = [s.request for s in scene.pool.submitted]
    assert spoken.text == text
    directions = [text[one.start : one.end] for one in spoken.pronunciations]
    assert directions == ["[laughs]", "[short pause]"]


async def test_the_single_socket_has_no_ids_and_ends_with_its_context() -> None:
    scene = Stage(dialect=DIALOGUE, url=URL)
    scene.peer.say(voices=["Allegra"])
    scene.peer.say(inputs=[line("Only one. ", "Allegra")])
    scene.peer.say(close_context=True)
    await scene.run()
    *audio, final = scene.peer.messages
    assert final == {"is_final": True}
    assert all("context_id" not in message for message in audio)
    assert scene.peer.closed == (1000, "")


async def test_the_single_socket_has_one_context_whatever_ids_it_hears() -> None:
    scene = Stage(dialect=DIALOGUE, url=URL)
    for name in ("a", "b"):
        scene.peer.say(context_id=name, inputs=[line(f"This is {name}. ", "Allegra")])
    scene.peer.say(context_id="c", close_context=True)
    await scene.run()
    assert spoken(scene) == "This is a. This is b. "
    assert sum(message.get("is_final") is True for message in scene.peer.messages) == 1
    assert scene.peer.closed == (1000, "")


async def test_every_batch_ends_before_the_context_does_though_there_was_nothing_to_say(
    dialogues: Any,
) -> None:
    scene = dialogues()
    for _ in range(2):
        scene.peer.say(context_id="c", inputs=[line("\n\n", "Allegra")], flush=True)
    scene.peer.say(close_socket=True)
    await scene.run()
    kinds = [next(iter(message)) for message in scene.peer.messages]
    assert kinds == ["is_final_audio_for_turn", "is_final_audio_for_turn", "is_final"]


async def test_the_single_socket_ends_when_its_context_breaks() -> None:
    scene = Stage(dialect=DIALOGUE, url=URL, caller=LimitedCaller(characters=0))
    for _ in range(2):
        scene.peer.say(inputs=[line("More than there is left. ", "Allegra")], flush=True)
    await scene.run()
    error, final = scene.peer.messages
    assert error["error"] == "quota_exceeded"
    assert final == {"is_final": True}
    assert scene.peer.closed == (1000, "")


async def test_errors_have_the_four_keys_of_the_family(dialogues: Any) -> None:
    scene = dialogues(url="?output_format=nonsense")
    await scene.run()
    [error] = scene.peer.messages
    assert error["error"] == "invalid_output_format"
    assert error["param"] == "output_format"
    assert error["code"] == 1008
