"""The languages that espeak-ng speaks, as data: a server knows them without loading it."""

from __future__ import annotations

from importlib.util import find_spec
from typing import Final, NamedTuple

INSTALL: Final = "pip install 'vivavoce[languages]'"
LICENCE: Final = "GPL-3.0-or-later"
# The library and the rules and dictionaries of all languages, as espeakng-loader 0.2.4 has them.
SIZE_BYTES: Final = 19_300_000


_PACKAGE: Final = "espeakng_loader"


class EspeakLanguage(NamedTuple):
    """A language by its code here and its English name; `voice` is its name in the library."""

    code: str
    name: str
    voice: str


# Code and name, and the library's own name where that is another. What is left out: English, which
# has better voices here, invented languages of films and books, accents of one country, second
# ways of writing one language, and those for which the library has no rules.
_TABLE: Final = """
af Afrikaans
am Amharic
an Aragonese
ar Arabic
as Assamese
az Azerbaijani
ba Bashkir
be Belarusian
bg Bulgarian
bn Bengali
bpy Bishnupriya Manipuri
bs Bosnian
ca Catalan
chr Cherokee
cs Czech
cv Chuvash
cy Welsh
da Danish
de German
el Greek
eo Esperanto
es Spanish
es-419 Spanish (Latin America)
et Estonian
eu Basque
fa Persian
fi Finnish
fr French
fr-BE French (Belgium)
fr-CH French (Switzerland)
ga Irish
gd Scottish Gaelic
gn Guarani
grc Ancient Greek
gu Gujarati
hak Chinese (Hakka)
haw Hawaiian
he Hebrew
hi Hindi
hr Croatian
ht Haitian Creole
hu Hungarian
hy Armenian
hyw Western Armenian
ia Interlingua
id Indonesian
io Ido
is Icelandic
it Italian
ja Japanese
jbo Lojban
ka Georgian
kk Kazakh
kl Greenlandic
kn Kannada
ko Korean
kok Konkani
ku Kurdish
ky Kyrgyz
la Latin
lb Luxembourgish
lfn Lingua Franca Nova
lt Lithuanian
ltg Latgalian
lv Latvian
mi Maori
mk Macedonian
ml Malayalam
mr Marathi
ms Malay
mt Maltese
mto Totontepec Mixe
my Burmese
nci Nahuatl
ne Nepali
nl Dutch
no Norwegian = nb
nog Nogai
om Oromo
or Oriya
pa Punjabi
pap Papiamento
pl Polish
pt Portuguese (Brazil) = pt-br
pt-PT Portuguese (Portugal) = pt
qu Quechua
quc K'iche'
ro Romanian
ru Russian
sd Sindhi
shn Shan
si Sinhala
sk Slovak
sl Slovenian
smj Lule Saami
sq Albanian
sr Serbian
sv Swedish
sw Swahili
ta Tamil
te Telugu
th Thai
ti Tigrinya
tk Turkmen
tn Setswana
tr Turkish
tt Tatar
ug Uyghur
uk Ukrainian
ur Urdu
uz Uzbek
vi Vietnamese
yue Chinese (Cantonese)
zh Chinese (Mandarin) = cmn
"""


def _language(row: str) -> EspeakLanguage:
    code, _, rest = row.partition(" ")
    name, _, voice = rest.partition(" = ")
    return EspeakLanguage(code, name, voice or code.lower())


LANGUAGES: Final = tuple(_language(row) for row in _TABLE.strip().splitlines())


def is_installed() -> bool:
    """Whether the library is there to be loaded."""
    return find_spec(_PACKAGE) is not None
