"""A running system with a town of devices in it."""

import asyncio
import json
import os
import re
import secrets
import signal
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import psycopg

from core.embedded.postgres import Postgres
from core.instant import DAY
from core.settings import Settings
from simulators.demo import admit_document
from simulators.device import Identity, broker
from simulators.fleet import Broker, Link
from simulators.system import private

_PATIENCE_S = 30.0


@dataclass(frozen=True, slots=True)
class Town:
    """A private system: `steady` devices carry the load, `falling` ones fall; `cookie` opens the board."""

    settings: Settings
    steady: list[Identity]
    falling: list[Identity]
    cookie: str

    def rows(self, query: str, *values: Any) -> list[tuple[Any, ...]]:
        """What the database answers."""
        with psycopg.connect(self.settings.database_url.get_secret_value(), autocommit=True) as conn:
            return conn.execute(query.encode(), values).fetchall()

    @property
    def address(self) -> str:
        """host:port of the pages."""
        return self.settings.board_url.removeprefix("http://")


@contextmanager
def town(
    steady: int, falling: int, more: Sequence[str] = (), variables: Mapping[str, str] | None = None
) -> Iterator[Town]:
    """Start a system that records when each transaction was committed, with so many wearables in homes.

    `more`: further words for `nowalls up`; `variables`: settings of its parts.
    """
    with private("", more, variables) as settings:
        settings = settings.model_copy(update={"http_port": _http_port(settings)})
        _record_commit_times(settings)
        people = {kind: [_identity(kind, n) for n in range(count)] for kind, count in
                  (("s", steady), ("f", falling))}  # fmt: skip
        everybody = people["s"] + people["f"]
        since = time.time_ns() // 1000 - DAY
        admit_document(_document(everybody), since, settings)
        _wait(lambda: asyncio.run(_lets_in(everybody[-1], broker(settings.broker_url.get_secret_value()))))
        yield Town(settings, people["s"], people["f"], _log_in(settings))


async def _lets_in(device: Identity, where: Broker) -> bool:
    """Whether the broker has heard of the device."""
    link = Link(device.code, device.secret)
    try:
        await link.connect(where)
    except (OSError, TimeoutError):
        return False
    await link.leave()
    return True


def _identity(kind: str, number: int) -> Identity:
    return Identity(f"w{kind}{number}", f"h{kind}{number}", secrets.token_urlsafe(20))


def _document(devices: list[Identity]) -> str:
    homes = [
        {
            "code": device.home,
            "station": "east",
            "residents": [{"name": f"Resident {device.home}"}],
            "devices": [
                {
                    "code": device.code,
                    "kind": "wearable",
                    "site": "wrist",
                    "wearer": 0,
                    "room": "bedroom",
                    "secret": device.secret,
                }
            ],
        }
        for device in devices
    ]
    return json.dumps({"stations": [{"code": "east", "level": "city", "name": "East"}], "homes": homes})


def _http_port(settings: Settings) -> int:
    found = json.loads((settings.data_dir / "run" / "connections.json").read_text())
    return int(found["NOWALLS_HTTP_PORT"])


def _record_commit_times(settings: Settings) -> None:
    """The commit's own instant is the only honest end of "publish to row"."""
    postgres = Postgres(settings.data_dir)
    local = postgres.folder / "local.conf"
    local.write_text("track_commit_timestamp = on\n")
    local.chmod(0o644)
    pid = int((postgres.cluster / "postmaster.pid").read_text().split()[0])
    os.kill(pid, signal.SIGINT)

    def on() -> bool:
        try:
            with psycopg.connect(settings.database_url.get_secret_value()) as conn:
                return conn.execute("SHOW track_commit_timestamp").fetchone() == ("on",)
        except psycopg.OperationalError:
            return False

    _wait(on)


def _log_in(settings: Settings) -> str:
    note = settings.data_dir / "run" / "first-link"
    _wait(note.exists)  # on a busy machine the API comes after the word that the system is up
    link = note.read_text()
    code = re.search(r"#(\S+)", link)
    if code is None:
        raise RuntimeError("the system printed no first link")
    body = {
        "code": code.group(1),
        "login": "bench",
        "password": secrets.token_urlsafe(20),
        "name": "Bench",
        "language": "en",
    }
    with httpx.Client(base_url=settings.board_url, timeout=_PATIENCE_S) as client:
        _wait(lambda: _ready(client))
        answer = client.post("/api/v1/invitations/redeem", json=body)
        answer.raise_for_status()
        return "; ".join(f"{name}={value}" for name, value in client.cookies.items())


def _ready(client: httpx.Client) -> bool:
    try:
        return client.get("/api/v1/ready").is_success
    except httpx.TransportError:
        return False


def _wait(condition: Any) -> None:
    end = time.monotonic() + _PATIENCE_S
    while not condition():
        if time.monotonic() > end:
            raise TimeoutError("the system did not get ready")
        time.sleep(0.1)


def folder_bytes(folder: Path) -> int:
    """How much lies in `folder`."""
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
