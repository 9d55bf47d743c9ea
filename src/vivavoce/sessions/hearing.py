"""Between a transcript's questions and the ears that answer them."""

from __future__ import annotations

import msgspec

from vivavoce.audio.recent_sound import SAMPLE_BYTES, RecentSound
from vivavoce.core.fillers import without_fillers
from vivavoce.core.heeded import Ask, Hearing
from vivavoce.core.live_transcript import TranscriptRules
from vivavoce.core.pieces import MARGIN, Piece, PieceRules
from vivavoce.core.plausible import is_plausible
from vivavoce.core.spoken_words import Passage, SpokenWord
from vivavoce.engines.base import EARS_RATE, Heard, HearingRequest
from vivavoce.wire.scribe_query import CommitStrategy, ScribeQuery

_NO_BEGINNING = " ,.;:!?-"

_UPSTREAMS_MIN_SILENCE_MS = 2500
"""Its default is longer than the silence that commits, so that it cannot mean that."""
_UPSTREAMS_MIN_SPEECH_MS = 250
"""Its default would lose short words in noise; what is no speech is told by more than length."""


def transcript_rules(query: ScribeQuery) -> TranscriptRules:
    """How a caller wants segments to be cut."""
    silence_ms = query.vad_silence_threshold_secs * 1000
    if query.min_silence_duration_ms < _UPSTREAMS_MIN_SILENCE_MS:
        silence_ms = max(silence_ms, query.min_silence_duration_ms)
    shortest = TranscriptRules().shortest_speech
    if query.min_speech_duration_ms != _UPSTREAMS_MIN_SPEECH_MS:
        shortest = _samples(query.min_speech_duration_ms)
    by_silence = query.commit_strategy is CommitStrategy.VAD
    return TranscriptRules(
        pieces=PieceRules(threshold=query.vad_threshold),
        commit_after=_samples(silence_ms) if by_silence else None,
        shortest_speech=shortest,
    )


def piece_request(
    piece: Piece,
    sound: RecentSound,
    *,
    language: str,
    draft: tuple[int, ...] = (),
    word_times: bool = False,
) -> HearingRequest:
    """A piece for the ears, with silence behind it where its sound stops too soon for them."""
    end = max(piece.end, piece.speech_end + MARGIN)
    pcm = sound.cut(piece.start, piece.end).ljust((end - piece.start) * SAMPLE_BYTES, b"\0")
    return HearingRequest(pcm, language, draft, word_times)


def piece_passage(piece: Piece, heard: Heard) -> Passage | None:
    """What was said in `piece`; None if that was no speech."""
    if not is_plausible(
        heard.text,
        logprob=heard.logprob,
        tokens=len(heard.tokens),
        speech_s=piece.speech / EARS_RATE,
        likelihood=piece.likelihood,
    ):
        return None
    # Of a piece that begins in mid-sentence the ears make ", and so on".
    text = heard.text.lstrip(_NO_BEGINNING)
    if not text:
        return None
    words = tuple(
        SpokenWord(word.text, *_span(piece, word.start, word.end), word.logprob)
        for word in heard.words
    )
    if words and words[0].text != (first := text.split()[0]):
        kept = words[1:] if words[0].text.strip(_NO_BEGINNING) == "" else words
        words = (msgspec.structs.replace(kept[0], text=first), *kept[1:])
    start_s, end_s = _span(piece, 0, piece.end - piece.start)
    return Passage(text, start_s, end_s, heard.logprob, words)


def answer_of(ask: Ask, heard: Heard | None, *, leave_out_fillers: bool) -> Hearing | None:
    """What the ears said, as the transcript wants to know it; None if they had no time."""
    if heard is None:
        return None
    passage = piece_passage(ask.sound, heard)
    if passage is not None and leave_out_fillers:
        passage = without_fillers(passage)
    return Hearing(passage, heard.tokens)


def _span(piece: Piece, start: int, end: int) -> tuple[float, float]:
    """Samples from the start of `piece` in seconds of its stream, none of them behind its end."""
    last = piece.end - piece.start
    return (
        (piece.start + min(start, last)) / EARS_RATE,
        (piece.start + min(end, last)) / EARS_RATE,
    )


def _samples(milliseconds: float) -> int:
    return round(milliseconds * EARS_RATE / 1000)
