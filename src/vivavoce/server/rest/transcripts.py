"""Files written down over REST, as the protocol has it."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import Annotated, TypeAlias

from litestar import post
from litestar.openapi.datastructures import ResponseSpec
from litestar.openapi.spec import Operation
from litestar.params import QueryParameter
from litestar.types import ASGIApp, Scope, Send

from vivavoce.errors import InvalidParameter
from vivavoce.server.house import House
from vivavoce.server.known_caller import KnownCaller
from vivavoce.server.rest.access import TheCaller, TheHouse, admits
from vivavoce.server.rest.errors import error_responses
from vivavoce.server.rest.form_schema import form_body
from vivavoce.server.rest.recordings import (
    Recording,
    Written,
    fetch_recording,
    turn_of,
    write_down,
)
from vivavoce.server.rest.request import RestRequest
from vivavoce.server.rest.transcript_body import transcript_body
from vivavoce.server.rest.uploads import Upload, received
from vivavoce.server.rest.watched import WatchedAnswer
from vivavoce.sessions.dictation import DictationWishes
from vivavoce.sessions.listening import TRANSCRIPTION_PERMISSION
from vivavoce.wire.transcript_answers import MultichannelTranscript, Transcript
from vivavoce.wire.transcripts import TranscriptForm, read_transcript_form

_MOST_CHANNELS = 5
_JSON = [(b"content-type", b"application/json")]


_Logging: TypeAlias = Annotated[
    bool, QueryParameter(description="Accepted; nothing is kept either way.")
]


@dataclass
class _FormOperation(Operation):
    def __post_init__(self) -> None:
        self.request_body = form_body(TranscriptForm, needs_file=False)


@post(
    "/v1/speech-to-text",
    status_code=200,
    guards=[admits(TRANSCRIPTION_PERMISSION, token_kind="batch_scribe")],
    responses={
        200: ResponseSpec(
            Transcript | MultichannelTranscript,
            generate_examples=False,
            description="What was said; of each channel, if that was asked for.",
        ),
        **error_responses(413),
    },
    operation_class=_FormOperation,
    # The answer reads the form by itself, and looks at the size of its file.
    request_max_body_size=None,
    tags=["speech-to-text"],
)
async def create_transcript(
    request: RestRequest,
    house: TheHouse,
    caller: TheCaller,
    enable_logging: _Logging = True,
) -> ASGIApp:
    """What is said in a file, or in a film, with the time of each word."""
    return _TranscriptAnswer(request, house, caller)


TRANSCRIPT_ROUTES = (create_transcript,)


class _TranscriptAnswer(WatchedAnswer):
    """Reads the form, listens, and answers with everything at once."""

    def __init__(self, request: RestRequest, house: House, caller: KnownCaller) -> None:
        super().__init__(house, body_is_read=False)
        self._request = request
        self._caller = caller

    async def _answer(self, scope: Scope, send: Send) -> None:
        async with received(
            self._request, read_transcript_form, most_bytes=self._house.settings.max_upload_bytes
        ) as (form, upload):
            self._body_is_read.set()
            body = await self._transcribe(form, upload)
        await self._begin([*_JSON, (b"content-length", str(len(body)).encode())], send)
        await self._send(body, send, more=False)

    async def _transcribe(self, form: TranscriptForm, upload: Upload) -> bytes:
        ears = self._house.ears
        ears.notices.without_effect(form.without_effect())
        language = ears.language(form.language)
        if upload.has_file == (form.url is not None):
            raise InvalidParameter("There must be a file, or a URL of one in its place.", "file")
        with turn_of(self._caller):
            if form.url is not None:
                param = "source_url" if form.source_url else "cloud_storage_url"
                await fetch_recording(form.url, upload.file, self._house, param=param)
            heard = await self._listen(form, Recording(upload.file, form.is_bare_pcm), language)
        # Thousands of words take a while to be put together.
        return await asyncio.to_thread(transcript_body, form, language, heard)

    async def _listen(
        self, form: TranscriptForm, recording: Recording, language: str
    ) -> tuple[Written, ...]:
        """What was said, in each channel if they are wanted one by one."""
        wishes = DictationWishes(
            language, word_times=form.wants_words, leave_out_fillers=bool(form.no_verbatim)
        )
        if not form.use_multi_channel:
            return (await write_down(recording, wishes, self._house),)
        channels = await recording.channels()
        if channels > _MOST_CHANNELS:
            raise InvalidParameter(
                f"The file has {channels} channels; {_MOST_CHANNELS} can be kept apart.",
                "use_multi_channel",
            )
        return tuple(
            [
                await write_down(recording, wishes, self._house, channel=channel)
                for channel in range(channels)
            ]
        )
