"""Files in conversations."""

from __future__ import annotations

import asyncio
import stat
from io import BytesIO
from pathlib import Path

import pytest

from tests.store.conftest import names_in
from tests.store.test_conversations import record_of
from vivavoce.errors import ConversationNotFound, NotFound, StoreFailed, UploadTooLarge
from vivavoce.store.files import StoredFile
from vivavoce.store.store import Store


def a_file() -> BytesIO:
    file = BytesIO(b"a picture")
    file.seek(5)
    return file


async def test_a_file_is_copied_and_found_again(store: Store, tmp_path: Path) -> None:
    await store.conversations.begin(record_of("conv_1"))
    file_id = await store.files.add("conv_1", "image/png", a_file())
    found = await store.files.get("conv_1", file_id)
    assert found == StoredFile(tmp_path / "files" / "conv_1" / file_id, "image/png")
    assert found.path.read_bytes() == b"a picture"
    modes = [found.path, found.path.parent, found.path.parent.parent]
    assert [stat.S_IMODE(path.stat().st_mode) for path in modes] == [0o600, 0o700, 0o700]


@pytest.mark.parametrize("unknown", ["nobody", "", "..", "a/b", "\0", "\ud800"])
async def test_a_file_for_no_conversation_is_refused_and_not_kept(
    store: Store, tmp_path: Path, unknown: str
) -> None:
    with pytest.raises(ConversationNotFound):
        await store.files.demand_room(unknown)
    with pytest.raises(ConversationNotFound):
        await store.files.add(unknown, "text/plain", a_file())
    assert [path for path in (tmp_path / "files").rglob("*") if path.is_file()] == []


async def test_of_files_that_come_at_once_no_more_are_kept_than_one_after_the_other(
    store: Store, tmp_path: Path
) -> None:
    await store.conversations.begin(record_of("conv_1"))
    outcomes = await asyncio.gather(
        *(store.files.add("conv_1", "text/plain", a_file()) for _ in range(24)),
        return_exceptions=True,
    )
    refused = [one for one in outcomes if isinstance(one, UploadTooLarge)]
    assert len(refused) == 4
    kept = [one for one in outcomes if isinstance(one, str)]
    assert names_in(tmp_path / "files" / "conv_1") == sorted(kept)
    with pytest.raises(UploadTooLarge):
        await store.files.demand_room("conv_1")
    await store.files.remove("conv_1", kept[0])
    await store.files.demand_room("conv_1")


async def test_a_file_that_cannot_be_written_leaves_nothing(store: Store, tmp_path: Path) -> None:
    await store.conversations.begin(record_of("conv_1"))

    class Broken(BytesIO):
        def read(self, size: int | None = -1, /) -> bytes:
            raise OSError(28, "No space left on device")

    with pytest.raises(StoreFailed):
        await store.files.add("conv_1", "text/plain", Broken())
    assert names_in(tmp_path / "files" / "conv_1") == []


async def test_a_file_is_found_only_in_its_own_conversation(store: Store) -> None:
    for name in ("conv_1", "conv_2"):
        await store.conversations.begin(record_of(name))
    file_id = await store.files.add("conv_1", "text/plain", a_file())
    for conversation_id, unknown in (("conv_2", file_id), ("conv_1", "file_0"), ("\0", "\ud800")):
        with pytest.raises(NotFound):
            await store.files.get(conversation_id, unknown)


async def test_a_file_on_the_disk_of_another_server_is_not_found_here(store: Store) -> None:
    await store.conversations.begin(record_of("conv_1"))
    file_id = await store.files.add("conv_1", "text/plain", a_file())
    (await store.files.get("conv_1", file_id)).path.unlink()
    with pytest.raises(NotFound):
        await store.files.get("conv_1", file_id)
    await store.files.remove("conv_1", file_id)


async def test_a_file_that_is_taken_back_is_gone(store: Store, tmp_path: Path) -> None:
    await store.conversations.begin(record_of("conv_1"))
    file_id = await store.files.add("conv_1", "text/plain", a_file())
    with pytest.raises(NotFound):
        await store.files.remove("conv_2", file_id)
    await store.files.remove("conv_1", file_id)
    with pytest.raises(NotFound):
        await store.files.get("conv_1", file_id)
    assert names_in(tmp_path / "files" / "conv_1") == []
