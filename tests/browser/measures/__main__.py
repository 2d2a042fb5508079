"""`python -m tests.browser.measures`: first load, scrolling, memory, alarm to paint; as a table and as JSON.

The system is a private one (`nowalls up` in a temporary folder), the browser is Chromium without a screen.
"""

import json
import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click
from playwright.sync_api import Browser, sync_playwright
from rich.console import Console
from rich.table import Table

from benchmarks.town import Town, town
from tests.browser.measures import first_load, memory, paint, scrolling

MEASURES: dict[str, Callable[[Browser, Town], dict[str, Any]]] = {
    "memory": memory.measure,
    "paint": paint.measure,
    "first load": first_load.measure,
    "scrolling": scrolling.measure,
}


@click.command()
@click.option("--only", multiple=True, type=click.Choice(list(MEASURES)), help="Just these.")
@click.option("--json", "target", default=Path("out/pages.json"), type=click.Path(path_type=Path))
def main(only: tuple[str, ...], target: Path) -> None:
    """Measure the pages on this machine."""
    console = Console()
    results: dict[str, Any] = {"load_before": os.getloadavg(), "cores": len(os.sched_getaffinity(0))}
    with town(2, 0) as here, sync_playwright() as playwright:
        chromium = playwright.chromium.launch(
            executable_path=os.environ.get("NOWALLS_CHROMIUM", "/usr/bin/chromium"),
            args=["--no-sandbox", "--disable-gpu", "--enable-precise-memory-info", "--js-flags=--expose-gc"],
        )
        for name, measure in MEASURES.items():
            if only and name not in only:
                continue
            began = time.monotonic()
            results[name] = measure(chromium, here) | {"load": os.getloadavg()[0]}
            console.print(f"{name}: {time.monotonic() - began:.0f} s", results[name])
        chromium.close()
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(json.dumps(results, indent=1) + "\n")
    table = Table(title=f"pages (load average {results['load_before'][0]:.1f})", show_header=False)
    for name in MEASURES:
        for figure, value in results.get(name, {}).items():
            table.add_row(name, figure, str(value))
    console.print(table)


if __name__ == "__main__":
    main()
