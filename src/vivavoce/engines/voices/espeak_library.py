"""espeak-ng, the library: one text to samples, in a process that does nothing else.

The library keeps what it has said in its own memory, and says the next text a little differently
for it; odd texts make it overrun its buffers and abort. So each text is spoken by a fork of a
process in which it has said nothing yet, which takes 4 ms: equal requests then sound equal, and
whatever it does to itself ends with that text.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import signal
import traceback
from typing import Final

import msgspec

SAMPLE_RATE: Final = 22_050

# From the library's speak_lib.h.
_SYNCHRONOUS: Final = 2
_STAY_ALIVE: Final = 0x8000
_POSITION_IS_CHARACTERS: Final = 1
_UTF8: Final = 0x01
_SSML: Final = 0x10
_PHONEMES: Final = 0x100
_RATE, _VOLUME, _PITCH, _RANGE = 1, 2, 3, 4
_LIST_END, _WORD = 0, 1

_STDERR: Final = 2
_BUFFER_MS: Final = 60
_PATIENCE_S: Final = 10
"""10,000 characters take a quarter of a second."""


class Utterance(msgspec.Struct, array_like=True, frozen=True):
    """A text as the library takes it.

    `pitch` and `pitch_range` go from 0 to 100, 50 being the voice's own. With `phonemes`, `[[…]]`
    in the text are phonemes; with `ssml` the text is XML.
    """

    text: str
    voice: str
    words_per_minute: int
    pitch: int
    pitch_range: int
    volume: int
    phonemes: bool = False
    ssml: bool = False


class WordStart(msgspec.Struct, array_like=True, frozen=True):
    """The word at character `at` of the text begins at `sample`."""

    at: int
    sample: int


class Sound(msgspec.Struct, array_like=True, frozen=True):
    """16-bit mono samples at 22,050 Hz, and the words in them as they come."""

    pcm: bytes
    words: list[WordStart]


class _EventId(ctypes.Union):
    _fields_ = (("number", ctypes.c_int), ("name", ctypes.c_char_p), ("string", ctypes.c_char * 8))


class _Event(ctypes.Structure):
    _fields_ = (
        ("type", ctypes.c_int),
        ("unique_identifier", ctypes.c_uint),
        ("text_position", ctypes.c_int),
        ("length", ctypes.c_int),
        ("audio_position", ctypes.c_int),
        ("sample", ctypes.c_int),
        ("user_data", ctypes.c_void_p),
        ("id", _EventId),
    )


_Callback = ctypes.CFUNCTYPE(
    ctypes.c_int, ctypes.POINTER(ctypes.c_short), ctypes.c_int, ctypes.POINTER(_Event)
)
_decoder = msgspec.msgpack.Decoder(Sound)


class EspeakLibrary:
    """The library, loaded and silent. Not for a process with threads of its own."""

    def __init__(self, library: str, data: str) -> None:
        """From the library's file and the directory of its data. Raises OSError."""
        self._library = ctypes.CDLL(library)
        path = data.encode()
        rate = self._library.espeak_Initialize(
            _SYNCHRONOUS, _BUFFER_MS, ctypes.c_char_p(path), _STAY_ALIVE
        )
        if rate != SAMPLE_RATE:
            raise OSError(f"espeak-ng does not start with the data in {data}")
        self._pcm: list[bytes] = []
        self._words: list[WordStart] = []
        self._callback = _Callback(self._take)  # the library calls it for as long as it lives
        self._library.espeak_SetSynthCallback(self._callback)

    def speak(self, utterance: Utterance) -> Sound:
        """The utterance, spoken by a process of its own. Raises RuntimeError when that died."""
        reader, writer = os.pipe()
        child = os.fork()
        if child == 0:
            os.close(reader)
            self._answer(utterance, writer)
        os.close(writer)
        with open(reader, "rb") as pipe:
            data = pipe.read()
        with contextlib.suppress(ChildProcessError):  # a nursery has its children reaped
            os.waitpid(child, 0)
        if not data:
            raise RuntimeError("espeak-ng broke over a text")
        return _decoder.decode(data)

    def _answer(self, utterance: Utterance, writer: int) -> None:
        """In the child: speaks, writes and is gone."""
        status = 1
        stderr = os.dup(_STDERR)
        try:
            os.dup2(os.open(os.devnull, os.O_WRONLY), _STDERR)  # it has much to say to nobody
            signal.signal(signal.SIGALRM, signal.SIG_DFL)
            signal.alarm(_PATIENCE_S)
            self._synthesise(utterance)
            sound = Sound(b"".join(self._pcm), self._words)
            with open(writer, "wb") as pipe:
                pipe.write(msgspec.msgpack.encode(sound))
            status = 0
        except BaseException:
            os.dup2(stderr, _STDERR)
            traceback.print_exc()
        finally:
            os._exit(status)

    def _synthesise(self, utterance: Utterance) -> None:
        library = self._library
        if library.espeak_SetVoiceByName(utterance.voice.encode()):
            raise RuntimeError(f"espeak-ng has no voice {utterance.voice!r}")
        for parameter, value in (
            (_RATE, utterance.words_per_minute),
            (_VOLUME, utterance.volume),
            (_PITCH, utterance.pitch),
            (_RANGE, utterance.pitch_range),
        ):
            library.espeak_SetParameter(parameter, value, 0)
        text = utterance.text.encode()
        flags = _UTF8 | (_SSML * utterance.ssml) | (_PHONEMES * utterance.phonemes)
        library.espeak_Synth(
            ctypes.c_char_p(text),
            ctypes.c_size_t(len(text) + 1),
            ctypes.c_uint(0),
            _POSITION_IS_CHARACTERS,
            ctypes.c_uint(0),
            ctypes.c_uint(flags),
            None,
            None,
        )

    def _take(self, samples: ctypes._Pointer[ctypes.c_short], count: int, events: object) -> int:
        if count > 0 and samples:
            self._pcm.append(ctypes.string_at(samples, 2 * count))
        for event in events:  # type: ignore[attr-defined]
            if event.type == _LIST_END:
                break
            if event.type == _WORD:
                self._words.append(WordStart(event.text_position - 1, event.sample))
        return 0
