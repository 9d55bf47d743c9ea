"""Loaded by a real worker process: a model that waits, breaks and dies when it is told to."""

from __future__ import annotations

import os
import time
from collections.abc import Sequence
from pathlib import Path

from vivavoce.engines.minds.base import Message, Role
from vivavoce.engines.minds.local_model import ContextFull, Hear, ModelBroke


class BreakableModel:
    """Answers with the user's last message, word by word.

    Of its words, `wait` takes until there is a file `go` beside the model's file; `crash` ends the
    process; `stumble` does too, but only the first time on this machine; `error` raises. More than
    a thousand characters of prompt are too many. The file `asked` has a line for each call.
    """

    def __init__(self, directory: Path) -> None:
        self._directory = directory

    def answer(
        self,
        slot: int,
        messages: Sequence[Message],
        *,
        most_tokens: int,
        temperature: float | None,
        hear: Hear,
    ) -> int:
        said = ""
        if messages[-1].role is Role.ASSISTANT:
            said = messages[-1].text
            messages = messages[:-1]
        self._note(f"answer {slot} {messages[-1].text}")
        self._refuse_much(messages)
        for word in messages[-1].text.removeprefix(said).split():
            if self._is_stopped_over(word, hear) or hear(f"{word} "):
                return 0
        return most_tokens

    def read(self, slot: int, messages: Sequence[Message], *, hear: Hear) -> int:
        self._note(f"read {slot} {messages[-1].text}")
        self._refuse_much(messages)
        for word in messages[-1].text.split():
            if self._is_stopped_over(word, hear):
                self._note(f"stopped {slot} {messages[-1].text}")
                return 0
        self._note(f"has read {slot} {messages[-1].text}")
        return 0

    def _is_stopped_over(self, word: str, hear: Hear) -> bool:
        stumbled = self._directory / "stumbled"
        if word == "stumble" and not stumbled.exists():
            stumbled.touch()
            os._exit(7)
        if word == "crash":
            os._exit(7)
        if word == "error":
            raise ModelBroke(word)
        while word == "wait" and not (self._directory / "go").exists():
            if hear(""):
                return True
            time.sleep(0.005)
        return False

    def _refuse_much(self, messages: Sequence[Message]) -> None:
        if (characters := sum(len(one.text) for one in messages)) > 1_000:
            raise ContextFull(characters * 2)

    def _note(self, line: str) -> None:
        with (self._directory / "asked").open("a") as asked:
            asked.write(line.replace("\n", " ") + "\n")


def load(model_file: Path, slots: int) -> BreakableModel:
    if model_file.read_text() == "not a model":
        raise RuntimeError("this is not a model")
    return BreakableModel(model_file.parent)
