"""Talks as clients have them, and as nobody in their right mind would."""

from __future__ import annotations

import base64
import json

from hypothesis import strategies as st

from fuzz import odd
from fuzz.houses import DEAF_S, KEY, House, few, nonsense, pauses, queries
from fuzz.sounds import Stretch
from fuzz.talks import Burst, Ending, Parting, Saying, Step, Talk
from vivavoce.audio.inlet import INPUT_FORMATS
from vivavoce.engines.ears.fake import WORDS

_CHUNK = {"message_type": "input_audio_chunk"}

# 2.5 s of silence are more than any strategy waits for.
_SHORT_MS, _LONG_MS = (0, 100), (1_200, 2_500)
_CHUNK_BYTES = st.sampled_from((640, 641, 3_200, 9_999, 50_000, 400_000))
_endings = st.sampled_from((Ending.NONE, Ending.NONE, Ending.COMMIT, Ending.COMMIT_WITHIN))
_words = st.lists(st.sampled_from(WORDS), min_size=1, max_size=4, unique=True).map(tuple)
_proper_saying = st.builds(
    Saying,
    st.one_of(
        st.builds(Stretch, _words, silence_ms=st.sampled_from(_SHORT_MS)),
        st.builds(Stretch, _words, silence_ms=st.sampled_from(_LONG_MS)),
        st.builds(Stretch, silence_ms=st.sampled_from(_LONG_MS)),
        st.just(Stretch()),
    ),
    _CHUNK_BYTES,
    _endings,
)
_formats = st.sampled_from(("pcm_16000", "pcm_16000", *INPUT_FORMATS))
_truth = st.sampled_from(("true", "false"))
_FINE = {
    "audio_format": _formats,
    "commit_strategy": st.sampled_from(("manual", "vad")),
    "vad_silence_threshold_secs": st.sampled_from(("0.3", "0.5", "1")),
    "include_timestamps": _truth,
    "include_language_detection": _truth,
    "language_code": st.sampled_from(("en", "eng", "en-US", "")),
    "model_id": st.sampled_from(("scribe_v2_realtime", "nobody")),
    "enable_logging": _truth,
}

_flag = st.sampled_from(("true", "false", "1", "TRUE", "")) | st.text(max_size=4)
_number = st.one_of(
    st.sampled_from(("0.3", "0.1", "0.9", "3", "50", "250", "2000", "2500", "1e2", "nan", "inf")),
    st.sampled_from(("", "-1", "9" * 40, "0x10", "٣", "1_0", "-0", "1e-320")),
    st.floats().map(str),
)
_QUERY = {
    "audio_format": _formats
    | st.sampled_from(("PCM_16000", "mp3_44100", "pcm_11025", "", "opus", "pcm_16000 ")),
    "commit_strategy": st.sampled_from(("manual", "vad", "VAD", "turn_prediction", "never", "")),
    "vad_silence_threshold_secs": _number,
    "vad_threshold": _number,
    "min_speech_duration_ms": _number,
    "min_silence_duration_ms": _number,
    "include_timestamps": _flag,
    "include_language_detection": _flag,
    "no_verbatim": _flag,
    "filter_background_audio": _flag,
    "enable_logging": _flag,
    "language_code": st.sampled_from(("en", "ENG", "de", "xx-YY", "-")) | st.text(max_size=4),
    "secondary_languages": st.text(max_size=4),
    "model_id": st.text(max_size=4),
    "keyterms": st.text(max_size=6) | st.just("x" * 21),
    "entity_detection": st.sampled_from(("all", "")),
    "transcript_edit": st.sampled_from(("x", "")),
    "token": st.sampled_from((KEY, "wrong")),
    "unheard_of": st.text(max_size=8),
}

