"""`nowalls simulate` and `nowalls replay ...`."""

import asyncio
import contextlib
import json
from collections.abc import Iterator, Sequence
from pathlib import Path

import click
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

from analytics.falls import dataset
from analytics.falls.dataset import BadDataset, Trial
from analytics.falls.training import people as known_people
from core.clock import ScaledClock, parse
from core.instant import DAY
from core.settings import Settings
from simulators import demo, recorded, system, verdict, village
from simulators import replay_homes as homes_replay
from simulators.replay_falls import replay as replay_trials

console = Console()
FOLDER = click.Path(exists=True, file_okay=False, path_type=Path)
TARGET_S = 150.0
"""A replay at the speed of life is spread over enough wearables to last about this long."""


@click.command()
@click.option("--residents", default=village.RESIDENTS, show_default=True, type=click.IntRange(1, 5000))
@click.option("--seed", default=village.SEED, show_default=True)
@click.option("--days", default=21, show_default=True, type=click.IntRange(0, 28), help="Days they remember.")
@click.option("--every", default=60.0, show_default=True, help="Seconds between things that happen.")
@click.option("--database-url", default="")
@click.option("--broker", default="")
def simulate(residents: int, seed: int, days: int, every: float, database_url: str, broker: str) -> None:
    """Let a simulated community live in a running nowalls, until Ctrl-C."""
    plan = demo.Plan(seed, residents, days * DAY, every, f"simulate-{seed}", f"s{seed}h")
    try:
        settings = system.attached(database_url, broker)
        console.print(f"{residents} people live now; Ctrl-C stops")
        asyncio.run(demo.run(settings, parse(settings.clock), plan))
    except (demo.CannotBegin, system.NoSystem) as error:
        raise click.ClickException(str(error)) from error
    except KeyboardInterrupt:
        console.print("stopped")


@contextlib.contextmanager
def _target(data_dir: Path | None, database_url: str, broker: str, clock: str = "") -> Iterator[Settings]:
    """The system to replay into: the one named, or a private one."""
    try:
        if data_dir is not None:
            yield system.running(data_dir)
        elif database_url or broker:
            yield system.attached(database_url, broker)
        else:
            console.print("starting a private nowalls")
            with system.private(clock) as settings:
                yield settings
    except (system.NoSystem, demo.CannotBegin) as error:
        raise click.ClickException(str(error)) from error


def _target_options(command: click.decorators.FC) -> click.decorators.FC:
    for option in (
        click.option(
            "--json", "json_file", type=click.Path(dir_okay=False, path_type=Path), help="Write figures."
        ),
        click.option("--broker", default="", help="mqtt:// URL of a running nowalls."),
        click.option("--database-url", default="", help="Database of a running nowalls."),
        click.option("--data-dir", type=FOLDER, help="Data folder of a running nowalls [a private one]."),
    ):
        command = option(command)
    return command


def _bar() -> Progress:
    share = TextColumn("{task.percentage:>3.0f} %")
    return Progress(
        TextColumn("{task.description}"), BarColumn(), share, TimeElapsedColumn(), console=console
    )


@click.command("falls")
@click.option("--data", "directories", type=FOLDER, multiple=True, required=True, help="Folder of trials.")
@click.option("--subjects", help="Comma-separated people.")
@click.option("--test-subjects", is_flag=True, help="Only the public test people.")
@click.option("--placement", help="Only trials worn here.")
@click.option("--limit", type=click.IntRange(min=1), help="At most so many trials, spread over all.")
@click.option("--speed", default=1.0, show_default=True, type=click.FloatRange(min=0, min_open=True))
@click.option("--wearables", type=click.IntRange(1, 2000), help="How many at once [enough for minutes].")
@click.option("--window", default=1.0, show_default=True, help="Seconds a window.")
@_target_options
def replay_falls(
    directories: Sequence[Path],
    subjects: str | None,
    test_subjects: bool,
    placement: str | None,
    limit: int | None,
    speed: float,
    wearables: int | None,
    window: float,
    data_dir: Path | None,
    database_url: str,
    broker: str,
    json_file: Path | None,
) -> None:
    """Send recorded falls through the real chain and see what is found, when."""
    trials = _trials(directories, subjects, test_subjects, placement, limit)
    seconds = sum(trial.seconds + 35 for trial in trials)
    wearers = wearables or int(min(400, max(8, seconds / speed / TARGET_S + 1)))
    with _target(data_dir, database_url, broker) as settings, _bar() as bar:
        task = bar.add_task(f"{len(trials)} trials", total=1.0)

        def progress(done: float, found: int) -> None:
            bar.update(task, completed=done, description=f"{len(trials)} trials, {found} falls found")

        result = asyncio.run(
            replay_trials(trials, settings, wearers=wearers, speed=speed, window_s=window, progress=progress)
        )
    figures = verdict.figures(result)
    console.print(verdict.table(result))
    console.print_json(json.dumps(figures))
    if json_file:
        json_file.write_text(json.dumps(figures, indent=1), encoding="utf-8")


def _trials(
    directories: Sequence[Path],
    subjects: str | None,
    test_subjects: bool,
    placement: str | None,
    limit: int | None,
) -> list[Trial]:
    try:
        trials = [trial for directory in directories for trial in dataset.load(directory)]
    except BadDataset as error:
        raise click.ClickException(str(error)) from error
    chosen = {name.strip() for name in subjects.split(",")} if subjects else None
    trials = [
        trial
        for trial in trials
        if (chosen is None or trial.subject in chosen)
        and (not test_subjects or known_people.is_test(trial))
        and placement in (None, trial.placement)
    ]
    if not trials:
        raise click.ClickException("no trial fits")
    step = max(1, -(-len(trials) // limit)) if limit else 1
    return trials[::step]


@click.command("homes")
@click.option("--data", "directory", type=FOLDER, required=True, help="Folder of recorded homes.")
@click.option("--speed", default=10_000.0, show_default=True, type=click.FloatRange(1, 100_000))
@click.option("--days", type=click.FloatRange(min=0.1), help="Only the first days of the recording.")
@_target_options
def replay_homes(
    directory: Path,
    speed: float,
    days: float | None,
    data_dir: Path | None,
    database_url: str,
    broker: str,
    json_file: Path | None,
) -> None:
    """Send recorded homes through the real chain, months in minutes.

    The system must live by the virtual clock of the recording: a private one does, and one that was
    started with `nowalls up --clock`.
    """
    try:
        homes = recorded.read(directory)
    except recorded.BadRecording as error:
        raise click.ClickException(str(error)) from error
    if days:
        homes_replay.cut(homes, days)
    fast = homes_replay.clock_for(homes, speed)
    with _target(data_dir, database_url, broker, fast.spec) as settings, _bar() as bar:
        clock = parse(settings.clock)
        if not isinstance(clock, ScaledClock):
            raise click.ClickException(f"start it with: nowalls up --clock {fast.spec}")
        task = bar.add_task("waiting for the first day", total=1.0)

        def progress(done: float, day: str) -> None:
            bar.update(task, completed=max(0.0, done), description=f"{len(homes)} homes, {day}")

        result = asyncio.run(homes_replay.replay(homes, settings, clock, progress))
    found = homes_replay.figures(result)
    console.print(homes_replay.table(found))
    console.print_json(json.dumps(found))
    if json_file:
        json_file.write_text(json.dumps(found, indent=1), encoding="utf-8")
