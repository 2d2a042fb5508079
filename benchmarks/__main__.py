"""`make bench`: start a private system, load it, and say what was measured, as a table and as JSON."""

import json
import os
import platform
import sys
import time
from dataclasses import asdict
from pathlib import Path
from typing import Any

import click
from rich.console import Console
from rich.table import Table

from analytics.falls.cost import measure
from benchmarks import boards, brokers, deadlines, floors, growth, incidents, stages, storage, throughput
from benchmarks.fleet import fleet
from benchmarks.references import READERS
from benchmarks.town import folder_bytes, town

_LEGS = (
    "publish_to_puback_ms", "publish_to_row_ms", "fall_window_to_finding_ms", "fall_window_to_board_ms",
)  # fmt: skip
"""Each counts from the instant at which the message was due, late or not: no coordinated omission."""


@click.command()
@click.option("--rate", default=1000.0, show_default=True, help="Messages a second of the steady stage.")
@click.option("--seconds", default=40.0, show_default=True, help="Length of the steady stage.")
@click.option("--falls", default=4.0, show_default=True, help="Simulated falls a second in it.")
@click.option("--devices", default=400, show_default=True, help="Connected devices of the steady stage.")
@click.option("--burst", default=100_000, show_default=True, help="Messages of the burst; 0 leaves it out.")
@click.option("--fleet", "connections", default=10_000, show_default=True,
              help="Connections of the fleet stage; 0 leaves it out.")  # fmt: skip
@click.option("--throughput/--no-throughput", "chains", default=True, show_default=True,
              help="Also the readings a second of each broker and reader, and how homes add up.")  # fmt: skip
@click.option("--storage", "residents", default=1, show_default=True,
              help="Residents whose year both engines store and are asked for; 0 leaves it out.")  # fmt: skip
@click.option("--json", "target", default=Path("out/bench.json"), type=click.Path(path_type=Path))
def main(
    rate: float,
    seconds: float,
    falls: float,
    devices: int,
    burst: int,
    connections: int,
    chains: bool,
    residents: int,
    target: Path,
) -> None:
    """Latency at a steady rate, peak rate, CPU and memory of the whole chain on this machine."""
    console = throughput.wide()
    began = time.monotonic()
    with town(devices, int(falls * seconds)) as here:
        console.print(
            f"up with {devices + int(falls * seconds)} devices after {time.monotonic() - began:.1f} s"
        )
        results: dict[str, Any] = {"machine": _machine(), "floors": {}}
        results["floors"] = {"decode": floors.decode_cost(), "copy": floors.copy_rate(here)}
        results["steady"] = stages.steady(here, rate, seconds, falls)
        if burst:
            results["burst"] = stages.burst(here, burst)
        results["floors"]["deadlines"] = deadlines.tick_cost()
        results["floors"]["falls"] = asdict(measure())
        results["incidents"] = incidents.measure(here)
        results["disk_bytes"] = folder_bytes(here.settings.data_dir)
    results["boards"] = boards.measure(seconds=10)
    if connections:
        results["fleet"] = fleet(connections, rate=8000, seconds=8)
    target.parent.mkdir(parents=True, exist_ok=True)
    if chains:
        kept = target.with_name("throughput.json")
        results["throughput"] = throughput.measure(list(throughput.RUNS), 1000, 40_000, list(READERS), kept)
        results["throughput"]["growth"] = growth.growth()
    if residents:
        results["storage"] = storage.measure(residents)
    target.write_text(json.dumps(results, indent=1) + "\n")
    _show(console, results)
    if chains:
        throughput.show(console, results["throughput"])
    if residents:
        storage.show(console, results["storage"])
    _say_what_is_not_there(console)
    console.print(f"written to {target}")


def _say_what_is_not_there(console: Console) -> None:
    if brokers.program() is None:
        console.print("[bold red]NOT MEASURED: Mosquitto, which is not on this machine")
    if not Path(sys.executable).with_name("py-spy").exists():
        console.print("[bold red]NOT KEPT: profiles of ingest; py-spy is not installed")


def _machine() -> dict[str, Any]:
    return {
        "cores": len(os.sched_getaffinity(0)),
        "load_before": os.getloadavg()[0],
        "python": platform.python_version(),
        "system": platform.platform(),
    }


def _show(console: Console, results: dict[str, Any]) -> None:
    steady, copy = results["steady"], results["floors"]["copy"]["rows_per_s"]
    latency = Table(title=f"at {steady['rate_per_s']:.0f} messages a second, milliseconds")
    for head in ("", "p50", "p95", "p99", "max"):
        latency.add_column(head, justify="right" if head else "left")
    for name in _LEGS:
        latency.add_row(name.removesuffix("_ms").replace("_", " "), *(str(steady[name][q]) for q in
                        ("p50", "p95", "p99", "max")))  # fmt: skip
    console.print(latency)
    figures = Table(title="figures", show_header=False)
    figures.add_row("messages sent / lost", f"{steady['messages']} / {steady['lost']}")
    figures.add_row("falls / found / on the board",
                    f"{steady['falls']} / {steady['falls_found']} / {steady['falls_on_board']}")  # fmt: skip
    figures.add_row("CPU us a reading, all parts", str(steady["cpu_us_per_reading"]))
    for name, cost in steady["cpu_us_per_message"].items():
        figures.add_row(f"  {name}, us a message", str(cost))
    figures.add_row("share of one core", str(steady["cpu_share_of_one_core"]))
    figures.add_row("memory MiB", json.dumps(steady["memory_mib"]))
    if "burst" in results:
        rate = results["burst"]["messages_per_s"]
        figures.add_row("burst sent / lost", f"{results['burst']['messages']} / {results['burst']['lost']}")
        figures.add_row("burst, messages a second", str(rate))
        figures.add_row("  ratio to a bare COPY", f"{rate / copy:.3f} of {copy} rows a second")
    alarms = results["incidents"]
    cut = alarms["power_cut"]
    figures.add_row("finding to board, ms p50 / p99",
                    f"{alarms['board']['ms']['p50']} / {alarms['board']['ms']['p99']}")  # fmt: skip
    figures.add_row("escalation among 100,000 timers, ms p50 / p99",
                    f"{alarms['timers']['ms']['p50']} / {alarms['timers']['ms']['p99']}")  # fmt: skip
    figures.add_row("10,000 findings at once: urgent ones / all, s",
                    f"{cut['urgent_ruled_s']} / {cut['all_ruled_s']}")  # fmt: skip
    for name, value in results.get("fleet", {}).items():
        figures.add_row(f"fleet, {name.replace('_', ' ')}", str(value))
    for name, cost in results["floors"]["decode"]["us_per_message"].items():
        figures.add_row(f"decoding {name}, us", str(cost))
    for name, cost in results["floors"]["deadlines"]["detectors"].items():
        figures.add_row(f"tick over {results['floors']['deadlines']['homes']} homes, {name}, ms",
                        f"{cost['idle_tick_ms']}; with some due {cost['tick_with_due_ms']}")  # fmt: skip
    falls = results["floors"]["falls"]
    figures.add_row("fall detection, wearers a core", f"{falls['wearers'] / falls['share']:.0f}")
    figures.add_row("  a batch of 5 windows, ms", f"{falls['small_batch_ms']:.2f}")
    figures.add_row("  bytes a wearer", f"{falls['bytes_a_wearer']:.0f}")
    console.print(figures)


if __name__ == "__main__":
    main()
