"""Secrets that are handed out, and the digests that are kept of them."""

import hashlib
import hmac
import secrets

_CSRF = b"nowalls csrf"


def fresh() -> str:
    """256 random bits as text that fits a URL and a cookie."""
    return secrets.token_urlsafe(32)


def digest(secret: str) -> bytes:
    """What is kept of `secret`. A plain hash is enough: there are 256 bits to guess."""
    return hashlib.sha256(secret.encode()).digest()


def csrf(token: str) -> str:
    """The anti-forgery word of the session with cookie `token`: derived, so nothing is stored."""
    return hmac.new(token.encode(), _CSRF, hashlib.sha256).hexdigest()


def same(given: str, expected: str) -> bool:
    """Whether two secrets are equal, in time that does not depend on where they differ."""
    return hmac.compare_digest(given.encode(), expected.encode())
