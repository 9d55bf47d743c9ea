"""Text to dialogue over REST: the four forms, whose lines are whose, and what may be asked for."""

from __future__ import annotations

import base64
import io
import json
import wave
from itertools import pairwise
from typing import Any

import pytest
from structlog.testing import capture_logs

from vivavoce.engines.voices.fake import FakeVoice
from vivavoce.wire.dictionaries import AliasRule

SPEAK = "/v1/text-to-dialogue"
FORMS = ["", "/stream", "/with-timestamps", "/stream/with-timestamps"]
INPUTS = [
    {"text": "Are you there, number 1?", "voice_id": "Rachel"},
    {"text": "Always. Where else would I be", "voice_id": "Claudio"},
    {"text": "Good", "voice_id": "Rachel"},
    {"text": "Let us begin.", "voice_id": "Rachel"},
]
PCM = {"output_format": "pcm_24000"}


def _dialogue(*texts: str, voice: str = "Rachel", **fields: Any) -> dict[str, Any]:
    return {"inputs": [{"text": text, "voice_id": voice} for text in texts], **fields}


def _lines(answer: Any) -> list[Any]:
    return [json.loads(line) for line in answer.text.splitlines()]


def _audio(told: list[Any]) -> bytes:
    return b"".join(base64.b64decode(one["audio_base64"]) for one in told)


def _said(told: Any, segment: Any) -> str:
    characters = told["alignment"]["characters"]
    begin, end = segment["character_start_index"], segment["character_end_index"]
    return "".join(characters[begin:end])


async def _timed(rest: Any, inputs: list[Any]) -> tuple[Any, list[Any]]:
    whole, streamed = [
        await rest.client.post(SPEAK + form, params=PCM, json={"inputs": inputs})
        for form in FORMS[2:]
    ]
    return whole.json(), _lines(streamed)


async def test_all_four_forms_carry_the_same_audio(rest: Any) -> None:
    plain, stream, timed, lines = [
        await rest.client.post(SPEAK + form, params=PCM, json={"inputs": INPUTS}) for form in FORMS
    ]
    assert len(plain.content) > 48_000
    assert stream.content == plain.content
    assert _audio([timed.json()]) == plain.content
    assert _audio(_lines(lines)) == plain.content
    assert lines.headers["content-type"] == "application/x-ndjson"


@pytest.mark.parametrize("form", FORMS)
async def test_each_line_is_spoken_by_its_own_voice_and_by_itself(rest: Any, form: str) -> None:
    answer = await rest.client.post(SPEAK + form, json={"inputs": INPUTS})
    assert answer.status_code == 200
    assert answer.headers["character-cost"] == str(sum(len(one["text"]) for one in INPUTS))
    spoken = [(one.request.voice.name, one.request.text) for one in rest.pool.submitted]
    assert spoken == [
        ("Allegra", "Are you there, number 1?"),
        ("Claudio", "Always. "),
        ("Claudio", "Where else would I be"),
        ("Allegra", "Good"),
        ("Allegra", "Let us begin."),
    ]


async def test_another_voice_is_another_sound(rest: Any) -> None:
    voices = ("Rachel", "Claudio")
    alone = [
        (await rest.client.post(SPEAK, params=PCM, json=_dialogue("Hello.", voice=voice))).content
        for voice in voices
    ]
    inputs = [{"text": "Hello.", "voice_id": voice} for voice in voices]
    both = await rest.client.post(SPEAK, params=PCM, json={"inputs": inputs, "seed": 0})
    assert alone[0] != alone[1]
    assert both.content[: len(alone[0])] == alone[0]
    assert len(both.content) == len(alone[0]) + len(alone[1])


async def test_a_segment_has_the_words_of_its_line_and_the_voice_that_was_asked_for(
    rest: Any,
) -> None:
    inputs = [*INPUTS, {"text": "And I?", "voice_id": "nobody"}]
    whole, lines = await _timed(rest, inputs)
    segments = whole["voice_segments"]
    assert [segment["dialogue_input_index"] for segment in segments] == list(range(len(inputs)))
    assert [segment["voice_id"] for segment in segments] == [one["voice_id"] for one in inputs]
    for one, segment in zip(inputs, segments, strict=True):
        assert _said(whole, segment).strip() == one["text"]
    for index, one in enumerate(inputs):
        parts = [
            _said(line, segment)
            for line in lines
            for segment in line["voice_segments"]
            if segment["dialogue_input_index"] == index
        ]
        assert "".join(parts).strip() == one["text"]


