"""A transcript in the other forms in which callers may want it as well."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from types import MappingProxyType

from vivavoce.core.spoken_words import SpokenWord
from vivavoce.core.subtitles import CueRules, segments, to_srt, to_text
from vivavoce.wire.timed_words import Word
from vivavoce.wire.transcript_answers import (
    AdditionalFormat,
    Segment,
    Transcript,
    additional_format,
    segmented_json,
)
from vivavoce.wire.transcripts import ExportName, ExportOptions

# What holds for each form where the caller has no wishes: subtitles are read while one listens,
# text without, and parts are for programs.
_RULES: MappingProxyType[ExportName, CueRules] = MappingProxyType(
    {
        "srt": CueRules(),
        "txt": CueRules(line_chars=100, lines=1, longest_s=60.0),
        "segmented_json": CueRules(line_chars=200, lines=1, longest_s=15.0),
    }
)

TimedWords = Callable[[Sequence[SpokenWord]], tuple[Word, ...]]
"""Words as the wire has them."""


def exported(
    options: ExportOptions, words: Sequence[SpokenWord], transcript: Transcript, timed: TimedWords
) -> AdditionalFormat:
    """`transcript`, which has these `words`, in the form of `options`."""
    rules = _rules(options)
    match options.format:
        case "srt":
            content = to_srt(words, rules)
        case "txt" if options.include_timestamps:
            content = "".join(map(_stamped, segments(words, rules)))
        case "txt":
            content = to_text(words, rules)
        case _:
            parts = [Segment(_text(part), timed(part)) for part in segments(words, rules)]
            content = segmented_json(transcript, parts)
    return additional_format(options.format, content)


def _rules(options: ExportOptions) -> CueRules:
    usual = _RULES[options.format]
    return CueRules(
        line_chars=options.max_characters_per_line or usual.line_chars,
        lines=usual.lines,
        most_chars=options.max_segment_chars,
        longest_s=options.max_segment_duration_s or usual.longest_s,
        silence_s=options.segment_on_silence_longer_than_s or usual.silence_s,
    )


def _stamped(part: Sequence[SpokenWord]) -> str:
    minutes, seconds = divmod(int(part[0].start_s), 60)
    hours, minutes = divmod(minutes, 60)
    return f"[{hours:02}:{minutes:02}:{seconds:02}] {_text(part)}\n"


def _text(part: Sequence[SpokenWord]) -> str:
    return " ".join(word.text for word in part)
