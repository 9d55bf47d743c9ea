"""What gathers answers that are sent as a whole."""

from __future__ import annotations

import tracemalloc

from vivavoce.audio.formats import parse_output_format
from vivavoce.audio.wav import wav_header
from vivavoce.server.rest.bodies import AudioBody

_MIB = 1024 * 1024


async def test_audio_of_any_length_takes_little_memory_and_comes_back_whole() -> None:
    body = AudioBody(parse_output_format("wav_48000", wav=True))
    tracemalloc.start()
    try:
        for number in range(32):
            await body.add(bytes([number]) * _MIB)
        length, chunks = body.whole()
        seen = b"".join([chunk[:1] async for chunk in chunks][1:])
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
        body.close()
    assert peak < 20 * _MIB
    assert length == len(wav_header(48_000, 32 * _MIB)) + 32 * _MIB
    assert seen == b"".join(bytes([number]) * 16 for number in range(32))