async def test_segments_share_the_whole_answer_without_a_gap(rest: Any) -> None:
    whole, lines = await _timed(rest, INPUTS)
    seconds = len(_audio([whole])) / 48_000
    streamed = [segment for line in lines for segment in line["voice_segments"]]
    for segments in (whole["voice_segments"], streamed):
        assert segments[0]["start_time_seconds"] == 0.0
        assert segments[-1]["end_time_seconds"] == pytest.approx(seconds, abs=0.001)
        for earlier, later in pairwise(segments):
            assert earlier["start_time_seconds"] < earlier["end_time_seconds"]
            assert earlier["end_time_seconds"] == later["start_time_seconds"]
    starts = whole["alignment"]["character_start_times_seconds"]
    for segment in whole["voice_segments"]:
        assert segment["start_time_seconds"] == starts[segment["character_start_index"]]


async def test_wav_is_a_file_of_known_length(rest: Any) -> None:
    query = {"output_format": "wav_22050"}
    plain, timed = [
        await rest.client.post(SPEAK + form, params=query, json={"inputs": INPUTS})
        for form in ("", "/with-timestamps")
    ]
    assert _audio([timed.json()]) == plain.content
    with wave.open(io.BytesIO(plain.content)) as file:
        assert file.getnframes() * 2 == len(plain.content) - 44
    for form in ("/stream", "/stream/with-timestamps"):
        answer = await rest.client.post(SPEAK + form, params=query, json={"inputs": INPUTS})
        assert answer.json()["detail"]["code"] == "invalid_output_format"


async def test_what_is_asked_for_holds_for_every_line(rest: Any) -> None:
    made = await rest.house.store.dictionaries.create(
        "mine", (AliasRule("UN", "United Nations"),), created_by="me"
    )
    body = _dialogue(
        "The UN met.",
        "The UN did?",
        settings={"stability": "1", "similarity": 0.2},
        seed=7,
        apply_text_normalization="off",
        pronunciation_dictionary_locators=[{"pronunciation_dictionary_id": made.id}],
    )
    await rest.client.post(SPEAK, json=body, params={"enable_logging": "false"})
    asked = [one.request for one in rest.pool.submitted]
    assert [request.seed for request in asked] == [7, 8]
    for request in asked:
        assert request.intonation == pytest.approx(0.7)
        assert not request.normalize
        assert [one.words for one in request.pronunciations] == ["United Nations"]
    assert not any(one.keep for one in rest.pool.submitted)


async def test_the_language_that_is_named_is_that_of_every_voice(rest: Any) -> None:
    inputs = [{"text": "Ja.", "voice_id": voice} for voice in ("Rachel", "Claudio")]
    await rest.client.post(SPEAK, json={"inputs": inputs, "language_code": "de"})
    voices = [one.request.voice for one in rest.pool.submitted]
    assert [voice.language for voice in voices] == ["de", "de"]
    assert voices[0].gender != voices[1].gender


async def test_the_text_to_come_decides_how_the_last_line_ends(rest: Any) -> None:
    for fields in ({}, {"future_text": "Smith is here."}):
        await rest.client.post(SPEAK, json=_dialogue("Who is it?", "It is Dr.", **fields))
    before, last, same, joined = [one.request.pause_ms for one in rest.pool.submitted]
    assert before == same
    assert joined < last


async def test_what_has_no_effect_is_accepted_and_named_once(rest: Any) -> None:
    body = _dialogue(
        "Hi.",
        voice="nobody",
        model_id="eleven_v3",
        previous_text="Before.",
        use_pvc_as_ivc=True,
        previous_request_ids=["a"],
        next_request_ids=["b"],
        audio_effects={"pan": 1},
        settings={"clone_strength": 1, "similarity": 0.5},
        hologram=1,
    )
    with capture_logs() as logs:
        for _ in range(2):
            assert (await rest.client.post(SPEAK, json=body)).status_code == 200
    named = [log["setting"] for log in logs if log["event"] == "setting has no effect here"]
    assert sorted(named) == [
        "audio_effects",
        "clone_strength",
        "model_id",
        "next_request_ids",
        "previous_request_ids",
        "previous_text",
        "similarity",
        "use_pvc_as_ivc",
    ]


