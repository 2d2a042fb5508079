"""A responder's phone in a real browser: asked, going, there, done; also where there is no signal."""

import json
import re
from io import BytesIO

import pytest
from PIL import Image
from playwright.sync_api import Page, Route, expect

from tests.browser.conftest import PHONE, Sit, keep
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


def photograph(page: Page, shade: int = 120) -> None:
    """A picture of 12 million points, held upright, as a telephone takes it."""
    exif = Image.Exif()
    exif[0x0112] = 6
    out = BytesIO()
    Image.new("RGB", (4000, 3000), (shade, 90, 60)).save(out, "JPEG", exif=exif)
    file = {"name": "IMG_1.jpg", "mimeType": "image/jpeg", "buffer": out.getvalue()}
    page.get_by_test_id("camera").set_input_files(file)  # type: ignore[arg-type]


@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_responder_is_asked_goes_arrives_and_says_what_came_of_it(
    house: ApiHouse, sit: Sit, language: str
) -> None:
    incident = house.sos()
    phone = sit("responder", path="/respond", size=PHONE, language=language)
    expect(phone.get_by_test_id("nothing-to-do")).to_be_visible()
    phone.context.grant_permissions(["geolocation"])
    phone.context.set_geolocation({"latitude": 35.41, "longitude": 116.58})
    expect(phone.get_by_test_id("free")).to_have_attribute(
        "data-free", "true"
    )  # who has said nothing is free
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
    photograph(phone)
    expect(phone.get_by_test_id("photo")).to_have_count(1)
    phone.get_by_test_id("finish").locator("input[value=help_given]").check()
    phone.get_by_test_id("task-resolve").click()
    expect(phone.get_by_test_id("task-done")).to_be_visible()
    expect(page).to_have_attribute("data-state", "resolved")
    events = house.person("operator", STREET).get(f"/incidents/{incident}")["events"]
    words = {"zh": "先说话", "en": "Talk first"}[language]
    assert words in events[-1]["data"]["note"], "what was checked on the spot is noted"
    assert [one["data"]["photo"] for one in events if "photo" in one["data"]], "the picture is a step, too"
    if language == "zh":
        board = sit("operator", path=f"/board#/incident/{incident}", language=language)
        expect(board.get_by_test_id("timeline").get_by_test_id("step-photo")).to_be_visible()
        board.close()
    undo = phone.get_by_test_id("task-undo")
    expect(undo).to_contain_text({"zh": "撤销", "en": "Undo"}[language])
    keep(phone, f"task-done-{language}-phone")
    undo.click()
    expect(page).to_have_attribute("data-state", "on_site")
    phone.get_by_test_id("finish").locator("input[value=hospital]").check()
    phone.get_by_test_id("task-resolve").click()
    expect(page).to_have_attribute("data-state", "resolved")  # it has arrived: half a minute from now
    expect(undo).to_be_visible()
    house.clock.advance(seconds=31)
    expect(undo).to_have_count(0)


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
        photograph(phone)
        expect(phone.get_by_test_id("queued")).to_be_visible()
        expect(phone.get_by_test_id("photo-queued")).to_be_visible()
        keep(phone, "task-dead-spot-en-phone")
        phone.reload()  # somebody looks again: the page and what it knew are still there
        expect(phone.get_by_test_id("kept")).to_be_visible()
        expect(phone.get_by_test_id("task-page")).to_have_attribute("data-state", "responding")
        expect(phone.get_by_test_id("queued")).to_be_visible()
        expect(phone.get_by_test_id("photo-queued")).to_be_visible()
        assert operator.get(f"/incidents/{incident}")["state"] == "responding"
        line.mend()
        expect(phone.get_by_test_id("task-page")).to_have_attribute("data-state", "on_site", timeout=20_000)
        expect(phone.get_by_test_id("queued")).to_have_count(0)
        expect(phone.get_by_test_id("photo")).to_have_count(1, timeout=20_000)
        expect(phone.get_by_test_id("photo-queued")).to_have_count(0)
    events = operator.get(f"/incidents/{incident}")["events"]
    assert [one["kind"] for one in events].count("arrived") == 1
    (photo,) = operator.get("/photos", subject=f"incident:{incident}")["items"]
    assert (photo["width"], photo["height"]) == (1200, 1600), "made small on the phone, the right way up"


