"""Pronunciation dictionaries in a database."""

from __future__ import annotations

import asyncio
import base64
import json
import threading
from collections.abc import AsyncIterator
from pathlib import Path

import msgspec
import pytest
from sqlalchemy import text
from sqlalchemy.exc import OperationalError

from vivavoce.core.pronunciation import Rule
from vivavoce.errors import DictionaryNotFound, InvalidParameter, StoreFailed
from vivavoce.store.database import open_database
from vivavoce.store.dictionaries import Dictionaries
from vivavoce.wire.dictionaries import (
    AliasRule,
    DictionaryChange,
    DictionaryMetadata,
    DictionaryRule,
    ListQuery,
    Locator,
    PhonemeRule,
    merged,
    without,
)

_ONE = AliasRule("one", "wun")
_TWO = PhonemeRule("two", "T UW1", "cmu-arpabet", case_sensitive=False, word_boundaries=False)


class Clock:
    """Seconds since 1970, one more at each look."""

    now = 1_700_000_000.0

    def __call__(self) -> float:
        self.now += 1
        return self.now


@pytest.fixture
async def library(tmp_path: Path) -> AsyncIterator[Dictionaries]:
    async with open_database(f"sqlite:///{tmp_path / 'a.db'}") as engine:
        yield Dictionaries(engine, Clock())


def _cursor(*place: object) -> str:
    return base64.urlsafe_b64encode(json.dumps(place).encode()).decode()


async def _made(library: Dictionaries, name: str = "names") -> DictionaryMetadata:
    return await library.create(name, (_ONE, _TWO), created_by="somebody")


async def test_a_new_dictionary_is_found_again_as_it_was_made(library: Dictionaries) -> None:
    made = await library.create(
        " My  names ", (_ONE, _TWO), created_by="somebody", description="of towns"
    )
    assert (made.name, made.description, made.created_by) == ("My names", "of towns", "somebody")
    assert made.creation_time_unix == 1_700_000_001
    assert made.latest_version_rules_num == 2
    found = await library.get(made.id)
    assert found.rules == (_ONE, _TWO)
    assert msgspec.structs.asdict(found) == {
        **msgspec.structs.asdict(made),
        "rules": (_ONE, _TWO),
    }


async def test_dictionaries_outlive_the_server(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'a.db'}"
    async with open_database(url) as engine:
        made = await _made(Dictionaries(engine))
    async with open_database(url) as engine:
        assert (await Dictionaries(engine).get(made.id)).rules == (_ONE, _TWO)


async def test_each_change_of_rules_is_a_version_and_old_versions_stay(
    library: Dictionaries,
) -> None:
    made = await _made(library)
    three = AliasRule("three", "free")
    added = await library.change_rules(made.id, lambda rules: merged(rules, [three]))
    removed = await library.change_rules(made.id, lambda rules: without(rules, ["one"]))
    assert (added.version_rules_num, removed.version_rules_num) == (3, 2)
    assert len({made.latest_version_id, added.version_id, removed.version_id}) == 3
    assert await library.rules(made.id, made.latest_version_id) == (_ONE, _TWO)
    assert await library.rules(made.id, added.version_id) == (_ONE, _TWO, three)
    newest = await library.get(made.id)
    assert (newest.latest_version_id, newest.rules) == (removed.version_id, (_TWO, three))


async def test_a_change_that_changes_nothing_is_no_version(library: Dictionaries) -> None:
    made = await _made(library)
    same = await library.change_rules(made.id, lambda rules: without(rules, ["never seen"]))
    assert same.version_id == made.latest_version_id
    assert (await library.get(made.id)).latest_version_id == made.latest_version_id
    later = await library.change_rules(made.id, lambda rules: without(rules, ["one"]))
    assert (await library.get(made.id)).latest_version_id == later.version_id


async def test_changes_at_the_same_time_are_made_one_after_the_other(
    library: Dictionaries,
) -> None:
    made = await _made(library)
    rules = [AliasRule(f"word{number}", "x") for number in range(8)]
    async with asyncio.TaskGroup() as group:
        for rule in rules:
            group.create_task(
                library.change_rules(made.id, lambda old, rule=rule: merged(old, [rule]))
            )
    assert set((await library.get(made.id)).rules) == {_ONE, _TWO, *rules}


async def test_rules_are_changed_in_another_thread(library: Dictionaries) -> None:
    made = await _made(library)
    threads = []

    def change(rules: tuple[DictionaryRule, ...]) -> tuple[DictionaryRule, ...]:
        threads.append(threading.get_ident())
        return rules[:1]

    await library.change_rules(made.id, change)
    assert threads != [threading.get_ident()]


