"""The package as its users get it: packed, and installed without a network."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.clients_js.package import Installed, Package
from tests.integration.conftest import RunningServer, server, start_server

__all__ = ["RunningServer", "server", "start_server"]


@pytest.fixture(scope="session")
def package(tmp_path_factory: pytest.TempPathFactory) -> Package:
    """A copy of the package's sources, built."""
    return Package(tmp_path_factory.mktemp("package"))


@pytest.fixture(scope="session")
def installed(package: Package, tmp_path_factory: pytest.TempPathFactory) -> Installed:
    """An empty project into which the packed package was installed."""
    directory: Path = tmp_path_factory.mktemp("project")
    return Installed(directory, package)
