"""Who sees what: every route as everybody, inside and outside their scope."""

import re
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.support.api import CITY, EAST, STREET, WEST, ApiHouse, api_house

pytestmark = pytest.mark.integration


@pytest.fixture
def house(dsn: str, tmp_path: Path) -> Iterator[ApiHouse]:
    with api_house(dsn, tmp_path) as built, built.serves():
        yield built


def test_a_station_sees_its_own_and_nothing_of_its_neighbour(house: ApiHouse) -> None:
    incidents = {home: house.sos(home) for home in (1, 2)}
    east, west = house.person("operator", EAST), house.person("operator", WEST)
    for operator, own, foreign in ((east, 1, 2), (west, 2, 1)):
        assert [one["id"] for one in operator.get("/incidents")["items"]] == [incidents[own]]
        assert [one["id"] for one in operator.get("/residents")["items"]] == [own, own + 2]
        assert {one["home"]["code"] for one in operator.get("/devices")["items"]} == {
            f"h{own}",
            f"h{own + 2}",
        }
        assert operator.get(f"/residents/{own}")["devices"]
        outside = incidents[foreign]
        for path in (
            f"/incidents/{outside}",
            f"/incidents/{outside}/evidence",
            f"/residents/{foreign}",
            f"/residents/{foreign}/today",
            f"/residents/{foreign}/readings?metric=heart_rate",
        ):
            refused = operator.http.get(path)
            assert refused.status_code == 404, path
            assert refused.json() == operator.http.get("/residents/99999").json()  # as if it did not exist
        assert operator.act(outside, "acknowledge").status_code == 404
        foreign_station = WEST if own == 1 else EAST
        for listing in ("incidents", "residents", "devices"):
            assert operator.get(f"/{listing}", station=foreign_station)["items"] == []
        assert operator.get("/incidents", resident=foreign)["items"] == []
        assert operator.get("/residents", q=f"Resident {foreign}")["items"] == []
    assert house.conn.execute(
        "SELECT count(*) FROM incident_event WHERE kind = 'acknowledged'"
    ).fetchone() == (0,)


def test_a_street_sees_its_communities_and_a_city_sees_all(house: ApiHouse) -> None:
    for station in (STREET, CITY):
        operator = house.person("operator", station)
        assert len(operator.get("/residents")["items"]) == 4
        assert len(operator.get("/residents", station=EAST)["items"]) == 2
    assert [one["code"] for one in operator.get("/stations")["items"]] == ["city", "street", "east", "west"]
    assert [one["code"] for one in house.person("operator", EAST).get("/stations")["items"]] == ["east"]


def test_family_sees_one_person_and_no_telephone_numbers_of_others(house: ApiHouse) -> None:
    house.conn.execute(
        "INSERT INTO contact (resident_id, rank, name, phone) VALUES (1, 1, 'Neighbour', '555')"
    )
    house.conn.execute("UPDATE home SET access_note = 'key under the mat'")
    incidents = {home: house.sos(home) for home in (1, 2, 3)}
    daughter = house.person("family", resident=1)
    assert [one["id"] for one in daughter.get("/residents")["items"]] == [1]
    assert [one["id"] for one in daughter.get("/incidents", state="all")["items"]] == [incidents[1]]
    shown = daughter.get(f"/incidents/{incidents[1]}")
    assert (shown["contacts"], shown["access_note"], shown["allowed"]) == ([], "", [])
    assert daughter.get("/residents/1")["contacts"] == []
    assert daughter.get("/residents/1/today")["state"] == "alert"
    assert [one["code"] for one in daughter.get("/stations")["items"]] == ["east"]
    for path in (
        "/residents/3",
        "/residents/3/today",
        f"/incidents/{incidents[3]}",
        f"/incidents/{incidents[2]}",
    ):
        assert daughter.http.get(path).status_code == 404
    for path in ("/devices", "/quarantine", "/system"):
        assert daughter.http.get(path).json()["code"] == "not-permitted"
    assert daughter.act(incidents[1], "acknowledge").json()["code"] == "not-permitted"
    staff = house.person("responder", EAST).get(f"/incidents/{incidents[1]}")
    assert staff["contacts"][0]["phone"] == "555"
    assert staff["access_note"] == "key under the mat"


def test_family_sees_neither_devices_nor_what_staff_write_to_each_other(house: ApiHouse) -> None:
    incident = house.sos(1)
    operator, daughter = house.person("operator", EAST), house.person("family", resident=1)
    operator.act(incident, "note", note="the daughter is hard to reach")
    operator.act(incident, "resolve", outcome="help_given", note="see the other note")
    assert operator.get("/residents/1")["devices"]
    assert house.person("responder", EAST).get("/residents/1")["devices"]
    assert daughter.get("/residents/1")["devices"] == []
    for person, notes in ((operator, 2), (daughter, 0)):
        events = person.get(f"/incidents/{incident}")["events"]
        assert [event["kind"] for event in events[2:]] == ["noted", "resolved"]
        assert len([event for event in events if "note" in event["data"]]) == notes
    assert daughter.get(f"/incidents/{incident}")["events"][3]["data"]["outcome"] == "help_given"
    assert "hard to reach" not in daughter.http.get(f"/incidents/{incident}").text


