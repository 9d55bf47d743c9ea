"""The token with which this server shows a speech engine that it is the one that may call."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import re

_ISSUER = "https://api.elevenlabs.io/convai/speech-engine"
_SUBJECT = "convai_speech_engine_upstream"
_LIVES_S = 300
_RESIDENCY = re.compile(r"_residency_[a-z0-9]+$")


def speech_engine_token(api_key: str, now: float) -> str:
    """A JSON Web Token (RFC 7519, HS256) made at `now`, in seconds since 1970.

    It is signed with the SHA-256 of the key, without the suffix that says where data are kept:
    issuer, subject and all are what the official packages check.
    """
    claims = {"iss": _ISSUER, "sub": _SUBJECT, "iat": int(now), "exp": int(now) + _LIVES_S}
    signed = f"{_part({'alg': 'HS256', 'typ': 'JWT'})}.{_part(claims)}"
    secret = hashlib.sha256(_RESIDENCY.sub("", api_key.strip()).encode()).digest()
    signature = hmac.new(secret, signed.encode(), hashlib.sha256).digest()
    return f"{signed}.{_base64url(signature)}"


def _part(fields: dict[str, object]) -> str:
    return _base64url(json.dumps(fields, separators=(",", ":")).encode())


def _base64url(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode()
