"""Japanese in kana, which is all of it that espeak-ng reads."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Final, NamedTuple, Protocol

from vivavoce.core.traced_text import Piece, TracedText

_KANJI: Final = re.compile("[\u3005-\u3007\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff]")
_LETTERS: Final = "\u3005-\u3007\u3041-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
# With the numbers in it, for what is counted is read differently from what is not.
_JAPANESE: Final = re.compile(rf"\d*[{_LETTERS}][{_LETTERS}\d]*")
_PERCENT: Final = re.compile(r"(?<=\d)\s?%")

# Where a number changes what is counted, or is changed by it; else both are read one by one.
_COUNTED: Final = re.compile(
    r"(?<![\d.,])(\d{1,2})([時月人分日])(?!本)|([一二])人(?![\u4e00-\u9fff])"
)
_PEOPLE: Final = {"一": "ヒトリ", "二": "フタリ"}
_BY_LAST_DIGIT: Final = {
    "時": {4: "ヨジ", 7: "シチジ", 9: "クジ"},
    "月": {4: "シガツ", 7: "シチガツ", 9: "クガツ"},
    "分": {
        0: "ジュップン",
        1: "イップン",
        3: "サンプン",
        4: "ヨンプン",
        6: "ロップン",
        8: "ハップン",
    },
    "人": {4: "ヨニン"},
    "日": {4: "ヨッカ"},
}
_COUNTERS: Final = {"時": "ジ", "月": "ガツ", "分": "フン", "人": "ニン", "日": "ニチ"}
_FIRST_DAYS: Final = "ツイタチ フツカ ミッカ ヨッカ イツカ ムイカ ナノカ ヨウカ ココノカ トオカ"
_WHOLE: Final = {
    "人": {1: "ヒトリ", 2: "フタリ"},
    "日": dict(enumerate(_FIRST_DAYS.split(), 1)) | {20: "ハツカ"},
}

# IPADIC's parts of speech that are said in one breath with the word before: particles, endings.
_ATTACHED: Final = frozenset(("助詞", "助動詞"))
_ATTACHED_KINDS: Final = frozenset(("接尾", "非自立"))
_BASE_FORM, _PRONUNCIATION = 6, 8
_TO_DO: Final = "する"
_MARK: Final = "記号"


class _Node(Protocol):
    """A word as MeCab found it; `feature` is its line of the dictionary, separated by commas."""

    surface: str
    feature: str
    next: _Node | None


class _Tagger(Protocol):
    def parseToNode(self, text: str) -> _Node:  # noqa: N802 (MeCab's name)
        """The first of the nodes."""


class _Word(NamedTuple):
    start: int
    end: int
    kana: str
    is_attached: bool


class KanaReader:
    """Reads kanji by MeCab and its IPA dictionary (6 MB, at once; 1 µs a character)."""

    def __init__(self) -> None:
        """Raises ImportError where one of the two is not installed."""
        import ipadic
        import MeCab

        self._tagger: _Tagger = MeCab.Tagger(ipadic.MECAB_ARGS)

    def rewrite(self, text: TracedText) -> None:
        """Put what is Japanese in `text` into kana, with spaces between what is said in one breath.

        Particles are as they are spoken, long vowels as long ones.
        """
        text.rewrite(_PERCENT, lambda _: ("パーセント",))
        text.rewrite(_COUNTED, _counted)
        text.rewrite(_JAPANESE, self._kana)

    def _kana(self, found: re.Match[str]) -> Iterator[Piece]:
        for word in self._words(found[0]):
            if word.start and not word.is_attached:
                yield " "
            start, end = found.start() + word.start, found.start() + word.end
            if word.kana:
                yield word.kana
            else:
                yield (start, end)
            yield (end, end)

    def _words(self, text: str) -> Iterator[_Word]:
        node: _Node | None = self._tagger.parseToNode(text)
        at = 0
        while node is not None:
            surface = node.surface
            if surface:
                start = text.index(surface, at)
                at = start + len(surface)
                features = node.feature.split(",")
                is_attached = text[start - 1 : start].isdecimal() or _is_attached(features)
                yield _Word(start, at, self._kana_of(surface, features), is_attached)
            node = node.next

    def _kana_of(self, surface: str, features: list[str]) -> str:
        """What is to stand for `surface`; "" where it stands for itself."""
        if len(features) > _PRONUNCIATION:
            return features[_PRONUNCIATION] if features[0] != _MARK else ""
        if len(surface) > 1 and _KANJI.search(surface):  # a name that no dictionary has
            return "".join(word.kana for char in surface for word in self._words(char))
        return ""


def has_kanji(text: str) -> bool:
    """Whether `text` has anything that needs a `KanaReader`."""
    return _KANJI.search(text) is not None


def _is_attached(features: list[str]) -> bool:
    return (
        features[0] in _ATTACHED
        or features[0] == _MARK
        or features[1] in _ATTACHED_KINDS
        or features[_BASE_FORM] == _TO_DO
    )


def _counted(found: re.Match[str]) -> Iterable[Piece]:
    if found[3]:
        return (_PEOPLE[found[3]],)
    number, counter = int(found[1]), found[2]
    if whole := _WHOLE.get(counter, {}).get(number):
        return (whole,)
    tens, last = divmod(number, 10)
    ending = _BY_LAST_DIGIT[counter].get(last)
    if ending is None or (counter == "日" and number > 24):
        return (str(number), _COUNTERS[counter])
    if last:
        return (str(10 * tens) if tens else "", ending)
    return (str(tens) if tens > 1 else "", ending) if tens else ("ゼロ", _COUNTERS[counter])
