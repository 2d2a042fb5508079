"""The chain of the audit: what is hashed of an entry, and how one link follows from the one before."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

_COLUMNS = (
    "id", "at", "account_id", "what", "actions", "residents", "within", "incident_id", "why", "address",
    "outcome",
)  # fmt: skip


def digest(entry: Mapping[str, Any]) -> bytes:
    """SHA-256 of an entry (a row of `audit_entry`) in one form, whatever database or driver it comes from."""
    values = [_plain(entry[name]) for name in _COLUMNS]
    return hashlib.sha256(json.dumps(values, ensure_ascii=False, separators=(",", ":")).encode()).digest()


def follow(before: bytes, entry_digest: bytes) -> bytes:
    """The hash of a link behind the one with the hash `before` (nothing for the first)."""
    return hashlib.sha256(before + entry_digest).digest()


def line(day: str, n: int, head: bytes) -> str:
    """An anchor as it is printed and kept elsewhere."""
    return f"{day} {n} {head.hex()}"


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat(timespec="microseconds")
    if isinstance(value, Sequence) and not isinstance(value, str):
        return [_plain(one) for one in value]
    return value if value is None or isinstance(value, (int, str)) else str(value)
