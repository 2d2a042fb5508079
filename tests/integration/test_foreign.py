"""Devices of other systems, from their own words on the broker to stored readings, one click in between."""

import json
import os
import shlex
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import cbor2
import psycopg
import pytest

from core.instant import MINUTE, SECOND, from_datetime
from ingest.foreign import scaip
from ingest.foreign.interpreter import EVERY_TOPIC, Interpreted, Thing
from ingest.foreign.store import Keeper
from ingest.foreign.strangers import Key
from ingest.mqtt import MqttSource
from tests.conftest import Server
from tests.support import sip
from tests.support.api import WEST
from tests.support.chain import Chain, chain, interpreting
from tests.support.counted import counted
from tests.support.mqtt import wait_for
from tests.support.sparkplug_bytes import sparkplug

pytestmark = pytest.mark.integration


@pytest.fixture(scope="module")
def town(
    server: Server, template: str, open_folder: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Chain]:
    name = f"foreign_{os.getpid()}"
    dsn = server.create(name, template)
    with chain(dsn, open_folder, tmp_path_factory.mktemp("api")) as made:
        yield made
    server.drop(name)


def named(town: Chain, foreign_id: str, **wish: object) -> str:
    """Wait until the thing was found, and make it a device with one click; its code."""
    wait_for(lambda: any(one["foreign_id"] == foreign_id for one in town.found(unnamed=True)), "it is found")
    [one] = [one for one in town.found(unnamed=True) if one["foreign_id"] == foreign_id]
    made = town.operator.http.post(f"/found-devices/{one['id']}/assign", json=wish)
    assert made.status_code == 201, made.text
    return str(made.json()["code"])


def test_a_zigbee_sensor_is_found_named_and_heard(town: Chain) -> None:
    topic = "nw/in/gw1/zigbee2mqtt/bathroom-motion"
    with town.gateway() as gateway:
        gateway.publish(topic, b'{"occupancy": false, "battery": 97, "linkquality": 120}')
        wait_for(lambda: bool(town.found(unnamed=True)), "it is found")
        [found] = town.found(unnamed=True)
        assert (found["source"], found["tongue"], found["seems"]) == ("gw1", "zigbee2mqtt", "pir")
        assert found["says"] == {"presence": 0.0, "battery": 0.97, "link_quality": 120.0}
        assert found["home"]["code"] == "h1"
        waits = town.rows("SELECT reason, home_code, device_code FROM quarantine WHERE topic = %s", topic)
        assert waits == [("unknown_device", "h1", "gw1")]
        code = named(town, "bathroom-motion", room="bathroom")
        assert town.rows("SELECT kind FROM device WHERE code = %s", code) == [("pir",)]

        def heard() -> bool:
            gateway.publish(topic, b'{"occupancy": true, "battery": 96}')
            return bool(town.values(code, "presence"))

        wait_for(heard, "its presence is stored")
    assert town.values(code, "battery")[0] == 0.97, "what it said just before it was named"
    assert town.rows("SELECT last_room FROM home_state WHERE home_id = 1") == [("bathroom",)]
    assert [one["foreign_id"] for one in town.found(unnamed=False)] == ["bathroom-motion"]


def test_smoke_of_a_thing_that_nobody_named_raises_an_alarm(town: Chain) -> None:
    with town.gateway() as gateway:
        gateway.publish("nw/in/gw1/zigbee2mqtt/kitchen-smoke", b'{"smoke": true}')
    wait_for(lambda: 1.0 in town.values("gw1", "smoke"), "the gateway cries for it")
    wait_for(lambda: counted("nowalls_foreign_said_total").get((), 0) > 0, "and it was counted")
    wait_for(lambda: bool(town.rows("SELECT FROM finding WHERE kind = 'smoke'")), "it is a finding")


