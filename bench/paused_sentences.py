"""What callers say with pauses in it, and without: to tell the end of a turn from a pause.

Pauses are as long as in talk: 0.2 to 0.35 s at commas, 0.4 to 0.9 s where somebody looks for a
word, a number or a name.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

_PAUSE = re.compile(r"\s*\[(\d+\.\d+)\]\s*")


class PausedSentence(NamedTuple):
    """A turn in fragments; `pauses_s[i]` seconds of silence stand behind `fragments[i]`."""

    fragments: tuple[str, ...]
    pauses_s: tuple[float, ...]

    @property
    def text(self) -> str:
        """The whole turn."""
        return " ".join(self.fragments)


def read_pauses(line: str) -> PausedSentence:
    """A turn out of a line such as "My name is [0.6] John.": pauses in seconds in brackets."""
    parts = _PAUSE.split(line)
    return PausedSentence(tuple(parts[::2]), tuple(float(pause) for pause in parts[1::2]))


def _read(lines: Sequence[str]) -> tuple[PausedSentence, ...]:
    return tuple(read_pauses(line) for line in lines)


WITH_PAUSES = _read(
    (
        "Well, [0.3] I was hoping you could help me with my bill.",
        "If I cancel today, [0.35] do I get my money back?",
        "When I log in to my account, [0.3] the page stays blank.",
        "My phone number is [0.7] five five five, [0.6] one two three, [0.55] four five six seven.",
        "It's five five five [0.6] eight six seven [0.7] five three oh nine.",
        "My name is [0.5] John Miller.",
        "That's spelled J, O, [0.55] H, N.",
        "The name is Becker. B, E, [0.6] C, K, [0.5] E, R.",
        "B as in boy, [0.6] E as in Edward, [0.55] N as in Nancy.",
        "I want to [0.5] change my reservation.",
        "Can you [0.4] tell me a joke?",
        "Could you tell me [0.5] when the next train leaves?",
        "Um, [0.6] what are your opening hours?",
        "I'd like to book a table for [0.6] four people.",
        "So, [0.5] I need to return a pair of shoes.",
        "I called yesterday and [0.5] nobody answered.",
        "I'd like the red one, but [0.6] only if it is on sale.",
        "Please send it to [0.7] twelve Garden Street.",
        "I need a flight from Boston to [0.5] Chicago, uh, [0.6] on Monday morning.",
        "My card number is four one one one, [0.6] two two two two, [0.7] three three three three, "
        "[0.6] four four four four.",
        "I'd like to order milk, [0.35] bread, [0.4] and some butter.",
        "Is there a [0.5] swimming pool in the hotel?",
        "I was born on the third of [0.5] May nineteen eighty two.",
        "The problem is [0.6] my screen is broken.",
        "Because of the storm, [0.35] my flight was cancelled.",
        "Yes, [0.25] I would like to speak to a person.",
        "Hello, [0.25] I have a question about my order.",
        "Unless it rains, [0.3] we will sit outside.",
        "What is the [0.55] price of a monthly ticket?",
        "I think it's, um, [0.8] the blue one.",
        "You know, [0.4] I really can't remember the password.",
        "We are two adults and [0.45] three children.",
        "Do you have [0.5] any rooms with a view of the sea?",
        "After I paid, [0.35] the machine kept my card.",
        "My email is anna at [0.6] example dot com.",
        "I moved last month, so [0.6] I have a new address.",
        "The account number is [0.9] eight zero two, [0.65] nine nine one.",
        "I would like [0.5] a large coffee with milk, please.",
        "How do I get to the [0.5] train station from here?",
        "Let me see, [0.7] it was on the second of March.",
    )
)

QUESTIONS = (
    "What time do you open tomorrow?",
    "How much does it cost?",
    "Where is the nearest train station?",
    "Who wrote Romeo and Juliet?",
    "What is the capital of Australia?",
    "How far is the moon from the earth?",
    "When does the museum close?",
    "Why is the sky blue?",
    "How do I reset my password?",
    "What's the weather like today?",
    "Can you help me with my order?",
    "Do you have any vegetarian dishes?",
    "Is there a bus to the airport?",
    "Could you repeat that, please?",
    "Are you open on Sundays?",
    "How long does delivery take?",
    "Which platform does the train leave from?",
    "What is your return policy?",
    "Can I pay by credit card?",
    "How many people live in London?",
    "Where can I park my car?",
    "Do I need a reservation?",
    "What languages do you speak?",
    "How old is the universe?",
    "Who is the president of France?",
    "Would you tell me a story?",
    "What should I cook for dinner?",
    "Is my flight on time?",
    "How do you make pancakes?",
    "What's your name?",
    "Can you speak a little slower?",
    "Did you get my message?",
    "What happened in nineteen sixty nine?",
    "How can I contact your support team?",
    "Does the room have air conditioning?",
    "When will my package arrive?",
    "Should I bring an umbrella?",
    "How are you today?",
    "What does that word mean?",
    "Where were you born?",
)

SHORT_TURNS = (
    "Yes.",
    "No.",
    "Yes, please.",
    "No, thank you.",
    "That's all.",
    "Thank you very much.",
    "Hello?",
    "Okay, great.",
    "That sounds good.",
    "Tell me a joke.",
    "I don't know.",
    "Goodbye.",
    "Maybe tomorrow.",
    "The blue one.",
    "I'd like a coffee, please.",
    "Two tickets, please.",
    "My laptop is broken.",
    "I live in Boston.",
    "Turn off the lights.",
    "I'm just looking.",
)

HELD_OUT_WITH_PAUSES = _read(
    (
        "Hi, [0.3] is this the service desk?",
        "If the package is late, [0.35] who should I call?",
        "Uh, [0.6] could I get a window seat?",
        "It's for [0.5] my daughter's birthday.",
        "The code is seven two nine, [0.6] four zero one.",
        "My last name is Novak. N, O, V, [0.6] A, K.",
        "I have a problem with [0.6] the heating in my room.",
        "I was wondering [0.5] whether you deliver on weekends.",
        "Would you [0.45] turn the volume down?",
        "Actually, [0.35] I changed my mind.",
        "I've been waiting for an hour and, um, [0.8] nobody came.",
        "We leave on the twenty first of [0.55] June.",
        "Are there any [0.5] seats left for tonight?",
        "My zip code is nine oh two, [0.6] one oh.",
        "Once I restart the computer, [0.35] it works again.",
        "I don't want the big one because [0.6] it is too heavy.",
        "Well, you know, [0.7] it depends on the price.",
        "I'd like onions, [0.4] peppers, [0.35] and extra cheese.",
        "The best time would be [0.6] Thursday at noon.",
        "M as in Mary, [0.55] C as in Charlie.",
    )
)

HELD_OUT_COMPLETE = (
    "What is the fastest animal in the world?",
    "How do I get a refund?",
    "Can you recommend a good book?",
    "Is breakfast included?",
    "Where did I leave my keys?",
    "Do you sell gift cards?",
    "When is the best time to visit Japan?",
    "Who invented the telephone?",
    "How many eggs do I need?",
    "Could you call me a taxi?",
    "Yes, that's right.",
    "No, that's fine.",
    "I lost my luggage.",
    "Next Friday.",
    "Thanks, bye.",
    "Please cancel my subscription.",
    "It doesn't work.",
    "I agree.",
    "Good morning.",
    "A small one.",
)
