from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from vivavoce.testing.server_process import ServerFailed, ServerProcess


def test_a_server_that_was_killed_starts_again_on_the_same_port_with_what_it_had() -> None:
    with ServerProcess() as server:
        agent = {"name": "Kept", "conversation_config": {}}
        made = json.loads(server.request("POST", "/v1/convai/agents/create", agent))
        port, pid, log = server.port, server.pid, server.log
        server.kill()
        with pytest.raises(ServerFailed, match="has ended, status -9"):
            server.check()
        server.start()
        assert (server.port, server.url) == (port, f"http://127.0.0.1:{port}")
        assert server.pid != pid
        assert len(server.log) > len(log)
        kept = json.loads(server.request("GET", f"/v1/convai/agents/{made['agent_id']}"))
        assert kept["name"] == "Kept"
    assert server.log == ""
    with pytest.raises(ServerFailed, match="has not been started"):
        server.check()


def test_the_environment_does_not_reach_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VIVAVOCE_API_KEYS", "other")
    monkeypatch.setenv("VIVAVOCE_NO_SUCH_SETTING", "1")
    with ServerProcess() as server:
        assert server.api_key == "any"
        assert json.loads(server.request("GET", "/healthz"))["connections"] == 0


def test_a_server_that_cannot_start_leaves_nothing_and_says_why(tmp_path: Path) -> None:
    server = ServerProcess(rules=tmp_path / "nowhere.toml")
    with pytest.raises(ServerFailed, match=r"nowhere.toml: cannot be read"):
        server.__enter__()
    with pytest.raises(RuntimeError, match="has not been started"):
        _ = server.port
    assert server.log == ""


def test_its_directory_goes_with_it() -> None:
    with ServerProcess() as server:
        environment = Path(f"/proc/{server.pid}/environ").read_bytes().split(b"\0")
        [data] = [one for one in environment if one.startswith(b"VIVAVOCE_DATA_DIR=")]
        directory = Path(os.fsdecode(data.partition(b"=")[2]))
        assert directory.exists()
    assert not directory.parent.exists()
