"""`nowalls realism`: how like real life the simulation is, measured against recordings."""

import json
from collections.abc import Sequence
from pathlib import Path

import click
import numpy as np
from jinja2 import Environment, FileSystemLoader
from numpy.typing import NDArray
from rich.console import Console
from rich.table import Table

from analytics.falls import dataset
from analytics.falls.dataset import BadDataset
from simulators import realism_falls, realism_homes, recorded
from simulators.realism_homes import Habitat

console = Console()
FOLDER = click.Path(exists=True, file_okay=False, path_type=Path)
FILE = click.Path(dir_okay=False, path_type=Path)


@click.group()
def realism() -> None:
    """How like real life the simulation is."""


@realism.command("homes")
@click.option("--data", "folders", type=FOLDER, multiple=True, required=True, help="Recorded homes.")
@click.option("--homes", "count", default=28, show_default=True, type=click.IntRange(1, 1000))
@click.option("--days", default=42, show_default=True, type=click.IntRange(7, 400))
@click.option("--later", default=0.0, show_default=True, type=click.FloatRange(-6, 6),
              help="Hours by which the simulated people do everything later.")  # fmt: skip
@click.option("--report", type=FILE, help="Write an HTML page with curves.")
def homes(folders: Sequence[Path], count: int, days: int, later: float, report: Path | None) -> None:
    """Events a day, gaps by hour and night activity of simulated and recorded homes, side by side."""
    try:
        habitats = [realism_homes.recorded(folder.name, recorded.read(folder)) for folder in folders]
    except recorded.BadRecording as error:
        raise click.ClickException(str(error)) from error
    habitats.append(realism_homes.simulated(count, days, later_h=later))
    rows = realism_homes.rows(habitats)
    table = Table("", *(habitat.name for habitat in habitats))
    for what, texts in rows:
        table.add_row(what, *texts)
    console.print(table)
    if report:
        report.write_text(page(habitats), encoding="utf-8")


def page(habitats: Sequence[Habitat]) -> str:
    """The figures with curves over the hours of the day, as one page."""
    charts = [
        ("Share of the day's events in each hour", "%", [h.hourly * 100 for h in habitats]),
        ("Median gap that begins in each hour", "min", [h.gap_median_min for h in habitats]),
        ("95th percentile of the gaps that begin in each hour", "min", [h.gap_p95_min for h in habitats]),
    ]
    environment = Environment(loader=FileSystemLoader(Path(__file__).parent), autoescape=True)
    return environment.get_template("realism.html").render(
        habitats=habitats,
        rows=realism_homes.rows(habitats),
        charts=[(title, unit, _points(lines)) for title, unit, lines in charts],
    )


def _points(lines: Sequence[NDArray[np.float64]]) -> list[str]:
    most = max((float(np.nanmax(line)) for line in lines if np.isfinite(line).any()), default=1.0) or 1.0
    return [
        " ".join(
            f"{40 + hour * 38},{195 - 175 * value / most:.1f}"
            for hour, value in enumerate(line)
            if np.isfinite(value)
        )
        for line in lines
    ]


@realism.command("falls")
@click.option("--data", "folders", type=FOLDER, multiple=True, required=True, help="Recorded falls.")
@click.option("--each", default=60, show_default=True, type=click.IntRange(1, 1000), help="Falls of a kind.")
@click.option("--json", "target", type=FILE, help="Write the figures.")
def falls(folders: Sequence[Path], each: int, target: Path | None) -> None:
    """Sensitivity of the shipped detector on simulated and on recorded falls (of the public test people).

    Ends with status 1 when they differ by more than 5 points at a site that both have.
    """
    try:
        found = [row for folder in folders for row in realism_falls.recorded(dataset.load(folder))]
    except BadDataset as error:
        raise click.ClickException(str(error)) from error
    sites = sorted({row.site for row in found})
    made = [row for site in sites for row in realism_falls.simulated(site, each)]
    table = Table("site", "what", "found", "of", "sensitivity", title="the shipped fall detector")
    for row in [*made, *found]:
        table.add_row(row.site, row.what, str(row.found), str(row.tried), f"{row.share:.3f}")
    console.print(table)
    apart = {}
    for site in sites:
        ours, theirs = realism_falls.at(made, site).share, realism_falls.at(found, site).share
        apart[site] = ours - theirs
        console.print(f"{site}: simulated {ours:.3f}, recorded {theirs:.3f}, {100 * apart[site]:+.1f} points")
    if target:
        rows = [row._asdict() | {"share": row.share} for row in [*made, *found]]
        target.write_text(json.dumps({"rows": rows, "apart": apart}, indent=1) + "\n", encoding="utf-8")
    if any(abs(gap) > realism_falls.CLOSE for gap in apart.values()):
        raise SystemExit(1)
