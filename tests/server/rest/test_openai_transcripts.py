"""Files written down for OpenAI's clients."""

from __future__ import annotations

import json
from typing import Any

import pytest
from structlog.testing import capture_logs

from tests.server.rest.test_transcripts import EARS, PAUSE, SOUND, WAV, wav
from vivavoce.engines.base import EARS_RATE
from vivavoce.engines.ears.fake import FakeEars

PATH = "/v1/audio/transcriptions"
TEXT = "one two Good morning."


async def post(rest: Any, file: bytes | None = WAV, **fields: Any) -> Any:
    files = {"file": ("a.wav", file)} if file is not None else {"no": ("", b"")}
    return await rest.client.post(PATH, files=files, data={"model": "whisper-1", **fields})


def events_of(answer: Any) -> list[Any]:
    assert answer.headers["content-type"] == "text/event-stream"
    return [json.loads(line.removeprefix("data: ")) for line in answer.text.split("\n\n") if line]


async def test_text_is_what_a_client_gets_who_asks_for_nothing(rest: Any) -> None:
    answer = await post(rest)
    assert answer.status_code == 200
    told = answer.json()
    assert told["text"] == TEXT
    assert told["usage"]["seconds"] == pytest.approx(len(SOUND) / 2 / EARS_RATE, abs=0.01)
    assert not any(one.request.word_times for one in rest.ears.heard_requests)


@pytest.mark.parametrize(
    ("name", "media_type", "said"),
    [
        ("text", "text/plain; charset=utf-8", f"{TEXT}\n"),
        ("srt", "text/plain; charset=utf-8", "1\n00:00:04,000 --> "),
        ("vtt", "text/vtt; charset=utf-8", "WEBVTT\n\n"),
    ],
)
async def test_each_format_of_text_is_a_file(
    rest: Any, name: str, media_type: str, said: str
) -> None:
    answer = await post(rest, response_format=name)
    assert answer.headers["content-type"] == media_type
    assert answer.text.startswith(said)
    assert "morning." in answer.text


async def test_verbose_json_has_segments_and_words_as_they_are_wanted(rest: Any) -> None:
    told = (await post(rest, response_format="verbose_json")).json()
    assert (told["task"], told["language"], told["text"]) == ("transcribe", "english", TEXT)
    assert "".join(segment["text"] for segment in told["segments"]).strip() == TEXT
    assert "words" not in told
    answer = await rest.client.post(
        PATH,
        files={"file": WAV},
        data={"response_format": "verbose_json", "timestamp_granularities[]": ["word"]},
    )
    told = answer.json()
    assert [word["word"] for word in told["words"]] == TEXT.split()
    assert "segments" not in told


async def test_events_come_passage_by_passage_and_are_the_text_when_joined(rest: Any) -> None:
    *deltas, done = events_of(await post(rest, stream="true"))
    assert [delta["type"] for delta in deltas] == ["transcript.text.delta"] * len(deltas)
    assert len(deltas) >= 2
    assert "".join(delta["delta"] for delta in deltas) == TEXT
    assert (done["type"], done["text"]) == ("transcript.text.done", TEXT)


async def test_events_of_a_file_without_speech_are_its_end(rest: Any) -> None:
    [done] = events_of(await post(rest, wav(PAUSE), stream="true"))
    assert (done["type"], done["text"]) == ("transcript.text.done", "")


async def test_each_word_says_how_likely_it_was_if_that_is_wanted(rest: Any) -> None:
    told = (await post(rest, **{"include[]": "logprobs"})).json()
    assert "".join(one["token"] for one in told["logprobs"]) == TEXT
    *deltas, done = events_of(await post(rest, stream="true", **{"include[]": "logprobs"}))
    assert [one for delta in deltas for one in delta["logprobs"]] == done["logprobs"]


async def test_ears_that_break_before_the_first_event_have_a_status(open_rest: Any) -> None:
    async with open_rest(ears=FakeEars(fail_on="one")) as rest:
        for stream in ("true", "false"):
            answer = await post(rest, stream=stream)
            assert answer.status_code == 500
            assert answer.json()["error"]["type"] == "server_error"


async def test_ears_that_break_later_say_so_in_an_event(open_rest: Any) -> None:
    async with open_rest(ears=FakeEars(fail_on="Good")) as rest:
        sound = wav(
            PAUSE + EARS.sound_of("one two") + PAUSE * 3 + EARS.sound_of("Good morning.") + PAUSE
        )
        with capture_logs() as logs:
            answer = await post(rest, sound, stream="true")
        first, last = events_of(answer)
        assert first["delta"] == "one two"
        assert last["error"]["type"] == "server_error"
        assert [log["event"] for log in logs if log["log_level"] == "error"] == ["speech failed"]


@pytest.mark.parametrize(
    ("options", "param"),
    [
        ({"file": None}, "file"),
        ({"response_format": "diarized_json"}, "response_format"),
        ({"response_format": "docx"}, "response_format"),
        ({"temperature": "7"}, "temperature"),
        ({"language": "de"}, None),
        ({"file": b"no sound"}, None),
    ],
)
async def test_what_cannot_be_meant_is_a_bad_request_in_openais_words(
    rest: Any, options: Any, param: str | None
) -> None:
    answer = await post(rest, **options)
    assert answer.status_code == 400
    error = answer.json()["error"]
    assert sorted(error) == ["code", "message", "param", "type"]
    assert (error["type"], error["param"]) == ("invalid_request_error", param)


@pytest.mark.parametrize(
    ("options", "status"),
    [({"api_keys": ("sesame",)}, 401), ({"max_upload_bytes": 100_000}, 413)],
)
async def test_every_failure_has_openais_shape_and_a_request_id(
    open_rest: Any, options: dict[str, Any], status: int
) -> None:
    async with open_rest(**options) as rest:
        answer = await post(rest)
        assert answer.status_code == status
        assert sorted(answer.json()["error"]) == ["code", "message", "param", "type"]
        assert answer.headers["x-request-id"]


async def test_a_body_that_is_no_form_is_a_bad_request(rest: Any) -> None:
    answer = await rest.client.post(PATH, json={"file": "a"})
    assert answer.status_code == 400
    assert answer.json()["error"]["type"] == "invalid_request_error"
