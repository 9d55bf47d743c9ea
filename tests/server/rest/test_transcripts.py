"""Files written down over REST, as the protocol has it."""

from __future__ import annotations

import asyncio
import io
import json
import tempfile
import threading
import wave
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any, BinaryIO

import av
import numpy as np
import pytest
from structlog.testing import capture_logs

from vivavoce.core.limits import Limits
from vivavoce.engines.base import EARS_RATE
from vivavoce.engines.ears.fake import FakeEars

PATH = "/v1/speech-to-text"
EARS = FakeEars()
PAUSE = bytes(4 * EARS_RATE * 2)
SOUND = PAUSE + EARS.sound_of("one two") + PAUSE + EARS.sound_of("Good morning.") + PAUSE


def wav(*channels: bytes) -> bytes:
    """A file of as many channels, the shorter ones filled up."""
    longest = max(map(len, channels))
    planes = [np.frombuffer(one.ljust(longest, b"\0"), "<i2") for one in channels]
    file = io.BytesIO()
    with wave.open(file, "wb") as writer:
        writer.setnchannels(len(channels))
        writer.setsampwidth(2)
        writer.setframerate(EARS_RATE)
        writer.writeframes(np.stack(planes, axis=1).tobytes())
    return file.getvalue()


def encoded(codec: str, container: str) -> bytes:
    file = io.BytesIO()
    with av.open(file, "w", format=container) as output:
        stream = output.add_stream(codec, rate=48_000)
        frame = av.AudioFrame.from_ndarray(np.frombuffer(SOUND, "<i2")[None], "s16", "mono")
        frame.sample_rate = EARS_RATE
        for packet in (*stream.encode(frame), *stream.encode(None)):
            output.mux(packet)
    return file.getvalue()


WAV = wav(SOUND)


async def post(rest: Any, file: bytes | None = WAV, query: str = "", **fields: Any) -> Any:
    files = {"file": ("a.wav", file)} if file is not None else {"no": ("", b"")}
    data = {"model_id": "scribe_v2", **fields}
    return await rest.client.post(PATH + query, files=files, data=data)


async def words_of(rest: Any, **options: Any) -> list[Any]:
    answer = await post(rest, **options)
    assert answer.status_code == 200, answer.text
    return [word for word in answer.json()["words"] if word["type"] == "word"]


@pytest.fixture
def files(monkeypatch: pytest.MonkeyPatch) -> list[BinaryIO]:
    """Every temporary file that was opened."""
    opened: list[BinaryIO] = []

    def temporary_file() -> BinaryIO:
        opened.append(open_file())
        return opened[-1]

    open_file = tempfile.TemporaryFile
    monkeypatch.setattr(tempfile, "TemporaryFile", temporary_file)
    return opened


async def test_a_file_is_written_down_with_the_times_of_its_words(rest: Any) -> None:
    told = (await post(rest)).json()
    assert told["text"] == "one two Good morning."
    assert (told["language_code"], told["language_probability"]) == ("eng", 1.0)
    assert told["audio_duration_secs"] == pytest.approx(len(SOUND) / 2 / EARS_RATE, abs=0.01)
    assert told["transcription_id"]
    assert "".join(word["text"] for word in told["words"]) == told["text"]
    starts = [word["start"] for word in told["words"] if word["type"] == "word"]
    assert starts == pytest.approx([4.0, 4.25, 8.5, 8.75], abs=0.02)


@pytest.mark.parametrize(
    ("codec", "container"),
    [
        ("libmp3lame", "mp3"),
        ("libopus", "ogg"),
        ("libopus", "webm"),
        ("flac", "flac"),
        ("aac", "mp4"),
    ],
)
async def test_a_file_of_any_kind_is_read(rest: Any, codec: str, container: str) -> None:
    words = await words_of(rest, file=encoded(codec, container))
    assert [word["text"] for word in words] == ["one", "two", "Good", "morning."]
    assert words[2]["start"] == pytest.approx(8.5, abs=0.1)


