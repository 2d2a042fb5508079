"""`python -m tests.fuzz messages --count 1000000`: the long versions. Start them with `nice -n 19`."""

import json
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path

import click
import psycopg

from core.embedded.postgres import Postgres
from core.migrate import migrate


@contextmanager
def database() -> Iterator[tuple[str, Path]]:
    """A migrated database of its own, and a folder; gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="nwfuzz-") as name:
        folder = Path(name)
        folder.chmod(0o755)
        postgres = Postgres(folder)
        local = postgres.folder / "local.conf"
        local.write_text("fsync = off\nsynchronous_commit = off\n")
        local.chmod(0o644)
        postgres.start()
        try:
            with psycopg.connect(postgres.dsn) as conn:
                migrate(conn, datetime(2026, 1, 1, tzinfo=UTC))
            yield postgres.dsn, folder
        finally:
            postgres.stop()


@click.group()
def main() -> None:
    """Attack by machine."""


@main.command("messages")
@click.option("--count", default=1_000_000, show_default=True)
@click.option("--seed", default=1, show_default=True)
def messages(count: int, seed: int) -> None:
    """Messages through the real worker into a real store."""
    from tests.fuzz.messages import run

    with database() as (dsn, _):
        tally = asdict(run(dsn, count, seed))
    tally["faults"] = [f"{len(tally['faults'])} in all", *sorted(set(tally["faults"]))[:40]]
    click.echo(json.dumps(tally, indent=1))


@main.command("requests")
@click.option("--count", default=50_000, show_default=True)
@click.option("--seed", default=1, show_default=True)
@click.option("--only", default="", help="Only routes whose path holds this.")
@click.option("--quick", is_flag=True, help="Made up by a simpler mind: ten times as many a minute.")
@click.option("--within", default=1e9, help="Seconds, of the quick ones.")
def requests(count: int, seed: int, only: str, quick: bool, within: float) -> None:
    """Requests from the description of the API, as every role, to a real server."""
    from tests.fuzz import guess
    from tests.fuzz.requests import house_folder, run
    from tests.support.api import api_house

    roles = ("stranger", "family", "responder", "operator", "administrator")
    with database() as (dsn, base), api_house(dsn, house_folder(base)) as house, house.serves():
        for home in (1, 2, 3):
            house.sos(home)
        if quick:
            tally = guess.run(house, count, (*roles, "machine"), seed, within)
        else:
            tally = run(house, count, roles, seed, only)
        click.echo(json.dumps(asdict(tally), indent=1))


if __name__ == "__main__":
    main()
