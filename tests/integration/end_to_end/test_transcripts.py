"""Files of the real voice, written down by the real ears."""

from __future__ import annotations

import json
import re

import httpx
import pytest

from tests.integration.end_to_end.server_process import ServerProcess

_SAID = "The weather in the mountains changes quickly. Take a warm coat and some water with you."


def _words(text: str) -> list[str]:
    return re.findall(r"[a-z]+", text.lower())


def _spoken(server: ServerProcess, output_format: str) -> bytes:
    answer = httpx.post(
        f"{server.http}/v1/text-to-speech/Rachel",
        params={"output_format": output_format},
        json={"text": _SAID},
        timeout=60,
    )
    return answer.raise_for_status().content


def _asked(server: ServerProcess, path: str, file: bytes, **fields: str) -> httpx.Response:
    answer = httpx.post(server.http + path, files={"file": file}, data=fields, timeout=60)
    return answer.raise_for_status()


@pytest.mark.parametrize(
    "output_format", ["wav_44100", "wav_8000", "mp3_44100_128", "mp3_22050_32", "opus_48000_32"]
)
def test_what_the_voice_says_is_what_the_ears_hear(
    server: ServerProcess, output_format: str
) -> None:
    told = _asked(server, "/v1/speech-to-text", _spoken(server, output_format)).json()
    assert _words(told["text"]) == _words(_SAID)
    assert "".join(word["text"] for word in told["words"]) == told["text"]
    starts = [word["start"] for word in told["words"] if word["type"] == "word"]
    assert starts == sorted(starts)
    assert 0 <= starts[0] < 1
    assert 3 < starts[-1] < told["audio_duration_secs"]


def test_bare_pcm_is_heard_too(server: ServerProcess) -> None:
    pcm = _spoken(server, "pcm_16000")
    told = _asked(server, "/v1/speech-to-text", pcm, file_format="pcm_s16le_16").json()
    assert _words(told["text"]) == _words(_SAID)


def test_openais_clients_hear_the_same_as_it_goes(server: ServerProcess) -> None:
    file = _spoken(server, "mp3_44100_128")
    answer = _asked(server, "/v1/audio/transcriptions", file, stream="true")
    events = [json.loads(line[6:]) for line in answer.text.split("\n\n") if line]
    assert _words(events[-1]["text"]) == _words(_SAID)


def test_silence_is_nothing(server: ServerProcess) -> None:
    pcm = bytes(20 * 32_000)
    told = _asked(server, "/v1/speech-to-text", pcm, file_format="pcm_s16le_16").json()
    assert (told["text"], told["words"], told["audio_duration_secs"]) == ("", [], 20.0)
