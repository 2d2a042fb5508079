"""How people come in, and what a family sees."""

import re
from collections.abc import Callable
from datetime import timedelta

import psycopg
import pytest
from playwright.sync_api import BrowserContext, Page, expect

from care.store import orders, visits
from care.visits.rhythm import Result, Way
from tests.browser.conftest import PHONE, SHOTS, Sit, keep
from tests.browser.test_looks import flaws
from tests.support.api import EAST, PASSWORD, START, STREET, ApiHouse

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
    home = page.get_by_test_id("family-homes")
    home.locator("summary").click()
    home.get_by_test_id("home-label").fill("Grandma")
    home.get_by_test_id("home-add").click()
    expect(home.get_by_test_id("home-secret")).to_have_value(re.compile(r"[\w-]{27}"))
    expect(home.get_by_test_id("home-discovery_prefix")).to_have_value(re.compile("^nw/family/"))
    expect(home.locator("li")).to_contain_text("Grandma")


def test_the_family_follows_what_happens_in_words(house: ApiHouse, sit: Sit) -> None:
    house.conn.execute("UPDATE station SET phone = '0537 555 0101'")
    page = sit("family", path="/family", size=PHONE, language="zh", resident=1)
    headline = page.get_by_test_id("family-headline")
    expect(headline).to_have_attribute("data-state", "unknown")
    incident = house.sos()
    expect(headline).to_have_attribute("data-state", "happened")
    expect(headline.locator("h1")).to_have_text("有情况发生")
    expect(headline.get_by_test_id("call-station")).to_have_attribute("href", "tel:05375550101")
    # No screen of the station has shown it yet.
    expect(page.get_by_test_id("family-incident")).to_contain_text("正在通知值班员")
    keep(page, "family-happened-zh-phone")
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


def offer_services(house: ApiHouse) -> None:
    """A menu with two lines, a visit of last week, and a telephone at the station."""
    with psycopg.connect(house.dsn) as conn:
        conn.execute("UPDATE station SET phone = '0537 555 0101'")
        kitchen = orders.add_provider(conn, EAST, "Street Kitchen")
        subsidy = (200, 200, 400, 600, 800)
        meal = orders.Service(EAST, kitchen, "meal", "午餐", 1800, subsidy, "Lunch at home")
        orders.add_service(conn, meal, START)
        orders.add_service(
            conn, orders.Service(EAST, kitchen, "cleaning", "打扫", 4000, name_en="Cleaning"), START
        )
        visits.record(conn, 1, START - timedelta(days=6), Way.HOME, Result.WELL, START, note="for staff only")


@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_daughter_orders_writes_is_answered_and_sees_who_has_access(
    house: ApiHouse, sit: Sit, language: str
) -> None:
    offer_services(house)
    zh = language == "zh"
    page = sit("family", path="/family", size=PHONE, language=language, resident=1)
    desk = house.person("operator", EAST)
    expect(page.get_by_test_id("next-visit")).to_be_visible()
    expect(page.get_by_test_id("coming")).not_to_contain_text("for staff only")
    page.get_by_test_id("menu").locator("summary").click()
    form = page.get_by_test_id("order-form")
    form.get_by_role("radio").first.check()
    keep_all(page, f"family-order-{language}-phone")
    form.get_by_test_id("order-send").click()
    order = page.get_by_test_id("order")
    expect(order).to_have_attribute("data-state", "requested")
    (asked,) = desk.get("/care/orders", resident=1)["items"]
    assert (asked["via"], asked["state"]) == ("family", "requested")
    for action in ("accept", "carry_out"):
        assert desk.post(f"/care/orders/{asked['id']}/actions", action=action).status_code == 200

    page.get_by_test_id("letter-text").fill("Did she eat? <img src=x onerror=alert(1)>")
    page.get_by_test_id("letter-send").click()
    expect(page.get_by_test_id("letter")).to_contain_text("<img src=x onerror=alert(1)>")
    said = {"zh": "吃了，都吃完了。", "en": "She did, all of it."}[language]
    answered(sit, language, said)
    assert desk.get("/conversations/waiting") == {"count": 0}

    page.get_by_test_id("relation").select_option("daughter")
    expect(page.get_by_test_id("access")).to_contain_text("女儿" if zh else "daughter")
    page.reload()
    page.get_by_test_id("unread").click()
    expect(page.get_by_test_id("letter")).to_have_count(2)
    expect(page.get_by_test_id("unread")).to_have_count(0)
    expect(page.get_by_test_id("letters")).to_contain_text(said)
    page.get_by_test_id("order-confirm").click()
    expect(order).to_have_attribute("data-state", "confirmed")
    page.get_by_test_id("order-rate").click()
    page.get_by_test_id("rate-5").click()
    expect(page.get_by_test_id("rate-5")).to_have_count(0)
    expect(order).to_contain_text("5")
    keep_all(page, f"family-whole-{language}-phone")
    assert flaws(page) == []
    if not zh:
        return  # once is enough
    house.conn.execute("UPDATE consent SET withdrawn_at = %s WHERE purpose = 'family_view'", (START,))
    expect(page.get_by_test_id("family-nobody")).to_be_visible(timeout=25_000)
    expect(page.locator("body")).not_to_contain_text("Resident 1")
    assert flaws(page) == []


def answered(sit: Sit, language: str, said: str) -> None:
    """The desk sees that somebody waits, reads and answers."""
    board = sit("operator", language=language)
    sign = board.get_by_test_id("letters-sign")
    expect(sign).to_contain_text("1")
    sign.click()
    board.get_by_test_id("conversation").click()
    expect(board.get_by_test_id("letter")).to_contain_text("<img src=x onerror=alert(1)>")
    board.get_by_test_id("answer-text").fill(said)
    assert flaws(board) == []
    keep(board, f"messages-{language}-wall")
    board.get_by_test_id("answer-send").click()
    expect(board.get_by_test_id("letter")).to_have_count(2)
    expect(board.get_by_test_id("conversation")).to_have_attribute("data-waiting", "false")
    board.close()


def keep_all(page: Page, name: str) -> None:
    """A picture of the whole page, however long."""
    SHOTS.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=SHOTS / f"{name}.png", full_page=True)
