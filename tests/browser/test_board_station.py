"""What a station keeps: silences, how people are watched over, rules, the roster, where it is reached."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import PHONE, Sit
from tests.support.api import EAST, ApiHouse

pytestmark = [pytest.mark.browser, pytest.mark.timeout(120)]


def saved(page: Page) -> None:
    expect(page.get_by_test_id("saved").filter(has_text=re.compile("."))).to_have_class("saved")


def test_an_operator_silences_a_home_for_maintenance_and_ends_it(house: ApiHouse, sit: Sit) -> None:
    page = sit(size=PHONE)
    page.get_by_test_id("nav-more").click()
    page.get_by_role("link", name="Silences").click()
    page.get_by_test_id("home-search").fill("Resident 3")
    page.get_by_test_id("home-found").click()
    page.get_by_test_id("silence-device").select_option(index=1)
    page.get_by_test_id("silence-hours").select_option("4")
    expect(page.get_by_label("Fall", exact=True)).to_have_count(0)
    page.get_by_test_id("silence-reason").fill("new batteries")
    page.get_by_test_id("silence-begin").click()
    expect(page.get_by_test_id("silence")).to_contain_text("new batteries")
    house.finds("low_battery", home=1)  # elsewhere it is still said
    assert house.conn.execute("SELECT count(*) FROM incident").fetchone() == (1,)
    page.get_by_test_id("silence-end").click()
    expect(page.get_by_test_id("silence")).to_have_count(0)


def test_how_a_resident_is_watched_over_and_where_they_may_be(house: ApiHouse, sit: Sit) -> None:
    house.conn.execute("UPDATE home SET lat = 39.9, lon = 116.4")
    page = sit(path="/board#/residents/1")
    page.get_by_test_id("monitoring-change").click()
    page.get_by_label("False alarms of silence").fill("0.5")
    page.get_by_label("Night from").fill("22:00")
    page.get_by_test_id("monitoring-save").click()
    expect(page.get_by_test_id("monitoring-form")).to_be_visible()  # a night has both ends
    page.get_by_label("Night until").fill("06:30")
    page.get_by_label("Away from").fill("2026-03-02T08:00")
    page.get_by_label("Away until").fill("2026-03-05T18:00")
    page.get_by_test_id("monitoring-save").click()
    card = page.get_by_test_id("monitoring")
    expect(card).to_contain_text("Night 22:00–06:30")
    expect(card).to_contain_text("0.5 false alarms")
    expect(card).to_contain_text(re.compile("2 Mar.* 08:00"))

    page.get_by_test_id("places-change").click()
    page.get_by_test_id("add-circle").press("Enter")
    page.get_by_test_id("place-name").fill("home and market")
    page.get_by_test_id("place-radius").fill("800")
    page.get_by_test_id("add-polygon").press("Enter")
    expect(page.get_by_test_id("place-fields")).to_have_count(2)
    page.get_by_test_id("shape-map").click(position={"x": 60, "y": 60})
    expect(page.get_by_test_id("place-fields").nth(1)).to_contain_text("5 corners")
    page.get_by_test_id("places-save").click()
    expect(page.get_by_test_id("place")).to_have_count(2)
    expect(page.get_by_test_id("place").first).to_contain_text("home and market · within 800 m · always")
    page.reload()
    expect(page.get_by_test_id("place").nth(1)).to_contain_text("an area of 5 corners")


def test_who_saves_a_rule_second_sees_what_the_first_changed(sit: Sit) -> None:
    first = sit("administrator", path="/board#/policies", station=None)
    second = sit("administrator", path="/board#/policies", station=None)
    for page, seconds in ((first, "45"), (second, "60")):
        water = page.get_by_test_id("policies").locator("li", has=page.locator("[data-kind=water]"))
        water.get_by_test_id("policy-cancel_window_s").fill(seconds)
    for page in (first, second):
        page.locator("[data-kind=water]").get_by_test_id("policy-save").click()
        if page is first:
            expect(page.locator("[data-kind=water]")).to_contain_text("Saved as version 2")
    expect(second.get_by_test_id("conflict")).to_contain_text("resident may cancel (s): 0 → 45")
    second.get_by_test_id("conflict-mine").click()
    expect(second.locator("[data-kind=water]")).to_contain_text("Saved as version 3")
    water = second.get_by_test_id("policies").locator("li", has=second.locator("[data-kind=water]"))
    water.get_by_test_id("history").click()
    expect(water.get_by_test_id("versions")).to_contain_text("45 → 60")


def test_who_is_told_in_which_order_is_changed_step_by_step(sit: Sit) -> None:
    page = sit("administrator", path="/board#/policies", station=None)
    page.get_by_test_id("escalation-edit").first.click()
    page.get_by_test_id("step").first.get_by_label("family").check()
    page.get_by_test_id("add-step").first.click()
    page.get_by_test_id("escalation-save").click()
    steps = page.get_by_test_id("escalations").locator("ol").first.locator("li")
    expect(steps).to_have_count(5)
    expect(steps.first).to_contain_text("at once: the station's screen, operators on duty, family")
    operator = sit(path="/board#/policies")
    expect(operator.get_by_test_id("policy").first).to_be_visible()
    expect(operator.get_by_test_id("policy-save")).to_have_count(0)


def test_the_roster_has_rotations_stand_ins_and_holidays(sit: Sit) -> None:
    sit("operator", station=EAST)
    page = sit("administrator", path="/board#/duty", station=None)
    page.get_by_test_id("station-choice").select_option(label="East")
    page.get_by_text("Add a rotation").first.click()
    page.get_by_test_id("rotation-member").select_option(index=1)
    page.get_by_test_id("add-rotation").get_by_role("button", name="Add a rotation").click()
    expect(page.get_by_test_id("rotation")).to_contain_text("changes every 7 days")
    page.get_by_text("Somebody stands in").first.click()
    form = page.get_by_test_id("stand-in")
    form.get_by_label("instead of").select_option(index=1)
    form.get_by_label("From").fill("2026-03-02T08:00")
    form.get_by_label("Until").fill("2026-03-02T20:00")
    form.get_by_role("button").click()
    expect(page.get_by_test_id("overrides")).to_contain_text("stays away")
    page.get_by_text("Record a day").first.click()
    page.get_by_test_id("add-holiday").get_by_label("Day", exact=True).fill("2026-05-01")
    page.get_by_test_id("add-holiday").get_by_label("Name").fill("Labour Day")
    page.get_by_test_id("add-holiday").get_by_role("button").click()
    expect(page.get_by_test_id("holiday")).to_contain_text("Labour Day · a day off")
    for card in ("rotations", "holidays"):
        page.get_by_test_id(card).get_by_test_id("sure-ask").click()
        expect(page.get_by_test_id("sure-yes")).to_be_focused()
        page.keyboard.press("Enter")
    expect(page.get_by_test_id("rotation")).to_have_count(0)
    expect(page.get_by_test_id("holiday")).to_have_count(0)


def test_a_station_is_reached_by_a_service_too(sit: Sit) -> None:
    page = sit("administrator", path="/board#/more")
    page.get_by_role("link", name="Where the station is reached").click()
    page.get_by_test_id("endpoint-channel").select_option("apprise")
    page.get_by_test_id("endpoint-address").fill("ntfy://a-station-of-ours")
    page.get_by_test_id("endpoint-add").click()
    expect(page.get_by_test_id("endpoint")).to_contain_text("nothing sent yet")
    page.get_by_test_id("sure-ask").click()
    page.get_by_test_id("sure-yes").click()
    expect(page.get_by_test_id("endpoint")).to_have_count(0)