async def test_what_can_be_read_of_a_damaged_file_is_written_down(rest: Any) -> None:
    file = bytearray(encoded("flac", "flac"))
    place = len(file) * 9 // 10
    file[place : place + 200] = bytes(200)
    with capture_logs() as logs:
        told = (await post(rest, bytes(file))).json()
    assert told["text"].startswith("one two")
    assert any("damaged" in log["event"] for log in logs)


@pytest.mark.parametrize("end", [b"", b"\x01"])
async def test_bare_pcm_needs_no_header(rest: Any, end: bytes) -> None:
    words = await words_of(rest, file=SOUND + end, file_format="pcm_s16le_16")
    assert [word["text"] for word in words] == ["one", "two", "Good", "morning."]


async def test_as_much_is_told_of_times_as_was_asked_for(rest: Any) -> None:
    told = (await post(rest, timestamps_granularity="none")).json()
    assert (told["text"], told["words"]) == ("one two Good morning.", [])
    assert not any(one.request.word_times for one in rest.ears.heard_requests)
    [first, *_] = await words_of(rest, timestamps_granularity="character")
    assert [one["text"] for one in first["characters"]] == ["o", "n", "e"]


async def test_other_forms_come_with_the_transcript(rest: Any) -> None:
    wanted = [
        {"format": "srt", "max_characters_per_line": 30},
        {"format": "txt"},
        {"format": "txt", "include_timestamps": True},
        {"format": "segmented_json", "segment_on_silence_longer_than_s": 1},
    ]
    told = (
        await post(rest, timestamps_granularity="none", additional_formats=json.dumps(wanted))
    ).json()
    assert told["words"] == []
    srt, text, stamped, parts = told["additional_formats"]
    assert [srt["requested_format"], srt["file_extension"]] == ["srt", "srt"]
    assert srt["content"].startswith("1\n00:00:04,0")
    assert "\n2\n00:00:08,5" in srt["content"]
    assert text["content"] == "one two\nGood morning.\n"
    assert stamped["content"] == "[00:00:04] one two\n[00:00:08] Good morning.\n"
    segments = json.loads(parts["content"])["segments"]
    assert [part["text"] for part in segments] == ["one two", "Good morning."]
    assert segments[1]["words"][0]["start"] == pytest.approx(8.5, abs=0.02)


async def test_a_file_without_speech_is_an_empty_transcript(rest: Any) -> None:
    told = (await post(rest, wav(PAUSE))).json()
    assert (told["text"], told["words"]) == ("", [])


@pytest.mark.parametrize("code", ["en", "eng", "en-US", "", "null"])
async def test_english_is_understood_in_every_spelling(rest: Any, code: str) -> None:
    assert (await post(rest, language_code=code)).json()["language_code"] == "eng"


async def test_another_language_is_refused_with_those_there_are(rest: Any) -> None:
    answer = await post(rest, language_code="deu")
    assert answer.status_code == 400
    detail = answer.json()["detail"]
    assert detail["code"] == "unsupported_language"
    assert "en" in detail["message"]


async def test_channels_are_kept_apart_if_that_is_asked_for(rest: Any) -> None:
    two = wav(SOUND, PAUSE + EARS.sound_of("three"), PAUSE)
    told = (await post(rest, two, use_multi_channel="true")).json()
    assert [one["text"] for one in told["transcripts"]] == ["one two Good morning.", "three", ""]
    assert [one["channel_index"] for one in told["transcripts"]] == [0, 1, 2]
    assert {word["channel_index"] for word in told["transcripts"][1]["words"]} == {1}
    assert told["transcription_id"] == told["transcripts"][0]["transcription_id"]
    [word] = told["transcripts"][1]["words"]
    assert (word["text"], word["speaker_id"]) == ("three", "speaker_1")


async def test_channels_are_combined_passage_by_passage(rest: Any) -> None:
    two = wav(SOUND, PAUSE + bytes(4 * EARS_RATE) + EARS.sound_of("three four"))
    style = {"use_multi_channel": "true", "multichannel_output_style": "combined"}
    told = (await post(rest, two, **style)).json()
    assert told["text"] == "one two three four Good morning."
    assert "".join(word["text"] for word in told["words"]) == told["text"]
    assert [word["channel_index"] for word in told["words"] if word["type"] == "word"] == [
        *(0, 0),
        *(1, 1),
        *(0, 0),
    ]


