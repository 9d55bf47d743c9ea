"""Everything that outlives a server: keys, tokens, counts of use, dictionaries, conversations."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import msgspec

from vivavoce.config import Settings
from vivavoce.store.agents import DEFAULT_AGENT, Agents, StoredAgent
from vivavoce.store.conversations import Conversations
from vivavoce.store.database import database_file, open_database
from vivavoce.store.dictionaries import Dictionaries
from vivavoce.store.files import Files
from vivavoce.store.keys import Keys
from vivavoce.store.recordings import Recordings
from vivavoce.store.secrets import ServerSecrets
from vivavoce.store.tokens import Tokens
from vivavoce.store.usage import Usage


class Store(msgspec.Struct, frozen=True):
    """The tables, each behind the one who knows it, and the sound and files beside them.

    `clock` is what they go by: seconds since 1970.
    """

    keys: Keys
    tokens: Tokens
    usage: Usage
    dictionaries: Dictionaries
    agents: Agents
    conversations: Conversations
    files: Files
    recordings: Recordings
    secrets: ServerSecrets
    clock: Callable[[], float] = time.time


@asynccontextmanager
async def open_store(
    url: str,
    *,
    clock: Callable[[], float] = time.time,
    data_dir: Path | None = None,
    default_agent: StoredAgent = DEFAULT_AGENT,
) -> AsyncIterator[Store]:
    """The store in the database at `url`, as `database_url` has it; closed on leaving.

    `clock` gives seconds since 1970. Sound and files are in `data_dir`, which without one is the
    directory of an SQLite file, or the settings' own. Raises ConfigError when the database cannot
    be opened.
    """
    async with open_database(url) as engine:
        directory = data_dir or _directory_of(url)
        yield Store(
            keys=Keys(engine, clock),
            tokens=Tokens(engine, clock),
            usage=Usage(engine),
            dictionaries=Dictionaries(engine),
            agents=Agents(engine, clock, default_agent),
            conversations=Conversations(engine, clock),
            files=Files(engine, directory / "files"),
            recordings=Recordings(directory / "recordings"),
            secrets=ServerSecrets(engine),
            clock=clock,
        )


def _directory_of(url: str) -> Path:
    file = database_file(url)
    return Settings().data_dir if file is None else file.parent
