"""How far a long piece of work has come, on stderr."""

from __future__ import annotations

import time

from rich.progress_bar import ProgressBar
from rich.table import Table
from rich.text import Text

from vivavoce.commands.last_line import LastLine

_BAR_WIDTH = 30


class HearingProgress:
    """Of one file; `duration_s` is None where it is not known before the end."""

    def __init__(self, name: str, duration_s: float | None, last_line: LastLine) -> None:
        self.sound_s = 0.0
        self._name = name
        self._duration_s = duration_s
        self._last_line = last_line
        self._began = time.monotonic()
        self._show()

    def advance(self, sound_s: float) -> None:
        """So many seconds of sound have been written down."""
        self.sound_s = sound_s
        self._show()

    def summary(self, *, has_speech: bool, is_damaged: bool) -> str:
        """What has been done in words, once it is over."""
        took_s = time.monotonic() - self._began
        damage = ", some of which could not be read" if is_damaged else ""
        speech = "" if has_speech else ", in which nothing is said"
        return (
            f"{self._name}: {self.sound_s:.1f} s of sound{damage}{speech}, in {took_s:.1f} s, "
            f"{self._pace(took_s):.0f} times as fast as it is heard"
        )

    def _show(self) -> None:
        row = Table.grid(padding=(0, 1))
        row.add_row(
            Text(self._name, style="bold", overflow="ellipsis", no_wrap=True),
            ProgressBar(self._duration_s, self.sound_s, width=_BAR_WIDTH),
            Text(self._done(), no_wrap=True),
        )
        self._last_line.show(row)

    def _done(self) -> str:
        done = clock(self.sound_s)
        if self._duration_s is not None:
            done += f" of {clock(self._duration_s)}"
        pace = self._pace(time.monotonic() - self._began)
        return f"{done}, {pace:.0f}x" if self.sound_s else done

    def _pace(self, took_s: float) -> float:
        return self.sound_s / max(took_s, 0.001)


def clock(seconds: float) -> str:
    """As hours, minutes and seconds, as far as there are any."""
    minutes, rest = divmod(int(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"
