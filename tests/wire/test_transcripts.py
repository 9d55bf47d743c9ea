"""Transcription of a file over REST: what is asked for."""

from __future__ import annotations

import contextlib

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from vivavoce.errors import InvalidParameter
from vivavoce.wire.timed_words import Spoken
from vivavoce.wire.transcripts import ExportOptions, TranscriptForm, read_transcript_form

_SPOKEN: list[Spoken] = [("Hi", 0.1, 0.3, -0.1), ("there.", 0.4, 0.8, -0.2)]


def test_the_form_that_the_python_sdk_sends_without_options_asks_for_nothing_more() -> None:
    form = read_transcript_form(
        {
            "model_id": "scribe_v2",
            "webhook_metadata": "null",
            "entity_detection": "null",
            "entity_redaction": "null",
            "file": object(),
        }
    )
    assert form == TranscriptForm(model_id="scribe_v2")
    assert form.without_effect() == ("model_id",)
    assert form.wants_words


def test_every_field_is_read() -> None:
    form = read_transcript_form(
        {
            "model_id": "scribe_v3",
            "language_code": "ENG",
            "secondary_language_codes": ["de", "fr"],
            "numbers_format": "digits",
            "tag_audio_events": "true",
            "num_speakers": "2",
            "timestamps_granularity": "character",
            "diarize": "true",
            "diarization_threshold": "0.22",
            "additional_formats": '[{"format":"srt","max_characters_per_line":50},'
            '{"format":"txt","includeSpeakers":false,"segmentOnSilenceLongerThanS":1.5}]',
            "file_format": "pcm_s16le_16",
            "source_url": "https://example.com/a.mp3",
            "temperature": "0.5",
            "seed": "7",
            "use_multi_channel": "true",
            "multichannel_output_style": "combined",
            "no_verbatim": "true",
            "use_speaker_library": "true",
            "detect_speaker_roles": "true",
            "keyterms": ["a", "b c"],
            "webhook": "false",
        }
    )
    assert form.language == "en"
    assert form.url == "https://example.com/a.mp3"
    assert form.is_bare_pcm
    assert form.combines_channels
    assert form.no_verbatim
    assert form.additional_formats == (
        ExportOptions(format="srt", max_characters_per_line=50),
        ExportOptions(format="txt", include_speakers=False, segment_on_silence_longer_than_s=1.5),
    )
    assert form.without_effect() == (
        "model_id",
        "diarize",
        "num_speakers",
        "diarization_threshold",
        "use_speaker_library",
        "detect_speaker_roles",
        "tag_audio_events",
        "keyterms",
        "secondary_language_codes",
        "numbers_format",
        "temperature",
    )


def test_an_empty_form_is_a_form() -> None:
    form = read_transcript_form({})
    assert (form.language, form.url, form.is_bare_pcm) == (None, None, False)
    assert form.without_effect() == ()


def test_the_older_name_of_the_url_is_known() -> None:
    assert read_transcript_form({"cloud_storage_url": "http://h/a"}).url == "http://h/a"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("timestamps_granularity", "sentence"),
        ("file_format", "wav"),
        ("diarize", "perhaps"),
        ("num_speakers", "33"),
        ("num_speakers", "0"),
        ("temperature", "2.5"),
        ("temperature", "nan"),
        ("seed", "-1"),
        ("multichannel_output_style", "mixed"),
        ("additional_formats", "srt"),
        ("additional_formats", '[{"format":"vtt"}]'),
        ("additional_formats", '[{"format":"srt","max_characters_per_line":0}]'),
        ("additional_formats", '[{"max_characters_per_line":1}]'),
    ],
)
def test_what_is_not_of_its_fields_kind_is_a_misfit(name: str, value: str) -> None:
    with pytest.raises(msgspec.ValidationError, match=name):
        read_transcript_form({name: value})


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("webhook", "true"),
        ("entity_detection", '"all"'),
        ("entity_detection", ["pii", "phi"]),
        ("entity_redaction", '["pii"]'),
        ("entity_redaction_mode", "redacted"),
        ("transcript_edit", "Make it formal."),
        ("additional_formats", '[{"format":"srt"},{"format":"docx"}]'),
        ("additional_formats", '[{"format":"pdf"}]'),
        ("additional_formats", '[{"format":"html"}]'),
        ("source_url", "ftp://example.com/a.mp3"),
        ("source_url", "file:///etc/passwd"),
        ("source_url", "http://[::1"),
        ("source_url", "https://"),
        ("cloud_storage_url", "s3://bucket/a.mp3"),
        ("keyterms", "a" * 51),
        ("keyterms", ["a"] * 1001),
    ],
)
def test_what_cannot_be_done_is_refused_by_name(name: str, value: object) -> None:
    with pytest.raises(InvalidParameter) as refused:
        read_transcript_form({name: value})
    assert refused.value.param == name


def test_channels_cannot_be_combined_without_times() -> None:
    fields = {
        "use_multi_channel": "true",
        "multichannel_output_style": "combined",
        "timestamps_granularity": "none",
    }
    with pytest.raises(InvalidParameter, match="timestamps_granularity") as refused:
        read_transcript_form(fields)
    assert refused.value.param == "multichannel_output_style"


def test_words_come_as_finely_as_they_were_asked_for() -> None:
    assert TranscriptForm(timestamps_granularity="none").words(_SPOKEN) == ()
    words = TranscriptForm(timestamps_granularity="word").words(_SPOKEN)
    assert [word.text for word in words] == ["Hi", " ", "there."]
    assert all(word.characters is None for word in words)
    word = TranscriptForm(timestamps_granularity="character").words(_SPOKEN)[0]
    assert word.characters is not None
    assert [one.text for one in word.characters] == ["H", "i"]


def test_words_have_a_speaker_where_one_is_asked_for_and_in_every_channel() -> None:
    assert TranscriptForm().words(_SPOKEN)[0].speaker_id is None
    assert TranscriptForm(diarize=True).words(_SPOKEN)[0].speaker_id == "speaker_0"
    word = TranscriptForm().words(_SPOKEN, channel=1)[0]
    assert (word.speaker_id, word.channel_index) == ("speaker_1", 1)


def test_other_formats_need_words_even_when_the_answer_has_none() -> None:
    assert not TranscriptForm(timestamps_granularity="none").wants_words
    form = read_transcript_form(
        {"timestamps_granularity": "none", "additional_formats": '[{"format":"srt"}]'}
    )
    assert form.wants_words


@given(
    st.dictionaries(
        st.sampled_from(TranscriptForm.__struct_fields__), st.text() | st.lists(st.text())
    )
)
def test_no_form_breaks(fields: dict[str, object]) -> None:
    with contextlib.suppress(msgspec.ValidationError, InvalidParameter):
        read_transcript_form(fields)
