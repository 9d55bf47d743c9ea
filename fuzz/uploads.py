"""Forms with a file of sound in them, more or less, and clients that do not wait."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TypeVar

import httpx
from hypothesis import strategies as st

from fuzz.lures import Lure, Trap, lures, urls
from fuzz.media import NoSound, Sound, damaged_sounds, no_sounds, sounds

SCRIBE, OPENAI = "/v1/speech-to-text", "/v1/audio/transcriptions"

Choice = TypeVar("Choice")

Fields = tuple[tuple[str, str], ...]

_BOUNDARY = b"b"
_URL_FIELDS = ("source_url", "cloud_storage_url")

_truth = st.sampled_from(("true", "false"))
_exports = st.lists(
    st.fixed_dictionaries(
        {"format": st.sampled_from(("txt", "srt", "segmented_json"))},
        optional={"max_segment_chars": st.integers(1, 99), "include_timestamps": st.booleans()},
    ),
    max_size=3,
).map(json.dumps)
_FINE: Mapping[str, Mapping[str, st.SearchStrategy[str]]] = {
    SCRIBE: {
        "model_id": st.just("scribe_v2"),
        "language_code": st.sampled_from(("en", "eng", "")),
        "timestamps_granularity": st.sampled_from(("none", "word", "character")),
        "diarize": _truth,
        "tag_audio_events": _truth,
        "use_multi_channel": _truth,
        "additional_formats": _exports,
        "file_format": st.just("other"),
        "temperature": st.just("0.5"),
        "seed": st.just("7"),
        "keyterms": st.just("vivavoce"),
        "num_speakers": st.just("2"),
    },
    OPENAI: {
        "model": st.just("whisper-1"),
        "language": st.sampled_from(("en", "")),
        "response_format": st.sampled_from(("json", "text", "srt", "vtt", "verbose_json")),
        "timestamp_granularities[]": st.sampled_from(("word", "segment")),
        "include[]": st.just("logprobs"),
        "stream": _truth,
        "prompt": st.just("before"),
        "temperature": st.just("0"),
        "chunking_strategy": st.just("auto"),
    },
}
_odd_values = st.one_of(
    st.sampled_from(("", "null", "true", "-1", "1e999", "nan", "0", "[]", "{}", '"', "[" * 9_999)),
    st.sampled_from(
        ("de", "xx-YY", "pcm_s16le_16", "docx", "diarized_json", "9" * 5_000, "[1, {}]")
    ),
    st.sampled_from(
        ('[{"format": "pdf"}]', '{"format": "txt"}', '["word", "segment"]', "combined")
    ),
    st.text(max_size=8),
)
_ODD_NAMES = (
    *("multichannel_output_style", "no_verbatim", "webhook", "entity_detection", "file_format"),
    *("transcript_edit", "unheard_of", "additional_formats[0]", "additional_formats[format]", ""),
    *(
        "diarization_threshold",
        "numbers_format",
        "languages[]",
        "known_speaker_names",
        "enable_logging",
    ),
)


@dataclass(frozen=True)
class Upload:
    """One request. With `sent` the client leaves behind so much of the form, from 0 to 1.

    One that does not `wait` leaves when it has sent everything. All of a `proper` one is as the
    protocol has it.
    """

    path: str
    fields: Fields
    media: Sound | Lure | NoSound | None
    filename: str = "a.wav"
    damage: tuple[int, int] | None = None
    content_type: str = "multipart/form-data; boundary=b"
    sent: float | None = None
    waits: bool = True
    proper: bool = False

    @property
    def is_whole(self) -> bool:
        """Whether the client is there for the answer."""
        return self.sent is None and self.waits

    def last(self, name: str) -> str | None:
        """The value of a field, None where it is not given."""
        return next((value for key, value in reversed(self.fields) if key == name and value), None)

    def form(self, trap: Trap) -> bytes:
        """As it is sent."""
        parts = [_text_part(name, _text(name, value, trap)) for name, value in self.fields]
        if self.media is not None:
            media = self.media
            data = trap.file(media) if isinstance(media, Lure) else media.data()
            parts.insert(len(parts) // 2, _file_part(self.filename, data))
        form = b"".join(parts) + b"--" + _BOUNDARY + b"--\r\n"
        begin, end = self.damage or (0, 0)
        return form[:begin] + form[end:]


def _text(name: str, value: str, trap: Trap) -> str:
    return trap.url(value) if name in _URL_FIELDS else value


def _text_part(name: str, value: str) -> bytes:
    head = f'--b\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'
    return head.encode("utf-8", "surrogatepass")


def _file_part(filename: str, data: bytes) -> bytes:
    head = f'--b\r\nContent-Disposition: form-data; name="file"; filename="{filename}"\r\n'
    return head.encode() + b"Content-Type: audio/wav\r\n\r\n" + data + b"\r\n"


@st.composite
def _fine_fields(draw: st.DrawFn, path: str) -> Fields:
    names = draw(st.lists(st.sampled_from(sorted(_FINE[path])), max_size=5, unique=True))
    return tuple((name, draw(_FINE[path][name])) for name in names)


@st.composite
def _odd_fields(draw: st.DrawFn, path: str) -> Fields:
    names = st.sampled_from((*_FINE[path], *_ODD_NAMES))
    odd = draw(st.lists(st.tuples(names, _odd_values), max_size=3))
    led = draw(st.lists(st.tuples(st.sampled_from(_URL_FIELDS), urls), max_size=1))
    return (*draw(_fine_fields(path)), *odd, *led)


def _seldom(some: st.SearchStrategy[Choice]) -> st.SearchStrategy[Choice | None]:
    return st.one_of(*[st.none()] * 5, some)


_paths = st.sampled_from((SCRIBE, OPENAI))


@st.composite
def proper_uploads(draw: st.DrawFn) -> Upload:
    """By clients that keep to the protocol."""
    path = draw(_paths)
    return Upload(path, draw(_fine_fields(path)), draw(sounds), proper=True)


@st.composite
def odd_uploads(draw: st.DrawFn) -> Upload:
    """By clients that do not."""
    path = draw(_paths)
    media = draw(st.one_of(sounds, *[damaged_sounds] * 4, lures, lures, no_sounds, st.none()))
    return Upload(
        path,
        draw(st.one_of(_fine_fields(path), _fine_fields(path), _odd_fields(path))),
        media,
        filename=draw(st.sampled_from(("a.wav", "a.mp3", "a.m3u8", "", "é.txt", "a" * 5_000))),
        damage=draw(_seldom(st.tuples(st.integers(0, 600), st.integers(0, 600)))),
        content_type=draw(st.sampled_from(_CONTENT_TYPES)),
        sent=draw(_seldom(st.floats(0, 1))),
        waits=draw(st.sampled_from((True, True, True, True, False))),
    )


_CONTENT_TYPES = (
    *["multipart/form-data; boundary=b"] * 12,
    *("multipart/form-data", "multipart/form-data; boundary=", "multipart/form-data; boundary=c"),
    *(
        "application/json",
        "multipart/mixed; boundary=b",
        f"multipart/form-data; boundary={'b' * 999}",
    ),
)


class _Left(Exception):
    """The client has had enough."""


def send_upload(upload: Upload, client: httpx.Client, trap: Trap) -> httpx.Response | None:
    """The answer, None if the client did not wait for it. Raises httpx.HTTPError."""
    form = upload.form(trap)
    headers = {"content-type": upload.content_type, "content-length": str(len(form))}
    timeout = client.timeout if upload.waits else httpx.Timeout(30.0, read=0.003)
    try:
        answer = client.post(
            upload.path, content=_sent(form, upload.sent), headers=headers, timeout=timeout
        )
    except (_Left, httpx.ReadTimeout):
        if upload.is_whole:
            raise
        return None
    return answer if upload.is_whole else None


def _sent(form: bytes, part: float | None) -> Iterator[bytes]:
    yield form if part is None else form[: int(part * len(form))]
    if part is not None:
        raise _Left
