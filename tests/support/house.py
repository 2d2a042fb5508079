"""The whole product as a user starts it: `nowalls up` in a folder, on free ports."""

import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import psycopg

from core.embedded.ports import any_free

ROOT = Path(__file__).parents[2]
PATIENCE_S = 120.0


def wait_for(condition: Callable[[], Any], what: str, within_s: float = PATIENCE_S) -> Any:
    """The first true answer of `condition`, asked again and again; fails the test after `within_s`."""
    end = time.monotonic() + within_s
    while time.monotonic() < end:
        if answer := condition():
            return answer
        time.sleep(0.05)
    raise AssertionError(f"not within {within_s} s: {what}")


def wait_until_said(process: subprocess.Popen[bytes], log: Path, words: str) -> None:
    """Until `process` has written `words` into `log`; fails with all it wrote when it ends or is late."""
    end = time.monotonic() + PATIENCE_S
    while words not in (said := log.read_text()):
        assert process.poll() is None, f"ended with {process.returncode} before {words!r}: {said}"
        assert time.monotonic() < end, f"not within {PATIENCE_S} s: {words!r}, only: {said}"
        time.sleep(0.05)


class House:
    """A running system: its address, database, broker and parts."""

    entry = "core.command"  # the module that is `nowalls`

    def __init__(self, data: Path, *options: str) -> None:
        self.data = data
        self.http_port, self.mqtt_port = any_free(), any_free()
        self.url = f"http://127.0.0.1:{self.http_port}"
        ports = ("--http-port", str(self.http_port), "--mqtt-port", str(self.mqtt_port))
        self._log = data.with_suffix(".out")
        with self._log.open("wb") as out:
            self._process = subprocess.Popen(
                self.command(sys.executable, "-m", self.entry, "up", "--data", str(data), *ports, *options),
                cwd=ROOT,
                stdout=out,
                stderr=subprocess.STDOUT,
                env=os.environ | {"PYTHONUNBUFFERED": "1"},
            )

    def command(self, *words: str) -> list[str]:
        """`words` as they are run."""
        return list(words)

    @property
    def said(self) -> str:
        """What it has printed so far."""
        return self._log.read_text()

    def wait_until_up(self) -> None:
        """Until it says so; fails at once when it ended instead."""
        wait_until_said(self._process, self._log, "nowalls is up")

    @property
    def connections(self) -> dict[str, str]:
        """Where the database and the broker are."""
        known: dict[str, str] = json.loads((self.data / "run" / "connections.json").read_text())
        return known

    @property
    def broker(self) -> str:
        """URL of the broker, with the platform's own login."""
        return self.connections["NOWALLS_BROKER_URL"]

    @property
    def first_link(self) -> str:
        """The one-time link of the first administrator."""
        return str(wait_for(lambda: re.search(r"administrator (http\S+)", self.said), "a link").group(1))

    def sql(self, statement: str, *values: object) -> list[tuple[Any, ...]]:
        """Rows of a query as the platform itself; waits for a database that is on its way back."""
        with wait_for(self._connect, "the database answers") as conn:
            cursor = conn.execute(statement.encode(), values)
            return cursor.fetchall() if cursor.description else []

    def _connect(self) -> psycopg.Connection[Any] | None:
        try:
            return psycopg.connect(self.connections["NOWALLS_DATABASE_URL"], autocommit=True)
        except psycopg.OperationalError:
            return None

    def run(self, *words: str, given: str = "", within_s: float = 60) -> str:
        """What a `nowalls` command prints."""
        environment = os.environ | self.connections | {"NOWALLS_DATA_DIR": str(self.data)}
        done = subprocess.run(
            [sys.executable, "-m", "core.command", *words],
            cwd=ROOT, input=given, capture_output=True, text=True, env=environment, check=False,
            timeout=within_s,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
        return done.stdout

    def pid(self, part: str) -> int | None:
        """The process of a part ("ingest", "alerts", "deliver", "api", "broker", "postgres"); None: down."""
        named = {"broker": b"nats-server", "postgres": b"bin/postgres", "deliver": b"-m\0alerts.delivery\0"}
        needle = named.get(part, b"-m\0" + part.encode() + b"\0")
        for entry in Path("/proc").glob("[0-9]*/cmdline"):
            try:
                line, parent = entry.read_bytes(), _parent(entry.parent)
            except OSError:
                continue
            if needle in line and parent == self._process.pid:
                return int(entry.parent.name)
        return None

    def kill(self, part: str) -> None:
        """kill -9 a part, and wait until another stands in its place."""
        before = wait_for(lambda: self.pid(part), f"{part} is there")
        os.kill(before, signal.SIGKILL)
        wait_for(lambda: self.pid(part) not in (None, before), f"{part} is back")

    @contextmanager
    def without(self, part: str) -> Iterator[None]:
        """The part stands still (SIGSTOP), as on a machine too busy for it, and then goes on."""
        pid = wait_for(lambda: self.pid(part), f"{part} is there")
        os.kill(pid, signal.SIGSTOP)
        try:
            yield
        finally:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGCONT)

    def stop(self) -> int:
        """As Ctrl-C does; returns the exit status."""
        if self._process.poll() is None:
            self._process.send_signal(ctrl_c())
        return self._process.wait(timeout=PATIENCE_S)


def ctrl_c() -> signal.Signals:
    """What ends a program of ours as Ctrl-C does: a background job of a shell ignores Ctrl-C itself, and so
    does what it starts."""
    return signal.SIGTERM if signal.getsignal(signal.SIGINT) == signal.SIG_IGN else signal.SIGINT


def _parent(process: Path) -> int:
    return int((process / "stat").read_text().rsplit(")", 1)[1].split()[1])


@contextmanager
def living_in(data: Path, *options: str) -> Iterator[House]:
    """A house that is up, stopped at the end."""
    house = House(data, *options)
    try:
        house.wait_until_up()
        yield house
    finally:
        house.stop()
