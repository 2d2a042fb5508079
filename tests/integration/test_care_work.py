"""Days of a station over HTTP: visits, assessments, orders, hazards, saved time, inspections; and races."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from hashlib import sha256
from typing import Any
from uuid import uuid4

import pytest

from care.assessment import scale
from core.quantity import BY_NAME
from tests.support.api import CITY, EAST, START, STREET, WEST, ApiHouse, Person, until
from tests.support.care_house import as_new, shared

pytestmark = pytest.mark.integration

FULL = {key: item.most for key, item in scale.current().items().items()}


@pytest.fixture(scope="module")
def built(server: Any, template: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[ApiHouse]:
    with shared(server, template, tmp_path_factory.mktemp("care")) as house:
        yield house


@pytest.fixture
def house(built: ApiHouse) -> ApiHouse:
    return as_new(built)


def code(answer: Any) -> tuple[int, str]:
    return answer.status_code, answer.json().get("code", "")


def ok(answer: Any) -> Any:
    assert answer.status_code in (200, 201), answer.text
    return answer.json()


def at_once(*doings: Any) -> list[Any]:
    with ThreadPoolExecutor(len(doings)) as pool:
        return [one.result() for one in [pool.submit(doing) for doing in doings]]


def visit(person: Person, resident: int = 1, **more: Any) -> Any:
    return person.post(
        "/care/visits", **{"resident_id": resident, "way": "home", "result": "well", "minutes": 30} | more
    )


def lunch(house: ApiHouse, price: int = 1500, subsidy: int = 500) -> int:
    chief = house.person("administrator", CITY)
    provider = ok(chief.post(f"/care/stations/{STREET}/providers", name="Canteen", phone="021 5555 5555"))
    line = {"provider_id": provider["id"], "kind": "meal", "name": "午餐", "price_fen": price}
    services = ok(chief.post(f"/care/stations/{STREET}/services", **line, subsidy_fen=[0, 0, subsidy, 0, 0]))
    return int(services["items"][0]["id"])


def told(house: ApiHouse, incident: str) -> list[Any]:
    found = "SELECT recipient_kind, recipient_id FROM notification WHERE incident_id = %s ORDER BY 1, 2"
    return house.conn.execute(found, (incident,)).fetchall()


def test_a_volunteers_day(house: ApiHouse) -> None:
    house.conn.execute("UPDATE home SET lat = 31.2 + id / 1000.0, lon = 121.4")
    house.conn.execute("UPDATE resident SET category = 'high_risk', category_set = true WHERE id = 3")
    helper, desk = house.person("responder", EAST), house.person("operator", EAST)
    due = helper.get("/care/visits/due", within_h=24 * 365)
    assert [(one["resident"]["id"], one["why"], one["overdue"]) for one in due["items"]] == [
        (3, "never", True),
        (1, "never", False),
    ]
    assert (due["total"], due["overdue"], due["items"][0]["last_visit_id"]) == (2, 1, None)
    walk = helper.get("/care/visits/route", lat=31.2, lon=121.4, within_h=24 * 365)
    assert [stop["resident"]["id"] for stop in walk["stops"]] == [1, 3]
    assert walk["length_m"] == pytest.approx(334, abs=2)
    wish = {"request": str(uuid4()), "seen": None, "hazards": [{"kind": "loose_rug", "room": "hall"}]}
    first = ok(visit(helper, 3, result="problem", note="swollen leg", incident={"kind": "other"}, **wish))
    again = ok(visit(helper, 3, result="problem", note="swollen leg", incident={"kind": "other"}, **wish))
    assert again["id"] == first["id"]
    assert [one["id"] for one in desk.get("/incidents")["items"]] == [first["incident_id"]]
    by_desk = ok(house.person("operator", CITY).post("/incidents", kind="other", resident_id=3))["id"]
    assert told(house, first["incident_id"]) == told(house, by_desk) != []
    (task,) = desk.get("/care/adaptations", resident=3)["items"]
    assert (task["id"], task["source"], task["kind"]) == (
        first["adaptations"][0], f"visit:{first['id']}", "loose_rug",
    )  # fmt: skip
    assert [one["resident"]["id"] for one in helper.get("/care/visits/due")["items"]] == []
    daughter = house.person("family", resident=3)
    (seen,) = daughter.get("/care/visits")["items"]
    assert (seen["id"], seen["result"], seen["note"], seen["incident_id"]) == (
        first["id"],
        "problem",
        "",
        None,
    )
    assert daughter.get("/care/residents/3/next-visit")["last"] == seen["at"]
    assert code(daughter.http.get("/care/visits/due")) == (403, "not-permitted")
    assert code(visit(daughter, 3)) == (403, "not-permitted")
    assert code(visit(helper, 2)) == (404, "not-found")
    assert code(visit(helper, 1, at=(START + timedelta(hours=2)).isoformat())) == (422, "not-possible")
    assert code(visit(helper, 1, hazards=[{"kind": "dragons"}])) == (422, "not-possible")
    assert house.conn.execute("SELECT count(*) FROM visit").fetchone() == (1,)


def test_of_two_who_record_the_same_visit_the_second_is_told(house: ApiHouse) -> None:
    one, two = house.person("responder", EAST), house.person("responder", EAST)
    answers = at_once(lambda: visit(one, seen=None), lambda: visit(two, seen=None))
    assert sorted(answer.status_code for answer in answers) == [201, 409]
    refused = next(answer for answer in answers if answer.status_code == 409).json()
    stands = next(answer for answer in answers if answer.status_code == 201).json()
    assert (refused["code"], refused["visit"]) == ("visited-already", stands["id"])
    late = two if answers[0].status_code == 201 else one
    assert code(visit(late)) == (409, "visited-already")  # also a page that says nothing of what it saw
    assert visit(late, again=True).status_code == 201


def test_a_mistake_is_put_right_and_hours_go_with_it(house: ApiHouse) -> None:
    helper, desk, chief = (
        house.person("responder", EAST), house.person("operator", EAST), house.person("administrator", CITY),
    )  # fmt: skip
    account = helper.session["account"]["id"]
    ok(chief.post("/care/volunteers", account_id=account, station_id=EAST))
    assert code(chief.post("/care/volunteers", account_id=account, station_id=EAST)) == (409, "conflict")
    house.clock.advance(minutes=5)
    first = ok(visit(helper))
    assert code(helper.http.post(f"/care/visits/{first['id']}/confirm")) == (403, "not-permitted")
    own = ok(visit(desk, again=True))
    assert code(desk.http.post(f"/care/visits/{own['id']}/confirm")) == (422, "not-possible")
    assert ok(desk.http.post(f"/care/visits/{first['id']}/confirm")) == {"minutes": 30}
    assert code(desk.http.post(f"/care/visits/{first['id']}/confirm")) == (409, "conflict")
    assert helper.get("/care/time")["balance_min"] == 30
    right = ok(helper.post(f"/care/visits/{first['id']}/correct", minutes=20, why="typed wrongly"))
    assert (right["replaces"], right["minutes"], right["why"]) == (first["id"], 20, "typed wrongly")
    assert helper.get("/care/time")["balance_min"] == 0
    assert ok(desk.http.post(f"/care/visits/{right['id']}/confirm")) == {"minutes": 20}
    assert code(helper.post(f"/care/visits/{first['id']}/correct", minutes=1, why="x")) == (409, "conflict")
    other = house.person("responder", EAST)
    assert code(other.post(f"/care/visits/{right['id']}/correct", minutes=1, why="x")) == (
        403,
        "not-permitted",
    )
    gift = {"request": str(uuid4()), "to_kind": "resident", "to_id": 1, "minutes": 15}
    for _ in range(2):
        assert ok(helper.post("/care/time/transfers", **gift))["balance_min"] == 5
    too_much = gift | {"request": str(uuid4()), "minutes": 6}
    assert code(helper.post("/care/time/transfers", **too_much)) == (422, "not-possible")
    friend = house.person("responder", EAST)
    to_friend = {"to_kind": "volunteer", "to_id": friend.session["account"]["id"], "minutes": 2}
    assert code(helper.post("/care/time/transfers", request=str(uuid4()), **to_friend)) == (404, "not-found")
    ok(chief.post("/care/volunteers", account_id=to_friend["to_id"], station_id=EAST))
    house.clock.advance(minutes=1)
    assert ok(helper.post("/care/time/transfers", request=str(uuid4()), **to_friend))["balance_min"] == 3
    assert friend.get("/care/time")["balance_min"] == 2
    elsewhere = gift | {"request": str(uuid4()), "to_id": 2, "minutes": 1}
    assert code(helper.post("/care/time/transfers", **elsewhere)) == (404, "not-found")
    total = (
        "SELECT sum(amount) FROM ledger_line l JOIN ledger_book b ON b.id = l.book_id WHERE unit = 'minute'"
    )
    assert house.conn.execute(total).fetchone() == (0,)
    assert chief.get(f"/care/volunteers/{account}/statement")["balance_min"] == 3
    listed = desk.get("/care/visits", resident=1)["items"]
    assert {one["id"]: one["replaced_by"] for one in listed}[first["id"]] == right["id"]


def test_the_monthly_figure_has_the_names_of_the_missing(house: ApiHouse) -> None:
    house.conn.execute("UPDATE resident SET category = 'key', created_at = %s", (START - timedelta(days=60),))
    desk = house.person("operator", STREET)
    ok(visit(desk, 1))
    ok(visit(desk, 2, way="remote"))
    found = desk.get("/care/visits/coverage", month="2026-03")
    assert found["categories"] == [{"category": "key", "people": 4, "met": 1}]
    assert [(one["station"]["id"], one["met"]) for one in found["stations"]] == [(WEST, 0), (EAST, 1)]
    missing = desk.get("/care/visits/missing", month="2026-03", category="key")["items"]
    assert [one["resident"]["id"] for one in missing] == [3, 2, 4]
    assert desk.http.get("/care/visits/coverage", params={"month": "2026-13"}).status_code == 422
    figures = desk.get("/care/statistics", station=EAST, **{"from": "2026-03-01", "to": "2026-03-31"})
    assert figures["visits"] == [{"way": "home", "result": "well", "n": 1, "minutes": 30}]
    assert figures["people"] == [{"category": "key", "grade": -1, "people": 2}]


def test_heat_and_a_fall_bring_visits_forward(house: ApiHouse) -> None:
    chief, helper = house.person("administrator", EAST), house.person("responder", EAST)
    assert helper.get("/care/residents/1/next-visit")["why"] == "never"
    ok(visit(helper))
    house.clock.advance(days=40)
    assert helper.get("/care/visits/due")["total"] == 0
    span = {"from": house_time(house), "until": house_time(house, days=10)}
    (season,) = ok(chief.post("/care/seasons", station_id=EAST, kind="heat", **span))["items"]
    assert season["running"]
    assert helper.get("/care/residents/1/next-visit")["why"] == "season"
    house.clock.advance(hours=1)
    assert chief.http.post(f"/care/seasons/{season['id']}/end").status_code == 204
    assert helper.get("/care/residents/1/next-visit")["why"] == "rhythm"
    rule = {"station_id": EAST, "category": "ordinary", "every_days": 30, "season_days": 10,
            "after_change_h": 12, "remote_counts": False}  # fmt: skip
    assert code(helper.http.put("/care/visits/rules", json=rule)) == (403, "not-permitted")
    everywhere = {**rule, "station_id": None}
    assert code(chief.http.put("/care/visits/rules", json=everywhere)) == (403, "not-permitted")
    rules = ok(chief.http.put("/care/visits/rules", json=rule))["items"]
    assert [(one["category"], one["default"]) for one in rules][-1] == ("ordinary", False)
    assert helper.get("/care/residents/1/next-visit")["overdue"]
    ok(visit(helper))
    house.clock.advance(hours=1)
    ok(helper.post("/care/residents/1/changes", what="out of hospital"))
    following = helper.get("/care/residents/1/next-visit")
    assert (following["why"], following["by"]) == ("change", house_time(house, hours=12))


def house_time(house: ApiHouse, **later: float) -> str:
    from core.instant import to_datetime

    at = to_datetime(house.clock.now()) + timedelta(**later)
    return at.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def test_an_assessment_sets_grade_category_and_tasks(house: ApiHouse) -> None:
    desk = house.person("operator", EAST)
    form = desk.get("/care/scale")
    assert (form["most"], sum(len(part["items"]) for part in form["parts"])) == (90, 26)
    assert code(desk.post("/care/residents/1/assessments", answers={})) == (422, "incomplete")
    weak = {key: most // 2 for key, most in FULL.items()}
    wish: dict[str, Any] = {"answers": weak, "health": {"dementia": True}, "request": str(uuid4()),
                            "hazards": [{"kind": "no_grab_bar", "room": "bathroom"}]}  # fmt: skip
    seen = ok(desk.http.post("/care/residents/1/assessments", params={"preview": True}, json=wish))
    assert (seen["id"], seen["grade"], seen["preliminary"], seen["changes"]) == (None, 4, 3, ["dementia"])
    first = ok(desk.post("/care/residents/1/assessments", **wish))
    assert ok(desk.post("/care/residents/1/assessments", **wish))["id"] == first["id"]
    record = desk.get("/care/residents/1")
    assert (record["ability_grade"], record["category"], record["category_set"]) == (4, "high_risk", False)
    assert desk.get("/care/residents/1/next-visit")["category"] == "high_risk"
    set_by_hand = desk.http.patch(
        "/care/residents/1", json={"version": record["version"], "category": "ordinary"}
    )
    assert ok(set_by_hand)["category_set"]
    ok(desk.post("/care/residents/1/assessments", answers=weak))
    assert desk.get("/care/residents/1")["category"] == "ordinary"
    assert [one["grade"] for one in desk.get("/care/residents/1/assessments")["items"]] == [3, 4]


def test_two_confirmed_falls_propose_a_new_assessment(house: ApiHouse) -> None:
    desk = house.person("operator", EAST)
    for _ in range(2):
        incident = ok(desk.post("/incidents", kind="fall", resident_id=1))["id"]
        assert desk.act(incident, "resolve", outcome="help_given", note="bruise").status_code == 200
        house.clock.advance(days=2)
    (proposed,) = desk.get("/care/assessments/proposed")["items"]
    assert (proposed["resident"]["id"], len(proposed["events"])) == (1, 2)
    risks = desk.get("/care/residents/1/risk-events")["items"]
    events = [{"at": one["at"], "kind": one["kind"], "source": one["incident_id"]} for one in risks]
    made = ok(desk.post("/care/residents/1/assessments", answers=FULL, health={"risk_events": events}))
    assert (made["preliminary"], made["grade"], made["changes"]) == (0, 1, ["risk_events"])
    assert desk.get("/care/assessments/proposed")["items"] == []
    assert house.person("operator", WEST).get("/care/assessments/proposed")["items"] == []


def test_a_meal_from_wish_to_settlement(house: ApiHouse) -> None:
    service = lunch(house)
    house.conn.execute("UPDATE resident SET ability_grade = 2 WHERE id = 1")
    daughter, helper = house.person("family", resident=1), house.person("responder", EAST)
    desk, chief = house.person("operator", EAST), house.person("administrator", CITY)
    (line,) = daughter.get("/care/residents/1/menu")["items"]
    assert (line["price_fen"], line["subsidy_fen"], line["pays_fen"]) == (1500, 500, 1000)
    wish = {"resident_id": 1, "service_id": service, "wanted_at": house_time(house, hours=2),
            "request": str(uuid4()), "note": "soft food"}  # fmt: skip
    order = ok(daughter.post("/care/orders", **wish))
    assert ok(daughter.post("/care/orders", **wish))["id"] == order["id"]
    assert (order["via"], order["allowed"]) == ("family", ["cancel"])
    path = f"/care/orders/{order['id']}/actions"
    assert code(daughter.post(path, action="accept")) == (403, "not-permitted")
    second = house.person("operator", EAST)
    answers = at_once(*[lambda who=who: who.post(path, action="accept", version=1) for who in (desk, second)])
    assert sorted(code(a) if a.status_code != 200 else (200, "") for a in answers) == [
        (200, ""), (409, "lost-race"),
    ]  # fmt: skip
    ok(helper.post(path, action="carry_out"))
    assert code(helper.post(path, action="confirm")) == (403, "not-permitted")
    assert ok(daughter.post(path, action="confirm"))["state"] == "confirmed"
    assert code(daughter.post(path, action="rate")) == (422, "rating-needed")
    assert ok(daughter.post(path, action="rate", rating=5))["rating"] == 5
    month = chief.get("/care/settlement", month="2026-03")
    assert month["total"] == {
        "done": 1, "taken_back": 0, "owed_fen": 1500, "subsidy_fen": 500, "residents_fen": 1000,
    }  # fmt: skip
    assert month["ledger_fen"] == 1500
    assert code(daughter.post(path, action="refund", note="cold")) == (403, "not-permitted")
    ok(daughter.post(path, action="complain", note="cold"))
    assert code(desk.post(path, action="refund", note="cold")) == (403, "not-permitted")
    ok(chief.post(path, action="refund", note="cold"))
    assert chief.get("/care/settlement", month="2026-03")["ledger_fen"] == 0
    assert [one["kind"] for one in daughter.get(f"/care/orders/{order['id']}")["events"]] == [
        "requested", "accepted", "carried_out", "confirmed", "rated", "complained", "refunded",
    ]  # fmt: skip
    assert code(house.person("family", resident=3).http.get(f"/care/orders/{order['id']}")) == (
        404,
        "not-found",
    )
    assert daughter.get("/care/visits", resident=1)["items"] == []


def test_a_button_orders_and_a_second_press_does_not(house: ApiHouse) -> None:
    lunch(house)
    desk = house.person("operator", EAST)
    metric = BY_NAME["service_request"].id
    for seconds, wish in ((10, 1), (5, 1), (4, 3)):
        house.conn.execute(
            "INSERT INTO reading (time, value, home_id, device_id, metric)"
            " SELECT %s, %s, 1, id, %s FROM device WHERE code = 'b1'",
            (START - timedelta(seconds=seconds), wish, metric),
        )
    until(lambda: desk.get("/care/orders")["items"])
    until(lambda: house.conn.execute("SELECT count(*) FROM service_press").fetchone() == (3,))
    (order,) = desk.get("/care/orders")["items"]
    assert (order["via"], order["resident"]["id"], order["state"]) == ("button", 1, "requested")


def test_a_hazard_is_checked_by_somebody_else(house: ApiHouse) -> None:
    helper, desk = house.person("responder", EAST), house.person("operator", EAST)
    assert len(desk.get("/care/hazards")["items"]) == 15
    task = ok(helper.post("/care/adaptations", resident_id=1, kind="cables", room="hall", note="at the door"))
    path = f"/care/adaptations/{task['id']}/actions"
    assert code(helper.post(path, action="plan", planned_for="2026-03-02")) == (403, "not-permitted")
    assert code(desk.post(path, action="plan")) == (422, "day-needed")
    planned = ok(desk.post(path, action="plan", planned_for="2026-03-02", version=1))
    assert (planned["state"], planned["planned_for"], planned["version"]) == ("planned", "2026-03-02", 2)
    assert code(desk.post(path, action="do", version=1)) == (409, "lost-race")
    ok(desk.post(path, action="do", note="taped"))
    assert code(desk.post(path, action="check")) == (422, "own-work")
    other = house.person("operator", EAST)
    assert ok(other.post(path, action="redo", note="loose again"))["state"] == "open"
    ok(helper.post(path, action="do"))
    done = ok(desk.post(path, action="check"))
    assert (done["state"], done["allowed"]) == ("checked", [])
    assert [one["kind"] for one in done["events"]] == [
        "opened", "planned", "done", "sent_back", "done", "checked",
    ]  # fmt: skip
    assert code(house.person("operator", WEST).http.get(f"/care/adaptations/{task['id']}")) == (
        404,
        "not-found",
    )


def test_an_inspection_can_be_drawn_again_by_anybody(house: ApiHouse) -> None:
    chief = house.person("administrator", CITY)
    desks = [house.person("operator", STREET) for _ in range(3)]
    wish = {"station_id": STREET, "subjects": "home", "number": 2, "each": 2}
    assert code(desks[0].post("/care/inspections", **wish)) == (403, "not-permitted")
    ok(visit(desks[0], 1))  # who has been in a home does not inspect it
    house.clock.advance(minutes=1)
    announced = ok(chief.post("/care/inspections", **wish))
    # Who announces it cannot know the draw and then choose the lists.
    assert (announced["seed"], len(announced["seal"]), announced["tasks"]) == (None, 64, [])
    at = f"/care/inspections/{announced['id']}"
    drawn = ok(chief.http.post(f"{at}/draw"))
    assert len(drawn["tasks"]) == 2
    assert sha256(drawn["seed"].encode()).hexdigest() == announced["seal"] == drawn["seal"]
    assert code(chief.http.post(f"{at}/draw")) == (409, "conflict")
    visitor = desks[0].session["account"]["id"]
    for task in drawn["tasks"]:
        if task["subject"]["id"] == 1:
            assert visitor not in [one["id"] for one in task["inspectors"]]
    assert desks[0].get(f"{at}/verify") == {"same": True}
    task = drawn["tasks"][0]
    everybody = {one.session["account"]["id"]: one for one in (*desks, chief)}
    goes = {one["id"] for one in task["inspectors"]}
    inspector = everybody[min(goes)]
    stranger = next(one for key, one in everybody.items() if key not in goes)
    assert code(stranger.post(f"{at}/tasks/{task['id']}/result", result="good")) == (409, "conflict")
    found = ok(inspector.post(f"{at}/tasks/{task['id']}/result", result="faults", note="no plan"))
    assert {one["id"]: one["result"] for one in found["tasks"]}[task["id"]] == "faults"
    same = []
    for n in range(12):  # one seed in thirty draws these few the same way
        house.conn.execute("UPDATE inspection SET seed = %s", (f"somebody changed the seed afterwards {n}",))
        assert desks[0].get(at)["seal"] != announced["seal"]
        same.append(desks[0].get(f"{at}/verify")["same"])
    assert not all(same)


def test_an_administrator_keeps_the_tree_below(house: ApiHouse) -> None:
    chief, desk = house.person("administrator", STREET), house.person("operator", STREET)
    wish = {"parent_id": STREET, "code": "north", "level": "community", "name": "北社区"}
    assert code(desk.post("/care/stations", **wish)) == (403, "not-permitted")
    assert code(chief.post("/care/stations", **wish | {"parent_id": CITY})) == (404, "not-found")
    assert code(chief.post("/care/stations", **wish | {"level": "city"})) == (422, "not-possible")
    north = ok(chief.post("/care/stations", **wish))["id"]
    assert code(chief.post("/care/stations", **wish)) == (409, "conflict")
    ok(chief.http.patch(f"/care/stations/{north}", json={"phone": "021 5555 0000"}))
    corners = [[31.2, 121.4], [31.3, 121.4], [31.3, 121.5]]
    ok(chief.http.put(f"/care/stations/{north}/area", json={"points": corners}))
    hours = [
        {"weekday": 1, "from": "08:30", "until": "12:00"},
        {"weekday": 1, "from": "13:00", "until": "24:00"},
    ]
    ok(chief.http.put(f"/care/stations/{north}/hours", json={"items": hours}))
    kept = desk.get(f"/care/stations/{north}")
    assert (kept["phone"], kept["area"], kept["hours"], kept["name"]) == (
        "021 5555 0000",
        corners,
        hours,
        "北社区",
    )
    overlap = {"items": [*hours, {"weekday": 1, "from": "11:00", "until": "12:30"}]}
    assert code(chief.http.put(f"/care/stations/{north}/hours", json=overlap)) == (422, "not-possible")
    assert north in [one["id"] for one in desk.get("/stations")["items"]]
