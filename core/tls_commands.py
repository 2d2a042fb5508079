"""`nowalls tls ...`: certificates for the broker, the pages and devices, without anybody else's authority."""

import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

import click

from core import tls
from core.clock import SystemClock
from core.embedded.nats import PLATFORM
from core.embedded.nats_config import INTERPRETER, Login
from core.instant import to_datetime
from core.settings import load

NAMES = ("localhost", "127.0.0.1", "::1")


def names(more: tuple[str, ...] = ()) -> list[str]:
    """What this machine is called: by itself, by its network, and as somebody says."""
    listening = [name for name in more if name not in ("0.0.0.0", "::", "")]  # noqa: S104
    return list(dict.fromkeys([*listening, socket.gethostname(), *NAMES]))


def prepare(data: Path, more: tuple[str, ...], client_certs: bool, say: Callable[[str], None]) -> None:
    """Before a start with TLS: make what is missing, renew what ends soon; `say` gets a sentence each."""
    place, wanted = tls.folder(data), names(more)
    if not (place / "server.crt").exists():
        tls.init(data, wanted, _now())
        say(f"made a certificate authority: devices and browsers trust us by {place / 'ca.crt'}")
    server = tls.read(place / "server.crt")
    if server.not_valid_after_utc - _now() < tls.RENEW_WITHIN:
        tls.issue(data, "server", tls.names_of(server), _now())
        say("renewed the certificate of the broker and the pages")
    if tls.read(place / "ca.crt").not_valid_after_utc - _now() < tls.RENEW_WITHIN:
        say("THE CERTIFICATE AUTHORITY ENDS SOON: see docs/own-database-and-broker.md")
    if client_certs:
        for part in (PLATFORM, INTERPRETER):
            tls.issue(data, "device", [part], _now())


@contextmanager
def _said() -> Iterator[None]:
    """What cannot be done, as a sentence."""
    try:
        yield
    except tls.TlsError as error:
        raise click.ClickException(str(error)) from error


@click.group()
def certificates() -> None:
    """A certificate authority of one's own, and what it signs."""


def _data() -> Path:
    return load().data_dir.absolute()


def _now() -> datetime:
    return to_datetime(SystemClock().now())  # certificates are for the world's clock, never for a virtual one


@certificates.command("init")
@click.argument("name", nargs=-1)
def init(name: tuple[str, ...]) -> None:
    """Make the authority, and a certificate for the broker and the pages; NAME: more hosts and addresses."""
    fresh = tls.init(_data(), names(name), _now())
    place = tls.folder(_data())
    click.echo(f"{'made' if fresh else 'kept'} the authority: {place / 'ca.crt'}")
    click.echo(f"made {place / 'server.crt'} for {', '.join(names(name))}")


@certificates.command("renew")
def renew() -> None:
    """A new certificate for the broker and the pages; `nowalls up` takes it at its next start."""
    with _said():
        known = tls.names_of(tls.read(tls.folder(_data()) / "server.crt"))
        click.echo(f"made {tls.issue(_data(), 'server', known, _now())}")


@certificates.command("device")
@click.argument("code")
def device(code: str) -> None:
    """A certificate for the device CODE, with its key beside it."""
    if not Login(code, "home", "").is_safe:
        raise click.ClickException("that is no code of a device")
    with _said():
        click.echo(tls.issue(_data(), "device", [code], _now()))


@certificates.command("status")
def status() -> None:
    """When each certificate ends; status 1 when one ends within 30 days."""
    soon = False
    with _said():
        for name, until in tls.expiries(_data()):
            left = until - _now()
            ending = left < tls.RENEW_WITHIN
            soon = soon or ending
            click.echo(f"{name}: until {until:%Y-%m-%d}, {left.days} days{' - RENEW' if ending else ''}")
    if soon:
        raise SystemExit(1)
