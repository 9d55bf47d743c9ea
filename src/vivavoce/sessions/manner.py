"""How text is to be spoken, and what that makes of it."""

from __future__ import annotations

import msgspec

from vivavoce.core.audio_tags import audio_tag_spans
from vivavoce.core.languages import Run, language_runs, latin_language
from vivavoce.core.lexicon import Lexicon
from vivavoce.core.pronunciation import Pronunciation
from vivavoce.core.ssml import Part, phoneme_spans, split_breaks
from vivavoce.core.text_buffer import Cut, Utterance
from vivavoce.engines.base import SpeechRequest, Voice
from vivavoce.engines.voices.catalog import voice_in
from vivavoce.engines.voices.espeak_languages import is_installed
from vivavoce.wire.voice_settings import VoiceSettings

# At least what an MP3 encoder keeps to itself (85 ms), lest the end of a word wait for the next.
_PAUSE_MS = {Cut.SENTENCE: 200, Cut.CLAUSE: 120, Cut.WORD: 90, Cut.FORCED: 90}

# Too few to tell a language by: they are in that of the text before them.
_FEW_WORDS = 4

_SEEDS = 1 << 32

# Without them, what seems to be Spanish is still better spoken by an English voice than refused.
_HAS_OTHER_LANGUAGES = is_installed()


class Manner(msgspec.Struct, frozen=True, kw_only=True):
    """How the text to come is to be spoken.

    `language` is the one the caller named, if any; without it the text may tell. `ssml` says that
    `<break>` and `<phoneme>` mean something, `audio_tags` that `[laughs]` is no word, `normalize`
    that numbers and dates are put into words. `seems_to_be` is the language of the text as a whole,
    for the parts of it that do not tell.
    """

    voice: Voice
    voice_settings: VoiceSettings = VoiceSettings()
    language: str | None = None
    ssml: bool = False
    audio_tags: bool = False
    normalize: bool = True
    seems_to_be: str | None = None
    lexicon: Lexicon = msgspec.field(default_factory=Lexicon)


class Prompter:
    """Turns the utterances of one context into requests: each in one language, up to one break."""

    def __init__(self, seed: int) -> None:
        """`seed` is that of the first request; each one after has the next."""
        self._seed = seed
        self._tongue: str | None = None

    def requests(self, utterance: Utterance, manner: Manner) -> list[SpeechRequest]:
        """The requests whose texts, joined, are the utterance's. Raises LanguageMissing."""
        parts = split_breaks(utterance.text) if manner.ssml else [Part(utterance.text, None)]
        requests: list[SpeechRequest] = []
        for part in parts:
            *others, last = self._runs(part.text, manner)
            pause_ms = _PAUSE_MS[utterance.cut] if part.pause_ms is None else part.pause_ms
            requests += [self._request(run, _PAUSE_MS[Cut.WORD], manner) for run in others]
            requests.append(self._request(last, pause_ms, manner))
        return requests

    def _runs(self, text: str, manner: Manner) -> list[Run]:
        home = self._home(text, manner)
        if manner.ssml and "<phoneme" in text:
            return [Run(text, home)]
        return language_runs(text, home)

    def _home(self, text: str, manner: Manner) -> str:
        """The language of what the alphabet alone does not tell."""
        own = manner.voice.language
        if manner.language is not None or own != "en":
            return own
        if not _HAS_OTHER_LANGUAGES:
            return own
        if len(text.split()) >= _FEW_WORDS:
            self._tongue = latin_language(text)
        return self._tongue or manner.seems_to_be or own

    def _request(self, run: Run, pause_ms: int, manner: Manner) -> SpeechRequest:
        settings = manner.voice_settings
        seed, self._seed = self._seed, (self._seed + 1) % _SEEDS
        return SpeechRequest(
            text=run.text,
            voice=voice_in(run.language, like=manner.voice),
            speed=1.0 if settings.speed is None else settings.speed,
            intonation=_intonation(settings.stability),
            pause_ms=pause_ms,
            seed=seed,
            pronunciations=_pronunciations(run.text, manner),
            normalize=manner.normalize,
        )


def _pronunciations(text: str, manner: Manner) -> tuple[Pronunciation, ...]:
    marked = phoneme_spans(text) if manner.ssml else []
    if manner.audio_tags:
        marked = _apart([*marked, *audio_tag_spans(text)])
    ruled = manner.lexicon.find(text, marked)
    return tuple(sorted([*marked, *ruled], key=lambda one: one.start))


def _apart(spans: list[Pronunciation]) -> list[Pronunciation]:
    """In order, and of those that overlap only the first."""
    kept: list[Pronunciation] = []
    for span in sorted(spans, key=lambda one: one.start):
        if not kept or kept[-1].end <= span.start:
            kept.append(span)
    return kept


def _intonation(stability: float | None) -> float:
    """0.5, the protocol's default, speaks as the model does; less of it moves the pitch more."""
    return 1.3 - 0.6 * (0.5 if stability is None else stability)
