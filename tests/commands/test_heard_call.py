from __future__ import annotations

import json

import pytest

from tests.commands.call_frames_said import (
    KeptCallLines,
    begun,
    correction,
    interruption,
    response,
    sound,
    tentative,
    transcript,
)
from vivavoce.commands.call_frames import read_call_frame
from vivavoce.commands.call_reading import tell
from vivavoce.commands.failures import CommandFailed
from vivavoce.commands.heard_call import HeardCall


class Listening:
    """A call and its loudspeaker, a twentieth of a second at a time."""

    def __init__(self, *, metadata: dict[str, object] | None = None) -> None:
        self.now = 100.0
        self.lines = KeptCallLines()
        self.call = HeardCall(self.lines, lambda: self.now)
        self.hear(metadata or begun())

    def hear(self, *frames: dict[str, object]) -> None:
        for frame in frames:
            tell(self.call, read_call_frame(json.dumps(frame)))

    def listen(self, seconds: float) -> None:
        for _ in range(round(seconds / 0.05)):
            self.now += 0.05
            self.call.sound.pull(round(self.call.sound.sample_rate * 0.05))
            self.call.tick()

    @property
    def shown(self) -> list[str]:
        return self.lines.shown


async def test_an_answer_becomes_a_line_once_it_has_been_heard() -> None:
    call = Listening()
    call.hear(response("Good day.", 1), sound("Good day.", 1, ms=400))
    call.listen(0.3)
    assert call.shown == []
    call.listen(0.5)
    assert call.shown == ["agent: Good day."]


async def test_words_are_shown_as_they_are_heard() -> None:
    call = Listening()
    call.hear(response("Good day.", 1), sound("Good day.", 1, ms=900))
    call.listen(0.4)
    assert call.lines.passed[-1] == "agent: Good"


async def test_sound_that_comes_long_after_its_text_is_waited_for() -> None:
    call = Listening()
    call.hear(response("Good day.", 1))
    call.listen(1.0)
    assert call.shown == []
    call.hear(sound("Good day.", 1))
    call.listen(1.0)
    assert call.shown == ["agent: Good day."]


async def test_what_has_no_sound_or_no_text_is_shown_all_the_same() -> None:
    call = Listening()
    call.hear(response("Mute.", 1), sound("Untold.", 2))
    call.listen(4.0)
    assert call.shown == ["agent: Mute.", "agent: Untold."]


async def test_an_interrupted_answer_falls_silent_and_its_rest_is_struck_out() -> None:
    call = Listening()
    call.hear(response("One two three.", 1), sound("One two three.", 1, ms=3000))
    call.listen(1.0)
    call.hear(tentative("stop"), interruption(1), correction("One two three.", "One", 1))
    assert call.shown == ["agent: One [two three.]"]
    call.call.sound.pull(100)
    assert not call.call.sound.is_waiting
    call.hear(transcript("Stop."), response("Well?", 3), sound("Well?", 3))
    call.listen(1.0)
    assert call.shown[1:] == ["you: Stop.", "agent: Well?"]


async def test_an_answer_interrupted_at_its_very_end_is_shown_whole_and_once() -> None:
    call = Listening()
    call.hear(response("One.", 1), sound("One.", 1, ms=200))
    call.listen(0.2)
    call.hear(interruption(1))
    call.listen(1.0)
    assert call.shown == ["agent: One."]


async def test_an_answer_that_was_taken_back_before_it_was_heard_is_not_shown() -> None:
    call = Listening()
    call.hear(response("Never.", 1), correction("Never.", "", 1))
    call.listen(5.0)
    assert call.shown == []


async def test_hanging_up_shows_the_whole_words_that_were_heard() -> None:
    call = Listening()
    call.hear(response("One two three.", 1), sound("One two three.", 1, ms=1400))
    call.listen(0.55)
    call.call.settle()
    assert call.shown == ["agent: One [two three.]"]


async def test_the_caller_is_told_to_wear_headphones_when_the_agent_answers_itself() -> None:
    call = Listening()
    text = "I am telling you about the weather in Berlin today."
    for turn in (1, 11):
        call.hear(response(text, turn), sound(text, turn, ms=3000))
        call.listen(2.0)
        call.hear(interruption(turn), correction(text, text[:40], turn))
        call.hear(transcript("telling you about the weather"))
    assert len(call.lines.notes) == 1
    assert "--half-duplex" in call.lines.notes[0]


async def test_a_caller_with_words_of_its_own_is_told_nothing() -> None:
    call = Listening()
    call.hear(response("It is sunny today.", 1), sound("It is sunny today.", 1, ms=3000))
    call.hear(interruption(1), transcript("What about tomorrow then?"))
    assert call.lines.notes == []


async def test_a_greeting_is_over_when_it_has_been_heard() -> None:
    call = Listening()
    assert not call.call.is_greeted()
    call.hear(response("Hello.", 1), sound("Hello.", 1, ms=4000))
    call.listen(3.0)
    assert not call.call.is_greeted()
    call.listen(2.0)
    assert call.call.is_greeted()


async def test_an_agent_that_does_not_greet_is_not_waited_for_for_long() -> None:
    call = Listening()
    call.listen(3.0)
    assert call.call.is_greeted()


async def test_it_is_quiet_a_while_after_the_last_word() -> None:
    call = Listening()
    call.hear(transcript("Hi."), response("Hello.", 1), sound("Hello.", 1, ms=4000))
    call.listen(6.0)
    assert not call.call.is_quiet()
    call.listen(3.0)
    assert call.call.is_quiet()


@pytest.mark.parametrize("owing", [transcript("A hard question."), tentative("A hard")])
async def test_it_is_not_quiet_while_an_answer_is_owed_but_not_for_ever(
    owing: dict[str, object],
) -> None:
    call = Listening()
    call.hear(owing)
    call.listen(20.0)
    assert not call.call.is_quiet()
    call.listen(11.0)
    assert call.call.is_quiet()


async def test_sound_of_a_telephone_is_played_too() -> None:
    call = Listening(metadata=begun(output="ulaw_8000"))
    call.hear(sound("Hello.", 1))
    assert call.call.sound.sample_rate == 16_000
    assert call.call.sound.is_waiting


async def test_sound_in_a_format_that_nobody_knows_is_named() -> None:
    with pytest.raises(CommandFailed, match="mp3_1"):
        Listening(metadata=begun(output="mp3_1"))


async def test_sound_that_is_not_base64_is_no_protocol() -> None:
    broken = {"type": "audio", "audio_event": {"audio_base_64": "?", "event_id": 1}}
    with pytest.raises(CommandFailed, match="does not speak the protocol"):
        Listening().hear(broken)
