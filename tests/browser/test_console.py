"""A station's cheap screen: the most urgent incident, one button, and never alive when it is not."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Sit
from tests.browser.line import line_to
from tests.support.api import EAST, ApiHouse

pytestmark = [pytest.mark.browser, pytest.mark.timeout(60)]

CHEAP = (1024, 600)


def test_one_press_takes_the_most_urgent_and_shows_the_next(house: ApiHouse, sit: Sit) -> None:
    house.finds("water", home=2)
    urgent = house.sos(home=1)
    screen = sit(path="/console", size=CHEAP)
    alarm = screen.get_by_test_id("console-alarm")
    expect(alarm).to_have_attribute("data-incident", urgent)
    expect(alarm).to_contain_text("Resident 1")
    screen.get_by_test_id("console-take").click()
    expect(alarm).to_contain_text("Water")
    screen.get_by_test_id("console-take").click()
    expect(screen.get_by_test_id("console-calm")).to_be_visible()


def test_what_gets_worse_while_somebody_is_on_the_way_calls_again_until_it_is_heard(
    house: ApiHouse, sit: Sit
) -> None:
    urgent = house.sos(home=1)
    assert house.person("operator", EAST).act(urgent, "respond").status_code == 200
    screen, board = sit(path="/console", size=CHEAP), sit()
    expect(screen.get_by_test_id("console-calm")).to_be_visible()
    row = board.locator(f"[data-testid=incident-row][data-incident='{urgent}']")
    tile = row.get_by_test_id("priority-tile")
    expect(tile).not_to_have_class(re.compile("calling"))

    house.clock.advance(minutes=1)
    house.finds("sos", home=1)
    expect(tile).to_have_class(re.compile("calling"))
    expect(board).to_have_title(re.compile(r"^\(1\) "))
    expect(screen.get_by_test_id("console-alarm")).to_have_attribute("data-incident", urgent)
    expect(screen.get_by_test_id("console-take")).to_have_text("Heard")
    screen.get_by_test_id("console-take").click()
    expect(screen.get_by_test_id("console-calm")).to_be_visible()
    expect(tile).not_to_have_class(re.compile("calling"))

    house.clock.advance(minutes=1)
    house.finds("sos", home=1)
    expect(screen.get_by_test_id("console-alarm")).to_be_visible()
    row.get_by_test_id("row-heard").click()
    expect(screen.get_by_test_id("console-calm")).to_be_visible()


def test_a_cut_line_leaves_no_picture_that_looks_alive(house: ApiHouse, sit: Sit) -> None:
    house.sos()
    with line_to(house.url) as line:
        screen = sit(path="/console", size=CHEAP, at=line.url)
        expect(screen.get_by_test_id("console-alarm")).to_be_visible()
        line.cut()
        expect(screen.get_by_test_id("console-lost")).to_be_visible()
        expect(screen.get_by_test_id("console-alarm")).to_have_count(0)
        expect(screen.get_by_test_id("wall-clock")).to_have_count(0)
        line.mend()
        expect(screen.get_by_test_id("console-alarm")).to_be_visible()
