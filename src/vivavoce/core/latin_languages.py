"""Which language a text in Latin letters is in, where that is plain."""

# ruff: noqa: RUF001 (letters that look alike are what this is about)

from __future__ import annotations

import re
from itertools import islice
from typing import Final

# The commonest small words of each language.
_SMALL_WORDS: Final = {
    "es": "el la los las un una unos unas de del y que en es por con para su sus al lo como más "
    "pero muy ya también está están estoy eres soy son fue ser hay este esta esto ese esa "
    "qué cómo cuándo dónde quién porque cuando donde desde hasta sobre entre sin si yo tú "
    "él ella nosotros me te se le les nos mi mis tu tus hola gracias puedo puede tengo "
    "tiene hoy mañana aquí todo debe solo sólo antes después dentro fuera cada otro otra ha "
    "he han era menos ahora hora horas días quiero próximo próxima dos tres",
    "fr": "le la les un une des de du et est en que qui dans pour pas sur avec au aux ce cette "
    "ces il elle ils elles nous vous je tu on se sa ses son mon ma mes votre vos notre nos "
    "leur plus mais ou où si ne être été sont suis avez avons ont ai a fait très bien aussi "
    "comme tout tous merci bonjour oui quel quelle peut deux par vers sans lors sous même "
    "aucun aucune y avoir entre heure heures jour jours ici maintenant voudrais prochain "
    "prochaine",
    "de": "der die das und ist nicht ich du er sie es wir ihr ein eine einen einem einer eines "
    "den dem des zu mit auf für von im am um an in bei nach aus wie sind hat haben habe "
    "kann können auch noch nur schon sehr aber oder wenn dass weil was wer wo mein meine "
    "dein sein ihre ihnen uns bitte danke guten heute morgen gibt wird werden zum zur vom "
    "über unter mir mich dich keine kein beim als konnte wurde muss soll diese dieser "
    "dieses alle durch während zwischen bis vor jetzt uhr tag möchte nächste nächsten zwei "
    "drei hier",
    "it": "il lo la gli le un uno una di del della dei delle dello degli e è che in per con non "
    "si i da dal dalla al alla nel nella sono sei siamo ho hai ha abbiamo hanno mi ti ci vi "
    "come più ma anche questo questa questi quello quella molto bene grazie ciao buongiorno "
    "oggi domani dove quando perché cosa tutto tutti mio mia tuo suo sua stato essere fatto "
    "può posso fa se deve dopo senza durante viene sul sulla solo possono cui nessun tra "
    "fra a ed alle allo agli ai ora ore giorno vorrei prossimo prossima due tre",
    "pt": "o os a as um uma uns umas de do da dos das em no na nos nas e que é não com para por "
    "ao à se mais mas como eu você ele ela nós eles elas meu minha seu sua este esta isso "
    "isto está estão são foi ser ter tem muito bem já também quando onde porque obrigado "
    "obrigada olá bom hoje amanhã aqui pelo pela até sobre tudo posso pode ou deve sem "
    "entre apenas há mesmo todos agora hora horas dia dias quero próximo próxima dois duas "
    "três",
    "nl": "de het een en van is ik je jij hij zij wij jullie niet dat die dit te op aan met voor "
    "naar bij om als maar ook nog wel geen zijn was heeft hebben kan kunnen wordt worden er "
    "in wat wie waar hoe uit over door onze mijn jouw uw dan heel goed dank goedemorgen "
    "vandaag morgen deze moet alleen andere tot indien zonder wanneer tussen alle of na nu "
    "hier dag wil graag twee drie volgende",
    "pl": "i w na z do się nie to jest że jak ale co po od za o dla czy tak już tylko mnie mi ja "
    "ty a on ona my wy oni są był była było być mam masz ma może bardzo dzień dobry "
    "dziękuję proszę gdzie kiedy dlaczego jestem przez przy ten ta te tego tym lub jako "
    "można aby jeśli bez podczas ze musi należy niż wszystkie więcej między",
    "tr": "bir ve bu için ile çok ne de da mi mı mu mü değil var yok ben sen biz siz onlar ama "
    "gibi daha en kadar sonra önce nasıl neden nerede evet hayır teşekkür ederim merhaba "
    "günaydın bugün yarın şey olan olarak benim senin her iyi veya yalnızca tüm eğer ise "
    "lütfen aynı diğer",
    "vi": "là của và có không được cho một những các tôi bạn anh em này đó với trong người khi "
    "như để ở đã sẽ đang rất cũng thì mà từ về xin chào cảm ơn hôm nay bị hay ra theo trên "
    "con",
    "sv": "och att det som en på är av för med den till inte om ett jag du han hon vi ni de har "
    "hade var kan ska men så när där hur vad vem mycket bra tack hej god också från eller "
    "mig dig sig i måste vara denna kunde vid endast detta efter över får alla utan ingen "
    "finns under",
    "da": "og at det som en på er af for med den til ikke om et jeg du han hun vi de har havde "
    "var i kan skal men så når der hvor hvad hvem meget godt tak hej også fra eller mig dig "
    "sig nu efter denne ved kunne hvis ingen dette bruges vil være uden mellem alle under "
    "kun blev noget nogle op ud",
    "no": "og at det som en på er av for med den til ikke om et jeg du han hun vi de har hadde "
    "var i kan skal men så når der hvor hva hvem mye bra takk hei også fra eller meg deg "
    "seg nå etter denne ved kunne hvis ingen dette brukes vil være uten mellom alle under "
    "bare ble noe noen opp ut",
    "fi": "ja on ei että se hän minä sinä me te he oli ole olen olet mutta kun niin kuin myös "
    "tämä mitä missä miksi kuka hyvää kiitos hei päivää tänään huomenna ovat joka vain "
    "sitten kanssa tai voi jos olla liian älä tämän tässä jälkeen ilman koko eivät ennen "
    "pitäisi saa täytyy",
    "cs": "je se na že v a to s z do i o k jsem jsi jsou byl byla bylo být ale jak co kdo kde kdy "
    "proč ano ne ve pro při po od za už jen také velmi dobrý den děkuji prosím dnes zítra "
    "já mám nebo není nelze jako který která které když tento musí bez pokud bude může více "
    "ze",
    "sk": "je sa na že v a to s z do aj o k som si sú bol bola bolo byť ale ako čo kto kde kedy "
    "prečo áno nie vo pre pri po od za už len tiež veľmi dobrý deň ďakujem prosím dnes "
    "zajtra ja mám alebo má môže ktorý ktorá ktoré keď tento táto musí bez ak bude nedá iba "
    "nebol",
    "hu": "a az és hogy nem is van egy ez meg de ha csak mint már volt vagyok vagy mi én te ő ki "
    "hol mikor miért igen jó nagyon köszönöm kérem szia napot ma holnap lesz nincs azt ezt "
    "lehet kell akkor el által le túl után minden több között",
    "ro": "și în de la cu pe nu este un o care mai din pentru că sunt am ai are el ea noi voi lor "
    "a ce cum unde când dar sau foarte bine mulțumesc bună ziua astăzi mâine eu tu să fi "
    "fost acest se dacă poate ca ar fără trebuie numai există doar între",
    "hr": "je u i na se da su s za ne od sam si smo ste bio bila bilo ali kako što tko gdje kada "
    "a zašto vrlo dobro hvala molim dobar dan danas sutra ja ti mi vi oni koji koja koje "
    "kao po iz imam nije ili biti može treba ako ovaj će sa bez između ima nema",
    "id": "yang dan di ini itu dengan untuk tidak dari dalam akan pada juga saya anda kamu kami "
    "kita dia mereka ada adalah bisa sudah belum apa siapa bagaimana terima kasih selamat "
    "pagi hari dapat ke atau tak sebuah apakah hanya harus ketika sebagai saat jika oleh "
    "lebih bukan tanpa setelah karena secara lain semua",
}
# Letters that English has in a few words it has taken from others, and never in many at once.
_OWN_LETTERS: Final = {
    "es": "áéíóúñü",
    "fr": "àâçéèêëîïôùûœ",
    "de": "äöüß",
    "it": "àèéìòù",
    "pt": "áâãàçéêíóôõú",
    "nl": "ëïéè",
    "pl": "ąćęłńóśźż",
    "tr": "çğıöşüâ",
    "vi": "àáâãèéêìíòóôõùúýăđĩũơưạảấầẩẫậắằẳẵặẹẻẽếềểễệỉịọỏốồổỗộớờởỡợụủứừửữựỳỵỷỹ",
    "sv": "åäö",
    "da": "æøå",
    "no": "æøå",
    "fi": "äö",
    "cs": "áčďéěíňóřšťúůýž",
    "sk": "áäčďéíĺľňóôŕšťúýž",
    "hu": "áéíóöőúüű",
    "ro": "ăâîșşțţ",
    "hr": "čćđšž",
}
# French puts them before a word: l'heure, qu'il.
_ELIDED: Final = re.compile("(?:[cdjlmnst]|qu)'.+")
_ENGLISH_WORDS: Final = (
    "a i the of and to in that it for on with as at by this but be are was were have has had not "
    "you he she we they his her their its our your my from or an will would can could should may "
    "might do does did been being if when where what which who whom why how there here than then "
    "so into out up down about after before over under again once all any both each few more most "
    "other some such only own same too very just now i'm it's don't can't i'll you're that's "
    "let's is no yes one two three get go said says say like make please thank thanks hello good "
    "new old me him them us these those because while until between during through against off "
    "first last also back even still way well much many every am called means word words"
)
_WORD: Final = re.compile(r"[^\W\d_]+(?:['\u2019][^\W\d_]+)*")
_INVERTED: Final = re.compile("[¿¡]")
_ENGLISH: Final = frozenset(_ENGLISH_WORDS.split())
_SETS: Final = {language: frozenset(words.split()) for language, words in _SMALL_WORDS.items()}
_LETTERS: Final = {language: frozenset(letters) for language, letters in _OWN_LETTERS.items()}

