"""A device comes to its secret by a claim code, gets a new one, and is shut out: before the real broker."""

import json
import os
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import psycopg
import pytest

from care.store import keys
from core.embedded.doorman import Doorman
from core.embedded.nats import Nats
from core.embedded.ports import any_free
from tests.conftest import Server
from tests.support.api import EAST, START, WEST, ApiHouse, Person, api_house
from tests.support.mqtt import Client, wait_for

pytestmark = pytest.mark.integration


class Street(NamedTuple):
    """A village with its API and its broker; the watch of home 1 is device 1."""

    house: ApiHouse
    broker: Nats
    operator: Person

    def key(self, device: int = 1) -> dict[str, Any]:
        """The device claims its secret over HTTP."""
        code = self.operator.post(f"/devices/{device}/keys/claim").json()
        return self.house.stranger().post("/device-claims", claim=code["claim"]).json()  # type: ignore[no-any-return]

    def let_in(self, key: dict[str, Any]) -> bool:
        """Whether the broker takes this login."""
        with Client(self.broker.url, key["user"], key["secret"], client_id=f"probe-{key['user']}") as probe:
            return probe.let_in


@pytest.fixture(scope="module")
def street(
    server: Server, template: str, open_folder: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Street]:
    name = f"device_keys_{os.getpid()}"
    module_dsn = server.create(name, template)
    broker = Nats(open_folder / "broker-data", port=any_free())
    broker.start()
    with api_house(module_dsn, tmp_path_factory.mktemp("api")) as house:
        doorman = Doorman(module_dsn, broker.apply, house.clock)
        doorman.start()
        with house.serves(broker_url=broker.url):
            yield Street(house, broker, house.person("operator", EAST))
        doorman.stop()
    broker.stop()
    server.drop(name)


def test_a_claim_code_is_exchanged_once_for_a_login_that_the_broker_takes(street: Street) -> None:
    made = street.operator.post("/devices/1/keys/claim", days=3)
    assert made.status_code == 201
    assert made.json()["qr"].startswith("data:image/svg+xml")
    device, code = street.house.stranger(), made.json()["claim"]
    key = device.post("/device-claims", claim=code.lower().replace("-", " "))
    assert key.status_code == 200
    told = key.json()
    assert (told["home"], told["device"], told["topics"]) == ("h1", "w1", "nw/v1/h1/w1/")
    wait_for(lambda: street.let_in(told), "the device is let in")
    assert device.post("/device-claims", claim=code).json()["code"] == "bad-claim"
    # What the store keeps opens nothing.
    kept = street.house.conn.execute("SELECT bcrypt, pbkdf2 FROM device_secret").fetchall()
    assert told["secret"] not in str(kept)


def test_a_device_without_http_claims_over_mqtt_and_hears_nobody_elses_answer(street: Street) -> None:
    codes = [
        street.operator.post(f"/devices/{n}/keys/claim").json()["claim"].replace("-", "") for n in (2, 3)
    ]
    one, other = ((code[:8], code[8:]) for code in codes)

    def log_in(pair: tuple[str, str]) -> Client:
        return Client(street.broker.url, f"claim.{pair[0]}", pair[1], client_id=f"new-{pair[0]}")

    def arrived() -> bool:
        with log_in(one) as first:
            return first.let_in

    wait_for(arrived, "the code is a login")
    with log_in(one) as first, log_in(other) as second:
        assert second.subscribe(f"nw/claim/{other[0]}/answer")
        assert not second.subscribe(f"nw/claim/{one[0]}/answer")
        assert not second.subscribe("nw/claim/+/answer")
        assert first.subscribe(f"nw/claim/{one[0]}/answer")
        second.publish(f"nw/claim/{one[0]}/ask", codes[0].encode())  # thrown away by the broker
        second.publish(f"nw/claim/{other[0]}/ask", codes[0].encode())  # not the code it logged in with
        wait_for(lambda: bool(second.heard), "the answer")
        assert json.loads(second.heard[0].payload) == {"error": "bad-claim"}
        first.publish(f"nw/claim/{one[0]}/ask", codes[0].encode())
        wait_for(lambda: bool(first.heard), "the answer")
    told = json.loads(first.heard[0].payload)
    assert told["device"] == "p1"
    wait_for(lambda: street.let_in(told), "the device is let in")


