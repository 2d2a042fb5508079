"""A gateway's file, out of the platform's database."""

import secrets
from pathlib import Path
from urllib.parse import quote

import click

from core import database
from core.clock import parse
from core.embedded.doorman import guests
from core.embedded.mosquitto import Mosquitto
from core.embedded.nats_config import Login
from core.instant import to_datetime
from core.settings import load
from ingest.edge.config import Config, Device
from ingest.relay import GATEWAY
from ingest.store import Store

_LOCAL = "gateway-of-the-home"


def of(code: str, uplink: str) -> Config:
    """The file of the gateway `code`; raises click.ClickException when there is none, or it is none."""
    settings = load()
    conn = database.connect(settings, "nowalls gateway setup")
    store = Store(conn)
    try:
        directory = store.directory(parse(settings.clock).now())
    finally:
        store.close()
    own = directory.by_code.get(code)
    if own is None or own.kind != GATEWAY:
        raise click.ClickException(f"no device {code} of kind {GATEWAY} is installed in a home")
    devices = tuple(
        Device(d.id, d.code, d.kind, d.resident, d.room, d.site, d.report_every_s, d.since)
        for d in sorted(directory.by_id.values(), key=lambda one: one.code)
        if d.home == own.home
    )
    # A name that no device can have: codes hold no colon.
    local = f"mqtt://{quote(_LOCAL)}:{secrets.token_urlsafe(20)}@127.0.0.1:1883"
    return Config(
        gateway=code, gateway_id=own.id, home_code=own.home_code, home=own.home, station=own.station,
        uplink=uplink, devices=devices, residents=directory.residents.get(own.home, ()),
        time_zone=own.time_zone, local=local,
    )  # fmt: skip


def write_logins(config: Config, folder: Path) -> list[Path]:
    """`passwords` and `acl` for a Mosquitto in the home: its devices, and the gateway itself."""
    settings = load()
    with database.connect(settings, "nowalls gateway setup") as conn:
        known = guests(conn, to_datetime(parse(settings.clock).now()))
    mine = {device.code for device in config.devices if device.code != config.gateway}
    Mosquitto(folder, config.local).apply(one for one in known if isinstance(one, Login) and one.code in mine)
    acl = folder / "acl"
    # The siren is the gateway's own topic, for whoever listens in the home.
    siren = f"nw/v1/{config.home_code}/siren"
    acl.write_text(f"{acl.read_text()}topic write {siren}\n\npattern read {siren}\n", encoding="utf-8")
    return [folder / "passwords", acl]
