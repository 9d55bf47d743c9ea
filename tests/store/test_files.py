"""Files in conversations."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from tests.store.conftest import names_in
from tests.store.test_conversations import record_of
from vivavoce.errors import ConversationNotFound, NotFound
from vivavoce.store.files import StoredFile
from vivavoce.store.store import Store


@pytest.fixture
def uploaded(tmp_path: Path) -> Path:
    path = tmp_path / "upload"
    path.write_bytes(b"a picture")
    return path


async def test_a_file_is_taken_over_and_found_again(
    store: Store, tmp_path: Path, uploaded: Path
) -> None:
    await store.conversations.begin(record_of("conv_1"))
    file_id = await store.files.add("conv_1", "../a\0b.png", "image/png", uploaded)
    assert "upload" not in names_in(tmp_path)
    found = await store.files.get("conv_1", file_id)
    assert found == StoredFile(
        file_id=file_id,
        conversation_id="conv_1",
        name="../a\ufffdb.png",
        content_type="image/png",
        size=9,
        path=tmp_path / "files" / "conv_1" / file_id,
    )
    assert found.path.read_bytes() == b"a picture"
    assert await store.files.of("conv_1") == (found,)
    modes = [found.path, found.path.parent, found.path.parent.parent]
    assert [stat.S_IMODE(path.stat().st_mode) for path in modes] == [0o600, 0o700, 0o700]


@pytest.mark.parametrize("unknown", ["nobody", "", "..", "a/b", "\0", "\ud800"])
async def test_a_file_for_no_conversation_is_refused_and_left_where_it_is(
    store: Store, tmp_path: Path, uploaded: Path, unknown: str
) -> None:
    with pytest.raises(ConversationNotFound):
        await store.files.add(unknown, "a", "text/plain", uploaded)
    assert "upload" in names_in(tmp_path)
    assert await store.files.of(unknown) == ()


async def test_a_file_is_found_only_in_its_own_conversation(store: Store, uploaded: Path) -> None:
    for name in ("conv_1", "conv_2"):
        await store.conversations.begin(record_of(name))
    file_id = await store.files.add("conv_1", "a", "text/plain", uploaded)
    for conversation_id, unknown in (("conv_2", file_id), ("conv_1", "file_0"), ("\0", "\ud800")):
        with pytest.raises(NotFound):
            await store.files.get(conversation_id, unknown)


async def test_a_file_that_is_taken_back_is_gone(
    store: Store, tmp_path: Path, uploaded: Path
) -> None:
    await store.conversations.begin(record_of("conv_1"))
    file_id = await store.files.add("conv_1", "a", "text/plain", uploaded)
    with pytest.raises(NotFound):
        await store.files.remove("conv_2", file_id)
    await store.files.remove("conv_1", file_id)
    with pytest.raises(NotFound):
        await store.files.get("conv_1", file_id)
    assert names_in(tmp_path / "files" / "conv_1") == []
