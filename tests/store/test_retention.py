"""How long conversations are kept."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path

import pytest

from tests.store.conftest import names_in
from tests.store.test_conversations import record_of
from vivavoce.errors import ConversationNotFound
from vivavoce.store.retention import forget, prune
from vivavoce.store.store import Store


async def recorded(store: Store, conversation_id: str) -> None:
    recording = store.recordings.record(conversation_id)
    recording.caller(b"\0\0" * 160)
    await recording.finish()


async def test_sound_and_files_go_with_their_conversation(store: Store, tmp_path: Path) -> None:
    for name in ("conv_1", "conv_2"):
        await store.conversations.begin(record_of(name))
        await recorded(store, name)
    await store.files.add("conv_1", "text/plain", BytesIO(b"a picture"))
    await forget(store, "conv_1")
    assert names_in(tmp_path / "files") == []
    assert store.recordings.path("conv_1") is None
    assert store.recordings.path("conv_2") is not None
    with pytest.raises(ConversationNotFound):
        await forget(store, "conv_1")


async def test_what_is_older_than_it_may_be_goes_with_sound_and_files(
    store: Store, tmp_path: Path
) -> None:
    now = store.clock()
    for name, age_days in (("old", 3.0), ("new", 1.0)):
        await store.conversations.begin(record_of(name, now - age_days * 86_400, status="done"))
        await recorded(store, name)
    await store.files.add("old", "text/plain", BytesIO(b"a picture"))
    await prune(store, 0)
    assert store.recordings.path("old") is not None
    await prune(store, 2.0)
    assert store.recordings.path("old") is None
    assert names_in(tmp_path / "files") == []
    with pytest.raises(ConversationNotFound):
        await store.conversations.get("old")
    assert store.recordings.path("new") is not None
    assert (await store.conversations.get("new")).status == "done"


async def test_what_a_deleted_conversation_still_leaves_goes_the_next_time(
    store: Store, tmp_path: Path
) -> None:
    for name in ("deleted", "kept"):
        await store.conversations.begin(record_of(name))
        await recorded(store, name)
    await store.files.add("deleted", "text/plain", BytesIO(b"a picture"))
    await store.conversations.delete("deleted")
    assert store.recordings.path("deleted") is not None
    await prune(store, 0)
    assert store.recordings.path("deleted") is None
    assert names_in(tmp_path / "files") == []
    assert store.recordings.path("kept") is not None
