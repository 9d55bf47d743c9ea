"""The bottom of a terminal, where something changes while text passes above."""

from __future__ import annotations

from types import TracebackType

from rich.console import Console, RenderableType
from rich.live import Live


class LastLine:
    """Shows one thing at a time; what is printed elsewhere on the terminal needs it hidden.

    A context manager that leaves nothing of it behind. Shows nothing where there is no terminal.
    """

    def __init__(self, console: Console) -> None:
        self._console = console
        self._live: Live | None = None

    @property
    def is_seen(self) -> bool:
        """Whether there is somebody to see it."""
        return self._console.is_terminal and not self._console.is_dumb_terminal

    def show(self, what: RenderableType) -> None:
        """In place of what was shown before."""
        if not self.is_seen:
            return
        if self._live is not None:
            self._live.update(what, refresh=True)
            return
        self._live = Live(
            what,
            console=self._console,
            auto_refresh=False,
            transient=True,
            redirect_stdout=False,
            redirect_stderr=False,
        )
        self._live.start(refresh=True)

    def hide(self) -> None:
        """Until the next `show`."""
        if self._live is not None:
            self._live.stop()
            self._live = None

    def __enter__(self) -> LastLine:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.hide()
