"""What of a conversation a small context has room for.

A model reads again all that follows the first word that changed, at 250 to 300 tokens a second. So
the history loses nothing for many turns, and then half of it at once.
"""

from __future__ import annotations

from collections.abc import Sequence

from vivavoce.engines.minds.base import Message, Role

_BYTES_A_TOKEN = 3
"""English has 4.3 of them in SmolLM2's vocabulary, other languages down to 2."""
_TOKENS_A_MESSAGE = 5
"""What the template puts around each."""


def estimated_tokens(messages: Sequence[Message]) -> int:
    """Rather too many than too few, for English."""
    return sum(_TOKENS_A_MESSAGE + len(one.text.encode()) // _BYTES_A_TOKEN + 1 for one in messages)


def fitted(head: Sequence[Message], talk: Sequence[Message], room: int) -> tuple[Message, ...]:
    """`head`, and as much of the newest of `talk` as `room` tokens hold with it.

    Where the talk begins depends on what came up to the assistant's last message only. So what is
    read in advance, when that has been said, is what the next prompt begins with.
    """
    kept = [*_shortened(head, room // 2)]
    free = room - estimated_tokens(kept)
    recent = list(talk[_start(talk, free * 3 // 4) :])
    while len(recent) > 1 and estimated_tokens(recent) > free:
        del recent[0]
    if recent and estimated_tokens(recent) > free:
        newest = recent[-1]
        recent = [Message(newest.role, _last_of(newest.text, _bytes(free)))]
    return (*kept, *recent)


def _start(talk: Sequence[Message], free: int) -> int:
    """Where to begin: at the front, until that is too much; then half as far back, and so on."""
    settled = max((n + 1 for n, one in enumerate(talk) if one.role is Role.ASSISTANT), default=0)
    sizes = [estimated_tokens([one]) for one in talk[:settled]]
    start = total = 0
    for end, size in enumerate(sizes, 1):
        total += size
        if total > free:
            while start < end - 1 and (total > free // 2 or talk[start].role is not Role.USER):
                total -= sizes[start]
                start += 1
    return start


def _shortened(head: Sequence[Message], room: int) -> list[Message]:
    """The head, what is written last of the longest message cut off if it is too much."""
    kept = list(head)
    excess = estimated_tokens(kept) - room
    if excess > 0 and kept:
        longest = max(range(len(kept)), key=lambda n: len(kept[n].text))
        whole = kept[longest].text.encode()
        end = max(0, len(whole) - (excess + 1) * _BYTES_A_TOKEN)
        kept[longest] = Message(kept[longest].role, whole[:end].decode(errors="ignore"))
    return kept


def _last_of(text: str, count: int) -> str:
    return text.encode()[-count:].decode(errors="ignore")


def _bytes(tokens: int) -> int:
    return max(_BYTES_A_TOKEN, (tokens - _TOKENS_A_MESSAGE - 1) * _BYTES_A_TOKEN)
