"""`nowalls retention`: for how long what is kept."""

import click
from rich.console import Console
from rich.table import Table

from care.session import database_option, opened
from care.store import retention as store


@click.group()
def retention() -> None:
    """For how long what is kept, and why."""


@retention.command("show")
@database_option
def show(database_url: str) -> None:
    """Every class of data with its days and its reason."""
    table = Table("class", "table", "days", "least", "kept however old", "why")
    with opened(database_url) as (conn, _):
        for one in store.classes(conn):
            table.add_row(
                one["class"], one["name"], str(one["days"]), str(one["least"]), one["held"], one["en"]
            )
    Console().print(table)


@retention.command("set")
@click.argument("which", metavar="CLASS")
@click.argument("days", type=int)
@database_option
def set_days(which: str, days: int, database_url: str) -> None:
    """Keep CLASS for DAYS from now on; what is older goes within the hour."""
    with opened(database_url) as (conn, _):
        store.set_days(conn, which, days)
