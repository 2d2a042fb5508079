"""`python -m benchmarks.throughput`: readings a second through the whole chain, and what bounds them.

For each broker of this machine: the bare readers first, then the chain with every part on, all in the same
minutes. A profile of ingest at its busiest is kept beside the figures, to look at.
"""

import contextlib
import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any, NamedTuple

import click
from rich import box
from rich.console import Console
from rich.table import Table

from benchmarks import brokers, floors, growth, rates, references
from benchmarks.town import Town, town
from benchmarks.usage import pids

_SETTLE_S = 5.0  # after a start silence means nothing yet


class Run(NamedTuple):
    """`rate` messages a second of `size` readings, for `seconds`."""

    rate: float
    seconds: float
    size: int


RUNS = (Run(1000, 20, 1), Run(10_000, 10, 1), Run(15_000, 10, 1), Run(600, 10, 100))


@click.command()
@click.option("--run", "runs", multiple=True, type=(float, float, int), metavar="RATE SECONDS SIZE",
              default=RUNS, show_default=True,
              help="Messages a second, for how long, of how many readings; may be given again.")  # fmt: skip
@click.option("--devices", default=1000, show_default=True, help="Connected devices.")
@click.option("--count", default=40_000, show_default=True, help="Messages to a bare reader.")
@click.option("--reader", "readers", multiple=True, type=click.Choice(list(references.READERS)),
              default=list(references.READERS), help="How ingest reads; each if not said.")  # fmt: skip
@click.option("--grow/--no-grow", default=True, show_default=True, help="Also measure how homes add up.")
@click.option("--json", "target", default=Path("out/throughput.json"), type=click.Path(path_type=Path))
def main(
    runs: list[tuple[float, float, int]],
    devices: int,
    count: int,
    readers: list[str],
    grow: bool,
    target: Path,
) -> None:
    """Readings a second through every part, beside what broker, reader and database do alone."""
    target.parent.mkdir(parents=True, exist_ok=True)
    results = measure([Run(*run) for run in runs], devices, count, readers, target)
    if grow:
        results["growth"] = growth.growth()
    target.write_text(json.dumps(results, indent=1) + "\n")
    show(wide(), results)
    click.echo(f"written to {target}")


def measure(
    runs: list[Run], devices: int, count: int, readers: Sequence[str], target: Path
) -> dict[str, Any]:
    """Every chain that this machine has the parts for; profiles are kept beside `target`."""
    results: dict[str, Any] = {"load_before": os.getloadavg()[0], "chains": []}
    for broker in ("nats", "mosquitto"):
        if broker == "mosquitto" and brokers.program() is None:
            click.echo("no mosquitto on this machine: its half is not measured")
            continue
        for reader in readers:
            results["chains"].append(chain(broker, reader, runs, devices, count, target))
    results["load_after"] = os.getloadavg()[0]
    return results


def chain(
    broker: str, reader: str, runs: list[Run], devices: int, count: int, target: Path
) -> dict[str, Any]:
    """One broker and one reader: the references, and the runs."""
    with ExitStack() as stack:
        more: list[str] = []
        words: tuple[str, ...] = ()
        if broker == "mosquitto":
            own = stack.enter_context(brokers.mosquitto())
            more, words = ["--broker", own.url], own.words
        variables = {"NOWALLS_MQTT_READER": reader, "NOWALLS_DEVICE_RATE": "0"}
        here = stack.enter_context(town(devices, 1, more, variables))
        time.sleep(_SETTLE_S)
        figures: dict[str, Any] = {"broker": broker, "reader": reader, "load": os.getloadavg()[0]}
        figures["copy_rows_per_s"] = floors.copy_rate(here)["rows_per_s"]
        figures["runs"] = []
        for number, run in enumerate(runs):
            kept = target.with_name(f"profile-{broker}-{reader}-{number}.svg")
            with profiled(here, kept, run.seconds):
                figures["runs"].append(rates.sustained(here, *run, words))
    figures["bare"] = _bare(broker, reader, devices, count)
    return figures