async def test_a_file_with_one_channel_has_one_to_keep_apart(rest: Any) -> None:
    for options in ({}, {"file": SOUND, "file_format": "pcm_s16le_16"}):
        told = (await post(rest, use_multi_channel="true", **options)).json()
        assert [one["text"] for one in told["transcripts"]] == ["one two Good morning."]


async def test_more_channels_than_can_be_told_apart_are_refused(rest: Any) -> None:
    answer = await post(rest, wav(*[PAUSE] * 6), use_multi_channel="true")
    assert answer.status_code == 400
    assert answer.json()["detail"]["param"] == "use_multi_channel"


async def test_fillers_are_left_out_if_that_is_asked_for(open_rest: Any) -> None:
    ears = FakeEars(("Um,", "yes."))
    async with open_rest(ears=ears) as rest:
        file = wav(PAUSE + ears.sound_of("Um, yes.") + PAUSE)
        assert (await post(rest, file)).json()["text"] == "Um, yes."
        assert (await post(rest, file, no_verbatim="true")).json()["text"] == "Yes."


@pytest.mark.parametrize(
    ("options", "status", "code"),
    [
        ({"file": b"no sound at all"}, 400, "invalid_audio"),
        ({"file": b""}, 400, "invalid_audio"),
        ({"file": b"", "file_format": "pcm_s16le_16"}, 400, "invalid_audio"),
        ({"file": None}, 400, "invalid_parameters"),
        ({"source_url": "https://example.com/a.wav"}, 400, "invalid_parameters"),
        ({"file": None, "source_url": "ftp://example.com/a"}, 400, "invalid_parameters"),
        ({"webhook": "true"}, 400, "invalid_parameters"),
    ],
)
async def test_what_cannot_be_written_down_is_refused(
    rest: Any, files: list[BinaryIO], options: Any, status: int, code: str
) -> None:
    answer = await post(rest, **options)
    assert (answer.status_code, answer.json()["detail"]["code"]) == (status, code)
    assert all(file.closed for file in files)


@pytest.mark.parametrize(
    ("field", "value"),
    [("timestamps_granularity", "hour"), ("num_speakers", "0"), ("additional_formats", "[1]")],
)
async def test_a_field_that_does_not_fit_is_told_by_its_place(
    rest: Any, field: str, value: str
) -> None:
    answer = await post(rest, **{field: value})
    assert answer.status_code == 422
    assert answer.json()["detail"][0]["loc"][:2] == ["body", field]


async def test_a_file_that_is_too_large_is_told_with_what_is_allowed(open_rest: Any) -> None:
    async with open_rest(max_upload_bytes=100_000) as rest:
        answer = await post(rest)
        assert answer.status_code == 413
        assert answer.json()["detail"]["code"] == "file_too_large"
        assert "100000" in answer.json()["detail"]["message"]


async def test_a_file_may_be_larger_than_a_message(open_rest: Any) -> None:
    async with open_rest(max_message_bytes=2_000) as rest:
        assert (await post(rest)).json()["text"] == "one two Good morning."


async def test_ears_that_break_are_an_error_of_the_server(open_rest: Any) -> None:
    async with open_rest(ears=FakeEars(fail_on="Good")) as rest:
        with capture_logs() as logs:
            answer = await post(rest)
        assert (answer.status_code, answer.json()["detail"]["code"]) == (500, "internal_error")
        assert "Good" not in json.dumps([str(log) for log in logs])


async def test_what_makes_no_difference_is_noted_once(rest: Any) -> None:
    with capture_logs() as logs:
        for _ in range(2):
            await post(rest, num_speakers="2", tag_audio_events="true")
    noted = [log["setting"] for log in logs if log["event"] == "setting has no effect here"]
    assert sorted(noted) == ["model_id", "num_speakers", "tag_audio_events"]


