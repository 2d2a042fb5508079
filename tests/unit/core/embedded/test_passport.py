"""Tokens as a NATS server reads them."""

import base64
import json

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from core.embedded.passport import Signer, claims_of


def _plain(part: str) -> bytes:
    return base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))


def test_a_token_says_what_it_was_given_and_is_signed_by_the_issuer_it_names() -> None:
    signer = Signer("a secret")
    token = signer.token({"sub": "U1", "nats": {"type": "user"}}, 1_800_000_000)
    said = claims_of(token.encode())
    assert (said["sub"], said["iat"], said["iss"]) == ("U1", 1_800_000_000, signer.issuer)
    head, body, signature = token.split(".")
    assert json.loads(_plain(head)) == {"typ": "JWT", "alg": "ed25519-nkey"}
    raw = base64.b32decode(signer.issuer + "=" * (-len(signer.issuer) % 8))[1:33]
    key = Ed25519PublicKey.from_public_bytes(raw)
    key.verify(_plain(signature), f"{head}.{body}".encode())
    with pytest.raises(InvalidSignature):
        key.verify(_plain(signature), f"{head}.{body}x".encode())


def test_the_key_comes_of_the_secret_alone() -> None:
    assert Signer("a").issuer == Signer("a").issuer != Signer("b").issuer
    assert Signer("a").issuer.startswith("A")


@pytest.mark.parametrize("token", [b"", b"a.b", b"a.b.c", b"a.MQ.c", b"a.\xff\xff.c", b"e30.W10.c"])
def test_what_is_no_token_is_refused(token: bytes) -> None:
    with pytest.raises(ValueError):  # noqa: PT011
        claims_of(token)
