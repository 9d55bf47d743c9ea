"""Who may call an agent."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Any, cast

import msgspec
import pytest

from tests.server.conftest import Clock
from vivavoce.config import Settings
from vivavoce.core.call_record import CallRecord
from vivavoce.errors import AgentNotFound, InvalidApiKey, MissingApiKey, NotAllowed
from vivavoce.server.auth import open_gate
from vivavoce.server.call_access import (
    Admission,
    Visitor,
    admit_caller,
    admit_visitor,
    called_agent,
    choose_subprotocol,
)
from vivavoce.server.house import House
from vivavoce.server.signatures import SECRET_NAME, CallPass, sign
from vivavoce.store.store import Store
from vivavoce.wire.agent_auth import AgentAuth

AGENT = "agent_1"
SILENT, PUBLIC, PRIVATE = AgentAuth(), AgentAuth(enable_auth=False), AgentAuth(enable_auth=True)
NOBODY = Visitor((), (), None)

OpenHouse = Callable[..., AbstractAsyncContextManager[House]]


@pytest.fixture
def open_house(store: Store, clock: Clock) -> OpenHouse:
    """A house as far as its door goes."""

    @asynccontextmanager
    async def opened(*api_keys: str, **options: Any) -> AsyncIterator[House]:
        settings = Settings(api_keys=api_keys, **options)
        async with open_gate(api_keys, store, clock=clock) as gate:
            parts = {name: cast(Any, None) for name in House.__struct_fields__}
            yield House(**parts | {"settings": settings, "gate": gate, "store": store})

    return opened


async def signed(house: House, **changes: Any) -> Visitor:
    expires_at = int(house.store.clock()) + 900
    call_pass = msgspec.structs.replace(CallPass(AGENT, "settings", expires_at), **changes)
    signature = sign(call_pass, await house.store.secrets.get(SECRET_NAME))
    return Visitor((), (signature,), None)


def shows(*keys: str) -> Visitor:
    return Visitor(keys, (), None)


@pytest.mark.parametrize(
    ("offered", "chosen"),
    [
        (["convai"], "convai"),
        (["convai", "bearer.x"], "convai"),
        (["bearer.x", "convai"], "convai"),
        (["bearer.x"], None),
        (["other"], None),
        ([], None),
    ],
)
def test_checklist_9_convai_is_answered_only_when_it_is_offered(
    offered: list[str], chosen: str | None
) -> None:
    assert choose_subprotocol(offered) == chosen


@pytest.mark.parametrize(
    ("headers", "query", "subprotocols"),
    [
        ({"xi-api-key": "sesame"}, {}, ()),
        ({"Authorization": "Bearer sesame"}, {}, ()),
        ({}, {"authorization": "Bearer sesame"}, ()),
        ({}, {"token": "sesame"}, ()),
        ({}, {}, ("convai", "bearer.sesame")),
    ],
)
async def test_a_key_may_be_shown_wherever_clients_show_one(
    open_house: OpenHouse,
    headers: dict[str, str],
    query: dict[str, str],
    subprotocols: tuple[str, ...],
) -> None:
    async with open_house("sesame") as house:
        visitor = Visitor.from_handshake(headers, query, subprotocols)
        admission = await admit_caller(house, visitor, AGENT, PRIVATE)
        assert admission == Admission(await house.gate.admit(["sesame"]))


@pytest.mark.parametrize("place", ["conversation_signature", "token", "authorization", "bearer"])
async def test_a_signature_may_be_shown_wherever_clients_show_one(
    open_house: OpenHouse, place: str
) -> None:
    async with open_house("sesame") as house:
        [signature] = (await signed(house)).signatures
        query, subprotocols = {place: signature}, ()
        if place == "bearer":
            query, subprotocols = {}, ("convai", f"bearer.{signature}")
        visitor = Visitor.from_handshake({}, query, subprotocols)
        admission = await admit_caller(house, visitor, AGENT, PRIVATE)
        assert admission == Admission(await house.gate.admit(["sesame"]))


@pytest.mark.parametrize(
    ("keys", "auth", "let_in"),
    [
        ((), SILENT, True),
        ((), PUBLIC, True),
        ((), PRIVATE, False),
        (("sesame",), SILENT, False),
        (("sesame",), PUBLIC, True),
        (("sesame",), PRIVATE, False),
    ],
)
async def test_who_shows_nothing_may_call_what_is_public(
    open_house: OpenHouse, keys: tuple[str, ...], auth: AgentAuth, let_in: bool
) -> None:
    async with open_house(*keys) as house:
        if let_in:
            admission = await admit_caller(house, NOBODY, AGENT, auth)
            assert admission == Admission(house.gate.anyone)
        else:
            with pytest.raises(MissingApiKey, match="signed URL"):
                await admit_caller(house, NOBODY, AGENT, auth)


@pytest.mark.parametrize("auth", [SILENT, PRIVATE])
async def test_a_wrong_key_opens_nothing(open_house: OpenHouse, auth: AgentAuth) -> None:
    async with open_house("sesame") as house:
        with pytest.raises(InvalidApiKey):
            await admit_caller(house, shows("wrong"), AGENT, auth)


async def test_a_wrong_key_is_no_worse_than_none_where_the_agent_is_public(
    open_house: OpenHouse,
) -> None:
    async with open_house("sesame") as house:
        admission = await admit_caller(house, shows("wrong"), AGENT, PUBLIC)
        assert admission == Admission(house.gate.anyone)


async def test_a_key_is_used_where_none_is_needed(open_house: OpenHouse) -> None:
    async with open_house("sesame") as house:
        owner = await house.gate.admit(["sesame"])
        admission = await admit_caller(house, shows("sesame"), AGENT, PUBLIC)
        assert admission == Admission(owner)


async def test_a_key_must_be_for_conversations(open_house: OpenHouse) -> None:
    async with open_house("sesame") as house:
        key, stored = await house.store.keys.create("k", scopes=("text_to_speech",))
        with pytest.raises(NotAllowed, match="convai_write"):
            await admit_caller(house, shows(key), AGENT, PRIVATE)
        admission = await admit_caller(house, shows(key), AGENT, PUBLIC)
        assert admission == Admission(house.gate.anyone)
        visitor = await signed(house, key_id=stored.key_id)
        with pytest.raises(NotAllowed):
            await admit_caller(house, visitor, AGENT, PRIVATE)


@pytest.mark.parametrize("keys", [(), ("sesame",)])
@pytest.mark.parametrize("changes", [{"agent_id": "agent_2"}, {"expires_at": 0}])
async def test_a_signature_counts_for_its_agent_and_its_time_only(
    open_house: OpenHouse, keys: tuple[str, ...], changes: dict[str, Any]
) -> None:
    async with open_house(*keys) as house:
        with pytest.raises(InvalidApiKey, match="expired"):
            await admit_caller(house, await signed(house, **changes), AGENT, PRIVATE)


async def test_a_signature_ends_with_its_time(open_house: OpenHouse, clock: Clock) -> None:
    async with open_house("sesame") as house:
        visitor = await signed(house)
        clock.now += 899
        await admit_caller(house, visitor, AGENT, PRIVATE)
        clock.now += 1
        with pytest.raises(InvalidApiKey):
            await admit_caller(house, visitor, AGENT, PRIVATE)


async def test_a_signature_ends_with_its_key(open_house: OpenHouse) -> None:
    async with open_house("sesame") as house:
        visitor = await signed(house, key_id="revoked")
        with pytest.raises(InvalidApiKey):
            await admit_caller(house, visitor, AGENT, PRIVATE)


async def test_a_signature_from_before_there_was_a_key_opens_public_agents_only(
    open_house: OpenHouse,
) -> None:
    async with open_house("sesame") as house:
        visitor = await signed(house, key_id="", conversation_id="conv_1")
        admission = await admit_caller(house, visitor, AGENT, PUBLIC)
        assert admission == Admission(house.gate.anyone, "conv_1")
        with pytest.raises(InvalidApiKey):
            await admit_caller(house, visitor, AGENT, PRIVATE)


async def test_a_good_signature_counts_behind_bad_ones(open_house: OpenHouse) -> None:
    async with open_house("sesame") as house:
        [good] = (await signed(house)).signatures
        [bad] = (await signed(house, expires_at=0)).signatures
        admission = await admit_caller(house, Visitor((), (bad, good), None), AGENT, PRIVATE)
        assert admission == Admission(await house.gate.admit(["sesame"]))


async def test_a_key_counts_beside_a_bad_signature(open_house: OpenHouse) -> None:
    async with open_house("sesame") as house:
        [bad] = (await signed(house, expires_at=0)).signatures
        admission = await admit_caller(house, Visitor(("sesame",), (bad,), None), AGENT, PRIVATE)
        assert admission == Admission(await house.gate.admit(["sesame"]))


async def test_a_signature_for_one_conversation_opens_no_second(open_house: OpenHouse) -> None:
    async with open_house("sesame") as house:
        visitor = await signed(house, conversation_id="conv_1")
        admission = await admit_caller(house, visitor, AGENT, PRIVATE)
        assert admission.conversation_id == "conv_1"
        record = CallRecord(
            conversation_id="conv_1",
            agent_id=AGENT,
            agent_name="",
            status="in-progress",
            started_at=house.store.clock(),
        )
        await house.store.conversations.begin(record)
        with pytest.raises(InvalidApiKey, match="has been held"):
            await admit_caller(house, visitor, AGENT, PRIVATE)
        assert await admit_visitor(house, visitor, AGENT, PRIVATE) == admission


async def test_a_page_that_is_not_on_the_list_may_not_call_whatever_it_shows(
    open_house: OpenHouse,
) -> None:
    auth = AgentAuth(enable_auth=False, allowlist=("page.example",))
    async with open_house("sesame") as house:
        for shown in ((), ("sesame",)):
            other = Visitor(shown, (), "https://other.example")
            with pytest.raises(NotAllowed, match="origin"):
                await admit_caller(house, other, AGENT, auth)
            page = Visitor(shown, (), "https://page.example")
            assert await admit_caller(house, page, AGENT, auth)


def test_a_visitor_is_read_out_of_a_handshake_and_tells_no_log_its_keys() -> None:
    visitor = Visitor.from_handshake(
        {"Origin": "https://page.example", "XI-API-KEY": "sesame"},
        {"conversation_signature": "vvs_a.b"},
        ("convai", "bearer.other"),
    )
    assert visitor == Visitor(("sesame", "other"), ("vvs_a.b",), "https://page.example")
    assert "sesame" not in repr(visitor)
    assert "vvs_" not in repr(visitor)


async def test_an_id_that_nobody_has_is_refused_or_answered_by_the_default_agent(
    open_house: OpenHouse,
) -> None:
    async with open_house() as house:
        with pytest.raises(AgentNotFound):
            await called_agent(house, AGENT)
    async with open_house(unknown_agents="default") as house:
        assert (await called_agent(house, AGENT)).agent_id == "default"
