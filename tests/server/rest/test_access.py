"""Who may ask over REST."""

from __future__ import annotations

from typing import Any

import pytest

from vivavoce.core.limits import Limits

SPEAK = "/v1/text-to-speech/Rachel"
HI = {"text": "Hi."}


async def test_a_server_without_keys_lets_everyone_in(rest: Any) -> None:
    for headers in ({}, {"xi-api-key": "anything"}):
        assert (await rest.client.post(SPEAK, json=HI, headers=headers)).status_code == 200


@pytest.mark.parametrize(
    ("headers", "query"),
    [
        ({"xi-api-key": "sesame"}, {}),
        ({"XI-API-KEY": "sesame"}, {}),
        ({"authorization": "Bearer sesame"}, {}),
        ({"authorization": "sesame"}, {}),
        ({}, {"authorization": "sesame"}),
        ({}, {"xi-api-key": "sesame"}),
        ({"xi-api-key": "wrong"}, {"token": "sesame"}),
    ],
)
async def test_a_key_may_stand_in_a_header_or_in_the_query(
    open_rest: Any, headers: dict[str, str], query: dict[str, str]
) -> None:
    async with open_rest(api_keys=("sesame",)) as rest:
        answer = await rest.client.post(SPEAK, json=HI, headers=headers, params=query)
        assert answer.status_code == 200


async def test_who_is_not_let_in_is_told_so_before_the_body_is_read(open_rest: Any) -> None:
    async with open_rest(api_keys=("sesame",)) as rest:
        answer = await rest.client.post(SPEAK, content=b"{")
        assert answer.status_code == 401
        assert answer.json()["detail"]["status"] == "missing_api_key"
        wrong = await rest.client.post(SPEAK, content=b"{", headers={"xi-api-key": "wrong"})
        assert wrong.json()["detail"]["status"] == "invalid_api_key"


async def test_requests_are_counted_for_their_key(open_rest: Any) -> None:
    async with open_rest(api_keys=("sesame",)) as rest:
        secret, _ = await rest.house.store.keys.create("k", limits=Limits(requests_a_minute=2))
        headers = {"xi-api-key": secret}
        statuses = [
            (await rest.client.post(SPEAK, json=HI, headers=headers)).status_code for _ in range(3)
        ]
        assert statuses == [200, 200, 429]
        owner = await rest.client.post(SPEAK, json=HI, headers={"xi-api-key": "sesame"})
        assert owner.status_code == 200


async def test_characters_are_spent_and_a_quota_ends(open_rest: Any) -> None:
    async with open_rest(api_keys=("sesame",)) as rest:
        secret, _ = await rest.house.store.keys.create("k", limits=Limits(characters_a_month=8))
        headers = {"xi-api-key": secret}
        answers = [await rest.client.post(SPEAK, json=HI, headers=headers) for _ in range(3)]
        assert [answer.status_code for answer in answers] == [200, 200, 401]
        assert answers[-1].json()["detail"]["code"] == "quota_exceeded"


async def test_an_answer_says_how_many_generations_a_key_may_have_at_once(open_rest: Any) -> None:
    async with open_rest(api_keys=("sesame",)) as rest:
        secret, _ = await rest.house.store.keys.create("k", limits=Limits(turns_at_once=3))
        answer = await rest.client.post(SPEAK, json=HI, headers={"xi-api-key": secret})
        assert answer.headers["maximum-concurrent-requests"] == "3"
        assert answer.headers["current-concurrent-requests"] == "1"
