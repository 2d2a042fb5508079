"""`nowalls up`: the whole house on one machine, supervised."""

import contextlib
import json
import logging
import os
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

import click
import psycopg

from core import clock, logs, sealed, settings_check, tls
from core.backup.archive import Archive
from core.backup.place import BackupError, Place
from core.backup.server import find
from core.embedded.checkup import Checkup
from core.embedded.claim import Claim, ClaimError
from core.embedded.doorman import Doorman
from core.embedded.nats import PLATFORM, Nats
from core.embedded.nats_config import INTERPRETER, Tls
from core.embedded.ports import PortError, refuse_busy
from core.embedded.postgres import Postgres
from core.embedded.process import StartError, spawn
from core.embedded.secret import write_private
from core.instant import to_datetime
from core.keybook import KeyBookError
from core.settings import load
from core.supervisor import GiveUpError, Supervisor
from core.supervisor_module import Module, environment, last_words, shorten
from core.tls_commands import prepare
from core.tls_keeper import Keeper

PARTS = ("ingest", "foreign", "alerts", "deliver", "api")
CONNECTIONS = Path("run") / "connections.json"

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Plan:
    """What to start. Empty URLs mean: the embedded one."""

    data: Path
    demo: bool
    http_host: str
    http_port: int
    mqtt_host: str
    mqtt_port: int
    database_url: str
    broker_url: str
    clock: str
    public_url: str
    keys: Path
    tls: bool = False
    client_certs: bool = False
    archive: Path | None = None
    several: Mapping[str, int] = field(
        default_factory=dict
    )  # part -> processes, where there is more than one

    @property
    def processes(self) -> list[str]:
        """What to start, in order; a second process of a part is called "api-2"."""
        names = [*PARTS, "simulators"] if self.demo else PARTS
        return [
            name if n == 1 else f"{name}-{n}"
            for name in names
            for n in range(1, self.several.get(name, 1) + 1)
        ]

    @property
    def certificates(self) -> Tls | None:
        """The broker's certificates."""
        return Tls(tls.folder(self.data), self.client_certs) if self.tls else None

    @property
    def board(self) -> str:
        """Where the board is."""
        host = f"[{self.http_host}]" if ":" in self.http_host else self.http_host
        scheme = "https" if self.tls else "http"
        return f"{self.public_url.rstrip('/') or f'{scheme}://{host}:{self.http_port}'}/board"


@click.command()
@click.option(
    "--data", type=click.Path(path_type=Path), help="Folder that holds everything.  [default: data]"
)
@click.option("--demo", is_flag=True, help="Also simulate a community in which things happen.")
@click.option("--http-host", help="Address of the pages and the API.  [default: 127.0.0.1]")
@click.option("--http-port", type=click.IntRange(1, 65535), help="Port of the pages.  [default: 8420]")
@click.option(
    "--mqtt-host",
    help="Address for devices. Without --tls open it only in a network you trust.  [default: 127.0.0.1]",
)
@click.option("--mqtt-port", help="Port for devices.  [default: 1883]", type=click.IntRange(1, 65535))
@click.option(
    "--tls", "over_tls", is_flag=True, help="Pages over HTTPS and devices over MQTTS; see nowalls tls."
)
@click.option("--client-certs", is_flag=True, help="Devices prove themselves by certificate; implies --tls.")
@click.option("--database-url", help="PostgreSQL or TimescaleDB to use instead of the embedded one.")
@click.option("--broker", "broker_url", help="mqtt://user:password@host:port to use instead of the embedded.")
@click.option(
    "--archive",
    type=click.Path(path_type=Path),
    help="Folder of backups that gets the database's log as well.",
)
@click.option("--api", default=1, type=click.IntRange(1, 32), help="Processes of the API behind one port.")
@click.option("--alerts", default=1, type=click.IntRange(1, 8), help="Processes of the alert engine.")
@click.option("--clock", "clock_spec", help="Virtual clock for all parts: <real us>,<virtual us>,<rate>.")
def up(
    data: Path | None,
    demo: bool,
    http_host: str | None,
    http_port: int | None,
    mqtt_host: str | None,
    mqtt_port: int | None,
    over_tls: bool,
    client_certs: bool,
    database_url: str | None,
    broker_url: str | None,
    archive: Path | None,
    api: int,
    alerts: int,
    clock_spec: str | None,
) -> None:
    """Start everything and keep it running until Ctrl-C.

    Each option but --demo and the numbers of processes can be a variable instead: docs/settings.md.
    """
    settings = load()
    for sentence in settings_check.unread(os.environ):
        say(sentence)
    plan = Plan(
        data=(data or settings.data_dir).absolute(),
        demo=demo,
        http_host=http_host or settings.http_host,
        http_port=http_port or settings.http_port,
        mqtt_host=mqtt_host or settings.mqtt_host,
        mqtt_port=mqtt_port or settings.mqtt_port,
        database_url=database_url or settings.database_url.get_secret_value(),
        broker_url=broker_url or settings.broker_url.get_secret_value(),
        clock=clock_spec or settings.clock,
        public_url=settings.public_url,
        keys=(settings.keys_dir or (data or settings.data_dir) / "keys").absolute(),
        tls=over_tls or client_certs or settings.tls or settings.client_certs,
        client_certs=client_certs or settings.client_certs,
        archive=archive or settings.archive,
        several={"api": api, "alerts": alerts},
    )
    logs.setup("supervisor", settings.log_level, "text")
    try:
        clock.parse(plan.clock)
        _run(plan)
    except (ClaimError, PortError, StartError, GiveUpError, tls.TlsError, ValueError, OSError) as error:
        raise click.ClickException(str(error)) from error


