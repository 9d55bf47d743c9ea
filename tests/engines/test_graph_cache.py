"""What is kept of graphs between one start and the next."""

from __future__ import annotations

from pathlib import Path

from vivavoce.engines.graph_cache import checksum, write_whole


def test_a_file_appears_with_its_directory_and_leaves_nothing_else(tmp_path: Path) -> None:
    path = tmp_path / "cache" / "graph.onnx"
    write_whole(path, b"first")
    write_whole(path, b"second")
    assert path.read_bytes() == b"second"
    assert list(path.parent.iterdir()) == [path]


def test_another_model_has_another_checksum(tmp_path: Path) -> None:
    one, other = tmp_path / "one", tmp_path / "other"
    one.write_bytes(b"weights")
    other.write_bytes(b"others")
    sums = {checksum(one), checksum(other), checksum(one, other), checksum(other, one)}
    assert len(sums) == 4
    other.write_bytes(b"weights")
    assert checksum(one) == checksum(other)
