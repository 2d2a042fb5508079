"""`nowalls audit`: verify the chain, and print the line to keep elsewhere."""

from pathlib import Path
from typing import Any

import click
import psycopg

from api.audit import chain, verify
from api.store.audit import SQL
from core.clock import SystemClock
from core.database import connect
from core.instant import to_datetime
from core.settings import load


@click.group()
def audit() -> None:
    """Who looked at whom: is it still what was written?"""


@audit.command("verify")
@click.option(
    "--anchors",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="File of lines as `nowalls audit anchor` prints them.  [default: audit/anchors in the data folder]",
)
def verify_chain(anchors: Path | None) -> None:
    """Look at every link and entry; status 1 and what does not fit, if anything."""
    settings = load()
    path = anchors or settings.data_dir / "audit" / "anchors"
    lines = path.read_text(encoding="ascii").splitlines() if path.exists() else []
    with connect(settings, "nowalls audit") as conn:
        conn.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
        verdict = verify.verify(conn, to_datetime(SystemClock().now()), lines)
    for fault in verify.shown(verdict.faults):
        click.echo(fault)
    click.echo(
        f"{verdict.links} links, {len(lines)} anchors: {'NOT as written' if verdict.faults else 'as written'}"
    )
    if verdict.faults:
        raise SystemExit(1)


@audit.command()
def anchor() -> None:
    """Print where the chain stands now: day, number, hash. Keep it where nobody here can change it."""
    with connect(load(), "nowalls audit") as conn:
        click.echo(_head(conn))


def _head(conn: psycopg.Connection[Any]) -> str:
    row = conn.execute(SQL["head"]).fetchone()
    day = to_datetime(SystemClock().now()).date().isoformat()
    return chain.line(day, row[0], bytes(row[1])) if row else chain.line(day, 0, b"")
