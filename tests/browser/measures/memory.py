"""Does a board grow? The heap after 1,000 and after 10,000 events, each after a garbage collection.

The events go through the page's own store, as the live connection would bring them: incidents that open,
change and close, and residents whose state changes.
"""

from typing import Any

from playwright.sync_api import Browser, CDPSession, Page

from benchmarks.town import Town
from tests.browser.measures.sitting import sit

_FEED = """
async ([from, to]) => {
  const pack = await import(document.querySelector("script[type=module]").src);
  const { dispatch } = pack["app/live/store.js"];
  const at = new Date().toISOString();
  for (let n = from; n < to; n += 1) {
    const [id, step] = [Math.floor(n / 4), n % 4];
    const state = ["open", "acknowledged", "on_site", "resolved"][step];
    const incident = { id: `m${id}`, number: id, version: step + 1, kind: "fall", severity: "", state,
      priority: "high", drill: false, onset: at, detected_at: at, opened_at: at, state_since: at,
      next_step_at: null, closed_at: null, station: null, home: { id: 1, code: "h1", address: `${id} Lane` },
      room: "kitchen", resident: { id: id % 500, name: `Resident ${id % 500}` }, device: null,
      title: { zh: "跌倒", en: "Fall" },
      text: { zh: "", en: "" }, probability: null, acknowledged_by: null, outcome: null, allowed: [] };
    const say = (message) => dispatch({ type: "message", message, at: Date.now() });
    say({ type: "incident", cursor: `c${n}`, incident });
    const resident = { id: n % 500, state: "well", last_activity_at: at };
    if (n % 5 === 0) say({ type: "resident", resident });
    if (n % 20 === 0) await new Promise(requestAnimationFrame);
  }
}
"""


def measure(browser: Browser, town: Town) -> dict[str, Any]:
    """Bytes of the JavaScript heap and nodes of the page, and the growth between."""
    page = sit(browser, town)
    page.get_by_test_id("queue-calm").or_(page.get_by_test_id("incident-row")).first.wait_for()
    # What comes when the first picture stands is there before anything is counted.
    page.locator("link[href*='more.css']").wait_for(state="attached")
    page.wait_for_load_state("networkidle")
    wire = page.context.new_cdp_session(page)
    early = _after(page, wire, 0, 1_000)
    late = _after(page, wire, 1_000, 10_000)
    page.context.close()
    return {
        "heap after 1,000 events": early["heap"],
        "heap after 10,000 events": late["heap"],
        "growth": f"{(late['heap'] / early['heap'] - 1) * 100:+.1f} %",
        "nodes after 1,000 / 10,000": f"{early['nodes']} / {late['nodes']}",
    }


def _after(page: Page, wire: CDPSession, first: int, end: int) -> dict[str, int]:
    page.evaluate(_FEED, [first, end])
    page.wait_for_timeout(1500)
    for _ in range(3):
        wire.send("HeapProfiler.collectGarbage")
    heap = int(wire.send("Runtime.getHeapUsage")["usedSize"])
    return {"heap": heap, "nodes": page.evaluate("document.querySelectorAll('*').length")}
