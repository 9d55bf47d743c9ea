"""Pronunciation dictionaries: made, changed, listed and downloaded."""

from __future__ import annotations

import asyncio
from typing import Annotated

import msgspec
from litestar import Response, get, patch, post, route
from litestar.datastructures import UploadFile
from litestar.enums import HttpMethod
from litestar.params import FromPath, FromQuery, MultipartBody, QueryParameter, RequestBody

from vivavoce.server.known_caller import KnownCaller
from vivavoce.server.rest.access import TheCaller, TheHouse, admits
from vivavoce.server.rest.errors import error_responses
from vivavoce.wire.dictionaries import (
    ChangedRules,
    CreatedDictionary,
    DictionaryChange,
    DictionaryMetadata,
    DictionaryPage,
    DictionaryWithRules,
    ListQuery,
    NewDictionary,
    RuleList,
    RuleStrings,
    merged,
    rules_of,
    without,
)
from vivavoce.wire.pls import PLS_MAX_BYTES, PLS_MEDIA_TYPE, read_pls, write_pls
from vivavoce.wire.sorting import is_descending, sort_field

_READ = admits("pronunciation_dictionaries_read")
_WRITE = admits("pronunciation_dictionaries_write")

_PATH = "/v1/pronunciation-dictionaries"
_ONE = _PATH + "/{dictionary_id:str}"
_TAGS = ("pronunciation dictionaries",)

# For the names and boundaries of the form around the file.
_FORM_BYTES = 65_536


class DictionaryForm(msgspec.Struct, frozen=True):
    """The form of `add-from-file`; without a file the dictionary has no rules yet."""

    name: str
    description: str | None = None
    file: UploadFile | None = None


@post(
    _PATH + "/add-from-rules",
    guards=[_WRITE],
    status_code=200,
    responses=error_responses(413),
    tags=_TAGS,
)
async def add_from_rules(
    house: TheHouse, caller: TheCaller, data: RequestBody[NewDictionary]
) -> CreatedDictionary:
    """A new dictionary out of rules."""
    made = await house.store.dictionaries.create(
        data.name,
        await asyncio.to_thread(rules_of, data.rules),
        created_by=_user_id(caller),
        description=data.description,
    )
    return _created(made)


@post(
    _PATH + "/add-from-file",
    guards=[_WRITE],
    status_code=200,
    responses=error_responses(413),
    tags=_TAGS,
    request_max_body_size=PLS_MAX_BYTES + _FORM_BYTES,
)
async def add_from_file(
    house: TheHouse, caller: TheCaller, data: MultipartBody[DictionaryForm]
) -> CreatedDictionary:
    """A new dictionary out of a PLS file."""
    content = b"" if data.file is None else await data.file.read()
    rules = () if data.file is None else await asyncio.to_thread(read_pls, content)
    made = await house.store.dictionaries.create(
        data.name, rules, created_by=_user_id(caller), description=data.description
    )
    return _created(made)


@get(_PATH, guards=[_READ], responses=error_responses(), tags=_TAGS)
async def list_dictionaries(
    house: TheHouse,
    cursor: FromQuery[str | None] = None,
    page_size: Annotated[int, QueryParameter(ge=1, le=100)] = 30,
    sort: FromQuery[str | None] = None,
    sort_direction: FromQuery[str | None] = None,
    include_archived: FromQuery[bool] = False,
) -> DictionaryPage:
    """A page of all dictionaries, the newest first unless asked otherwise."""
    field = sort_field(sort, ("creation_time_unix", "created_at_unix", "name"))
    return await house.store.dictionaries.page(
        ListQuery(
            cursor=cursor,
            page_size=page_size,
            by_name=field == "name",
            descending=is_descending(sort_direction, usually=True),
            include_archived=include_archived,
        )
    )


