"""A broker of either kind with one device known to it, and ingest's side of it."""

import re
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import pytest

from core.clock import SystemClock
from core.embedded.nats import Nats, hash_secret
from core.embedded.nats_config import Login
from core.embedded.ports import any_free, is_free
from ingest.lean import LeanSource
from ingest.mqtt import MqttSource
from tests.support.house import ROOT
from tests.support.mqtt import wait_for

SECRET = "a device secret for this test"
TOPIC = "nw/v1/h1/w1/vital"

Kind = type[MqttSource] | type[LeanSource]


@contextmanager
def nats(shelf: Path, kind: type[Nats] = Nats) -> Iterator[str]:
    """The embedded broker, which knows the watch w1; its URL."""
    server = kind(shelf / "data", port=any_free())
    server.start()
    server.apply([Login("w1", "h1", hash_secret(SECRET))])
    try:
        yield server.url
    finally:
        server.stop()


@contextmanager
def mosquitto(folder: Path, limits: Mapping[str, int] | None = None) -> Iterator[str]:
    """As docs/examples/mosquitto.conf sets it up, but for port, logins and other `limits`; its URL."""
    if not (program := shutil.which("mosquitto", path="/usr/sbin:/usr/local/sbin:/usr/bin")):
        pytest.skip("no mosquitto here: its half of the broker tests is not run")
    port = any_free()
    folder.chmod(0o777)
    config = (ROOT / "docs/examples/mosquitto.conf").read_text().replace("1883", str(port))
    config = config.replace("allow_anonymous false", "allow_anonymous true")
    config = "\n".join(line for line in config.splitlines() if "_file" not in line)
    for name, value in (limits or {}).items():
        config = re.sub(rf"(?m)^{name} .*$", f"{name} {value}", config)
    (folder / "mosquitto.conf").write_text(config)
    process = subprocess.Popen([program, "-c", "mosquitto.conf"], cwd=folder)
    try:
        wait_for(lambda: not is_free("127.0.0.1", port), "mosquitto listens")
        yield f"mqtt://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait(timeout=60)


@contextmanager
def reading(kind: Kind, url: str) -> Iterator[MqttSource | LeanSource]:
    """Ingest's source, connected; each time the same session."""
    source = kind(url, f"ingest-under-test-{kind.__name__}", SystemClock())
    source.start()
    assert source.wait_until_connected(60)
    try:
        yield source
    finally:
        source.stop()
