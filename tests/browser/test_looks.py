"""Every page in both languages on a wall and on a phone: a picture is kept, and axe finds nothing wrong.

axe comes with `npm install --prefix dashboards`, or NOWALLS_AXE names its file; without it only pictures
are made.
"""

import json
import os
import warnings
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Page, expect

import dashboards
from tests.browser.conftest import PHONE, WALL, Sit, keep
from tests.support.api import EAST, STREET, ApiHouse

pytestmark = [pytest.mark.browser, pytest.mark.timeout(400)]

AXE = Path(os.environ.get("NOWALLS_AXE", dashboards.ROOT / "node_modules" / "axe-core" / "axe.min.js"))
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
SEEN = ["color-contrast", "target-size"]  # what colours and sizes decide
SIZES = {"wall": WALL, "phone": PHONE}
# On a wall the other colours are asked, on a phone large type; once, because words have no part in it.
ASPECTS: dict[str, tuple[dict[str, str], ...]] = {
    "wall": (
        {"theme": "light"},
        {"theme": "dark", "contrast": "high"},
        {"theme": "light", "contrast": "high"},
    ),
    "phone": ({"size": "large"},),
}
PLAIN = {"contrast": "normal", "size": "normal"}


def flaws(page: Page, *, colours: bool = True, words: bool = True) -> list[str]:
    """What axe says; nothing when it is not installed. Without `words` only what colours and sizes decide."""
    if not AXE.exists():
        warnings.warn("axe-core is not installed: contrast, names and roles are not checked", stacklevel=2)
        return []
    if not page.evaluate("Boolean(window.axe)"):
        page.evaluate(AXE.read_text())
    which = {"runOnly": RULES if words else SEEN, "rules": {name: {"enabled": colours} for name in SEEN}}
    found: dict[str, Any] = page.evaluate("(which) => axe.run(document, which)", which)
    return [f"{one['id']}: {[node['target'] for node in one['nodes']]}" for one in found["violations"]]


def sticking_out(page: Page) -> list[str]:
    """What makes the page wider than the screen."""
    if page.evaluate("document.documentElement.scrollWidth <= innerWidth"):
        return []
    found: list[str] = page.evaluate(
        "[...document.querySelectorAll('main *')]"
        ".filter((one) => one.getBoundingClientRect().right > innerWidth + 1)"
        ".map((one) => `${one.tagName}.${one.className} ${one.textContent.slice(0, 20)}`)"
    )
    return found or ["something"]


def look(page: Page, name: str, size: str) -> None:
    """Keep a picture in both languages; axe looks at both, and at the other ways of showing it."""
    theme = page.evaluate("document.documentElement.dataset.theme")
    for language in ("zh", "en"):
        speak(page, language)
        keep(page, f"{name}-{language}-{size}")
        assert flaws(page, colours=language == "zh") == [], f"{name} {language} {size}"
        assert sticking_out(page) == [], f"{name} {language} {size}"
    for aspect in ASPECTS[size]:
        dress(page, aspect)
        assert flaws(page, words=False) == [], f"{name} {size} {aspect}"
        if size == "phone":
            keep(page, f"{name}-en-{size}-large")
            assert sticking_out(page) == [], f"{name} large"
    dress(page, PLAIN | {"theme": theme})


def picture(page: Page, name: str, size: str) -> None:
    for language in ("zh", "en"):
        speak(page, language)
        keep(page, f"{name}-{language}-{size}")


def speak(page: Page, language: str) -> None:
    lang = {"zh": "zh-CN", "en": "en"}[language]
    if page.locator("html").get_attribute("lang") != lang:
        # Without a pointer: where it would have to hit may still be moving, and this is about looks.
        page.get_by_test_id("lang-switch").first.dispatch_event("click")
    expect(page.locator("html")).to_have_attribute("lang", lang)


def dress(page: Page, aspect: dict[str, str]) -> None:
    page.evaluate("(aspect) => Object.assign(document.documentElement.dataset, aspect)", aspect)


def press(page: Page, names: Iterable[str]) -> None:
    """Open what these buttons open, and everything that unfolds."""
    for name in names:
        page.get_by_test_id(name).first.click()
    # Of forty rules the first is enough.
    page.evaluate(
        "document.querySelectorAll('main details')"
        ".forEach((one) => { one.open = !one.closest('li.policy ~ li.policy'); })"
    )


# name: address, what must be there, and what is opened before the second picture
BOARD: dict[str, tuple[str, str, tuple[str, ...]]] = {
    "queue": ("", "incident-row", ("report-open", "account-menu")),
    "residents": ("#/residents", "resident-row", ()),
    "resident": (
        "#/residents/1", "rhythm",
        ("monitoring-change", "places-change", "add-circle", "add-polygon", "invite-open", "report-open"),
    ),
    "devices": ("#/devices", "device-row", ()),
    "map": ("#/map", "station-choice", ()),
    "duty": ("#/duty", "duty", ("sure-ask",)),
    "statistics": ("#/statistics", "statistics", ()),
    "drills": ("#/drills", "drills", ()),
    "silences": ("#/silences/1", "home-chosen", ()),
    "policies": ("#/policies", "policies", ("escalation-edit",)),
    "endpoints": ("#/endpoints", "endpoint", ("sure-ask",)),
    "visits": ("#/visits", "visits", ()),
    "more": ("#/more", "more-link", ()),
    "quarantine": ("#/quarantine", "list-end", ()),
}  # fmt: skip
WORTH = {
    "items": [
        {
            "resident": {"id": 1, "name": "Resident 1"},
            "home": {"id": 1, "code": "h1", "address": "1 Lane"},
            "score": 3.2,
            "since": "2026-02-23",
            "reasons": [{"zh": "夜里起身多了", "en": "Up more often at night"}],
            "series": {},
        }
    ],
    "next": None,
}


