"""Models that come in packages, against the checksums that they were installed with."""

from __future__ import annotations

import base64
import hashlib
from importlib import metadata
from pathlib import Path

from vivavoce.commands.check import Check, ok, problem


def as_installed(name: str, package: str, files: tuple[str, ...]) -> Check:
    """The check called `name`: each of the `files` of a package is what was installed."""
    remedy = f"install it again: pip install --force-reinstall --no-deps {package}"
    try:
        installed = metadata.distribution(package)
    except metadata.PackageNotFoundError:
        return problem(name, f"the package {package} is not installed", remedy)
    listed = {str(file): file for file in installed.files or ()}
    checksums = []
    for file in files:
        entry = listed.get(file)
        if entry is None or entry.hash is None or entry.hash.mode != "sha256":
            return problem(name, f"{package} {installed.version} does not list {file}", remedy)
        try:
            content = Path(str(entry.locate())).read_bytes()
        except OSError as error:
            return problem(name, f"{file} cannot be read: {error.strerror}", remedy)
        digest = hashlib.sha256(content).digest()
        if base64.urlsafe_b64encode(digest).rstrip(b"=").decode() != entry.hash.value:
            return problem(name, f"{file} is not what was installed", remedy)
        checksums.append(digest.hex()[:16])
    return ok(name, f"{package} {installed.version}, sha256 {', '.join(checksums)}")
