from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result
from typer.testing import CliRunner

from vivavoce.cli import app
from vivavoce.store.keys import PERMISSIONS, key_digest


class Keys:
    """The command line of keys, on a store of its own."""

    def __init__(self, command_line: CliRunner) -> None:
        self._command_line = command_line

    def run(self, *arguments: str) -> Result:
        return self._command_line.invoke(app, ["keys", *arguments])

    def done(self, *arguments: str) -> Result:
        run = self.run(*arguments)
        assert run.exit_code == 0, run.stderr
        return run

    def listed(self) -> list[dict[str, Any]]:
        rows: list[dict[str, Any]] = json.loads(self.done("list", "--json").stdout)
        return rows


@pytest.fixture
def keys(command_line: CliRunner) -> Keys:
    return Keys(command_line)


def test_a_new_key_is_all_that_stands_on_standard_output(keys: Keys, tmp_path: Path) -> None:
    run = keys.done("create", "phone")
    secret = run.stdout.strip()
    assert secret.startswith("vv_")
    assert secret not in run.stderr
    kept = b"".join(path.read_bytes() for path in (tmp_path / "data" / "vivavoce").iterdir())
    assert key_digest(secret) in kept


def test_a_key_is_listed_with_what_it_may_have(keys: Keys) -> None:
    scopes = [part for scope in PERMISSIONS[:2] for part in ("--scope", scope)]
    keys.done("create", "phone", *scopes, "--characters", "10000", "--concurrent", "2")
    keys.done("create", "web", "--requests-per-minute", "60")
    phone, web = keys.listed()
    assert (phone["name"], phone["scopes"]) == ("phone", list(PERMISSIONS[:2]))
    assert (phone["characters_a_month"], phone["concurrent"]) == (10_000, 2)
    assert phone["requests_per_minute"] is None
    assert (web["scopes"], web["requests_per_minute"]) == ([], 60)
    assert (web["characters_this_month"], web["last_used_at"], web["revoked_at"]) == (0, None, None)
    shown = keys.done("list").stdout
    for text in (phone["id"], web["id"], "0 of 10000", "2 at once", "60 a minute", "never"):
        assert text in shown


def test_no_listing_shows_a_key_or_its_digest(keys: Keys) -> None:
    secret = keys.done("create", "phone").stdout.strip()
    for shown in (keys.done("list").stdout, keys.done("list", "--json").stdout):
        assert secret[3:11] not in shown
        assert key_digest(secret).hex()[:8] not in shown


@pytest.mark.parametrize("column", ["name", "id"])
def test_a_key_is_revoked_once(keys: Keys, column: str) -> None:
    keys.done("create", "phone")
    [row] = keys.listed()
    keys.done("revoke", row[column])
    assert keys.listed()[0]["revoked_at"] is not None
    assert "revoked 2" in " ".join(keys.done("list").stdout.split())
    again = keys.run("revoke", row[column])
    assert again.exit_code == 1
    assert again.stderr == f"vivavoce: no key that counts has the id or name {row[column]}\n"


def test_a_revoked_key_can_be_forgotten(keys: Keys) -> None:
    keys.done("create", "phone")
    [row] = keys.listed()
    assert keys.run("forget", row["id"]).exit_code == 1
    keys.done("revoke", "phone")
    keys.done("forget", row["id"])
    assert keys.listed() == []


def test_a_name_that_is_taken_is_refused(keys: Keys) -> None:
    keys.done("create", "phone")
    run = keys.run("create", " phone ")
    assert (run.exit_code, run.stdout) == (1, "")
    assert run.stderr == (
        "vivavoce: there is a key phone already: revoke it, or take another name\n"
    )


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["phone", "--scope", "voice_read"], "did you mean voices_read?"),
        (["phone", "--scope", "x"], "text_to_speech, speech_to_text"),
        (["phone", "--characters", "0"], "--characters"),
        (["phone", "--concurrent", "-1"], "--concurrent"),
        ([" "], "must have a name"),
    ],
)
def test_what_cannot_be_asked_of_a_key_is_refused(
    keys: Keys, arguments: list[str], said: str
) -> None:
    run = keys.run("create", *arguments)
    assert (run.exit_code, run.stdout) == (2, "")
    assert said in run.stderr
    assert keys.listed() == []


def test_the_store_can_be_named_by_the_servers_own_file(keys: Keys, tmp_path: Path) -> None:
    config = tmp_path / "server.toml"
    config.write_text(f'data_dir = "{tmp_path}/elsewhere"\n')
    keys.done("create", "phone", "--config", str(config))
    assert (tmp_path / "elsewhere" / "vivavoce.db").exists()
    assert keys.listed() == []


def test_a_store_that_cannot_be_opened_is_one_line(
    keys: Keys, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("VIVAVOCE_DATABASE_URL", "postgresql://user:hunter2@127.0.0.1:1/voices")
    run = keys.run("list")
    assert run.exit_code == 2
    assert len(run.stderr.splitlines()) == 1
    assert "hunter2" not in run.stderr
