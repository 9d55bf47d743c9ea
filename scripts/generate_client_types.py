"""Writes the TypeScript client's types of what travels, out of the structs that the server has.

Without arguments it writes clients/js/src/wire.ts anew; a test tells when that is due.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final, Literal, TypeAlias

import msgspec

from vivavoce.testing import events
from vivavoce.wire import contexts, scribe, voices

TARGET: Final = Path(__file__).parents[1] / "clients" / "js" / "src" / "wire.ts"

_Schema: TypeAlias = Mapping[str, Any]

_HEAD: Final = """\
/**
 * What travels, as the server's own code has it. Written by scripts/generate_client_types.py:
 * change the server and run that, not this.
 */
import type { JsonValue } from "./json.js";
"""


class Alignment(msgspec.Struct, forbid_unknown_fields=True):
    """Three lists of equal length; times are ms from the start of the frame's audio."""

    chars: list[str]
    starts: list[int] = msgspec.field(name="charStartTimesMs")
    durations: list[int] = msgspec.field(name="charDurationsMs")


class SpeechFrame(msgspec.Struct, forbid_unknown_fields=True):
    """Speech of a context, in base64; the last frame of a context has `isFinal` and no audio."""

    audio: str | None
    is_final: Literal[True] | None = msgspec.field(name="isFinal")
    context_id_camel: str = msgspec.field(name="contextId")
    context_id: str
    alignment: Alignment | None = None
    normalized: Alignment | None = msgspec.field(default=None, name="normalizedAlignment")


class SpeechError(msgspec.Struct, forbid_unknown_fields=True):
    """What was wrong with what a context, or the connection, was sent."""

    message: str
    error: str
    code: int
    param: str | None = None
    context_id_camel: str | None = msgspec.field(default=None, name="contextId")
    context_id: str | None = None


class FlushDone(
    msgspec.Struct, forbid_unknown_fields=True, tag_field="type", tag="flush_done", kw_only=True
):
    """All that was flushed has been spoken; sent where the query has `flush_done=true`."""

    context_id_camel: str = msgspec.field(name="contextId")
    context_id: str


class SessionGrant(msgspec.Struct, forbid_unknown_fields=True):
    """What a client needs to come back within `window_ms` of a lost socket."""

    id: str
    token: str
    window_ms: int


class SessionGranted(msgspec.Struct, forbid_unknown_fields=True, tag_field="type", tag="session"):
    """The first frame of a session where none of the protocol's own can carry the grant."""

    seq: int
    ack: int
    session: SessionGrant


class SessionResumed(msgspec.Struct, forbid_unknown_fields=True, tag_field="type", tag="session"):
    """The first frame for a client that came back; `ack` is the last that the server has of it."""

    resumed: Literal[True]
    ack: int


class Acknowledged(msgspec.Struct, forbid_unknown_fields=True, tag_field="type", tag="ack"):
    """The last number that its sender has had, of either side."""

    ack: int


class Heartbeat(msgspec.Struct, forbid_unknown_fields=True, tag_field="type", tag="heartbeat"):
    """Answered at once by the same."""

    id: int


# By the names that they are to have.
_STRUCTS: Final[Mapping[str, type[msgspec.Struct]]] = {
    "SessionGranted": SessionGranted,
    "SessionResumed": SessionResumed,
    "Acknowledged": Acknowledged,
    "Heartbeat": Heartbeat,
    "VoiceSettings": voices.ShownSettings,
    "SpeechMessage": contexts.ContextFrame,
    "SpeechFrame": SpeechFrame,
    "SpeechError": SpeechError,
    "FlushDone": FlushDone,
    "TranscriberMessage": scribe._ClientFrame,
    "TranscriberStarted": scribe._SessionStarted,
    "PartialTranscript": scribe._PartialTranscript,
    "CommittedTranscript": scribe._CommittedTranscript,
    "TimedTranscript": scribe._TimedTranscript,
    "TranscriberError": scribe._ScribeError,
    **{shape.kind.__name__: shape.kind for shape in events._SHAPES.values()},
}


def client_types() -> str:
    """The whole file."""
    names = {struct.__name__: name for name, struct in _STRUCTS.items()}
    _, components = msgspec.json.schema_components(
        list(_STRUCTS.values()), schema_hook=_anything, ref_template="{name}"
    )
    shown = {names.get(name, name): schema for name, schema in components.items()}
    parts = [_HEAD, *(_type(name, schema, names) for name, schema in sorted(shown.items()))]
    return "\n".join([*parts, _conversation_frame()])


def _anything(_kind: type) -> dict[str, Any]:
    return {"description": "any JSON"}


def _type(name: str, schema: _Schema, names: Mapping[str, str]) -> str:
    comment = _comment(schema.get("description", ""))
    if "properties" not in schema:
        return "\n".join([*comment, f"export type {name} = {_expression(schema, names)};", ""])
    lines = [*comment, f"export interface {name} {{"]
    required = set(schema.get("required", ()))
    for key, value in schema.get("properties", {}).items():
        mark = "" if key in required else "?"
        lines.append(f"  readonly {_key(key)}{mark}: {_expression(value, names)};")
    return "\n".join([*lines, "}", ""])


def _comment(text: str) -> Iterator[str]:
    lines = [line.strip() for line in text.replace("None", "null").strip().splitlines()]
    if len(lines) == 1:
        yield f"/** {lines[0]} */"
    elif lines:
        yield "/**"
        yield from (f" * {line}".rstrip() for line in lines)
        yield " */"


def _key(key: str) -> str:
    return key if key.isidentifier() else f'"{key}"'


def _expression(schema: _Schema, names: Mapping[str, str]) -> str:
    if "$ref" in schema:
        return names.get(schema["$ref"], schema["$ref"])
    if "anyOf" in schema:
        options = [_expression(option, names) for option in schema["anyOf"]]
        return " | ".join(dict.fromkeys(options))
    if "enum" in schema:
        return " | ".join(msgspec.json.encode(value).decode() for value in schema["enum"])
    if "const" in schema:
        return msgspec.json.encode(schema["const"]).decode()
    return _plain(schema, names)


def _plain(schema: _Schema, names: Mapping[str, str]) -> str:
    match schema.get("type"):
        case "array":
            item = _expression(schema.get("items", {}), names)
            return f"readonly ({item})[]" if " " in item else f"readonly {item}[]"
        case "object":
            value = _expression(schema.get("additionalProperties", {}), names)
            return f"{{ readonly [key: string]: {value} }}"
        case "integer" | "number":
            return "number"
        case "string" | "boolean" | "null" as kind:
            return str(kind)
    return "JsonValue"


def _conversation_frame() -> str:
    """Every event of a conversation under the key that the protocol has for it."""
    frames: Sequence[str] = [
        f'  | {{ readonly type: "{kind}"; readonly {shape.key}: {shape.kind.__name__} }}'
        for kind, shape in events._SHAPES.items()
    ]
    comment = "/** What a server says in a conversation; there may be other types. */"
    return "\n".join([comment, "export type ConversationFrame =", *frames]) + ";\n"


if __name__ == "__main__":
    TARGET.write_text(client_types())
