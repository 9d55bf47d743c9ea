"""Chinese characters that espeak-ng's Mandarin lacks the syllable of, and reads in English."""

from __future__ import annotations

import re
from typing import Final

# In the library's own phonemes, which it has all the same: jiong, qiong and xiong, each with its
# tone, and er for the old form of a common character that it knows only in its new one.
_SYLLABLES: Final = {
    "tS;'ong55": "冂冋坰埛扃蘏蘔駫",
    "tS;'ong214": "侰僒冏囧幜泂炯烱煚煛熲皛窘絅綗褧迥逈顈颎駉",
    "tS;'ong51": "澃",
    "tS;h'ong55": "匔焪芎",
    "tS;h'ong35": "儝卭宆惸桏棾橩焭煢琼瓊睘瞏穷穹窮竆笻筇茕藑藭蛩赹跫輁邛銎",
    "S;'ong55": "兄兇凶匈哅忷恟汹洶胷胸訩詾讻賯",
    "S;'ong35": "熊赨雄",
    "S;'ong51": "夐敻詗诇",
    "'@r35": "兒",
}
_PHONEMES: Final = {
    hanzi: phonemes for phonemes, characters in _SYLLABLES.items() for hanzi in characters
}
HANZI_WITHOUT_SYLLABLE: Final = re.compile(f"[{''.join(_PHONEMES)}]")


def phonemes_of(hanzi: str) -> str:
    """The phonemes of one that `HANZI_WITHOUT_SYLLABLE` finds."""
    return _PHONEMES[hanzi]