def test_the_browser_sends_when_the_page_is_closed(house: ApiHouse, sit: Sit) -> None:
    incident = house.sos()
    operator = house.person("operator", STREET)
    with line_to(house.url) as line:
        phone = sit("responder", path=f"/respond#/incident/{incident}", size=PHONE, at=line.url)
        kept(phone)
        line.cut()
        phone.get_by_test_id("task-respond").click()
        photograph(phone)
        expect(phone.get_by_test_id("queued")).to_be_visible()
        expect(phone.get_by_test_id("photo-queued")).to_be_visible()
        elsewhere = phone.context.new_page()  # no page of ours: only the service worker is left
        phone.close()
        line.mend()
        elsewhere.goto(f"{line.url}/favicon.svg")
        worker = registration(elsewhere)
        wire = elsewhere.context.new_cdp_session(elsewhere)
        wire.send("ServiceWorker.enable")
        said = {"origin": line.url, "registrationId": worker, "tag": "outbox", "lastChance": False}
        wire.send("ServiceWorker.dispatchSyncEvent", said)
        until(
            lambda: (
                elsewhere.evaluate("1") and operator.get("/photos", subject=f"incident:{incident}")["items"]
            )
        )
        assert operator.get(f"/incidents/{incident}")["state"] == "responding"
        again = elsewhere.context.new_page()
        again.goto(f"{line.url}/respond#/incident/{incident}")
        expect(again.get_by_test_id("task-arrive")).to_be_visible()
        expect(again.get_by_test_id("queued")).to_have_count(0)
    kinds = [one["kind"] for one in operator.get(f"/incidents/{incident}")["events"]]
    assert kinds.count("responding") == 1


def registration(page: Page) -> str:
    """What the browser calls our service worker."""
    wire = page.context.new_cdp_session(page)
    found: list[str] = []
    wire.on(
        "ServiceWorker.workerRegistrationUpdated",
        lambda said: found.extend(one["registrationId"] for one in said["registrations"]),
    )
    wire.send("ServiceWorker.enable")
    until(lambda: page.evaluate("1") and found)  # events come while the page is asked something
    return found[0]


def test_quick_taps_do_one_step_and_no_tap_is_lost(house: ApiHouse, sit: Sit) -> None:
    incident = house.sos()
    phone = sit("responder", path=f"/respond#/incident/{incident}", size=PHONE)
    task = phone.get_by_test_id("task-page")
    waiting: list[Route] = []

    def slow(route: Route) -> None:
        waiting.append(route)  # an answer that takes its time

    phone.route(re.compile("/actions$"), slow)
    phone.get_by_test_id("task-respond").dblclick()
    arrive = phone.get_by_test_id("task-arrive")
    expect(phone.get_by_test_id("queued")).to_have_count(1)  # and not two
    expect(arrive).to_be_enabled()
    place = arrive.bounding_box()
    assert place is not None
    phone.mouse.move(place["x"] + 30, place["y"] + 10)
    phone.mouse.down()  # the thumb is on the button while the answer comes and the page changes
    until(lambda: phone.evaluate("1") and waiting)
    waiting[0].continue_()
    phone.unroute(re.compile("/actions$"))
    expect(task).to_have_attribute("data-state", "responding")
    expect(phone.get_by_test_id("queued")).to_have_count(0)
    assert arrive.bounding_box() == place, "nothing moves away under the thumb"
    phone.mouse.up()
    expect(task).to_have_attribute("data-state", "on_site")
    events = [one["kind"] for one in house.person("operator", STREET).get(f"/incidents/{incident}")["events"]]
    assert [events.count(kind) for kind in ("responding", "arrived")] == [1, 1]


def test_what_comes_too_late_is_said_and_not_done(house: ApiHouse, sit: Sit) -> None:
    incident = house.sos()
    operator = house.person("operator", STREET)
    with line_to(house.url) as line:
        phone = sit("responder", path=f"/respond#/incident/{incident}", size=PHONE, at=line.url)
        expect(phone.get_by_test_id("task-respond")).to_be_visible()
        line.cut()
        phone.get_by_test_id("task-respond").click()
        expect(phone.get_by_test_id("queued")).to_have_attribute("data-refused", "false")
        phone.locator(".phone-foot summary").click()
        phone.get_by_test_id("log-out").click()
        expect(phone.get_by_test_id("stays")).to_contain_text("not been sent")
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
    wire.send("ServiceWorker.enable")
    said = {
        "title": "DRILL Can you go?",
        "body": "1 Lane <b>x</b>",
        "tag": "i1",
        "url": f"{house.url}/respond",
    }
    message = {"origin": house.url, "registrationId": registration(phone), "data": json.dumps(said)}
    wire.send("ServiceWorker.deliverPushMessage", message)
    look = (
        "navigator.serviceWorker.ready.then((one) => one.getNotifications())"
        ".then((all) => all.map((one) => [one.title, one.body]))"
    )
    assert until(lambda: phone.evaluate(look)) == [["DRILL Can you go?", "1 Lane <b>x</b>"]]
