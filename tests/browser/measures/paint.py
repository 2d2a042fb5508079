"""From the commit of an alarm to the frame that shows it, while 500 boards listen.

The alarm is reported through the alerts package; its transaction's commit has returned when the stopwatch
starts. The browser notes the frame after the one in which the row came into the page. Both read this
machine's clock. The other boards are sockets of one process that only read.
"""

import subprocess
import sys
import time
from typing import Any

import psycopg
from playwright.sync_api import Browser

from alerts import actions
from alerts.lifecycle import Action
from benchmarks.town import Town
from tests.browser.measures.sitting import sit
from tests.support.api import until

BOARDS, ALARMS, EVERY_S = 500, 200, 0.25
_WATCH = """
window.__painted = {};
new MutationObserver((changes) => {
  for (const { addedNodes } of changes) for (const node of addedNodes) {
    const rows = node.querySelectorAll?.("[data-incident]") ?? [];
    for (const row of [node, ...rows]) {
      const id = row.dataset?.incident;
      if (!id || id in window.__painted) continue;
      window.__painted[id] = null;
      requestAnimationFrame(() => requestAnimationFrame(() => {
        window.__painted[id] = performance.timeOrigin + performance.now();
      }));
    }
  }
}).observe(document.body, { childList: true, subtree: true });
"""
_LISTEN = """
import asyncio, sys
from websockets.asyncio.client import connect
async def one(url, cookie, origin):
    cookies = {"Cookie": cookie}
    async with connect(url, additional_headers=cookies, origin=origin, compression=None, max_size=None) as s:
        await s.recv()
        print("in", flush=True)
        async for _ in s: pass
async def main(url, cookie, origin, count):
    waiting = []
    for _ in range(int(count)):
        waiting.append(asyncio.create_task(one(url, cookie, origin)))
        await asyncio.sleep(0.01)
    await asyncio.gather(*waiting)
asyncio.run(main(*sys.argv[1:]))
"""


def measure(browser: Browser, town: Town) -> dict[str, Any]:
    """Milliseconds from commit to paint of `ALARMS` alarms, one every quarter of a second."""
    url, origin = f"ws://{town.address}/api/v1/live", f"http://{town.address}"
    crowd = subprocess.Popen(
        [sys.executable, "-c", _LISTEN, url, town.cookie, origin, str(BOARDS - 1)], stdout=subprocess.PIPE
    )
    try:
        assert crowd.stdout is not None
        for _ in range(BOARDS - 1):
            assert crowd.stdout.readline() == b"in\n"
        page = sit(browser, town)
        page.locator("[data-testid=board-connection][data-state=live]").wait_for()
        page.evaluate(_WATCH)
        committed = _raise(town)
        seen = "Object.values(window.__painted).filter(Boolean).length"
        until(lambda: page.evaluate(seen) >= ALARMS, 20)
        painted = page.evaluate("window.__painted")
        page.context.close()
    finally:
        crowd.kill()
        crowd.wait()
    waits = sorted(painted[one] - at for one, at in committed.items())
    return {
        "boards": BOARDS,
        "alarms": len(waits),
        "p50_ms": round(waits[len(waits) // 2]),
        "p99_ms": round(waits[int(len(waits) * 0.99)]),
        "longest_ms": round(waits[-1]),
    }


def _raise(town: Town) -> dict[str, float]:
    """Alarms and when the commit of each had returned, milliseconds."""
    committed: dict[str, float] = {}
    homes = town.rows("SELECT h.id, h.station_id FROM home h ORDER BY h.id LIMIT 1")
    with psycopg.connect(town.settings.database_url.get_secret_value(), autocommit=True) as conn:
        for n in range(ALARMS):
            home, station = homes[0]
            made = actions.report(
                conn,
                kind="other",
                station=station,
                home=home,
                note=f"measurement {n}",
                now=time.time_ns() // 1000,
            )
            committed[str(made.id)] = time.time() * 1000
            time.sleep(EVERY_S)
            # The queue stays short, so that each new alarm comes into view.
            actions.act(conn, made.id, Action("resolve", None, "no_help_needed"), time.time_ns() // 1000)
    return committed