async def test_there_is_an_end_to_dictionaries(library: Dictionaries) -> None:
    for number in range(1_000):
        await library.create(f"{number}", (), created_by="somebody")
    with pytest.raises(InvalidParameter, match="1,000"):
        await _made(library)


async def test_there_is_an_end_to_versions(library: Dictionaries) -> None:
    made = await _made(library)
    for number in range(99):
        rule = AliasRule(f"{number}", "x")
        last = await library.change_rules(made.id, lambda _, rule=rule: (rule,))  # type: ignore[misc]
    with pytest.raises(InvalidParameter, match="100 versions"):
        await library.change_rules(made.id, lambda _: (_ONE,))
    assert (await library.get(made.id)).latest_version_id == last.version_id
    assert await library.change_rules(made.id, lambda rules: rules) == last


async def test_a_database_that_breaks_is_named_without_what_was_asked(tmp_path: Path) -> None:
    async with open_database(f"sqlite:///{tmp_path / 'a.db'}") as engine:
        library = Dictionaries(engine, Clock())
        made = await _made(library)
        async with engine.begin() as connection:
            await connection.execute(text("DROP TABLE pronunciation_dictionary_versions"))
        for visit in (
            library.lexicon([Locator(made.id)]),
            library.get(made.id),
            library.page(ListQuery()),
            library.create("names", (_ONE,), created_by="somebody"),
            library.change_rules(made.id, lambda rules: rules[:1]),
        ):
            with pytest.raises(StoreFailed, match=r"^The server's database failed\.$") as raised:
                await visit
            assert isinstance(raised.value.__cause__, OperationalError)


async def test_phonemes_that_are_none_are_refused_and_nothing_is_written(
    library: Dictionaries,
) -> None:
    bad = PhonemeRule("two", "QQ9", "cmu-arpabet")
    with pytest.raises(InvalidParameter, match="'QQ9' for 'two' is not written in cmu-arpabet"):
        await library.create("names", (bad,), created_by="somebody")
    assert (await library.page(ListQuery())).pronunciation_dictionaries == ()
    made = await _made(library)
    with pytest.raises(InvalidParameter):
        await library.change_rules(made.id, lambda rules: merged(rules, [bad]))
    assert (await library.get(made.id)).rules == (_ONE, _TWO)


async def test_a_dictionary_is_renamed_and_archived_without_a_new_version(
    library: Dictionaries,
) -> None:
    made = await _made(library)
    renamed = await library.change(made.id, DictionaryChange(name="other"))
    archived = await library.change(made.id, DictionaryChange(archived=True))
    assert (renamed.name, renamed.archived_time_unix) == ("other", None)
    assert (archived.name, archived.latest_version_id) == ("other", made.latest_version_id)
    assert archived.archived_time_unix == 1_700_000_002
    back = await library.change(made.id, DictionaryChange(archived=False))
    assert back.archived_time_unix is None
    assert await library.change(made.id, DictionaryChange()) == back


@pytest.mark.parametrize("name", ["", "  ", "a\0b", "n" * 1_001])
async def test_a_name_that_cannot_be_one_is_refused(library: Dictionaries, name: str) -> None:
    with pytest.raises(InvalidParameter, match="name"):
        await _made(library, name)
    made = await _made(library)
    with pytest.raises(InvalidParameter, match="name"):
        await library.change(made.id, DictionaryChange(name=name))


@pytest.mark.parametrize("unknown", ["nobody", "", "a\0b", "\ud800", "x" * 100])
async def test_unknown_ids_are_not_found_whatever_they_look_like(
    library: Dictionaries, unknown: str
) -> None:
    made = await _made(library)
    with pytest.raises(DictionaryNotFound):
        await library.get(unknown)
    with pytest.raises(DictionaryNotFound):
        await library.change(unknown, DictionaryChange(name="x"))
    with pytest.raises(DictionaryNotFound):
        await library.change_rules(unknown, lambda rules: ())
    with pytest.raises(DictionaryNotFound):
        await library.rules(made.id, unknown)
    with pytest.raises(DictionaryNotFound):
        await library.lexicon([Locator(unknown)])
    with pytest.raises(DictionaryNotFound):
        await library.lexicon([Locator(made.id, unknown)])


async def test_a_version_is_found_only_in_its_own_dictionary(library: Dictionaries) -> None:
    first, second = await _made(library), await _made(library)
    with pytest.raises(DictionaryNotFound):
        await library.rules(first.id, second.latest_version_id)


