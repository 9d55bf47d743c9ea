from __future__ import annotations

import pytest

from vivavoce.audio.formats import (
    OUTPUT_FORMATS,
    OutputFormat,
    format_names,
    parse_output_format,
)
from vivavoce.errors import UnsupportedFormat

PROTOCOL_NAMES = [
    *("mp3_22050_32", "mp3_24000_48", "mp3_44100_32", "mp3_44100_64"),
    *("mp3_44100_96", "mp3_44100_128", "mp3_44100_192"),
    *("pcm_8000", "pcm_16000", "pcm_22050", "pcm_24000", "pcm_32000", "pcm_44100", "pcm_48000"),
    *("ulaw_8000", "alaw_8000"),
    *("opus_48000_32", "opus_48000_64", "opus_48000_96", "opus_48000_128", "opus_48000_192"),
]


def test_the_table_holds_the_protocols_websocket_formats_and_no_more() -> None:
    assert sorted(OUTPUT_FORMATS) == sorted(PROTOCOL_NAMES)


@pytest.mark.parametrize("name", PROTOCOL_NAMES)
def test_a_format_is_what_its_name_says(name: str) -> None:
    fmt = parse_output_format(name)
    parts = [fmt.codec, str(fmt.sample_rate)]
    if fmt.bitrate_kbps is not None:
        parts.append(str(fmt.bitrate_kbps))
    assert fmt.name == name == "_".join(parts)


def test_mp3_without_a_bit_rate_means_128_kbps() -> None:
    assert parse_output_format("mp3_44100") == OutputFormat("mp3_44100_128", "mp3", 44100, 128)


@pytest.mark.parametrize(
    "name", ["", "mp3", "MP3_44100_128", "pcm_11025", "ulaw_16000", "opus_48000", "flac_44100"]
)
def test_an_unknown_format_is_refused_with_the_list_of_known_ones(name: str) -> None:
    with pytest.raises(UnsupportedFormat) as caught:
        parse_output_format(name)
    assert caught.value.param == "output_format"
    assert all(allowed in str(caught.value) for allowed in [*PROTOCOL_NAMES, "mp3_44100"])


WAV_NAMES = [name.replace("pcm", "wav") for name in PROTOCOL_NAMES if name.startswith("pcm")]


@pytest.mark.parametrize("name", WAV_NAMES)
def test_wav_is_for_answers_that_are_sent_as_a_whole(name: str) -> None:
    with pytest.raises(UnsupportedFormat, match="sent as a whole") as caught:
        parse_output_format(name)
    assert caught.value.param == "output_format"
    assert "pcm_44100" in str(caught.value)
    assert "wav_" not in str(caught.value)
    fmt = parse_output_format(name, wav=True)
    assert (fmt.name, fmt.codec, f"wav_{fmt.sample_rate}") == (name, "wav", name)


def test_where_wav_is_let_in_a_refusal_lists_it() -> None:
    with pytest.raises(UnsupportedFormat) as caught:
        parse_output_format("wav_11025", wav=True)
    assert all(allowed in str(caught.value) for allowed in [*PROTOCOL_NAMES, *WAV_NAMES])


@pytest.mark.parametrize("wav", [False, True])
def test_every_name_that_is_listed_is_a_format(wav: bool) -> None:
    names = format_names(wav=wav)
    assert {"mp3_44100", *PROTOCOL_NAMES, *(WAV_NAMES if wav else ())} == set(names)
    assert [parse_output_format(name, wav=wav) for name in names]


@pytest.mark.parametrize(
    ("name", "media_type"),
    [
        ("mp3_44100_128", "audio/mpeg"),
        ("pcm_24000", "audio/pcm"),
        ("ulaw_8000", "audio/basic"),
        ("alaw_8000", "audio/x-alaw-basic"),
        ("opus_48000_64", "audio/ogg"),
        ("wav_24000", "audio/wav"),
    ],
)
def test_a_format_knows_its_media_type(name: str, media_type: str) -> None:
    assert parse_output_format(name, wav=True).media_type == media_type


def test_a_refusal_repeats_no_more_than_the_start_of_a_long_name() -> None:
    with pytest.raises(UnsupportedFormat) as caught:
        parse_output_format("x" * 10_000)
    assert len(str(caught.value)) < 500
