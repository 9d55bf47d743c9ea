"""Audio with the times of its characters and of its speakers, as REST answers."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import msgspec

from vivavoce.wire.alignment import TimedText
from vivavoce.wire.rest_speech import DialogueInput
from vivavoce.wire.timed_audio import TimedAudio, TimestampBody, TimestampLines, char_bounds_ms


class VoiceSegment(msgspec.Struct, frozen=True):
    """Who speaks from when to when: a line of the dialogue, or a part of one.

    Times are seconds of the whole answer's audio. Characters are counted in the `alignment` beside
    it, up to `character_end_index` and without it. `voice_id` is as it was asked for.
    """

    voice_id: str
    start_time_seconds: float
    end_time_seconds: float
    character_start_index: int
    character_end_index: int
    dialogue_input_index: int


class TimedDialogue(TimedAudio, frozen=True):
    """Audio in base64, its characters, and whose they are."""

    voice_segments: list[VoiceSegment]


class _Script:
    """Tells whose characters are, which come as they are spoken, line after line.

    White space does not count: the voices may add some. It goes with what it follows.
    """

    def __init__(self, lines: Sequence[DialogueInput]) -> None:
        self._lines = lines
        self._index = 0
        self._unread = _inked(lines[0].text)

    def segments(self, timed: TimedText, span: tuple[float, float]) -> list[VoiceSegment]:
        """Of the next frame's characters."""
        cuts: list[tuple[int, int]] = []
        for position, char in enumerate(timed.chars):
            index = self._line_of(char)
            if not cuts or cuts[-1][1] != index:
                cuts.append((position, index))
        bounds = char_bounds_ms(timed, span)
        ends = [position for position, _ in cuts[1:]] + [len(timed.chars)]
        return [
            VoiceSegment(
                voice_id=self._lines[index].voice_id,
                start_time_seconds=bounds[start] / 1000,
                end_time_seconds=bounds[end] / 1000,
                character_start_index=start,
                character_end_index=end,
                dialogue_input_index=index,
            )
            for (start, index), end in zip(cuts, ends, strict=False)
        ]

    def _line_of(self, char: str) -> int:
        if not char.isspace():
            while not self._unread and self._index < len(self._lines) - 1:
                self._index += 1
                self._unread = _inked(self._lines[self._index].text)
            self._unread -= 1
        return self._index


class SegmentedLines(TimestampLines):
    """Each frame is a line of JSON: a `TimedDialogue` with the next bytes of the stream."""

    def __init__(self, lines: Sequence[DialogueInput]) -> None:
        self._script = _Script(lines)

    def audio(
        self, data: bytes, original: TimedText, normalized: TimedText, span: tuple[float, float]
    ) -> bytes:
        """The line."""
        timed = super().audio(data, original, normalized, span).removesuffix(b"}\n")
        segments = msgspec.json.encode(self._script.segments(original, span))
        return b"".join((timed, b',"voice_segments":', segments, b"}\n"))


class SegmentedBody(TimestampBody):
    """Gathers frames, to say them all in one `TimedDialogue` with a segment for each line."""

    def __init__(self, lines: Sequence[DialogueInput], header_bytes: int = 0) -> None:
        super().__init__(header_bytes)
        self._script = _Script(lines)
        self._characters = 0
        self._segment: VoiceSegment | None = None
        self._segments: list[bytes] = []

    def audio(
        self, data: bytes, original: TimedText, normalized: TimedText, span: tuple[float, float]
    ) -> bytes:
        """The data as they are; what they were spoken for, and by whom, is remembered."""
        for segment in self._script.segments(original, span):
            self._add(segment)
        self._characters += len(original.chars)
        return super().audio(data, original, normalized, span)

    def parts(self, header: bytes) -> Iterator[bytes]:
        """The body, in pieces; `header` is as long as was said."""
        self._put_away()
        *timed, end = super().parts(header)
        yield from timed
        yield b',"voice_segments":['
        yield b",".join(self._segments)
        yield b"]"
        yield end

    def _add(self, segment: VoiceSegment) -> None:
        same = self._segment
        if same is None or same.dialogue_input_index != segment.dialogue_input_index:
            self._put_away()
            same = msgspec.structs.replace(
                segment, character_start_index=self._characters + segment.character_start_index
            )
        self._segment = msgspec.structs.replace(
            same,
            end_time_seconds=segment.end_time_seconds,
            character_end_index=self._characters + segment.character_end_index,
        )

    def _put_away(self) -> None:
        if self._segment is not None:
            self._segments.append(msgspec.json.encode(self._segment))
            self._segment = None


def _inked(text: str) -> int:
    """How many characters of it are no white space."""
    return sum(not char.isspace() for char in text)
