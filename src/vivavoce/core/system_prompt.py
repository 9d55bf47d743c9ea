"""The first message of every prompt: what an agent is, and what it knows."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Final

from vivavoce.core.placeholders import Variable, fill, for_mind

MOST_KNOWLEDGE: Final = 8_000
"""Characters: about 2,000 tokens of English, half of the embedded model's context of 4,096."""

_HEADING: Final = "# Knowledge base"
_NEXT: Final = "\n\n"
_LAST_BREAK: Final = re.compile(r"\s+\S*\Z")


def system_prompt(
    template: str,
    variables: Mapping[str, Variable],
    knowledge: Sequence[str] = (),
    *,
    most_knowledge: int = MOST_KNOWLEDGE,
) -> str:
    """`template` with its placeholders filled, and under a heading what the agent knows.

    Of `knowledge` only `most_knowledge` characters are taken, in its order: a text that does not
    fit is cut between two words, and those after it are left out. Raises MissingVariable; secret
    variables count as missing.
    """
    filled = fill(template, for_mind(variables))
    known = _fitting(knowledge, most_knowledge)
    return _NEXT.join(filter(None, (filled, known and f"{_HEADING}\n\n{known}")))


def knowledge_left_out(knowledge: Sequence[str], most_knowledge: int = MOST_KNOWLEDGE) -> int:
    """How many characters of `knowledge` the prompt has no place for."""
    return max(0, len(_joined(knowledge)) - most_knowledge)


def _joined(knowledge: Sequence[str]) -> str:
    return _NEXT.join(text.strip() for text in knowledge if text.strip())


def _fitting(knowledge: Sequence[str], most: int) -> str:
    whole = _joined(knowledge)
    if len(whole) <= most:
        return whole
    # One more, to see whether the last word ends there.
    cut = whole[: most + 1]
    return (_LAST_BREAK.sub("", cut) if re.search(r"\s", cut) else cut[:most]).rstrip()
