"""Files that callers bring into a conversation."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

import msgspec
from litestar import delete, get, post
from litestar.openapi.spec import Operation
from litestar.params import FromPath
from litestar.types import ASGIApp

from vivavoce.errors import InvalidParameter
from vivavoce.server.house import House
from vivavoce.server.rest.access import TheHouse, admits
from vivavoce.server.rest.errors import error_responses
from vivavoce.server.rest.file_answer import FileAnswer, FileOperation
from vivavoce.server.rest.form_schema import form_body
from vivavoce.server.rest.options import options_of
from vivavoce.server.rest.request import RestRequest
from vivavoce.server.rest.uploads import Upload, received
from vivavoce.wire.attachments import HEAD_BYTES, attachment_type
from vivavoce.wire.conversations import UploadedFile

_ALL = "/v1/convai/conversations/{conversation_id:str}/files"
_ONE = _ALL + "/{file_id:str}"
_TAGS = ("conversations",)

_FILE_BYTES = 20_000_000


class _NoFields(msgspec.Struct, frozen=True):
    """The form has a file and nothing else."""


@dataclass
class _FormOperation(Operation):
    def __post_init__(self) -> None:
        self.request_body = form_body(
            _NoFields, needs_file=True, file_description="An image, a PDF or plain text."
        )


@post(
    _ALL,
    security=[{}],
    status_code=200,
    responses=error_responses(404, 413),
    operation_class=_FormOperation,
    # Looks at the size of the file by itself.
    request_max_body_size=None,
    tags=_TAGS,
)
async def add_file(
    request: RestRequest, house: TheHouse, conversation_id: FromPath[str]
) -> UploadedFile:
    """Takes a file of at most 20 MB; whoever knows the conversation's id may send some."""
    await house.store.files.demand_room(conversation_id)
    async with received(request, lambda _: None, most_bytes=_FILE_BYTES) as (_, upload):
        return UploadedFile(await _keep(house, conversation_id, upload))


@get(
    _ONE,
    guards=[admits("convai_read")],
    responses=error_responses(404),
    operation_class=FileOperation,
    tags=_TAGS,
)
async def get_file(
    request: RestRequest, house: TheHouse, conversation_id: FromPath[str], file_id: FromPath[str]
) -> ASGIApp:
    """A file as it was sent."""
    file = await house.store.files.get(conversation_id, file_id)
    return FileAnswer(
        file.path,
        file.content_type,
        house,
        range_header=request.headers.get("range"),
        name=file.path.name,
    )


@delete(_ONE, security=[{}], status_code=200, responses=error_responses(404), tags=_TAGS)
async def remove_file(
    house: TheHouse, conversation_id: FromPath[str], file_id: FromPath[str]
) -> UploadedFile:
    """Takes a file back; whoever knows both ids may."""
    await house.store.files.remove(conversation_id, file_id)
    return UploadedFile(file_id)


FILE_ROUTES = (add_file, options_of(_ONE, "GET", "DELETE"), get_file, remove_file)


async def _keep(house: House, conversation_id: str, upload: Upload) -> str:
    """Puts the file where its conversation's are."""
    head = await asyncio.to_thread(upload.file.read, HEAD_BYTES)
    media_type = attachment_type(head)
    if not upload.has_file or media_type is None:
        raise InvalidParameter("The file must be an image, a PDF or plain text.", param="file")
    return await house.store.files.add(conversation_id, media_type, upload.file)
