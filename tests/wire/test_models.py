"""The models that clients ask for by name."""

from __future__ import annotations

from vivavoce.engines.voices.catalog import is_model_id
from vivavoce.wire.models import MODEL_NAMES, Language, shown_models


def test_every_id_is_one_that_a_path_may_name_a_model_by() -> None:
    assert all(map(is_model_id, MODEL_NAMES))


def test_each_model_speaks_the_languages_there_are_within_the_limit_there_is() -> None:
    languages = [Language("en", "English"), Language("de", "German")]
    models = shown_models(languages, 5_000)
    assert [model.model_id for model in models] == list(MODEL_NAMES)
    for model in models:
        assert model.languages == tuple(languages)
        assert model.maximum_text_length_per_request == 5_000
        assert model.can_do_text_to_speech
        assert model.name in model.description
