"""The one file that a page without a bundler imports."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.clients_js.package import SOURCES, Installed, Package

BUNDLES = ("browser", "worklets")


@pytest.mark.parametrize("name", BUNDLES)
def test_the_same_sources_give_the_same_bytes(
    name: str, package: Package, tmp_path_factory: pytest.TempPathFactory
) -> None:
    again = Package(tmp_path_factory.mktemp("again"))
    for suffix in (".js", ".js.map"):
        path = Path("dist") / f"{name}{suffix}"
        assert (package.directory / path).read_bytes() == (again.directory / path).read_bytes()


@pytest.mark.parametrize("name", BUNDLES)
def test_its_source_map_leads_to_the_sources_and_has_them(name: str, package: Package) -> None:
    dist = package.directory / "dist"
    told = json.loads((dist / f"{name}.js.map").read_text())
    assert (dist / f"{name}.js").read_text().endswith(f"//# sourceMappingURL={name}.js.map\n")
    for source, content in zip(told["sources"], told["sourcesContent"], strict=True):
        path = (dist / source).resolve().relative_to(package.directory)
        assert (SOURCES / path).read_text() == content


def test_it_imports_nothing_and_gives_what_the_package_gives(
    package: Package, installed: Installed
) -> None:
    text = (package.directory / "dist" / "browser.js").read_text()
    assert "process.env" not in text
    assert "perMessageDeflate" not in text
    source = """
        import * as whole from "vivavoce";
        import * as page from "vivavoce/browser";
        console.log(JSON.stringify([Object.keys(whole).sort(), Object.keys(page).sort()]));
    """
    whole, page = json.loads(installed.run_source(source).splitlines()[-1])
    assert page == whole
    assert "RealtimeTTS" in page
