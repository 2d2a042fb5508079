"""`nowalls evaluate vitals`."""

import json
from dataclasses import asdict
from pathlib import Path

import click
from rich.console import Console
from rich.table import Table

from analytics.recording import BadRecording
from analytics.vitals_evaluation import Result, evaluate

console = Console()


@click.command("vitals")
@click.option("--data", type=click.Path(exists=True, file_okay=False, path_type=Path), required=True,
              help="Folder with Physiology.csv and Labels.csv, or one above it.")  # fmt: skip
@click.option(
    "--json", "json_file", type=click.Path(dir_okay=False, path_type=Path), help="Write figures here."
)
def evaluate_vitals(data: Path, json_file: Path | None) -> None:
    """Alarms of vital signs a person-day, and whether clinicians agreed."""
    folders = (data, data / "tihm", data / "homes" / "tihm")
    folder = next((f for f in folders if (f / "Physiology.csv").is_file()), data)
    try:
        result = evaluate(folder)
    except BadRecording as error:
        raise click.ClickException(str(error)) from error
    console.print(
        f"{result.people} people, {result.person_days} person-days, {result.values} values; alarms about a"
        f" person: {result.alarms}, {result.alarms_labelled} of them on days that clinicians labelled"
    )
    console.print(_raised(result))
    console.print(_agreement(result))
    if json_file:
        json_file.write_text(json.dumps(asdict(result), indent=1) + "\n", encoding="utf-8")


def _raised(result: Result) -> Table:
    table = Table("finding", "raised", "a person-day")
    for name, count in sorted(result.raised.items()):
        table.add_row(name, str(count), f"{count / result.person_days:.4f}")
    return table


def _agreement(result: Result) -> Table:
    table = Table("clinicians' label", "days labelled", "days found", "both", "precision", "recall")
    for row in result.agreement:
        figures = (f"{row.precision:.2f}", f"{row.recall:.2f}")
        table.add_row(row.label, str(row.labelled), str(row.found), str(row.both), *figures)
    return table
