"""Graphs that are made once from a model's own and kept in a cache directory."""

from __future__ import annotations

import hashlib
import os
import tempfile
from pathlib import Path


def checksum(*models: Path) -> str:
    """What a graph's file is named by, so that another model's is never taken for it."""
    digest = hashlib.sha256()
    for model in models:
        digest.update(model.read_bytes())
    return digest.hexdigest()[:16]


def write_whole(path: Path, graph: bytes) -> None:
    """A file that appears whole or not at all: two processes may write it at the same time."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, temporary = tempfile.mkstemp(dir=path.parent, suffix=".part")
    with os.fdopen(handle, "wb") as file:
        file.write(graph)
    os.replace(temporary, path)
