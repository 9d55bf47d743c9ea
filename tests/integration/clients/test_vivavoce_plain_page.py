"""This repository's own package in a page without a bundler: one file, imported by its name."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.integration.clients.conftest import RunProgram
from tests.integration.clients.hearing import spoken_words
from tests.integration.clients.running import Ran
from tests.integration.clients.test_elevenlabs_browser import LINES, chromium, microphone
from tests.integration.end_to_end.conftest import SayIntoFile
from tests.integration.end_to_end.server_process import ServerProcess, until

PACKAGE = Path(__file__).parents[3] / "clients" / "js"
TEXT = "Good morning, everyone. The train leaves in an hour."
_SHOWN = re.compile(r"^```html\n(.*?)^```", re.MULTILINE | re.DOTALL)


def shown(server: str, path: Path) -> Path:
    """The page that the README shows, for a server that is elsewhere."""
    [page] = _SHOWN.findall((PACKAGE / "README.md").read_text())
    assert page.count("http://127.0.0.1:8000") == 1
    path.write_text(page.replace("http://127.0.0.1:8000", server))
    return path


@pytest.fixture(scope="module")
def ran(
    calls_server: ServerProcess,
    node_client: RunProgram,
    say_into_file: SayIntoFile,
    tmp_path_factory: pytest.TempPathFactory,
) -> Ran:
    """A text that is spoken, and a call that the agent ends."""
    assert (PACKAGE / "dist" / "browser.js").exists(), "the package is not built: `make js`"
    directory = tmp_path_factory.mktemp("page")
    heard = microphone(directory / "heard.wav", list(map(say_into_file, LINES)))
    page = shown(calls_server.http, directory / "shown.html")
    return node_client("vivavoce_plain", calls_server.http, chromium(), str(heard), str(page), TEXT)


def test_a_page_speaks_across_a_cut_and_plays_all_of_it(ran: Ran) -> None:
    spoken = ran.answer("speak")
    assert spoken["complaints"] == []
    assert spoken["said"].strip() == TEXT
    assert spoken["givenS"] > 2
    assert spoken["playedS"] == pytest.approx(spoken["givenS"], abs=0.05)
    assert spoken["by"] == "client"


def test_a_page_converses(ran: Ran) -> None:
    call = ran.answer("converse")
    assert call["complaints"] == []
    assert [(who, spoken_words(text)) for who, text in call["lines"]] == [
        ("agent", "hello"),
        ("user", "what time is it"),
        ("agent", "it is half past nine"),
        ("user", "thank you and goodbye"),
        ("agent", "goodbye"),
    ]
    assert call["end"] == ["server", 1000]


def test_the_page_that_the_readme_shows_speaks_when_it_is_clicked(ran: Ran) -> None:
    page = ran.answer("shown")
    # A browser asks for the icon of a page that names none.
    assert [one for one in page["complaints"] if "404" not in one] == []
    assert page["output"] == "closed"


def test_nothing_stays_open(ran: Ran, calls_server: ServerProcess) -> None:
    until(lambda: calls_server.connections() == 0)
