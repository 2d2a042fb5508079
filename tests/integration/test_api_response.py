"""Who goes, who is on duty, what is silenced, and what the rules say: through the API, as everybody."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from tests.support.api import EAST, START, STREET, WEST, ApiHouse, Person, api_house

pytestmark = pytest.mark.integration


@pytest.fixture
def house(dsn: str, tmp_path: Path) -> Iterator[ApiHouse]:
    with api_house(dsn, tmp_path) as built, built.serves():
        yield built


def key(person: Person) -> int:
    return int(person.session["account"]["id"])


def code(answer: Any) -> tuple[int, str]:
    return answer.status_code, answer.json().get("code", "")


def at(hours: float) -> str:
    return (START + timedelta(hours=hours)).isoformat()


def test_somebody_calls_and_an_incident_is_raised_by_hand(house: ApiHouse) -> None:
    operator, other = house.person("operator", EAST), house.person("operator", WEST)
    raised = operator.post("/incidents", kind="fall", resident_id=1, note="her neighbour rang")
    assert raised.status_code == 201
    shown = raised.json()
    assert (shown["kind"], shown["state"], shown["resident"]["id"]) == ("fall", "open", 1)
    assert shown["reported_by"]["id"] == key(operator)
    assert shown["home"]["code"] == "h1"
    full = operator.get(f"/incidents/{shown['id']}")
    assert full["events"][0]["actor"]["id"] == key(operator)
    assert any(event["data"].get("note") == "her neighbour rang" for event in full["events"])
    assert full["notifications"]
    assert operator.post("/incidents", kind="other", home_id=1).json()["resident"] is None
    for body in ({"resident_id": 2}, {"home_id": 2}, {"resident_id": 99}):
        assert code(operator.post("/incidents", kind="sos", **body)) == (404, "not-found")
    for body in ({}, {"resident_id": 1, "home_id": 1}, {"resident_id": 1, "kind": "smoke"}):
        assert code(operator.post("/incidents", **({"kind": "sos"} | body))) == (422, "invalid")
    assert code(house.person("family", resident=1).post("/incidents", kind="sos", resident_id=1))[0] == 403
    assert [one["id"] for one in other.get("/incidents")["items"]] == []


def test_a_slip_is_undone_and_a_shift_hands_over(house: ApiHouse) -> None:
    incident = house.sos(1)
    operator, next_one = house.person("operator", EAST), house.person("operator", EAST)
    stranger = house.person("operator", WEST)
    assert operator.act(incident, "resolve", outcome="false_alarm", reason="by_mistake").status_code == 200
    assert operator.act(incident, "undo").json()["state"] == "open"
    assert operator.act(incident, "acknowledge").status_code == 200
    refused = operator.act(incident, "hand_over", note="off duty", to=key(stranger))
    assert code(refused) == (422, "not-staff")
    handed = operator.act(incident, "hand_over", note="she waits for a call", to=key(next_one))
    assert handed.json()["acknowledged_by"]["id"] == key(next_one)
    assert code(operator.act(incident, "hand_over")) == (422, "note-needed")
    house.clock.advance(minutes=1)
    assert operator.act(incident, "resolve", outcome="help_given").status_code == 200
    house.clock.advance(minutes=1)
    assert code(operator.act(incident, "undo")) == (409, "too-late")
    assert operator.act(incident, "reopen").json()["state"] == "open"


def test_the_nearest_is_asked_and_goes(house: ApiHouse) -> None:
    house.conn.execute("UPDATE home SET lat = 31.2, lon = 121.4")
    operator = house.person("operator", EAST)
    near, far = house.person("responder", EAST), house.person("responder", EAST)
    for person, lat in ((near, 31.201), (far, 31.25)):
        said = person.http.put("/me/state", json={"available": True, "lat": lat, "lon": 121.4})
        assert said.json()["lat"] == lat
    incident = house.sos(1)
    candidates = operator.get(f"/incidents/{incident}")["candidates"]
    assert [one["account"]["id"] for one in candidates] == [key(near), key(far)]
    assert candidates[0]["distance_m"] < candidates[1]["distance_m"]
    assert near.get(f"/incidents/{incident}")["candidates"] == []  # who is sent sends nobody
    assert code(near.post(f"/incidents/{incident}/offers"))[0] == 403
    asked = operator.post(f"/incidents/{incident}/offers")
    assert asked.status_code == 201
    assert asked.json()["next_step"]["what"] in ("offer_expires", "escalates")
    [offer] = near.get("/offers")["items"]
    assert (offer["incident"]["id"], offer["answer"]) == (incident, None)
    assert far.get("/offers")["items"] == []
    assert code(far.post(f"/offers/{offer['id']}/answer", accept=True)) == (404, "not-found")
    assert (
        near.post(f"/offers/{offer['id']}/answer", accept=False, note="no car").json()["answer"] == "refused"
    )
    assert code(near.post(f"/offers/{offer['id']}/answer", accept=True)) == (409, "too-late")
    [second] = far.get("/offers")["items"]
    accepted = far.post(f"/offers/{second['id']}/answer", accept=True)
    assert accepted.json()["incident"]["state"] == "responding"
    full = operator.get(f"/incidents/{incident}")
    assert [one["answer"] for one in full["offers"]] == ["refused", "accepted"]
    assert code(operator.post(f"/incidents/{incident}/offers", account_id=key(operator))) == (
        422, "not-a-responder",
    )  # fmt: skip
    west = house.person("operator", WEST)
    assert code(west.post(f"/incidents/{incident}/offers"))[0] == 404


def test_who_is_asked_from_elsewhere_learns_where_and_what_for_and_no_more(house: ApiHouse) -> None:
    incident = house.sos(1)
    volunteer = house.person("responder", WEST)
    house.conn.execute(
        "INSERT INTO offer (incident_id, n, account_id, offered_at, expires_at) VALUES (%s, 2, %s, %s, %s)",
        (incident, key(volunteer), START, START + timedelta(minutes=1)),
    )
    [offer] = volunteer.get("/offers")["items"]
    shown = offer["incident"]
    assert (shown["home"]["address"], shown["title"]["en"]) == ("1 Lane", "Call for help")
    assert (shown["resident"], shown["allowed"]) == (None, [])
    assert shown["text"] == shown["title"]
    assert "Resident 1" not in volunteer.http.get("/offers").text
    house.conn.execute("UPDATE offer SET answer = 'refused', answered_at = offered_at")
    assert volunteer.get("/offers")["items"][0]["incident"] is None


def test_a_roster_says_who_is_on_duty_and_where_a_gap_is(house: ApiHouse) -> None:
    chief, operator = house.person("administrator", EAST), house.person("operator", EAST)
    stranger = house.person("operator", WEST)
    shift = {
        "role": "operator", "account_id": key(operator), "days": [1, 2, 3, 4, 5, 6, 7], "from_time": "08:00",
        "until_time": "20:00", "first_day": "2026-02-01",
    }  # fmt: skip
    where = f"/stations/{EAST}"
    added = chief.post(f"{where}/shifts", **shift)
    assert (added.status_code, added.json()["account"]["id"]) == (201, key(operator))
    operator.http.put("/me", json={"name": "Wu", "language": "en", "phone": "021 555"})
    duty = operator.get(f"{where}/duty")  # 11:00 in Shanghai
    assert [(one["account"]["name"], one["phone"]) for one in duty["on_duty"]] == [("Wu", "021 555")]
    assert duty["gaps"][0]["from"] == duty["on_duty"][0]["until"]  # every night
    assert operator.get(f"{where}/duty", at=at(12))["on_duty"] == []
    assert duty["next"][0]["role"] == "operator"
    override = {
        "role": "operator",
        "from": at(10),
        "until": at(20),
        "account_id": key(chief),
        "reason": "night",
    }
    made = chief.post(f"{where}/overrides", **override)
    assert (made.status_code, made.json()["account"]["id"]) == (201, key(chief))
    assert [one["account"]["id"] for one in operator.get(f"{where}/duty", at=at(12))["on_duty"]] == [
        key(chief)
    ]
    assert len(operator.get(f"{where}/overrides")["items"]) == 1
    turns = {"role": "responder", "members": [key(operator), key(chief)], "first_day": "2026-02-28",
             "turn_days": 1, "from_time": "08:00", "until_time": "08:00"}  # fmt: skip
    rotation = chief.post(f"{where}/rotations", **turns).json()
    assert [one["id"] for one in rotation["people"]] == [key(operator), key(chief)]
    changed = chief.http.put(f"{where}/shifts/{added.json()['id']}", json=shift | {"until_time": "21:00"})
    assert changed.json()["until_time"].startswith("21:00")
    assert len(operator.get(f"{where}/shifts")["items"]) == 1
    assert code(chief.post(f"{where}/shifts", **shift | {"account_id": key(stranger)})) == (422, "not-staff")
    assert code(chief.post(f"{where}/shifts", **shift | {"days": [8]})) == (422, "invalid")
    assert code(operator.post(f"{where}/shifts", **shift)) == (403, "not-permitted")
    assert code(chief.post(f"/stations/{WEST}/shifts", **shift)) == (404, "not-found")
    assert stranger.http.get(f"{where}/duty").status_code == 404
    assert {one["id"] for one in chief.get(f"{where}/people")["items"]} >= {key(operator), key(chief)}
    for what, one in (("shifts", changed.json()), ("rotations", rotation), ("overrides", made.json())):
        assert operator.http.delete(f"{where}/{what}/{one['id']}").status_code == 403
        assert chief.http.delete(f"{where}/{what}/{one['id']}").status_code == 204
        assert chief.http.delete(f"{where}/{what}/{one['id']}").status_code == 404
        assert operator.get(f"{where}/{what}")["items"] == []


def test_holidays_are_everybodys_and_set_by_who_runs_everything(house: ApiHouse) -> None:
    whole, chief = house.person("administrator"), house.person("administrator", EAST)
    day = {"name": "清明节", "works_as": None}
    assert chief.http.put("/holidays/2026-04-05", json=day).status_code == 403
    assert whole.http.put("/holidays/2026-04-05", json=day).json()["name"] == "清明节"
    assert [one["day"] for one in chief.get("/holidays")["items"]] == ["2026-04-05"]
    assert code(whole.http.put("/holidays/2026-02-30", json=day)) == (422, "invalid")
    assert whole.http.delete("/holidays/2026-04-05").status_code == 204
    assert whole.http.delete("/holidays/2026-04-05").status_code == 404


def test_maintenance_holds_what_may_wait_and_never_a_fire(house: ApiHouse) -> None:
    operator, west = house.person("operator", EAST), house.person("operator", WEST)
    wish = {"home_id": 1, "kinds": ["water", "offline"], "until": at(2), "reason": "new pipes"}
    made = operator.post("/silences", **wish)
    assert made.status_code == 201
    assert (made.json()["name"], made.json()["created_by"]["id"]) == ("h1", key(operator))
    assert [one["id"] for one in operator.get("/silences")["items"]] == [made.json()["id"]]
    assert west.get("/silences")["items"] == []
    assert code(operator.post("/silences", **wish | {"kinds": ["smoke"]})) == (422, "bad-silence")
    assert code(operator.post("/silences", **wish | {"kinds": ["x"]})) == (422, "bad-silence")
    assert code(operator.post("/silences", **wish | {"until": at(-2)})) == (422, "bad-silence")
    assert code(operator.post("/silences", **wish | {"home_id": 2})) == (404, "not-found")
    assert code(operator.post("/silences", **wish | {"station_id": EAST})) == (422, "invalid")
    for place in ({"station_id": EAST}, {"device_id": 1}):
        assert operator.post("/silences", **{**wish, "home_id": None} | place).status_code == 201
    assert code(house.person("responder", EAST).post("/silences", **wish))[0] == 403
    path = f"/silences/{made.json()['id']}"
    assert west.http.delete(path).status_code == 404
    assert operator.http.delete(path).status_code == 204
    assert operator.http.delete(path).status_code == 404


def test_what_is_reported_twice_is_one_incident(house: ApiHouse) -> None:
    """Enter pressed twice; or the answer was lost, and the operator presses again: the alarm rings once."""
    desk = house.person("operator", EAST)
    wish = {"kind": "fall", "resident_id": 1, "note": "The neighbour called", "request": str(uuid4())}
    with ThreadPoolExecutor(2) as both:
        answers = list(both.map(lambda _: desk.http.post("/incidents", json=wish), range(2)))
    answers.append(desk.http.post("/incidents", json=wish))
    assert [answer.status_code for answer in answers] == [201] * 3
    assert len({answer.json()["id"] for answer in answers}) == 1
    assert len(desk.get("/incidents")["items"]) == 1


def test_two_reports_are_two(house: ApiHouse) -> None:
    desk = house.person("operator", EAST)
    for request in (str(uuid4()), str(uuid4()), None):
        wish = {"kind": "fall", "resident_id": 1, "note": "again", "request": request}
        assert desk.http.post("/incidents", json=wish).status_code == 201
    assert len(desk.get("/incidents")["items"]) == 3


def test_who_has_never_said_whether_they_are_free_is_free_for_page_and_engine(house: ApiHouse) -> None:
    """The engine asks them; their page says "I am free to go: off. You get no requests for now"."""
    operator, ren = house.person("operator", EAST), house.person("responder", EAST)
    (candidate,) = operator.get(f"/incidents/{house.sos()}")["candidates"]
    assert candidate["available"] == ren.get("/me/state")["available"]


def test_a_position_on_the_way_says_nothing_of_being_free(house: ApiHouse) -> None:
    """The page follows the phone while somebody is on the way, and sent `available: false` with each
    position: after their first incident nobody asked them any more."""
    operator, ren = house.person("operator", EAST), house.person("responder", EAST)
    assert ren.http.put("/me/state", json={"lat": 31.2, "lon": 121.4}).json()["available"] is True
    (candidate,) = operator.get(f"/incidents/{house.sos()}")["candidates"]
    assert candidate["available"] is True
    assert ren.http.put("/me/state", json={"available": False}).json()["available"] is False
    assert ren.http.put("/me/state", json={"lat": 31.3, "lon": 121.4}).json()["available"] is False


def test_who_was_told_is_named_and_not_in_sealed_letters(house: ApiHouse) -> None:
    desk = house.person("operator", EAST)
    wish = {"items": [{"name": "Lin, the daughter", "relation": "daughter", "phone": "13800138000"}]}
    assert desk.http.put("/care/residents/1/contacts", json=wish).status_code == 200
    incident = house.sos()
    for _ in range(2):  # the second step of the standard policy tells "contact:1"
        house.clock.advance(seconds=61)
        house.engine_works()
    told = desk.get(f"/incidents/{incident}")["notifications"]  # Person: nothing sealed in any answer
    named = [one["recipient"]["name"] for one in told if one["recipient"]["kind"] == "contact"]
    assert named[:1] == ["Lin, the daughter"]


def test_a_page_of_before_does_not_close_what_somebody_has_taken_up_since(house: ApiHouse) -> None:
    """One operator's page shows it open, a colleague is at the door: "false alarm" would call help back."""
    stale, other = house.person("operator", EAST), house.person("operator", EAST)
    for steps in (("acknowledge",), ("respond",), ("respond", "arrive"), ("resolve", "reopen")):
        incident = house.sos()
        seen = stale.get("/incidents")["items"][0]["version"]
        for step in steps:
            assert other.act(incident, step, outcome="false_alarm").status_code == 200
        late = stale.act(incident, "resolve", outcome="false_alarm", version=seen)
        assert code(late) == (409, "lost-race"), steps
        assert other.act(incident, "resolve", outcome="false_alarm").status_code == 200
        house.clock.advance(hours=2)
        house.engine_works()


