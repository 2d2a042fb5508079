"""The first visit over "slow 4G": 1.6 Mbit/s down, 750 kbit/s up, 150 ms to and fro (Lighthouse's profile).

`interactive_ms`: from the request to the first drawing of the queue that a finger can use: its incidents, or
the word that there are none, are in the page and two frames have passed. One incident waits. The cache is
empty; median of five.
"""

import statistics
import time
from typing import Any

import psycopg
from playwright.sync_api import Browser

from alerts import actions
from benchmarks.town import Town
from tests.browser.measures.sitting import arrive

SLOW_4G = {"offline": False, "latency": 150, "downloadThroughput": 1.6e6 / 8, "uploadThroughput": 750e3 / 8}
ROUNDS = 5
# One incident row or the calm sign, then two frames.
_WATCH = """
new Promise((done) => {
  const look = () => {
    if (document.querySelector("[data-testid=queue-calm], [data-testid=incident-row]")) {
      requestAnimationFrame(() => requestAnimationFrame(() => done(performance.now())));
    } else requestAnimationFrame(look);
  };
  look();
})
"""


def measure(browser: Browser, town: Town) -> dict[str, Any]:
    """Compressed bytes, requests and milliseconds of the board's first load."""
    _wait_for_somebody(town)
    found = [_once(browser, town) for _ in range(ROUNDS)]
    return {
        key: round(statistics.median(one[key] for one in found))
        for key in ("bytes", "requests", "first_paint_ms", "interactive_ms")
    }


def _wait_for_somebody(town: Town) -> None:
    home, station = town.rows("SELECT id, station_id FROM home ORDER BY id LIMIT 1")[0]
    with psycopg.connect(town.settings.database_url.get_secret_value(), autocommit=True) as conn:
        actions.report(conn, kind="other", station=station, home=home, note="m", now=time.time_ns() // 1000)


def _once(browser: Browser, town: Town) -> dict[str, float]:
    page = arrive(browser, town)
    wire = page.context.new_cdp_session(page)
    wire.send("Network.enable")
    wire.send("Network.emulateNetworkConditions", SLOW_4G)
    sizes: list[float] = []
    wire.on("Network.loadingFinished", lambda said: sizes.append(said["encodedDataLength"]))
    page.goto(f"http://{town.address}/board", wait_until="commit")
    interactive = page.evaluate(_WATCH)
    before = list(sizes)
    painted = page.evaluate("performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? 0")
    page.context.close()
    sizes_ms = {"first_paint_ms": painted, "interactive_ms": interactive}
    return {"bytes": sum(before), "requests": len(before)} | sizes_ms
