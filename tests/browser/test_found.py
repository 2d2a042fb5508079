"""Devices of other systems on the board: what was heard is taken over with one click."""

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import PHONE, Sit
from tests.support.api import ApiHouse

pytestmark = [pytest.mark.browser, pytest.mark.timeout(120)]

FOUND = """
INSERT INTO found_device (source_id, tongue, foreign_id, name, model, says, first_at, last_at) VALUES
(1, 'zigbee2mqtt', 'bath/motion', 'bath/motion', 'Example P1', '{"presence": 1, "battery": 0.97}',
 '2026-03-01', '2026-03-01'),
(1, 'zigbee2mqtt', 'lamp', 'lamp', '', '{"appliance": 0}', '2026-02-28', '2026-02-28')
"""


def test_what_was_found_becomes_a_device_with_one_click_and_what_is_of_no_use_goes(
    house: ApiHouse, sit: Sit
) -> None:
    house.conn.execute(FOUND)
    page = sit(size=PHONE)
    page.get_by_test_id("nav-more").click()
    page.get_by_role("link", name="Found devices").click()
    motion = page.get_by_test_id("found-device").filter(has_text="bath/motion")
    expect(motion).to_contain_text("battery 0.97")
    motion.get_by_label("Room").fill("bathroom")
    motion.get_by_test_id("found-take").click()
    expect(motion.get_by_test_id("found-taken")).to_contain_text("w1-1")
    placed = "SELECT d.kind, i.room, i.home_id FROM installation i JOIN device d ON d.id = i.device_id"
    assert house.conn.execute(f"{placed} WHERE d.code = %s", ["w1-1"]).fetchone() == ("pir", "bathroom", 1)
    page.get_by_test_id("found-device").filter(has_text="lamp").get_by_test_id("found-ignore").click()
    expect(page.get_by_test_id("found-device")).to_have_count(0)
    page.get_by_label("Show").select_option("false")
    expect(page.get_by_test_id("found-device").filter(has_text="lamp")).to_contain_text("ignored")


def test_an_operator_lets_a_device_speak_for_others(house: ApiHouse, sit: Sit) -> None:
    page = sit(path="/board#/devices", language="zh")
    page.get_by_test_id("device-row").filter(has_text="w1").get_by_test_id("device-keys-open").click()
    page.get_by_role("button", name="允许它代其他系统的设备说话").click()
    expect(page.get_by_test_id("foreign-right")).to_have_attribute("aria-pressed", "true")
    assert house.conn.execute("SELECT device_id FROM foreign_source").fetchall() == [(1,)]
