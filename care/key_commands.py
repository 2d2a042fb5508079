"""`nowalls devices claim, rotate, revoke, sync`: what devices prove themselves with."""

import os
import threading
from datetime import timedelta
from pathlib import Path

import click
import segno

from care import claim as claims
from care.session import database_option, opened
from care.store import keys
from care.store import registry as store
from core import stopping
from core.clock import parse as parse_clock
from core.embedded.doorman import Doorman, guests
from core.embedded.mosquitto import Mosquitto
from core.settings import load


@click.command("claim")
@click.argument("code")
@click.option(
    "--days", default=keys.CLAIM_DAYS, show_default=True, type=click.IntRange(1, keys.MOST_CLAIM_DAYS)
)
@click.option("--printed", default="", help="The claim code that its maker printed on the device.")
@click.option(
    "--qr", type=click.Path(path_type=Path, dir_okay=False), help="Also write it as an SVG picture."
)
@database_option
def claim(code: str, days: int, printed: str, qr: Path | None, database_url: str) -> None:
    """Make a one-time claim code for the device CODE, which it exchanges for a secret of its own."""
    try:
        given = claims.parse(printed) if printed else None
    except claims.BadClaim as error:
        raise click.ClickException(str(error)) from error
    with opened(database_url) as (conn, now):
        made = keys.offer(conn, store.device_id(conn, code), now, days, given)
    if qr is not None:
        handle = os.open(qr, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600)
        with os.fdopen(handle, "wb") as file:
            segno.make(claims.link(made, load().board_url)).save(file, kind="svg", scale=6)
    click.echo(made.text)


@click.command("rotate")
@click.argument("code")
@click.option(
    "--overlap", default=15, show_default=True, type=click.IntRange(0, 7 * 24 * 60),
    help="Minutes in which the old secret still counts.",
)  # fmt: skip
@database_option
def rotate(code: str, overlap: int, database_url: str) -> None:
    """Give the device CODE a new login and secret and print both: this once."""
    with opened(database_url) as (conn, now):
        key = keys.rotate(conn, store.device_id(conn, code), now, timedelta(minutes=overlap))
    click.echo(f"{key.user} {key.secret}")


@click.command("revoke")
@click.argument("code")
@database_option
def revoke(code: str, database_url: str) -> None:
    """Shut the device CODE out, now: its connection ends, and no secret or claim code of it counts."""
    with opened(database_url) as (conn, now):
        changed = keys.revoke(conn, store.device_id(conn, code), now)
    click.echo("shut out" if changed else "had nothing to log in with", err=True)


@click.command("sync")
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False))
@click.option("--pid-file", type=click.Path(path_type=Path), help="Mosquitto's, which is told to read anew.")
@click.option("--watch", is_flag=True, help="Stay, and write again within a second of every change.")
@database_option
def sync(folder: Path, pid_file: Path | None, watch: bool, database_url: str) -> None:
    """Write the logins and topics of all devices into FOLDER for your own Mosquitto: `passwords` and `acl`.

    The embedded broker needs none of this: `nowalls up` keeps it up to date by itself.
    """
    settings = load()
    password = settings.broker_url.get_secret_value()
    mosquitto = Mosquitto(folder, password, pid_file, settings.interpreter_url.get_secret_value())
    dsn = database_url or settings.database_url.get_secret_value()
    with opened(database_url) as (conn, now):
        left_out = mosquitto.apply(guests(conn, now))
    for name in left_out:
        click.echo(f"left out, give it a new secret first: {name}", err=True)
    if watch:
        _stay(dsn, mosquitto)


def _stay(dsn: str, mosquitto: Mosquitto) -> None:
    doorman, over = Doorman(dsn, mosquitto.apply, parse_clock(load().clock)), threading.Event()
    stopping.when_asked(over.set)
    doorman.start()
    over.wait()
    doorman.stop()
