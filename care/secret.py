"""Secrets of devices: made here, shown once, kept as hashes."""

import base64
import hashlib
import hmac
import secrets
from typing import NamedTuple

import bcrypt

# A secret is 100 random bits or more: nobody can guess it, so a slow hash would protect nothing and cost the
# broker a quarter of a second a connection. Four is bcrypt's least, 101 what mosquitto_passwd takes;
# passwords of people are hashed with Argon2id.
COST = 4
_ROUNDS, _SALT = 101, 12


class Hashes(NamedTuple):
    """One secret in the forms that brokers read: `bcrypt` is NATS's, `pbkdf2` Mosquitto's ($7$)."""

    bcrypt: str
    pbkdf2: str


def fresh() -> str:
    """A secret of 160 random bits, 27 characters that a URL may carry."""
    return secrets.token_urlsafe(20)


def hashes(secret: str) -> Hashes:
    """Both hashes of `secret`."""
    return Hashes(hashed(secret), _pbkdf2(secret, secrets.token_bytes(_SALT)))


def hashed(secret: str) -> str:
    """The bcrypt hash of `secret`, in the form every broker reads ($2a$)."""
    return bcrypt.hashpw(secret.encode(), bcrypt.gensalt(COST, prefix=b"2a")).decode("ascii")


def matches(secret: str, stored: str) -> bool:
    """Whether `secret` is the one behind the hash `stored`; bcrypt looks at 72 bytes, and none has more."""
    given = secret.encode(errors="replace")
    if not given or len(given) > 72 or b"\x00" in given:
        return False
    # Compared by ourselves: the library raises on a hash that is none.
    try:
        return hmac.compare_digest(bcrypt.hashpw(given, stored.encode("ascii")), stored.encode("ascii"))
    except ValueError:
        return False


def _pbkdf2(secret: str, salt: bytes) -> str:
    digest = hashlib.pbkdf2_hmac("sha512", secret.encode(), salt, _ROUNDS)
    return f"$7${_ROUNDS}${base64.b64encode(salt).decode()}${base64.b64encode(digest).decode()}"
