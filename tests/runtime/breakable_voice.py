"""Loaded by real worker processes: a fake voice that takes its process down when told to."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

from vivavoce.engines.base import SpeechBlock, SpeechRequest
from vivavoce.engines.voices.fake import FakeVoice


class BreakableVoice(FakeVoice):
    """`crash` ends the process before any block; `stumble` after the second block, but only the
    first time on this machine (a file in `cache_dir` remembers); `error` raises."""

    def __init__(self, cache_dir: Path) -> None:
        super().__init__(words_per_block=1, block_delay_s=0.005, fail_on="error")
        self._stumbled = cache_dir / "stumbled"

    def speak(self, request: SpeechRequest) -> Iterator[SpeechBlock]:
        if "crash" in request.text:
            os._exit(7)
        for index, block in enumerate(super().speak(request)):
            if index == 2 and "stumble" in request.text and not self._stumbled.exists():
                self._stumbled.touch()
                os._exit(7)
            yield block


class BreakableParts:
    def __init__(self, cache_dir: Path) -> None:
        self._cache_dir = cache_dir

    def engine(self) -> BreakableVoice:
        return BreakableVoice(self._cache_dir)


def load(cache_dir: Path) -> BreakableParts:
    if (cache_dir / "does-not-load").exists():
        raise RuntimeError("told not to load")
    return BreakableParts(cache_dir)
