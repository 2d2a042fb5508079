"""`nowalls train falls` and `nowalls evaluate falls`."""

import json
import math
from collections.abc import Callable, Iterable, Sequence
from importlib import import_module
from pathlib import Path
from typing import TypeVar

import click
from rich.console import Console
from rich.progress import track
from rich.table import Table

from analytics.falls import dataset, evaluation, report
from analytics.falls.dataset import BadDataset, Trial
from analytics.falls.evaluation import Outcome, Score
from analytics.falls.model import SHIPPED, BadModel, FallModel, load
from analytics.falls.training import people

DIRECTORY = click.Path(exists=True, file_okay=False, path_type=Path)
console = Console()
T = TypeVar("T")


@click.command("falls")
@click.option("--data", "directories", type=DIRECTORY, multiple=True, required=True, help="Folder of trials.")
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), default=SHIPPED, show_default=True)
@click.option("--version", default="unversioned", help="What the model calls itself.")
@click.option("--seed", default=0, show_default=True)
@click.option("--test-subjects", help="Comma-separated people to leave out [public test people].")
def train(directories: Sequence[Path], out: Path, version: str, seed: int, test_subjects: str | None) -> None:
    """Train a fall model on recorded trials, test people left out."""
    fit = import_module("analytics.falls.training.train").train

    chosen = _names(test_subjects)
    trials = [trial for trial in _load(directories) if not people.is_test(trial, chosen)]
    model = fit(trials, version, seed, progress=_progress)
    out.parent.mkdir(parents=True, exist_ok=True)
    model.save(out)
    console.print(f"{out.name}: {out.stat().st_size / 1e6:.2f} MB, thresholds {model.final.thresholds}")


@click.command("falls")
@click.option("--data", "directories", type=DIRECTORY, multiple=True, required=True, help="Folder of trials.")
@click.option("--placement", help="Only trials worn here.")
@click.option("--test-subjects", help='Comma-separated people, or "all" [public test people].')
@click.option(
    "--protocol",
    type=click.Choice(["shipped", "leave-people-out", "leave-set-out"]),
    default="shipped",
    show_default=True,
    help="The shipped model, or models trained here without the people or the data set they are tried on.",
)
@click.option(
    "--model", "path", type=click.Path(exists=True, dir_okay=False, path_type=Path), default=SHIPPED
)
@click.option("--window", default=evaluation.WINDOW_S, show_default=True, help="Seconds a window.")
@click.option("--seed", default=0, show_default=True)
@click.option("--json", "json_file", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--report", "report_file", type=click.Path(dir_okay=False, path_type=Path))
def evaluate(
    directories: Sequence[Path],
    placement: str | None,
    test_subjects: str | None,
    protocol: str,
    path: Path,
    window: float,
    seed: int,
    json_file: Path | None,
    report_file: Path | None,
) -> None:
    """Stream recorded trials through the detector and say how well it did."""
    trials = _load(directories)
    if protocol == "shipped":
        plan = [(_model(path), _chosen(trials, test_subjects))]
    else:
        # Training needs libraries that an installation which only runs the model does not have.
        plan = import_module("analytics.falls.training.protocols").PROTOCOLS[protocol](
            trials, seed, _progress
        )
    outcomes = [
        outcome
        for model, held in plan
        for lot in _progress(_lots(_worn_at(held, placement)), "streaming")
        for outcome in evaluation.stream(lot, model, window)
    ]
    if not outcomes:
        raise click.ClickException("no trial is left to evaluate")
    _print(outcomes, seed)
    if json_file:
        json_file.write_text(json.dumps(_result(protocol, outcomes, seed), indent=1), encoding="utf-8")
    if report_file:
        report_file.write_text(report.page(protocol, outcomes, seed), encoding="utf-8")


def _load(directories: Iterable[Path]) -> list[Trial]:
    try:
        return [trial for directory in directories for trial in dataset.load(directory)]
    except BadDataset as error:
        raise click.ClickException(str(error)) from error


def _model(path: Path) -> FallModel:
    try:
        return load(path)
    except BadModel as error:
        raise click.ClickException(str(error)) from error


def _names(text: str | None) -> list[str] | None:
    return None if text is None else [name.strip() for name in text.split(",")]


def _chosen(trials: Sequence[Trial], test_subjects: str | None) -> list[Trial]:
    if test_subjects == "all":
        return list(trials)
    return [trial for trial in trials if people.is_test(trial, _names(test_subjects))]


def _worn_at(trials: Iterable[Trial], placement: str | None) -> list[Trial]:
    return [trial for trial in trials if placement in (None, trial.placement)]


def _lots(trials: Sequence[Trial]) -> list[Sequence[Trial]]:
    return [trials[begin : begin + evaluation.LOT] for begin in range(0, len(trials), evaluation.LOT)]


def _progress(items: Iterable[T], what: str) -> Iterable[T]:
    return track(items, what, console=console, transient=True)


def _result(protocol: str, outcomes: Sequence[Outcome], seed: int) -> dict[str, object]:
    return {
        "protocol": protocol,
        "all": evaluation.as_json(evaluation.score(outcomes, seed)),
        "calibration": evaluation.as_json(evaluation.calibration(outcomes)),
        **{
            name: evaluation.as_json(evaluation.break_down(outcomes, by, seed))
            for name, by in evaluation.BREAKDOWNS.items()
        },
        "trials": evaluation.as_json(list(outcomes)),
    }


COLUMNS: dict[str, Callable[[Score], str]] = {
    "trials": lambda score: str(score.trials),
    "falls": lambda score: str(score.falls),
    "sensitivity": lambda score: str(score.sensitivity),
    "specificity": lambda score: str(score.specificity),
    "F1": lambda score: _short(score.f1.value),
    "AUC": lambda score: _short(score.auc.value),
    "false/h": lambda score: str(score.false_alarms_an_hour),
    "delay s": lambda score: f"{_short(score.delay_median_s)} / {_short(score.delay_longest_s)}",
    "heard in 2.5 s": lambda score: _short(score.heard_in_time),
}


def _short(value: float) -> str:
    return "-" if math.isnan(value) else f"{value:.3f}"


def _print(outcomes: Sequence[Outcome], seed: int) -> None:
    for name in ("data set and placement", "age group"):
        table = Table(name, *COLUMNS)
        for group, score in evaluation.break_down(outcomes, evaluation.BREAKDOWNS[name], seed).items():
            table.add_row(group, *(column(score) for column in COLUMNS.values()))
        console.print(table)
