"""`nowalls keys ...`: the keys that people's identity is sealed with."""

import click

from care.session import database_option, opened
from care.store import erasure, sealing
from core import sealed
from core.keybook import KeyBookError


@click.group()
def keys() -> None:
    """The keys that people's names and numbers are sealed with, and what they open."""


@keys.command("check")
@database_option
def check(database_url: str) -> None:
    """Whether the keys at hand open what is in the database. Ends with 1 when somebody cannot be read."""
    book = sealed.book()
    with opened(database_url) as (conn, _):
        try:
            sealed.belongs(conn)
        except (sealed.SealedError, KeyBookError) as error:
            raise click.ClickException(str(error)) from error
        readable, closed, plain = sealing.count(conn)
        left = sealing.keys_left(conn)
    alive, destroyed = book.count()
    click.echo(f"{book.path}: {alive} keys, {destroyed} destroyed")
    click.echo(f"{readable} people can be read, {closed} cannot, {plain} are not sealed")
    if left:
        click.echo(f"{left} people were forgotten whose key is still there: nowalls keys destroy-erased")
    raise SystemExit(1 if closed or left else 0)


@keys.command("destroy-erased")
@database_option
def destroy_erased(database_url: str) -> None:
    """Destroy the keys of all who were forgotten, once more: after the keys were put back from a copy."""
    with opened(database_url) as (conn, now):
        try:
            done = erasure.destroy_keys(conn, now, again=True)
        except (sealed.SealedError, KeyBookError) as error:
            raise click.ClickException(str(error)) from error
    click.echo(f"the keys of {done} people who were forgotten are destroyed")


@keys.command("adopt")
@click.option("--names-are-lost", is_flag=True, help="Nobody whose key is missing will ever be read again.")
@database_option
def adopt(names_are_lost: bool, database_url: str) -> None:
    """Let the database work with the keys at hand though they are not its own, which are lost."""
    if not names_are_lost:
        raise click.ClickException("put the right keys back; only if they are lost: --names-are-lost")
    with opened(database_url) as (conn, _):
        sealing.adopt(conn, sealed.mark())
    click.echo("from now on people are sealed with the keys at hand; type in again who cannot be read")
