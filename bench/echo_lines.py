"""What is said in the calls with an echo."""

from __future__ import annotations

AGENT = (
    "Hello, thank you for calling. How can I help you today?",
    "Of course, I can look that up for you. Could you tell me your order number, please?",
    "Thanks. I see that your parcel left our warehouse on Tuesday, and it should arrive by Friday.",
    "If you like, I can send you a text message as soon as it is on its way.",
    "We open at nine in the morning and close at half past five.",
    "I am sorry to hear that. Let me see what I can do about it.",
    "The next free appointment is on Monday at ten fifteen. Would that suit you?",
    "Great, you are all set. You will get a confirmation by mail in a few minutes.",
    "The total comes to forty two dollars and fifty cents, including shipping.",
    "Yes, that is right. The warranty covers two years from the day you bought it.",
    "I did not quite catch that. Could you say it again?",
    "You can return it within thirty days, as long as you keep the receipt.",
    "Please hold the button down for five seconds until the light turns green.",
    "There is a cafe across the street, and a pharmacy right next to the station.",
    "It takes about twenty minutes by bus, or a little less if you walk through the park.",
    "Your account has been updated, and the new address will be used from now on.",
    "Let me read that back to you. Seven, four, nine, two, one, one.",
    "Breakfast is served from seven until ten, and it is included in the price.",
    "I would suggest the blue one, because it is lighter and fits into a small bag.",
    "Is there anything else I can help you with? No? Then have a lovely day.",
)
"""Twenty turns of an agent on the telephone."""

CALLERS = (
    "No wait, I meant the other one.",
    "Stop, stop, that is not what I asked.",
    "Actually, can you make it Thursday?",
    "Excuse me, how much was that again?",
    "Hold on, I need to find a pen.",
    "Yes, I know that already.",
    "What about the red one?",
    "Could you speak a bit slower, please?",
    "I want to talk to a human being.",
    "Sorry, I have another question.",
    "Never mind, forget about it.",
    "Hang on a second.",
    "That is wrong, my name is Peter.",
    "Okay, okay, I got it.",
    "Is that with or without breakfast?",
    "And what happens if it rains?",
    "Fine, let's do that then.",
    "Which floor is it on?",
)
"""What callers say over them."""
