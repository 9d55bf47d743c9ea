"""The page as it is committed, so that serving it needs no Node, is what its sources give."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SOURCES = ROOT / "web"
COMMITTED = ROOT / "src" / "vivavoce" / "web"

# At first paint nothing is spoken yet; the promise is 150 KB, and this is what it may grow to.
FIRST_PAINT_BYTES = 60_000
ALL_SCRIPTS_BYTES = 150_000

SDK_USUAL = b"http://127.0.0.1:8000"


def _npm(*words: str) -> None:
    assert (SOURCES / "node_modules").exists(), "web/node_modules is missing: `make test` makes it"
    done = subprocess.run(
        ["npm", *words], cwd=SOURCES, capture_output=True, text=True, check=False, timeout=110
    )
    assert done.returncode == 0, done.stdout + done.stderr


def _files(directory: Path) -> dict[str, bytes]:
    return {
        path.relative_to(directory).as_posix(): path.read_bytes()
        for path in directory.rglob("*")
        if path.is_file()
    }


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """What the sources give today."""
    directory = tmp_path_factory.mktemp("page")
    _npm("run", "build", "--", "--outDir", str(directory), "--emptyOutDir", "--logLevel", "warn")
    return _files(directory)


def test_the_committed_page_is_what_its_sources_give(built: dict[str, bytes]) -> None:
    committed = _files(COMMITTED)
    assert sorted(committed) == sorted(built), "run `make page` and commit src/vivavoce/web"
    assert committed == built


def test_every_file_is_named_for_its_content_but_the_first(built: dict[str, bytes]) -> None:
    names = set(built) - {"index.html"}
    assert names
    assert all(re.fullmatch(r"assets/[\w.]+-[\w-]{8}\.(js|css|svg)", name) for name in names), names


def test_the_page_is_light() -> None:
    """In bytes as they are, before any compression."""
    files = _files(COMMITTED)
    html = files["index.html"].decode()
    first = re.findall(r'(?:src|href)="/(assets/[^"]+\.js)"', html)
    assert len(first) >= 1
    assert sum(len(files[name]) for name in first) <= FIRST_PAINT_BYTES
    scripts = {name: len(body) for name, body in files.items() if name.endswith(".js")}
    assert sum(scripts.values()) <= ALL_SCRIPTS_BYTES, scripts


def test_the_page_asks_for_nothing_from_elsewhere() -> None:
    for name, body in _files(COMMITTED).items():
        found = set(re.findall(rb"""https?://[^\s"'`)]+""", body))
        # Names of SVG and MathML, which no browser loads; where the SDK goes if it is not told.
        loaded = {one for one in found if not one.startswith((b"http://www.w3.org/", SDK_USUAL))}
        assert loaded == set(), name


def test_the_pages_own_tests_pass() -> None:
    _npm("test")