def test_a_sparkplug_node_is_asked_to_introduce_itself(town: Chain) -> None:
    base = "nw/in/gw1/spBv1.0/flats"
    with town.gateway() as gateway:
        assert gateway.subscribe(f"{base}/NCMD/edge")
        data = sparkplug({"timestamp": 1, "seq": 9, "metrics": [{"alias": 4, "boolean": True}]})
        gateway.publish(f"{base}/DDATA/edge/door", data)
        wait_for(lambda: bool(gateway.payloads(f"{base}/NCMD/edge")), "a rebirth is asked for")
        stamp = int(town.house.clock.now() // 1000)
        birth = {"timestamp": stamp, "seq": 0, "metrics": [{"name": "bdSeq", "datatype": 4, "long": 0}]}
        gateway.publish(f"{base}/NBIRTH/edge", sparkplug(birth))
        metrics = [{"name": "opening", "alias": 4, "datatype": 11, "boolean": False}]
        gateway.publish(
            f"{base}/DBIRTH/edge/door", sparkplug({"timestamp": stamp, "seq": 1, "metrics": metrics})
        )
        code = named(town, "flats/edge/door", room="hall")
        seq = iter(range(2, 200))
        opened = iter([True, False] * 100)

        def heard() -> bool:
            said = {"timestamp": stamp, "seq": next(seq), "metrics": [{"alias": 4, "boolean": next(opened)}]}
            gateway.publish(f"{base}/DDATA/edge/door", sparkplug(said))
            return bool(town.values(code, "door"))

        wait_for(heard, "the door is heard")


def test_what_was_announced_is_known_after_a_restart(town: Chain) -> None:
    config = {"dev_cla": "smoke", "stat_t": "flat/smoke/state", "dev": {"ids": "esp-1", "name": "Flat"}}
    with town.gateway() as gateway:
        gateway.publish(
            "nw/in/gw1/homeassistant/binary_sensor/flat/smoke/config", json.dumps(config).encode()
        )
        code = named(town, "esp-1", kind="smoke")
        wait_for(lambda: bool(town.rows("SELECT FROM foreign_announcement")), "it is kept")
        # Another interpreter on the same store: as after a restart. It takes the session over.
        with interpreting(town.house.dsn, town):

            def heard() -> bool:
                gateway.publish("nw/in/gw1/flat/smoke/state", b"OFF")
                gateway.publish("nw/in/gw1/flat/smoke/state", b"ON")
                return 1.0 in town.values(code, "smoke")

            wait_for(heard, "the smoke is stored")


def test_what_is_said_while_there_is_no_line_is_proven_once_there_is_one(town: Chain) -> None:
    source = MqttSource(town.broker.interpreter_url, "mouth", town.house.clock, topics=(EVERY_TOPIC,))
    said = [("nw/in/gw1/zigbee2mqtt/late-lamp", b'{"power": 40}')]
    with ThreadPoolExecutor(1) as pool:
        done = pool.submit(source.deliver, said, threading.Event())
        source.start()
        assert done.result(60)
    wait_for(lambda: any(one["foreign_id"] == "late-lamp" for one in town.found()), "it was said")
    source.stop()


def test_what_the_store_refuses_keeps_nothing_else_from_being_kept(town: Chain) -> None:
    keeper = Keeper(lambda: psycopg.connect(town.house.dsn), lambda seconds: False)
    done = Interpreted(heard={Key(100, "senml", "bad\x00"): 1, Key(100, "senml", "good"): 1})
    keeper.keep(done, {key: Thing() for key in done.heard}, town.house.clock.now())
    assert town.rows("SELECT foreign_id FROM found_device WHERE foreign_id IN ('good', 'bad')") == [("good",)]
    keeper.keep(Interpreted(forgotten={Key(100, "senml", "good")}), {}, town.house.clock.now())
    keeper.close()
    assert town.rows("SELECT FROM found_device WHERE foreign_id = 'good'") == [], "it made room"


def test_a_gateway_cannot_write_where_it_is_not_let(town: Chain) -> None:
    with town.gateway() as gateway:
        for topic in ("nw/in/gw2/zigbee2mqtt/x", "zigbee2mqtt/x", "nw/v1/h2/w2/event"):
            gateway.publish(topic, b'{"occupancy": true, "kind": "button", "state": 1}')
        gateway.publish("nw/in/gw1/zigbee2mqtt/the-last", b'{"occupancy": true}')
        wait_for(lambda: any(one["foreign_id"] == "the-last" for one in town.found()), "the last is heard")
    assert (
        town.rows("SELECT FROM quarantine WHERE topic IN ('nw/in/gw2/zigbee2mqtt/x', 'zigbee2mqtt/x')") == []
    )
    assert town.values("w2", "button") == []
    assert town.operator.http.put("/devices/100/foreign", json={"allowed": False}).status_code == 200

    def shut_out() -> bool:
        with town.gateway() as gateway:
            return not gateway.subscribe("nw/in/gw1/#")

    wait_for(shut_out, "it may no longer speak for others")
    assert town.operator.http.put("/devices/100/foreign", json={"allowed": True}).status_code == 200


def test_what_is_found_belongs_to_its_station(town: Chain) -> None:
    elsewhere = town.house.person("operator", WEST)
    assert elsewhere.http.get("/found-devices").json()["items"] == []
    found = town.found()[0]["id"]
    for path in (
        f"/found-devices/{found}/assign",
        f"/found-devices/{found}/ignore",
        f"/found-devices/{found}/forget",
    ):
        assert elsewhere.http.post(path, json={}).status_code == 404
    assert elsewhere.http.put("/devices/100/foreign", json={"allowed": True}).status_code == 404
    assert town.operator.http.post(f"/found-devices/{found}/be", json={"device_id": 6}).status_code == 404


def test_what_is_ignored_is_not_listened_to_until_it_is_forgotten(town: Chain) -> None:
    topic = "nw/in/gw1/zigbee2mqtt/fridge"
    with town.gateway() as gateway:
        gateway.publish(topic, b'{"temperature": 4}')
        wait_for(
            lambda: any(one["foreign_id"] == "fridge" for one in town.found(unnamed=True)), "it is found"
        )
        [one] = [one for one in town.found() if one["foreign_id"] == "fridge"]
        assert town.operator.http.post(f"/found-devices/{one['id']}/ignore").status_code == 204
        [one] = [one for one in town.found() if one["foreign_id"] == "fridge"]
        assert (one["ignored"], one["device"]) == (True, None)
        assert town.operator.http.post(f"/found-devices/{one['id']}/forget").status_code == 204
    assert any(one["foreign_id"] == "fridge" for one in town.found(unnamed=True))


def http(
    town: Chain, key: dict[str, str], path: str, body: bytes, kind: str = "application/json"
) -> tuple[int, str]:
    answer = town.house.stranger().http.post(
        f"/device-messages/{path}",
        content=body,
        auth=(key["user"], key["secret"]),
        headers={"content-type": kind},
    )
    return answer.status_code, str(answer.json().get("code") or answer.json().get("topic"))


def test_a_device_without_mqtt_is_heard_over_http(town: Chain) -> None:
    key, now = town.claimed(1), town.house.clock.now() // 1000
    rows = [{"t": now, "seq": n, "heart_rate": 70 + n} for n in range(2)]
    assert http(town, key, "vital", json.dumps(rows).encode()) == (202, "nw/v1/h1/w1/vital")
    assert (
        http(town, key, "vital", cbor2.dumps([{**rows[0], "seq": 7, "spo2": 97}]), "application/cbor")[0]
        == 202
    )
    wait_for(lambda: town.values("w1", "heart_rate") == [70, 71, 70], "all are stored")
    # The same again is the same rows.
    assert http(town, key, "vital", json.dumps(rows).encode())[0] == 202
    assert http(town, key, "event", b'{"kind": "button"}')[0] == 202
    wait_for(lambda: bool(town.values("w1", "button")), "a press without a time is heard")
    assert town.values("w1", "heart_rate") == [70, 71, 70]


def test_over_http_a_device_proves_itself_and_speaks_for_itself_only(town: Chain) -> None:
    key = town.claimed(1)
    assert http(town, {**key, "secret": "x" * 27}, "vital", b"{}") == (401, "bad-login")
    assert http(town, {"user": "", "secret": ""}, "vital", b"{}") == (401, "bad-login")
    assert http(town, key, "in/senml", b"[]") == (403, "not-allowed")
    assert http(town, key, "vital", b"") == (422, "empty")
    assert http(town, key, "cmd", b"{}")[0] == 422
    assert http(town, key, "in/a//b", b"{}")[0] == 422
    assert http(town, key, "in/%23", b"{}")[0] == 422


def test_other_tongues_over_http_take_the_same_way(town: Chain) -> None:
    body = b'[{"bn": "urn:dev:mac:1:", "n": "temperature", "u": "Cel", "v": 21.5}]'
    assert http(town, town.key, "in/senml", body) == (202, "nw/in/gw1/senml")
    code = named(town, "urn:dev:mac:1")
    wait_for(
        lambda: (
            http(town, town.key, "in/senml", body)[0] == 202 and 21.5 in town.values(code, "room_temperature")
        ),
        "the temperature is stored",
    )


def test_who_says_too_much_over_http_is_slowed_down(town: Chain, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("api.routes.device_messages._A_MINUTE", 0.25)  # 5 a minute
    device = town.house.stranger().http
    login = ("w9", "wrong")  # counted before the secret is looked at: that is what costs
    answers = [device.post("/device-messages/vital", content=b"{}", auth=login).status_code for _ in range(8)]
    assert answers == [401] * 5 + [429] * 3


def test_a_social_alarm_unit_is_found_named_and_heard_once_however_often_it_repeats(town: Chain) -> None:
    body = sip.call("c-1", "unit-7", lco="011")
    alarm = scaip.decode(body.encode())
    assert town.service.called(alarm, body.encode()) is scaip.Status.NOT_TREATED
    chief = town.house.person("administrator")
    [unit] = [one for one in chief.http.get("/found-devices").json()["items"] if one["tongue"] == "scaip"]
    assert (unit["source"], unit["seems"], unit["home"]) == ("scaip", "button", None)
    assert unit not in town.found()  # it is in nobody's home yet: for those who see everything
    path = f"/found-devices/{unit['id']}/assign"
    assert chief.http.post(path, json={}).json()["code"] == "home-needed"
    code = chief.http.post(path, json={"home_id": 1, "room": "bathroom"}).json()["code"]
    body = sip.call("c-2", "unit-7", did="pendant-1")
    for _ in range(3):
        assert town.service.called(scaip.decode(body.encode()), body.encode()) is scaip.Status.OK
    wait_for(lambda: bool(town.values(code, "need_help")), "the call is stored")
    body = sip.call("c-3", "unit-7", mty="PI")
    assert town.service.called(scaip.decode(body.encode()), body.encode()) is scaip.Status.OK
    wait_for(lambda: bool(town.values(code, "online")), "the heartbeat is stored")
    assert town.rows("SELECT reference FROM scaip_call WHERE reference = 'c-3'") == [], "it repeats none"
    assert town.values(code, "need_help") == [1.0]
    assert town.rows("SELECT kind FROM finding WHERE kind = 'sos'") != []


def test_a_unit_whose_references_begin_anew_is_heard_again(dsn: str) -> None:
    keeper, now = Keeper(lambda: psycopg.connect(dsn), lambda wait_s: True), 1_790_000_000 * SECOND
    told = []
    for minute in (0, 1, 10, 60):
        at = now + minute * MINUTE
        keeper.live(at)
        told.append((from_datetime(keeper.call("unit-7", "0001", at)) - now) // MINUTE)
    keeper.close()
    assert told == [0, 0, 0, 60], "what is repeated within minutes is the same call, a press of later is not"


def test_the_command_lines_of_the_manual_are_taken(town: Chain) -> None:
    page = (Path(__file__).parents[2] / "docs" / "devices-in.md").read_text(encoding="utf-8")
    lines = [shlex.split(line) for line in page.splitlines() if line.startswith("curl ")]
    assert len(lines) == 2
    keys = {"w-0017": town.claimed(1), "gw-1": town.key}
    for words in lines:
        key = keys[words[words.index("-u") + 1].partition(":")[0]]
        path = words[-1].partition("/device-messages/")[2]
        assert http(town, key, path, words[words.index("--data") + 1].encode())[0] == 202
