"""Where a generation ends: the last good boundary of the text that waits."""

from __future__ import annotations

from vivavoce.core.boundaries import Boundary, BoundaryScanner, Cut, word_ends
from vivavoce.core.characters import weight
from vivavoce.core.phrasing import best_word_end, inside_list, word_cut
from vivavoce.core.utterances import MAX_WEIGHT, MIN_CUT, forced_end


def choose_cut(scanner: BoundaryScanner, *, eager: bool) -> Boundary | None:
    """The last sentence end, else clause end, else word end; None when no good place is in sight.

    `eager` takes the marks at the end of the text for what they seem, rather than wait for the
    character after them.
    """
    return (
        _sentence_cut(scanner, eager=eager)
        or _clause_cut(scanner)
        or _word_cut(scanner, eager=eager)
    )


def reach(scanner: BoundaryScanner) -> int:
    """How many characters wait up to the last place where a word ends."""
    boundaries = (*scanner.settled[-1:], scanner.tail)
    ends = word_ends(scanner.text, 0, scanner.limit)[-1:]
    return max([*ends, *(boundary.end for boundary in boundaries if boundary)], default=0)


def _sentence_cut(scanner: BoundaryScanner, *, eager: bool) -> Boundary | None:
    tail = scanner.tail
    if tail and tail.cut is Cut.SENTENCE and (tail.sure or eager):
        return tail
    return Boundary(scanner.last_sentence, Cut.SENTENCE) if scanner.last_sentence else None


def _clause_cut(scanner: BoundaryScanner) -> Boundary | None:
    nearest = max(MIN_CUT, scanner.limit - MAX_WEIGHT)
    tail = [scanner.tail] if scanner.tail and scanner.tail.cut is Cut.CLAUSE else []
    for boundary in (*tail, *reversed(scanner.settled)):
        if boundary.end < nearest:
            break
        if not inside_list(scanner.text, boundary.end):
            return boundary
    return None


def _word_cut(scanner: BoundaryScanner, *, eager: bool) -> Boundary | None:
    text, limit = scanner.text, scanner.limit
    is_long = weight(text[: min(limit, MAX_WEIGHT + MIN_CUT)]) > MAX_WEIGHT
    if scanner.undecided and not eager and not is_long:
        return None
    ends = [end for end in word_ends(text, 0, limit) if end >= MIN_CUT]
    if ends:
        end = best_word_end(text, ends)
        return Boundary(end, word_cut(text, end))
    return Boundary(_last_forced_end(text, limit), Cut.FORCED) if is_long else None


def _last_forced_end(text: str, limit: int) -> int:
    """As far as whole utterances reach into a text that has no boundary at all."""
    end = 0
    while weight(text[end : min(limit, end + MAX_WEIGHT + MIN_CUT)]) > MAX_WEIGHT:
        end = forced_end(text, end, limit)
    return end
