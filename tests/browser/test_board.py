"""An operator's night in a real browser."""

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import PHONE, Sit
from tests.browser.line import line_to
from tests.support.api import ApiHouse

pytestmark = [pytest.mark.browser, pytest.mark.timeout(120)]


def row(page: Page, incident: str) -> Locator:
    return page.locator(f"[data-testid=incident-row][data-incident='{incident}']")


def live(page: Page) -> None:
    expect(page.get_by_test_id("board-connection")).to_have_attribute("data-state", "live")


def test_a_quiet_board_says_so(sit: Sit) -> None:
    page = sit()
    live(page)
    expect(page.get_by_test_id("queue-calm")).to_be_visible()


def test_a_screen_that_wakes_before_its_server_opens_by_itself(sit: Sit) -> None:
    page = sit()
    expect(page.get_by_test_id("queue-calm")).to_be_visible()
    page.route("**/api/v1/session", lambda route: route.fulfill(status=503, json={"code": "starting"}))
    page.reload()
    expect(page.get_by_test_id("opening")).to_contain_text("tried again")
    page.unroute("**/api/v1/session")
    expect(page.get_by_test_id("queue-calm")).to_be_visible()


def test_a_call_for_help_is_seen_taken_and_closed(house: ApiHouse, sit: Sit) -> None:
    page = sit()
    live(page)
    incident = house.sos()
    mine = row(page, incident)
    expect(mine).to_have_attribute("data-state", "open")
    expect(mine.get_by_test_id("priority-tile")).to_have_class(re.compile("calling"))
    expect(page.get_by_test_id("announcement")).to_contain_text("High priority")
    expect(page).to_have_title(re.compile(r"^\(1\) "))

    mine.get_by_test_id("incident-title").click()
    expect(page.get_by_test_id("timeline")).to_contain_text("Opened")
    page.get_by_test_id("action-acknowledge").click()
    expect(mine).to_have_attribute("data-state", "acknowledged")
    expect(mine.get_by_test_id("priority-tile")).not_to_have_class(re.compile("calling"))
    expect(page).to_have_title(re.compile("^Operator board"))
    page.get_by_test_id("action-respond").click()
    page.get_by_test_id("action-arrive").click()

    page.get_by_test_id("action-resolve").click()
    page.get_by_test_id("action-submit").click()  # the browser asks for the outcome first
    expect(mine).to_have_attribute("data-state", "on_site")
    page.get_by_test_id("outcome-select").select_option("help_given")
    page.get_by_test_id("action-note-text").fill("Helped her up, no pain.")
    page.get_by_test_id("action-submit").click()
    expect(mine).to_have_count(0)
    expect(page.get_by_test_id("timeline")).to_contain_text("Helped her up, no pain.")
    page.get_by_test_id("nav-queue").click()
    expect(page.get_by_test_id("recently-closed")).to_contain_text("Help was given")
    page.reload()
    expect(page.get_by_test_id("recently-closed")).to_contain_text("Help was given")


def test_of_two_operators_the_second_is_told_who_was_faster(house: ApiHouse, sit: Sit) -> None:
    incident = house.sos()
    first, second = sit(), sit()
    for page in (first, second):
        live(page)
        row(page, incident).get_by_test_id("incident-title").click()
        expect(page.get_by_test_id("action-acknowledge")).to_be_visible()
    # The second operator presses before the news of the first has come.
    second.route("**/actions", lambda route: (act(first), route.continue_()))
    second.get_by_test_id("action-acknowledge").click()
    expect(second.get_by_test_id("action-refused")).to_contain_text("already acknowledged by operator.")
    expect(row(second, incident)).to_have_attribute("data-state", "acknowledged")


def act(page: Page) -> None:
    page.get_by_test_id("action-acknowledge").click()
    expect(page.get_by_test_id("incident-page")).to_have_attribute("data-state", "acknowledged")


def test_a_cut_line_is_said_aloud_and_nothing_is_missed_after_it(house: ApiHouse, sit: Sit) -> None:
    known = house.sos(home=1)
    with line_to(house.url) as line:
        page = sit(at=line.url)
        live(page)
        expect(row(page, known)).to_be_visible()
        line.cut()
        sign = page.get_by_test_id("board-connection")
        expect(sign).to_have_attribute("data-state", "lost")
        expect(sign).to_contain_text(re.compile(r"last update \d\d:\d\d:\d\d"))
        expect(page.get_by_test_id("stale-banner")).to_be_visible()
        expect(row(page, known)).to_be_visible()
        missed = house.sos(home=2)
        assert house.person("operator", 1).act(known, "acknowledge").status_code == 200
        line.mend()
        live(page)
        expect(page.get_by_test_id("stale-banner")).to_have_count(0)
        expect(row(page, missed)).to_have_attribute("data-state", "open")
        expect(row(page, known)).to_have_attribute("data-state", "acknowledged")


def test_a_line_that_only_falls_silent_is_noticed_too(house: ApiHouse, sit: Sit) -> None:
    with line_to(house.url) as line:
        page = sit(at=line.url)
        live(page)
        line.hold()
        sign = page.get_by_test_id("board-connection")
        expect(sign).to_have_attribute("data-state", "lost", timeout=20_000)
        line.mend()
        live(page)


