"""What the measurements have the server say."""

from __future__ import annotations

import itertools
import random
from typing import NamedTuple

_WHO = (
    "The young doctor quietly",
    "My older brother finally",
    "Our new neighbour always",
    "The tired driver suddenly",
    "A friendly teacher often",
    "That famous painter never",
    "The night watchman slowly",
    "Her first manager usually",
    "Some careful visitors later",
    "The whole family together",
)
_DID = (
    "opened the wooden door",
    "carried seven heavy boxes",
    "watered the garden roses",
    "finished a long letter",
    "answered the second question",
    "repaired an old bicycle",
    "counted the silver coins",
    "found a better answer",
    "cleaned the kitchen table",
    "followed the narrow road",
)
_WHEN = (
    "this morning",
    "last winter",
    "before breakfast",
    "after sunset",
    "without help",
    "on Sundays",
    "in silence",
    "at home",
    "by accident",
    "with care",
)
_WHY = (
    "because the train was late",
    "while the others were waiting",
    "and nobody heard a thing",
    "so the rest of the day was free",
    "although it was cold again",
    "and then went back to work",
)

TEN_WORDS = tuple(f"{who} {did} {when}." for who, did, when in itertools.product(_WHO, _DID, _WHEN))
"""A thousand sentences of ten words."""

TURN_SENTENCES = tuple(
    f"{who} {did}, {why}." for who, did, why in itertools.product(_WHO, _DID, _WHY)
)
"""Sentences of an answer in a conversation: 3.5 to 5.2 s of speech each."""


def some(sentences: tuple[str, ...], count: int, seed: int) -> list[str]:
    """`count` different ones of `sentences`, the same for the same seed."""
    return random.Random(seed).sample(sentences, count)


class ReadBack(NamedTuple):
    """A text, and the words that a person would say for it."""

    text: str
    spoken: str


def _same(*texts: str) -> list[ReadBack]:
    return [ReadBack(text, text) for text in texts]


READ_BACK = (
    *_same(
        "Hello, and thank you for calling our support team today.",
        "The quick brown fox jumps over the lazy dog.",
        "Sure, I can help you with that right away.",
        "What time would you like to come in tomorrow?",
        "He said that he would never again open that door.",
        "She sells sea shells by the sea shore, doesn't she?",
        "Unfortunately, the morning train to Cambridge is running late.",
        "If you are still there, please press any key to continue.",
        "The museum is closed on Mondays, but the garden is always open.",
        "I'm sorry, I did not quite catch that; could you repeat it?",
        "After the rain stopped, the children ran out into the street.",
        "Every great story begins with a question that nobody can answer.",
        "We walked along the river until the sun went down behind the hills.",
        "Please speak slowly, because the line is not very good.",
        "My favorite part of the day is the first cup of coffee.",
        "Nothing in the world is more patient than an old stone wall.",
        "You should receive a message with the details in a few minutes.",
        "The engineers tested the bridge before anyone was allowed to cross.",
        "Is there anything else that I can do for you this evening?",
        "A gentle wind moved the curtains, and the house was quiet again.",
    ),
    *_same(
        "Sarah and Michael live in a small town near Chicago.",
        "The letter from Elizabeth arrived in London on Thursday.",
        "Daniel moved from Boston to San Francisco in the spring.",
        "Have you ever visited Berlin, Madrid or Rome in December?",
        "William Shakespeare was born in the town of Stratford.",
        "Our office in Toronto will call Robert on Wednesday.",
        "Emma, David and Peter are waiting for you at the station.",
        "The Brooklyn Bridge leads to the middle of Manhattan.",
        "Abraham Lincoln was a president of the United States.",
        "They flew from Paris to New York with a stop in Dublin.",
    ),
    ReadBack(
        "Please call me back at 555-1234.",
        "Please call me back at five five five one two three four.",
    ),
    ReadBack(
        "We open at 9 am and close at 5:30 pm.", "We open at nine AM and close at five thirty PM."
    ),
    ReadBack("The train leaves at 10:15.", "The train leaves at ten fifteen."),
    ReadBack("The meeting was moved to March 14th.", "The meeting was moved to March fourteenth."),
    ReadBack(
        "She was born on 3/4/1985 in Texas.",
        "She was born on March fourth, nineteen eighty five in Texas.",
    ),
    ReadBack(
        "The war ended in 1945, and the city was rebuilt.",
        "The war ended in nineteen forty five, and the city was rebuilt.",
    ),
    ReadBack(
        "About 1,250 people came to the concert.",
        "About one thousand two hundred and fifty people came to the concert.",
    ),
    ReadBack(
        "The coffee was $5.50, and I left a tip.",
        "The coffee was five dollars and fifty cents, and I left a tip.",
    ),
    ReadBack("It costs 20% less than last year.", "It costs twenty percent less than last year."),
    ReadBack(
        "The company lost $3 million in 2009.",
        "The company lost three million dollars in two thousand and nine.",
    ),
    ReadBack(
        "Temperatures will reach 25°C by Friday.",
        "Temperatures will reach twenty five degrees Celsius by Friday.",
    ),
    ReadBack("The parcel weighs 12 kg.", "The parcel weighs twelve kilograms."),
    ReadBack("He ran 100 m in 11 seconds.", "He ran one hundred meters in eleven seconds."),
    ReadBack("Turn left after 3.5 miles.", "Turn left after three point five miles."),
    ReadBack(
        "It is the 21st floor, room 407.", "It is the twenty first floor, room four oh seven."
    ),
    ReadBack(
        "There are 365 days in a year.", "There are three hundred and sixty five days in a year."
    ),
    ReadBack(
        "The population grew to 2,400,000.",
        "The population grew to two million four hundred thousand.",
    ),
    ReadBack(
        "Your appointment is on Monday, June 2nd, at 8:45 am.",
        "Your appointment is on Monday, June second, at eight forty five AM.",
    ),
    ReadBack("The home team won by 3 points.", "The home team won by three points."),
    ReadBack(
        "Chapter 7 begins on page 112.", "Chapter seven begins on page one hundred and twelve."
    ),
    ReadBack("Dr. Smith will see you in a moment.", "Doctor Smith will see you in a moment."),
    ReadBack("Mr. Brown and Mrs. Green are here.", "Mister Brown and Missus Green are here."),
    ReadBack("Turn right on Elm St. and stop.", "Turn right on Elm Street and stop."),
    ReadBack("The U.S. team won the game last night.", "The US team won the game last night."),
    ReadBack("Bring fruit, e.g. apples or pears.", "Bring fruit, for example apples or pears."),
    ReadBack("It is about 5 ft. 9 in. tall.", "It is about five feet nine inches tall."),
    ReadBack(
        "The NASA report came out in Feb. 2021.",
        "The NASA report came out in February twenty twenty one.",
    ),
    ReadBack("Prof. Jones vs. the city council.", "Professor Jones versus the city council."),
    ReadBack("Part III of the book is the longest.", "Part three of the book is the longest."),
    ReadBack("Mix 1/2 cup of milk with 2 eggs.", "Mix one half cup of milk with two eggs."),
)
"""Sixty sentences: plain ones, names, numbers and dates, abbreviations."""
