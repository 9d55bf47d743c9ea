"""Pronunciation dictionaries: their names, and every version of their rules."""

from __future__ import annotations

import asyncio
import secrets
import string
import time
from collections.abc import Callable, Sequence

import msgspec
from sqlalchemy import insert, update
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from vivavoce.core.lexicon import Lexicon
from vivavoce.errors import InvalidParameter
from vivavoce.store.database import connected, transaction
from vivavoce.store.dictionary_tables import (
    Rules,
    add_version,
    cursor_after,
    described,
    dictionaries,
    find_version,
    last_version,
    listed,
    metadata_of,
    not_found,
    of_id,
    read_rules,
    refuse_when_full,
)
from vivavoce.store.lexicons import LexiconCache, spoken_rules
from vivavoce.wire.dictionaries import (
    LOCATORS_MAX,
    ChangedRules,
    DictionaryChange,
    DictionaryMetadata,
    DictionaryPage,
    DictionaryWithRules,
    ListQuery,
    Locator,
    usable_description,
    usable_name,
)

_LETTERS = string.ascii_letters + string.digits
_ID_LENGTH = 20


class Dictionaries:
    """All dictionaries of a server, whoever made them. `clock` gives seconds since 1970.

    Every method raises StoreFailed.
    """

    def __init__(self, engine: AsyncEngine, clock: Callable[[], float] = time.time) -> None:
        self._engine = engine
        self._clock = clock
        self._lexicons = LexiconCache()

    async def create(
        self, name: str, rules: Rules, *, created_by: str, description: str | None = None
    ) -> DictionaryMetadata:
        """A dictionary with one version.

        Raises InvalidParameter for a reading that is none, or when there are 1,000 dictionaries.
        """
        await asyncio.to_thread(spoken_rules, rules)
        now = self._clock()
        made = DictionaryMetadata(
            id=_new_id(),
            latest_version_id=_new_id(),
            latest_version_rules_num=len(rules),
            name=usable_name(name),
            created_by=created_by,
            creation_time_unix=int(now),
            description=usable_description(description),
        )
        row = {
            "id": made.id,
            "name": made.name,
            "description": made.description,
            "created_by": created_by,
            "created_ms": int(now * 1000),
            "versions": 1,
        }
        async with transaction(self._engine) as connection:
            await refuse_when_full(connection)
            await connection.execute(insert(dictionaries).values(row))
            await add_version(connection, made.id, 1, made.latest_version_id, rules)
        return made

    async def get(self, dictionary_id: str) -> DictionaryWithRules:
        """One dictionary, archived or not. Raises DictionaryNotFound."""
        query = described().where(of_id(dictionary_id))
        async with connected(self._engine) as connection:
            row = (await connection.execute(query)).one_or_none()
            if row is None:
                raise not_found(dictionary_id)
            rules = await read_rules(connection, row.version_id)
        return DictionaryWithRules(**msgspec.structs.asdict(metadata_of(row)), rules=rules)

    async def rules(self, dictionary_id: str, version_id: str) -> Rules:
        """The rules of one version, archived or not. Raises DictionaryNotFound."""
        async with connected(self._engine) as connection:
            locator = Locator(dictionary_id, version_id)
            version = await find_version(connection, locator, archived=True)
            return await read_rules(connection, version)

    async def page(self, query: ListQuery) -> DictionaryPage:
        """One page of the list. Raises InvalidParameter for a cursor of another list, or none."""
        async with connected(self._engine) as connection:
            rows = (await connection.execute(listed(query))).all()
        shown = rows[: query.page_size]
        more = len(rows) > len(shown)
        return DictionaryPage(
            pronunciation_dictionaries=tuple(map(metadata_of, shown)),
            next_cursor=cursor_after(query, shown[-1]) if more else None,
            has_more=more,
        )

    async def change(self, dictionary_id: str, change: DictionaryChange) -> DictionaryMetadata:
        """Renames or archives, without a new version. Raises DictionaryNotFound."""
        values: dict[str, str | int | None] = {}
        if change.name is not None:
            values["name"] = usable_name(change.name)
        if change.archived is not None:
            values["archived_ms"] = int(self._clock() * 1000) if change.archived else None
        where = of_id(dictionary_id)
        async with transaction(self._engine) as connection:
            if values:
                await connection.execute(update(dictionaries).where(where).values(values))
            row = (await connection.execute(described().where(where))).one_or_none()
        if row is None:
            raise not_found(dictionary_id)
        return metadata_of(row)

    async def change_rules(
        self, dictionary_id: str, change: Callable[[Rules], Rules]
    ) -> ChangedRules:
        """A new version, whose rules are what `change` makes of the newest one's.

        No new one where it changes nothing. `change` is called in another thread. Raises
        DictionaryNotFound, and InvalidParameter for a reading that is none or for version 101.
        """
        async with connected(self._engine) as connection, connection.begin() as begun:
            # Written before it is read: whoever else changes this dictionary now waits here.
            await connection.execute(
                update(dictionaries)
                .where(of_id(dictionary_id))
                .values(versions=dictionaries.c.versions + 1)
            )
            number, newest_id = await last_version(connection, dictionary_id)
            rules = await read_rules(connection, newest_id)
            changed = await asyncio.to_thread(_changed, rules, change)
            if changed is None:
                await begun.rollback()
                return ChangedRules(dictionary_id, newest_id, len(rules))
            version_id = _new_id()
            await add_version(connection, dictionary_id, number + 1, version_id, changed)
        return ChangedRules(dictionary_id, version_id, len(changed))

    async def lexicon(self, locators: Sequence[Locator]) -> Lexicon:
        """The rules of up to three dictionaries, those of the first before those of the next.

        Raises DictionaryNotFound also for one that is archived, InvalidParameter for a fourth.
        """
        if len(locators) > LOCATORS_MAX:
            raise InvalidParameter(
                f"A request has at most {LOCATORS_MAX} pronunciation dictionaries.",
                param="pronunciation_dictionary_locators",
            )
        if not locators:
            return Lexicon()
        async with connected(self._engine) as connection:
            found = [await find_version(connection, locator) for locator in locators]
            return await self._compiled(connection, tuple(found))

    async def _compiled(self, connection: AsyncConnection, versions: tuple[str, ...]) -> Lexicon:
        lexicon = self._lexicons.get(versions)
        if lexicon is None:
            each = [await read_rules(connection, version) for version in versions]
            rules = [rule for rules in each for rule in rules]
            lexicon = await asyncio.to_thread(lambda: Lexicon(spoken_rules(rules)))
            self._lexicons.keep(versions, lexicon)
        return lexicon


def _changed(rules: Rules, change: Callable[[Rules], Rules]) -> Rules | None:
    """None where nothing changes. Raises InvalidParameter for a reading that is none."""
    changed = change(rules)
    if changed == rules:
        return None
    spoken_rules(changed)
    return changed


def _new_id() -> str:
    return "".join(secrets.choice(_LETTERS) for _ in range(_ID_LENGTH))
