from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from vivavoce.core.pronunciation import Pronunciation
from vivavoce.engines.base import SpeechRequest
from vivavoce.engines.voices.catalog import CATALOG, DEFAULT_VOICE
from vivavoce.runtime.cache_key import utterance_keys, voice_identity

REQUEST = SpeechRequest("Good morning.", DEFAULT_VOICE)
OTHERS = {
    "text": "Good morning!",
    "voice": CATALOG[1],
    "speed": 1.1,
    "intonation": 0.9,
    "pause_ms": 120,
    "seed": 1,
    "pronunciations": (Pronunciation(0, 4, "gut"),),
    "normalize": False,
}


def test_equal_requests_have_one_key_that_can_be_a_file_name() -> None:
    key = utterance_keys("v1", 24_000)
    assert key(REQUEST) == key(SpeechRequest("Good morning.", DEFAULT_VOICE))
    assert len(key(REQUEST)) == 64
    assert key(REQUEST).isalnum()


@pytest.mark.parametrize("field", SpeechRequest.__struct_fields__)
def test_every_part_of_a_request_counts(field: str) -> None:
    key = utterance_keys("v1", 24_000)
    assert key(msgspec.structs.replace(REQUEST, **{field: OTHERS[field]})) != key(REQUEST)


def test_the_voices_identity_and_the_sample_rate_count() -> None:
    keys = {
        utterance_keys(*one)(REQUEST) for one in (("v1", 24_000), ("v2", 24_000), ("v1", 8_000))
    }
    assert len(keys) == 3


@pytest.fixture
def package(tmp_path: Path) -> Path:
    (tmp_path / "engines" / "voices").mkdir(parents=True)
    (tmp_path / "engines" / "voices" / "a.py").write_text("PITCH = 1.0\n")
    (tmp_path / "server").mkdir()
    (tmp_path / "server" / "b.py").write_text("PORT = 1\n")
    return tmp_path


def test_a_voice_whose_code_has_changed_is_another(package: Path) -> None:
    before = voice_identity(package)
    (package / "engines" / "voices" / "a.py").write_text("PITCH = 1.1\n")
    assert voice_identity(package) != before


def test_code_that_no_voice_can_use_does_not_matter(package: Path) -> None:
    before = voice_identity(package)
    (package / "server" / "b.py").write_text("PORT = 2\n")
    assert voice_identity(package) == before


def test_the_identity_is_the_same_every_time() -> None:
    assert voice_identity() == voice_identity()
