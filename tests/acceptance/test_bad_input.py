"""What a broken or hostile device sends, through the real broker: quarantined, and the stream goes on."""

import json
import time

import httpx
import pytest

from tests.acceptance.conftest import Street
from tests.support.house import wait_for
from tests.support.mqtt import Client

pytestmark = [pytest.mark.acceptance, pytest.mark.timeout(180)]


def now_ms() -> int:
    return int(time.time() * 1000)


def bad_messages() -> list[tuple[str, bytes, str]]:
    """(stream, payload, reason)."""
    t = now_ms()
    return [
        ("vital", b'{"t":', "malformed"),
        ("vital", b"\x00\xff\xfe", "malformed"),
        ("vital", b"[1,2,3]", "wrong_type"),
        ("vital", b"x" * 1_000_000, "too_large"),
        ("vital", json.dumps({"t": t, "heart_rate": "seventy"}).encode(), "wrong_type"),
        ("vital", json.dumps({"t": t, "heart_rate": 4000}).encode(), "impossible_value"),
        ("vital", json.dumps({"t": t + 86_400_000, "heart_rate": 70}).encode(), "future_clock"),
        ("vital", json.dumps({"t": 86_400_000, "heart_rate": 70}).encode(), "ancient_clock"),
        ("event", json.dumps({"t": t, "kind": "earthquake"}).encode(), "unknown_kind"),
        ("motion", json.dumps({"t": t, "hz": 50, "acc_b64": "AAA"}).encode(), "malformed"),
        ("status", b"", "empty"),
        ("weather", json.dumps({"t": t, "rain": 1}).encode(), "unknown_stream"),
    ]


def administrator(street: Street) -> httpx.Cookies:
    """Signs in by the first link."""
    code = street.house.first_link.split("#")[1]
    body = {"code": code, "login": "admin", "password": "a long enough secret", "name": "A", "language": "en"}
    answer = httpx.post(f"{street.house.url}/api/v1/invitations/redeem", json=body)
    return answer.raise_for_status().cookies


def test_everything_bad_is_kept_with_its_reason_and_the_good_goes_on(street: Street) -> None:
    house, bad = street.house, bad_messages()
    with Client(house.broker, "w1", street.secrets["w1"], client_id="w1") as watch:
        for number, (stream, payload, _) in enumerate(bad):
            watch.publish(f"nw/v1/h1/w1/{stream}", payload)
            good = {"t": now_ms(), "seq": number, "heart_rate": 60 + number}
            watch.publish("nw/v1/h1/w1/vital", json.dumps(good).encode())
    wait_for(lambda: house.sql("SELECT count(*) FROM reading") == [(len(bad),)], "every good reading")
    url = f"{house.url}/api/v1/quarantine"
    listed = httpx.get(url, params={"limit": 100}, cookies=administrator(street)).json()
    assert sorted(item["reason"] for item in listed["items"]) == sorted(reason for _, _, reason in bad)
    kept = house.sql("SELECT payload FROM quarantine")
    assert sorted(bytes(row[0]) for row in kept) == sorted(payload for _, payload, _ in bad)


def test_a_device_writes_for_its_own_home_only(street: Street) -> None:
    house = street.house
    before = house.sql("SELECT count(*) FROM reading WHERE home_id <> 1")
    with Client(house.broker, "w1", street.secrets["w1"], client_id="w1") as watch:
        for topic in ("nw/v1/h2/w2/vital", "nw/v1/h2/w1/vital", "nw/v1/station/east/act", "anything"):
            watch.offer(topic, json.dumps({"t": now_ms(), "heart_rate": 70}).encode())
        # What follows on its own topic is stored only after the broker has dealt with those.
        marker = {"t": now_ms(), "seq": 1, "weight": 61.5}
        wait_for(lambda: watch.connected, "the watch is connected")
        watch.publish("nw/v1/h1/w1/vital", json.dumps(marker).encode())
    wait_for(lambda: house.sql("SELECT 1 FROM reading WHERE value = 61.5"), "the marker")
    assert house.sql("SELECT count(*) FROM reading WHERE home_id <> 1") == before


def test_a_stranger_is_not_let_in(street: Street) -> None:
    for user, password in (("w1", "wrong"), ("nobody", "nothing"), ("platform", "platform")):
        with Client(street.house.broker, user, password, client_id="stranger") as stranger:
            assert not stranger.let_in


def test_the_same_message_again_and_out_of_order_changes_nothing(street: Street) -> None:
    house, t = street.house, now_ms()
    bodies = [json.dumps({"t": t + n, "seq": n, "steps": n}).encode() for n in range(50)]
    with Client(house.broker, "w2", street.secrets["w2"], client_id="w2") as watch:
        for body in (*reversed(bodies), *bodies, *bodies[::2]):
            watch.publish("nw/v1/h2/w2/vital", body)
        watch.publish("nw/v1/h2/w2/vital", json.dumps({"t": t + 99, "seq": 99, "weight": 61}).encode())
    # A device's messages are handled in order, so when the last is a row the others have been dealt with.
    wait_for(lambda: house.sql("SELECT 1 FROM reading WHERE home_id = 2 AND value = 61"), "the last message")
    assert house.sql("SELECT count(*) FROM reading WHERE home_id = 2") == [(51,)]
