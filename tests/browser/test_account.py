"""Second factors, passkeys, accounts and tokens, as people meet them; passkeys by a virtual device."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.browser.conftest import keep
from tests.integration.test_second_factor import Phone
from tests.support.api import PASSWORD, STREET, ApiHouse

pytestmark = [pytest.mark.browser, pytest.mark.timeout(120)]


def with_authenticator(page: Page) -> None:
    """A device that knows its owner's finger."""
    session = page.context.new_cdp_session(page)
    session.send("WebAuthn.enable")
    abilities = {"hasResidentKey": True, "hasUserVerification": True, "isUserVerified": True}
    options = {"protocol": "ctap2", "transport": "internal", "automaticPresenceSimulation": True} | abilities
    session.send("WebAuthn.addVirtualAuthenticator", {"options": options})


def log_in(page: Page) -> None:
    form = page.get_by_test_id("login-form")
    form.locator("[name=login]").fill("boss")
    form.locator("[name=password]").fill(PASSWORD)
    form.locator("button[type=submit]").click()


def log_out(page: Page) -> None:
    page.get_by_test_id("log-out").click()
    expect(page).to_have_url(re.compile("/login$"))


def test_an_administrator_secures_the_account_and_lets_others_in(
    house: ApiHouse, desk: Callable[..., BrowserContext]
) -> None:
    page = desk().new_page()
    site = house.url.replace("127.0.0.1", "localhost")  # passkeys want a name
    with_authenticator(page)
    page.goto(f"{site}/enter#{house.invitation('administrator', station=STREET)}")
    form = page.get_by_test_id("enter-form")
    for name, value in (("name", "Boss"), ("login", "boss"), ("password", PASSWORD)):
        form.locator(f"[name={name}]").fill(value)
    form.locator("button[type=submit]").click()
    expect(page).to_have_url(re.compile("/board$"))
    page.get_by_test_id("account-menu").click()
    page.get_by_test_id("account-link").click()

    expect(page.get_by_test_id("second-factor-due")).to_contain_text("second factor")
    page.get_by_test_id("totp-begin").click()
    expect(page.get_by_test_id("totp-qr")).to_be_visible()
    phone = Phone(house, page.get_by_test_id("totp-secret").inner_text())
    page.locator("[name=code]").fill(phone.code())
    page.get_by_test_id("totp-confirm").click()
    codes = page.get_by_test_id("recovery-codes")
    expect(codes.locator("li")).to_have_count(10)
    recovery = codes.locator("li").first.inner_text()
    page.get_by_test_id("codes-kept").click()
    expect(page.get_by_test_id("totp-on")).to_be_visible()
    expect(page.get_by_test_id("second-factor-due")).to_have_count(0)
    page.get_by_test_id("passkey-card").locator("[name=name]").fill("office computer")
    page.get_by_test_id("passkey-add").click()
    expect(page.get_by_test_id("passkey-row")).to_contain_text("office computer")
    keep(page, "account-en")

    log_out(page)
    log_in(page)
    expect(page.get_by_test_id("second-factor")).to_be_visible()
    page.locator("[name=code]").fill("000000")
    page.get_by_role("button", name="Log in").click()
    expect(page.get_by_test_id("second-problem")).to_contain_text("not right")
    page.get_by_test_id("second-lost").click()
    page.locator("[name=recovery]").fill(recovery)
    page.get_by_role("button", name="Log in").click()
    expect(page).to_have_url(re.compile("/board$"))
    page.goto(f"{site}/account")
    log_out(page)
    log_in(page)
    page.get_by_test_id("second-passkey").click()
    expect(page).to_have_url(re.compile("/board$"))
    page.goto(f"{site}/account")
    log_out(page)
    page.get_by_test_id("login-passkey").click()
    expect(page).to_have_url(re.compile("/board$"))

    operator = house.person("operator", STREET)
    house.wall.advance(minutes=11)
    page.goto(f"{site}/account#/people")
    page.get_by_test_id("person-row").filter(has_text="operator").get_by_role("link").click()
    page.get_by_test_id("door-card").get_by_test_id("sure-ask").click()
    page.get_by_test_id("sure-yes").click()
    dialog = page.get_by_test_id("confirm-dialog")
    dialog.locator("[name=password]").fill("not the password")
    page.get_by_test_id("confirm-submit").click()
    expect(page.get_by_test_id("confirm-problem")).to_contain_text("not right")
    dialog.locator("[name=password]").fill(PASSWORD)
    page.get_by_test_id("confirm-submit").click()
    expect(page.get_by_test_id("person-enable")).to_be_visible()
    assert operator.http.get("/session").status_code == 401
    page.get_by_test_id("person-enable").click()
    page.get_by_test_id("reset-password").click()
    link = page.get_by_test_id("link-url").input_value()

    page.get_by_test_id("account-nav-tokens").click()
    form = page.locator("form", has=page.get_by_test_id("token-make"))  # the page before has a name as well
    form.locator("[name=name]").fill("city platform")
    form.locator("[value=see_incidents]").check()
    page.get_by_test_id("token-make").click()
    token = page.get_by_test_id("token-made").inner_text()
    robot = house.stranger()
    robot.http.headers["Authorization"] = f"Bearer {token}"
    assert robot.get("/incidents")["items"] == []
    keep(page, "tokens-en")

    lost = desk(language="zh").new_page()
    lost.goto(site + link[link.index("/enter") :])
    expect(lost.locator("h1")).to_have_text("设置新密码")
    lost.locator("[name=password]").fill("seven green bottles on a wall")
    lost.get_by_test_id("reset-form").locator("button[type=submit]").click()
    expect(lost).to_have_url(re.compile("/board$"))


def test_who_let_the_time_go_by_sees_only_where_to_set_one_up(
    house: ApiHouse, desk: Callable[..., BrowserContext]
) -> None:
    boss = house.person("administrator", STREET)
    house.wall.advance(days=7)
    page = desk().new_page()
    page.goto(f"{house.url}/login")
    form = page.get_by_test_id("login-form")
    form.locator("[name=login]").fill(boss.session["account"]["login"])
    form.locator("[name=password]").fill(PASSWORD)
    form.locator("button[type=submit]").click()
    expect(page).to_have_url(re.compile("/account$"))
    expect(page.get_by_test_id("second-factor-due")).to_contain_text("time is over")
    page.goto(f"{house.url}/board")
    expect(page).to_have_url(re.compile("/account$"))
