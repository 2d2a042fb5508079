"""`nowalls invite` and `nowalls recover`: one-time links for accounts, without a browser."""

import asyncio

import click
import psycopg
from psycopg.rows import dict_row

from api import administering, inviting
from api.models.session import fold
from api.parts import Connection
from api.policy import GRANTED, Role
from api.store import invitations, people
from core import settings as core_settings
from core.clock import SystemClock
from core.instant import to_datetime


async def _subject(
    conn: Connection, role: Role, station: str, resident: int | None
) -> tuple[int | None, int | None]:
    """(station, resident) to give the role on; raises click.UsageError when that cannot be."""
    if role is Role.FAMILY:
        if resident is None or station:
            raise click.UsageError("family is invited to one person: --resident ID")
        if await invitations.resident_of_id(conn, resident) is None:
            raise click.UsageError(f"there is no resident {resident}")
        return None, resident
    if resident is not None:
        raise click.UsageError("only family is invited to a resident")
    if not station:
        if role is Role.ADMINISTRATOR:
            return None, None
        raise click.UsageError(f"{role.value} works at a station: --station CODE")
    row = await invitations.station_of_code(conn, station)
    if row is None:
        raise click.UsageError(f"there is no station {station!r}")
    return row["id"], None


async def _connect() -> Connection:
    return await psycopg.AsyncConnection.connect(
        core_settings.load().database_url.get_secret_value(),
        autocommit=True,
        row_factory=dict_row,
        options="-c TimeZone=UTC",
        connect_timeout=5,
        application_name="nowalls invite",
    )


async def _mint(role: Role, station: str, resident: int | None, language: str) -> str:
    settings = core_settings.load()
    async with await _connect() as conn:
        station_id, resident_id = await _subject(conn, role, station, resident)
        now = to_datetime(SystemClock().now())
        code, _ = await inviting.mint(
            conn, now, role.value, station_id=station_id, resident_id=resident_id, language=language
        )
    return inviting.link(settings, code)


@click.command()
@click.option("--role", required=True, type=click.Choice([role.value for role in GRANTED]))
@click.option("--station", default="", help="Code; an administrator without one sees everything.")
@click.option("--resident", type=click.IntRange(min=1), help="Key of the resident, for family.")
@click.option("--language", type=click.Choice(["zh", "en"]), default="zh", show_default=True)
def invite(role: str, station: str, resident: int | None, language: str) -> None:
    """Make a one-time link for a new account; it works for a week."""
    click.echo(asyncio.run(_mint(Role(role), station, resident, language)))


async def _reset(login: str, second_factor: bool) -> str:
    settings = core_settings.load()
    async with await _connect() as conn, conn.transaction():
        account = await people.account_of_login(conn, fold(login))
        if account is None:
            raise click.UsageError("there is no such account, or it is disabled")
        now = to_datetime(SystemClock().now())
        code, _ = await administering.mint(conn, now, account, None, second_factor=second_factor)
    return administering.link(settings, code)


@click.command()
@click.argument("login")
@click.option("--second-factor", is_flag=True, help="Remove the app, passkeys and recovery codes too.")
def recover(login: str, second_factor: bool) -> None:
    """Make a one-time link for a new password, for the account LOGIN; it works for a day.

    For the day on which no administrator can come in any more: who may run this here may do anything anyway.
    """
    click.echo(asyncio.run(_reset(login, second_factor)))
