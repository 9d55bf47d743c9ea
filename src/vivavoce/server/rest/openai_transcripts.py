"""Files written down for OpenAI's clients."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from types import MappingProxyType

import msgspec
from litestar import post
from litestar.openapi.spec import Operation
from litestar.types import ASGIApp, Scope, Send

from vivavoce.core.subtitles import to_srt, to_vtt
from vivavoce.errors import InvalidParameter, SlowReader, VivavoceError
from vivavoce.server.house import House
from vivavoce.server.known_caller import KnownCaller
from vivavoce.server.rest.access import TheCaller, TheHouse, admits
from vivavoce.server.rest.errors import log_failure
from vivavoce.server.rest.form_schema import any_of, form_body
from vivavoce.server.rest.headers import request_id
from vivavoce.server.rest.openai_errors import OPENAI_EXCEPTION_HANDLERS, openai_error_responses
from vivavoce.server.rest.openapi import EVENTS, answers_with
from vivavoce.server.rest.recordings import (
    Recording,
    Written,
    dictation,
    spoken_passages,
    spoken_words,
    turn_of,
    words_of,
    write_down,
)
from vivavoce.server.rest.request import RestRequest
from vivavoce.server.rest.uploads import received
from vivavoce.server.rest.watched import WatchedAnswer
from vivavoce.sessions.dictation import DictationWishes
from vivavoce.sessions.listening import TRANSCRIPTION_PERMISSION
from vivavoce.wire.openai_transcript_events import TranscriptEvents
from vivavoce.wire.openai_transcripts import (
    TranscriptFormat,
    Transcription,
    TranscriptionForm,
    VerboseTranscription,
    read_transcription_form,
    transcription,
    verbose_transcription,
)

_JSON = "application/json"
_PLAIN = "text/plain; charset=utf-8"
_MEDIA_TYPES: MappingProxyType[TranscriptFormat, str] = MappingProxyType(
    {
        "json": _JSON,
        "verbose_json": _JSON,
        "text": _PLAIN,
        "srt": _PLAIN,
        "vtt": "text/vtt; charset=utf-8",
    }
)


@dataclass
class _TranscriptionOperation(Operation):
    def __post_init__(self) -> None:
        self.request_body = form_body(TranscriptionForm, needs_file=True)
        answers_with(
            self,
            {kind.partition(";")[0] for kind in (EVENTS, *_MEDIA_TYPES.values())},
            what="What was said.",
            json=any_of(Transcription, VerboseTranscription),
        )


@post(
    "/v1/audio/transcriptions",
    status_code=200,
    guards=[admits(TRANSCRIPTION_PERMISSION)],
    exception_handlers=OPENAI_EXCEPTION_HANDLERS,
    responses=openai_error_responses(),
    operation_class=_TranscriptionOperation,
    # The answer reads the form by itself, and looks at the size of its file.
    request_max_body_size=None,
    tags=["openai"],
)
async def create_transcription(request: RestRequest, house: TheHouse, caller: TheCaller) -> ASGIApp:
    """What is said in a file, as OpenAI's clients ask for it: as a whole, or as it is heard."""
    return _TranscriptionAnswer(request, house, caller)


OPENAI_TRANSCRIPT_ROUTES = (create_transcription,)


class _TranscriptionAnswer(WatchedAnswer):
    """Reads the form, listens, and answers at the end or as it goes."""

    def __init__(self, request: RestRequest, house: House, caller: KnownCaller) -> None:
        super().__init__(house, body_is_read=False)
        self._request = request
        self._caller = caller

    async def _answer(self, scope: Scope, send: Send) -> None:
        async with received(
            self._request,
            read_transcription_form,
            most_bytes=self._house.settings.max_upload_bytes,
        ) as (form, upload):
            self._body_is_read.set()
            wishes = self._wishes(form)
            if not upload.has_file:
                raise InvalidParameter("There must be a file.", "file")
            recording = Recording(upload.file)
            with turn_of(self._caller):
                if form.stream:
                    await self._stream(form, recording, wishes, scope, send)
                    return
                written = await write_down(recording, wishes, self._house)
        body = await asyncio.to_thread(_body, form, wishes.language, written)
        media_type = _MEDIA_TYPES[form.answer_format].encode()
        headers = [(b"content-type", media_type), (b"content-length", str(len(body)).encode())]
        await self._begin(headers, send)
        await self._send(body, send, more=False)

    def _wishes(self, form: TranscriptionForm) -> DictationWishes:
        """Raises LanguageMissing."""
        ears = self._house.ears
        ears.notices.without_effect(form.without_effect())
        return DictationWishes(ears.language(form.asked_language), word_times=form.wants_words)

    async def _stream(
        self,
        form: TranscriptionForm,
        recording: Recording,
        wishes: DictationWishes,
        scope: Scope,
        send: Send,
    ) -> None:
        events = TranscriptEvents(logprobs=form.includes_logprobs)
        with dictation(recording, wishes, self._house) as dictated:
            try:
                async with dictated as passages:
                    async for passage in passages:
                        words = spoken_words([passage])
                        await self._tell(events.passage(passage.text, words), send)
                await self._tell(events.done(), send)
            except SlowReader:
                raise
            except VivavoceError as error:
                if not self._has_begun:
                    raise
                log_failure(error, request_id(scope))
                await self._tell(events.failed(error), send)
        await self._send(b"", send, more=False)

    async def _tell(self, event: bytes, send: Send) -> None:
        if not self._has_begun:
            await self._begin([(b"content-type", EVENTS.encode())], send)
        await self._send(event, send, more=True)


def _body(form: TranscriptionForm, language: str, written: Written) -> bytes:
    passages = written.passages
    match form.answer_format:
        case "text":
            return f"{written.text}\n".encode()
        case "srt":
            return to_srt(words_of(passages)).encode()
        case "vtt":
            return to_vtt(words_of(passages)).encode()
        case "verbose_json":
            told = verbose_transcription(
                form,
                language,
                written.seconds,
                spoken_passages(passages),
                spoken_words(passages),
            )
            return msgspec.json.encode(told)
        case _:
            logprobs = spoken_words(passages) if form.includes_logprobs else None
            return msgspec.json.encode(transcription(written.text, written.seconds, logprobs))
