"""Small secrets that must be read again: sealed with a key in a file; the database alone opens none."""

import os
import secrets
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

_NONCE_BYTES = 12


class NotOurs(Exception):
    """What was to be opened was not sealed with this key for this purpose."""


class Vault:
    """Seals and opens with the key of `folder`/accounts.key, which is made at the first use."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / "accounts.key"

    def seal(self, secret: bytes, purpose: str) -> bytes:
        """`secret`, unreadable, and bound to `purpose`: moved to another row it does not open."""
        nonce = secrets.token_bytes(_NONCE_BYTES)
        return nonce + AESGCM(self._key()).encrypt(nonce, secret, purpose.encode())

    def open(self, sealed: bytes, purpose: str) -> bytes:
        """What was sealed for `purpose`; raises NotOurs."""
        try:
            return AESGCM(self._key()).decrypt(sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:], purpose.encode())
        except (InvalidTag, ValueError) as error:
            raise NotOurs from error

    def _key(self) -> bytes:
        if not self._path.exists():
            self._make()
        return self._path.read_bytes()

    def _make(self) -> None:
        self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        making = self._path.with_name(f"{self._path.name}.{os.getpid()}.{secrets.token_hex(4)}")
        handle = os.open(making, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600)
        with os.fdopen(handle, "wb") as file:
            file.write(AESGCM.generate_key(256))
            file.flush()
            os.fsync(file.fileno())
        try:
            self._path.hardlink_to(making)  # of several processes the first one wins, whole
        except FileExistsError:
            pass
        finally:
            making.unlink()
