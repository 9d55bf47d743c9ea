"""What the sources of the TypeScript client declare, as far as two clients are compared by it."""

from __future__ import annotations

import re
from collections.abc import Iterator

from tests.clients_js.package import SOURCES

_SRC = SOURCES / "src"
_EXPORT = re.compile(
    r"^export (?:type )?(\{[^}]*\}|\* as \w+|\*) from \"\./(.+)\.js\";", re.MULTILINE
)
_TYPE = re.compile(r"^export (?:class|interface|type) (\w+)", re.MULTILINE)
_FIELD = re.compile(r"^  readonly (\w+)\??:", re.MULTILINE)
_MEMBER = re.compile(
    r"^  (?!constructor|protected|private)(?:async |get |\*)*(?:readonly )?(\w+)[(<:]"
    r"|^  constructor\(readonly (\w+)",
    re.MULTILINE,
)


def exported() -> set[str]:
    """All names that the package gives to those who import it."""
    return set(_exported())


def _exported() -> Iterator[str]:
    for names, module in _EXPORT.findall((_SRC / "index.ts").read_text()):
        if names == "*":
            yield from _TYPE.findall((_SRC / f"{module}.ts").read_text())
        elif names.startswith("* as "):
            yield names.removeprefix("* as ")
        else:
            for name in names.strip("{} \n").rstrip(",").split(","):
                yield name.strip().removeprefix("type ")


def fields(name: str) -> set[str]:
    """The fields of an interface, those of what it extends included."""
    head, inside = _body("interface", name)
    parents = head.partition("extends ")[2].split(",") if "extends " in head else []
    return set(_FIELD.findall(inside)).union(*(fields(parent.strip()) for parent in parents))


def body(name: str) -> str:
    """What an interface says inside its braces."""
    return _body("interface", name)[1]


def members(name: str) -> set[str]:
    """The public methods and properties of a class, those of its base included."""
    head, inside = _body("class|interface", name)
    base = re.search(r"extends (Live)\b", head)
    inherited = members(base[1]) if base else set()
    return {one or other for one, other in _MEMBER.findall(inside)} | inherited


def _body(kind: str, name: str) -> tuple[str, str]:
    declared = re.compile(
        rf"^export (?:abstract )?(?:{kind}) ({name}\b[^{{]*(?:\{{ readonly[^}}]*\}}[^{{]*)?)"
        r"\{\n(.*?)^\}",
        re.MULTILINE | re.DOTALL,
    )
    for path in _SRC.rglob("*.ts"):
        found = declared.search(path.read_text())
        if found and path.name != "wire.ts":
            return found[1], found[2]
    raise AssertionError(f"there is no {kind} {name}")
