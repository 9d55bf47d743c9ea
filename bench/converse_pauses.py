"""Whether a pause inside a turn is told from its end, by our own voices, detector and ears."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final, NamedTuple

import numpy as np

from bench.figures import Bar, Effort, Figure, Report
from bench.listen_sounds import as_pcm, audible_span, from_pcm
from bench.noise_sources import coloured
from bench.paused_sentences import (
    HELD_OUT_COMPLETE,
    HELD_OUT_WITH_PAUSES,
    QUESTIONS,
    SHORT_TURNS,
    WITH_PAUSES,
    PausedSentence,
    read_pauses,
)
from bench.recogniser import SAMPLE_RATE, Floats, resample
from vivavoce.audio.recent_sound import RecentSound
from vivavoce.config import Settings
from vivavoce.core.endpointing import ending
from vivavoce.core.heeded import Ask
from vivavoce.core.live_transcript import Effect, LiveTranscript, ShowPartial, TranscriptRules
from vivavoce.core.pieces import HOP, PieceCutter
from vivavoce.engines.base import SpeechRequest, Voice
from vivavoce.engines.ears import moonshine
from vivavoce.engines.ears.silero import Silero
from vivavoce.engines.voices.catalog import CATALOG
from vivavoce.engines.voices.hibari import load
from vivavoce.sessions.hearing import answer_of, piece_request

_FLOOR_DBFS: Final = -60.0
_LEAD_S: Final = 0.5
_TAIL_S: Final = 3.0
"""More than any silence that ends a turn."""
_SEEN_FROM: Final = 3 * HOP
"""Silence after which a turn may be over; as in `live_transcript`."""


_SOON_S: Final = 0.2
_USUAL_S: Final = 0.3
_SHOWN: Final = 12


class HeardPause(NamedTuple):
    """A silence as the detector saw it, and all that had been heard of the turn before it."""

    text: str
    quiet_s: float
    ends_turn: bool

    @property
    def is_mistaken(self) -> bool:
        """Whether more was said, but too late; half a hop is as good as a whole one."""
        wanted_s = ending(self.text).silence_s
        return not self.ends_turn and self.quiet_s + HOP / 2 / SAMPLE_RATE >= wanted_s


class Speaker:
    """Turns with pauses in them as float32 samples at 16 kHz, over a quiet room's noise."""

    def __init__(self) -> None:
        self._voice = load(Settings().cache_dir).engine()

    def say(self, sentence: PausedSentence, voice: Voice) -> Floats:
        """Each fragment spoken by itself, with silence before, between and behind."""
        pauses = [*sentence.pauses_s, _TAIL_S]
        parts = [_quiet(_LEAD_S)]
        for fragment, pause in zip(sentence.fragments, pauses, strict=True):
            parts += [self._fragment(fragment, voice), _quiet(pause)]
        line = np.concatenate(parts)
        noise = coloured(np.random.default_rng(len(line)), len(line) / SAMPLE_RATE, 1, _FLOOR_DBFS)
        return line + noise[: len(line)].astype(np.float32)

    def _fragment(self, text: str, voice: Voice) -> Floats:
        pcm = b"".join(block.pcm for block in self._voice.speak(SpeechRequest(text, voice)))
        samples = resample(from_pcm(pcm), self._voice.sample_rate)
        first, end = audible_span(samples)
        return samples[first:end]


class Listener:
    """Hears a turn to its end, a hop at a time, with ears that take no time."""

    def __init__(self) -> None:
        with TemporaryDirectory() as directory:
            self._ears = moonshine.load(Path(directory)).ears()

    def pauses(self, samples: Floats) -> list[HeardPause]:
        """Every silence of 96 ms or more behind speech; the last one ends the turn."""
        pcm = as_pcm(samples)
        sound = RecentSound()
        sound.add(pcm)
        transcript, cutter = LiveTranscript(TranscriptRules()), PieceCutter()
        found: list[HeardPause] = []
        text, quiet = "", 0
        for likelihood in Silero().judge(pcm).tolist():
            cutter.feed([likelihood])
            text = self._settle(transcript, transcript.hear([likelihood]), sound, text)
            if cutter.quiet < quiet and quiet >= _SEEN_FROM and text:
                found.append(HeardPause(text, quiet / SAMPLE_RATE, ends_turn=False))
            quiet = cutter.quiet
        return [*found, HeardPause(text, quiet / SAMPLE_RATE, ends_turn=True)]

    def _settle(
        self, transcript: LiveTranscript, effects: Sequence[Effect], sound: RecentSound, text: str
    ) -> str:
        """All questions answered; the text shown last."""
        waiting = list(effects)
        while waiting:
            effect = waiting.pop(0)
            if isinstance(effect, ShowPartial):
                text = effect.text
            elif isinstance(effect, Ask):
                request = piece_request(effect.sound, sound, language="en", draft=effect.draft)
                hearing = answer_of(effect, self._ears.hear(request), leave_out_fillers=False)
                waiting += transcript.answer(effect, hearing)
        return text


class Turn(NamedTuple):
    """A turn and the silences that were heard in it."""

    text: str
    pauses: list[HeardPause]

    @property
    def cut_at(self) -> HeardPause | None:
        """The first pause that is taken for the end."""
        return next((pause for pause in self.pauses if pause.is_mistaken), None)


def measure(effort: Effort) -> Report:
    """Pauses that are taken for the end of a turn, and how soon whole turns end."""
    step = effort.choose(1, 4)
    paused = hear_all(WITH_PAUSES[::step])
    new = hear_all(HELD_OUT_WITH_PAUSES[::step])
    whole = hear_all([read_pauses(text) for text in (*QUESTIONS, *SHORT_TURNS)[::step]])
    new_whole = hear_all([read_pauses(text) for text in HELD_OUT_COMPLETE[::step]])
    return Report(
        [
            _cut("turns cut at a pause", paused, Bar(2.5)),
            _cut("the same, held out", new, Bar(10)),
            _within("whole turns that end in 0.2 s", whole, _SOON_S, Bar(60, at_least=True)),
            _within("whole turns that end in 0.3 s", whole, _USUAL_S, Bar(95, at_least=True)),
            _within("the same, held out", new_whole, _USUAL_S, Bar(80, at_least=True)),
        ],
        [
            f'pauses: "{turn.text}" was cut behind "{cut.text}" after {cut.quiet_s:.2f} s'
            for turn in (*paused, *new)
            if (cut := turn.cut_at) is not None
        ][:_SHOWN],
    )


def hear_all(sentences: Sequence[PausedSentence], *, first_voice: int = 0) -> list[Turn]:
    """Each of `sentences`, the voices in rotation from the `first_voice`-th."""
    speaker, listener = Speaker(), Listener()
    voices = [CATALOG[(first_voice + turn) % len(CATALOG)] for turn in range(len(sentences))]
    return [
        Turn(sentence.text, listener.pauses(speaker.say(sentence, voice)))
        for sentence, voice in zip(sentences, voices, strict=True)
    ]


def _cut(name: str, turns: Sequence[Turn], bar: Bar) -> Figure:
    return Figure(name, _percentage([turn.cut_at is not None for turn in turns]), "%", bar)


def _within(name: str, turns: Sequence[Turn], seconds: float, bar: Bar) -> Figure:
    ends = [ending(turn.pauses[-1].text).silence_s for turn in turns]
    return Figure(name, _percentage([end <= seconds for end in ends]), "%", bar)


def _percentage(yes: Sequence[bool]) -> float:
    return 100 * sum(yes) / len(yes)


def _quiet(seconds: float) -> Floats:
    return np.zeros(round(seconds * SAMPLE_RATE), np.float32)