_FEWEST_WORDS: Final = 4
_MOST_WORDS: Final = 100
"""By then it is plain, or never will be."""
_FEWEST_SIGNS: Final = 2
_LEAST_SHARE: Final = 0.25
_MORE_THAN_ENGLISH: Final = 3


def latin_language(text: str) -> str | None:
    """The language of `text` if that is plainly not English; None for English and in doubt.

    It takes four words, or one and a mark of Spanish, `¿` or `¡`. Names, titles and quotations in
    an English sentence leave it English.
    """
    words = [found[0].replace("\u2019", "'") for found in islice(_WORD.finditer(text), _MOST_WORDS)]
    is_inverted = _INVERTED.search(text) is not None
    if len(words) < (1 if is_inverted else _FEWEST_WORDS):
        return None
    # A small word with a capital inside a sentence is part of a name: Los Angeles.
    small = [word.lower() for index, word in enumerate(words) if not index or word.islower()]
    language = max(_SMALL_WORDS, key=lambda candidate: _likeness(candidate, small))
    signs = [word for word in small if _is_sign(language, word)]
    english = sum(word in _ENGLISH and word not in _SETS[language] for word in small)
    if is_inverted and not english:
        return "es"
    is_plain = (
        len({sign for sign in signs if len(sign) > 1}) >= _FEWEST_SIGNS
        and len(signs) >= _LEAST_SHARE * len(words)
        and len(signs) >= _MORE_THAN_ENGLISH * english
    )
    return language if is_plain else None


def _is_sign(language: str, word: str) -> bool:
    """Whether `word` belongs to the language and not to English."""
    if _is_small(language, word):
        return word not in _ENGLISH
    return not _LETTERS.get(language, frozenset()).isdisjoint(word)


def _is_small(language: str, word: str) -> bool:
    return word in _SETS[language] or (language == "fr" and _ELIDED.fullmatch(word) is not None)


def _likeness(language: str, words: list[str]) -> int:
    """How well the language explains `words`: by its small words, else by its letters."""
    letters = _LETTERS.get(language, frozenset())
    total = 0
    for word in words:
        if _is_small(language, word):
            total += 2 if word in _ENGLISH else 4
        elif accented := {char for char in word if not char.isascii()}:
            total += 1 if accented <= letters else -2
    return total
