"""How long conversations are kept, and what goes with them."""

from __future__ import annotations

from collections.abc import Collection

import structlog

from vivavoce.store.store import Store

_DAY_S = 86_400

_log = structlog.get_logger(__name__)


async def prune(store: Store, days: float) -> None:
    """Forgets conversations that began longer ago, sound and files too; for 0 days, none.

    Sound and files without a conversation go in any case: one that was deleted while it was held
    leaves some, and so does a server that is killed. Raises StoreFailed.
    """
    if days:
        gone = await store.conversations.prune(store.clock() - days * _DAY_S)
        await _forget_contents(store, gone)
        if gone:
            _log.info("old conversations forgotten", count=len(gone))
    kept = {*await store.recordings.kept(), *await store.files.kept()}
    await _forget_contents(store, await store.conversations.unknown(kept))


async def forget(store: Store, conversation_id: str) -> None:
    """Forgets one conversation, sound and files too.

    Raises ConversationNotFound and StoreFailed.
    """
    await store.conversations.delete(conversation_id)
    await _forget_contents(store, [conversation_id])


async def _forget_contents(store: Store, conversation_ids: Collection[str]) -> None:
    await store.recordings.delete(conversation_ids)
    await store.files.delete(conversation_ids)
