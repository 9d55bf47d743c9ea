"""What one client does on one socket, from the address it asks for to the way it leaves."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TypeAlias

from hypothesis import strategies as st

from fuzz import odd
from fuzz.houses import DEAF_S, KEY, House, few, nonsense, pauses, queries
from vivavoce.audio.formats import OUTPUT_FORMATS


class Door(StrEnum):
    """The sockets by their paths; `{}` is the segment that names a voice or a model."""

    SPEECH = "/v1/text-to-speech/{}/stream-input"
    CONTEXTS = "/v1/text-to-speech/{}/multi-stream-input"
    DIALOGUE = "/v1/text-to-dialogue/stream-input"
    DIALOGUES = "/v1/text-to-dialogue/multi-stream-input"


class Leave(StrEnum):
    """How a client leaves."""

    END = "says that this was all, and waits for the server to close"
    END_AND_CLOSE = "says that this was all, and closes"
    CLOSE = "closes"
    VANISH = "vanishes"
    BABBLE = "sends what is no frame"


Step: TypeAlias = odd.Frame | int
"""A frame that the client sends, or for how long it waits."""


@dataclass(frozen=True)
class Visit:
    """One connection. All steps of a `proper` one are what the protocol says they should be."""

    door: Door
    segment: str
    query: str
    steps: tuple[Step, ...]
    leave: Leave
    proper: bool = False
    reads: bool = True
    house: House = field(default_factory=House)

    @property
    def sent(self) -> list[Step]:
        """All that the client sends, and its pauses."""
        ends = self.leave in (Leave.END, Leave.END_AND_CLOSE)
        return [*self.steps, _farewell(self.door)] if ends else list(self.steps)

    @property
    def frames(self) -> list[odd.Frame]:
        """All that it says."""
        return [one for one in self.sent if not isinstance(one, int)]


def _farewell(door: Door) -> str:
    match door:
        case Door.SPEECH:
            return '{"text": ""}'
        case Door.DIALOGUE:
            return '{"close_context": true}'
        case _:
            return '{"close_socket": true}'


_flag = st.sampled_from(("true", "false", "1", "TRUE")) | st.text(max_size=4)
_whole = st.integers(-2, 200).map(str) | st.sampled_from(("1", "4294967295", "9" * 30, "1e3", "٣"))
_QUERY: dict[str, st.SearchStrategy[str]] = {
    "output_format": st.sampled_from(("pcm_24000", "pcm_8000", "mp3_44100_128", *OUTPUT_FORMATS))
    | st.sampled_from(("mp3_44100", "wav_16000", "", "pcm_24000 ")),
    "auto_mode": _flag,
    "enable_ssml_parsing": _flag,
    "sync_alignment": _flag,
    "flush_done": _flag,
    "enable_logging": _flag,
    "frames": st.sampled_from(("json", "base64", "binary", "BINARY", "")),
    "alignment_clock": st.sampled_from(("chunk", "context", "wall")),
    "inactivity_timeout": _whole,
    "seed": _whole,
    "optimize_streaming_latency": _whole,
    "language_code": st.sampled_from(("en", "ja", "xx", "en-GB", "")) | st.text(max_size=4),
    "apply_text_normalization": st.sampled_from(("auto", "on", "off", "none")),
    "model_id": st.sampled_from(("eleven_v3", "nobody")) | st.text(max_size=4),
    "voice_id": st.sampled_from(("Orfeo", "nobody")) | st.text(max_size=4),
    "authorization": st.sampled_from((KEY, f"Bearer {KEY}", "wrong")),
    "unheard_of": st.text(max_size=8),
}
_FINE = {
    "output_format": st.sampled_from(("pcm_24000", "pcm_16000", "mp3_22050_32")),
    "auto_mode": st.sampled_from(("true", "false")),
    "sync_alignment": st.sampled_from(("true", "false")),
    "flush_done": st.sampled_from(("true", "false")),
    "alignment_clock": st.sampled_from(("chunk", "context")),
    "apply_text_normalization": st.sampled_from(("auto", "on", "off")),
}

_fine_queries = queries(_FINE, 4)
_odd_queries = st.one_of(queries(_QUERY, 3), queries(_QUERY, 8), nonsense)
_segments = st.one_of(
    st.sampled_from(("Rachel", "vivavoceAllegra00000", "eleven_flash_v2_5", "eleven_v3")),
    st.text(st.characters(codec="utf-8", exclude_characters="/"), min_size=1, max_size=8),
)

_ids = st.sampled_from(("a", "b", "c"))
_proper_settings = st.fixed_dictionaries(
    {}, optional={"stability": st.floats(0, 1), "speed": st.floats(0.7, 1.2)}
)
_manner: dict[str, st.SearchStrategy[odd.Json]] = {
    "voice_settings": _proper_settings | st.none(),
    "generation_config": st.fixed_dictionaries(
        {"chunk_length_schedule": st.lists(st.integers(50, 500), min_size=1, max_size=4)}
    ),
}
_proper_text = st.one_of(odd.said, odd.said, st.just(" "))
_PROPER: dict[Door, st.SearchStrategy[odd.Fields]] = {
    Door.SPEECH: st.fixed_dictionaries(
        {"text": _proper_text},
        optional={"flush": st.booleans(), "try_trigger_generation": st.booleans(), **_manner},
    ),
    Door.CONTEXTS: st.one_of(
        st.fixed_dictionaries(
            {"text": _proper_text | st.just(""), "context_id": _ids},
            optional={"flush": st.booleans(), **_manner},
        ),
        st.fixed_dictionaries({"context_id": _ids}, optional={"flush": st.booleans()}),
        st.fixed_dictionaries({"context_id": _ids, "close_context": st.just(True)}),
    ),
    Door.DIALOGUE: st.fixed_dictionaries(
        {
            "inputs": st.lists(
                st.fixed_dictionaries(
                    {"text": odd.said}, optional={"voice_id": st.sampled_from(("Rachel", "Orfeo"))}
                ),
                min_size=1,
                max_size=3,
            )
        },
        optional={"flush": st.booleans(), "voices": st.just(["Rachel"]), **_manner},
    ),
}
_PROPER[Door.DIALOGUES] = st.one_of(
    st.builds(lambda message, name: {**message, "context_id": name}, _PROPER[Door.DIALOGUE], _ids),
    st.fixed_dictionaries({"context_id": _ids, "keep_alive": st.just(True)}),
    st.fixed_dictionaries({"context_id": _ids, "close_context": st.just(True)}),
)
_KEYS = {
    Door.SPEECH: odd.SPEECH_KEYS,
    Door.CONTEXTS: odd.CONTEXT_KEYS,
    Door.DIALOGUE: odd.DIALOGUE_KEYS,
    Door.DIALOGUES: odd.DIALOGUE_KEYS,
}

_houses = st.one_of(
    st.just(House()),
    st.builds(
        House,
        capacity=few,
        turns=few,
        requests=few,
        characters=st.sampled_from((None, None, 0, 30, 300)),
        max_contexts=st.sampled_from((1, 2, 100)),
        max_pending_characters=st.sampled_from((1, 40, 100_000)),
        delay_s=st.sampled_from((0.0, 0.001)),
        asks_for_key=st.sampled_from((False, False, False, True)),
    ),
)


@st.composite
def proper_visits(draw: st.DrawFn) -> Visit:
    """By clients that keep to the protocol, on a server that has room."""
    door = draw(st.sampled_from(Door))
    said = _PROPER[door].map(json.dumps)
    return Visit(
        door=door,
        segment=draw(st.sampled_from(("Rachel", "nobody"))),
        query=draw(_fine_queries),
        steps=tuple(draw(st.lists(st.one_of(said, said, said, pauses), min_size=1, max_size=10))),
        leave=Leave.END,
        proper=True,
    )


@st.composite
def odd_visits(draw: st.DrawFn) -> Visit:
    """By clients that do not, on a server that may have none."""
    door = draw(st.sampled_from(Door))
    proper = _PROPER[door].map(json.dumps)
    some = odd.fields(_KEYS[door])
    well_typed = st.builds(lambda first, then: json.dumps(first | then), _PROPER[door], some)
    damaged = odd.written(some | _PROPER[door])
    said = draw(
        st.sampled_from(
            (
                st.one_of(proper, proper, well_typed),
                st.one_of(proper, well_typed),
                st.one_of(proper, proper, proper, damaged),
                st.one_of(proper, well_typed, damaged, odd.garbage),
            )
        )
    )
    # Seldom, for the server takes two seconds to give a client up who does not read its goodbye.
    is_deaf = draw(st.integers(0, 99)) == 99
    steps = draw(st.lists(st.one_of(said, said, said, pauses), min_size=1, max_size=10))
    return Visit(
        door=door,
        segment=draw(_segments),
        query=draw(st.one_of(_fine_queries, _fine_queries, _odd_queries)),
        steps=(*steps, draw(pauses)),
        leave=draw(st.sampled_from((Leave.END, Leave.END, *Leave))),
        reads=not is_deaf,
        house=House(send_timeout_s=DEAF_S) if is_deaf else draw(_houses),
    )
