"""Secrets that are handed out, and the digests that are kept of them."""

import hashlib
import hmac
import secrets
import zlib

_CSRF = b"nowalls csrf"
_MACHINE = "nwt_"  # who scans repositories for secrets that were left lying finds it by this
_SUM_LETTERS = 8


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


def fresh_machine() -> str:
    """A token for a machine: its mark, 256 random bits, and a sum by which a scanner tells it from chance."""
    body = _MACHINE + fresh()
    return body + _sum(body)


def machine_form(token: str) -> bool:
    """Whether `token` may be one of ours at all."""
    body = token[:-_SUM_LETTERS]
    return body.startswith(_MACHINE) and len(token) < 200 and token == body + _sum(body)


def _sum(text: str) -> str:
    return f"{zlib.crc32(text.encode()):08x}"
