"""Pronunciation dictionaries over HTTP."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from structlog.testing import capture_logs

_PATH = "/v1/pronunciation-dictionaries"
_PLS = b"<lexicon><lexeme><grapheme>a</grapheme><alias>b</alias></lexeme></lexicon>"
_RULE = {"type": "alias", "string_to_replace": "a", "alias": "b"}


async def _made(rest: Any, **more: object) -> dict[str, Any]:
    body = {"name": "terms", "rules": [_RULE], **more}
    reply = await rest.client.post(f"{_PATH}/add-from-rules", json=body)
    assert reply.status_code == 200
    made: dict[str, Any] = reply.json()
    return made


async def test_a_form_with_a_file_makes_a_dictionary(rest: Any) -> None:
    reply = await rest.client.post(
        f"{_PATH}/add-from-file",
        data={"name": "123", "description": "true", "workspace_access": "viewer"},
        files={"file": ("a.pls", _PLS)},
    )
    assert reply.status_code == 200
    made = reply.json()
    assert (made["name"], made["description"], made["version_rules_num"]) == ("123", "true", 1)


@pytest.mark.parametrize(
    ("form", "status"),
    [
        ({"files": {"file": ("a.pls", _PLS)}}, 422),
        ({"data": {"name": "x", "file": "text"}, "files": {"other": b""}}, 422),
        ({"data": {"name": "x"}, "files": [("file", _PLS), ("file", _PLS)]}, 422),
        ({"data": {"name": "x"}, "files": {"file": b""}}, 400),
        ({"data": {"name": "x"}, "files": {"file": b" " * 1_048_577}}, 400),
        ({"data": {"name": "x"}, "files": {"file": b" " * 2_000_000}}, 413),
        ({"data": {"name": " "}, "files": {"file": ("a.pls", _PLS)}}, 400),
        ({"json": {"name": "x"}}, 400),
    ],
)
async def test_a_form_that_cannot_be_used_is_refused(
    rest: Any, form: dict[str, Any], status: int
) -> None:
    reply = await rest.client.post(f"{_PATH}/add-from-file", **form)
    assert reply.status_code == status
    assert reply.json()["detail"]
    listed = (await rest.client.get(_PATH)).json()
    assert listed["pronunciation_dictionaries"] == []


async def test_a_rule_that_does_not_fit_is_told_by_its_place(rest: Any) -> None:
    bad = {"type": "alias", "alias": "b"}
    body = {"name": "x", "rules": [_RULE, bad]}
    reply = await rest.client.post(f"{_PATH}/add-from-rules", json=body)
    assert reply.status_code == 422
    assert reply.json()["detail"][0]["loc"] == ["body", "rules", 1, "string_to_replace"]


async def test_phonemes_that_are_none_are_refused_in_a_file_too(rest: Any) -> None:
    file = b'<lexicon alphabet="cmu-arpabet">' + _PLS[9:].replace(
        b"<alias>b</alias>", b"<phoneme>QQ</phoneme>"
    )
    form = {"data": {"name": "x"}, "files": {"file": file}}
    reply = await rest.client.post(f"{_PATH}/add-from-file", **form)
    assert reply.status_code == 400
    assert reply.json()["detail"]["message"] == "'QQ' for 'a' is not written in cmu-arpabet."


async def test_a_version_is_downloaded_as_a_file_of_its_media_type(rest: Any) -> None:
    made = await _made(rest)
    reply = await rest.client.get(f"{_PATH}/{made['id']}/{made['version_id']}/download")
    assert reply.status_code == 200
    assert reply.headers["content-type"] == "application/pls+xml"
    assert reply.headers["content-disposition"].endswith('.pls"')
    assert b"<grapheme>a</grapheme>" in reply.content


async def test_rules_of_every_kind_of_change_make_a_new_version(rest: Any) -> None:
    made = await _made(rest)
    other = {"type": "phoneme", "string_to_replace": "b", "phoneme": "ə", "alphabet": "ipa"}
    counts = []
    for change, body in (
        ("add-rules", {"rules": [other]}),
        ("remove-rules", {"rule_strings": ["a"]}),
        ("set-rules", {"rules": [_RULE]}),
    ):
        reply = await rest.client.post(f"{_PATH}/{made['id']}/{change}", json=body)
        assert reply.json()["id"] == made["id"]
        counts.append(reply.json()["version_rules_num"])
    assert counts == [2, 1, 1]
    found = (await rest.client.get(f"{_PATH}/{made['id']}")).json()
    assert found["latest_version_id"] == reply.json()["version_id"] != made["version_id"]
    assert found["rules"] == [{**_RULE, "case_sensitive": True, "word_boundaries": True}]


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("GET", "/nobody", None),
        ("PATCH", "/nobody", {"name": "x"}),
        ("POST", "/nobody/add-rules", {"rules": [_RULE]}),
        ("POST", "/nobody/remove-rules", {"rule_strings": ["a"]}),
        ("POST", "/nobody/set-rules", {"rules": []}),
        ("GET", "/nobody/nothing/download", None),
        ("GET", "/%00", None),
    ],
)
async def test_an_unknown_dictionary_is_404(rest: Any, method: str, path: str, body: Any) -> None:
    reply = await rest.client.request(method, _PATH + path, json=body)
    assert reply.status_code == 404
    assert reply.json()["detail"]["status"] == "pronunciation_dictionary_not_found"


async def test_a_list_takes_the_sdks_words_and_refuses_others_by_name(rest: Any) -> None:
    for name in ("b", "a"):
        await _made(rest, name=name)
    for query, names in (
        ("", ["a", "b"]),
        ("?sort=creation_time_unix&sort_direction=ASCENDING", ["b", "a"]),
        ("?sort=created_at_unix&sort_direction=desc", ["a", "b"]),
        ("?sort=name&sort_direction=asc&unknown=1", ["a", "b"]),
        ("?page_size=1", ["a"]),
    ):
        page = (await rest.client.get(_PATH + query)).json()
        assert [one["name"] for one in page["pronunciation_dictionaries"]] == names
    for query, status in (("page_size=101", 422), ("sort=size", 400), ("cursor=x", 400)):
        assert (await rest.client.get(f"{_PATH}?{query}")).status_code == status


async def test_reading_and_writing_need_a_permission_each(open_rest: Any) -> None:
    async with open_rest(api_keys=("secret",)) as rest:
        keys = {
            scope: (await rest.house.store.keys.create(scope, scopes=(scope,)))[0]
            for scope in (
                "pronunciation_dictionaries_read",
                "pronunciation_dictionaries_write",
            )
        }
        statuses = {}
        for scope, key in keys.items():
            header = {"xi-api-key": key}
            read = await rest.client.get(_PATH, headers=header)
            body = {"name": "terms", "rules": []}
            path = f"{_PATH}/add-from-rules"
            write = await rest.client.post(path, headers=header, json=body)
            statuses[scope] = (read.status_code, write.status_code)
    assert statuses == {
        "pronunciation_dictionaries_read": (200, 403),
        "pronunciation_dictionaries_write": (403, 200),
    }


async def test_a_database_that_breaks_is_an_internal_error_whose_cause_is_logged(
    rest: Any, tmp_path: Path
) -> None:
    with closing(sqlite3.connect(tmp_path / "store.db")) as database:
        database.execute("DROP TABLE pronunciation_dictionary_versions")
    with capture_logs() as logs:
        reply = await rest.client.get(_PATH)
    assert reply.status_code == 500
    assert reply.json()["detail"]["code"] == "internal_error"
    assert "pronunciation_dictionary_versions" not in reply.text
    assert [str(log["exc_info"].__cause__.orig) for log in logs] == [
        "no such table: pronunciation_dictionary_versions"
    ]
