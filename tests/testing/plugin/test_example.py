from __future__ import annotations

import re
import shutil
from pathlib import Path

from tests.testing.plugin.conftest import run_in

ROOT = Path(__file__).parents[3]

_FILE = re.compile(r"^```(?:python|toml|ini) (\S+)\n(.*?)^```", re.MULTILINE | re.DOTALL)


def test_the_worked_example_passes_in_a_directory_of_its_own(tmp_path: Path) -> None:
    app = tmp_path / "voice_app"
    shutil.copytree(
        ROOT / "examples" / "voice_app", app, ignore=shutil.ignore_patterns("__pycache__")
    )
    ended = run_in(app)
    assert ended.status == 0, ended.output
    assert "3 passed" in ended.output


def test_the_worked_example_fails_when_the_restaurant_is_wrong(tmp_path: Path) -> None:
    app = tmp_path / "voice_app"
    shutil.copytree(
        ROOT / "examples" / "voice_app", app, ignore=shutil.ignore_patterns("__pycache__")
    )
    program = app / "restaurant.py"
    program.write_text(program.read_text("utf-8").replace("SEATS = 8", "SEATS = 80"), "utf-8")
    ended = run_in(app, "-k", "full_house")
    assert ended.status == 1, ended.output
    assert "agent: A table for three is yours." in ended.output


def shown(page: str = "docs/testing.md") -> dict[str, str]:
    """The files of the page about testing, or of another one, by name."""
    return dict(_FILE.findall((ROOT / page).read_text("utf-8")))


def test_what_the_page_about_testing_shows_runs_as_it_stands(tmp_path: Path) -> None:
    files = shown()
    del files["conftest.py"]
    for name, content in files.items():
        (tmp_path / name).write_text(content, "utf-8")
    ended = run_in(tmp_path)
    assert ended.status == 0, ended.output
    tests = sum(content.count("\ndef test_") for content in ("\n" + one for one in files.values()))
    assert f"{tests} passed" in ended.output


def test_what_the_readme_shows_of_it_runs_as_it_stands(tmp_path: Path) -> None:
    assert shown("README.md") == shown("README.zh-CN.md")
    [(name, content)] = shown("README.md").items()
    (tmp_path / name).write_text(content, "utf-8")
    ended = run_in(tmp_path)
    assert ended.status == 0, ended.output
    assert "1 passed" in ended.output


def test_the_fixtures_that_the_page_replaces_take_their_place(tmp_path: Path) -> None:
    (tmp_path / "conftest.py").write_text(shown()["conftest.py"], "utf-8")
    (tmp_path / "pytest.ini").write_text("[pytest]\n", "utf-8")
    (tmp_path / "test_it.py").write_text(
        "def test_it(vivavoce_server, simulated_caller):\n"
        "    assert vivavoce_server.api_key == 'a-key-of-the-tests'\n"
        "    simulated_caller.say('Well, hello there.')\n"
        "    assert simulated_caller.listen().text == 'Good day.'\n",
        "utf-8",
    )
    ended = run_in(tmp_path)
    assert ended.status == 0, ended.output
