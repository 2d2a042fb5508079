"""`nowalls figures`: how incidents were dealt with, on the command line."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import click

from alerts.figures import store
from core import database
from core.clock import parse
from core.instant import from_datetime, to_datetime
from core.settings import load

_DAY = click.DateTime(formats=["%Y-%m-%d", "%Y-%m-%dT%H:%M:%S"])


@click.command()
@click.option("--station", "code", help="Code of a station; with those below it.  [default: all]")
@click.option("--from", "start", type=_DAY, help="First day, UTC.  [default: 30 days before the last]")
@click.option("--to", "end", type=_DAY, help="Day after the last, UTC.  [default: now]")
@click.option("--drills", is_flag=True, help="Of drills and self-tests instead.")
@click.option("--json", "as_json", is_flag=True, help="Everything, as JSON.")
def figures(
    code: str | None, start: datetime | None, end: datetime | None, drills: bool, as_json: bool
) -> None:
    """How quickly and how well incidents were dealt with."""
    settings = load()
    until = end.replace(tzinfo=UTC) if end else to_datetime(parse(settings.clock).now())
    since = start.replace(tzinfo=UTC) if start else until - timedelta(days=30)
    with database.connect(settings, "nowalls figures") as conn:
        station = store.station_by_code(conn, code) if code else None
        if code and station is None:
            raise click.ClickException(f"no station has the code {code}")
        found = store.station(conn, station, from_datetime(since), from_datetime(until), drills)
    click.echo(json.dumps(found, ensure_ascii=False, indent=1) if as_json else _sheet(found))


def _sheet(found: dict[str, Any]) -> str:
    lines = [
        f"{found['from']} to {found['to']}",
        ", ".join(f"{name} {found[name]}" for name in ("incidents", "opened", "unanswered", "escalations")),
    ]
    for step, row in found["times"].get("all", {}).items():
        shares = f"{row['within_60_s']:.1%} within 60 s, {row['within_180_s']:.1%} within 180 s"
        if row["n"]:
            middle = f"p50 {row['p50_s']:.0f} s, p90 {row['p90_s']:.0f} s, p99 {row['p99_s']:.0f} s, "
            lines.append(f"{step:<12}{row['n']} of {row['alarms']}: {middle}{shares}")
    lines += [
        f"{row['kind']:<18}{row['incidents']} incidents, {row['false_alarms'] + row['called_off']} of "
        f"{row['judged']} judged were false"
        for row in found["kinds"]
    ]
    lines += [f"{row['channel']:<18}{row['sent']} of {row['tries']} tries sent" for row in found["channels"]]
    return "\n".join(lines)