def _bare(broker: str, reader: str, devices: int, count: int) -> dict[str, Any]:
    """The bare reader on a broker of its own, so that no ingest reads along."""
    if broker == "mosquitto":
        with brokers.mosquitto() as own:
            return references.bare_reader(brokers.strangers(devices), own.url, reader, count, own.words)
    with brokers.nats(devices) as (url, identities, words):
        return references.bare_reader(identities, url, reader, count, words)


@contextmanager
def profiled(here: Town, kept: Path, seconds: float) -> Iterator[None]:
    """Keep a flame graph of ingest, where py-spy is installed."""
    spy = Path(sys.executable).with_name("py-spy")
    (pid, *_) = pids(here.settings.data_dir, "ingest")
    if not spy.exists():
        yield
        return
    command = [str(spy), "record", "-p", str(pid), "-d", str(round(seconds)), "-o", str(kept)]
    process = subprocess.Popen(
        [*command, "--nonblocking"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        yield
    finally:
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(30)


def wide() -> Console:
    """As wide as the terminal; into a file a hundred columns."""
    console = Console()
    return console if console.is_terminal else Console(width=100)


def show(console: Console, results: dict[str, Any]) -> None:
    """As a table."""
    table = Table(title="readings a second, every part on", box=box.SIMPLE_HEAD, padding=(0, 1, 0, 0))
    for head in ("broker\nreader", "in a\nmessage", "offered", "stored", "lost", "late\ns", "p50\nms",
                 "p99\nms", "CPU\nus each", "of\ningest", "of bare\nreader"):  # fmt: skip
        table.add_column(head, justify="left" if head.startswith("broker") else "right", no_wrap=True)
    for one in results["chains"]:
        for run in one["runs"]:
            name = f"{one['broker']} {one['reader']}"
            table.add_row(name, *_cells(run, one["bare"]["messages_per_s"]))
    console.print(table)
    console.print(_alone(results["chains"]))
    if results.get("growth"):
        console.print(_growth(results["growth"]))


def _alone(chains: list[dict[str, Any]]) -> Table:
    table = Table(
        title="the same minute's references: bare readers", box=box.SIMPLE_HEAD, padding=(0, 1, 0, 0)
    )
    names = ("messages_per_s", "lost", "reader_us_per_message", "broker_us_per_message",
             "generator_us_per_message")  # fmt: skip
    for head in ("", "messages\na second", "lost", "reader us\na message", "broker us\na message",
                 "generator us\na message"):  # fmt: skip
        table.add_column(head, justify="right" if head else "left", no_wrap=True)
    for one in chains:
        table.add_row(f"{one['broker']} {one['reader']}", *(str(one["bare"][name]) for name in names))
    return table


def _growth(rows: list[dict[str, Any]]) -> Table:
    table = Table(title="all detectors and the directory", box=box.SIMPLE_HEAD, padding=(0, 1, 0, 0))
    for head in rows[0]:
        table.add_column(head.replace("_", " "), justify="right", no_wrap=True)
    for row in rows:
        table.add_row(*map(str, row.values()))
    return table


def _cells(run: dict[str, Any], bare: float) -> list[str]:
    """A line of the table; `bare`: messages a second of the same reader with nothing behind it."""
    figures = [run[key] for key in ("readings_a_message", "offered_readings_per_s", "stored_readings_per_s",
                                    "lost", "behind_at_the_end_s")]  # fmt: skip
    figures += [run["due_to_row_ms"]["p50"], run["due_to_row_ms"]["p99"], run["cpu_us_per_reading"]]
    figures.append(run["cpu_us_per_reading_by_part"]["ingest"])
    ratio = run["stored_readings_per_s"] / run["readings_a_message"] / bare
    return [*map(str, figures), f"{ratio:.2f}"]


if __name__ == "__main__":
    main()
