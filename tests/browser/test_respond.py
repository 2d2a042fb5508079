"""A responder's phone in a real browser: asked, going, there, done; also where there is no signal."""

import json

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import PHONE, Sit
from tests.browser.line import line_to
from tests.support.api import STREET, ApiHouse, until

pytestmark = [pytest.mark.browser, pytest.mark.timeout(120)]


def account(page: Page) -> int:
    """The number of whoever sits at the page."""
    said = page.evaluate("fetch('/api/v1/session').then((answer) => answer.json())")
    return int(said["account"]["id"])


def ask(house: ApiHouse, incident: str, page: Page) -> None:
    """The operator asks the owner of the phone to go."""
    operator = house.person("operator", STREET)
    answer = operator.post(f"/incidents/{incident}/offers", account_id=account(page))
    assert answer.status_code == 201, answer.text


@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_responder_is_asked_goes_arrives_and_says_what_came_of_it(
    house: ApiHouse, sit: Sit, language: str
) -> None:
    incident = house.sos()
    phone = sit("responder", path="/respond", size=PHONE, language=language)
    expect(phone.get_by_test_id("nothing-to-do")).to_be_visible()
    phone.context.grant_permissions(["geolocation"])
    phone.context.set_geolocation({"latitude": 35.41, "longitude": 116.58})
    phone.get_by_test_id("free-switch").click()
    expect(phone.get_by_test_id("free")).to_have_attribute("data-free", "true")
    ask(house, incident, phone)
    offer = phone.get_by_test_id("offer")
    expect(offer).to_contain_text("1 Lane")
    phone.get_by_test_id("offer-accept").click()
    expect(offer).to_have_count(0)
    task = phone.get_by_test_id("my-task")
    expect(task).to_have_attribute("data-state", "responding")
    task.get_by_role("link").click()
    assert "1%20Lane" in (phone.get_by_test_id("navigate").get_attribute("href") or "")
    phone.get_by_test_id("task-arrive").click()
    page = phone.get_by_test_id("task-page")
    expect(page).to_have_attribute("data-state", "on_site")
    phone.get_by_test_id("checklist").get_by_role("checkbox").first.check()
    phone.get_by_test_id("finish").locator("input[value=help_given]").check()
    phone.get_by_test_id("task-resolve").click()
    expect(phone.get_by_test_id("task-done")).to_be_visible()
    expect(page).to_have_attribute("data-state", "resolved")
    events = house.person("operator", STREET).get(f"/incidents/{incident}")["events"]
    words = {"zh": "先说话", "en": "Talk first"}[language]
    assert words in events[-1]["data"]["note"], "what was checked on the spot is noted"


def test_who_declines_is_asked_no_more(house: ApiHouse, sit: Sit) -> None:
    incident = house.sos()
    phone = sit("responder", path="/respond", size=PHONE)
    expect(phone.get_by_test_id("nothing-to-do")).to_be_visible()
    ask(house, incident, phone)
    phone.get_by_test_id("offer-decline").click()
    expect(phone.get_by_test_id("offer")).to_have_count(0)
    expect(phone.get_by_test_id("my-task")).to_have_count(0)


def kept(page: Page) -> None:
    """Until the phone has put the page aside for places without a signal."""
    page.evaluate("navigator.serviceWorker.ready.then(() => true)")
    script = "document.querySelector('script[type=module]').src"
    until(lambda: page.evaluate(f"caches.match({script}).then(Boolean)"))


def test_what_is_done_in_a_dead_spot_goes_out_when_the_signal_is_back(house: ApiHouse, sit: Sit) -> None:
    incident = house.sos()
    operator = house.person("operator", STREET)
    with line_to(house.url) as line:
        phone = sit("responder", path="/respond", size=PHONE, at=line.url)
        kept(phone)
        ask(house, incident, phone)
        phone.get_by_test_id("offer-accept").click()
        phone.get_by_test_id("my-task").get_by_role("link").click()
        expect(phone.get_by_test_id("task-page")).to_have_attribute("data-state", "responding")
        line.cut()
        phone.get_by_test_id("task-arrive").click()
        expect(phone.get_by_test_id("queued")).to_be_visible()
        phone.reload()  # somebody looks again: the page and what it knew are still there
        expect(phone.get_by_test_id("kept")).to_be_visible()
        expect(phone.get_by_test_id("task-page")).to_have_attribute("data-state", "responding")
        expect(phone.get_by_test_id("queued")).to_be_visible()
        assert operator.get(f"/incidents/{incident}")["state"] == "responding"
        line.mend()
        expect(phone.get_by_test_id("task-page")).to_have_attribute("data-state", "on_site", timeout=20_000)
        expect(phone.get_by_test_id("queued")).to_have_count(0)
    arrivals = [one for one in operator.get(f"/incidents/{incident}")["events"] if one["kind"] == "arrived"]
    assert len(arrivals) == 1


def test_what_comes_too_late_is_said_and_not_done(house: ApiHouse, sit: Sit) -> None:
    incident = house.sos()
    operator = house.person("operator", STREET)
    with line_to(house.url) as line:
        phone = sit("responder", path=f"/respond#/incident/{incident}", size=PHONE, at=line.url)
        expect(phone.get_by_test_id("task-respond")).to_be_visible()
        line.cut()
        phone.get_by_test_id("task-respond").click()
        expect(phone.get_by_test_id("queued")).to_have_attribute("data-refused", "false")
        assert operator.act(incident, "resolve", outcome="no_help_needed").status_code == 200
        line.mend()
        queued = phone.get_by_test_id("queued")
        expect(queued).to_have_attribute("data-refused", "true", timeout=20_000)
        phone.get_by_test_id("queued-drop").click()
        expect(queued).to_have_count(0)


def test_a_message_to_a_locked_phone_is_shown_with_its_words(house: ApiHouse, sit: Sit) -> None:
    phone = sit("responder", path="/respond", size=PHONE)
    phone.context.grant_permissions(["notifications"])
    kept(phone)
    wire = phone.context.new_cdp_session(phone)
    registrations: list[str] = []
    wire.on(
        "ServiceWorker.workerRegistrationUpdated",
        lambda said: registrations.extend(one["registrationId"] for one in said["registrations"]),
    )
    wire.send("ServiceWorker.enable")
    said = {
        "title": "DRILL Can you go?",
        "body": "1 Lane <b>x</b>",
        "tag": "i1",
        "url": f"{house.url}/respond",
    }
    until(lambda: phone.evaluate("1") and registrations)  # events come while the page is asked something
    message = {"origin": house.url, "registrationId": registrations[0], "data": json.dumps(said)}
    wire.send("ServiceWorker.deliverPushMessage", message)
    look = (
        "navigator.serviceWorker.ready.then((one) => one.getNotifications())"
        ".then((all) => all.map((one) => [one.title, one.body]))"
    )
    assert until(lambda: phone.evaluate(look)) == [["DRILL Can you go?", "1 Lane <b>x</b>"]]
