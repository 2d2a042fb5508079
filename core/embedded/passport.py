"""What a NATS server takes our word by: JSON Web Tokens signed with an Ed25519 key, and the names of keys.

The forms are NATS's own: a public key is written in base 32, with a letter for what it is the key of in front
and a checksum behind; a token's algorithm is called ed25519-nkey.
"""

import base64
import binascii
import hashlib
import json
from collections.abc import Mapping
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

_ACCOUNT = 0  # the letter A
_HEAD = {"typ": "JWT", "alg": "ed25519-nkey"}


class Signer:
    """Signs as the account whose key is made of `secret`: the same secret gives the same key."""

    def __init__(self, secret: str) -> None:
        self._key = Ed25519PrivateKey.from_private_bytes(
            hashlib.sha256(b"nowalls callout\0" + secret.encode()).digest()
        )
        raw = self._key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
        self.issuer = _named(_ACCOUNT, raw)

    def token(self, claims: Mapping[str, Any], at: int) -> str:
        """`claims` as a token of ours, made at the instant `at` (s since 1970)."""
        said = {**claims, "iss": self.issuer, "iat": at}
        said["jti"] = _base32(hashlib.sha256(_json(said)).digest())
        text = f"{_base64(_json(_HEAD))}.{_base64(_json(said))}"
        return f"{text}.{_base64(self._key.sign(text.encode()))}"


def claims_of(token: bytes) -> dict[str, Any]:
    """What a token says; who signed it is not looked at. Raises ValueError."""
    parts = token.split(b".")
    if len(parts) != 3:
        raise ValueError("a token has three parts")
    said = json.loads(base64.urlsafe_b64decode(parts[1] + b"=" * (-len(parts[1]) % 4)))
    if not isinstance(said, dict):
        raise ValueError("a token says an object")
    return said


def _named(kind: int, raw: bytes) -> str:
    body = bytes([kind << 3]) + raw
    return _base32(body + binascii.crc_hqx(body, 0).to_bytes(2, "little"))


def _json(value: Mapping[str, Any]) -> bytes:
    return json.dumps(value, separators=(",", ":")).encode()


def _base32(data: bytes) -> str:
    return base64.b32encode(data).decode("ascii").rstrip("=")


def _base64(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode("ascii").rstrip("=")
