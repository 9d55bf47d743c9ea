"""Texts, ids and JSON as nobody in their right mind sends them, and some that people do send."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any, TypeAlias, TypeVar

from hypothesis import strategies as st

Json: TypeAlias = Any
Fields: TypeAlias = dict[str, Json]
Frame: TypeAlias = str | bytes
Choice = TypeVar("Choice")

# In which `FakeVoice` breaks.
CURSE = "\N{RADIOACTIVE SIGN}"

DICTIONARY = "d"
"""The one dictionary that a server in memory has."""

_SAID = (
    *("Hello. ", "How are you today, and where? ", "word", "wo", "rd ", "It is 5 o'clock. ", " "),
    *("Dr. ", "Smith paid $3.50. ", "www.example.com", "\n\n", "... ", "No! ", "1,000 ", "(a) "),
)
_ODD = (
    *("<", ">", "<br", 'eak time="1', 's"/>', '<break time="0.1s"/>', "<break/>", "</break>"),
    *('<phoneme alphabet="ipa" ph="x">', "word</phoneme>", "<phoneme", "&lt;", "&#0;", "<!--"),
    *("\x00", "\x07", "\x1b[31m", "\u200b", "\u200d", "\u2028", "\ufeff", "\ufffd", "\uffff"),
    *(
        "一个句子。",
        "ひとつの文。",
        "Ελλάδα. ",
        "مرحبا",
        "שלום",
        "नमस्ते",
        "🎉",
        "👩‍👩‍👧",
        "e\u0301",
    ),
)
_LONG = (
    *("a" * 700, "a b " * 300, ". " * 300, "\u0301" * 200, " " * 500, "<" * 300, "9" * 400),
    *("x" * 2_500, "The cat sat. " * 300, "\U0001f389" * 900),
)


def _one_of(choice: Sequence[Choice]) -> st.SearchStrategy[Choice]:
    """As `sampled_from`, which prints all of them whenever a case fails."""
    return st.integers(0, len(choice) - 1).map(lambda index: choice[index])


said: st.SearchStrategy[str] = st.lists(st.sampled_from(_SAID), min_size=1, max_size=6).map("".join)
"""Text as clients send it, which the voices can speak."""

texts: st.SearchStrategy[str] = st.one_of(
    said,
    st.lists(st.sampled_from((*_SAID, *_ODD)), max_size=6).map("".join),
    st.text(max_size=60),
    st.sampled_from(("", " ", CURSE)),
    _one_of(_LONG),
)

_strings = st.text(max_size=6)
_ids: st.SearchStrategy[Json] = st.one_of(
    _one_of(("a", "b", "a", "b", "c", "", None, 7, -1, 2**63, "\x00", "\ud83d", "a" * 20_000)),
    _strings,
)

numbers: st.SearchStrategy[Json] = st.one_of(
    st.integers(),
    st.floats(),
    st.sampled_from((0, -1, 2**31, 2**63, 2**64, 10**400, 1e308, -0.0, 5e-324)),
)
"""Numbers, of which JSON has more than it is good for."""

values: st.SearchStrategy[Json] = st.recursive(
    st.one_of(
        st.none(),
        st.booleans(),
        numbers,
        texts,
        st.text(st.characters(), max_size=8),  # halves of surrogate pairs as well
        st.sampled_from(("true", "50", "1e999", "-1", "NaN")),
    ),
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=6), inner, max_size=4)
    ),
    max_leaves=8,
)
"""Any JSON."""

_settings: st.SearchStrategy[Json] = st.none() | st.fixed_dictionaries(
    {},
    optional={
        "stability": numbers,
        "speed": numbers | st.sampled_from((0.5, 1.0, 1.2, "1.1")),
        "similarity_boost": values,
        "use_speaker_boost": values,
    },
)
_config: st.SearchStrategy[Json] = st.none() | st.fixed_dictionaries(
    {}, optional={"chunk_length_schedule": st.none() | st.lists(numbers, max_size=5)}
)
_locators: st.SearchStrategy[Json] = st.none() | st.lists(
    st.fixed_dictionaries({"pronunciation_dictionary_id": st.just(DICTIONARY) | _strings}),
    max_size=1,
)
_flag = st.booleans() | st.sampled_from((None, 0, 1, "true", "false"))

SPEECH_KEYS: Mapping[str, st.SearchStrategy[Json]] = {
    "text": texts,
    "flush": _flag,
    "try_trigger_generation": _flag,
    "voice_settings": _settings,
    "generation_config": _config,
    "generator_config": _config,
    "pronunciation_dictionary_locators": _locators,
    "voice_id": _strings | st.sampled_from(("Rachel", "Celeste", "nobody")),
    "xi_api_key": _strings | st.just("key"),
    "xi-api-key": _strings,
    "authorization": st.sampled_from(("Bearer key", "Bearer ", "")),
    "single_use_token": _strings,
}
"""Of all speech sockets, each with what it may be given."""

CONTEXT_KEYS: Mapping[str, st.SearchStrategy[Json]] = {
    **SPEECH_KEYS,
    "context_id": _ids,
    "contextId": _ids,
    "close_context": _flag,
    "close_socket": st.sampled_from((False, False, None, 0, True)),
}
"""Of `multi-stream-input`."""

DIALOGUE_KEYS: Mapping[str, st.SearchStrategy[Json]] = {
    **CONTEXT_KEYS,
    "inputs": st.none()
    | st.lists(
        st.fixed_dictionaries(
            {"text": texts | st.none()},
            optional={"voice_id": _strings | st.sampled_from(("Rachel", "Orfeo"))},
        ),
        max_size=4,
    ),
    "voices": st.none() | st.lists(_strings, max_size=12),
    "keep_alive": _flag,
}
"""Of the `text-to-dialogue` sockets."""


@st.composite
def fields(draw: st.DrawFn, keys: Mapping[str, st.SearchStrategy[Json]]) -> Fields:
    """A few of `keys`, seldom one that nobody knows, or with what does not fit."""
    said = dict(draw(st.sampled_from(({}, {}, {}, {"\ud83d": {}, "audio": [1e400, None]}))))
    has_misfit = draw(st.sampled_from((False, False, False, True)))
    for key in draw(st.lists(st.sampled_from(sorted(keys)), min_size=1, max_size=5, unique=True)):
        said[key] = draw(values if has_misfit else keys[key])
    return said


@st.composite
def written(draw: st.DrawFn, sent: st.SearchStrategy[Json]) -> Frame:
    """What is `sent`, as JSON in a text frame or a binary one, whole or damaged."""
    text = _dumps(draw(sent), ascii_only=draw(st.booleans()))
    damage = draw(st.sampled_from((None, None, None, None, "cut", "insert", "bytes", "wrap")))
    if damage == "cut":
        begin, end = sorted(draw(st.tuples(*[st.integers(0, len(text))] * 2)))
        text = text[:begin] + text[end:]
    elif damage == "insert":
        place = draw(st.integers(0, len(text)))
        text = text[:place] + draw(st.sampled_from(_SHARDS)) + text[place:]
    elif damage == "wrap":
        text = draw(st.sampled_from(_WRAPS)) % text
    elif damage == "bytes":
        data = text.encode()
        return data + draw(st.sampled_from((b"", b"\xff", b"\xed\xa0\xbd", b"\x00")))
    return text


garbage: st.SearchStrategy[Frame] = st.one_of(
    st.text(max_size=20),
    st.binary(max_size=20),
    values.map(lambda value: _dumps(value, ascii_only=True)),
    _one_of(
        (
            *("", "{}", "[]", "null", "{", '{"text":', "NaN", "[" * 50_000, '{"text":' * 20_000),
            *('{"text": "a", "text": ""}', '{"text": 1e999}', '{"a": ' + "9" * 5_000 + "}"),
            *('{"text": "\\ud83d"}', '{"text": "\\ud83d', "\ufeff{}", "'text'", '{"text": "a\nb"}'),
            *(b"\x00", b"\xff\xfe{\x00}\x00", b'{"text": "\xff"}', "[" * 3_000 + '"\\ud83d"'),
        )
    ),
)
"""Frames that have nothing to do with the protocol."""

_SHARDS = ("\x00", '"', "\\", "\\u", "\\ud83d", "{", "}", ",", "1e999", "\ufeff", "\U0001f389")
_WRAPS = ("[%s]", '{"a": %s}', " %s ", '{"text": %s}')


def _dumps(value: Json, *, ascii_only: bool) -> str:
    if not ascii_only:
        text = json.dumps(value, ensure_ascii=False)
        if text.isascii() or _is_encodable(text):
            return text
    return json.dumps(value)


def _is_encodable(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True
