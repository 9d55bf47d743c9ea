"""What a listener is still owed: the two clients are to have one opinion about it."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from tests.clients_js.package import Installed
from vivavoce.clients.spoken_text import SpokenText

_CASES = 3_000
_WORDS = (
    *("a", "Hello", "don\u2019t", "well-known", "3.14", "12:30", "Stra\u00dfe", "HELLO", "x" * 40),
    *("\u4f60\u597d\u4e16\u754c", "\u3053\u3093", "\U00020000", "\U0001f600", "cafe\u0301"),
    *(
        "<b>",
        "</b>",
        '<break time="1s"/>',
        '<phoneme ph="x">word</phoneme>',
        "<",
        "42",
        "-",
        "\u2026",
    ),
)
_BETWEEN = (" ", " ", " ", "  ", ", ", ". ", "! ", "\n", "")
_READ_AS = ("forty two", "hello", "", "strasse", "a")


class Case(NamedTuple):
    said: Sequence[tuple[str, bool]]
    heard: Sequence[str]
    confirmed: int


def cases(seed: int) -> Iterator[Case]:
    """Texts in pieces, of which a part is heard, sometimes read otherwise than written."""
    chance = random.Random(seed)
    for _ in range(_CASES):
        pieces = [
            "".join(
                chance.choice(_WORDS) + chance.choice(_BETWEEN)
                for _ in range(chance.randrange(1, 12))
            )
            for _ in range(chance.randrange(1, 4))
        ]
        heard = "".join(pieces)[: chance.randrange(80)]
        if chance.random() < 0.3:
            heard = heard.replace("42", chance.choice(_READ_AS)).replace("  ", " ")
        if chance.random() < 0.1:
            heard += chance.choice(_READ_AS)
        cut = chance.randrange(len(heard) + 1)
        said = [(piece, chance.random() < 0.4) for piece in pieces]
        yield Case(said, (heard[:cut], heard[cut:]), int(chance.random() < 0.1))


def owed(case: Case) -> list[list[object]]:
    spoken = SpokenText()
    for text, flush in case.said:
        spoken.say(text)
        if flush:
            spoken.flush()
    for chars in case.heard:
        spoken.heard(chars)
    for _ in range(case.confirmed):
        spoken.flushed()
    return [[piece.text, piece.flush] for piece in spoken.rest()]


def test_the_same_is_owed_in_python_and_in_typescript(installed: Installed, tmp_path: Path) -> None:
    tried = list(cases(seed=17))
    file = tmp_path / "cases.json"
    file.write_text(json.dumps([case._asdict() for case in tried]))
    in_typescript = json.loads(installed.run("spoken_text.mjs", str(file)).splitlines()[-1])
    in_python = [owed(case) for case in tried]
    assert any(in_python)
    differing = [
        (case, python, typescript)
        for case, python, typescript in zip(tried, in_python, in_typescript, strict=True)
        if python != typescript
    ]
    assert not differing, (len(differing), differing[0])
