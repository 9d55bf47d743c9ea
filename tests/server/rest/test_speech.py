"""Text to speech over REST: the four forms, and what each of them may be asked for."""

from __future__ import annotations

import base64
import io
import json
import wave
from typing import Any

import av
import pytest
from structlog.testing import capture_logs

from vivavoce.engines.voices.fake import FakeVoice
from vivavoce.wire.dictionaries import AliasRule

TEXT = "Hello world, this is number 1. And here is another one."
SPEAK = "/v1/text-to-speech/Rachel"
FORMS = ["", "/stream", "/with-timestamps", "/stream/with-timestamps"]
STREAMS = ["/stream", "/stream/with-timestamps"]


def _characters(alignments: list[Any]) -> str:
    return "".join("".join(one["characters"]) for one in alignments if one is not None)


def _lines(answer: Any) -> list[Any]:
    return [json.loads(line) for line in answer.text.splitlines()]


async def test_all_four_forms_carry_the_same_audio(rest: Any) -> None:
    query = {"output_format": "pcm_16000"}
    plain, stream, timed, lines = [
        await rest.client.post(SPEAK + form, params=query, json={"text": TEXT}) for form in FORMS
    ]
    assert len(plain.content) > 16_000
    assert plain.content == stream.content
    assert base64.b64decode(timed.json()["audio_base64"]) == plain.content
    told = b"".join(base64.b64decode(line["audio_base64"]) for line in _lines(lines))
    assert told == plain.content


async def test_a_whole_answer_says_how_long_it_is_and_a_stream_does_not(rest: Any) -> None:
    for form in FORMS:
        answer = await rest.client.post(SPEAK + form, json={"text": TEXT})
        length = answer.headers.get("content-length")
        assert length == (None if form in STREAMS else str(len(answer.content)))


@pytest.mark.parametrize("form", FORMS)
async def test_an_answer_names_itself_and_what_it_cost(rest: Any, form: str) -> None:
    headers = (await rest.client.post(SPEAK + form, json={"text": TEXT})).headers
    assert len(headers["request-id"]) == 32
    assert headers["x-trace-id"] == headers["history-item-id"] == headers["request-id"]
    assert headers["character-cost"] == str(len(TEXT))
    assert headers["current-concurrent-requests"] == "1"
    assert "maximum-concurrent-requests" not in headers


@pytest.mark.parametrize(
    ("name", "media_type"),
    [
        ("mp3_44100_128", "audio/mpeg"),
        ("pcm_8000", "audio/pcm"),
        ("ulaw_8000", "audio/basic"),
        ("alaw_8000", "audio/x-alaw-basic"),
        ("opus_48000_32", "audio/ogg"),
    ],
)
async def test_the_content_type_is_that_of_the_codec(rest: Any, name: str, media_type: str) -> None:
    for form in ("", "/stream"):
        answer = await rest.client.post(
            SPEAK + form, params={"output_format": name}, json={"text": "Hi."}
        )
        assert answer.headers["content-type"] == media_type


async def test_without_a_format_it_is_what_the_server_is_set_to(open_rest: Any) -> None:
    async with open_rest(default_output_format="opus_48000_64") as rest:
        answer = await rest.client.post(SPEAK, json={"text": "Hi."})
        with av.open(io.BytesIO(answer.content)) as container:
            assert container.streams.audio[0].codec_context.name == "opus"


async def test_wav_is_a_file_of_known_length(rest: Any) -> None:
    query = {"output_format": "wav_22050"}
    plain = await rest.client.post(SPEAK, params=query, json={"text": TEXT})
    timed = await rest.client.post(f"{SPEAK}/with-timestamps", params=query, json={"text": TEXT})
    assert plain.headers["content-type"] == "audio/wav"
    assert base64.b64decode(timed.json()["audio_base64"]) == plain.content
    with wave.open(io.BytesIO(plain.content)) as file:
        assert (file.getnchannels(), file.getsampwidth(), file.getframerate()) == (1, 2, 22_050)
        assert file.getnframes() * 2 == len(plain.content) - 44


@pytest.mark.parametrize("form", STREAMS)
async def test_wav_cannot_be_streamed(rest: Any, form: str) -> None:
    answer = await rest.client.post(
        SPEAK + form, params={"output_format": "wav_24000"}, json={"text": TEXT}
    )
    assert answer.status_code == 400
    assert answer.json()["detail"]["code"] == "invalid_output_format"
    assert answer.json()["detail"]["param"] == "output_format"


