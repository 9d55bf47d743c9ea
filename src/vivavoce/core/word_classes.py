"""Closed classes of English words, lower case: what tells a whole sentence from half of one."""

from __future__ import annotations

from typing import Final


def listed(words: str) -> frozenset[str]:
    """The words of a line."""
    return frozenset(words.split())


HESITATIONS: Final = listed("um umm uhm uh uhh er err erm ehm hm hmm mm mmm eh")
CONNECTIVES: Final = listed(
    "and or but because cause so if whether unless until than as nor whereas"
)
CLAUSE_OPENERS: Final = listed("if when whenever unless once while although though whereas")
TIME_OPENERS: Final = listed("after before since until as")
"""They open a clause if a subject follows, else a phrase."""

DETERMINERS: Final = listed("a an the my your our their its every another")
"""Never last in a sentence."""
BEFORE_NOUNS: Final = listed("next other same only best main new nearest whole")
DEGREES: Final = listed("very quite almost nearly rather extremely approximately roughly")
TITLES: Final = listed("mr mrs ms dr prof")
ADDRESS_MARKS: Final = listed("dot underscore slash hyphen dash")

SUBJECTS: Final = listed("i he she we they")
OBJECTS: Final = listed("me us him her them you it this that these those")
PRONOUNS: Final = SUBJECTS | listed("you it this that these those there everyone everything")
CONTRACTIONS: Final = listed(
    "i'm you're he's she's it's we're they're i'll you'll he'll she'll it'll we'll they'll i'd"
    " you'd he'd she'd we'd they'd i've you've we've they've that's that'll there's here's let's"
    " what's who's where's how's when's name's"
)
"""A subject and its auxiliary."""
WOULD: Final = listed("i'd you'd he'd she'd we'd they'd would")

BE: Final = listed("is are was were am isn't aren't wasn't weren't")
DO_AND_MODALS: Final = listed(
    "do does did can could will would shall should may might must have has had don't doesn't"
    " didn't can't couldn't won't wouldn't shouldn't haven't hasn't hadn't"
)
AUXILIARIES: Final = BE | DO_AND_MODALS | {"be", "been", "being"}

ASKING: Final = listed("who whom whose what when where why how which")
ASKING_CONTRACTED: Final = listed("who's what's when's where's why's how's")
ASKING_FOR_OBJECTS: Final = listed(
    "who whom what which whose all anything everything something long much many"
)
"""They are the object of a verb that stands last."""
ASKING_FOR_PLACES: Final = listed("who whom whose what which where")
"""They leave their preposition last: "Where are you from?" """

PREPOSITIONS: Final = listed(
    "to of from with for at by into onto about between during without towards toward against via"
    " per including except regarding"
)
PARTICLES: Final = listed("in on over through around under behind near")
"""Prepositions that end a verb as well: "Come in." """

TRANSITIVES: Final = listed("have get make take give send bring put let buy want need find")
"""Verbs that are nothing without their object."""
ERRANDS: Final = listed("book order reserve schedule return ask rent report add check")
"""Verbs that want their object behind "to"."""
GIVING: Final = listed("give tell show send bring let lend get")
"""Verbs that take a person, and then what the person gets."""
OPINIONS: Final = listed("think guess mean believe suppose hope say feel")
SAID_SO: Final = OPINIONS | listed("afraid said that do did even not why")
"""What "so" may end: "I think so." """

LEADS: Final = HESITATIONS | listed(
    "and but so or well now then also okay ok alright oh ah hi hello hey yes yeah yep no nope sorry"
    " please actually basically anyway right sure great thanks like because maybe"
)
"""What may stand before a sentence without being part of it."""
UNFINISHED_LEADS: Final = HESITATIONS | listed(
    "and but so or well now then also actually anyway basically like because oh ah"
)
"""With these alone nothing has been said."""
ANSWERS: Final = listed(
    "yes yeah yep yup no nope nah okay ok alright right sure please thanks correct fine great good"
    " perfect exactly absolutely definitely bye goodbye good-bye hello hi hey sorry cool nice"
    " nothing none never always sometimes done help stop maybe today tomorrow to-morrow who what"
    " when where why how"
)
"""Whole turns of one word."""
COURTESIES: Final = ANSWERS | listed(
    "thank you very much a lot so that's that all it is this wonderful lovely of course morning"
    " afternoon evening night welcome mind else not really sounds too see later"
    " day have"
)
"""Sentences of these words alone, and with an end, are whole."""
TAGS: Final = ANSWERS | listed("sir madam ma'am too then though now actually anyway there you")
"""What stands behind a comma without being one more of a list."""