def test_a_step_of_the_engine_keeps_nobody_from_closing_it(house: ApiHouse) -> None:
    operator = house.person("operator", EAST)
    incident = house.sos()
    seen = operator.get("/incidents")["items"][0]["version"]
    house.clock.advance(seconds=61)
    house.engine_works()
    assert operator.get("/incidents")["items"][0]["version"] > seen, "it has escalated"
    assert operator.act(incident, "resolve", outcome="false_alarm", version=seen).status_code == 200


def test_rules_are_changed_with_the_version_that_was_read(house: ApiHouse) -> None:
    whole, chief = house.person("administrator"), house.person("administrator", STREET)
    rules = {one["kind"]: one for one in chief.get("/policies/kinds")["items"]}
    water = rules["water"]
    wish = {name: value for name, value in water.items() if name not in ("kind", "updated_at", "updated_by")}
    wish["escalate_s"] = 120
    assert code(chief.http.put("/policies/kinds/water", json=wish)) == (403, "not-permitted")
    changed = whole.http.put("/policies/kinds/water", json=wish).json()
    assert (changed["escalate_s"], changed["updated_by"]["id"]) == (120, key(whole))
    assert code(whole.http.put("/policies/kinds/water", json=wish)) == (409, "lost-race")
    smoke = wish | {"version": rules["smoke"]["version"], "priority": "low"}
    assert code(whole.http.put("/policies/kinds/smoke", json=smoke)) == (422, "bad-policy")
    assert code(whole.http.put("/policies/kinds/nothing", json=wish)) == (404, "not-found")
    [before] = whole.get("/policies/kinds/water/history")["items"]
    assert before["body"]["escalate_s"] == water["escalate_s"]
    [standard, *_] = chief.get("/policies/escalation")["items"]
    put = {"body": standard["body"], "version": standard["version"]}
    path = f"/policies/escalation/{standard['name']}"
    assert whole.http.put(path, json=put).json()["version"] == standard["version"] + 1
    assert code(whole.http.put(path, json=put)) == (409, "lost-race")
    assert code(whole.http.put("/policies/escalation/night", json={"body": {"x": 1}})) == (422, "bad-policy")
    assert whole.http.put("/policies/escalation/night", json={"body": standard["body"]}).status_code == 200
    assert len(whole.get(f"{path}/history")["items"]) == 1
    assert house.person("responder", EAST).http.get("/policies/kinds").status_code == 403


