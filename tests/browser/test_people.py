"""How people come in, and what a family sees."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.browser.conftest import PHONE, Sit
from tests.support.api import PASSWORD, STREET, ApiHouse

pytestmark = [pytest.mark.browser, pytest.mark.timeout(120)]


def test_an_invitation_says_what_it_is_for_and_opens_the_board(
    house: ApiHouse, desk: Callable[..., BrowserContext]
) -> None:
    page = desk().new_page()
    page.goto(f"{house.url}/enter#{house.invitation('operator', station=STREET)}")
    expect(page.get_by_test_id("enter-purpose")).to_contain_text("Street as operator")
    form = page.get_by_test_id("enter-form")
    form.locator("[name=name]").fill("Night Operator")
    form.locator("[name=login]").fill("night")
    form.locator("[name=password]").fill("short")
    form.locator("button[type=submit]").click()
    expect(form.get_by_role("alert")).to_contain_text("at least 10")
    form.locator("[name=password]").fill(PASSWORD)
    form.locator("button[type=submit]").click()
    expect(page).to_have_url(re.compile("/board$"))
    expect(page.get_by_test_id("board-connection")).to_have_attribute("data-state", "live")


def test_a_used_or_wrong_invitation_is_explained(
    house: ApiHouse, desk: Callable[..., BrowserContext]
) -> None:
    page = desk(language="zh").new_page()
    page.goto(f"{house.url}/enter#nothing")
    expect(page.get_by_test_id("enter-problem")).to_be_visible()
    expect(page.locator("h1")).to_have_text("此链接已失效")


def log_in(page: Page, login: str, password: str) -> None:
    form = page.get_by_test_id("login-form")
    form.locator("[name=login]").fill(login)
    form.locator("[name=password]").fill(password)
    form.locator("button[type=submit]").click()


def test_whoever_is_not_logged_in_comes_back_to_where_they_wanted(
    house: ApiHouse, desk: Callable[..., BrowserContext]
) -> None:
    operator = house.person("operator", STREET)
    login = operator.session["account"]["login"]
    page = desk().new_page()
    page.goto(f"{house.url}/board#/residents")
    expect(page).to_have_url(re.compile("/login"))
    log_in(page, login, "not the password")
    expect(page.get_by_test_id("login-problem")).to_have_text("Login name or password is wrong.")
    log_in(page, login, PASSWORD)
    expect(page).to_have_url(re.compile("/board#/residents$"))
    page.get_by_test_id("account-menu").click()
    page.get_by_test_id("log-out").click()
    expect(page).to_have_url(re.compile("/login$"))


def test_an_operator_invites_a_daughter_and_she_sees_her_mother(
    house: ApiHouse, sit: Sit, desk: Callable[..., BrowserContext]
) -> None:
    operator = sit(path="/board#/residents")
    operator.get_by_test_id("resident-row").first.click()
    operator.get_by_test_id("invite-open").click()
    operator.get_by_test_id("invite-make").click()
    link = operator.get_by_test_id("invite-url").input_value()
    page = desk(PHONE).new_page()
    page.goto(house.url + link[link.index("/enter") :])
    expect(page.get_by_test_id("enter-purpose")).to_contain_text("Resident 1")
    form = page.get_by_test_id("enter-form")
    form.locator("[name=name]").fill("Daughter")
    form.locator("[name=login]").fill("daughter")
    form.locator("[name=password]").fill(PASSWORD)
    form.locator("button[type=submit]").click()
    expect(page).to_have_url(re.compile("/family$"))
    expect(page.get_by_test_id("family-page")).to_contain_text("Resident 1")


def test_the_family_follows_what_happens_in_words(house: ApiHouse, sit: Sit) -> None:
    page = sit("family", path="/family", size=PHONE, language="zh", resident=1)
    headline = page.get_by_test_id("family-headline")
    expect(headline).to_have_attribute("data-state", "unknown")
    incident = house.sos()
    expect(headline).to_have_attribute("data-state", "happened")
    expect(headline.locator("h1")).to_have_text("有情况发生")
    operator = house.person("operator", STREET)
    operator.act(incident, "acknowledge")
    expect(headline).to_have_attribute("data-state", "on_it")
    expect(page.get_by_test_id("family-incident")).to_contain_text("正在处理")
    operator.act(incident, "resolve", outcome="help_given")
    expect(page.get_by_test_id("family-incident")).to_have_attribute("data-state", "resolved")
    expect(headline).not_to_have_attribute("data-state", "on_it")


def test_the_family_of_one_sees_nothing_of_another(house: ApiHouse, sit: Sit) -> None:
    page = sit("family", path="/family", size=PHONE, resident=1)
    expect(page.get_by_test_id("family-page")).to_contain_text("Resident 1")
    house.sos(home=2)
    mine = house.sos(home=1)
    expect(page.get_by_test_id("family-incident")).to_have_count(1)
    assert mine
