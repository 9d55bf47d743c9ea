from __future__ import annotations

import asyncio
import base64
from collections.abc import AsyncIterator

import pytest

from tests.commands.scripted_line import ScriptedLine
from vivavoce.commands.failures import CommandFailed
from vivavoce.commands.line import LineClosed
from vivavoce.commands.speaking import Spoken, VoiceWishes, speak


def audio(sound: bytes, ends_ms: int) -> dict[str, object]:
    timing = {"chars": ["a", " "], "charStartTimesMs": [0, 10], "charDurationsMs": [10, ends_ms]}
    return {"audio": base64.b64encode(sound).decode(), "isFinal": None, "alignment": timing}


FINAL: dict[str, object] = {"audio": None, "isFinal": True, "alignment": None}


async def pieces(*texts: str) -> AsyncIterator[str]:
    for text in texts:
        yield text


async def never_ending() -> AsyncIterator[str]:
    yield "Hello."
    await asyncio.Event().wait()


async def spoken_of(
    line: ScriptedLine, text: AsyncIterator[str], wishes: VoiceWishes | None = None
) -> tuple[Spoken, list[bytes]]:
    taken: list[bytes] = []

    async def take(sound: bytes) -> None:
        taken.append(sound)

    return await speak(line, text, wishes or VoiceWishes(), take), taken


async def test_text_goes_out_piece_by_piece_between_an_opening_and_the_end_of_input() -> None:
    line = ScriptedLine((4, audio(b"x", 90)), (4, FINAL))
    await spoken_of(line, pieces("Hello ", "there."))
    opening, *rest = line.heard
    assert opening["text"] == " "
    assert opening["voice_settings"] == {}
    assert rest == [{"text": "Hello "}, {"text": "there."}, {"text": ""}]


async def test_wishes_travel_with_the_opening_even_where_they_are_zero() -> None:
    line = ScriptedLine((3, audio(b"x", 90)), (3, FINAL))
    await spoken_of(line, pieces("Hello."), VoiceWishes(speed=1.5, stability=0.0))
    assert line.heard[0]["voice_settings"] == {"speed": 1.5, "stability": 0.0}


async def test_sound_is_handed_over_in_order_and_its_length_summed_up() -> None:
    line = ScriptedLine((3, audio(b"one", 490)), (3, audio(b"two", 990)), (3, FINAL))
    spoken, taken = await spoken_of(line, pieces("Hello there."))
    assert taken == [b"one", b"two"]
    assert spoken.sound_s == pytest.approx(1.5)


async def test_sound_is_handed_over_while_text_is_still_awaited() -> None:
    line = ScriptedLine((2, audio(b"one", 490)), (9, FINAL))
    heard = asyncio.Event()

    async def take(_sound: bytes) -> None:
        heard.set()

    speaking = asyncio.create_task(speak(line, never_ending(), VoiceWishes(), take))
    await heard.wait()
    assert not speaking.done()
    speaking.cancel()
    with pytest.raises(asyncio.CancelledError):
        await speaking


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        (
            {"message": "No room.", "error": "system_busy", "code": 1013},
            "system_busy: No room.",
        ),
        (LineClosed(1001, "shutting down"), r"hung up \(1001\): shutting down"),
        ({"isFinal": "perhaps"}, "does not speak the protocol"),
        (FINAL, "nothing to speak"),
    ],
)
async def test_what_a_server_has_against_it_is_told_although_text_is_still_awaited(
    said: dict[str, object] | LineClosed, shown: str
) -> None:
    with pytest.raises((CommandFailed, ExceptionGroup)) as raised:
        await spoken_of(ScriptedLine((2, said)), never_ending())
    error: BaseException = raised.value
    while isinstance(error, BaseExceptionGroup):
        (error,) = error.exceptions
    with pytest.raises(CommandFailed, match=shown):
        raise error
