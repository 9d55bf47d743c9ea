"""The TypeScript client as its users have it, against the real server."""

from __future__ import annotations

import json
import os
import re
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.clients_js.package import SOURCES, Installed, Package, run
from tests.integration.conftest import RunningServer

_SNIPPETS = re.compile(r"^```js\n(.*?)^```", re.MULTILINE | re.DOTALL)


@pytest.fixture
def slow_server(start_server: Callable[..., RunningServer]) -> RunningServer:
    """One that takes its time over a text, so that there is something to cut."""
    return start_server(block_delay_s=0.002)


def told(printed: str) -> dict[str, Any]:
    answer: dict[str, Any] = json.loads(printed.strip().splitlines()[-1])
    return answer


def test_its_own_tests_pass(package: Package) -> None:
    assert "# fail 0" in package.test()


def test_it_has_its_types_and_source_maps_and_no_tests(installed: Installed) -> None:
    files = installed.files
    assert {"README.md", "dist/index.js", "dist/index.d.ts", "dist/index.js.map"} <= files
    assert {"dist/browser.js", "dist/browser.js.map", "dist/worklets.js"} <= files
    assert "src/index.ts" in files
    assert not any("test" in name for name in files)


def test_cuts_change_no_byte_of_the_audio(installed: Installed, slow_server: RunningServer) -> None:
    url = slow_server.url("", "http")
    uncut = told(installed.run("speak.mjs", "0", VIVAVOCE_URL=url))
    cut = told(installed.run("speak.mjs", "5", VIVAVOCE_URL=url))
    assert uncut["said"]
    assert cut["said"]
    assert cut["cuts"] >= 5
    assert (cut["sha256"], cut["bytes"]) == (uncut["sha256"], uncut["bytes"])
    slow_server.until(slow_server.is_idle)


def test_in_browsers_it_does_the_same_with_their_socket_and_the_key_in_the_query(
    installed: Installed, start_server: Callable[..., RunningServer]
) -> None:
    server = start_server(block_delay_s=0.002, api_keys=("right",))
    environment = {"VIVAVOCE_URL": server.url("", "http")}
    bundle = installed.bundle("speak_in_browser.mjs")
    packed = bundle.read_text()
    assert "perMessageDeflate" not in packed
    assert "process.env" not in packed
    uncut = told(installed.run("speak.mjs", "0", "right", **environment))
    command = ["node", "--experimental-websocket", bundle.name, server.url("", "http"), "right"]
    cut = told(run(command, installed.directory))
    assert cut["cuts"] >= 5
    assert cut["sha256"] == uncut["sha256"]


def test_a_wrong_key_is_told(
    installed: Installed, start_server: Callable[..., RunningServer]
) -> None:
    server = start_server(api_keys=("right",))
    source = """
        import { RealtimeTTS } from "vivavoce";
        const tts = new RealtimeTTS({ apiKey: "wrong" });
        try {
          await tts.connect();
          await tts.sendText("Hello.");
          await tts.getAudio();
        } catch (error) {
          console.log(JSON.stringify({ name: error.constructor.name, message: error.message }));
        }
        await tts.close();
    """
    answer = told(installed.run_source(source, VIVAVOCE_URL=server.url("", "http")))
    assert answer["name"] in ("ServerRefused", "CannotConnect")
    assert "key" in answer["message"].lower()


def test_the_program_of_the_founding_document_runs_with_its_import_changed(
    installed: Installed, server: RunningServer
) -> None:
    compiled = installed.compile("document_speech.ts")
    environment = os.environ | {
        "VIVAVOCE_URL": server.url("", "http"),
        "ELEVENLABS_API_KEY": "any",
    }
    program = subprocess.Popen(
        ["node", compiled.name],
        cwd=installed.directory,
        env=environment,
        stdout=subprocess.PIPE,
        text=True,
    )
    with program:
        try:
            assert program.stdout is not None
            line = program.stdout.readline()
        finally:
            # Like the document's, it stays connected for as long as it may.
            program.terminate()
    received = re.fullmatch(r"Received (\d+) bytes of audio\n", line)
    assert received is not None, line
    assert int(received[1]) > 0


def _snippets() -> Iterator[Any]:
    text = (SOURCES / "README.md").read_text()
    for match in _SNIPPETS.finditer(text):
        heading = text[: match.start()].rpartition("## ")[2].partition("\n")[0]
        yield pytest.param(match[1], id=heading)


@pytest.mark.parametrize("snippet", list(_snippets()))
def test_what_the_readme_shows_runs_and_ends(
    snippet: str, installed: Installed, start_server: Callable[..., RunningServer]
) -> None:
    url = start_server().url("", "http")
    assert installed.run_source(snippet, VIVAVOCE_URL=url)


def test_the_readme_shows_nothing_that_no_test_runs() -> None:
    text = (SOURCES / "README.md").read_text()
    # The page is opened by the tests of browsers; how to install it is what `installed` does.
    assert set(re.findall(r"^```(\w+)", text, re.MULTILINE)) == {"sh", "js", "html"}
    assert f"vivavoce-{json.loads((SOURCES / 'package.json').read_text())['version']}.tgz" in text


def test_the_lock_file_names_no_registry() -> None:
    locked: Path = SOURCES / "package-lock.json"
    assert '"resolved"' not in locked.read_text()
