"""A push service as a browser's maker runs one: it takes sealed messages, and a browser that opens them."""

import base64
import json
from typing import Any

import http_ece
import jwt
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec

from tests.support.sink import Got, Sink


def _text(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def _raw(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


class Browser:
    """One subscription at the push service `sink`."""

    def __init__(self, sink: Sink, path: str = "/push/1") -> None:
        self._key = ec.generate_private_key(ec.SECP256R1())
        self._auth = b"0123456789abcdef"
        point = self._key.public_key().public_bytes(
            serialization.Encoding.X962, serialization.PublicFormat.UncompressedPoint
        )
        self.subscription = json.dumps(
            {"endpoint": f"{sink.url}{path}", "keys": {"p256dh": _text(point), "auth": _text(self._auth)}}
        )

    def opens(self, got: Got) -> dict[str, Any]:
        """What the service worker gets to see."""
        assert got.headers["content-encoding"] == "aes128gcm"
        plain = http_ece.decrypt(got.body, private_key=self._key, auth_secret=self._auth, version="aes128gcm")
        return json.loads(plain)  # type: ignore[no-any-return]


def claims(got: Got, public_key: str) -> dict[str, Any]:
    """What the sender swears to, checked against the key the browser subscribed with."""
    scheme, _, rest = got.headers["authorization"].partition(" ")
    assert scheme == "vapid"
    parts = dict(part.strip().split("=", 1) for part in rest.split(","))
    assert parts["k"] == public_key
    key = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), _raw(public_key))
    options = {"verify_aud": False}
    return jwt.decode(parts["t"], key, algorithms=["ES256"], options=options)  # type: ignore[arg-type]