async def test_alignments_have_the_text_as_sent_and_as_read(rest: Any) -> None:
    query = {"output_format": "pcm_24000"}
    timed = await rest.client.post(f"{SPEAK}/with-timestamps", params=query, json={"text": TEXT})
    assert _characters([timed.json()["alignment"]]).replace("  ", " ").strip() == TEXT
    assert "number one." in _characters([timed.json()["normalized_alignment"]])
    seconds = len(base64.b64decode(timed.json()["audio_base64"])) / 48_000
    ends = timed.json()["alignment"]["character_end_times_seconds"]
    assert ends[-1] == pytest.approx(seconds, abs=0.001)


async def test_lines_count_time_from_the_start_of_the_answer(rest: Any) -> None:
    query = {"output_format": "pcm_24000"}
    streamed = await rest.client.post(
        f"{SPEAK}/stream/with-timestamps", params=query, json={"text": TEXT}
    )
    whole = await rest.client.post(f"{SPEAK}/with-timestamps", params=query, json={"text": TEXT})
    lines = _lines(streamed)
    assert len(lines) > 2
    assert streamed.headers["content-type"] == "application/x-ndjson"
    for kind in ("alignment", "normalized_alignment"):
        told = [line[kind] for line in lines if line[kind] is not None]
        for key, values in whole.json()[kind].items():
            assert [value for one in told for value in one[key]] == values


async def test_no_line_passes_100_kib(open_rest: Any) -> None:
    async with open_rest(engine=FakeVoice(words_per_block=30)) as rest:
        answer = await rest.client.post(
            f"{SPEAK}/stream/with-timestamps",
            params={"output_format": "pcm_48000"},
            json={"text": "Word after word goes by. " * 40},
        )
        assert max(map(len, answer.content.splitlines())) < 100 * 1024


async def test_settings_reach_the_voice_and_are_clamped(rest: Any) -> None:
    body = {"text": "Hi.", "voice_settings": {"speed": 9, "stability": "1"}, "seed": 7}
    assert (await rest.client.post(SPEAK, json=body)).status_code == 200
    request = rest.pool.submitted[-1].request
    assert (request.speed, request.seed) == (2.0, 7)
    assert request.intonation == pytest.approx(0.7)
    assert request.normalize


async def test_normalization_can_be_turned_off(rest: Any) -> None:
    body = {"text": "Hi.", "apply_text_normalization": "off"}
    await rest.client.post(SPEAK, json=body)
    assert not rest.pool.submitted[-1].request.normalize


async def test_a_break_is_heard_as_a_pause(rest: Any) -> None:
    query = {"output_format": "pcm_8000"}
    texts = ("One. Two.", 'One. <break time="1.5s"/> Two.')
    short, long = [
        await rest.client.post(SPEAK, params=query, json={"text": text}) for text in texts
    ]
    assert len(long.content) - len(short.content) > 16_000


async def test_a_dictionary_is_read_by(rest: Any) -> None:
    made = await rest.house.store.dictionaries.create(
        "mine", (AliasRule("UN", "United Nations"),), created_by="me"
    )
    locators = [{"pronunciation_dictionary_id": made.id, "version_id": made.latest_version_id}]
    body = {"text": "The UN met.", "pronunciation_dictionary_locators": locators}
    assert (await rest.client.post(SPEAK, json=body)).status_code == 200
    spoken = rest.pool.submitted[-1].request.pronunciations
    assert [one.words for one in spoken] == ["United Nations"]


async def test_a_dictionary_that_is_not_there_is_not_found(rest: Any) -> None:
    locators = [{"pronunciation_dictionary_id": "nobody", "version_id": None}]
    body = {"text": "Hi.", "pronunciation_dictionary_locators": locators}
    answer = await rest.client.post(SPEAK, json=body)
    assert answer.status_code == 404
    assert answer.json()["detail"]["code"] == "pronunciation_dictionary_not_found"


async def test_nothing_is_kept_for_callers_who_do_not_want_it(rest: Any) -> None:
    for logging, keep in (("false", False), ("true", True)):
        await rest.client.post(SPEAK, params={"enable_logging": logging}, json={"text": "Hi."})
        assert rest.pool.submitted[-1].keep is keep


async def test_an_unknown_voice_and_an_unknown_model_speak_and_are_logged(rest: Any) -> None:
    with capture_logs() as logs:
        answer = await rest.client.post(
            "/v1/text-to-speech/nobody/stream",
            json={"text": "Hi.", "model_id": "eleven_v99", "hologram": 1},
            params={"unknown": "x"},
        )
    assert answer.status_code == 200
    assert rest.pool.submitted[-1].request.voice.name == "Allegra"
    assert {log["event"] for log in logs} == {"unknown voice", "setting has no effect here"}


