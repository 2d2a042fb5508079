"""Doorbells of hospitals: rung for what is new, by calls that say nothing of anybody."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Event
from typing import Any

import psycopg
import pytest

from alerts.delivery.bells import Bells, caller, pause
from alerts.delivery.channels.webhook import sign
from alerts.delivery.keys import Keys
from core.instant import to_datetime
from tests.support.api import EAST, WEST, ApiHouse, Person
from tests.support.fhir import (
    AGREES,
    OTHER,
    fhir_house,
    found,
    machine,
    measure,
    problem,
    token,
    valid,
)
from tests.support.sink import Sink

pytestmark = pytest.mark.integration


@pytest.fixture(scope="module")
def house(shared_dsn: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[ApiHouse]:
    with fhir_house(shared_dsn, tmp_path_factory.mktemp("village")) as built:
        yield built


@pytest.fixture(scope="module")
def hospital(house: ApiHouse) -> Person:
    return token(house)


def subscription(criteria: str = "DetectedIssue", **more: Any) -> dict[str, Any]:
    channel = {"type": "rest-hook", "endpoint": "https://hospital.example/bell"}
    return {
        "resourceType": "Subscription", "status": "requested", "reason": "to be told", "criteria": criteria,
        "channel": channel,
    } | more  # fmt: skip


class Bellman:
    """The loop that rings, turned by hand, for receivers in this network."""

    def __init__(self, house: ApiHouse) -> None:
        ring = caller(Keys(house.folder).subscription, allow_private=True)
        self.bells = Bells(ring, house.clock, Event(), house.wall)
        self.house = house

    def turn(self, seconds: float = 3) -> None:
        self.house.clock.advance(seconds=seconds)
        with psycopg.connect(self.house.dsn, autocommit=True) as conn, ThreadPoolExecutor(2) as threads:
            conn.execute("SET ROLE nowalls_deliver")
            self.bells.turn(conn, threads)


def subscribe(house: ApiHouse, person: Person, sink: Sink, path: str, **more: Any) -> dict[str, Any]:
    made = person.http.post("/Subscription", json=subscription(**more))
    assert made.status_code == 201, made.text
    body = valid(made.json())
    house.conn.execute(
        "UPDATE fhir_subscription SET endpoint = %s WHERE id = %s", (f"{sink.url}{path}", int(body["id"]))
    )
    return body


def test_a_bell_rings_once_for_what_is_new_and_says_nothing_of_it(house: ApiHouse) -> None:
    hospital, bellman, sink = token(house), Bellman(house), Sink()
    with sink.serves():
        made = subscribe(house, hospital, sink, "/east")
        one = subscribe(house, hospital, sink, "/one", criteria=f"Flag?patient=Patient/{AGREES}")
        subscribe(house, token(house, station=WEST), sink, "/west")
        bellman.turn()
        assert sink.got == [], "what was before is asked for by a search"
        house.sos(AGREES)
        bellman.turn()
        bellman.turn()
        assert sorted(sink.paths()) == ["/east", "/one"], "once each, and nobody else"
        got = next(one for one in sink.got if one.path == "/east")
        assert got.body == b""
        secret = made["extension"][0]["valueString"]
        call, stamp = got.headers["webhook-id"], got.headers["webhook-timestamp"]
        assert got.headers["webhook-signature"] == sign(secret, call, stamp, b"")
        assert "extension" not in hospital.http.get(f"/Subscription/{made['id']}").json(), "shown once"

        sink.status["/east"] = 500
        house.finds("inactivity", AGREES)
        bellman.turn()
        failing = valid(hospital.http.get(f"/Subscription/{made['id']}").json())
        assert (failing["status"], failing["error"]) == ("active", "HTTP 500")
        sink.status["/east"] = 200
        before = len(sink.paths())
        bellman.turn()
        assert sink.paths()[before:] == ["/east"], "what was not heard is said again"
        assert hospital.http.delete(f"/Subscription/{one['id']}").status_code == 204
        assert {s["id"] for s in found(hospital, "/Subscription")} == {made["id"]}


def test_a_bell_of_measurements_rings_while_the_person_agrees(house: ApiHouse) -> None:
    hospital, bellman, sink = token(house), Bellman(house), Sink()
    with sink.serves():
        subscribe(house, hospital, sink, "/vitals", criteria=f"Observation?patient={AGREES}")
        house.clock.advance(seconds=1)
        measure(house, AGREES, minutes_ago=0, heart_rate=71)
        bellman.turn()
        assert sink.paths() == ["/vitals"]
        measure(house, AGREES, minutes_ago=0, heart_rate=72)
        bellman.turn()
        assert sink.paths() == ["/vitals"], "at most once a minute"
        bellman.turn(seconds=60)
        assert sink.paths() == ["/vitals"] * 2
        now = to_datetime(house.clock.now())
        house.conn.execute(
            "UPDATE consent SET withdrawn_at = %s WHERE resident_id = %s AND purpose = 'handover'",
            (now, AGREES),
        )
        measure(house, AGREES, minutes_ago=0, heart_rate=73)
        bellman.turn(seconds=61)
        assert sink.paths() == ["/vitals"] * 2
        house.conn.execute("UPDATE consent SET withdrawn_at = NULL")


def test_a_bell_of_measurements_is_silent_for_who_has_moved_out_of_reach(house: ApiHouse) -> None:
    hospital, bellman, sink = token(house), Bellman(house), Sink()
    with sink.serves():
        subscribe(house, hospital, sink, "/moved", criteria=f"Observation?patient={AGREES}")
        for station, rung in ((WEST, 0), (EAST, 1)):
            house.conn.execute("UPDATE resident SET station_id = %s WHERE id = %s", (station, AGREES))
            house.clock.advance(seconds=61)
            measure(house, AGREES, minutes_ago=0, heart_rate=71)
            bellman.turn()
            assert sink.paths().count("/moved") == rung


def test_a_bell_ends_with_its_token_and_rests_after_many_failures(house: ApiHouse) -> None:
    boss = house.person("administrator")
    made = boss.post("/tokens", name="x", actions=["see_incidents"], station_id=EAST).json()
    hospital, bellman, sink = machine(house, made["token"]), Bellman(house), Sink()
    with sink.serves():
        gone = subscribe(house, hospital, sink, "/gone")
        kept = subscribe(house, hospital, sink, "/kept")
        sink.status["/gone"] = 410
        house.finds("vitals", AGREES)
        bellman.turn()
        assert sorted(sink.paths()) == ["/gone", "/kept"]
        assert hospital.http.get(f"/Subscription/{gone['id']}").json()["status"] == "error"
        assert boss.http.delete(f"/tokens/{made['id']}").status_code == 204
        house.finds("inactivity", AGREES)
        bellman.turn()
        assert sorted(sink.paths()) == ["/gone", "/kept"]
        row = house.conn.execute(
            "SELECT status FROM fhir_subscription WHERE id = %s", (int(kept["id"]),)
        ).fetchone()
        assert row == ("off",)
    assert pause(1) < pause(5) < pause(12) == timedelta(hours=1)  # type: ignore[operator]
    assert pause(20) is None


def test_what_no_bell_is_hung_for(house: ApiHouse, hospital: Person) -> None:
    for wrong in (
        {"criteria": "Patient"}, {"criteria": "Observation"}, {"criteria": "DetectedIssue?code=fall"},
        {"channel": {"type": "email", "endpoint": "https://x.example"}}, {"end": "tomorrow"},
        {"channel": {"type": "rest-hook", "endpoint": "https://x.example", "payload": "application/json"}},
        {"channel": {"type": "rest-hook", "endpoint": "http://10.0.0.1/"}},
    ):  # fmt: skip
        problem(hospital.http.post("/Subscription", json=subscription(**wrong)), 422, "processing")
    problem(hospital.http.post("/Subscription", json=subscription(f"Flag?patient={OTHER}")), 404, "not-found")
    boss = house.person("administrator")
    answer = boss.http.post(f"{house.url}/fhir/Subscription", json=subscription())
    assert answer.json()["issue"][0]["details"]["coding"][0]["code"] == "only-for-machines"


def test_what_did_not_change_since_is_not_told_again(house: ApiHouse, hospital: Person) -> None:
    measure(house, AGREES, heart_rate=70)
    for kind in ("Consent", "Device", "DeviceMetric"):
        every = found(hospital, f"/{kind}", patient=AGREES)
        dated = [one for one in every if "lastUpdated" in one.get("meta", {})]
        assert found(hospital, f"/{kind}", patient=AGREES, _lastUpdated="lt2100") == dated, kind
        assert found(hospital, f"/{kind}", patient=AGREES, _lastUpdated="ge2100") == [], kind


def test_the_latest_of_each_thing_is_told_at_once(house: ApiHouse, hospital: Person) -> None:
    for minutes in (52, 51):
        measure(house, AGREES, minutes_ago=minutes, glucose=4 + minutes / 10, systolic=120, diastolic=70)
    told = found(hospital, "/Observation/$lastn", patient=AGREES, date="ge2026-01-01")
    kinds = [one["code"]["coding"][0]["code"] for one in told]
    assert {"15074-8", "85354-9"} <= set(kinds)
    assert len(kinds) == len(set(kinds)), "one of each"
    two = found(hospital, "/Observation/$lastn", patient=AGREES, code="15074-8", max=2)
    assert [one["valueQuantity"]["value"] for one in two] == [9.1, 9.2]
    problem(hospital.http.get("/Observation/$lastn"), 400, "required")
    problem(hospital.http.get(f"/Observation/$lastn?patient={AGREES}&max=0"), 400, "invalid")
    problem(hospital.http.get(f"/Observation/$lastn?patient={OTHER}"), 404, "not-found")