_base64 = st.binary(max_size=40).map(lambda data: base64.b64encode(data).decode())
_not_base64 = st.sampled_from(
    (
        "AAA",
        "A",
        "====",
        "AA=A",
        "AA\nAA",
        " AAAA",
        "AAAA=",
        "-_-_",
        "data:,AAAA",
        "ÄÄÄÄ",
        "A" * 4_001,
    )
)
_KEYS = {
    "message_type": st.sampled_from(("input_audio_chunk", "input_audio_chunk", "ping", "", None)),
    "audio_base_64": st.one_of(_base64, _base64, st.none(), _not_base64),
    "audio_base64": _base64 | st.none(),
    "commit": st.sampled_from((True, True, False, None, 0, 1, "true", "false")),
    "sample_rate": odd.numbers,
    "previous_text": odd.texts | st.none(),
    "xi_api_key": st.text(max_size=6),
}
_BURSTS = st.builds(
    Burst,
    st.sampled_from(
        (
            json.dumps({**_CHUNK, "audio_base_64": "", "commit": True}),
            json.dumps({**_CHUNK, "audio_base_64": "", "commit": False}),
            json.dumps({**_CHUNK, "audio_base_64": "AA=="}),
            json.dumps({**_CHUNK, "audio_base_64": "/3//fwCAAID/f/9/AIAAgA==", "commit": True}),
            json.dumps({"message_type": "ping"}),
        )
    ),
    st.sampled_from((2, 20, 20, 400)),
)
_odd_saying = st.builds(
    Saying,
    st.builds(
        Stretch,
        st.lists(st.sampled_from(WORDS), max_size=4).map(tuple),
        noise_ms=st.sampled_from((0, 0, 1, 30, 90, 130, 500, 3_000)),
        silence_ms=st.sampled_from((0, 0, 1, 90, 310, 700, 2_100)),
    ),
    st.sampled_from((640, 3_200, 3_201, 50_000, 10_000_000)),
    _endings,
    st.sampled_from((False, False, False, True)),
    st.sampled_from(
        ({}, {}, {"previous_text": "before"}, {"message_type": None}, {"commit": True})
    ),
)
# Longer than a piece, than a segment, and than a message over a network may be.
_long_saying = st.builds(
    Saying,
    st.builds(
        Stretch,
        st.lists(st.sampled_from(WORDS), max_size=4).map(lambda words: tuple(words) * 20),
        noise_ms=st.sampled_from((0, 16_000, 35_000)),
        silence_ms=st.sampled_from((0, 16_000, 95_000)),
    ),
    st.sampled_from((32_000, 10_000_000)),
    _endings,
)
_houses = st.one_of(
    st.just(House()),
    st.builds(
        House,
        capacity=few,
        turns=few,
        requests=few,
        delay_s=st.sampled_from((0.0, 0.0, 0.001, 0.01)),
        asks_for_key=st.sampled_from((False, False, False, True)),
    ),
)


@st.composite
def proper_talks(draw: st.DrawFn) -> Talk:
    """By clients that keep to the protocol, on a server that has room."""
    steps: st.SearchStrategy[Step] = st.one_of(
        _proper_saying, _proper_saying, _proper_saying, pauses
    )
    return Talk(
        query=draw(queries(_FINE, 5)),
        steps=tuple(draw(st.lists(steps, min_size=1, max_size=8))),
        parting=draw(st.sampled_from((Parting.PATIENT, Parting.CLOSE))),
        proper=True,
        has_time=draw(st.sampled_from((True, True, False))),
        house=House(delay_s=draw(st.sampled_from((0.0, 0.0, 0.001)))),
    )


@st.composite
def odd_talks(draw: st.DrawFn) -> Talk:
    """By clients that do not, on a server that may have none."""
    some = odd.fields(_KEYS).map(lambda fields: _CHUNK | fields)
    well_typed = some.map(json.dumps)
    fine = st.one_of(_proper_saying, _odd_saying)
    said: st.SearchStrategy[Step] = draw(
        st.sampled_from(
            (
                fine,
                st.one_of(fine, fine, pauses, _BURSTS),
                st.one_of(fine, _odd_saying, well_typed, pauses),
                st.one_of(fine, fine, fine, _long_saying),
                st.one_of(fine, fine, well_typed, _BURSTS, odd.written(some), odd.garbage, pauses),
            )
        )
    )
    # Seldom, for the server takes two seconds to give a client up who does not read its goodbye.
    is_deaf = draw(st.integers(0, 99)) == 99
    return Talk(
        query=draw(
            st.one_of(queries(_FINE, 4), queries(_FINE, 4), queries(_FINE | _QUERY, 3), nonsense)
        ),
        steps=(*draw(st.lists(said, min_size=1, max_size=8)), draw(pauses)),
        parting=draw(st.sampled_from((Parting.PATIENT, Parting.PATIENT, *Parting))),
        reads=not is_deaf,
        reading_takes_s=draw(st.sampled_from((0.0, 0.0, 0.0, 0.001))),
        has_time=draw(st.sampled_from((True, True, False))),
        fail_on=draw(st.sampled_from((None, None, None, "Why?"))),
        house=House(send_timeout_s=DEAF_S) if is_deaf else draw(_houses),
    )