@route(_ONE, http_method=HttpMethod.OPTIONS, include_in_schema=False, sync_to_thread=False)
def dictionary_options() -> Response[None]:
    """The methods of a dictionary; Litestar's own handler tells of the one it meets first."""
    return Response(None, status_code=204, headers={"allow": "GET, OPTIONS, PATCH"})


@get(_ONE, guards=[_READ], responses=error_responses(404), tags=_TAGS)
async def get_dictionary(house: TheHouse, dictionary_id: FromPath[str]) -> DictionaryWithRules:
    """A dictionary with the rules of its newest version."""
    return await house.store.dictionaries.get(dictionary_id)


@patch(_ONE, guards=[_WRITE], responses=error_responses(404, 413), tags=_TAGS)
async def update_dictionary(
    house: TheHouse, dictionary_id: FromPath[str], data: RequestBody[DictionaryChange]
) -> DictionaryMetadata:
    """Renames a dictionary, or archives it: speech no longer finds it then."""
    return await house.store.dictionaries.change(dictionary_id, data)


@post(
    _ONE + "/add-rules",
    guards=[_WRITE],
    status_code=200,
    responses=error_responses(404, 413),
    tags=_TAGS,
)
async def add_rules(
    house: TheHouse, dictionary_id: FromPath[str], data: RequestBody[RuleList]
) -> ChangedRules:
    """A new version with these rules as well; they take the place of those for equal strings."""
    rules = await asyncio.to_thread(rules_of, data.rules)
    return await house.store.dictionaries.change_rules(
        dictionary_id, lambda newest: merged(newest, rules)
    )


@post(
    _ONE + "/remove-rules",
    guards=[_WRITE],
    status_code=200,
    responses=error_responses(404, 413),
    tags=_TAGS,
)
async def remove_rules(
    house: TheHouse, dictionary_id: FromPath[str], data: RequestBody[RuleStrings]
) -> ChangedRules:
    """A new version without the rules for these strings."""
    return await house.store.dictionaries.change_rules(
        dictionary_id, lambda newest: without(newest, data.rule_strings)
    )


@post(
    _ONE + "/set-rules",
    guards=[_WRITE],
    status_code=200,
    responses=error_responses(404, 413),
    tags=_TAGS,
)
async def set_rules(
    house: TheHouse, dictionary_id: FromPath[str], data: RequestBody[RuleList]
) -> ChangedRules:
    """A new version with these rules and no others."""
    rules = await asyncio.to_thread(rules_of, data.rules)
    return await house.store.dictionaries.change_rules(dictionary_id, lambda _: rules)


@get(
    _ONE + "/{version_id:str}/download",
    guards=[_READ],
    responses=error_responses(404),
    tags=_TAGS,
    media_type=PLS_MEDIA_TYPE,
)
async def download_dictionary(
    house: TheHouse, dictionary_id: FromPath[str], version_id: FromPath[str]
) -> Response[bytes]:
    """The rules of one version as a PLS file."""
    rules = await house.store.dictionaries.rules(dictionary_id, version_id)
    name = f'attachment; filename="{dictionary_id}_{version_id}.pls"'
    return Response(
        await asyncio.to_thread(write_pls, rules),
        media_type=PLS_MEDIA_TYPE,
        headers={"content-disposition": name},
    )


DICTIONARY_ROUTES = (
    add_from_rules,
    add_from_file,
    list_dictionaries,
    dictionary_options,  # before the others of its path, or Litestar makes one
    get_dictionary,
    update_dictionary,
    add_rules,
    remove_rules,
    set_rules,
    download_dictionary,
)


def _user_id(caller: KnownCaller) -> str:
    return caller.key_id or caller.name


def _created(made: DictionaryMetadata) -> CreatedDictionary:
    return CreatedDictionary(
        id=made.id,
        name=made.name,
        created_by=made.created_by,
        creation_time_unix=made.creation_time_unix,
        version_id=made.latest_version_id,
        version_rules_num=made.latest_version_rules_num,
        description=made.description,
    )