def test_a_mute_is_for_one_incident_and_visible(house: ApiHouse, sit: Sit) -> None:
    one, other = house.sos(home=1), house.sos(home=2)
    page = sit()
    row(page, one).get_by_test_id("mute").click()
    expect(row(page, one).get_by_test_id("mute")).to_contain_text("muted here")
    expect(row(page, other).get_by_test_id("mute")).not_to_have_class(re.compile("is-muted"))
    expect(row(page, one).get_by_test_id("priority-tile")).to_have_class(re.compile("calling"))


def test_the_sound_is_asked_for_visibly_and_can_be_tried(sit: Sit) -> None:
    page = sit()
    live(page)
    expect(page.get_by_test_id("sound-enable")).to_be_visible()
    page.get_by_test_id("sound-enable").click()
    page.get_by_test_id("sound-on").click()
    expect(page.get_by_test_id("sound-on")).to_be_visible()


def test_the_first_press_of_all_is_not_lost_to_the_sound_it_allows(sit: Sit) -> None:
    """The notice about the sound goes with the first press, and the bar with everything in it moves."""
    page = sit(size=(1500, 900))
    expect(page.get_by_test_id("queue-calm")).to_be_visible()
    page.get_by_test_id("lang-switch").hover()
    page.mouse.down()
    page.wait_for_timeout(150)  # as long as a person's finger stays down
    page.mouse.up()
    expect(page.locator("html")).to_have_attribute("lang", "zh-CN")
    expect(page.get_by_test_id("sound-on")).to_be_visible()


def test_everything_can_be_done_with_the_keyboard(house: ApiHouse, sit: Sit) -> None:
    first, second = house.sos(home=1), house.sos(home=2)
    page = sit()
    expect(row(page, second)).to_be_visible()
    link = page.locator(f"a[data-id='{first}']")
    for _ in range(30):
        page.keyboard.press("Tab")
        if link.evaluate("it => it === document.activeElement"):
            break
    page.keyboard.press("ArrowDown")
    expect(page.locator(f"a[data-id='{second}']")).to_be_focused()
    page.keyboard.press("m")
    expect(row(page, second).get_by_test_id("mute")).to_have_class(re.compile("is-muted"))
    page.keyboard.press("a")
    expect(row(page, second)).to_have_attribute("data-state", "acknowledged")
    page.locator(f"a[data-id='{first}']").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_test_id("incident-page")).to_have_attribute("data-incident", first)


def test_who_asks_for_less_motion_gets_no_flashing(house: ApiHouse, sit: Sit) -> None:
    incident = house.sos()
    for motion, name in (("no-preference", "flash-high"), ("reduce", "none")):
        page = sit(motion=motion)
        tile = row(page, incident).get_by_test_id("priority-tile")
        expect(tile).to_have_css("animation-name", name)


def test_on_a_phone_an_incident_takes_the_whole_screen(house: ApiHouse, sit: Sit) -> None:
    incident = house.sos()
    page = sit(size=PHONE)
    row(page, incident).get_by_test_id("incident-title").click()
    expect(page.get_by_test_id("queue")).to_be_hidden()
    page.get_by_test_id("action-acknowledge").click()
    page.get_by_test_id("back").click()
    expect(row(page, incident)).to_have_attribute("data-state", "acknowledged")
    wide = page.evaluate("document.documentElement.scrollWidth - innerWidth")
    assert wide <= 0, "nothing sticks out sideways"


def test_the_language_changes_at_once_and_is_remembered(house: ApiHouse, sit: Sit) -> None:
    house.sos()
    page = sit()
    title = page.get_by_test_id("incident-title")
    expect(title).to_have_text("Call for help")
    page.get_by_test_id("lang-switch").click()
    expect(title).to_have_text("紧急呼叫")
    expect(page.locator("html")).to_have_attribute("lang", "zh-CN")
    page.reload()
    expect(title).to_have_text("紧急呼叫")


def test_residents_are_found_and_opened_and_devices_listed(house: ApiHouse, sit: Sit) -> None:
    page = sit(path="/board#/residents")
    rows = page.get_by_test_id("resident-row")
    expect(rows).to_have_count(4)
    page.get_by_test_id("resident-search").fill("Resident 3")
    expect(rows).to_have_count(1)
    house.sos(home=3)
    expect(rows).to_have_attribute("data-state", "alert")
    rows.click()
    expect(page.get_by_test_id("resident-page")).to_contain_text("Resident 3")
    expect(page.get_by_test_id("rhythm")).to_be_visible()
    expect(page.get_by_test_id("device-row")).to_have_count(5)
    page.get_by_test_id("nav-devices").click()
    expect(page.get_by_test_id("device-row")).to_have_count(20)
    page.get_by_test_id("device-keys-open").first.click()
    keys = page.get_by_test_id("device-keys")
    expect(keys).to_contain_text("cannot log in")
    keys.get_by_test_id("device-claim").click()
    expect(keys.get_by_test_id("claim-code")).to_have_text(re.compile(r"(\w{4}-){6}\w{4}"))
    expect(keys.get_by_role("img")).not_to_have_js_property("naturalWidth", 0)


def test_only_an_administrator_sees_the_quarantine(sit: Sit) -> None:
    operator = sit()
    live(operator)
    expect(operator.get_by_test_id("nav-quarantine")).to_have_count(0)
    administrator = sit("administrator", path="/board#/quarantine")
    expect(administrator.get_by_test_id("list-end")).to_be_visible()
