"""In an emergency: an operator gets in elsewhere, administrators know, and the family reads who looked."""

import pytest
from playwright.sync_api import expect

from care.store import people
from tests.browser.conftest import PHONE, WALL, Sit
from tests.browser.test_looks import look
from tests.support.api import EAST, WEST, ApiHouse

pytestmark = [pytest.mark.browser, pytest.mark.timeout(240)]

WHY = "Calls for help behind the door of number 2"


def test_an_operator_gets_in_elsewhere_it_is_reviewed_and_the_family_reads_it(
    house: ApiHouse, sit: Sit
) -> None:
    house.conn.execute("UPDATE resident SET phone = '+8619900000002' WHERE id = 2")
    people.index(house.conn)
    phone = sit(path="/board#/more", size=PHONE, station=EAST)
    phone.get_by_role("link", name="Emergency access").click()
    phone.get_by_test_id("glass-name").fill("Resident 2")
    phone.get_by_test_id("glass-phone").fill("199 0000 0002")
    phone.get_by_test_id("glass-why").fill(WHY)
    phone.get_by_test_id("glass-open").click()
    expect(phone.get_by_test_id("resident-page")).to_contain_text("2 Lane")
    phone.goto(f"{house.url}/board#/emergency")
    expect(phone.get_by_test_id("glass-left")).to_contain_text("59:")
    look(phone, "emergency", "phone")

    boss = sit("administrator", size=WALL, station=WEST)
    expect(boss.get_by_test_id("incident-row").filter(has_text="emergency")).to_have_count(1)
    boss.goto(f"{house.url}/board#/emergency")
    expect(boss.get_by_test_id("review")).to_contain_text(WHY)
    look(boss, "emergency-review", "wall")
    boss.get_by_test_id("review-note").fill("A fall; rightly so")
    boss.get_by_test_id("review-justified").click()
    expect(boss.get_by_test_id("reviewed")).to_have_attribute("data-verdict", "justified")

    boss.goto(f"{house.url}/board#/audit")
    expect(boss.get_by_test_id("chain")).to_have_attribute("data-whole", "true")
    boss.get_by_test_id("audit-whom").fill("Resident 2")
    boss.get_by_test_id("audit-pick").click()
    boss.get_by_test_id("audit-what").fill("POST /emergencies")
    expect(boss.get_by_test_id("audit-entry").filter(has_text=WHY)).to_have_count(1)
    look(boss, "audit", "wall")

    phone.get_by_test_id("glass-back").click()
    expect(phone.get_by_test_id("glass-mine")).to_have_count(0)

    daughter = sit("family", "/family", size=PHONE, resident=2)
    looks = daughter.get_by_test_id("looks")
    looks.locator("summary").click()
    expect(looks.get_by_test_id("look").filter(has_text=WHY)).to_contain_text("staff of another station")
    looks.scroll_into_view_if_needed()
    look(daughter, "family-looks", "phone")
