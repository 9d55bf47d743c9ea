"""What can be spoken here, with the extra for other languages and without it."""

from __future__ import annotations

import importlib.util
from collections.abc import Iterator

import pytest

from vivavoce.engines.voices.catalog import CATALOG, FALLBACK_VOICES
from vivavoce.server.rest import catalogue
from vivavoce.server.rest.catalogue import installed_languages, installed_voices
from vivavoce.wire.models import Language


@pytest.fixture(params=[True, False])
def extra(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[bool]:
    found = importlib.util.find_spec("litestar") if request.param else None
    monkeypatch.setattr(catalogue, "find_spec", lambda name: found)
    installed_voices.cache_clear()
    yield request.param
    installed_voices.cache_clear()


def test_voices_are_those_whose_engines_are_installed_our_own_first(extra: bool) -> None:
    assert installed_voices() == ((*CATALOG, *FALLBACK_VOICES) if extra else CATALOG)


def test_languages_are_named_once_each_and_english_is_first(extra: bool) -> None:
    languages = installed_languages()
    assert languages[0] == Language("en", "English")
    assert len({language.language_id for language in languages}) == len(languages)
    assert (Language("de", "German") in languages) is extra
