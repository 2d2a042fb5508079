"""Cables between parts that can be pulled out: a relay that ends its connections, a network of one's own."""

import os
import shutil
import socket
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress


class Relay:
    """Passes connections to `host`:`port` on to another address, while it is plugged in."""

    def __init__(self, host: str, port: int, target: tuple[str, int]) -> None:
        self.port = port
        self._target = target
        self._address = (host, port)
        self._open: set[socket.socket] = set()
        self._lock = threading.Lock()
        self._server: socket.socket | None = None

    def plug_in(self) -> None:
        """Take connections."""
        server = self._server = socket.create_server(self._address)
        threading.Thread(target=self._accept, args=(server,), daemon=True).start()

    def pull_out(self) -> None:
        """End all connections, and refuse others."""
        if self._server is not None:
            with suppress(OSError):
                self._server.shutdown(socket.SHUT_RDWR)
            self._server.close()
        with self._lock:
            sides, self._open = self._open, set()
        for side in sides:
            with suppress(OSError):
                side.shutdown(socket.SHUT_RDWR)
            side.close()

    def _accept(self, server: socket.socket) -> None:
        with suppress(OSError):
            while True:
                near, _ = server.accept()
                far = socket.create_connection(self._target)
                with self._lock:
                    self._open |= {near, far}
                for one, other in ((near, far), (far, near)):
                    threading.Thread(target=self._pass, args=(one, other), daemon=True).start()

    def _pass(self, one: socket.socket, other: socket.socket) -> None:
        with suppress(OSError):
            while data := one.recv(1 << 16):
                other.sendall(data)
        for side in (one, other):
            with suppress(OSError):
                side.shutdown(socket.SHUT_RDWR)


class Network:
    """A network name space with one cable to ours, at whose ends are `near` and `far`."""

    def __init__(self, name: str, number: int) -> None:
        """`number`, 0 to 16,383, tells its addresses from those of others on this machine."""
        self.name = name
        third, fourth = divmod(4 * number, 256)
        self.near, self.far = f"10.231.{third}.{fourth + 1}", f"10.231.{third}.{fourth + 2}"
        self._cable = f"{name}-c"

    def command(self, *words: str) -> list[str]:
        """`words` as run within it."""
        return ["ip", "netns", "exec", self.name, *words]

    @contextmanager
    def cut(self) -> Iterator[None]:
        """The cable is out: nothing arrives, and nobody is told."""
        _ip("link", "set", self._cable, "down")
        try:
            yield
        finally:
            _ip("link", "set", self._cable, "up")

    def make(self) -> None:
        """Set it up; raises CalledProcessError where we may not."""
        _ip("netns", "add", self.name)
        _ip("link", "add", self._cable, "type", "veth", "peer", "name", "far", "netns", self.name)
        _ip("addr", "add", f"{self.near}/30", "dev", self._cable)
        _ip("link", "set", self._cable, "up")
        for words in (("addr", "add", f"{self.far}/30", "dev", "far"), ("link", "set", "far", "up"),
                      ("link", "set", "lo", "up")):  # fmt: skip
            _ip("-n", self.name, *words)

    def remove(self) -> None:
        """Take it away."""
        subprocess.run(["ip", "link", "del", self._cable], capture_output=True, check=False)
        subprocess.run(["ip", "netns", "del", self.name], capture_output=True, check=False)


@contextmanager
def network() -> Iterator[Network | None]:
    """One of our own; None where we may not make one."""
    if os.geteuid() != 0 or not shutil.which("ip"):
        yield None
        return
    made: Network | None = Network(f"nw{os.getpid()}", os.getpid() % 16_384)
    assert made is not None
    try:
        made.make()
    except subprocess.CalledProcessError:
        made.remove()
        made = None
    try:
        yield made
    finally:
        if made is not None:
            made.remove()


def _ip(*words: str) -> None:
    subprocess.run(["ip", *words], check=True, capture_output=True)
