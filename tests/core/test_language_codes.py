from __future__ import annotations

import pytest

from vivavoce.core.language_codes import normal_language


@pytest.mark.parametrize(
    ("written", "language"),
    [
        *[("es", "es"), ("ES", "es"), ("es-MX", "es"), ("es_419", "es"), ("spa", "es")],
        *[("deu", "de"), ("ger", "de"), ("fre", "fr"), ("pt-BR", "pt"), ("en-GB", "en")],
        *[("zh", "zh"), ("cmn", "zh"), ("zho", "zh"), ("zh-CN", "zh"), ("zh-Hant-TW", "zh")],
        *[("yue", "yue"), ("zh-HK", "yue"), ("zh-yue", "yue"), ("zh-Hant-HK", "yue")],
        *[("nb-NO", "no"), ("nno", "no"), ("iw", "he"), ("in", "id"), ("fil", "fil")],
        *[(" De ", "de"), ("", ""), ("xx-YY", "xx"), ("klingon", "klingon")],
    ],
)
def test_a_language_has_one_code_however_it_is_written(written: str, language: str) -> None:
    assert normal_language(written) == language


def test_a_normal_code_stays_as_it_is() -> None:
    for code in ("es", "zh", "yue", "no", "fil", "grc"):
        assert normal_language(normal_language(code)) == normal_language(code) == code
