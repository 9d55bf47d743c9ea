"""Under which name an utterance is kept, so that it is never taken for another."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import msgspec

import vivavoce
from vivavoce.engines.base import SpeechRequest

_VOICE_PACKAGES = (
    "hibari-tts",
    "onnxruntime",
    "numpy",
    "scipy",
    "espeakng-loader",
    "mecab-python3",
    "ipadic",
)
# The rooms that a voice is made of; by the import rules it can have nothing from another.
_VOICE_ROOMS = ("engines", "core", "audio")

_encode = msgspec.msgpack.Encoder().encode


def utterance_keys(identity: str, sample_rate: int) -> Callable[[SpeechRequest], str]:
    """Gives each request its key, 64 hexadecimal digits: equal keys mean equal sound.

    `identity` is that of the voices, `sample_rate` in Hz.
    """

    def key(request: SpeechRequest) -> str:
        return hashlib.sha256(_encode((identity, sample_rate, request))).hexdigest()

    return key


def voice_identity(package: Path = Path(vivavoce.__path__[0])) -> str:
    """A fingerprint of all that decides how a request sounds: models, libraries and our own code.

    A model comes with the package that is named after it, so that package's version stands for it.
    Reads about 50 small files of `package` (5 ms, and 20 ms for the first look at a version).
    """
    digest = hashlib.sha256()
    for name in _VOICE_PACKAGES:
        digest.update(f"{name} {_version(name)}\n".encode())
    for room in _VOICE_ROOMS:
        for source in sorted((package / room).rglob("*.py")):
            content = source.read_bytes()
            digest.update(f"{source.relative_to(package)} {len(content)}\n".encode())
            digest.update(content)
    return digest.hexdigest()


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return "none"
