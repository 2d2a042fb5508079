"""A fall on the wrist reaches everybody's own page: board, responder's phone, daughter's phone."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.acceptance.conftest import Street, street  # noqa: F401 - the fixture
from tests.acceptance.test_fall_to_board import wear_and_fall
from tests.browser.conftest import PHONE, WALL, keep

pytestmark = [pytest.mark.acceptance, pytest.mark.browser, pytest.mark.timeout(240)]

PASSWORD = "a long enough secret"


def come_in(page: Page, link: str, login: str) -> None:
    """Redeem an invitation."""
    page.goto(link)
    form = page.get_by_test_id("enter-form")
    form.locator("[name=name]").fill(login.capitalize())
    form.locator("[name=login]").fill(login)
    form.locator("[name=password]").fill(PASSWORD)
    form.locator("button[type=submit]").click()
    page.wait_for_url(re.compile("/(board|respond|family)"))


def test_a_fall_reaches_the_board_the_responder_and_the_family(
    street: Street,  # noqa: F811
    desk: Callable[..., BrowserContext],
) -> None:
    house = street.house

    def link(*options: str) -> str:
        return str(re.search(r"http\S+/enter#\S+", house.run("invite", *options)).group())  # type: ignore[union-attr]

    board, phone, daughter, other = (
        desk(size, language).new_page()
        for size, language in ((WALL, "zh"), (PHONE, "en"), (PHONE, "zh"), (WALL, "en"))
    )
    come_in(board, house.first_link, "chief")
    come_in(phone, link("--role", "responder", "--station", "east"), "runner")
    come_in(other, link("--role", "operator", "--station", "east"), "night")
    resident = house.sql("SELECT id FROM resident ORDER BY id LIMIT 1")[0][0]
    come_in(daughter, link("--role", "family", "--resident", str(resident)), "daughter")
    expect(daughter.get_by_test_id("family-headline")).to_be_visible()
    phone.context.grant_permissions(["geolocation"])
    phone.context.set_geolocation({"latitude": 35.41, "longitude": 116.58})
    expect(phone.get_by_test_id("free")).to_have_attribute(
        "data-free", "true"
    )  # who has said nothing is free
    expect(other.get_by_test_id("board-connection")).to_have_attribute("data-state", "live")

    wear_and_fall(street, 1, seed=3)
    mine, theirs = (page.locator("[data-testid=incident-row][data-kind=fall]") for page in (board, other))
    expect(mine).to_be_visible(timeout=20_000)
    expect(theirs).to_be_visible()
    expect(daughter.get_by_test_id("family-headline")).to_have_attribute("data-state", "happened")
    mine.get_by_test_id("incident-title").click()
    board.get_by_test_id("action-acknowledge").click()
    expect(theirs).to_have_attribute("data-state", "acknowledged")
    expect(daughter.get_by_test_id("family-headline")).to_have_attribute("data-state", "on_it")

    theirs.get_by_test_id("incident-title").click()
    expect(board.get_by_test_id("presence")).to_contain_text("Night")
    board.get_by_test_id("offer-one").first.click()
    offer = phone.get_by_test_id("offer")
    expect(offer).to_contain_text("1 Lane")
    keep(phone, "journey-offer-en-phone")
    phone.get_by_test_id("offer-accept").click()
    expect(mine).to_have_attribute("data-state", "responding")
    phone.get_by_test_id("my-task").get_by_role("link").click()
    phone.get_by_test_id("task-arrive").click()
    expect(mine).to_have_attribute("data-state", "on_site")
    expect(daughter.get_by_test_id("family-incident")).to_have_attribute("data-state", "on_site")
    phone.get_by_test_id("finish").locator("input[value=help_given]").check()
    phone.get_by_test_id("task-resolve").click()
    expect(phone.get_by_test_id("task-done")).to_be_visible()
    expect(daughter.get_by_test_id("family-incident")).to_have_attribute("data-state", "resolved")
    expect(board.get_by_test_id("timeline")).to_contain_text("Runner")
    keep(board, "journey-incident-zh-wall")
    keep(daughter, "journey-family-zh-phone")