def say(sentence: str) -> None:
    """One line for the person at the terminal, if there still is one."""
    with contextlib.suppress(OSError):
        print(f"{time.strftime('%H:%M:%S')}  {sentence}", flush=True)


def _run(plan: Plan) -> None:
    if not plan.data.exists():
        _refuse_busy(plan)  # nor is a folder made for a house that cannot be
    claim = Claim(plan.data)
    try:
        # The file is left behind only when the last run was killed: its parts may still be on their way out.
        patience_s = 20.0 if (plan.data / CONNECTIONS).exists() else 0.0
        _refuse_busy(plan, patience_s)
        with Supervisor(say) as supervisor:
            House(plan, supervisor).live()
        (plan.data / CONNECTIONS).unlink(missing_ok=True)
    finally:
        claim.release()


def _refuse_busy(plan: Plan, patience_s: float = 0.0) -> None:
    """Raise PortError when another program listens where we are to."""
    refuse_busy(plan.http_host, plan.http_port, "--http-port", patience_s)
    if not plan.broker_url:
        refuse_busy(plan.mqtt_host, plan.mqtt_port, "--mqtt-port", patience_s)


class House:
    """Starts the parts of a plan in their order and minds them."""

    def __init__(self, plan: Plan, supervisor: Supervisor) -> None:
        """Nothing is started yet."""
        self._plan = plan
        self._supervisor = supervisor
        self._logs = plan.data / "log"
        self._bounded = [self._logs]
        self._shown: set[str] = set()
        self._certificate: Keeper | None = None
        self._interpreter_url = load().interpreter_url.get_secret_value()

    def live(self) -> None:
        """Start, run until told to stop. Raises what `up` turns into a message."""
        started = time.monotonic()
        self._logs.mkdir(mode=0o700, exist_ok=True)
        if self._plan.tls:
            prepare(
                self._plan.data, (self._plan.http_host, self._plan.mqtt_host), self._plan.client_certs, say
            )
        dsn = self._database()
        if not dsn or not self._migrate(dsn):
            return
        self._names(dsn)
        self._archive(dsn)
        with contextlib.ExitStack() as stack:
            url = self._broker(dsn, stack)
            if not url:
                return
            self._remember(dsn, url)
            modules = self._modules(dsn, url)
            # Side by side: most of a start is reading programs. What is simulated speaks to the others.
            last = [module for module in modules if module.name.startswith("simulators")]
            first = [module for module in modules if module not in last]
            if self._supervisor.start(*first) and self._supervisor.start(*last):
                say(f"nowalls is up after {time.monotonic() - started:.1f} s: {self._plan.board}")
                say(f"data in {self._plan.data}, logs in {self._logs}; Ctrl-C stops everything")
                self._supervisor.run(self._chores)

    def _database(self) -> str:
        if self._plan.database_url:
            _knock(self._plan.database_url)
            say("database: the one given")
            return self._plan.database_url
        postgres = Postgres(self._plan.data)
        if postgres.folder != (self._plan.data / "postgres"):
            say(f"database files lie in {postgres.folder}, where their user may go")
        self._bounded.append(postgres.folder / "log")  # a slow disk makes a line of each statement
        return postgres.dsn if self._supervisor.start(postgres) else ""

    def _migrate(self, dsn: str) -> bool:
        log = self._logs / "migrate.log"
        with log.open("wb") as output:
            settings = self._settings(dsn, "")
            command = [sys.executable, "-P", "-m", "core.migrate"]
            process = spawn(command, cwd=Path.cwd(), env=environment(settings), output=output)
            status = self._supervisor.complete(process)
        if status:
            raise GiveUpError(f"the database could not be brought up to date. {last_words(log, 16)}")
        return status == 0

    def _names(self, dsn: str) -> None:
        sealed.at(self._plan.keys)
        try:
            with psycopg.connect(dsn, connect_timeout=5) as conn:
                sealed.belongs(conn)
        except (sealed.SealedError, KeyBookError, OSError) as error:
            # No reason not to watch over people either.
            say(f"NAMES CANNOT BE READ: {error}")

    def _broker(self, dsn: str, stack: contextlib.ExitStack) -> str:
        if self._plan.broker_url:
            say("broker: the one given")
            return self._plan.broker_url
        nats = Nats(self._plan.data, self._plan.mqtt_port, self._plan.mqtt_host, self._plan.certificates)
        if not self._supervisor.start(nats):
            return ""
        doorman = Doorman(dsn, nats.apply, clock.parse(self._plan.clock))
        doorman.start()
        stack.callback(doorman.stop)
        checkup = Checkup(nats, say)
        checkup.start()
        stack.callback(checkup.stop)
        self._interpreter_url = nats.interpreter_url
        if self._plan.tls:
            self._certificate = Keeper(self._plan.data, nats.reread, _now)
        return nats.url

    def _archive(self, dsn: str) -> None:
        if self._plan.archive is None:
            return
        try:
            archive = Archive(find(self._plan.data, dsn), Place(self._plan.archive), self._logs)
            self._supervisor.start(archive)
        except (BackupError, GiveUpError) as error:
            # A full or missing disk of backups is no reason to stop what watches over people.
            say(f"NO ARCHIVE: {error}")

    def _modules(self, dsn: str, url: str) -> list[Module]:
        return [Module(name, self._settings(dsn, url), self._logs) for name in self._plan.processes]

    def _settings(self, dsn: str, url: str) -> dict[str, str]:
        return {
            "NOWALLS_DATA_DIR": str(self._plan.data),
            "NOWALLS_KEYS_DIR": str(self._plan.keys),
            "NOWALLS_DATABASE_URL": dsn,
            "NOWALLS_BROKER_URL": url,
            "NOWALLS_INTERPRETER_URL": self._interpreter_url,
            "NOWALLS_CLOCK": self._plan.clock,
            "NOWALLS_HTTP_HOST": self._plan.http_host,
            "NOWALLS_HTTP_PORT": str(self._plan.http_port),
            "NOWALLS_SHARE_PORT": "true" if self._plan.several.get("api", 1) > 1 else "false",
            "NOWALLS_PUBLIC_URL": self._plan.public_url,
            **self._tls_settings(),
            **self._archive_settings(),
            "NOWALLS_DEMO": "true" if self._plan.demo else "false",
        }

    def _tls_settings(self) -> dict[str, str]:
        if not self._plan.tls:
            return {}
        place = tls.folder(self._plan.data)
        known = {"NOWALLS_TLS": "true"}
        if not self._plan.broker_url:
            known["NOWALLS_TLS_CA"] = str(place / "ca.crt")
            if self._plan.client_certs:
                known["NOWALLS_TLS_CERT"] = str(place / "devices" / f"{PLATFORM}.crt")
                known["NOWALLS_INTERPRETER_CERT"] = str(place / "devices" / f"{INTERPRETER}.crt")
        return known

    def _archive_settings(self) -> dict[str, str]:
        """The pages say how old the newest copy is, too."""
        folder = self._plan.archive
        return {} if folder is None else {"NOWALLS_ARCHIVE": str(folder.absolute())}

    def _remember(self, dsn: str, url: str) -> None:
        # For the other commands (`nowalls devices`, ...): how to reach what runs on this data folder.
        keep = (
            "NOWALLS_KEYS_DIR",
            "NOWALLS_DATABASE_URL",
            "NOWALLS_BROKER_URL",
            "NOWALLS_CLOCK",
            "NOWALLS_HTTP_HOST",
            "NOWALLS_HTTP_PORT",
            "NOWALLS_PUBLIC_URL",
        )
        known: dict[str, Any] = {name: self._settings(dsn, url)[name] for name in keep}
        known |= self._tls_settings() | self._archive_settings()
        if (copies := load().key_copies) is not None:
            known["NOWALLS_KEY_COPIES"] = str(copies.absolute())
        write_private(self._plan.data / CONNECTIONS, json.dumps(known, indent=1))

    def _chores(self) -> None:
        for chore in (self._shorten_logs, self._show_first_links, self._look_at_certificate):
            try:
                chore()
            except OSError:
                # A full disk or a closed terminal is no reason to stop what watches over people.
                continue
            except Exception as error:
                # Nor is anything else.
                log.error("a chore of the house failed", extra=logs.trace(error))

    def _shorten_logs(self) -> None:
        for file in (file for folder in self._bounded for file in folder.glob("*.log")):
            shorten(file)

    def _look_at_certificate(self) -> None:
        if self._certificate is not None:
            self._certificate.look()

    def _show_first_links(self) -> None:
        try:
            text = (self._plan.data / "run" / "first-link").read_text(encoding="utf-8").strip()
        except FileNotFoundError:
            return
        # One of an earlier start may lead to where the pages were then; the API is about to put it right.
        here = [line for line in text.splitlines() if f" {self._plan.board.removesuffix('/board')}/" in line]
        if set(here) - self._shown:
            say("open once to make the first accounts:")
            for line in here:
                print(f"          {line}", flush=True)
        self._shown |= set(here)


def _now() -> datetime:
    return to_datetime(clock.SystemClock().now())


def _knock(database_url: str) -> None:
    try:
        psycopg.connect(database_url, connect_timeout=5).close()
    except psycopg.Error as error:
        raise GiveUpError(f"cannot reach the database given: {str(error).strip()}") from error