async def test_an_unknown_voice_is_logged_once_however_much_it_says(rest: Any) -> None:
    with capture_logs() as logs:
        await rest.client.post(SPEAK, json=_dialogue("One.", "Two.", "Three.", voice="nobody"))
    assert [log["event"] for log in logs] == ["unknown voice"]


@pytest.mark.parametrize("form", FORMS)
async def test_strict_voices_refuse_an_unknown_one(open_rest: Any, form: str) -> None:
    async with open_rest(strict_voices=True) as rest:
        inputs = [*INPUTS, {"text": "And I?", "voice_id": "nobody"}]
        answer = await rest.client.post(SPEAK + form, json={"inputs": inputs})
        assert answer.status_code == 404
        assert answer.json()["detail"]["code"] == "voice_not_found"


@pytest.mark.parametrize("form", FORMS)
async def test_the_characters_of_all_lines_count_together(open_rest: Any, form: str) -> None:
    async with open_rest(max_pending_characters=20) as rest:
        for length, status in ((10, 200), (11, 400)):
            body = _dialogue("a" * 10, "b" * length)
            answer = await rest.client.post(SPEAK + form, json=body)
            assert answer.status_code == status
        assert answer.json()["detail"]["code"] == "max_character_limit_exceeded"


@pytest.mark.parametrize("form", FORMS)
async def test_a_full_server_refuses_before_it_sends_anything(open_rest: Any, form: str) -> None:
    async with open_rest(capacity=0) as rest:
        answer = await rest.client.post(SPEAK + form, json={"inputs": INPUTS})
        assert answer.status_code == 429
        assert answer.json()["detail"]["code"] == "system_busy"


async def test_a_voice_that_breaks_at_once_is_an_internal_error(open_rest: Any) -> None:
    async with open_rest(engine=FakeVoice(fail_on="boom")) as rest:
        answer = await rest.client.post(f"{SPEAK}/stream", json=_dialogue("boom", "Hi."))
        assert answer.status_code == 500
        assert rest.pool.listeners == 0


async def test_lines_without_a_word_take_no_part_from_the_others(rest: Any) -> None:
    inputs = [
        {"text": text, "voice_id": voice}
        for text, voice in ((" ", "Rachel"), ("One.", "Claudio"), ("\n", "Rachel"), ("Two.", "x"))
    ]
    whole, _ = await _timed(rest, inputs)
    told = {one["dialogue_input_index"]: one for one in whole["voice_segments"]}
    assert {1, 3} <= set(told)
    assert _said(whole, told[1]).strip() == "One."
    assert _said(whole, told[3]).strip() == "Two."
    blank = await rest.client.post(SPEAK + "/with-timestamps", json=_dialogue(" ", "\n"))
    assert (blank.status_code, blank.json()["detail"]["param"]) == (400, "text")


@pytest.mark.parametrize(
    ("fields", "loc"),
    [
        ({}, ["body", "inputs"]),
        ({"inputs": []}, ["body", "inputs"]),
        ({"inputs": [{"text": "Hi."}]}, ["body", "inputs", 0, "voice_id"]),
        ({"inputs": [INPUTS[0], {"text": "", "voice_id": "x"}]}, ["body", "inputs", 1, "text"]),
        ({"inputs": INPUTS, "seed": -1}, ["body", "seed"]),
    ],
)
async def test_a_body_that_does_not_fit_says_where(
    rest: Any, fields: dict[str, Any], loc: list[str]
) -> None:
    answer = await rest.client.post(SPEAK, json=fields)
    assert answer.status_code == 422
    assert [misfit["loc"] for misfit in answer.json()["detail"]] == [loc]


@pytest.mark.parametrize("form", FORMS)
async def test_a_key_must_be_for_speech(open_rest: Any, form: str) -> None:
    async with open_rest(api_keys=("sesame",)) as rest:
        secret, _ = await rest.house.store.keys.create("deaf", scopes=["voices_read"])
        statuses = [
            (
                await rest.client.post(SPEAK + form, json=_dialogue("Hi."), headers=headers)
            ).status_code
            for headers in ({}, {"xi-api-key": secret}, {"xi-api-key": "sesame"})
        ]
        assert statuses == [401, 403, 200]
