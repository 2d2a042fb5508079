"""Every page in both languages on a wall and on a phone: a picture is kept, and axe finds nothing wrong.

axe comes with `npm install --prefix dashboards`, or NOWALLS_AXE names its file; without it only pictures
are made.
"""

import os
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Page, expect

import dashboards
from tests.browser.conftest import PHONE, WALL, Sit, keep
from tests.support.api import STREET, ApiHouse

pytestmark = [pytest.mark.browser, pytest.mark.timeout(180)]

AXE = Path(os.environ.get("NOWALLS_AXE", dashboards.ROOT / "node_modules" / "axe-core" / "axe.min.js"))
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
MOST_SEEN = ("queue", "incident", "resident-", "duty", "family", "task", "console", "login")
SIZES = {"wall": WALL, "phone": PHONE}


def flaws(page: Page) -> list[str]:
    """What axe says; nothing when it is not installed."""
    if not AXE.exists():
        warnings.warn("axe-core is not installed: contrast, names and roles are not checked", stacklevel=2)
        return []
    page.evaluate(AXE.read_text())
    found: dict[str, Any] = page.evaluate(f"axe.run(document, {{ runOnly: {RULES} }})")
    return [f"{one['id']}: {[node['target'] for node in one['nodes']]}" for one in found["violations"]]


def look(page: Page, name: str) -> None:
    """Keep a picture and let axe look; the other colours of the pages most looked at are asked on one wall,
    large type on one phone."""
    keep(page, name)
    assert flaws(page) == [], name
    where = "-".join(name.split("-")[-2:])
    colours = (
        (("theme", "light"), ("theme", "dark"), ("contrast", "high")) if name.startswith(MOST_SEEN) else ()
    )
    for aspect, value in {"zh-wall": colours, "zh-phone": (("size", "large"),)}.get(where, ()):
        page.evaluate(f"document.documentElement.dataset.{aspect} = '{value}'")
        assert flaws(page) == [], f"{name}, {aspect} {value}"
    if name.endswith("-zh-phone"):
        keep(page, f"{name}-large")
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0, (
        f"{name} sticks out sideways"
    )
    page.evaluate("Object.assign(document.documentElement.dataset, { contrast: 'normal', size: 'normal' })")


BOARD: dict[str, tuple[str, str]] = {
    "queue": ("/board", "incident-row"),
    "residents": ("/board#/residents", "resident-row"),
    "resident": ("/board#/residents/1", "rhythm"),
    "devices": ("/board#/devices", "device-row"),
    "map": ("/board#/map", "station-choice"),
    "duty": ("/board#/duty", "duty"),
    "statistics": ("/board#/statistics", "statistics"),
    "drills": ("/board#/drills", "drills"),
    "policies": ("/board#/policies", "policies"),
    "more": ("/board#/more", "more-link"),
    "quarantine": ("/board#/quarantine", "list-end"),
}


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("size", SIZES)
def test_board_pages(house: ApiHouse, sit: Sit, size: str, language: str) -> None:
    incident = house.sos()
    house.finds("water", home=2)
    page = sit("administrator", size=SIZES[size], language=language)
    for name, (path, landmark) in BOARD.items():
        page.goto(house.url + path)
        expect(page.get_by_test_id(landmark).first).to_be_visible()
        look(page, f"{name}-{language}-{size}")
    page.goto(f"{house.url}/board#/incident/{incident}")
    expect(page.get_by_test_id("timeline").locator("li").first).to_be_visible()
    expect(page.get_by_test_id("evidence")).to_be_visible()
    look(page, f"incident-{language}-{size}")


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("size", SIZES)
def test_the_pages_of_families_responders_and_screens(
    house: ApiHouse, sit: Sit, size: str, language: str
) -> None:
    incident = house.sos()
    page = sit("family", path="/family", size=SIZES[size], language=language, resident=1)
    expect(page.get_by_test_id("family-incident")).to_be_visible()
    look(page, f"family-{language}-{size}")
    page = sit("responder", path="/respond", size=SIZES[size], language=language)
    expect(page.get_by_test_id("other-task")).to_be_visible()
    look(page, f"respond-{language}-{size}")
    page.goto(f"{house.url}/respond#/incident/{incident}")
    page.get_by_test_id("task-arrive").or_(page.get_by_test_id("task-respond")).click()
    page.get_by_test_id("task-arrive").click()
    expect(page.get_by_test_id("task-page")).to_have_attribute("data-state", "on_site")
    look(page, f"task-{language}-{size}")
    house.sos(home=2)
    page = sit("operator", path="/console", size=SIZES[size], language=language)
    expect(page.get_by_test_id("console-alarm")).to_be_visible()
    look(page, f"console-{language}-{size}")


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("size", SIZES)
def test_the_pages_at_the_door(
    house: ApiHouse, desk: Callable[..., BrowserContext], size: str, language: str
) -> None:
    page = desk(SIZES[size], language).new_page()
    page.goto(f"{house.url}/login")
    expect(page.get_by_test_id("login-form")).to_be_visible()
    look(page, f"login-{language}-{size}")
    page.goto(f"{house.url}/enter#{house.invitation('operator', station=STREET)}")
    expect(page.get_by_test_id("enter-form")).to_be_visible()
    look(page, f"enter-{language}-{size}")
