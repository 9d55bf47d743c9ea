"""What an agent is to be like, as REST takes it: from a file, with options on top."""

from __future__ import annotations

import tomllib
from pathlib import Path

import msgspec

from vivavoce.commands.failures import CommandFailed
from vivavoce.wire.agents import laid_over


def agent_body(
    file: Path | None,
    *,
    name: str | None,
    prompt: str | None,
    first_message: str | None,
    voice: str | None,
    language: str | None,
) -> dict[str, object]:
    """Only what was given. Raises CommandFailed for a file that cannot be read, or is no object."""
    agent = _given(
        first_message=first_message, language=language, prompt=_given(prompt=prompt) or None
    )
    config = _given(agent=agent or None, tts=_given(voice_id=voice) or None)
    options = _given(name=name, conversation_config=config or None)
    return laid_over(_read(file), options) if file is not None else options


def _given(**fields: object) -> dict[str, object]:
    return {name: value for name, value in fields.items() if value is not None}


def _read(file: Path) -> dict[str, object]:
    try:
        text = file.read_bytes()
        if file.suffix.lower() == ".toml":
            return tomllib.loads(text.decode())
        return msgspec.json.decode(text, type=dict[str, object])
    except OSError as error:
        raise CommandFailed(f"cannot read {file}: {error.strerror}") from error
    except (ValueError, msgspec.MsgspecError) as error:
        raise CommandFailed(f"{file} is no agent: {error}") from error
