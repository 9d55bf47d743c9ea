"""Loaded by real worker processes: fake ears that wait, break and die when they are told to."""

from __future__ import annotations

import os
import time
from pathlib import Path

from vivavoce.engines.base import Heard, HearingRequest
from vivavoce.engines.ears.fake import WORDS, FakeDetector, FakeEars

VOCABULARY = (*WORDS, "wait", "crash", "stumble", "error")


class BreakableEars(FakeEars):
    """`wait` takes until there is a file `go` in `cache_dir`; `crash` ends the process; `stumble`
    does too, but only the first time on this machine; `error` raises. The file `begun` has a line
    for each piece, written when its hearing begins."""

    def __init__(self, cache_dir: Path) -> None:
        super().__init__(VOCABULARY, languages=("en", "tlh"), fail_on="error")
        self._cache_dir = cache_dir

    def hear(self, request: HearingRequest) -> Heard:
        heard = super().hear(request)
        with (self._cache_dir / "begun").open("a") as begun:
            begun.write(heard.text + "\n")
        stumbled = self._cache_dir / "stumbled"
        if "stumble" in heard.text and not stumbled.exists():
            stumbled.touch()
            os._exit(7)
        if "crash" in heard.text:
            os._exit(7)
        while "wait" in heard.text and not (self._cache_dir / "go").exists():
            time.sleep(0.005)
        return heard


class BreakableParts:
    def __init__(self, cache_dir: Path) -> None:
        self._cache_dir = cache_dir

    def ears(self) -> BreakableEars:
        return BreakableEars(self._cache_dir)

    def detector(self) -> FakeDetector:
        return FakeDetector()


def load(cache_dir: Path) -> BreakableParts:
    return BreakableParts(cache_dir)
