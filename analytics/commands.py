"""`nowalls train inactivity` and `nowalls evaluate inactivity`."""

import json
from collections.abc import Iterable
from dataclasses import asdict
from pathlib import Path

import click
from rich.console import Console
from rich.progress import Progress
from rich.table import Table

from analytics import silence
from analytics.inactivity_curves import Point
from analytics.inactivity_evaluation import Result, evaluate
from analytics.inactivity_report import html
from analytics.recording import BadRecording, Recording, read_tihm

FOLDER = click.Path(exists=True, file_okay=False, path_type=Path)
FILE = click.Path(dir_okay=False, path_type=Path)
_DATA = click.option("--data", type=FOLDER, required=True, help="Folder with Activity.csv, or one above it.")
_TARGET = click.option(
    "--target", default=0.05, show_default=True, help="Tolerated false alarms a person-day."
)
console = Console()


@click.command("inactivity")
@_DATA
@_TARGET
@click.option("--json", "json_file", type=FILE, help="Write the figures here.")
@click.option("--report", type=FILE, help="Write a page with the curve here.")
def evaluate_inactivity(data: Path, target: float, json_file: Path | None, report: Path | None) -> None:
    """Delay against false alarms, each home judged by a model of other homes and its own past."""
    result = _evaluate(_read(data), target)
    console.print(
        f"{result.homes} homes, {result.person_days:.0f} person-days, {result.cuts} cuts; "
        f"alarms of platform outages: {result.platform}; "
        f"silences with which a recording ends, not counted: {result.ended}"
    )
    _print(result)
    if json_file:
        figures = {key: value for key, value in asdict(result).items() if key not in ("alarms", "weights")}
        json_file.write_text(json.dumps(figures, indent=1) + "\n", encoding="utf-8")
    if report:
        report.write_text(html(result), encoding="utf-8")


@click.command("inactivity")
@_DATA
@_TARGET
@click.option("--out", type=FILE, help="Where to write the model [the shipped one].")
def train_inactivity(data: Path, target: float, out: Path | None) -> None:
    """Train the silence model on all homes; its threshold comes from homes left out in turn."""
    result = _evaluate(_read(data), target)
    card = {
        "trained_on": f"{result.homes} homes, {result.person_days:.0f} person-days, {result.cuts} cuts",
        "thresholds": [[rate, round(threshold, 4)] for rate, threshold in result.thresholds],
        "columns": list(silence.NAMES),
        "weights": [round(float(weight), 6) for weight in result.weights],
    }
    path = out or silence.SHIPPED
    path.write_text(json.dumps(card, indent=1) + "\n", encoding="utf-8")
    _print(result)


def _read(data: Path) -> Recording:
    found = next(
        (f for f in (data, data / "tihm", data / "homes" / "tihm") if (f / "Activity.csv").is_file()), data
    )
    try:
        return read_tihm(found)
    except BadRecording as error:
        raise click.ClickException(str(error)) from error


def _evaluate(recording: Recording, target: float) -> Result:
    with Progress(console=console) as progress:
        tasks: dict[str, object] = {}

        def show(what: str, share: float) -> None:
            if what not in tasks:
                tasks[what] = progress.add_task(what, total=1.0)
            progress.update(tasks[what], completed=min(share, 1.0))  # type: ignore[arg-type]

        return evaluate(recording, target, show)


def _print(result: Result) -> None:
    console.print(_table("silence model, false alarms ruled on", [*result.model, result.streamed]))
    console.print(_table("silence model, nobody rules", result.unruled))
    console.print(_table("the quickest fixed timer at the same rates", result.best_timers))
    console.print(_table("fixed timers", result.timers))


def _table(title: str, points: Iterable[Point]) -> Table:
    table = Table("", "false alarms a person-day", "median delay, h", "90 % within, h", title=title)
    for point in points:
        table.add_row(point.name, f"{point.false_alarms:.3f}", f"{point.median_h:.2f}", f"{point.p90_h:.2f}")
    return table
