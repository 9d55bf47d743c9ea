"""Requests whose bodies are not what their content type says, damaged, or nothing at all."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass

import httpx
from hypothesis import strategies as st

from fuzz import odd
from fuzz.forms import BOUNDARY, lexicon_forms, sound_forms
from fuzz.running import FuzzedServer

# What takes longer has hung.
_ANSWERS_WITHIN_S = 30.0

_SPEECH = "/v1/text-to-speech/Rachel"
_DICTIONARIES = "/v1/pronunciation-dictionaries"
_OPENAI = "/v1/audio/speech"
_OPENAI_TRANSCRIPT = "/v1/audio/transcriptions"
_FORMS: Mapping[str, st.SearchStrategy[bytes]] = {
    f"{_DICTIONARIES}/add-from-file": lexicon_forms(),
    "/v1/speech-to-text": sound_forms(),
    _OPENAI_TRANSCRIPT: sound_forms(),
}

_strings = st.text(max_size=8)
_rule = st.fixed_dictionaries(
    {"type": st.sampled_from(("alias", "phoneme", "no")), "string_to_replace": odd.texts},
    optional={"alias": odd.texts, "phoneme": odd.texts, "alphabet": st.sampled_from(("ipa", "x"))},
)
_RULES: Mapping[str, st.SearchStrategy[odd.Json]] = {
    "name": _strings,
    "rules": st.lists(_rule, max_size=3),
    "rule_strings": st.lists(_strings, max_size=3),
    "description": _strings | st.none(),
    "archived": st.booleans(),
}
_KEYS: Mapping[str, Mapping[str, st.SearchStrategy[odd.Json]]] = {
    **{
        _SPEECH + path: {
            "text": odd.texts,
            "voice_settings": odd.SPEECH_KEYS["voice_settings"],
            "pronunciation_dictionary_locators": odd.SPEECH_KEYS[
                "pronunciation_dictionary_locators"
            ],
            "seed": odd.numbers,
            "language_code": st.sampled_from(("en", "ja", "", "xx")),
            "next_text": odd.texts,
            "apply_text_normalization": st.sampled_from(("on", "off", "auto", None)),
        }
        for path in ("", "/stream", "/with-timestamps", "/stream/with-timestamps")
    },
    _OPENAI: {
        "input": odd.texts,
        "voice": st.sampled_from(("alloy", None, {"id": "Rachel"}, {}, "nobody")),
        "response_format": st.sampled_from(("mp3", "wav", "pcm", "opus", "aac", "flac", "ogg")),
        "speed": odd.numbers,
        "stream_format": st.sampled_from(("audio", "sse", None)),
    },
    **{
        _DICTIONARIES + path: _RULES
        for path in ("/add-from-rules", "/x/add-rules", "/x/set-rules", "/x/remove-rules")
    },
}
_NEEDED = {"text": "Hello. ", "input": "Hello. ", "name": "n", "rules": [], "rule_strings": []}

_CONTENT_TYPES = st.sampled_from(
    (
        *("application/json", "application/json", "text/plain", "", "application/msgpack", "/"),
        *("application/json; charset=utf-16", "multipart/form-data", "application/xml", ";=;"),
        *("multipart/form-data; boundary=a", "application/x-www-form-urlencoded"),
    )
)


@dataclass(frozen=True)
class Call:
    """One request; who does not `stay` leaves at the first bytes of the answer."""

    method: str
    path: str
    content_type: str
    body: bytes
    stays: bool = True


@st.composite
def calls(draw: st.DrawFn) -> Call:
    """Requests with a body, to every path that takes one."""
    path = draw(st.sampled_from((*_KEYS, *_FORMS, f"{_DICTIONARIES}/x")))
    stays = draw(st.sampled_from((True, True, True, False)))
    if path in _FORMS:
        kind = f"multipart/form-data; boundary={BOUNDARY}"
        return Call("POST", path, kind, draw(_FORMS[path]), stays)
    keys = _KEYS.get(path, _RULES)
    well_typed = odd.fields(keys).map(lambda some: _NEEDED | some)
    sent = draw(st.one_of(odd.written(well_typed), odd.written(well_typed), odd.garbage))
    body = sent if isinstance(sent, bytes) else sent.encode()
    method = "PATCH" if path.endswith("/x") else "POST"
    return Call(method, path, draw(_CONTENT_TYPES), body, stays)


def send(call: Call, client: httpx.Client) -> None:
    """Sends it and looks at the answer. Raises AssertionError or httpx.HTTPError."""
    headers = {"content-type": call.content_type}
    with client.stream(call.method, call.path, content=call.body, headers=headers) as answer:
        if not call.stays:
            next(answer.iter_raw(), None)
            return
        answer.read()
    _judge(call, answer)


def _judge(call: Call, answer: httpx.Response) -> None:
    assert answer.status_code < 500, f"{answer.status_code}: {answer.text}"
    if answer.status_code < 400:
        return
    told = json.loads(answer.content)
    assert answer.headers["content-type"] == "application/json", answer.headers
    assert told["error" if call.path in (_OPENAI, _OPENAI_TRANSCRIPT) else "detail"], told
    assert answer.headers["request-id"], answer.headers


def client_of(server: FuzzedServer) -> httpx.Client:
    """For `send`."""
    return httpx.Client(base_url=server.http, timeout=_ANSWERS_WITHIN_S, trust_env=False)
