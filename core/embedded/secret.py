"""Secrets that the machine makes for itself: random, one file each, readable by the owner alone."""

import os
import secrets
from pathlib import Path

from core.embedded.account import Account, give

BITS = 160


def secret(path: Path) -> str:
    """The secret kept at `path`; made on the first call, and whole on disk before anybody uses it."""
    try:
        return path.read_text(encoding="ascii").strip()
    except FileNotFoundError:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        text = secrets.token_urlsafe(BITS // 8)
        write_private(path, text + "\n")
        return text


def write_private(path: Path, text: str, account: Account | None = None) -> None:
    """Put `text` in place of the file at `path`, all of it or nothing, also when power fails.

    The file has mode 0600 and belongs to `account` (None: to us).
    """
    making = path.with_name(path.name + ".new")
    # A fresh file, never one that somebody left or linked there: as root we write where another user may.
    making.unlink(missing_ok=True)
    handle = os.open(making, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
        give(file.fileno(), account)
    making.replace(path)