FAR = (
    "0001-01-01T00:00:00Z",
    "0001-01-01T00:00:00+14:00",
    "9999-12-31T23:59:59Z",
    "9999-12-31T23:59:59-12:00",
)


def test_instants_of_no_time_of_ours_are_turned_away(house: ApiHouse) -> None:
    chief = house.person("administrator", EAST)
    whom = key(chief)
    for far in FAR:
        for path, name in (
            (f"/stations/{EAST}/duty", "at"),
            (f"/stations/{EAST}/overrides", "from"),
            (f"/stations/{EAST}/overrides", "to"),
            ("/statistics", "to"),
            ("/residents/1/readings?metric=heart_rate", "to"),
        ):
            assert code(chief.http.get(path, params={name: far})) == (422, "invalid"), (path, far)
        night = {"role": "operator", "account_id": whom, "from": at(0), "until": far}
        assert code(chief.post(f"/stations/{EAST}/overrides", **night)) == (422, "invalid")
        silence = {"station_id": EAST, "kinds": ["water"], "until": far, "reason": "x"}
        assert code(chief.post("/silences", **silence)) == (422, "invalid")
        assert code(chief.http.put("/residents/1/monitoring", json={"visitors_until": far})) == (
            422,
            "invalid",
        )
    turns = {
        "role": "operator",
        "members": [whom],
        "turn_days": 1,
        "from_time": "08:00",
        "until_time": "08:00",
    }
    assert code(chief.post(f"/stations/{EAST}/rotations", first_day="0001-01-01", **turns)) == (
        422,
        "invalid",
    )
    assert code(house.person("administrator").http.put("/holidays/9999-12-31", json={})) == (422, "invalid")
