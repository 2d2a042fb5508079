"""The one-time code by which a device gets its own secret: short enough to print, too long to guess; pure."""

import secrets
from typing import NamedTuple
from urllib.parse import urlencode

# Crockford's base 32: no letter that a person takes for another.
_LETTERS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_MISREAD = str.maketrans("OIL", "011")
_ID, _SECRET, _GROUP = 8, 20, 4
_NOISE = str.maketrans("", "", "- \t\r\n")


class BadClaim(ValueError):
    """Not a claim code at all: a letter too few, or one that no code has."""


class Claim(NamedTuple):
    """A claim code in its two halves: `id` (40 bits) says which, `secret` (100 bits) proves it."""

    id: str
    secret: str

    @property
    def text(self) -> str:
        """As people read it: groups of four letters."""
        letters = self.id + self.secret
        return "-".join(letters[at : at + _GROUP] for at in range(0, len(letters), _GROUP))


def fresh() -> Claim:
    """A code nobody had before."""
    letters = "".join(secrets.choice(_LETTERS) for _ in range(_ID + _SECRET))
    return Claim(letters[:_ID], letters[_ID:])


def parse(text: str) -> Claim:
    """A code as somebody typed it, without regard to case, blanks and letters that look alike.

    Raises BadClaim.
    """
    letters = text.translate(_NOISE).upper().translate(_MISREAD)
    if len(letters) != _ID + _SECRET or not set(letters) <= set(_LETTERS):
        raise BadClaim("a claim code has 28 letters and digits")
    return Claim(letters[:_ID], letters[_ID:])


def link(claim: Claim, site: str) -> str:
    """What the QR code says: where to exchange the code, and the code; `site` is the address of the pages.

    The code stands behind the #, which no browser sends on and no server logs.
    """
    return f"{site.rstrip('/')}/api/v1/device-claims#{urlencode({'claim': claim.text})}"
