from __future__ import annotations

from pathlib import Path

import pytest

from vivavoce.commands.agent_body import agent_body
from vivavoce.commands.failures import CommandFailed


def body(file: Path | None = None, **options: str | None) -> dict[str, object]:
    named = dict.fromkeys(("name", "prompt", "first_message", "voice", "language"))
    return agent_body(file, **(named | options))


def test_what_was_not_given_is_not_there() -> None:
    assert body() == {}
    assert body(first_message="") == {"conversation_config": {"agent": {"first_message": ""}}}


def test_every_option_stands_where_rest_has_it() -> None:
    assert body(name="Ann", prompt="Be kind.", first_message="Hi.", voice="v", language="de") == {
        "name": "Ann",
        "conversation_config": {
            "agent": {"first_message": "Hi.", "language": "de", "prompt": {"prompt": "Be kind."}},
            "tts": {"voice_id": "v"},
        },
    }


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("a.json", '{"tags": ["x"], "conversation_config": {"agent": {"language": "en"}}}'),
        ("a.toml", 'tags = ["x"]\n[conversation_config.agent]\nlanguage = "en"\n'),
    ],
)
def test_options_are_laid_over_a_file(tmp_path: Path, name: str, text: str) -> None:
    file = tmp_path / name
    file.write_text(text)
    assert body(file, prompt="Be kind.") == {
        "tags": ["x"],
        "conversation_config": {"agent": {"language": "en", "prompt": {"prompt": "Be kind."}}},
    }


@pytest.mark.parametrize(
    ("name", "text"), [("a.json", "{"), ("a.json", "[1]"), ("a.toml", "= 1"), ("a.toml", "\xff")]
)
def test_a_file_that_is_no_agent_is_named(tmp_path: Path, name: str, text: str) -> None:
    file = tmp_path / name
    file.write_bytes(text.encode("latin-1"))
    with pytest.raises(CommandFailed, match=f"{name} is no agent"):
        body(file)


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(CommandFailed, match=r"cannot read .*gone\.json: No such file"):
        body(tmp_path / "gone.json")