async def test_strict_voices_refuse_an_unknown_one(open_rest: Any) -> None:
    async with open_rest(strict_voices=True) as rest:
        answer = await rest.client.post("/v1/text-to-speech/nobody", json={"text": "Hi."})
        assert answer.status_code == 404
        assert answer.json()["detail"]["code"] == "voice_not_found"
        model = await rest.client.post("/v1/text-to-speech/eleven_v3", json={"text": "Hi."})
        assert model.status_code == 200


async def test_text_beyond_the_limit_is_too_long(open_rest: Any) -> None:
    async with open_rest(max_pending_characters=20) as rest:
        for form in FORMS:
            answer = await rest.client.post(SPEAK + form, json={"text": "a" * 21})
            assert answer.status_code == 400
            assert answer.json()["detail"]["code"] == "max_character_limit_exceeded"
        assert (await rest.client.post(SPEAK, json={"text": "a" * 20})).status_code == 200


@pytest.mark.parametrize("form", FORMS)
async def test_a_full_server_refuses_before_it_sends_anything(open_rest: Any, form: str) -> None:
    async with open_rest(capacity=0) as rest:
        answer = await rest.client.post(SPEAK + form, json={"text": TEXT})
        assert answer.status_code == 429
        assert answer.json()["detail"]["code"] == "system_busy"
        assert answer.json()["detail"]["request_id"] == answer.headers["request-id"]


@pytest.mark.parametrize("form", FORMS)
async def test_text_of_another_script_is_refused_by_name(rest: Any, form: str) -> None:
    answer = await rest.client.post(SPEAK + form, json={"text": "ðþß"})
    assert answer.status_code == 400
    assert answer.json()["detail"]["code"] == "unsupported_language"


@pytest.mark.parametrize("form", FORMS)
async def test_text_without_a_sound_is_a_short_silence(rest: Any, form: str) -> None:
    answer = await rest.client.post(SPEAK + form, json={"text": "…  —"})
    assert answer.status_code == 200
    assert answer.content


async def test_a_voice_that_breaks_at_once_is_an_internal_error(open_rest: Any) -> None:
    async with open_rest(engine=FakeVoice(fail_on="boom")) as rest:
        with capture_logs() as logs:
            answer = await rest.client.post(f"{SPEAK}/stream", json={"text": "boom"})
        assert answer.status_code == 500
        assert [log["event"] for log in logs] == ["speech failed"]
        assert rest.pool.listeners == 0


@pytest.mark.parametrize(
    ("fields", "loc"),
    [
        ({}, ["body", "text"]),
        ({"text": ""}, ["body", "text"]),
        ({"text": 3}, ["body", "text"]),
        ({"text": "Hi.", "seed": -1}, ["body", "seed"]),
        ({"text": "Hi.", "apply_text_normalization": "x"}, ["body", "apply_text_normalization"]),
    ],
)
async def test_a_body_that_does_not_fit_says_where(
    rest: Any, fields: dict[str, Any], loc: list[str]
) -> None:
    answer = await rest.client.post(SPEAK, json=fields)
    assert answer.status_code == 422
    assert [misfit["loc"] for misfit in answer.json()["detail"]] == [loc]


@pytest.mark.parametrize(
    "query", [{"optimize_streaming_latency": 5}, {"enable_logging": "perhaps"}]
)
async def test_a_query_that_does_not_fit_says_where(rest: Any, query: dict[str, Any]) -> None:
    answer = await rest.client.post(SPEAK, params=query, json={"text": "Hi."})
    assert answer.status_code == 422
    assert answer.json()["detail"][0]["loc"] == ["query", *query]


async def test_a_key_must_be_for_speech(open_rest: Any) -> None:
    async with open_rest(api_keys=("sesame",)) as rest:
        secret, _ = await rest.house.store.keys.create("deaf", scopes=["voices_read"])
        answers = [
            await rest.client.post(SPEAK, json={"text": "Hi."}, headers=headers)
            for headers in (
                {},
                {"xi-api-key": "wrong"},
                {"xi-api-key": secret},
                {"xi-api-key": "sesame"},
                {"authorization": "Bearer sesame"},
            )
        ]
        assert [answer.status_code for answer in answers] == [401, 401, 403, 200, 200]
        codes = [answer.json()["detail"]["code"] for answer in answers[:3]]
        assert codes == ["missing_api_key", "invalid_api_key", "missing_permissions"]