class _Sounds(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(200 if self.path == "/a.wav" else 404)
        self.end_headers()
        self.wfile.write(WAV if self.path == "/a.wav" else b"")

    def log_message(self, *_: object) -> None:
        """Nobody reads it."""


@pytest.fixture
def elsewhere() -> Iterator[str]:
    """Another server on this machine, with a file."""
    with HTTPServer(("127.0.0.1", 0), _Sounds) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


@pytest.mark.parametrize("name", ["source_url", "cloud_storage_url"])
async def test_a_file_may_lie_elsewhere(open_rest: Any, elsewhere: str, name: str) -> None:
    async with open_rest(allow_private_urls=True) as rest:
        told = (await post(rest, None, **{name: f"{elsewhere}/a.wav"})).json()
        assert told["text"] == "one two Good morning."
        answer = await post(rest, None, **{name: f"{elsewhere}/gone"})
        assert (answer.status_code, answer.json()["detail"]["param"]) == (400, name)


async def test_the_network_of_the_server_is_none_of_a_callers_business(
    rest: Any, elsewhere: str
) -> None:
    answer = await post(rest, None, source_url=f"{elsewhere}/a.wav")
    assert answer.status_code == 400
    assert "address" in answer.json()["detail"]["message"]


async def test_a_key_must_be_for_it_and_a_token_of_its_kind_will_do(open_rest: Any) -> None:
    async with open_rest(api_keys=("sesame",)) as rest:
        assert (await post(rest)).status_code == 401
        tokens = {
            kind: (
                await rest.client.post(
                    f"/v1/single-use-token/{kind}", headers={"xi-api-key": "sesame"}
                )
            ).json()["token"]
            for kind in ("batch_scribe", "realtime_scribe")
        }
        assert (await post(rest, query=f"?token={tokens['batch_scribe']}")).status_code == 200
        assert (await post(rest, query=f"?token={tokens['realtime_scribe']}")).status_code == 401
        secret, _ = await rest.house.store.keys.create("mute", scopes=("text_to_speech",))
        answer = await rest.client.post(PATH, files={"file": WAV}, headers={"xi-api-key": secret})
        assert (answer.status_code, answer.json()["detail"]["code"]) == (403, "missing_permissions")


async def test_a_key_has_as_many_under_way_as_it_may(open_rest: Any) -> None:
    async with open_rest(hearing_delay_s=0.05, api_keys=("sesame",)) as rest:
        limits = Limits(turns_at_once=1)
        secret, _ = await rest.house.store.keys.create("one", limits=limits)
        headers = {"xi-api-key": secret}

        async def ask() -> int:
            answer = await rest.client.post(PATH, files={"file": WAV}, headers=headers)
            return int(answer.status_code)

        assert sorted(await asyncio.gather(ask(), ask())) == [200, 429]
        assert await ask() == 200


async def test_no_file_outlives_its_answer(rest: Any, files: list[BinaryIO]) -> None:
    await post(rest)
    await post(rest, b"no sound")
    assert [file.closed for file in files] == [True, True]


async def test_an_answer_under_way_is_finished_while_the_server_drains(open_rest: Any) -> None:
    async with open_rest(hearing_delay_s=0.05) as rest:
        asking = asyncio.create_task(post(rest))
        async with asyncio.timeout(20):
            while not rest.ears.heard_requests:  # noqa: ASYNC110 (it has no event to wait for)
                await asyncio.sleep(0.001)
        draining = asyncio.create_task(rest.house.doors.drain(20.0))
        assert (await asking).json()["text"] == "one two Good morning."
        await draining


async def test_one_that_would_take_too_long_is_503_when_the_server_ends_at_once(
    open_rest: Any, files: list[BinaryIO]
) -> None:
    async with open_rest(hearing_delay_s=60.0) as rest:
        asking = asyncio.create_task(post(rest))
        async with asyncio.timeout(20):
            while not rest.house.doors.inside:  # noqa: ASYNC110 (it has no event to wait for)
                await asyncio.sleep(0.001)
            await rest.house.doors.drain(0.0)
            assert (await asking).status_code == 503
        assert [file.closed for file in files] == [True]
