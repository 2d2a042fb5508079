"""The main job: a watch falls with its wearer, and somebody at the station sees it, goes, and closes it."""

import json
import re
import time
from collections.abc import Iterator

import numpy as np
import psycopg
import pytest
from playwright.sync_api import Browser, Page, expect

from alerts import drills
from alerts.delivery.watch import PARTS, SOME_HAVE
from simulators.falling import fall
from simulators.wearables import Chip, sample, windows
from simulators.wire import encode, motion
from tests.acceptance.conftest import Street
from tests.support.house import ROOT, wait_for
from tests.support.mqtt import Client, lets_in

pytestmark = [pytest.mark.acceptance, pytest.mark.browser, pytest.mark.timeout(240)]

HZ = 50
SHOTS = ROOT / "out" / "screenshots"


@pytest.fixture
def page(street: Street, browser: Browser) -> Iterator[Page]:
    page = browser.new_page(viewport={"width": 1920, "height": 1080}, locale="en-GB")
    yield page
    page.close()


def wear_and_fall(street: Street, number: int, seed: int) -> None:
    """The watch w<number> publishes a simulated fall, as fast as the broker takes it, ending about now."""
    draw = np.random.default_rng(seed)
    track = fall("forward", draw, still_s=45).track
    acc = sample(track, Chip(HZ), draw)
    start = time.time_ns() // 1000 - len(acc) * 1_000_000 // HZ
    with Client(
        street.house.broker, f"w{number}", street.secrets[f"w{number}"], client_id=f"w{number}"
    ) as watch:
        for seq, (t, piece) in enumerate(windows(acc, HZ, start, 1.0)):
            watch.publish(f"nw/v1/h{number}/w{number}/motion", encode(motion(t, seq, HZ, piece)))


def sign_in(page: Page, link: str) -> None:
    page.goto(link)
    form = page.get_by_test_id("enter-form")
    form.locator("[name=name]").fill("Night Operator")
    form.locator("[name=login]").fill("night")
    form.locator("[name=password]").fill("a long enough secret")
    form.locator("button[type=submit]").click()
    page.wait_for_url(re.compile("/board"))


def test_a_fall_is_seen_acknowledged_and_resolved(street: Street, page: Page) -> None:
    house = street.house
    sign_in(page, house.first_link)
    expect(page.get_by_test_id("board-connection")).to_be_visible()
    wear_and_fall(street, 3, seed=3)
    row = page.locator("[data-testid=incident-row][data-kind=fall]")
    expect(row).to_be_visible(timeout=20_000)
    SHOTS.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=SHOTS / "acceptance-board.png")
    row.get_by_test_id("incident-title").click()
    expect(page.get_by_test_id("evidence")).to_be_visible()
    page.get_by_test_id("action-acknowledge").click()
    state = page.get_by_test_id("incident-page").get_by_test_id("incident-state")
    expect(state).to_contain_text("Night Operator")
    page.screenshot(path=SHOTS / "acceptance-incident.png")
    page.get_by_test_id("action-resolve").click()
    page.get_by_test_id("outcome-select").select_option("help_given")
    page.get_by_test_id("action-submit").click()
    wait_for(
        lambda: house.sql("SELECT outcome FROM incident WHERE kind = 'fall'") == [("help_given",)], "resolved"
    )
    steps = [row[0] for row in house.sql("SELECT kind FROM incident_event ORDER BY incident_id, n")]
    assert steps[0] == "detected"
    assert "acknowledged" in steps
    assert steps[-1] == "resolved"


def test_the_station_console_sees_it_and_closes_it_by_mqtt(street: Street) -> None:
    house = street.house
    secret = house.run("consoles", "secret", "east").strip()
    wait_for(lambda: lets_in(house.broker, "station.east", secret), "the broker knows it")
    with Client(house.broker, "station.east", secret, client_id="console") as console:
        assert console.subscribe("nw/v1/station/east/incident/+")
        assert console.subscribe("nw/v1/station/east/siren")
        assert not console.subscribe("nw/v1/station/city/incident/+"), "another station's"
        assert not console.subscribe("nw/v1/h1/b1/event"), "a device's"
        with Client(house.broker, "b1", street.secrets["b1"], client_id="b1") as button:
            press = {"t": int(time.time() * 1000), "seq": 1, "kind": "button", "state": 1}
            button.publish("nw/v1/h1/b1/event", json.dumps(press).encode())

        def shown(state: str) -> dict[str, object] | None:
            for heard in reversed(console.heard):
                body = json.loads(heard.payload) if heard.payload else {}
                if body.get("kind") == "sos" and body.get("home") == "h1" and body["state"] == state:
                    return dict(body)
            return None

        def sounds(word: str) -> bool:
            said = console.payloads("nw/v1/station/east/siren")
            return bool(said) and json.loads(said[-1])["sound"] == word

        incident = wait_for(lambda: shown("open"), "the console shows it")
        wait_for(lambda: sounds("high"), "the siren sounds")
        told = {"incident": incident["id"], "action": "shown"}
        console.publish("nw/v1/station/east/act", json.dumps(told).encode())
        receipt = "SELECT channel FROM notification WHERE recipient_kind = 'station' AND state = 'delivered'"
        wait_for(lambda: house.sql(receipt), "a receipt")
        for action, state in (("acknowledge", "acknowledged"), ("resolve", "resolved")):
            asked = {"incident": incident["id"], "action": action, "outcome": "help_given"}
            console.publish("nw/v1/station/east/act", json.dumps(asked).encode())
            wait_for(lambda state=state: shown(state), state)
        wait_for(lambda: sounds("off"), "silence")
        topic = f"nw/v1/station/east/incident/{incident['id']}"
        wait_for(lambda: console.payloads(topic)[-1] == b"", "taken off the broker")


def test_a_self_test_goes_the_whole_way_and_comes_back(street: Street) -> None:
    house = street.house
    secret = house.run("consoles", "secret", "east").strip()
    with Client(house.broker, "station.east", secret, client_id="console") as console:
        wait_for(lambda: console.connected and console.let_in, "the broker lets the console in")
        assert console.subscribe("nw/v1/station/east/incident/+")
        with psycopg.connect(house.connections["NOWALLS_DATABASE_URL"], autocommit=True) as conn:
            (east,) = conn.execute("SELECT id FROM station WHERE code = 'east'").fetchone() or (0,)
            drill = drills.start(conn, east, "self_test", None, time.time_ns() // 1000)

        def heard() -> str | None:
            told = (json.loads(one.payload) for one in console.heard if one.payload)
            return next((body["id"] for body in told if body.get("kind") == "self_test"), None)

        incident = wait_for(heard, "the console hears the self-test")
        said = {"incident": incident, "action": "shown"}
        console.publish("nw/v1/station/east/act", json.dumps(said).encode())
        passed = "SELECT passed FROM drill WHERE id = %s"
        wait_for(lambda: house.sql(passed, drill) == [(True,)], "it has passed")
        alive = "SELECT part FROM heartbeat WHERE at > clock_timestamp() - interval '1 minute'"
        wait_for(lambda: {*PARTS, *SOME_HAVE} <= {row[0] for row in house.sql(alive)}, "every part is alive")
    assert house.sql("SELECT count(*) FROM incident WHERE kind IN ('self_test_failed', 'part_silent')") == [
        (0,)
    ]
