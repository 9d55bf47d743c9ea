"""Reading the query of a transcription socket."""

from __future__ import annotations

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vivavoce.errors import InvalidParameter
from vivavoce.wire.scribe_query import CommitStrategy, ScribeQuery, parse_scribe_query


def test_an_empty_query_gives_the_protocols_defaults() -> None:
    query = parse_scribe_query("")
    assert query == ScribeQuery()
    assert query.model_id == "scribe_v2_realtime"
    assert query.audio_format == "pcm_16000"
    assert query.commit_strategy is CommitStrategy.MANUAL
    assert query.min_silence_duration_ms == 2500


def test_every_parameter_of_the_protocol_is_read() -> None:
    query = parse_scribe_query(
        "model_id=scribe_v3_live&token=t&audio_format=ulaw_8000&language_code=eng"
        "&secondary_languages=de&secondary_languages=fr&commit_strategy=vad"
        "&vad_silence_threshold_secs=0.3&vad_threshold=0.9&min_speech_duration_ms=50"
        "&min_silence_duration_ms=2000&include_timestamps=true&include_language_detection=True"
        "&keyterms=a&keyterms=b%20c&no_verbatim=true&filter_background_audio=true"
        "&enable_logging=false"
    )
    assert query == ScribeQuery(
        model_id="scribe_v3_live",
        audio_format="ulaw_8000",
        language_code="en",
        commit_strategy=CommitStrategy.VAD,
        vad_silence_threshold_secs=0.3,
        vad_threshold=0.9,
        min_speech_duration_ms=50,
        min_silence_duration_ms=2000,
        include_timestamps=True,
        include_language_detection=True,
        no_verbatim=True,
        keep=False,
        without_effect=("model_id", "secondary_languages", "keyterms", "filter_background_audio"),
    )


def test_livekits_query_is_read() -> None:
    query = parse_scribe_query(
        "model_id=scribe_v2_realtime&audio_format=pcm_16000&commit_strategy=manual"
        "&enable_logging=true&include_language_detection=true"
    )
    assert query.include_language_detection
    assert query.commit_strategy is CommitStrategy.MANUAL


def test_unknown_parameters_and_empty_values_are_ignored() -> None:
    assert parse_scribe_query("fancy=1&vad_threshold=&entity_detection=&resume=1") == ScribeQuery()


def test_the_last_of_a_repeated_parameter_counts() -> None:
    assert parse_scribe_query("vad_threshold=0.2&vad_threshold=0.5").vad_threshold == 0.5


def test_turn_prediction_is_taken_for_silence_and_named() -> None:
    query = parse_scribe_query("commit_strategy=turn_prediction")
    assert query.commit_strategy is CommitStrategy.VAD
    assert query.without_effect == ("turn_prediction",)


def test_durations_may_be_written_as_floats_as_python_does() -> None:
    assert parse_scribe_query("min_speech_duration_ms=100.0").min_speech_duration_ms == 100


def test_the_default_that_lies_outside_its_own_limits_may_be_said() -> None:
    assert parse_scribe_query("min_silence_duration_ms=2500").min_silence_duration_ms == 2500


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("vad_silence_threshold_secs", "0.29"),
        ("vad_silence_threshold_secs", "3.1"),
        ("vad_threshold", "0.05"),
        ("vad_threshold", "1"),
        ("vad_threshold", "nan"),
        ("min_speech_duration_ms", "49"),
        ("min_speech_duration_ms", "2001"),
        ("min_silence_duration_ms", "2600"),
        ("min_silence_duration_ms", "long"),
        ("commit_strategy", "sometimes"),
        ("include_timestamps", "perhaps"),
        ("include_language_detection", "2"),
        ("no_verbatim", "x"),
        ("filter_background_audio", "x"),
        ("enable_logging", "x"),
        ("keyterms", "a" * 21),
    ],
)
def test_a_value_out_of_range_is_refused_by_name(name: str, value: str) -> None:
    with pytest.raises(InvalidParameter, match=name) as refused:
        parse_scribe_query(f"{name}={value}")
    assert refused.value.param == name


def test_keyterms_are_fifty_at_the_most() -> None:
    assert parse_scribe_query("&".join(["keyterms=a"] * 50)).without_effect == ("keyterms",)
    with pytest.raises(InvalidParameter, match="keyterms"):
        parse_scribe_query("&".join(["keyterms=a"] * 51))


@pytest.mark.parametrize(
    "name", ["entity_detection", "entity_redaction", "entity_redaction_mode", "transcript_edit"]
)
def test_what_would_change_the_transcript_and_cannot_be_done_is_refused(name: str) -> None:
    with pytest.raises(InvalidParameter, match=f"cannot do {name}") as refused:
        parse_scribe_query(f"{name}=all")
    assert refused.value.param == name


@given(st.text())
def test_no_query_raises_anything_but_an_invalid_parameter(query: str) -> None:
    with contextlib.suppress(InvalidParameter):
        parse_scribe_query(query)


@given(st.sampled_from(ScribeQuery.__struct_fields__), st.text())
def test_no_value_raises_anything_but_an_invalid_parameter(name: str, value: str) -> None:
    with contextlib.suppress(InvalidParameter):
        parse_scribe_query(f"{name}={value}")
