"""How long a node takes to let in so many devices: their logins stand in its configuration.

`python -m benchmarks.logins 1000 10000 50000` prints a JSON object a line.
"""

import json
import socket
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from benchmarks.usage import below
from core.embedded.nats import Nats, connect_packet, hash_secret
from core.embedded.nats_config import Login
from core.embedded.ports import any_free

_SECRET = "only for this minute"  # noqa: S105 - of devices that live as long as the measurement
_PATIENCE_S = 120.0


def logins(counts: Sequence[int]) -> Iterator[dict[str, Any]]:
    """Figures for each of `counts` devices, one after the other."""
    hashed = hash_secret(_SECRET)
    with tempfile.TemporaryDirectory(prefix="nowalls-logins-") as name:
        Path(name).chmod(0o711)
        nats = Nats(Path(name), port=any_free())
        nats.start()
        try:
            for count in counts:
                began = time.monotonic()
                nats.apply([Login(f"w{n}", f"h{n}", hashed) for n in range(count)])
                written_s = time.monotonic() - began
                while not _is_let_in(nats, f"w{count - 1}"):
                    if time.monotonic() - began > _PATIENCE_S:
                        raise TimeoutError("the last device was not let in")
                    time.sleep(0.05)
                took_s = time.monotonic() - began
                memory = sum(one.memory_mib for one in below([nats.process.pid] if nats.process else []))
                yield {
                    "logins": count,
                    "written_s": round(written_s, 2),
                    "let_in_s": round(took_s, 2),
                    "memory_mib": round(memory),
                }
        finally:
            nats.stop()


def _is_let_in(nats: Nats, code: str) -> bool:
    port = int(nats.url.rpartition(":")[2])
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=30) as line:
            line.sendall(connect_packet(code, code, _SECRET))
            return line.recv(4) == b"\x20\x02\x00\x00"
    except OSError:
        return False


if __name__ == "__main__":
    for figures in logins([int(word) for word in sys.argv[1:]] or [1000, 10_000]):
        print(json.dumps(figures), flush=True)
