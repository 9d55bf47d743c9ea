"""What callers write for a language, and the one code it has here."""

from __future__ import annotations

import re
from typing import Final

# ISO 639-2 (both of its kinds) and 639-3, where 639-1 has a code of two letters.
_THREE_LETTERS: Final = (
    "af:afr am:amh an:arg ar:ara,arb as:asm az:aze,azj ba:bak be:bel bg:bul bn:ben bs:bos ca:cat "
    "cs:ces,cze cv:chv cy:cym,wel da:dan de:deu,ger el:ell,gre en:eng eo:epo es:spa et:est,ekk "
    "eu:eus,baq fa:fas,per,pes fi:fin fo:fao fr:fra,fre ga:gle gd:gla gn:grn gu:guj he:heb hi:hin "
    "hr:hrv ht:hat hu:hun hy:hye,arm ia:ina id:ind io:ido is:isl,ice it:ita ja:jpn ka:kat,geo "
    "kk:kaz kl:kal km:khm kn:kan ko:kor ku:kur,kmr ky:kir la:lat lb:ltz lo:lao lt:lit lv:lav,lvs "
    "mi:mri,mao mk:mkd,mac ml:mal mn:mon mr:mar ms:msa,may,zsm mt:mlt my:mya,bur ne:nep,npi "
    "nl:nld,dut no:nor,nob,nno om:orm or:ori,ory pa:pan pl:pol ps:pus,pbt pt:por qu:que ro:ron,rum "
    "ru:rus sd:snd si:sin sk:slk,slo sl:slv so:som sq:sqi,alb sr:srp sv:swe sw:swa,swh ta:tam "
    "te:tel th:tha ti:tir tk:tuk tl:tgl tn:tsn tr:tur tt:tat ug:uig uk:ukr ur:urd uz:uzb,uzn "
    "vi:vie yi:yid zh:zho,chi,cmn zu:zul"
)
# Codes that have been replaced, and two kinds of Norwegian, which have one voice.
_OTHERS: Final = {"iw": "he", "in": "id", "ji": "yi", "nb": "no", "nn": "no", "hbs": "hr"}
_CODES: Final = {
    code: pair[:2] for pair in _THREE_LETTERS.split() for code in pair.partition(":")[2].split(",")
} | _OTHERS
_SEPARATOR: Final = re.compile("[-_]")
# Chinese as it is spoken there.
_CANTONESE: Final = frozenset(("yue", "hk", "mo"))


def normal_language(code: str) -> str:
    """The code that a language has here: two letters where ISO 639-1 has them, without a region.

    "es-MX", "spa" and "ES" are "es"; "cmn" and "zh-TW" are "zh", "zh-HK" is "yue". A code that
    nobody knows stays as it is, in small letters.
    """
    first, *others = _SEPARATOR.split(code.strip().lower())
    language = _CODES.get(first, first)
    return "yue" if language == "zh" and not _CANTONESE.isdisjoint(others) else language
