"""A database and one API process, with nothing else running: for measuring the API alone."""

import os
import re
import secrets
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import psycopg

from core import sealed, timeseries
from core.embedded.ports import any_free
from core.embedded.postgres import Postgres
from core.migrate import migrate

_PATIENCE_S = 60.0


@dataclass(frozen=True, slots=True)
class Hall:
    """Where it listens, how to get in (`cookie` of somebody who sees everything), and what is in it."""

    folder: Path
    dsn: str
    address: str
    cookie: str
    station: int
    process: int

    def cpu_s(self) -> float:
        """Seconds of CPU the API process has used."""
        fields = Path(f"/proc/{self.process}/stat").read_text().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


@contextmanager
def hall(fill: Callable[[psycopg.Connection[tuple[object, ...]]], None] | None = None) -> Iterator[Hall]:
    """Start both; `fill` may put more into the database than one home with one resident."""
    folder = Path(tempfile.mkdtemp(prefix="nwhall-"))
    folder.chmod(0o755)
    postgres = Postgres(folder)
    postgres.start()
    try:
        now = datetime.now(UTC)
        with psycopg.connect(postgres.dsn) as conn:
            sealed.at(folder / "keys")  # the book that the parts we start will open
            migrate(conn, now)
            timeseries.make_room(conn, timeseries.engine(conn), now)
            _people(conn, now)
            if fill is not None:
                fill(conn)
        port = any_free()
        environment = os.environ | {
            "NOWALLS_DATABASE_URL": postgres.dsn,
            "NOWALLS_DATA_DIR": str(folder),
            "NOWALLS_HTTP_PORT": str(port),
        }
        api = subprocess.Popen([sys.executable, "-m", "api"], env=environment)
        try:
            cookie = _log_in(f"http://127.0.0.1:{port}", folder)
            yield Hall(folder, postgres.dsn, f"127.0.0.1:{port}", cookie, 1, api.pid)
        finally:
            api.terminate()
            api.wait(20)
    finally:
        postgres.stop()
        shutil.rmtree(folder)


def _people(conn: psycopg.Connection[tuple[object, ...]], now: datetime) -> None:
    since = now - timedelta(days=30)
    conn.execute("INSERT INTO station (id, path, code, level, name) VALUES (1, '1', 'city', 'city', 'City')")
    home = "INSERT INTO home (id, code, station_id, address, created_at) VALUES (1, 'h1', 1, '1 Lane', %s)"
    conn.execute(home, (since,))
    conn.execute(
        "INSERT INTO resident (id, station_id, name, created_at) VALUES (1, 1, 'Resident', %s)", (since,)
    )
    conn.execute("INSERT INTO residence VALUES (1, 1, tstzrange(%s, NULL))", (since,))


def _log_in(url: str, folder: Path) -> str:
    body = {"login": "bench", "password": secrets.token_urlsafe(20), "name": "Bench", "language": "en"}
    end = time.monotonic() + _PATIENCE_S
    link = folder / "run" / "first-link"
    with httpx.Client(base_url=url, timeout=_PATIENCE_S) as client:
        while not (link.exists() and _ready(client)):
            if time.monotonic() > end:
                raise TimeoutError("the API did not get ready")
            time.sleep(0.1)
        code = re.search(r"#(\S+)", link.read_text())
        if code is None:
            raise RuntimeError("there is no first link")
        answer = client.post("/api/v1/invitations/redeem", json={**body, "code": code.group(1)})
        answer.raise_for_status()
        return "; ".join(f"{name}={value}" for name, value in client.cookies.items())


def _ready(client: httpx.Client) -> bool:
    try:
        return client.get("/api/v1/ready").is_success
    except httpx.TransportError:
        return False