def test_for_a_while_after_a_rotation_both_secrets_count(street: Street) -> None:
    old = street.key()
    wait_for(lambda: street.let_in(old), "the device is let in")
    device = street.house.stranger()
    renewed = device.http.post("/device-renewals", auth=(old["user"], old["secret"]))
    assert renewed.status_code == 200
    new = renewed.json()
    assert new["user"] != old["user"]
    wait_for(lambda: street.let_in(new), "the new login")
    assert street.let_in(old)
    with Client(street.broker.url, new["user"], new["secret"], client_id="w1") as watch:
        assert watch.subscribe("nw/v1/h1/w1/cmd")
        assert not watch.subscribe(f"nw/v1/h1/{new['user']}/cmd")
    street.house.clock.advance(minutes=16)
    street.house.conn.execute("SELECT pg_notify('devices', '')")
    wait_for(lambda: not street.let_in(old), "the old login ends")
    assert street.let_in(new)
    assert device.http.post("/device-renewals", auth=(old["user"], old["secret"])).status_code == 401
    for user, text in (
        ("w1", ""),
        ("nobody", "x"),
        ("w1@0", "x"),
        ("w1@" + "9" * 99, "x"),
        ("a\x00", "\x00"),
    ):
        assert device.http.post("/device-renewals", auth=(user, text)).status_code == 401


def revoked_after_s(street: Street) -> float:
    """How long an open connection outlives the revocation of its key."""
    key = street.key()
    wait_for(lambda: street.let_in(key), "the device is let in")
    with Client(street.broker.url, key["user"], key["secret"], client_id=key["client_id"]) as watch:
        watch.publish("nw/v1/h1/w1/vital", b"{}")
        began = time.monotonic()
        assert street.operator.post("/devices/1/keys/revoke").json()["secret_since"] is None
        wait_for(lambda: watch.losses > 0, "the open connection ends")
        took = time.monotonic() - began
    wait_for(lambda: not street.let_in(key), "it is not let in again")
    return took


def test_a_revoked_device_is_thrown_out_within_two_seconds(street: Street) -> None:
    """On a machine that has other work to do, at one of three times."""
    took: list[float] = []
    while not took or (took[-1] >= 2 and len(took) < 3):
        took.append(revoked_after_s(street))
    assert min(took) < 2, took


def test_nobody_sets_the_devices_of_another_station(street: Street) -> None:
    west, family = street.house.person("operator", WEST), street.house.person("family", resident=1)
    for what in ("claim", "rotate", "revoke"):
        assert west.post(f"/devices/1/keys/{what}").status_code == 404
        assert family.post(f"/devices/1/keys/{what}").status_code == 403
        assert street.house.stranger().post(f"/devices/1/keys/{what}").status_code == 401
    assert west.http.get("/devices/1/keys").status_code == 404


def test_of_two_who_exchange_one_code_at_once_one_gets_a_key(street: Street) -> None:
    with psycopg.connect(street.house.dsn) as conn:
        code = keys.offer(conn, 1, START, 30)
    with psycopg.connect(street.house.dsn) as one, psycopg.connect(street.house.dsn) as two:
        assert keys.exchange(one, code, START) is not None
        two.execute("SET lock_timeout = '50ms'")
        with pytest.raises(psycopg.errors.LockNotAvailable):
            keys.exchange(two, code, START)
        two.rollback()
        one.commit()
        assert keys.exchange(two, code, START) is None


def test_strangers_try_claim_codes_at_a_pace(street: Street) -> None:
    """Each try takes one of the few connections on which alarms are acted; renewals count with claims."""
    http = street.house.stranger().http
    street.house.wall.advance(minutes=1)
    seen = set()
    for _ in range(301):
        answer = http.post("/device-claims", json={"claim": "AAAA-BBBB-CCCC-DDDD-EEEE-FFFF-GGGG"})
        seen.add(answer.status_code)
        if answer.status_code == 429:
            break
    assert seen == {403, 429}
    assert answer.json()["retry_after_s"] >= 1
    assert http.post("/device-renewals", auth=("w1", "no secret of ours")).status_code == 429
    street.house.wall.advance(minutes=1)
    assert http.post("/device-renewals", auth=("w1", "no secret of ours")).status_code == 401