class TestPages:
    """The list, a page at a time."""

    @staticmethod
    async def _names(library: Dictionaries, query: ListQuery) -> list[str]:
        names: list[str] = []
        while True:
            page = await library.page(query)
            assert len(page.pronunciation_dictionaries) <= query.page_size
            names += [one.name for one in page.pronunciation_dictionaries]
            assert page.has_more is (page.next_cursor is not None)
            if page.next_cursor is None:
                return names
            query = msgspec.structs.replace(query, cursor=page.next_cursor)

    @pytest.mark.parametrize("page_size", [1, 2, 3, 30])
    async def test_every_dictionary_is_on_one_page_in_the_order_asked_for(
        self, library: Dictionaries, page_size: int
    ) -> None:
        for name in ("b", "A", "c", "a", "b"):
            await _made(library, name)
        query = ListQuery(page_size=page_size)
        assert await self._names(library, query) == ["b", "a", "c", "A", "b"]
        query = ListQuery(page_size=page_size, descending=False)
        assert await self._names(library, query) == ["b", "A", "c", "a", "b"]
        by_name = await self._names(
            library, ListQuery(page_size=page_size, by_name=True, descending=False)
        )
        assert [name.lower() for name in by_name] == ["a", "a", "b", "b", "c"]

    async def test_archived_ones_are_listed_on_request_only(self, library: Dictionaries) -> None:
        await _made(library, "kept")
        gone = await _made(library, "gone")
        await library.change(gone.id, DictionaryChange(archived=True))
        assert await self._names(library, ListQuery()) == ["kept"]
        assert await self._names(library, ListQuery(include_archived=True)) == ["gone", "kept"]

    async def test_a_cursor_of_another_list_or_of_none_is_refused(
        self, library: Dictionaries
    ) -> None:
        await _made(library, "a")
        await _made(library, "b")
        cursor = (await library.page(ListQuery(page_size=1))).next_cursor
        assert cursor is not None
        bad_keys = (10**30, 2**63, -1, 0.5, "a")
        bad_cursors = [_cursor(False, True, key, "a") for key in bad_keys]
        for bad in ("nonsense", "é", "W10=", _cursor(False, True, 1, "\0"), *bad_cursors):
            with pytest.raises(InvalidParameter, match="cursor"):
                await library.page(ListQuery(cursor=bad))
        with pytest.raises(InvalidParameter, match="cursor"):
            await library.page(ListQuery(cursor=cursor, by_name=True))
        with pytest.raises(InvalidParameter, match="cursor"):
            await library.page(ListQuery(cursor=_cursor(True, True, "\0", "a"), by_name=True))


class TestLexicons:
    """What speech reads by."""

    async def test_a_lexicon_has_the_rules_of_all_its_dictionaries_in_their_order(
        self, library: Dictionaries
    ) -> None:
        first = await _made(library)
        second = await library.create("b", (AliasRule("one", "eins"),), created_by="somebody")
        lexicon = await library.lexicon([Locator(second.id), Locator(first.id)])
        assert lexicon.rules == (
            Rule("one", alias="eins"),
            Rule("one", alias="wun"),
            Rule("two", ipa="ˈtu", case_sensitive=False, word_boundaries=False),  # noqa: RUF001
        )

    async def test_no_locators_make_an_empty_lexicon(self, library: Dictionaries) -> None:
        assert (await library.lexicon([])).rules == ()

    async def test_without_a_version_the_newest_counts_and_with_one_that_one(
        self, library: Dictionaries
    ) -> None:
        made = await _made(library)
        before = await library.lexicon([Locator(made.id)])
        await library.change_rules(made.id, lambda rules: without(rules, ["two"]))
        assert (await library.lexicon([Locator(made.id)])).rules == (Rule("one", alias="wun"),)
        old = await library.lexicon([Locator(made.id, made.latest_version_id)])
        assert old is before

    async def test_an_archived_dictionary_is_not_found_though_it_was_used_before(
        self, library: Dictionaries
    ) -> None:
        made = await _made(library)
        locators = [Locator(made.id, made.latest_version_id)]
        await library.lexicon(locators)
        await library.change(made.id, DictionaryChange(archived=True))
        with pytest.raises(DictionaryNotFound, match="archived"):
            await library.lexicon(locators)
        assert await library.rules(made.id, made.latest_version_id) == (_ONE, _TWO)

    async def test_a_fourth_dictionary_is_refused(self, library: Dictionaries) -> None:
        made = await _made(library)
        assert len((await library.lexicon([Locator(made.id)] * 3)).rules) == 6
        with pytest.raises(InvalidParameter, match="at most 3"):
            await library.lexicon([Locator(made.id)] * 4)
