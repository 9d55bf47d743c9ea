"""What docs/sdk.md shows: each piece is a program of its own, and runs as it stands."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.clients_js.package import Installed
from tests.integration.clients.conftest import PYTHON, ROOT, Run, RunProgram
from tests.integration.clients.hearing import spoken_words
from tests.integration.clients.test_elevenlabs_browser import chromium
from tests.integration.clients.test_example_page import record_lines, serving
from tests.integration.end_to_end.conftest import SayIntoFile
from tests.integration.end_to_end.server_process import ServerProcess, until

_TEXT = (ROOT / "docs" / "sdk.md").read_text("utf-8")
_PAGE = """<!doctype html><link rel="icon" href="data:," /><button id="run">Run</button>
<script type="importmap">{"imports": {"vivavoce": "./browser.js"}}</script>
<script type="module">
  const button = document.getElementById("run");
  button.onclick = async () => {
    button.disabled = true;
    await import("./given.js").catch(console.error);
    button.disabled = false;
  };
</script>"""
_LINES = ("What time is it?", "Thank you and goodbye.")


def _pieces(fence: str) -> Iterator[Any]:
    """The code behind each such fence, named by its heading."""
    for match in re.finditer(rf"^```{fence}\n(.*?)^```", _TEXT, re.MULTILINE | re.DOTALL):
        before = _TEXT[: match.start()]
        heading = re.findall(r"^##+ (.*)", before, re.MULTILINE)[-1]
        yield pytest.param(match[1], id=f"{heading} {1 + before.count(chr(10))}")


@pytest.fixture(autouse=True)
def nothing_stays_open(calls_server: ServerProcess) -> Iterator[None]:
    yield
    until(lambda: calls_server.connections() == 0)


@pytest.mark.parametrize("code", list(_pieces("python")))
def test_its_python_runs(
    code: str, run: Run, calls_server: ServerProcess, say_into_file: SayIntoFile, tmp_path: Path
) -> None:
    program = tmp_path / "shown.py"
    program.write_text(code, "utf-8")
    said = "\n".join(map(str, map(say_into_file, _LINES)))
    printed = run(PYTHON, program, VIVAVOCE_URL=calls_server.http, SAID=said)
    assert printed or "open(" in code


@pytest.mark.parametrize("code", list(_pieces("ts")))
def test_its_typescript_is_well_typed_and_runs(
    code: str, run: Run, calls_server: ServerProcess, installed: Installed
) -> None:
    program = installed.compile_source(code)
    printed = run("node", program, VIVAVOCE_URL=calls_server.http)
    assert printed or "writeFileSync(" in code


@pytest.mark.parametrize("code", list(_pieces("ts browser")))
def test_its_typescript_for_browsers_is_well_typed_and_runs_in_one(
    code: str,
    calls_server: ServerProcess,
    installed: Installed,
    node_client: RunProgram,
    say_into_file: SayIntoFile,
    tmp_path: Path,
) -> None:
    program = installed.compile_source(code.replace("http://127.0.0.1:8000", calls_server.http))
    shutil.copy(program, tmp_path)
    shutil.copy(installed.directory / "node_modules" / "vivavoce" / "dist" / "browser.js", tmp_path)
    (tmp_path / "index.html").write_text(_PAGE, "utf-8")
    record_lines(tmp_path / "microphone.wav", map(say_into_file, _LINES))
    with serving(tmp_path) as address:
        ran = node_client(
            "example_page", address, chromium(), str(tmp_path / "microphone.wav"), "run"
        )
    *said, end = ran.answer("used")["complaints"]
    assert [spoken_words(line.removeprefix("log: ")) for line in said] == [
        "agent hello",
        "you what time is it",
        "agent it is half past nine",
        "you thank you and goodbye",
        "agent goodbye",
    ]
    assert end == "log: server goodbye"
