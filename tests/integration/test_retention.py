"""For how long what is kept: each class of data goes when it is old, and stays as long as it is needed."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

import anyio
import psycopg
import pytest
from psycopg.conninfo import conninfo_to_dict, make_conninfo
from psycopg.rows import dict_row

from api import chores
from api.audit import chain
from api.audit.verify import verify
from api.connections import routes_pool
from api.lease import HOUSE, borrowed
from api.store import accounts
from care.store import retention
from core import timeseries
from tests.conftest import Server
from tests.support.sides import EAST_SIDE, WEST_SIDE, settle_sides

pytestmark = pytest.mark.integration

NOW = datetime(2026, 3, 1, 3, tzinfo=UTC)
# class -> (table, when a row of it began, in days before it may go; how many of the two rows nothing holds)
CLASSES = {
    "positions": ("reading", "time", 30, 1),
    "photos": ("photo", "stored_at", 365, 1),
    "messages": ("message", "at", 730, 1),
    "deliveries": ("delivery_attempt", "ended_at", 365, 1),
    "quarantine": ("quarantine", "last_at", 30, 2),
    "visit_reasons": ("worth_a_visit", "week", 400, 2),
}


class World(NamedTuple):
    """A database with two of everything; what is of the west is still needed. `above` is a superuser whom no
    trigger hinders, `owner` the login of the program."""

    dsn: str
    above: psycopg.Connection[Any]
    owner: psycopg.Connection[Any]


@pytest.fixture(scope="module")
def world(server: Server, template: str) -> Iterator[World]:
    name = f"retention_{template}"
    dsn = server.create(name, template)
    administrator = make_conninfo(server.administrator, dbname=str(conninfo_to_dict(dsn)["dbname"]))
    settle_sides(administrator, now=NOW)
    with (
        psycopg.connect(administrator, autocommit=True) as above,
        psycopg.connect(dsn, autocommit=True) as owner,
    ):
        above.execute("SET session_replication_role = replica")
        timeseries.make_room(above, timeseries.engine(above), NOW - timedelta(days=40))
        above.execute("UPDATE reading SET metric = 80")
        above.execute("UPDATE photo p SET subject = 'incident:' || i.id FROM incident i"
                      " WHERE i.resident_id = p.resident_id")  # fmt: skip
        above.execute("UPDATE incident SET closed_at = %s WHERE resident_id = %s", (NOW, EAST_SIDE.key))
        above.execute("UPDATE conversation SET waiting = (resident_id = %s)", (WEST_SIDE.key,))
        yield World(dsn, above, owner)
    server.drop(name)


def test_every_class_is_looked_at_here_or_goes_by_whole_parts(world: World) -> None:
    known = world.owner.execute("SELECT class, days FROM retention WHERE NOT whole").fetchall()
    assert dict(known) == {name: days for name, (_, _, days, _) in CLASSES.items()}


@pytest.mark.parametrize("which", CLASSES)
def test_what_is_old_goes_unless_it_is_needed_and_what_is_young_stays(world: World, which: str) -> None:
    table, column, days, gone = CLASSES[which]
    for older, expected in ((-1, None), (1, gone)):
        at = NOW - timedelta(days=days + older)
        world.above.execute(f"UPDATE {table} SET {column} = %s", (at,))  # type: ignore[arg-type]
        assert retention.sweep(world.owner, NOW).get(which) == expected
    left = world.above.execute(f"SELECT t::text FROM {table} t").fetchall()  # type: ignore[arg-type]
    assert len(left) == 2 - gone
    assert all(str(WEST_SIDE.key) in row or WEST_SIDE.word in row for (row,) in left)


def test_who_signed_in_and_where_is_forgotten_after_ninety_days(world: World) -> None:
    def attempts() -> list[int]:
        days = "SELECT round(extract(epoch FROM %s - at) / 86400)::int FROM login_attempt ORDER BY 1"
        return [row[0] for row in world.above.execute(days, (NOW,)).fetchall()]

    async def clear() -> None:
        with borrowed(HOUSE):
            async with routes_pool(world.dsn, 2) as pool, pool.connection() as conn:
                await accounts.clear(conn, NOW, NOW - chores._KEEP_ATTEMPTS)

    world.above.execute("DELETE FROM login_attempt")
    for days in (1, 89, 91, 400):
        world.above.execute(
            "INSERT INTO login_attempt (login_digest, address, at, outcome, what)"
            " VALUES ('', '', %s, 'failed', 'password')",
            (NOW - timedelta(days=days),),
        )
    anyio.run(clear)
    assert attempts() == [1, 89]


def test_months_of_the_audit_go_whole_never_the_last_six_and_the_rest_can_still_be_verified(
    world: World,
) -> None:
    now = datetime.now(UTC)  # the server's own clock bounds it
    world.above.execute("TRUNCATE audit_entry, audit_link, audit_pending, audit_anchor, audit_retired")
    instants, before = [now - timedelta(days=days) for days in (1300, 300, 30)], b""
    for n, at in enumerate(instants, start=1):
        world.owner.execute("SELECT audit_make_room(%s)", (at,))
        with world.above.cursor(row_factory=dict_row) as cursor:
            entry = cursor.execute(
                "INSERT INTO audit_entry"
                " (at, account_id, what, actions, residents, within, why, address, outcome)"
                " VALUES (%s, 1, 'GET /x', '{}', '{1}', '{}', '', '', 200) RETURNING *", (at,),
            ).fetchone()  # fmt: skip
        assert entry is not None
        digest = chain.digest(entry)
        before = chain.follow(before, digest)
        world.above.execute(
            "INSERT INTO audit_link (n, sealed_at, entry_id, entry_at, digest, hash)"
            " VALUES (%s, %s, %s, %s, %s, %s)", (n, at, entry["id"], at, digest, before),
        )  # fmt: skip

    def kept() -> list[int]:
        return [row[0] for row in world.owner.execute("SELECT n FROM audit_link ORDER BY n").fetchall()]

    for moment, months, left in (
        (now + timedelta(days=36500), 36, [2, 3]),  # a clock that runs ahead takes nothing more
        (now, 36, [2, 3]),
        (now, 1, [3]),  # whatever is asked for, half a year stays
    ):
        world.owner.execute("SELECT audit_retire(%s, %s)", (moment, months))
        assert kept() == left
        assert verify(world.owner, now).faults == []
