"""Forms with a file in them, some of them damaged."""

from __future__ import annotations

import json
from collections.abc import Mapping

from hypothesis import strategies as st

from fuzz import odd
from vivavoce.audio.wav import wav_header
from vivavoce.engines.base import EARS_RATE
from vivavoce.engines.ears.fake import FakeEars

BOUNDARY = "a"

_LEXEME = "<lexeme><grapheme>%s</grapheme><alias>%s</alias></lexeme>"
_LEXICON = '<?xml version="1.0"%s?>%s<lexicon version="1.0" alphabet="%s">%s</lexicon>'
_HEADS = (
    "",
    ' encoding="utf-16"',
    ' encoding="nope"',
    ' encoding="shift_jis"',
    ' standalone="yes"',
)
_DOCTYPES = ("", "", '<!DOCTYPE a [<!ENTITY b "c"><!ENTITY d "&b;&b;">]>', "<!--", "<![CDATA[")

_PCM = bytes(EARS_RATE) + FakeEars().sound_of("one two Hello, world.") + bytes(3 * EARS_RATE)
_WAV = wav_header(EARS_RATE, len(_PCM)) + _PCM
_SOUNDS = (_WAV, _WAV, _PCM, wav_header(EARS_RATE, 0), wav_header(EARS_RATE, 9) + _PCM, b"", b"x")

_flag = st.sampled_from(("true", "false", "1", "", "null", "maybe"))
_number = st.sampled_from(("0", "1", "0.5", "-1", "1e999", "nan", "x"))
_FIELDS: Mapping[str, st.SearchStrategy[str]] = {
    "model_id": odd.texts,
    "model": odd.texts,
    "language_code": st.sampled_from(("en", "eng", "de", "", "null", "\0")),
    "language": st.sampled_from(("en", "english", "xx", "")),
    "timestamps_granularity": st.sampled_from(("none", "word", "character", "", "no")),
    "file_format": st.sampled_from(("other", "pcm_s16le_16", "pcm_s16le_16", "")),
    "use_multi_channel": _flag,
    "multichannel_output_style": st.sampled_from(("combined", "separate", "no")),
    "additional_formats": st.sampled_from(
        (
            json.dumps([{"format": "srt"}, {"format": "txt", "include_timestamps": True}]),
            json.dumps({"format": "segmented_json", "max_segment_chars": 1}),
            json.dumps([{"format": "srt", "max_characters_per_line": 1}]),
            *('[{"format": "docx"}]', "[1]", "[", "{", "[]", "srt"),
        )
    ),
    "source_url": st.sampled_from(
        ("http://127.0.0.1:1/", "https://[::1]/", "file:///x", "http://", "http://a b", "null")
    ),
    "keyterms": odd.texts,
    "diarize": _flag,
    "no_verbatim": _flag,
    "seed": _number,
    "temperature": _number,
    "stream": _flag,
    "response_format": st.sampled_from(("json", "text", "srt", "vtt", "verbose_json", "no")),
    "timestamp_granularities[]": st.sampled_from(("word", "segment", "no", "")),
    "include[]": st.sampled_from(("logprobs", "no")),
}


@st.composite
def lexicon_forms(draw: st.DrawFn) -> bytes:
    """One with a PLS file in it, more or less."""
    lexemes = draw(st.lists(st.tuples(odd.texts, odd.texts), max_size=3))
    lexicon = _LEXICON % (
        draw(st.sampled_from(_HEADS)),
        draw(st.sampled_from(_DOCTYPES)),
        draw(st.sampled_from(("ipa", "x-sampa", ""))),
        "".join(_LEXEME % pair for pair in lexemes),
    )
    encoding = draw(st.sampled_from(("utf-8", "utf-8", "utf-16", "latin-1")))
    file = draw(st.sampled_from((lexicon, lexicon, "<a>" * 10_000, ""))).encode(encoding, "replace")
    name = draw(st.sampled_from((b"n", b"\xff")))
    return draw(_damaged([_part('"name"', name), _part(draw(_file_names('"x.pls"')), file)]))


@st.composite
def sound_forms(draw: st.DrawFn) -> bytes:
    """One with a file of sound in it, for either dialect."""
    sound = draw(st.sampled_from(_SOUNDS) | st.binary(max_size=100))
    if draw(st.sampled_from((True, False, False))):
        begin, end = sorted(draw(st.tuples(*[st.integers(0, len(sound))] * 2)))
        sound = sound[:begin] + sound[end:]
    names = draw(st.lists(st.sampled_from(sorted(_FIELDS)), max_size=5))
    parts = [
        _part(f'"{name}"', draw(_FIELDS[name]).encode("utf-8", "surrogatepass")) for name in names
    ]
    parts.insert(draw(st.integers(0, len(parts))), _part(draw(_file_names('"a.wav"')), sound))
    return draw(_damaged(parts))


def _file_names(name: str) -> st.SearchStrategy[str]:
    """What stands behind `name=` in the head of a file."""
    return st.sampled_from(
        (f'"file"; filename={name}', f'"file"; filename={name}', '"file"', '"file"; filename=""')
    )


def _part(name: str, content: bytes) -> bytes:
    return f"Content-Disposition: form-data; name={name}\r\n\r\n".encode() + content


@st.composite
def _damaged(draw: st.DrawFn, parts: list[bytes]) -> bytes:
    """The form of these parts, one in four without some of its bytes."""
    edge = f"--{BOUNDARY}".encode()
    form = b"".join(edge + b"\r\n" + part + b"\r\n" for part in parts) + edge + b"--\r\n"
    if draw(st.sampled_from((True, True, True, False))):
        return form
    begin = draw(st.integers(0, len(form)))
    return form[:begin] + form[begin + draw(st.integers(0, 40)) :]
