"""`nowalls invite`: a one-time link for a new account, without a browser."""

import asyncio

import click
import psycopg
from psycopg.rows import dict_row

from api import inviting
from api.parts import Connection
from api.policy import Role
from api.store import invitations
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


async def _mint(role: Role, station: str, resident: int | None, language: str) -> str:
    settings = core_settings.load()
    async with await psycopg.AsyncConnection.connect(
        settings.database_url.get_secret_value(),
        autocommit=True,
        row_factory=dict_row,
        options="-c TimeZone=UTC",
        connect_timeout=5,
        application_name="nowalls invite",
    ) as conn:
        station_id, resident_id = await _subject(conn, role, station, resident)
        now = to_datetime(SystemClock().now())
        code, _ = await inviting.mint(
            conn, now, role.value, station_id=station_id, resident_id=resident_id, language=language
        )
    return inviting.link(settings, code)


@click.command()
@click.option("--role", required=True, type=click.Choice([role.value for role in Role]))
@click.option("--station", default="", help="Code; an administrator without one sees everything.")
@click.option("--resident", type=click.IntRange(min=1), help="Key of the resident, for family.")
@click.option("--language", type=click.Choice(["zh", "en"]), default="zh", show_default=True)
def invite(role: str, station: str, resident: int | None, language: str) -> None:
    """Make a one-time link for a new account; it works for a week."""
    try:
        url = asyncio.run(_mint(Role(role), station, resident, language))
    except psycopg.OperationalError as error:
        raise click.ClickException("the database cannot be reached; is nowalls running?") from error
    click.echo(url)