def test_a_grant_that_is_withdrawn_holds_no_longer(house: ApiHouse) -> None:
    operator = house.person("operator", EAST)
    assert operator.get("/residents")["items"]
    house.conn.execute("UPDATE role_grant SET revoked_at = granted_at")
    assert operator.http.get("/residents").json()["code"] == "not-permitted"
    house.conn.execute("UPDATE account SET disabled_at = created_at")
    assert operator.http.get("/residents").json()["code"] == "signed-out"


def test_operator_at_one_place_and_family_of_somebody_elsewhere(house: ApiHouse) -> None:
    both = house.person("operator", EAST)
    house.conn.execute(
        "INSERT INTO role_grant (account_id, role, resident_id, granted_at)"
        " SELECT id, 'family', 2, created_at FROM account"
    )
    incident = house.sos(2)
    assert [one["id"] for one in both.get("/residents")["items"]] == [1, 2, 3]
    assert both.get(f"/incidents/{incident}")["allowed"] == []  # seen as family; acting is for the east only
    assert both.act(incident, "acknowledge").status_code == 404
    assert both.get(f"/incidents/{house.sos(1)}")["allowed"]


def test_only_an_administrator_sees_the_quarantine_of_their_part(house: ApiHouse) -> None:
    for number, home in enumerate(("h1", "h2", "nowhere")):
        house.conn.execute(
            "INSERT INTO quarantine (topic, digest, reason, detail, payload, home_code, device_code,"
            " first_at, last_at) VALUES ('t', %s, 'malformed', 'd', %s, %s, '', %s, %s)",
            (bytes([number]), b"<b>\xff\n</b>", home, "2026-03-01", f"2026-03-0{number + 1}"),
        )
    east, whole = house.person("administrator", EAST), house.person("administrator")
    assert len(east.get("/quarantine")["items"]) == 1
    shown = whole.get("/quarantine")
    assert (len(shown["items"]), shown["counts"]) == (3, [{"reason": "malformed", "times": 3}])
    assert shown["items"][0]["preview"] == "<b>\\xff\\x0a</b>"
    assert whole.get("/quarantine", reason="other")["items"] == []
    assert house.person("operator", EAST).http.get("/quarantine").status_code == 403


def test_nobody_is_served_without_a_session(house: ApiHouse) -> None:
    incident, stranger = house.sos(), house.stranger()
    paths = stranger.http.get("/openapi.json").json()["paths"]
    open_to_all = {
        "/api/v1/device-claims",
        "/api/v1/device-renewals",
        "/api/v1/invitations/look",
        "/api/v1/invitations/redeem",
        "/api/v1/provider",
        "/api/v1/provider/start",
        "/api/v1/resets/look",
        "/api/v1/resets/redeem",
        "/api/v1/session/passkey",
        "/api/v1/session/passkey/options",
        "/api/v1/session/second",
        "/api/v1/session/step",
        "/api/v1/health",
        "/api/v1/ready",
        "/api/v1/status",
    }
    asked = 0
    for path, methods in paths.items():
        if path in open_to_all or path.startswith("/api/v1/device-messages"):  # by a device's own login
            continue
        for method in methods:
            if (path, method) == ("/api/v1/session", "post"):
                continue
            url = house.url + re.sub(r"\{\w+\}", "1", path.replace("{incident}", incident))
            answer = stranger.http.request(method, url, json={"action": "note", "role": "operator"})
            assert answer.status_code == 401, (method, path)
            assert answer.headers["content-type"] == "application/problem+json"
            asked += 1
    assert asked >= 70


def test_of_two_who_acknowledge_at_once_one_wins_and_the_other_is_told(house: ApiHouse) -> None:
    incident = house.sos()
    operators = [house.person("operator", EAST) for _ in range(2)]
    version = operators[0].get(f"/incidents/{incident}")["version"]
    answers: list[Any] = []

    def press(index: int) -> None:
        answers.append(operators[index].act(incident, "acknowledge", version=version))

    hands = [threading.Thread(target=press, args=(index,)) for index in range(2)]
    for hand in hands:
        hand.start()
    for hand in hands:
        hand.join()
    won, lost = sorted(answers, key=lambda answer: answer.status_code)
    assert (won.status_code, lost.status_code) == (200, 409)
    assert (lost.json()["code"], lost.json()["state"]) == ("lost-race", "acknowledged")
    assert house.conn.execute(
        "SELECT count(*) FROM incident_event WHERE kind = 'acknowledged'"
    ).fetchone() == (1,)
