"""Reading the query of a speech socket."""

from __future__ import annotations

import pytest

from vivavoce.errors import InvalidParameter
from vivavoce.wire.query import (
    AlignmentClock,
    Frames,
    StreamQuery,
    parse_stream_query,
    requested_frames,
)


def test_an_empty_query_gives_the_protocols_defaults() -> None:
    query = parse_stream_query("")
    assert query == StreamQuery()
    assert query.inactivity_timeout == 20


def test_every_parameter_of_the_protocol_is_read() -> None:
    query = parse_stream_query(
        "model_id=eleven_flash_v2_5&language_code=en&output_format=pcm_16000&enable_logging=false"
        "&enable_ssml_parsing=true&inactivity_timeout=180&sync_alignment=true&auto_mode=true"
        "&apply_text_normalization=off&alignment_clock=chunk&apply_language_text_normalization=false&seed=4294967295"
        "&optimize_streaming_latency=3&authorization=k&single_use_token=t&voice_id=Rachel"
    )
    assert query == StreamQuery(
        voice_id="Rachel",
        model_id="eleven_flash_v2_5",
        output_format="pcm_16000",
        inactivity_timeout=180,
        auto_mode=True,
        seed=4_294_967_295,
        language="en",
        ssml=True,
        normalize=False,
        keep=False,
        without_effect=("model_id",),
    )


LIVEKIT = (
    "model_id=eleven_turbo_v2_5&output_format=mp3_22050_32&enable_ssml_parsing=false"
    "&enable_logging=true&inactivity_timeout=180&apply_text_normalization=auto"
    "&sync_alignment=true&auto_mode=true"
)


@pytest.mark.parametrize(
    ("query", "clock"),
    [
        (LIVEKIT, AlignmentClock.CONTEXT),
        (LIVEKIT + "&alignment_clock=chunk", AlignmentClock.CHUNK),
        ("sync_alignment=true&auto_mode=true", AlignmentClock.CHUNK),
        ("alignment_clock=context", AlignmentClock.CONTEXT),
    ],
)
def test_livekit_gets_the_clock_it_counts_on(query: str, clock: AlignmentClock) -> None:
    assert parse_stream_query(query).alignment_clock is clock


def test_unknown_parameters_and_empty_values_are_ignored() -> None:
    assert parse_stream_query("fancy=1&output_format=&seed=&auto_mode=") == StreamQuery()


def test_the_last_of_a_repeated_parameter_counts() -> None:
    assert parse_stream_query("seed=1&seed=2").seed == 2


@pytest.mark.parametrize(
    ("text", "value"), [("true", True), ("True", True), ("1", True), ("false", False), ("0", False)]
)
def test_booleans_are_read_as_clients_spell_them(text: str, value: bool) -> None:
    assert parse_stream_query(f"auto_mode={text}").auto_mode is value


@pytest.mark.parametrize(
    ("given", "seconds"), [("1", 1), ("180", 180), ("181", 180), ("9999", 180)]
)
def test_an_inactivity_timeout_beyond_the_limit_is_the_limit(given: str, seconds: int) -> None:
    assert parse_stream_query(f"inactivity_timeout={given}").inactivity_timeout == seconds


@pytest.mark.parametrize(
    ("query", "param"),
    [
        ("inactivity_timeout=0", "inactivity_timeout"),
        ("inactivity_timeout=-5", "inactivity_timeout"),
        ("inactivity_timeout=soon", "inactivity_timeout"),
        ("inactivity_timeout=1.5", "inactivity_timeout"),
        ("seed=-1", "seed"),
        ("seed=4294967296", "seed"),
        ("seed=" + "9" * 5_000, "seed"),
        ("seed=%D9%A1", "seed"),
        ("auto_mode=perhaps", "auto_mode"),
        ("sync_alignment=perhaps", "sync_alignment"),
        ("enable_logging=perhaps", "enable_logging"),
        ("enable_ssml_parsing=perhaps", "enable_ssml_parsing"),
        ("apply_language_text_normalization=perhaps", "apply_language_text_normalization"),
        ("apply_text_normalization=perhaps", "apply_text_normalization"),
        ("frames=xml", "frames"),
        ("alignment_clock=sun", "alignment_clock"),
    ],
)
def test_a_value_of_the_wrong_kind_is_refused_by_name(query: str, param: str) -> None:
    with pytest.raises(InvalidParameter, match=param) as caught:
        parse_stream_query(query)
    assert caught.value.param == param


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("language_code=de&enable_ssml_parsing=true&apply_text_normalization=off", ()),
        ("model_id=eleven_v2", ("model_id",)),
        ("apply_language_text_normalization=true", ("apply_language_text_normalization",)),
        ("optimize_streaming_latency=4", ()),
    ],
)
def test_parameters_that_no_voice_honours_are_named(query: str, names: tuple[str, ...]) -> None:
    assert parse_stream_query(query).without_effect == names


@pytest.mark.parametrize(
    ("query", "frames"),
    [
        ("frames=json", Frames.JSON),
        ("frames=BASE64", Frames.BASE64),
        ("frames=binary", Frames.BINARY),
        ("frames=xml", None),
        ("", None),
    ],
)
def test_the_kind_of_frames_can_be_asked_for(query: str, frames: Frames | None) -> None:
    assert requested_frames(query) is frames
