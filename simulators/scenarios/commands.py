"""`nowalls hil`: scenarios on a running system, with real devices among the simulated ones."""

import asyncio
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta, timezone
from pathlib import Path

import click
from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

from core.clock import ScaledClock, SystemClock, parse
from core.instant import SECOND, from_datetime
from core.settings import Settings
from simulators import demo, system
from simulators.scenarios import report
from simulators.scenarios.document import BadScenario, Scenario, library, read
from simulators.scenarios.live import Result, perform

console = Console()
FOLDER = click.Path(exists=True, file_okay=False, path_type=Path)
FILE = click.Path(dir_okay=False, path_type=Path)
MONDAY = datetime(2026, 3, 2, tzinfo=timezone(timedelta(hours=8)))
_START_S = 12.0
"""Real seconds in which a private system must be up before its virtual clock begins to run."""


@click.group()
def hil() -> None:
    """Scenarios: what happens, what goes wrong, and what must come of it."""


@hil.command("list")
def listed() -> None:
    """The scenarios that come with nowalls."""
    for path in library():
        scenario = read(path)
        console.print(f"[bold]{scenario.name}[/bold]  {scenario.title}", highlight=False)


@hil.command("check")
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path))
def checked(files: Sequence[Path]) -> None:
    """Read scenarios and say what is wrong with them."""
    for scenario in _scenarios(files):
        console.print(f"{scenario.name}: {len(scenario.timeline)} steps, {scenario.lasts:g} s")


@hil.command("run")
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--data-dir", type=FOLDER, help="Data folder of a running nowalls [a private one].")
@click.option("--database-url", default="", help="Database of a running nowalls.")
@click.option("--broker", default="", help="mqtt:// URL of a running nowalls.")
@click.option("--speed", default=1.0, show_default=True, type=click.FloatRange(1, 1000),
              help="Virtual seconds a real one, of a private nowalls.")  # fmt: skip
@click.option("--junit", type=FILE, help="Write JUnit XML.")
@click.option("--report", "page", type=FILE, help="Write an HTML page with a picture of each.")
def run(
    files: Sequence[Path],
    data_dir: Path | None,
    database_url: str,
    broker: str,
    speed: float,
    junit: Path | None,
    page: Path | None,
) -> None:
    """Play scenarios (files, or names from `nowalls hil list`) side by side and judge them.

    On a running nowalls they take their time, and a person at a terminal is asked for what real devices must
    do. Without one a private nowalls is started, whose clock may run faster. Ends with status 1 when an
    expectation does not hold.
    """
    scenarios = _scenarios(files)
    try:
        if data_dir or database_url or broker:
            settings = system.running(data_dir) if data_dir else system.attached(database_url, broker)
            results = _on(settings, scenarios)
        else:
            results = [result for group in _groups(scenarios) for result in _privately(group, speed)]
    except (system.NoSystem, demo.CannotBegin, BadScenario) as error:
        raise click.ClickException(str(error)) from error
    _tell(results)
    if junit:
        junit.write_text(report.junit(results), encoding="utf-8")
    if page:
        page.write_text(report.html(results), encoding="utf-8")
    if not all(result.passed for result in results):
        raise SystemExit(1)


def _scenarios(files: Sequence[Path]) -> list[Scenario]:
    known = {path.stem: path for path in library()}
    try:
        return [read(known.get(str(path), path)) for path in files]
    except BadScenario as error:
        raise click.ClickException(str(error)) from error


def _groups(scenarios: Sequence[Scenario]) -> list[list[Scenario]]:
    """What can share one private system: those that begin at the same time of day and need none alone."""
    groups: dict[str, list[Scenario]] = {}
    for scenario in scenarios:
        own = scenario.name if scenario.alone else ""
        groups.setdefault(f"{scenario.starts or '10:00'} {own}", []).append(scenario)
    return list(groups.values())


def _privately(scenarios: Sequence[Scenario], speed: float) -> list[Result]:
    """On a nowalls of their own, whose clock begins at the time of day they need."""
    hours, minutes = (scenarios[0].starts or "10:00").split(":")
    begin = from_datetime(MONDAY + timedelta(hours=int(hours), minutes=int(minutes)))
    real = time.time_ns() // 1000 + round(_START_S * SECOND)
    clock = ScaledClock(real, begin - 3 * SECOND, speed)
    console.print(f"starting a private nowalls for {len(scenarios)} scenarios")
    with system.private(clock.spec) as settings, _bar() as (told, ask):
        return asyncio.run(perform(
            scenarios, settings, clock, begin=begin, rate=speed, ask=ask, progress=told
        ))  # fmt: skip


def _on(settings: Settings, scenarios: Sequence[Scenario]) -> list[Result]:
    """On a running nowalls, as time passes there."""
    clock = parse(settings.clock)
    needy = [s.name for s in scenarios if s.starts or s.alone or not s.live]
    if needy and isinstance(clock, SystemClock):
        raise BadScenario(
            f"{', '.join(needy)}: only on a nowalls of its own; leave out --data-dir and --broker"
        )
    rate = clock.rate if isinstance(clock, ScaledClock) else 1.0
    with _bar() as (told, ask):
        return asyncio.run(perform(scenarios, settings, clock, rate=rate, ask=ask, progress=told, warn=_warn))


def _warn(text: str) -> None:
    console.print(f"[yellow]careful:[/yellow] {escape(text)}", highlight=False)


@contextmanager
def _bar() -> Iterator[tuple[Callable[[float, str], None], Callable[[str], None] | None]]:
    """A bar a scenario, and how to ask the person before it (None without a terminal)."""
    share = TextColumn("{task.percentage:>3.0f} %")
    columns = (TextColumn("{task.description}"), BarColumn(), share, TimeElapsedColumn())
    with Progress(*columns, console=console) as bar:
        tasks: dict[str, int] = {}

        def told(done: float, name: str) -> None:
            if name not in tasks:
                tasks[name] = bar.add_task(name, total=1.0)
            bar.update(tasks[name], completed=done)  # type: ignore[arg-type]

        def ask(text: str) -> None:
            bar.stop()
            click.prompt(f"\n{text}\npress Enter when it is done", default="", show_default=False)
            bar.start()

        yield told, ask if console.is_terminal else None


def _tell(results: Sequence[Result]) -> None:
    for result in results:
        colour = "green" if result.passed else "red"
        scenario = result.script.scenario
        console.print(f"[{colour}]{scenario.name}[/{colour}]  {scenario.title}", highlight=False)
        for check in result.checks:
            console.print(f"  {report.lines_of(check)}", highlight=False, markup=False)
    passed = sum(result.passed for result in results)
    console.print(f"{passed} of {len(results)} passed")
