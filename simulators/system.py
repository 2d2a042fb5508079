"""A nowalls to replay into: one that runs already, or a private one that lives as long as the replay."""

import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from pydantic import SecretStr

from core import sealed
from core.command import connections
from core.settings import Settings

_UP_WITHIN_S = 90.0


class NoSystem(Exception):
    """There is nothing to replay into; the message says why."""


def attached(database_url: str, broker_url: str) -> Settings:
    """The running system these point to; empty ones are taken from the environment. Raises NoSystem."""
    settings = Settings()
    changes = {}
    if database_url:
        changes["database_url"] = SecretStr(database_url)
    if broker_url:
        changes["broker_url"] = SecretStr(broker_url)
    settings = settings.model_copy(update=changes)
    if not settings.database_url.get_secret_value() or not settings.broker_url.get_secret_value():
        raise NoSystem("both --database-url and --broker are needed, or a running nowalls and --data-dir")
    return settings


def running(folder: Path) -> Settings:
    """The system that `nowalls up` runs on the data folder. Raises NoSystem."""
    found = connections(folder)
    if not found:
        raise NoSystem(f"no nowalls runs on {folder}")
    keys = _path(found, "NOWALLS_KEYS_DIR") or folder.absolute() / "keys"
    sealed.at(keys)
    settings = attached(found["NOWALLS_DATABASE_URL"], found["NOWALLS_BROKER_URL"])
    return settings.model_copy(
        update={
            "data_dir": folder.absolute(),
            "keys_dir": keys,
            "clock": found.get("NOWALLS_CLOCK", ""),
            "tls": found.get("NOWALLS_TLS") == "true" or settings.tls,
            "tls_ca": _path(found, "NOWALLS_TLS_CA") or settings.tls_ca,
            "tls_cert": _path(found, "NOWALLS_TLS_CERT") or settings.tls_cert,
            "http_port": int(found.get("NOWALLS_HTTP_PORT") or settings.http_port),
        }
    )


def _path(found: Mapping[str, str], name: str) -> Path | None:
    return Path(found[name]) if found.get(name) else None


@contextmanager
def private(
    clock: str = "", more: Sequence[str] = (), variables: Mapping[str, str] | None = None
) -> Iterator[Settings]:
    """Start an embedded nowalls in a temporary folder and stop it afterwards. Raises NoSystem.

    `more`: further words for `nowalls up`; `variables`: settings of its parts (NOWALLS_*).
    """
    with tempfile.TemporaryDirectory(prefix="nowalls-replay-") as name:
        folder = Path(name)
        # As root the database runs under another user, who must be able to walk in; what is secret below
        # has modes of its own.
        folder.chmod(0o711)
        http, mqtt = _free_ports(2)
        command = [sys.executable, "-P", "-m", "core.command", "--data", name, "up"]
        command += ["--http-port", str(http), "--mqtt-port", str(mqtt)]
        command += [*(["--clock", clock] if clock else []), *more]
        environment = {k: v for k, v in os.environ.items() if not k.startswith("NOWALLS_")}
        environment |= variables or {}
        with (folder / "up.log").open("wb") as said:
            process = subprocess.Popen(command, env=environment, stdout=said, stderr=subprocess.STDOUT)
        try:
            _wait_until_up(process, folder / "up.log")
            yield running(folder)
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(timeout=60)


def _wait_until_up(process: "subprocess.Popen[bytes]", log: Path) -> None:
    deadline = time.monotonic() + _UP_WITHIN_S
    while b"nowalls is up" not in log.read_bytes():
        if process.poll() is not None or time.monotonic() > deadline:
            raise NoSystem(f"a private nowalls did not start: {log.read_text(errors='replace').strip()}")
        time.sleep(0.1)


def _free_ports(count: int) -> list[int]:
    held = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    ports = [one.getsockname()[1] for one in held]
    for one in held:
        one.close()
    return ports
