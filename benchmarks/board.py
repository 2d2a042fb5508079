"""A board that only listens and notes when each incident arrived."""

import json
import threading
import time

from websockets.exceptions import ConnectionClosed
from websockets.sync.client import connect
from websockets.typing import Origin

from benchmarks.town import Town


class Board:
    """Listens in a thread of its own; use as a context."""

    def __init__(self, town: Town) -> None:
        self.seen: dict[str, float] = {}  # incident -> first seen, seconds (time.time)
        self._socket = connect(
            f"ws://{town.address}/api/v1/live",
            additional_headers={"Cookie": town.cookie},
            origin=Origin(f"http://{town.address}"),
            max_size=None,
        )
        self._thread = threading.Thread(target=self._listen, daemon=True)

    def __enter__(self) -> "Board":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._socket.close()
        self._thread.join(timeout=5)

    def _listen(self) -> None:
        try:
            for text in self._socket:
                arrived = time.time()
                message = json.loads(text)
                if message["type"] == "incident":
                    self.seen.setdefault(message["incident"]["id"], arrived)
        except ConnectionClosed:
            return
