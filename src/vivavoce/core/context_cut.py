"""How a text ends, when it is one of several that are spoken one after the other."""

from __future__ import annotations

from typing import Final

from vivavoce.core.boundaries import Cut, boundaries_of, space_end
from vivavoce.core.characters import is_spaceless
from vivavoce.core.phrasing import word_cut

# More than the longest word that tells what a full stop before it does.
_NEAR: Final = 64


def cut_in_context(text: str, next_text: str) -> Cut:
    """How the end of `text` (an utterance, not empty) cuts, given what is spoken after it.

    "Dr." before "Smith" ends no sentence, and gets the pause of a word. Without `next_text` the
    answer is that of `TextBuffer.finish`. Texts without white space between them are taken for
    separate words: callers cut at words, and seldom keep the space.

    What was spoken *before* has no counterpart here. It would only tell whether `text` begins a
    sentence, and a voice that starts anew at every utterance has no use for that.
    """
    following = next_text[:_NEAR]
    if not following.strip():
        following = ""
    elif not (text[-1:].isspace() or following[0].isspace() or is_spaceless(following[0])):
        text += " "
    joined = text + following
    end = space_end(joined, len(text.rstrip()))
    for boundary in reversed(boundaries_of(joined)):
        if boundary.end <= end:
            return boundary.cut if boundary.end == end else word_cut(joined, end)
    return word_cut(joined, end)
