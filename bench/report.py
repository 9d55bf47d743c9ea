"""Figures as a table, for the terminal and for documentation."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence

from rich.console import Console
from rich.table import Table

from bench.figures import Bar, Figure, Mark, Report, shown

_COLUMNS = ("Figure", "Measured", "Raw engine", "Must", "Aim", "")
_STYLES = {Mark.AIM: "green", Mark.MUST: "yellow", Mark.MISSED: "bold red"}


def print_table(reports: Sequence[Report], description: str) -> None:
    """For a terminal."""
    table = Table(*_COLUMNS, title=description, title_justify="left")
    for figure in _figures(reports):
        *cells, mark = _row(figure)
        table.add_row(*cells, f"[{_STYLES[figure.mark]}]{mark}[/]")
    console = Console()
    console.print(table)
    for note in _notes(reports):
        console.print(f"- {note}", markup=False, highlight=False)


def print_markdown(reports: Sequence[Report], description: str) -> None:
    """For docs/performance.md."""
    print(f"{description}.\n")
    print(_markdown_row(_COLUMNS))
    print(_markdown_row(["---"] * len(_COLUMNS)))
    for figure in _figures(reports):
        print(_markdown_row(_row(figure)))
    print()
    for note in _notes(reports):
        print(textwrap.fill(f"- {note}.", 100, subsequent_indent="  ", break_on_hyphens=False))


def _figures(reports: Sequence[Report]) -> list[Figure]:
    return [figure for report in reports for figure in report.figures]


def _notes(reports: Sequence[Report]) -> list[str]:
    return [note.removesuffix(".") for report in reports for note in report.notes]


def _row(figure: Figure) -> list[str]:
    bar, unit = figure.bar, figure.unit
    aim = "" if bar.aim is None else _bar(bar, bar.aim, unit)
    measured = shown(figure.value, unit)
    return [figure.name, measured, figure.raw, _bar(bar, bar.must, unit), aim, figure.mark.value]


def _bar(bar: Bar, value: float, unit: str) -> str:
    return f"{'≥' if bar.at_least else '≤'} {shown(value, unit)}"


def _markdown_row(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"
