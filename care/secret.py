"""Secrets of devices: made here, shown once, kept as a hash."""

import secrets

import bcrypt

# A secret is 160 random bits: nobody can guess it, so a slow hash would protect nothing and cost the broker
# a quarter of a second a connection. Four is bcrypt's least; passwords of people are hashed with Argon2id.
COST = 4


def fresh() -> str:
    """A secret of 160 random bits, 27 characters that a URL may carry."""
    return secrets.token_urlsafe(20)


def hashed(secret: str) -> str:
    """The bcrypt hash of `secret`, in the form every broker reads ($2a$)."""
    return bcrypt.hashpw(secret.encode(), bcrypt.gensalt(COST, prefix=b"2a")).decode("ascii")


def matches(secret: str, stored: str) -> bool:
    """Whether `secret` is the one behind the hash `stored`."""
    return bcrypt.checkpw(secret.encode(), stored.encode("ascii"))
