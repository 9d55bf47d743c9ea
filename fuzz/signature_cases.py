"""Signatures that somebody has changed."""

from __future__ import annotations

import base64
import string

from hypothesis import strategies as st

from vivavoce.server.signatures import SIGNATURE_PREFIX, CallPass, sign, verify

_SECRET, _OTHER = b"s" * 32, b"t" * 32
_NOW_S = 1_000_000.0

_LETTERS = string.ascii_letters + string.digits + "-_.=+/ \x00é"


@st.composite
def forged(draw: st.DrawFn) -> str:
    """None of these counts."""
    good = sign(CallPass("agent_a", "", int(_NOW_S) + 900), _SECRET)
    body, _, mac = good.removeprefix(SIGNATURE_PREFIX).partition(".")
    kind = draw(
        st.sampled_from(("cut", "letter", "insert", "old", "other", "body", "any", "twice"))
    )
    match kind:
        case "cut":
            return good[: draw(st.integers(0, len(good) - 1))]
        case "letter":
            place = draw(st.integers(0, len(good) - 1))
            letter = draw(st.sampled_from(_LETTERS.replace(good[place], "")))
            return good[:place] + letter + good[place + 1 :]
        case "insert":
            place = draw(st.integers(0, len(good)))
            return good[:place] + draw(st.sampled_from(_LETTERS)) + good[place:]
        case "old":
            expired = int(_NOW_S) - draw(st.integers(0, 10_000))
            return sign(CallPass("agent_a", "", expired), _SECRET)
        case "other":
            return sign(CallPass("agent_a", "", int(_NOW_S) + 900), _OTHER)
        case "body":
            said = draw(
                st.binary(max_size=60) | st.just(b'{"agent_id":"b","key_id":"","expires_at":9e9}')
            )
            return SIGNATURE_PREFIX + base64.urlsafe_b64encode(said).decode() + "." + mac
        case "twice":
            return f"{SIGNATURE_PREFIX}{body}.{mac}.{mac}"
    return draw(st.text(max_size=50).map(lambda text: SIGNATURE_PREFIX + text))


def refuses(signature: str) -> None:
    """Fails where that counts."""
    assert verify(signature, _SECRET, now_s=_NOW_S) is None, signature