@pytest.mark.parametrize("size", SIZES)
def test_board_pages(house: ApiHouse, sit: Sit, size: str) -> None:
    furnish(house)
    incident = house.sos()
    house.finds("water", home=2)
    page = sit("administrator", size=SIZES[size], station=None)
    page.route("**/api/v1/worth-a-visit*", lambda route: route.fulfill(body=json.dumps(WORTH)))
    for name, (path, landmark, opened) in BOARD.items():
        page.goto(f"{house.url}/board{path}")
        expect(page.get_by_test_id(landmark).first).to_be_visible()
        if name == "duty":
            page.get_by_test_id("station-choice").select_option(str(EAST))
            expect(page.get_by_test_id("rotation")).to_be_visible()
        if opened:
            picture(page, name, size)
            press(page, opened)  # what was there before is there still: one look for both
            look(page, f"{name}-open", size)
            page.goto("about:blank")
        else:
            look(page, name, size)
    page.goto(f"{house.url}/board#/incident/{incident}")
    expect(page.get_by_test_id("timeline").locator("li").first).to_be_visible()
    expect(page.get_by_test_id("evidence")).to_be_visible()
    picture(page, "incident", size)
    page.get_by_test_id("action-acknowledge").click()
    press(page, ("action-resolve",))
    look(page, "incident-open", size)


def furnish(house: ApiHouse) -> None:
    """A position for each home, and what the forms of a station can hold."""
    house.conn.execute("UPDATE home SET lat = 39.9 + id * 0.002, lon = 116.4 + id * 0.003")
    chief = house.person("administrator")
    helper = house.person("operator", EAST).session["account"]["id"]
    turn = {"first_day": "2026-02-23", "turn_days": 7, "from_time": "08:00", "until_time": "08:00"}
    reach = {"channel": "apprise", "address": "ntfy://a-station-of-ours", "label": "Chat of the street"}
    silence = {
        "kinds": ["offline", "low_battery"],
        "until": "2026-03-01T09:00:00Z",
        "reason": "new batteries",
    }
    rule = next(one for one in chief.get("/policies/kinds")["items"] if one["kind"] == "water")
    for answer in (
        chief.post(f"/stations/{EAST}/rotations", role="operator", members=[helper], **turn),
        chief.post(f"/stations/{EAST}/endpoints", **reach),
        chief.post("/silences", home_id=1, **silence),
        chief.http.put("/policies/kinds/water", json=rule | {"cancel_window_s": 45}),
        chief.http.put("/holidays/2026-05-01", json={"name": "Labour Day"}),
    ):
        assert answer.is_success, answer.text


BENCH = {
    "items": [
        {"code": code, "kind": kind, "home": {"id": 1, "code": "h1"}, "presses": presses,
         "resident": {"id": 1, "name": "Resident 1"}, "last_seen": "2026-03-01T02:59:00.000Z"}
        for code, kind, presses in (("b1", "button", ["sos"]), ("p1", "pir", ["battery_low", "tamper"]))
    ],
    "next": None,
}  # fmt: skip


@pytest.mark.parametrize("size", SIZES)
def test_the_pages_of_families_responders_and_screens(house: ApiHouse, sit: Sit, size: str) -> None:
    incident = house.sos()
    page = sit("family", path="/family", size=SIZES[size], resident=1)
    expect(page.get_by_test_id("family-incident")).to_be_visible()
    look(page, "family", size)
    page = sit("responder", path="/respond", size=SIZES[size])
    expect(page.get_by_test_id("other-task")).to_be_visible()
    look(page, "respond", size)
    page.goto(f"{house.url}/respond#/incident/{incident}")
    page.get_by_test_id("task-arrive").or_(page.get_by_test_id("task-respond")).click()
    page.get_by_test_id("task-arrive").click()  # waits until the button takes the next step
    expect(page.get_by_test_id("task-page")).to_have_attribute("data-state", "on_site")
    look(page, "task", size)
    house.sos(home=2)
    page = sit("operator", path="/console", size=SIZES[size])
    expect(page.get_by_test_id("console-alarm")).to_be_visible()
    look(page, "console", size)
    page = sit("administrator", size=SIZES[size])
    page.route("**/api/v1/bench/devices*", lambda route: route.fulfill(body=json.dumps(BENCH)))
    page.goto(f"{house.url}/bench")
    expect(page.get_by_test_id("bench-device").first).to_be_visible()
    page.get_by_test_id("bench-device").first.click()
    look(page, "bench", size)


@pytest.mark.parametrize("size", SIZES)
def test_the_pages_at_the_door(house: ApiHouse, desk: Callable[..., BrowserContext], size: str) -> None:
    page = desk(SIZES[size]).new_page()
    page.goto(f"{house.url}/login")
    expect(page.get_by_test_id("login-form")).to_be_visible()
    look(page, "login", size)
    page.goto(f"{house.url}/enter#{house.invitation('operator', station=STREET)}")
    expect(page.get_by_test_id("enter-form")).to_be_visible()
    look(page, "enter", size)
