"""`nowalls devices ...` and `nowalls community ...`: what an administrator does without a browser."""

from datetime import datetime
from typing import BinaryIO

import click
import msgspec
from rich.box import SIMPLE
from rich.console import Console
from rich.table import Table

from care import admission, past, recall, secret
from care.community import Device, parse
from care.foreign_commands import foreign
from care.key_commands import claim, revoke, rotate, sync
from care.session import database_option, opened
from care.store import registry as store
from care.store.errors import Conflict, Unknown


@click.group()
def devices() -> None:
    """Devices, their places and their secrets."""


@devices.command("add")
@click.argument("code")
@click.option(
    "--kind", required=True, help="wearable, pir, door, bed, appliance, button, smoke, gas, water, ..."
)
@click.option("--home", required=True, help="Code of the home it hangs in.")
@click.option("--resident", type=int, help="Key of the person who wears it.")
@click.option("--room", default="", help="bathroom, kitchen, ...")
@click.option("--site", default="", help="wrist, waist, ...")
@click.option("--model", default="")
@click.option("--report-every", type=click.IntRange(min=1), help="Seconds; the longest it stays silent.")
@database_option
def add(
    code: str,
    kind: str,
    home: str,
    resident: int | None,
    room: str,
    site: str,
    model: str,
    report_every: int | None,
    database_url: str,
) -> None:
    """Add the device CODE, hang it in a home, and print its secret: this once."""
    device = Device(code=code, kind=kind, model=model, report_every_s=report_every)
    with opened(database_url) as (conn, now):
        home_id, _ = store.home(conn, home)
        if resident is not None and resident not in dict(store.living_in(conn, home_id, now)):
            raise Unknown(f"resident {resident} does not live in home {home}")
        key = store.put_device(conn, device, now)
        if store.has_secret(conn, key):
            raise Conflict(f"device {code} is there already; use rotate-secret for a new secret")
        text = secret.fresh()
        store.set_secret(conn, key, text, now)
        store.install(conn, key, home_id, resident, room, site, since=now)
        store.ring(conn)
    click.echo(text)


@devices.command("list")
@database_option
def list_devices(database_url: str) -> None:
    """All devices and where they hang."""
    with opened(database_url) as (conn, now):
        rows = store.devices(conn, now)
    table = Table("code", "kind", "home", "room", "site", "resident", "every", "secret of", box=SIMPLE)
    table.columns[-1].no_wrap = True
    for row in rows:
        every = f"{row['report_every_s']} s" if row["report_every_s"] else ""
        since = row["secret_since"].date().isoformat() if row["secret_since"] else "none"
        resident = str(row["resident_id"] or "")
        table.add_row(row["code"], row["kind"], row["home"], row["room"], row["site"], resident, every, since)
    Console().print(table)


@devices.command("rotate-secret")
@click.argument("code")
@database_option
def rotate_secret(code: str, database_url: str) -> None:
    """Give the device CODE a new secret and print it: this once. The old one is refused from now on."""
    with opened(database_url) as (conn, now):
        key = store.device_id(conn, code)
        text = secret.fresh()
        store.set_secret(conn, key, text, now)
        store.ring(conn)
    click.echo(text)


for _command in (claim, rotate, revoke, sync, foreign):
    devices.add_command(_command)


@click.group()
def consoles() -> None:
    """Station consoles: cheap screens and sirens that speak MQTT."""


@consoles.command("secret")
@click.argument("station")
@database_option
def console_secret(station: str, database_url: str) -> None:
    """Give the console of STATION a new secret and print it: this once. It logs in as station:STATION."""
    with opened(database_url) as (conn, now):
        text = secret.fresh()
        store.set_console_secret(conn, station, text, now)
        store.ring(conn)
    click.echo(text)


@click.group()
def community() -> None:
    """Stations, homes, people and devices as one document."""


@community.command("load")
@click.argument("document", type=click.File("rb"))
@click.option(
    "--since", type=click.DateTime(["%Y-%m-%dT%H:%M:%S%z"]), help="Since when they live there; default now."
)
@database_option
def load_community(document: BinaryIO, since: datetime | None, database_url: str) -> None:
    """Take in the JSON DOCUMENT ("-" is standard input); doing it twice adds nothing.

    Prints the secrets it had to make as one JSON object, code to secret: this once.
    """
    with opened(database_url) as (conn, now):
        done = admission.admit(conn, parse(document.read()), now, since)
    people = f"{done.homes} homes, {done.residents} new residents"
    click.echo(f"{done.stations} stations, {people}, {done.devices} devices", err=True)
    click.echo(msgspec.json.encode(done.secrets).decode())


@community.command("recall")
@click.argument("document", type=click.File("rb"))
@database_option
def recall_past(document: BinaryIO, database_url: str) -> None:
    """Take in what was before: the JSON DOCUMENT ("-" is standard input) of assessments, visits and orders.

    A document that was told before adds nothing.
    """
    with opened(database_url) as (conn, now):
        done = recall.recall(conn, past.parse(document.read()), now)
    if done is None:
        click.echo("it was told before", err=True)
        return
    people = f"{done.assessments} assessments, {done.visits} visits"
    click.echo(f"{people}, {done.orders} orders, {done.hazards} hazards", err=True)
