"""What the doctor asks of the voice: its files, its pace, and what it does not do."""

from __future__ import annotations

import asyncio
import json
import time
from importlib import metadata
from pathlib import Path
from urllib.parse import urlencode

import msgspec

from vivavoce.commands.check import Check, ok, problem, warning
from vivavoce.commands.installed_files import as_installed
from vivavoce.commands.local_engines import available_cores
from vivavoce.config import Settings
from vivavoce.engines.base import SpeechRequest
from vivavoce.engines.voices import espeak_languages
from vivavoce.engines.voices.catalog import DEFAULT_VOICE, voice_in
from vivavoce.engines.voices.hibari_graphs import cut_graphs
from vivavoce.errors import VivavoceError
from vivavoce.runtime.polyglot import languages_pool
from vivavoce.runtime.pool import WorkerPool
from vivavoce.wire.query import parse_stream_query
from vivavoce.wire.speech import decode_message

_PACKAGE = "hibari-tts"
_MODEL = "hibari/assets/hibari.onnx"
_SENTENCE = "This machine can speak, and it can listen."
_SPANISH = "Esta máquina habla."
_PATIENCE_S = 60.0

# Each at a value that asks for something.
_QUERY = {
    "model_id": "eleven_flash_v2_5",
    "language_code": "de",
    "enable_ssml_parsing": "true",
    "apply_text_normalization": "off",
    "apply_language_text_normalization": "true",
}
_MESSAGE = {
    "text": " ",
    "voice_settings": {
        "stability": 0.5,
        "similarity_boost": 0.75,
        "style": 0.5,
        "use_speaker_boost": True,
        "speed": 1.0,
    },
    "pronunciation_dictionary_locators": [{"pronunciation_dictionary_id": "any"}],
}


class SpokenSample(msgspec.Struct, frozen=True):
    """A text as the voice spoke it: 16-bit little-endian mono samples at `sample_rate` (Hz)."""

    text: str
    pcm: bytes
    sample_rate: int


def model() -> Check:
    """The voice's file, against the checksum that its package was installed with."""
    return as_installed("model", _PACKAGE, (_MODEL,))


def graphs(settings: Settings) -> Check:
    """The two halves of the model that a worker runs, cut now if the cache lacks them."""
    try:
        paths = cut_graphs(
            Path(str(metadata.distribution(_PACKAGE).locate_file(_MODEL))), settings.cache_dir
        )
        size = sum(path.stat().st_size for path in paths)
    except (OSError, metadata.PackageNotFoundError) as error:
        return problem("graphs", f"not in the cache: {error}", "make the cache writable")
    return ok("graphs", f"{size / 1e6:.1f} MB in the cache, {paths.encoder.name} and the decoder")


def speech(settings: Settings) -> tuple[Check, SpokenSample | None]:
    """A first sentence, through a worker as a server has them, and how it sounds."""
    try:
        return asyncio.run(_speech(settings))
    except (VivavoceError, OSError, TimeoutError) as error:
        failed = problem(
            "speech",
            f"no sentence could be spoken: {error or 'it took too long'}",
            f"remove {settings.cache_dir} and try again; what was printed above says more",
        )
        return failed, None


def languages(settings: Settings) -> Check:
    """The other languages, and a first word in one of them."""
    if not espeak_languages.is_installed():
        return warning("languages", "only English is installed", espeak_languages.INSTALL)
    try:
        asyncio.run(_other_language(settings))
    except (VivavoceError, OSError, TimeoutError) as error:
        return problem(
            "languages",
            f"no other language can be spoken: {error or 'it took too long'}",
            f"install them again: {espeak_languages.INSTALL}",
        )
    count = len(espeak_languages.LANGUAGES)
    return ok("languages", f"English, and {count} more by espeak-ng in a process of its own")


def without_effect() -> Check:
    """What callers may send and no voice here honours, as the server itself sees it."""
    asked = parse_stream_query(urlencode(_QUERY)).without_effect
    said = decode_message(json.dumps(_MESSAGE)).without_effect
    return ok("no effect", "accepted, but honoured by no voice here: " + ", ".join(asked + said))


async def _other_language(settings: Settings) -> None:
    async with asyncio.timeout(_PATIENCE_S), languages_pool(settings.cache_dir) as pool:
        request = SpeechRequest(_SPANISH, voice_in("es", like=DEFAULT_VOICE))
        async for _ in pool.submit(request, dry_at=time.monotonic()):
            pass


async def _speech(settings: Settings) -> tuple[Check, SpokenSample]:
    began = time.monotonic()
    async with (
        asyncio.timeout(_PATIENCE_S),
        WorkerPool(workers=1, cache_dir=settings.cache_dir) as pool,
    ):
        loaded_s = time.monotonic() - began
        asked = time.monotonic()
        first_ms = None
        pcm = b""
        async for block in pool.submit(SpeechRequest(_SENTENCE, DEFAULT_VOICE), dry_at=asked):
            first_ms = first_ms or (time.monotonic() - asked) * 1000
            pcm += block.pcm
        pace = pool.capacity
    workers = settings.workers or available_cores()
    listeners = int(settings.admission_share * pace * workers)
    check = ok(
        "speech",
        f"first sound after {first_ms or 0:.0f} ms, loaded in {loaded_s:.1f} s; {pace:.0f} times "
        f"as fast as it is heard on one core, so about {listeners} listeners with {workers}",
    )
    return check, SpokenSample(_SENTENCE, pcm, pool.sample_rate)
