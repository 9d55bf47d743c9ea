"""Every output format of the protocol, decoded by FFmpeg and read back."""

from __future__ import annotations

import pytest

from bench.recogniser import Recogniser, word_error_rate
from tests.integration.end_to_end.server_process import ServerProcess
from tests.integration.end_to_end.speech_client import (
    converse,
    for_recogniser,
    seconds_of,
    whole,
)

SENTENCE = (
    "The quick brown fox jumps over the lazy dog while seven happy children watch from the garden."
)

# Beyond the speech itself. MP3: LAME's delay of 1,105 samples and the filling of the last frame
# (576 or 1,152 samples), neither of which a headerless stream lets a decoder cut off.
TOLERANCE_S = {"mp3": 0.11, "opus": 0.021, "pcm": 0.001, "ulaw": 0.001, "alaw": 0.001}

FORMATS = [
    *("mp3_22050_32", "mp3_24000_48", "mp3_44100"),
    *("mp3_44100_32", "mp3_44100_64", "mp3_44100_96", "mp3_44100_128", "mp3_44100_192"),
    *("pcm_8000", "pcm_16000", "pcm_22050", "pcm_24000", "pcm_32000", "pcm_44100", "pcm_48000"),
    *("ulaw_8000", "alaw_8000"),
    *("opus_48000_32", "opus_48000_64", "opus_48000_96", "opus_48000_128", "opus_48000_192"),
]


@pytest.mark.parametrize("output_format", FORMATS)
async def test_every_format_decodes_to_all_of_the_speech_and_reads_back_without_an_error(
    server: ServerProcess, recogniser: Recogniser, output_format: str
) -> None:
    reference = await converse(server.speech(output_format="pcm_24000", seed=1), whole(SENTENCE))
    heard = await converse(server.speech(output_format=output_format, seed=1), whole(SENTENCE))
    assert heard.code == 1000
    assert all(frame["alignment"] for frame in heard.audio_frames)
    surplus_s = seconds_of(heard.audio, output_format) - len(reference.audio) / 48_000
    tolerance_s = TOLERANCE_S[output_format.split("_")[0]]
    assert -0.001 <= surplus_s <= tolerance_s
    # 8 kHz included: of the telephone's band nothing that tells these words apart is missing.
    transcript = recogniser.transcribe(for_recogniser(heard.audio, output_format))
    assert word_error_rate(SENTENCE, transcript) == 0


async def test_a_format_the_socket_does_not_have_is_refused_with_those_it_has(
    server: ServerProcess,
) -> None:
    heard = await converse(server.speech(output_format="wav_44100"), whole(SENTENCE))
    assert (heard.code, heard.error) == (1008, "invalid_output_format")
    assert all(name in heard.frames[-1]["message"] for name in FORMATS)


async def test_checklist_2_a_minute_in_pcm_48000_has_no_frame_over_64_kib_of_base64(
    server: ServerProcess,
) -> None:
    minute = " ".join([SENTENCE] * 13)
    heard = await converse(server.speech(output_format="pcm_48000"), whole(minute))
    assert heard.code == 1000
    assert len(heard.audio) > 60 * 2 * 48_000
    assert max(len(frame["audio"]) for frame in heard.audio_frames) <= 64 * 1024
    # With its alignment too, a frame stays far below the 1 MiB that Python clients take.
    assert heard.longest_frame < 128 * 1024
