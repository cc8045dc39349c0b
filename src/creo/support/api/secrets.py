"""A key as text: `creo_<prefix>_<secret>`. The prefix finds it, the digest proves it; the secret is never stored.

A digest without stretching is enough: the secret is 256 random bits, not something a person chose.
"""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
from dataclasses import dataclass

_TOKEN = re.compile(r"creo_([0-9a-f]{10})_([A-Za-z0-9_-]{43})")


@dataclass(frozen=True, slots=True)
class Token:
    """A new key, whole: shown once."""

    prefix: str
    text: str


def new_token() -> Token:
    """A key that nobody can guess."""
    prefix = secrets.token_hex(5)
    return Token(prefix, f"creo_{prefix}_{secrets.token_urlsafe(32)}")


def digest_of(text: str) -> str:
    """What is stored of a key."""
    return hashlib.sha256(text.encode()).hexdigest()


def prefix_of(text: str) -> str:
    """The prefix of a key; empty when the text is no key."""
    found = _TOKEN.fullmatch(text)
    return found[1] if found else ""


def proves(text: str, digest: str) -> bool:
    """True when the text is the key behind a digest; takes the same time either way."""
    return hmac.compare_digest(digest_of(text), digest)
