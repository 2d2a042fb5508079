"""Relatives' own smart homes: the login by which one hears how somebody is."""

import secrets
from datetime import datetime
from pathlib import Path
from typing import NamedTuple

from care import secret as secrets_of_devices
from care.store import registry
from care.store.errors import Conflict, Unknown
from care.store.rows import Connection, Row, key, rows
from core import queries

Q = queries.load(Path(__file__).with_suffix(".sql"))
MOST = 3  # of one relative, for one person


class Made(NamedTuple):
    """A new login; the secret is shown this once."""

    id: int
    code: str
    secret: str


def add(conn: Connection, account: int, resident: int, label: str, language: str, now: datetime) -> Made:
    """A login of its own; raises Conflict when there are MOST already."""
    code, text = secrets.token_hex(8), secrets_of_devices.fresh()
    hashes = secrets_of_devices.hashes(text)
    values = {
        "code": code, "account": account, "resident": resident, "label": label, "language": language,
        "bcrypt": hashes.bcrypt, "pbkdf2": hashes.pbkdf2, "now": now, "most": MOST,
    }  # fmt: skip
    made = key(conn, Q["add"], values)
    if made is None:
        raise Conflict(f"at most {MOST} of them")
    registry.ring(conn)
    return Made(made, code, text)


def listed(conn: Connection, account: int, resident: int) -> list[Row]:
    """id, code, label, language, created_at of those that hold."""
    return rows(conn, Q["listed"], {"account": account, "resident": resident})


def end(conn: Connection, account: int, resident: int, home: int, now: datetime) -> None:
    """Its login opens nothing any more; raises Unknown."""
    values = {"id": home, "account": account, "resident": resident, "now": now}
    if key(conn, Q["end"], values) is None:
        raise Unknown("no such home")
    registry.ring(conn)
