"""Devices that speak to a cluster: one message at a time, at another node when theirs is gone, counting."""

import json
import socket
import struct
import threading
import time
from collections.abc import Sequence

from core.embedded.nats import connect_packet

PATIENCE_S = 3.0  # for an answer; then the next node is tried
_CONNACK, _PUBACK = b"\x20\x02\x00\x00", 0x40

Address = tuple[str, int]


class Speaker(threading.Thread):
    """One watch that counts steps: message n says n, and n + 1 is said once n was acknowledged.

    Attributes:
        acknowledged: how many messages are safe, as the broker says: 0 to this - 1.
        pauses: seconds that each message took from the first attempt until it was safe.
    """

    def __init__(self, home: int, secret: str, nodes: Sequence[Address], every_s: float) -> None:
        super().__init__(name=f"w{home}", daemon=True)
        self.home, self.code = home, f"w{home}"
        self._topic = f"nw/v1/h{home}/w{home}/vital"
        self._secret, self._nodes, self._every_s = secret, nodes, every_s
        self._at = home
        self._line: socket.socket | None = None
        self._over, self._given_up = threading.Event(), threading.Event()
        self.acknowledged = 0
        self.pauses: list[float] = []

    def end(self) -> None:
        """Say no more than the message at hand."""
        self._over.set()

    def give_up(self) -> None:
        """End although the message at hand is not safe."""
        self._over.set()
        self._given_up.set()

    def run(self) -> None:
        last_ms = 0
        while not self._over.is_set():
            last_ms = max(last_ms + 1, round(time.time() * 1000))
            said = {"t": last_ms, "seq": self.acknowledged, "steps": self.acknowledged}
            self._say(json.dumps(said).encode())
            self._over.wait(self._every_s)
        if self._line is not None:
            self._line.close()

    def _say(self, payload: bytes) -> None:
        began = time.monotonic()
        again = 0
        while not self._is_told(payload, again):
            again = 8  # the flag of a message that may be there already
            self._line, self._at = None, self._at + 1
            if self._given_up.wait(0.05):
                return
        self.acknowledged += 1
        self.pauses.append(time.monotonic() - began)

    def _is_told(self, payload: bytes, flag: int) -> bool:
        try:
            line = self._line or self._connected()
            self._line = line
            mid = self.acknowledged % 65535 + 1
            topic = self._topic.encode()
            body = struct.pack(f">H{len(topic)}sH", len(topic), topic, mid) + payload
            line.sendall(bytes([0x32 | flag]) + _length(len(body)) + body)
            answer = _exactly(line, 4)
            return answer[0] == _PUBACK and struct.unpack(">H", answer[2:])[0] == mid
        except OSError:
            if self._line is not None:
                self._line.close()
            return False

    def _connected(self) -> socket.socket:
        line = socket.create_connection(self._nodes[self._at % len(self._nodes)], timeout=PATIENCE_S)
        line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        try:
            line.sendall(connect_packet(self.code, self.code, self._secret))
            if _exactly(line, 4) != _CONNACK:
                raise ConnectionError("not let in")
        except OSError:
            line.close()
            raise
        return line


def _exactly(line: socket.socket, count: int) -> bytes:
    got = b""
    while len(got) < count:
        more = line.recv(count - len(got))
        if not more:
            raise ConnectionError("the node hung up")
        got += more
    return got


def _length(size: int) -> bytes:
    """MQTT's own form of a length under 16,384."""
    return bytes([size]) if size < 128 else bytes([size % 128 | 128, size // 128])
