"""How much the embedded broker keeps that nobody has stored yet."""

import contextlib
from pathlib import Path


def kept_bytes(data: Path) -> int | None:
    """Bytes of the messages in the broker of the house `data`; None when it has no broker of its own."""
    total, found = 0, False
    for path in (data / "broker" / "jetstream").glob("**/*.blk"):
        found = True
        with contextlib.suppress(OSError):  # stored meanwhile, and gone
            total += path.stat().st_size
    return total if found else None
