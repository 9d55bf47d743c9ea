"""Requests whose bodies are not what their content type says, damaged, or nothing at all."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass

import httpx
from hypothesis import strategies as st

from fuzz import odd
from fuzz.running import FuzzedServer

# What takes longer has hung.
_ANSWERS_WITHIN_S = 30.0

_SPEECH = "/v1/text-to-speech/Rachel"
_DICTIONARIES = "/v1/pronunciation-dictionaries"
_FORM = f"{_DICTIONARIES}/add-from-file"
_OPENAI = "/v1/audio/speech"

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
    path = draw(st.sampled_from((*_KEYS, _FORM, f"{_DICTIONARIES}/x")))
    if path == _FORM:
        return Call("POST", path, "multipart/form-data; boundary=a", draw(_forms()))
    keys = _KEYS.get(path, _RULES)
    well_typed = odd.fields(keys).map(lambda some: _NEEDED | some)
    sent = draw(st.one_of(odd.written(well_typed), odd.written(well_typed), odd.garbage))
    body = sent if isinstance(sent, bytes) else sent.encode()
    method = "PATCH" if path.endswith("/x") else "POST"
    stays = draw(st.sampled_from((True, True, True, False)))
    return Call(method, path, draw(_CONTENT_TYPES), body, stays)


@st.composite
def _forms(draw: st.DrawFn) -> bytes:
    """A form with a PLS file in it, more or less."""
    lexemes = draw(st.lists(st.tuples(odd.texts, odd.texts), max_size=3))
    lexicon = _LEXICON % (
        draw(st.sampled_from(_HEADS)),
        draw(st.sampled_from(_DOCTYPES)),
        draw(st.sampled_from(("ipa", "x-sampa", ""))),
        "".join(_LEXEME % pair for pair in lexemes),
    )
    encoding = draw(st.sampled_from(("utf-8", "utf-8", "utf-16", "latin-1")))
    file = draw(st.sampled_from((lexicon, lexicon, "<a>" * 10_000, ""))).encode(encoding, "replace")
    name = draw(st.sampled_from(('"file"; filename="x.pls"', '"file"', '"file"; filename=""')))
    parts = [
        b'Content-Disposition: form-data; name="name"\r\n\r\n'
        + draw(st.sampled_from((b"n", b"\xff"))),
        b"Content-Disposition: form-data; name=" + name.encode() + b"\r\n\r\n" + file,
    ]
    form = b"".join(b"--a\r\n" + part + b"\r\n" for part in parts) + b"--a--\r\n"
    begin, end = sorted(draw(st.tuples(st.integers(0, len(form)), st.integers(0, 40))))
    return form[:begin] + form[end:] if draw(st.booleans()) else form


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
    assert told["error" if call.path == _OPENAI else "detail"], told
    assert answer.headers["request-id"], answer.headers


def client_of(server: FuzzedServer) -> httpx.Client:
    """For `send`."""
    return httpx.Client(base_url=server.http, timeout=_ANSWERS_WITHIN_S, trust_env=False)
