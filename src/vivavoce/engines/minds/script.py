"""Files of rules: the setting `mind_script`."""

from __future__ import annotations

import difflib
import json
import tomllib
from collections.abc import Mapping
from pathlib import Path

import msgspec

from vivavoce.engines.minds.rules import check_rules
from vivavoce.errors import ConfigError
from vivavoce.wire.rules import Rule

_RULE_KEYS = tuple(field.name for field in msgspec.structs.fields(Rule))
_SCRIPT_KEYS = ("rules", "otherwise")


class Script(msgspec.Struct, frozen=True):
    """Rules, and what is said where none of them matches, with `{0}` the caller's words."""

    rules: tuple[Rule, ...] = ()
    otherwise: str = "You said: {0}"


def load_script(path: Path) -> Script:
    """A script from a file: TOML with a table `[[rules]]` for each, or JSON of the same shape.

    Raises ConfigError with the line, or the number of the rule, that is wrong.
    """
    try:
        text = path.read_text(encoding="utf-8")
        table = json.loads(text) if path.suffix.lower() == ".json" else tomllib.loads(text)
    except OSError as error:
        raise ConfigError(f"{path}: cannot be read: {error.strerror}") from error
    except (ValueError, RecursionError) as error:
        raise ConfigError(f"{path}: not a script: {error}") from error
    try:
        return _script(table)
    except ConfigError as error:
        raise ConfigError(f"{path}: {error}") from None


def _script(table: object) -> Script:
    if not isinstance(table, Mapping):
        raise ConfigError("not a table of rules")
    _check_keys(table, _SCRIPT_KEYS, "")
    entries = table.get("rules", [])
    if not isinstance(entries, list):
        raise ConfigError("rules must be a list; in TOML, each begins with [[rules]]")
    rules = tuple(_rule(entry, f"rule {number}: ") for number, entry in enumerate(entries, 1))
    if complaints := check_rules(rules):
        raise ConfigError("; ".join(complaints))
    otherwise = table.get("otherwise", Script().otherwise)
    if not isinstance(otherwise, str):
        raise ConfigError("otherwise must be text")
    return Script(rules, otherwise)


def _rule(entry: object, where: str) -> Rule:
    if not isinstance(entry, Mapping):
        raise ConfigError(f"{where}not a table")
    _check_keys(entry, _RULE_KEYS, where)
    try:
        return msgspec.convert(entry, Rule)
    except msgspec.ValidationError as error:
        raise ConfigError(f"{where}{error}") from None


def _check_keys(table: Mapping[str, object], known: tuple[str, ...], where: str) -> None:
    for key in table:
        if key not in known:
            near = difflib.get_close_matches(key, known, n=1)
            hint = f"did you mean {near[0]}?" if near else f"there are {', '.join(known)}"
            raise ConfigError(f"{where}nothing is called {key}; {hint}")
