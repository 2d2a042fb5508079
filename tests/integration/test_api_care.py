"""A resident's week and home, how they are watched over, and how people and stations are reached."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from core import timeseries
from core.quantity import BY_NAME
from ingest.datum import to_gcj02
from tests.support.api import EAST, PASSWORD, START, STREET, WEST, ApiHouse, Person, api_house, until

pytestmark = pytest.mark.integration

SUBSCRIPTION = {
    "endpoint": "https://push.example.com/send/abc",
    "keys": {"p256dh": "B" * 87, "auth": "a" * 22},
}


@pytest.fixture
def house(dsn: str, tmp_path: Path) -> Iterator[ApiHouse]:
    with api_house(dsn, tmp_path) as built, built.serves():
        yield built


def code(answer: Any) -> tuple[int, str]:
    return answer.status_code, answer.json().get("code", "")


def read(
    house: ApiHouse, device: str, metric: str, hours_ago: float, value: float, resident: int | None
) -> None:
    at = START - timedelta(hours=hours_ago)
    house.conn.execute(
        "INSERT INTO reading (time, value, home_id, device_id, resident_id, metric)"
        " SELECT %s, %s, 1, id, %s, %s FROM device WHERE code = %s",
        (at, value, resident, BY_NAME[metric].id, device),
    )


def test_a_trend_has_a_point_a_bucket(house: ApiHouse) -> None:
    operator, daughter = house.person("operator", EAST), house.person("family", resident=1)
    for hours, value in ((0.05, 70), (0.1, 80), (0.2, 60), (50, 90), (400, 100)):
        read(house, "w1", "heart_rate", hours, value, 1)
    read(house, "p1", "presence", 1, 1, None)
    day = operator.get("/residents/1/trend", metric="heart_rate")
    assert (day["span"], day["bucket_minutes"], day["unit"]) == ("day", 15, "/min")
    assert [point[1:] for point in day["points"]] == [[60, 70, 80]]
    week = operator.get("/residents/1/trend", metric="heart_rate", span="week")
    assert [point[2] for point in week["points"]] == [90, 70]
    month = daughter.get("/residents/1/trend", metric="heart_rate", span="month")
    assert [point[2] for point in month["points"]] == [100, 90, 70]
    assert month["points"][0][0].endswith(
        ("T16:00:00.000Z", "T22:00:00.000Z", "T04:00:00.000Z", "T10:00:00.000Z")
    )
    for wrong in ({"metric": "x"}, {"metric": "heart_rate", "span": "year"}, {}):
        assert operator.http.get("/residents/1/trend", params=wrong).status_code == 422
    west = house.person("operator", WEST)
    assert west.http.get("/residents/1/trend", params={"metric": "heart_rate"}).status_code == 404


def test_a_month_is_the_same_once_its_hours_are_summed_up(house: ApiHouse) -> None:
    operator = house.person("operator", EAST)
    for day in range(20):
        for number in range(6):
            read(house, "w1", "heart_rate", 24 * day + number + 0.5, 60 + day + number % 4, 1)
    counted = operator.get("/residents/1/trend", metric="heart_rate", span="month")
    assert len(counted["points"]) > 20
    for moment in (START - timedelta(days=9), START):
        # Half of it, and what is left from the readings; then all of it.
        timeseries.tend(house.conn, "plain", moment)
        assert operator.get("/residents/1/trend", metric="heart_rate", span="month") == counted
    assert house.conn.execute("SELECT count(*) > 0 FROM reading_hour").fetchone() == (True,)


def test_the_plan_of_a_home_begins_where_somebody_was_last(house: ApiHouse) -> None:
    operator = house.person("operator", EAST)
    read(house, "d1", "door", 5, 1, None)
    read(house, "p1", "presence", 2, 1, None)
    rooms = operator.get("/residents/1/plan")["rooms"]
    assert [room["room"] for room in rooms] == ["kitchen", "hall", ""]
    assert {device["code"] for device in rooms[0]["devices"]} == {"p1", "s1"}
    assert rooms[0]["last_activity_at"] == (START - timedelta(hours=2)).isoformat(
        timespec="milliseconds"
    ).replace("+00:00", "Z")
    assert rooms[2]["last_activity_at"] is None
    assert house.person("responder", EAST).http.get("/residents/1/plan").status_code == 200
    assert house.person("operator", WEST).http.get("/residents/1/plan").status_code == 404
    assert house.person("family", resident=1).http.get("/residents/1/plan").status_code == 403


def test_the_map_shows_the_scope_in_the_datum_of_the_street_map(house: ApiHouse) -> None:
    house.conn.execute("UPDATE home SET lat = 31.2 + id / 1000.0, lon = 121.4")
    house.conn.execute("UPDATE station SET lat = 31.2, lon = 121.4 WHERE id = %s", (EAST,))
    operator, responder = house.person("operator", EAST), house.person("responder", EAST)
    said = {"available": True, "lat": 31.21, "lon": 121.41}
    responder.http.put("/me/state", json=said)
    shown = operator.get("/map")
    assert [one["id"] for one in shown["residents"]] == [1, 3]
    assert (shown["residents"][0]["lat"], shown["residents"][0]["state"]) == (31.201, "unknown")
    assert [one["id"] for one in shown["stations"]] == [EAST]
    assert [(one["lat"], one["available"]) for one in shown["responders"]] == [(31.21, True)]
    assert shown["tiles"] is None
    shifted = operator.get("/map", datum="gcj02")["residents"][0]
    assert (shifted["lat"], shifted["lon"]) == tuple(round(x, 6) for x in to_gcj02(31.201, 121.4))
    assert responder.get("/map")["responders"] == []
    west = house.person("operator", WEST).get("/map")
    assert [one["id"] for one in west["residents"]] == [2, 4]
    assert west["responders"] == []
    assert operator.get("/map", station=WEST)["residents"] == []
    assert operator.http.get("/map", params={"datum": "x"}).status_code == 422
    lat, lon = to_gcj02(31.3, 121.5)
    back = responder.http.put(
        "/me/state", json={"available": False, "lat": lat, "lon": lon, "datum": "gcj02"}
    ).json()
    assert (round(back["lat"], 5), round(back["lon"], 5)) == (31.3, 121.5)
    kept = responder.http.put("/me/state", json={"available": True}).json()  # says nothing of the place
    assert kept["lat"] == back["lat"]
    for body in ({"available": True, "lat": 1}, {"available": True, "lat": 91, "lon": 1}, {}):
        assert code(responder.http.put("/me/state", json=body)) == (422, "invalid")
    assert house.person("family", resident=1).http.get("/me/state").status_code == 403
    assert house.person("family", resident=1).http.get("/map").status_code == 403


def test_counts_stand_above_the_list(house: ApiHouse) -> None:
    house.sos(1)
    operator = house.person("operator", STREET)
    assert operator.get("/residents/counts") == {
        "total": 4, "alert": 1, "no_signal": 0, "unknown": 3, "quiet": 0, "away": 0, "well": 0,
    }  # fmt: skip
    assert operator.get("/residents/counts", station=WEST)["total"] == 2
    assert house.person("family", resident=1).get("/residents/counts")["total"] == 1
    assert len(operator.get("/residents", limit=1000)["items"]) == 4
    assert operator.http.get("/residents", params={"limit": 1001}).status_code == 422


def test_where_somebody_is_reached_is_kept_and_never_shown_again(house: ApiHouse) -> None:
    daughter, other = house.person("family", resident=1), house.person("family", resident=1)
    added = daughter.post(
        "/me/endpoints", channel="web_push", subscription=SUBSCRIPTION, label="Phone", quiet_from="22:00",
        quiet_until="07:00",
    )  # fmt: skip
    assert added.status_code == 201
    shown = added.json()
    assert (shown["shown"], shown["language"], shown["failures"]) == ("push.example.com", "en", 0)
    assert "send/abc" not in added.text
    again = daughter.post(
        "/me/endpoints", channel="web_push", subscription=SUBSCRIPTION, label="New name"
    ).json()
    assert (again["id"], again["label"]) == (shown["id"], "New name")
    bot = daughter.post("/me/endpoints", channel="apprise", address="wecombot://secret-key", rank=2).json()
    assert bot["shown"] == "wecombot://…"
    listed = daughter.http.get("/me/endpoints")
    assert [one["id"] for one in listed.json()["items"]] == [shown["id"], bot["id"]]
    assert "secret-key" not in listed.text
    assert other.get("/me/endpoints")["items"] == []
    assert other.http.delete(f"/me/endpoints/{shown['id']}").status_code == 404
    assert code(other.post(f"/me/endpoints/{shown['id']}/test")) == (404, "not-found")
    assert daughter.http.delete(f"/me/endpoints/{shown['id']}").status_code == 204
    assert daughter.http.delete(f"/me/endpoints/{shown['id']}").status_code == 404
    hook = {"channel": "webhook", "address": "https://hooks.example.com/x"}
    assert daughter.post("/me/endpoints", **hook).json()["secret"].startswith("whsec_")
    house.wall.advance(minutes=11)  # who finds a page left open sends what is told nowhere else
    for wish in (hook, {"channel": "apprise", "address": "wecombot://another"}):
        assert code(daughter.post("/me/endpoints", **wish)) == (403, "confirm-again")
    push = {"channel": "web_push", "subscription": SUBSCRIPTION}
    assert daughter.post("/me/endpoints", **push).is_success, "a phone says where it is by itself"
    assert daughter.http.delete(
        f"/me/endpoints/{daughter.get('/me/endpoints')['items'][-1]['id']}"
    ).is_success
    assert daughter.post("/session/confirm", password=PASSWORD).status_code == 204
    for number in range(8):
        address = f"ntfys://ntfy.sh/topic{number}"
        assert daughter.post("/me/endpoints", channel="apprise", address=address).status_code == 201
    assert code(daughter.post("/me/endpoints", channel="apprise", address="ntfys://ntfy.sh/x")) == (
        409,
        "too-many",
    )


INSIDE = (
    "http://push.example.com/x", "https://127.0.0.1/x", "https://[::1]/x", "https://10.0.0.1/x", "https://",
    "https://localhost/x", "https://169.254.169.254/latest", "https://nas.local/x", "https://intranet/x",
    "https://2130706433/x", "https://user@push.example.com/x", "https://push.example.com:8443/x",
    "javascript:alert(1)",
)  # fmt: skip


def test_nobody_is_reached_inside_our_network(house: ApiHouse) -> None:
    operator = house.person("operator", EAST)
    for address in INSIDE:
        push = {"channel": "web_push", "subscription": SUBSCRIPTION | {"endpoint": address}}
        assert code(operator.post("/me/endpoints", **push)) == (422, "bad-address"), address
        hook = {"channel": "webhook", "address": address}
        assert code(operator.post("/me/endpoints", **hook)) == (422, "bad-address"), address
    for scheme in ("json", "syslog", "dbus", "file"):
        wish = {"channel": "apprise", "address": f"{scheme}://127.0.0.1/x"}
        assert code(operator.post("/me/endpoints", **wish)) == (422, "bad-address")
    assert operator.get("/me/endpoints")["items"] == []


def test_a_station_is_reached_where_its_administrator_says(house: ApiHouse) -> None:
    chief = house.person("administrator", EAST)
    hook = {"channel": "webhook", "address": "https://hooks.example.com/secret-path"}
    path = f"/stations/{EAST}/endpoints"
    added = chief.post(path, **hook)
    assert (added.status_code, added.json()["shown"]) == (201, "hooks.example.com")
    assert "secret-path" not in chief.http.get(path).text
    assert code(house.person("operator", EAST).post(path, **hook)) == (403, "not-permitted")
    assert code(chief.post(f"/stations/{WEST}/endpoints", **hook)) == (404, "not-found")
    assert code(chief.post(path, channel="siren", address="x://y")) == (422, "invalid")
    assert code(chief.post(path, channel="webhook", subscription=SUBSCRIPTION)) == (422, "invalid")
    assert chief.http.delete(f"{path}/{added.json()['id']}").status_code == 204
    house.wall.advance(minutes=11)
    assert code(chief.post(path, **hook)) == (403, "confirm-again")


def test_a_message_is_delivered_by_an_open_board_and_seen_when_the_page_says_so(house: ApiHouse) -> None:
    operator, stranger = house.person("operator", EAST), house.person("operator", WEST)
    with operator.listens() as ear:
        incident = house.sos(1)
        told = ear.next("notification")["notification"]

        def delivered() -> bool:
            sent = operator.get(f"/incidents/{incident}")["notifications"]
            mine = {(one["recipient"]["kind"], one["recipient"]["id"]): one["state"] for one in sent}
            account = operator.session["account"]["id"]
            return mine["account", account] == "delivered" and mine["station", EAST] == "delivered"

        until(delivered)
    station = next(
        one["id"] for one in operator.get(f"/incidents/{incident}")["notifications"]
        if one["recipient"] == {"kind": "station", "id": EAST, "name": "东社区"}
    )  # fmt: skip
    assert stranger.http.post(f"/notifications/{told['id']}/seen").status_code == 404
    assert stranger.http.post(f"/notifications/{station}/seen").status_code == 404
    assert operator.http.post(f"/notifications/{told['id']}/delivered").status_code == 204
    assert operator.http.post(f"/notifications/{told['id']}/seen").status_code == 204
    assert operator.http.post(f"/notifications/{station}/seen").status_code == 204
    [mine] = operator.get("/me/notifications")["items"]
    assert (mine["state"], mine["seen_at"] is not None) == ("seen", True)
    assert operator.http.post("/notifications/999999/seen").status_code == 404


def test_how_a_resident_is_watched_over_is_set_and_who_did_so_is_kept(house: ApiHouse) -> None:
    operator = house.person("operator", EAST)
    path = "/residents/1/monitoring"
    plain = operator.get(path)
    assert (plain["cancel_s"], plain["spo2_scale"], plain["holiday_from"]) == (None, 1, None)
    wish = {
        "cancel_s": 60, "tolerated_per_month": 0.5, "bathroom_limit_s": 1800, "night_from": "21:30",
        "night_until": "06:00", "holiday_from": "2026-03-02T00:00:00Z",
        "holiday_until": "2026-03-09T00:00:00Z", "oxygen": True,
    }  # fmt: skip
    kept = operator.http.put(path, json=wish).json()
    assert {name: kept[name] for name in ("cancel_s", "tolerated_per_month", "night_from", "oxygen")} == {
        "cancel_s": 60, "tolerated_per_month": 0.5, "night_from": "21:30", "oxygen": True,
    }  # fmt: skip
    assert operator.get(path) == kept
    house.conn.execute("UPDATE monitoring_profile SET returned_at = '2026-03-05'")
    assert operator.http.put(path, json=wish).json()["returned_at"] is not None  # the same holiday
    assert operator.http.put(path, json={}).json() == plain
    rows = house.conn.execute("SELECT by, what FROM setting_change").fetchall()
    assert rows == [(operator.session["account"]["id"], "monitoring")] * 3
    wrongs: tuple[dict[str, Any], ...] = (
        {"cancel_s": 301}, {"night_from": "22:00"}, {"night_from": "25:00", "night_until": "6"},
        {"holiday_from": "2026-03-02T00:00:00Z"}, {"tolerated_per_month": 0}, {"spo2_scale": 3},
    )  # fmt: skip
    for wrong in wrongs:
        assert code(operator.http.put(path, json=wrong)) == (422, "invalid")
    responder = house.person("responder", EAST)
    assert responder.get(path) == plain
    assert responder.http.put(path, json={}).status_code == 403
    assert house.person("operator", WEST).http.put(path, json={}).status_code == 404
    assert house.person("family", resident=1).http.get(path).status_code == 403


def test_places_come_and_go_whole(house: ApiHouse) -> None:
    operator = house.person("operator", EAST)
    path = "/residents/1/places"
    assert operator.get(path)["items"] == []
    park = {"name": "park", "points": [[31.2, 121.4]], "radius_m": 500, "from": "08:00", "until": "18:00"}
    block = {"name": "block", "points": [[31.2, 121.4], [31.3, 121.4], [31.3, 121.5]]}
    kept = operator.http.put(path, json={"items": [park, block]}).json()
    assert [(one["name"], one["radius_m"], one["from"]) for one in kept["items"]] == [
        ("park", 500, "08:00"), ("block", None, "00:00"),
    ]  # fmt: skip
    lat, lon = operator.get(path, datum="gcj02")["items"][0]["points"][0]
    assert (lat, lon) == tuple(to_gcj02(31.2, 121.4))
    moved = operator.http.put(path, json={"items": [park | {"points": [[lat, lon]]}], "datum": "gcj02"})
    assert moved.status_code == 200
    [row] = house.conn.execute("SELECT lats[1], lons[1] FROM geofence").fetchall()
    assert (round(row[0], 6), round(row[1], 6)) == (31.2, 121.4)
    for wrong in (park | {"radius_m": None}, block | {"radius_m": 5}, park | {"points": []},
                  park | {"points": [[91, 0]]}, park | {"radius_m": -1}, park | {"from": "8"}):  # fmt: skip
        assert code(operator.http.put(path, json={"items": [wrong]})) == (422, "invalid")
    assert house.person("operator", WEST).http.put(path, json={"items": []}).status_code == 404
    assert house.person("responder", EAST).http.put(path, json={"items": []}).status_code == 403
    assert operator.http.put(path, json={"items": []}).json()["items"] == []


def test_who_is_worth_a_visit_comes_with_the_reason(house: ApiHouse) -> None:
    for resident, score in ((1, 3.5), (3, 5.0), (2, 9.0)):
        house.conn.execute(
            "INSERT INTO worth_a_visit VALUES (%s, '2026-02-23', %s, %s, '{}', %s)",
            (resident, score, '[{"key": "title.fall", "params": {}}]', START),
        )
    operator = house.person("operator", EAST)
    found = operator.get("/worth-a-visit")["items"]
    assert [(one["resident"]["id"], one["home"]["code"]) for one in found] == [(3, "h3"), (1, "h1")]
    assert set(found[0]["reasons"][0]) == {"zh", "en"}
    assert operator.get("/worth-a-visit", station=WEST)["items"] == []
    assert house.person("family", resident=1).http.get("/worth-a-visit").status_code == 403


def test_figures_are_of_the_scope(house: ApiHouse) -> None:
    operator, west = house.person("operator", EAST), house.person("operator", WEST)
    house.person("responder", EAST)
    incident = house.sos(1)
    house.clock.advance(seconds=30)
    operator.act(incident, "acknowledge")
    house.clock.advance(minutes=2)
    operator.act(incident, "resolve", outcome="false_alarm", reason="by_mistake")
    house.clock.advance(minutes=1)
    figures = operator.get("/statistics")
    assert (figures["station"], figures["incidents"], figures["rehearsals"]) == (EAST, 1, False)
    taken = figures["times"]["all"]["acknowledge"]
    assert (taken["n"], taken["p50_s"], taken["within_60_s"]) == (1, 30.0, 1.0)
    assert figures["kinds"][0]["false_share"] == 1.0
    assert figures["days"][0]["day"] == "2026-03-01"
    assert west.get("/statistics")["incidents"] == 0
    assert west.http.get("/statistics", params={"station": EAST}).status_code == 404
    whole = house.person("administrator")
    assert (whole.get("/statistics")["station"], whole.get("/statistics")["incidents"]) == (None, 1)
    span = {"from": "2024-01-01T00:00:00Z", "to": "2026-01-01T00:00:00Z"}
    assert code(operator.http.get("/statistics", params=span)) == (422, "span-too-long")
    assert house.person("responder", EAST).http.get("/statistics").status_code == 403


def steps_of(person: Person, drill: int) -> dict[str, bool]:
    return {step["name"]: step["ok"] for step in person.get(f"/drills/{drill}")["steps"]}


def test_a_rehearsal_is_begun_watched_and_ended(house: ApiHouse) -> None:
    chief, operator = house.person("administrator", EAST), house.person("operator", EAST)
    west = house.person("operator", WEST)
    begun = chief.post("/drills", station_id=EAST, scenario="fall", home_id=1)
    assert begun.status_code == 201
    drill = begun.json()
    assert (drill["station"]["id"], drill["passed"], drill["started_by"]["id"]) == (
        EAST, None, chief.session["account"]["id"],
    )  # fmt: skip
    shown = operator.get(f"/incidents/{drill['incident_id']}")
    assert (shown["drill"], shown["drill_id"]) == (True, drill["id"])
    house.clock.advance(seconds=20)
    operator.act(drill["incident_id"], "acknowledge")
    assert steps_of(operator, drill["id"])["acknowledged"]
    assert code(chief.post("/drills", station_id=EAST, scenario="fall")) == (409, "drill-going-on")
    assert code(operator.post("/drills", station_id=EAST, scenario="sos")) == (403, "not-permitted")
    assert code(operator.post(f"/drills/{drill['id']}/end")) == (403, "not-permitted")
    assert west.http.get(f"/drills/{drill['id']}").status_code == 404
    assert west.get("/drills")["items"] == []
    ended = chief.post(f"/drills/{drill['id']}/end").json()
    assert (ended["passed"], ended["state"]) == (False, "resolved")
    assert code(chief.post(f"/drills/{drill['id']}/end")) == (409, "too-late")
    assert [one["id"] for one in operator.get("/drills")["items"]] == [drill["id"]]
    assert "fall" in operator.get("/drills")["scenarios"]
    for wrong in ({"station_id": EAST, "scenario": "x"}, {"scenario": "fall"}):
        assert code(chief.post("/drills", **wrong)) == (422, "invalid")
    assert code(chief.post("/drills", station_id=WEST, scenario="fall")) == (404, "not-found")
    assert code(chief.post("/drills", station_id=EAST, scenario="fall", home_id=2)) == (404, "not-found")
    assert operator.get("/statistics")["incidents"] == 0
    assert operator.get("/statistics", rehearsals=True)["incidents"] == 1


def test_an_open_board_answers_the_daily_test(house: ApiHouse) -> None:
    chief, operator = house.person("administrator", EAST), house.person("operator", EAST)
    with operator.listens() as ear:
        begun = chief.post("/drills", station_id=EAST, scenario="self_test")
        assert begun.status_code == 201
        assert ear.incident()["kind"] == "self_test"
        path = f"/incidents/{begun.json()['incident_id']}"
        until(lambda: any(one["state"] == "delivered" for one in operator.get(path)["notifications"]))
    [test] = operator.get("/self-tests")["items"]
    assert (test["station"]["id"], test["id"]) == (EAST, begun.json()["id"])
    assert house.person("operator", WEST).get("/self-tests")["items"] == []


def test_a_profile_and_a_push_key(house: ApiHouse) -> None:
    daughter = house.person("family", resident=1)
    assert daughter.get("/me")["language"] == "en"
    put = daughter.http.put("/me", json={"name": "Li", "language": "zh", "phone": "+86 21 555"})
    assert put.json() == {"name": "Li", "language": "zh", "phone": "+86 21 555"}
    assert daughter.get("/session")["account"]["name"] == "Li"
    assert code(daughter.http.put("/me", json={"name": "", "language": "zh"})) == (422, "invalid")
    key = daughter.get("/push/key")["public_key"]
    assert len(key) == 87  # 65 bytes of a point of P-256 in base64url
    assert house.person("operator", EAST).get("/push/key")["public_key"] == key
