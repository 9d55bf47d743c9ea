"""Files of rules."""

from __future__ import annotations

from pathlib import Path

import pytest

from vivavoce.engines.minds.script import Script, load_script
from vivavoce.errors import ConfigError
from vivavoce.wire.rules import Rule

_TOML = """
otherwise = "I can only tell the time."

[[rules]]
when = "hello"
say = ["Hi!", "Hello again."]

[[rules]]
when = "what time is it in (.+)"
tool = "clock"
parameters = { place = "{1}" }
then = "It is {result} in {1}."
"""
_JSON = """
{"otherwise": "I can only tell the time.", "rules": [
  {"when": "hello", "say": ["Hi!", "Hello again."]},
  {"when": "what time is it in (.+)", "tool": "clock", "parameters": {"place": "{1}"},
   "then": "It is {result} in {1}."}]}
"""


@pytest.mark.parametrize(("name", "text"), [("a.toml", _TOML), ("a", _TOML), ("a.JSON", _JSON)])
def test_a_script_is_toml_or_json(tmp_path: Path, name: str, text: str) -> None:
    (tmp_path / name).write_text(text, encoding="utf-8")
    assert load_script(tmp_path / name) == Script(
        (
            Rule(when="hello", say=("Hi!", "Hello again.")),
            Rule(
                when="what time is it in (.+)",
                tool="clock",
                parameters={"place": "{1}"},
                then="It is {result} in {1}.",
            ),
        ),
        "I can only tell the time.",
    )


def test_a_script_without_rules_says_what_it_heard(tmp_path: Path) -> None:
    (tmp_path / "empty.toml").write_text("", encoding="utf-8")
    assert load_script(tmp_path / "empty.toml") == Script((), "You said: {0}")


@pytest.mark.parametrize(
    ("name", "text", "told"),
    [
        ("a.toml", "rules = [\nx", "line 2"),
        ("a.json", '{"rules": [\n,', "line 2"),
        ("a.json", "[]", "not a table"),
        ("a.toml", "rules = 5", "[[rules]]"),
        ("a.toml", "rules = [5]", "rule 1: not a table"),
        ("a.toml", "rule = []", "did you mean rules?"),
        ("a.toml", "otherwise = 5", "otherwise must be text"),
        ("a.toml", '[[rules]]\nwhen = "a"\nsays = "b"', "rule 1: nothing is called says; did"),
        ("a.toml", '[[rules]]\nsay = "b"', "rule 1: "),
        ("a.toml", '[[rules]]\nwhen = "a"\nsay = 5', "rule 1: "),
        ("a.toml", '[[rules]]\nwhen = "("\nsay = "b"', "rule 1 (when '('): not a regular"),
    ],
)
def test_what_is_wrong_is_told_with_its_place(
    tmp_path: Path, name: str, text: str, told: str
) -> None:
    (tmp_path / name).write_text(text, encoding="utf-8")
    with pytest.raises(ConfigError) as refused:
        load_script(tmp_path / name)
    assert str(refused.value).startswith(str(tmp_path / name))
    assert told in str(refused.value)


def test_a_file_that_cannot_be_read_is_told(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="cannot be read"):
        load_script(tmp_path / "none.toml")
    (tmp_path / "bytes.toml").write_bytes(b"\xff")
    with pytest.raises(ConfigError, match="not a script"):
        load_script(tmp_path / "bytes.toml")
