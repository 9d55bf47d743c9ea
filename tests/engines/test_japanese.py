from __future__ import annotations

# ruff: noqa: RUF001 (wide marks are what Japanese has)
import pytest

from vivavoce.core.traced_text import TracedText
from vivavoce.engines.voices.japanese import KanaReader, has_kanji


@pytest.fixture(scope="module")
def reader() -> KanaReader:
    return KanaReader()


def kana(reader: KanaReader, text: str) -> str:
    traced = TracedText(text)
    reader.rewrite(traced)
    assert len(traced.origin) == len(traced.text)
    assert traced.origin == sorted(traced.origin)
    return traced.text


@pytest.mark.parametrize(
    ("text", "spoken"),
    [
        ("今日は天気がいいですね。", "キョーワ テンキガ イイデスネ。"),
        ("私は東京へ行きます。", "ワタシワ トーキョーエ イキマス。"),
        ("日本語を勉強しています。", "ニホンゴヲ ベンキョーシテイマス。"),
        ("この店は何時に開きますか？", "コノ ミセワ ナンジニ ヒラキマスカ？"),
        ("行った人", "イッタ ヒト"),
    ],
)
def test_kanji_are_read_and_particles_said_as_they_are_spoken(
    reader: KanaReader, text: str, spoken: str
) -> None:
    assert kana(reader, text) == spoken


@pytest.mark.parametrize(
    ("text", "spoken"),
    [
        ("4時", "ヨジ"),
        ("19時", "10クジ"),
        ("3時", "3ジ"),
        ("4月1日", "シガツツイタチ"),
        ("12月20日", "12ガツハツカ"),
        ("14日", "10ヨッカ"),
        ("15日", "15ニチ"),
        ("10分", "ジュップン"),
        ("30分", "3ジュップン"),
        ("8分", "ハップン"),
        ("0分", "ゼロ フン"),
        ("2人", "フタリ"),
        ("14人", "10ヨニン"),
        ("一人で", "ヒトリデ"),
        ("50%", "50パーセント"),
        ("2024年", "2024ネン"),
    ],
)
def test_what_is_counted_changes_with_its_number(
    reader: KanaReader, text: str, spoken: str
) -> None:
    assert kana(reader, text) == spoken


def test_what_is_not_japanese_stays_as_it_is(reader: KanaReader) -> None:
    assert kana(reader, "Python 3.12, ok?") == "Python 3.12, ok?"
    assert kana(reader, "") == ""


def test_each_kana_comes_from_the_word_it_is_the_reading_of(reader: KanaReader) -> None:
    traced = TracedText("東京へ行きます")
    reader.rewrite(traced)
    assert traced.text == "トーキョーエ イキマス"
    assert traced.origin == [0, 0, 0, 0, 0, 2, 3, 3, 3, 5, 5]


def test_only_kanji_need_a_reader() -> None:
    assert has_kanji("今日は")
    assert not has_kanji("きょうは、キョウハ ok")
