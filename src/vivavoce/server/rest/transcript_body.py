"""What was heard, as the protocol writes it."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Iterator, Sequence

import msgspec

from vivavoce.core.spoken_words import Passage, SpokenWord
from vivavoce.server.rest.exports import exported
from vivavoce.server.rest.recordings import Written, spoken_words, words_of
from vivavoce.wire.heard_languages import three_letters
from vivavoce.wire.timed_words import Word, timed_words
from vivavoce.wire.transcript_answers import MultichannelTranscript, Transcript
from vivavoce.wire.transcripts import TranscriptForm

_ONLY_LANGUAGE = 1.0
"""Nothing tells languages apart here: what is heard is heard as the one that was asked for."""


def transcript_body(form: TranscriptForm, language: str, heard: Sequence[Written]) -> bytes:
    """JSON of what was heard in each channel, or of the one recording there is."""
    writer = _Writer(form, language)
    if not form.use_multi_channel:
        [written] = heard
        return msgspec.json.encode(writer.transcript(written))
    if form.combines_channels:
        return msgspec.json.encode(writer.combined(heard))
    transcripts = tuple(writer.transcript(one, channel) for channel, one in enumerate(heard))
    seconds = max(one.audio_duration_secs for one in transcripts)
    return msgspec.json.encode(MultichannelTranscript(transcripts, writer.id, seconds))


class _Writer:
    """Writes the transcripts of one request."""

    def __init__(self, form: TranscriptForm, language: str) -> None:
        self.id = uuid.uuid4().hex
        self._form = form
        self._language = three_letters(language)

    def transcript(self, written: Written, channel: int | None = None) -> Transcript:
        """Of one channel, or of all of them together."""
        words = self._form.words(spoken_words(written.passages), channel=channel)
        return self._of(written.passages, words, written.seconds, channel)

    def combined(self, channels: Sequence[Written]) -> Transcript:
        """What was said in all channels, one passage after the other."""
        by_time = sorted(
            (
                (passage, channel)
                for channel, written in enumerate(channels)
                for passage in written.passages
            ),
            key=lambda one: one[0].start_s,
        )
        spoken = (
            self._form.words(spoken_words([passage]), channel=channel)
            for passage, channel in by_time
        )
        seconds = max(written.seconds for written in channels)
        passages = [passage for passage, _ in by_time]
        return self._of(passages, tuple(_joined(spoken)), seconds)

    def _of(
        self,
        passages: Sequence[Passage],
        words: tuple[Word, ...],
        seconds: float,
        channel: int | None = None,
    ) -> Transcript:
        transcript = Transcript(
            language_code=self._language,
            language_probability=_ONLY_LANGUAGE,
            text=" ".join(passage.text for passage in passages),
            words=words,
            transcription_id=self.id,
            audio_duration_secs=round(seconds, 3),
            channel_index=channel,
        )
        if not self._form.additional_formats:
            return transcript
        spoken = words_of(passages)
        formats = tuple(
            exported(options, spoken, transcript, self._timed)
            for options in self._form.additional_formats
        )
        return msgspec.structs.replace(transcript, additional_formats=formats)

    def _timed(self, words: Iterable[SpokenWord]) -> tuple[Word, ...]:
        """With their times even where the transcript itself is to have none."""
        spoken = [(word.text, word.start_s, word.end_s, word.logprob) for word in words]
        return self._form.words(spoken) or timed_words(spoken)


def _joined(passages: Iterable[tuple[Word, ...]]) -> Iterator[Word]:
    """The words of passages that may overlap, with a space between each two."""
    last: Word | None = None
    for words in passages:
        if last is not None and words:
            yield msgspec.structs.replace(
                last,
                text=" ",
                start=last.end,
                end=max(last.end, words[0].start),
                type="spacing",
                logprob=0.0,
                characters=None,
            )
        yield from words
        last = words[-1] if words else last
