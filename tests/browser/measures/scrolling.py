"""Scrolling 20,000 residents and 500 open incidents: how long the longest frame took.

The answers of the API are made up here, so that the page alone is measured. A frame is the time between two
calls of requestAnimationFrame while the wheel turns; `over_50_ms` counts the browser's own report of long
frames. Both need a machine that does nothing else. `longest_task_cpu_ms` is the processor time of the longest
task of the page's main thread, which does not mind the neighbours.
"""

import json
from typing import Any
from urllib.parse import parse_qs, urlsplit

from playwright.sync_api import Browser, Page, Route

from benchmarks.town import Town
from tests.browser.measures.sitting import arrive
from tests.support.api import until

RESIDENTS, INCIDENTS, TURNS = 20_000, 500, 120
_AT = "2026-11-22T03:00:00.000Z"
_START = """
window.__frames = []; window.__long = [];
new PerformanceObserver((list) => window.__long.push(...list.getEntries().map((one) => one.duration)))
  .observe({ type: "long-animation-frame", buffered: false });
let last = performance.now();
const frame = (now) => {
  window.__frames.push(now - last);
  last = now;
  if (window.__on) requestAnimationFrame(frame);
};
window.__on = true; requestAnimationFrame(frame);
"""


def measure(browser: Browser, town: Town) -> dict[str, Any]:
    """The longest frames of both lists, in milliseconds."""
    residents = _open(browser, town, "/board#/residents", "resident-row")
    # All 20,000 are brought in first: the longest list is the hardest.
    box = ".windowed"
    while residents.evaluate(f"document.querySelector('{box}').scrollHeight") < RESIDENTS * 50:
        residents.evaluate(f"document.querySelector('{box}').scrollTop = 1e9")
        residents.wait_for_timeout(50)
    residents.evaluate(f"document.querySelector('{box}').scrollTop = 0")
    people = _turn_wheel(browser, residents, 960, 700)
    residents.context.close()
    queue = _open(browser, town, "/board", "incident-row")
    counted = (
        "[...document.querySelectorAll('.queue .count')].reduce((sum, one) => sum + +one.textContent, 0)"
    )
    until(lambda: queue.evaluate(counted) == INCIDENTS, 20)
    incidents = _turn_wheel(browser, queue, 600, 600)
    queue.context.close()
    return {f"residents {key}": value for key, value in people.items()} | {
        f"incidents {key}": value for key, value in incidents.items()
    }


def _turn_wheel(browser: Browser, page: Page, x: int, y: int) -> dict[str, Any]:
    page.wait_for_timeout(1500)
    page.mouse.move(x, y)
    page.evaluate(_START)
    browser.start_tracing(page=page, categories=["toplevel", "__metadata"])
    for turn in range(TURNS):
        page.mouse.wheel(0, 900 if turn < TURNS * 0.7 else -1400)
        page.wait_for_timeout(16)
    page.evaluate("window.__on = false")
    trace = json.loads(browser.stop_tracing())["traceEvents"]
    frames, long = page.evaluate("[window.__frames.slice(1), window.__long]")
    frames.sort()
    return {
        "frames": len(frames),
        "p99_ms": round(frames[int(len(frames) * 0.99)], 1),
        "longest_ms": round(frames[-1], 1),
        "over_50_ms": len(long),
        "longest_task_cpu_ms": round(_longest_task(trace), 1),
    }


def _longest_task(trace: list[dict[str, Any]]) -> float:
    """Processor milliseconds of the longest task on a page's main thread."""
    main = {
        (one["pid"], one["tid"])
        for one in trace
        if one["name"] == "thread_name" and one["args"].get("name") == "CrRendererMain"
    }
    tasks = [one.get("tdur", 0) for one in trace if (one["pid"], one["tid"]) in main and one["ph"] == "X"]
    return max(tasks, default=0) / 1000


def _open(browser: Browser, town: Town, path: str, landmark: str) -> Page:
    page = arrive(browser, town)
    page.route("**/api/v1/residents?*", _residents)
    page.route("**/api/v1/incidents?state=active*", _incidents)
    page.goto(f"http://{town.address}{path}")
    page.get_by_test_id(landmark).first.wait_for()
    return page


def _page(route: Route, total: int, one: Any) -> None:
    asked = parse_qs(urlsplit(route.request.url).query)
    start, limit = int(asked.get("cursor", ["0"])[0]), int(asked.get("limit", ["50"])[0])
    end = min(start + limit, total)
    body = {"items": [one(n) for n in range(start, end)], "next": str(end) if end < total else None}
    route.fulfill(body=json.dumps(body), content_type="application/json")


def _residents(route: Route) -> None:
    states = ("well", "well", "well", "quiet", "no_signal", "alert")
    _page(route, RESIDENTS, lambda n: {
        "id": n + 1, "name": f"Resident {n + 1}", "sex": "female", "age": 60 + n % 35, "living": "alone",
        "ability_grade": n % 4, "station_id": 1, "home": {"id": n, "code": f"h{n}", "address": f"{n} Lane"},
        "state": states[n % 6], "last_activity_at": _AT, "last_room": "kitchen", "open_incidents": n % 7 // 6,
        "devices_online": 3, "devices_total": 4,
    })  # fmt: skip


def _incidents(route: Route) -> None:
    kinds = ("fall", "sos", "water", "inactivity", "low_battery")
    priorities = ("high", "high", "medium", "medium", "low")
    words = {"zh": "有情况", "en": "Something happened"}
    _page(route, INCIDENTS, lambda n: {
        "id": f"00000000-0000-0000-0000-{n:012d}", "number": n, "version": 1, "kind": kinds[n % 5],
        "severity": "", "priority": priorities[n % 5], "state": "open", "drill": False, "onset": _AT,
        "detected_at": _AT, "opened_at": _AT, "state_since": _AT,
        "next_step_at": "2099-01-01T00:00:00.000Z", "closed_at": None,
        "station": {"id": 1, "name": "站", "name_en": "Station"}, "room": "kitchen",
        "home": {"id": n, "code": f"h{n}", "address": f"{n} Lane"},
        "resident": {"id": n, "name": f"Resident {n}"},
        "device": None, "title": words, "text": words, "probability": None, "acknowledged_by": None,
        "outcome": None, "allowed": ["acknowledge", "note"],
    })  # fmt: skip
