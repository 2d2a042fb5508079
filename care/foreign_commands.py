"""`nowalls devices foreign`: who may speak for devices of other systems."""

import click

from care.session import database_option, opened
from care.store import foreign as store
from care.store import registry


@click.command("foreign")
@click.argument("code")
@click.option("--forbid", is_flag=True, help="It may no longer.")
@database_option
def foreign(code: str, forbid: bool, database_url: str) -> None:
    """Let the login of the device CODE speak for devices of other systems, below nw/in/CODE/."""
    with opened(database_url) as (conn, now):
        store.allow(conn, registry.device_id(conn, code), now, allowed=not forbid)
    click.echo("it speaks for itself alone" if forbid else f"it may publish below nw/in/{code}/", err=True)
