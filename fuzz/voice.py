"""A voice of tones that has every letter there is."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from vivavoce.engines.base import CharTimes, SpeechBlock, SpeechRequest
from vivavoce.engines.voices.fake import FakeVoice


class AnyLetterVoice:
    """`FakeVoice`, for whom every letter that it does not have is an x.

    A stream over HTTP that meets text nobody can speak has no way left but to be cut off, which
    from outside looks like a server that broke.
    """

    def __init__(self) -> None:
        self._tones = FakeVoice()
        self.sample_rate = self._tones.sample_rate

    def warm_up(self) -> None:
        """See `VoiceEngine.warm_up`."""
        self._tones.warm_up()

    def speak(self, request: SpeechRequest) -> Iterator[SpeechBlock]:
        """See `VoiceEngine.speak`."""
        text = request.text if request.text[-1:].isspace() else request.text + " "
        said = "".join(char if char.isascii() or not char.isalpha() else "x" for char in text)
        begin = 0
        for block in self._tones.speak(msgspec.structs.replace(request, text=said)):
            end = begin + len(block.original.chars)
            original = CharTimes(text[begin:end], block.original.starts)
            yield SpeechBlock(block.pcm, original, block.normalized)
            begin = end
