"""Who speaks, how fast, and whether twice the same."""

from __future__ import annotations

import pytest

from tests.integration.end_to_end.pitch import median_pitch_hz
from tests.integration.end_to_end.server_process import ServerProcess
from tests.integration.end_to_end.speech_client import RECOGNISER_RATE, converse, decoded, whole

TEXT = "The rain in the morning was warm, and we were all alone on the long road."
FORMAT = "pcm_16000"

RACHEL, ADAM, ELLI = "21m00Tcm4TlvDq8ikWAM", "pNInz6obpgDQGcFmaJgB", "MF3mGyEYCl7XYWbV9V6O"


async def pitch_of(server: ServerProcess, voice: str) -> float:
    heard = await converse(server.speech(voice, output_format=FORMAT, seed=1), whole(TEXT))
    return median_pitch_hz(decoded(heard.audio, FORMAT, RECOGNISER_RATE))


async def test_well_known_voice_ids_speak_low_middle_and_high(server: ServerProcess) -> None:
    low, middle, high = [await pitch_of(server, voice) for voice in (ADAM, RACHEL, ELLI)]
    # The catalogue's factors are 0.61, 1 and 1.22; other tempos move the median a little.
    assert low / middle == pytest.approx(0.61, abs=0.08)
    assert high / middle == pytest.approx(1.22, abs=0.08)


async def test_the_flat_dialect_takes_the_voice_from_the_query_or_the_first_message(
    server: ServerProcess,
) -> None:
    path, how = "eleven_multilingual_v2", {"frames": "json", "output_format": FORMAT, "seed": 1}
    by_path = await converse(server.speech(ADAM, output_format=FORMAT, seed=1), whole(TEXT))
    by_query = await converse(server.speech(path, voice_id=ADAM, **how), whole(TEXT))
    by_message = await converse(server.speech(path, **how), whole(TEXT, voice_id=ADAM))
    by_default = await converse(server.speech(path, **how), whole(TEXT))
    assert by_path.audio == by_query.audio == by_message.audio
    assert by_path.audio != by_default.audio


async def test_speed_makes_the_same_text_longer_or_shorter(server: ServerProcess) -> None:
    url = server.speech(output_format=FORMAT, seed=1)
    slow, usual, fast = [
        len((await converse(url, whole(TEXT, voice_settings={"speed": speed}))).audio)
        for speed in (0.7, 1.0, 1.2)
    ]
    # The model's times come in steps of 25 ms, and the pause at the end keeps its length.
    assert slow / usual == pytest.approx(1 / 0.7, abs=0.15)
    assert fast / usual == pytest.approx(1 / 1.2, abs=0.1)


async def test_one_seed_gives_the_same_bytes_twice_and_another_gives_others(
    server: ServerProcess,
) -> None:
    first, again = [
        await converse(server.speech(output_format="mp3_44100_128", seed=7), whole(TEXT))
        for _ in range(2)
    ]
    other = await converse(server.speech(output_format="mp3_44100_128", seed=8), whole(TEXT))
    assert first.audio == again.audio
    assert first.frames == again.frames
    assert first.audio != other.audio


async def test_checklist_20_unknown_names_never_break_a_session(server: ServerProcess) -> None:
    url = server.speech(
        "NoSuchVoice123456789", output_format=FORMAT, model_id="eleven_v99", colour="blue"
    )
    opening = {"text": " ", "mood": {"happy": True}, "voice_settings": {"sparkle": 1}}
    heard = await converse(url, [opening, {"text": TEXT, "also": [1, None]}, {"text": ""}])
    assert (heard.code, heard.text()) == (1000, TEXT + " ")
    assert len(heard.audio) > 2 * RECOGNISER_RATE


async def test_null_voice_settings_are_accepted(server: ServerProcess) -> None:
    url = server.speech(output_format=FORMAT)
    heard = await converse(url, whole("Good evening.", voice_settings=None))
    assert (heard.code, heard.text()) == (1000, "Good evening. ")
