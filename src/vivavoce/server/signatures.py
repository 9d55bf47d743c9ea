"""Signed URLs and conversation tokens: what lets a browser call an agent without a key.

A signature is base64url of the JSON of what it stands for, a dot, and base64url of the HMAC-SHA256
of the text before the dot. It fits a query, and a WebSocket subprotocol, as it is.
"""

from __future__ import annotations

import base64
import hmac
import secrets

import msgspec

SIGNATURE_PREFIX = "vvs_"
LIFETIME_S = 15 * 60
"""In the protocol signed URLs count so long."""

SECRET_NAME = "conversation_signatures"
"""Which of the store's `ServerSecrets` signs."""

# A signature of ours has some 300 characters; longer ones are not worth a look.
_MOST_CHARACTERS = 2_048


class CallPass(msgspec.Struct, frozen=True, omit_defaults=True):
    """What a signature stands for: a call to an agent until `expires_at`, seconds since 1970.

    `key_id` is whose key it stands for. One with a `conversation_id` is for that one conversation.
    """

    agent_id: str
    key_id: str
    expires_at: int
    conversation_id: str | None = None


_CONVERSATION_ID_BYTES = 16

_decoder = msgspec.json.Decoder(CallPass)


def new_conversation_id() -> str:
    """An id that nobody can guess: whoever has it may send feedback and files."""
    return f"conv_{secrets.token_hex(_CONVERSATION_ID_BYTES)}"


def sign(call_pass: CallPass, secret: bytes) -> str:
    """The signature that stands for `call_pass`."""
    text = SIGNATURE_PREFIX + _encoded(msgspec.json.encode(call_pass))
    return f"{text}.{_mac(text, secret)}"


def verify(signature: str, secret: bytes, *, now_s: float) -> CallPass | None:
    """What `signature` stands for; None when it is not of this secret, or has expired."""
    if not looks_signed(signature) or len(signature) > _MOST_CHARACTERS:
        return None
    text, _, mac = signature.partition(".")
    if not hmac.compare_digest(mac.encode("utf-8", "replace"), _mac(text, secret).encode()):
        return None
    try:
        call_pass = _decoder.decode(_decoded(text.removeprefix(SIGNATURE_PREFIX)))
    except (msgspec.MsgspecError, ValueError):
        return None
    return call_pass if now_s < call_pass.expires_at else None


def looks_signed(credential: str) -> bool:
    """Whether that is a signature rather than a key; it need not be a good one."""
    return credential.startswith(SIGNATURE_PREFIX)


def _mac(text: str, secret: bytes) -> str:
    return _encoded(hmac.digest(secret, text.encode("utf-8", "replace"), "sha256"))


def _encoded(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode("ascii").rstrip("=")


def _decoded(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
