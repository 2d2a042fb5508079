"""Keys that delivery makes for itself at the first start; each a file that only its owner may read."""

import base64
import hashlib
import hmac
import os
import secrets
from collections.abc import Callable
from pathlib import Path

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.types import PublicKeyTypes


class Keys:
    """In `folder`/secrets of the data folder. Several processes may ask for the first time at once."""

    def __init__(self, data: Path) -> None:
        self._folder = data / "secrets"

    def webhook(self, endpoint: int) -> str:
        """What signs the webhooks of this endpoint: whsec_ and base64. Given to its owner once."""
        return self._signing(f"webhook/{endpoint}")

    def subscription(self, key: int) -> str:
        """What signs the calls of this FHIR subscription."""
        return self._signing(f"subscription/{key}")

    def _signing(self, purpose: str) -> str:
        master = base64.b64decode(self._kept("webhook", _fresh_master))
        key = hmac.new(master, purpose.encode(), hashlib.sha256).digest()
        return "whsec_" + base64.b64encode(key).decode()

    def vapid_private(self) -> bytes:
        """The private key with which we sign at push services, PEM."""
        return self._kept("vapid.pem", _fresh_vapid).encode()

    def vapid_public_pem(self) -> bytes:
        """Its public half, PEM."""
        return self._public().public_bytes(
            serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
        )

    def vapid_public(self) -> str:
        """What a browser needs to subscribe: the uncompressed point in URL-safe base64."""
        point = self._public().public_bytes(
            serialization.Encoding.X962, serialization.PublicFormat.UncompressedPoint
        )
        return base64.urlsafe_b64encode(point).rstrip(b"=").decode()

    def _public(self) -> PublicKeyTypes:
        return serialization.load_pem_private_key(self.vapid_private(), None).public_key()

    def _kept(self, name: str, fresh: Callable[[], str]) -> str:
        path = self._folder / name
        if not path.exists():
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            making = path.with_name(f"{name}.{os.getpid()}.{secrets.token_hex(4)}")
            handle = os.open(making, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600)
            with os.fdopen(handle, "w") as file:
                file.write(fresh())
                file.flush()
                os.fsync(file.fileno())
            try:
                path.hardlink_to(making)  # the first one wins, whole
            except FileExistsError:
                pass
            finally:
                making.unlink()
        return path.read_text()


def public_vapid(data: Path) -> str:
    """What a browser needs to subscribe; makes the key on the first call."""
    return Keys(data).vapid_public()


def _fresh_master() -> str:
    return base64.b64encode(secrets.token_bytes(32)).decode()


def _fresh_vapid() -> str:
    key = ec.generate_private_key(ec.SECP256R1())
    return key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    ).decode()
