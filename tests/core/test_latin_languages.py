from __future__ import annotations

# ruff: noqa: RUF001 (letters that look alike are what this is about)
import ast
import re
from pathlib import Path

import pytest

import vivavoce
from vivavoce.core.latin_languages import latin_language

FOREIGN = {
    "es": [
        "¡Hola!",
        "¿Cómo estás?",
        "Quiero reservar una mesa para dos personas.",
        "El próximo tren sale a las siete y media.",
        "No puedo encontrar mi teléfono en la casa.",
    ],
    "fr": [
        "Je voudrais réserver une table pour deux personnes.",
        "La vie est belle et nous sommes contents.",
        "Le prochain train part à dix-neuf heures trente.",
        "Qu'est-ce que vous voulez faire aujourd'hui ?",
    ],
    "de": [
        "Guten Morgen, wie geht es Ihnen heute?",
        "Der nächste freie Tisch ist um halb acht.",
        "Ich möchte einen Tisch für zwei Personen reservieren.",
        "Das ist nicht so einfach, wie du denkst.",
    ],
    "it": [
        "Vorrei prenotare un tavolo per due persone.",
        "Il prossimo treno parte alle sette e mezza.",
        "Questa è una bella giornata di sole.",
    ],
    "pt": [
        "Quero reservar uma mesa para duas pessoas.",
        "O próximo trem sai às sete e meia.",
        "Não sei o que você está dizendo.",
    ],
    "nl": [
        "Ik wil graag een tafel voor twee personen reserveren.",
        "De volgende trein vertrekt om half acht.",
        "Wat is het weer vandaag mooi!",
    ],
    "pl": [
        "Chcę zarezerwować stolik dla dwóch osób.",
        "Następny pociąg odjeżdża o wpół do ósmej.",
    ],
    "tr": [
        "İki kişilik bir masa ayırtmak istiyorum.",
        "Bugün hava çok güzel değil mi?",
    ],
    "vi": ["Tôi muốn đặt bàn cho hai người.", "Hôm nay trời đẹp quá nhỉ?"],
    "sv": ["Jag vill boka ett bord för två personer.", "Nästa tåg går klockan halv åtta."],
    "da": ["Jeg vil gerne have noget at spise nu.", "Hvad hedder du, og hvor kommer du fra?"],
    "no": ["Hva heter du, og hvor kommer du fra nå?"],
    "fi": ["Haluaisin varata pöydän, mutta en tiedä mitä sanoa."],
    "cs": ["Dobrý den, rád bych si zarezervoval stůl pro dva."],
    "hu": ["Szeretnék egy asztalt foglalni két személyre, és kérem a számlát."],
    "ro": ["Aș vrea să rezerv o masă pentru două persoane."],
    "id": ["Saya ingin memesan meja untuk dua orang."],
}

TRICKY = """
He shouted "Viva la revolución!" and left the room.
San Francisco, Los Angeles, Las Vegas and El Paso are cities in the west.
Los Angeles, Las Vegas, El Paso, La Jolla.
Vincent van Gogh painted De sterrennacht in 1889.
Leonardo da Vinci painted the Mona Lisa between 1503 and 1506.
The café serves crème brûlée and jalapeño poppers.
Her fiancé's résumé was naïve, to say the least.
La Bohème is an opera by Giacomo Puccini.
He flew from São Paulo to Rio de Janeiro via Brasília.
Ludwig van Beethoven was born in Bonn.
Charles de Gaulle airport is north of Paris.
The Wehrmacht invaded on the first of September.
"Guten Tag," said the old man, "and welcome to Vienna."
C'est la vie, as they say.
My grandmother used to say "mañana, mañana" all day long.
Dr. Müller and Mrs. Sørensen met in Malmö last May.
Erik ten Hag and Virgil van Dijk did not comment.
The word die in German is an article.
Do you know the way to Santa Fe de Bogotá?
Pour the milk in, add a pinch of salt and come back later.
Man, that was a hat I had on sale, and no sin at all.
To be or not to be, that is the question.
E pluribus unum is on every coin.
I am on my way, be there at noon, is that okay?
Data is in, so on we go.
Lorem ipsum dolor sit amet, consectetur adipiscing elit.
Ok so we go as a team.
We also met Señor Núñez of Cádiz and José from Málaga.
Add ten to the sum, do the same for all.
An army of me.
Ave Maria and Te Deum were sung.
Dunkin' Donuts, McDonald's, Burger King, Taco Bell.
Press A to jump, B to run, X and Y to aim.
Al Pacino, Robert De Niro, Benicio Del Toro, Ana de Armas.
Zürich, Genève, Malmö, Kraków, Łódź.
Hmm, uh, er, um, ah well.
So am I.
Yes, no, maybe, I don't know.
"""


def docstring_sentences() -> list[str]:
    """Every sentence that this project's own code says about itself."""
    sentences: list[str] = []
    for path in Path(vivavoce.__file__).parent.rglob("*.py"):
        tree = ast.parse(path.read_text("utf-8"))
        for node in ast.walk(tree):
            if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef):
                prose = " ".join((ast.get_docstring(node) or "").split())
                sentences += re.split(r"(?<=[.;:]) ", prose)
    return [sentence for sentence in sentences if len(sentence.split()) >= 4]


@pytest.mark.parametrize("language", FOREIGN)
def test_a_sentence_of_small_talk_is_known_for_its_language(language: str) -> None:
    assert {text: latin_language(text) for text in FOREIGN[language]} == dict.fromkeys(
        FOREIGN[language], language
    )


@pytest.mark.parametrize("text", TRICKY.strip().splitlines())
def test_names_titles_and_quotations_leave_english_english(text: str) -> None:
    assert latin_language(text) is None


def test_no_sentence_of_this_projects_prose_is_taken_for_anything_but_english() -> None:
    sentences = docstring_sentences()
    assert len(sentences) > 300
    assert [text for text in sentences if latin_language(text)] == []


@pytest.mark.parametrize(
    "text", ["", "Hola", "Bonjour à tous", "Guten Tag!", "1 2 3 4 5", "- - - -"]
)
def test_a_few_words_are_not_enough(text: str) -> None:
    assert latin_language(text) is None
