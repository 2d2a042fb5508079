"""Brokers to measure with: the embedded one, and a Mosquitto of this machine where there is one."""

import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from core.embedded.nats import Nats, hash_secret
from core.embedded.nats_config import Login
from core.embedded.ports import any_free, is_free
from simulators.device import Identity

_PATHS = "/usr/sbin:/usr/local/sbin:/usr/bin:/usr/local/bin"
_CONFIG = """listener {port} 127.0.0.1
set_tcp_nodelay true
max_queued_messages 0
max_inflight_messages 4000
persistence true
persistence_location ./
autosave_interval 1
allow_anonymous true
"""
_PATIENCE_S = 10.0
_SECRET = "only for this minute"  # noqa: S105 - of devices that live as long as the measurement


@dataclass(frozen=True, slots=True)
class Mosquitto:
    """A running one: where, and words of its command line that no other process has."""

    url: str
    words: tuple[str, str]


def strangers(count: int) -> list[Identity]:
    """Devices that nobody installed."""
    return [Identity(f"d{number}", f"h{number}", "") for number in range(count)]


@contextmanager
def nats(devices: int) -> Iterator[tuple[str, list[Identity], tuple[str, ...]]]:
    """The embedded broker alone: (url, devices that may log in, words of its command line)."""
    with tempfile.TemporaryDirectory(prefix="nowalls-nats-") as name:
        Path(name).chmod(0o711)
        server = Nats(Path(name) / "broker", port=any_free())
        identities = [replace(one, secret=_SECRET) for one in strangers(devices)]
        server.start()
        try:
            hashed = hash_secret(_SECRET)
            server.apply([Login(one.code, one.home, hashed) for one in identities])
            time.sleep(1)
            yield server.url, identities, ("nats-server", name)
        finally:
            server.stop()


def program() -> str | None:
    """Where Mosquitto is, or None."""
    return shutil.which("mosquitto", path=_PATHS)


@contextmanager
def mosquitto() -> Iterator[Mosquitto]:
    """One of our own, set up so that nothing is thrown away, open to all on the loopback address."""
    found = program()
    if found is None:
        raise FileNotFoundError("there is no mosquitto on this machine")
    with tempfile.TemporaryDirectory(prefix="nowalls-mosquitto-") as name:
        folder, port = Path(name), any_free()
        folder.chmod(0o777)  # as root it becomes another user
        config = folder / f"mosquitto-{port}.conf"
        config.write_text(_CONFIG.format(port=port))
        process = subprocess.Popen([found, "-c", str(config)], cwd=folder, stderr=subprocess.DEVNULL)
        try:
            end = time.monotonic() + _PATIENCE_S
            while is_free("127.0.0.1", port) and time.monotonic() < end:
                time.sleep(0.05)
            yield Mosquitto(f"mqtt://127.0.0.1:{port}", (found, config.name))
        finally:
            process.terminate()
            process.wait(timeout=10)
