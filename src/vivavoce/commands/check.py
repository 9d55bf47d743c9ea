"""One line of the doctor's report."""

from __future__ import annotations

from typing import Literal

import msgspec


class Check(msgspec.Struct, frozen=True):
    """What was looked at and found; `remedy` says what to do about it."""

    name: str
    state: Literal["ok", "warning", "problem"]
    detail: str
    remedy: str = ""


def ok(name: str, detail: str) -> Check:
    """It works."""
    return Check(name, "ok", detail)


def warning(name: str, detail: str, remedy: str) -> Check:
    """A server runs all the same."""
    return Check(name, "warning", detail, remedy)


def problem(name: str, detail: str, remedy: str) -> Check:
    """A server does not run, or not as its settings say."""
    return Check(name, "problem", detail, remedy)
