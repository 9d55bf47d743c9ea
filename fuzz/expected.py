"""What a client that kept to the protocol must have heard."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from urllib.parse import parse_qsl

from fuzz.odd import Fields
from fuzz.visits import Door, Visit

# Under which the one context of a socket without ids is kept here.
_ONLY = ""

_OPENS = ("inputs", "voices", "voice_settings", "generation_config")


@dataclass
class Heard:
    """What one context said, and how many flushes were reported."""

    text: str = ""
    flushes: int = 0


@dataclass
class Life:
    """What one context was given to speak, how much of that for certain, and how often flushed."""

    given: str = ""
    asked: str = ""
    flushes: int = 0
    has_begun: bool = False
    is_cut_short: bool = False

    def allows(self, heard: Heard) -> bool:
        """Whether this is what it should have said; white space aside."""
        given, asked, said = map(_plain, (self.given, self.asked, heard.text))
        if self.is_cut_short:
            return given.startswith(said) and heard.flushes <= self.flushes
        return given.startswith(said) and said.startswith(asked) and heard.flushes == self.flushes


@dataclass
class _Book:
    ended: defaultdict[str, list[Life]] = field(default_factory=lambda: defaultdict(list))
    open: dict[str, Life] = field(default_factory=dict)

    def close(self, name: str, *, speaks_rest: bool) -> None:
        life = self.open.pop(name)
        if speaks_rest:
            life.asked = life.given
        self.ended[name].append(life)

    def cut_short(self, name: str) -> None:
        """Whoever closes twice wants no more; what has been said by then is nobody's promise."""
        for life in self.ended.get(name, []):
            life.is_cut_short = True


def expected_lives(visit: Visit) -> dict[str, list[Life]]:
    """The lives of each context of a proper visit, in order, under its id."""
    book = _Book()
    query = dict(parse_qsl(visit.query))
    speaks_rest = visit.door is not Door.CONTEXTS or query.get("auto_mode") == "true"
    is_dialogue = visit.door in (Door.DIALOGUE, Door.DIALOGUES)
    reports = is_dialogue or query.get("flush_done") == "true"
    for message in map(json.loads, visit.frames):
        name = message.get("context_id", _ONLY)
        if message.get("close_socket") or _ends_input(visit, message):
            break
        if name not in book.open and _opens(visit, message):
            book.open[name] = Life()
        life = book.open.get(name)
        if life is not None:
            text = _text(message)
            life.given += text
            # The space that opens a context, or keeps it alive, is not to be spoken.
            life.has_begun |= is_dialogue or text not in ("", " ")
            if message.get("flush"):
                life.asked = life.given
                life.flushes += reports and life.has_begun
        if message.get("close_context"):
            if life is None:
                book.cut_short(name)
            else:
                book.close(name, speaks_rest=speaks_rest)
    if visit.door is Door.SPEECH and not book.open:
        book.open[_ONLY] = Life()
    for name in list(book.open):
        book.close(name, speaks_rest=speaks_rest)
    return book.ended


def heard_lives(messages: Sequence[Fields]) -> dict[str, list[Heard]]:
    """What each context said in each of its lives, each of which ends with a final frame."""
    lives: defaultdict[str, list[Heard]] = defaultdict(list)
    heard: defaultdict[str, Heard] = defaultdict(Heard)
    for message in messages:
        name = message.get("context_id", _ONLY)
        if message.get("alignment"):
            heard[name].text += "".join(message["alignment"]["chars"])
        if message.get("type") == "flush_done" or message.get("is_final_audio_for_turn"):
            heard[name].flushes += 1
        if message.get("isFinal") or message.get("is_final"):
            lives[name].append(heard.pop(name, Heard()))
    assert not heard, f"without a final frame: {heard}"
    return lives


def _ends_input(visit: Visit, message: Fields) -> bool:
    if visit.door is Door.SPEECH:
        return bool(message["text"] == "")
    return visit.door is Door.DIALOGUE and bool(message.get("close_context"))


def _opens(visit: Visit, message: Fields) -> bool:
    text_opens = visit.door in (Door.SPEECH, Door.CONTEXTS) and bool(message.get("text"))
    return text_opens or any(message.get(key) for key in _OPENS)


def _text(message: Fields) -> str:
    if "inputs" in message:
        return "".join(one["text"] for one in message["inputs"])
    return str(message.get("text", ""))


def _plain(text: str) -> str:
    return "".join(text.split())
