"""The record of a person over HTTP: taken in, changed, moved, revealed; and what each role must not do."""

from collections.abc import Iterator
from typing import Any

import pytest

from care.identity import check_letter
from tests.support.api import CITY, EAST, STREET, WEST, ApiHouse, Person
from tests.support.care_house import as_new, shared

pytestmark = pytest.mark.integration

NUMBER = "31010119400305002"
IDENTITY = NUMBER + check_letter(NUMBER)


@pytest.fixture(scope="module")
def built(server: Any, template: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[ApiHouse]:
    with shared(server, template, tmp_path_factory.mktemp("care")) as house:
        yield house


@pytest.fixture
def house(built: ApiHouse) -> ApiHouse:
    return as_new(built)


def code(answer: Any) -> tuple[int, str]:
    return answer.status_code, answer.json().get("code", "")


def patch(person: Person, resident: int, **body: Any) -> Any:
    return person.http.patch(f"/care/residents/{resident}", json=body)


def test_somebody_is_taken_in_found_and_changed(house: ApiHouse) -> None:
    desk = house.person("operator", EAST)
    body = {
        "name": "林玉兰", "home_id": 1, "identity": IDENTITY.lower(), "phone": "138 0000 0001",
        "living": "alone", "contacts": [{"name": "林小妹", "phone": "13900000002", "quiet_from": "22:00",
                                         "quiet_until": "06:30"}], "consents": ["family_view"],
    }  # fmt: skip
    made = desk.post("/care/residents", **body)
    assert made.status_code == 201, made.text
    record = made.json()
    assert (record["born"], record["sex"]) == ("1940-03-05", "female")
    assert record["identity"] == f"310***********{IDENTITY[-4:]}"
    assert record["phone"] == "138****0001"
    assert record["contacts"][0]["phone"] == "139****0002"
    assert record["contacts"][0]["quiet_from"] == "22:00"
    assert [one["purpose"] for one in record["consents"]] == ["family_view"]
    key = record["id"]
    for asked in ("林玉", "linyul", "lyl", "13800000001", IDENTITY[-4:]):
        assert [one["id"] for one in desk.get("/care/residents", q=asked)["items"]] == [key], asked
    assert IDENTITY not in desk.http.get(f"/care/residents/{key}").text
    assert code(desk.post("/care/residents", **body)) == (409, "conflict")
    assert code(desk.post("/care/residents", **body | {"identity": IDENTITY[:-1] + "0"}))[0] == 422
    changed = patch(desk, key, version=record["version"], risks="falls", name="林玉梅")
    assert changed.json()["risks"] == "falls"
    assert code(patch(desk, key, version=record["version"], risks="x")) == (409, "lost-race")
    assert [one["id"] for one in desk.get("/care/residents", q="linyum")["items"]] == [key]
    history = desk.get(f"/care/residents/{key}/history")
    known = {c["what"]: (c["before"], c["after"]) for c in history["changes"]}
    assert (known["risks"], known["name"]) == (("", "falls"), ("林玉兰", "林玉梅"))
    assert IDENTITY not in str(history)


def test_numbers_are_shown_whole_only_for_a_reason(house: ApiHouse) -> None:
    desk, helper = house.person("operator", EAST), house.person("responder", EAST)
    patch(desk, 1, version=1, phone="13800000001")
    wish = {"what": ["phone"], "why": "asked to call back"}
    assert desk.post("/care/residents/1/reveal", **wish).json() == {
        "phone": "+8613800000001", "identity": None, "contacts": None,
    }  # fmt: skip
    kept = house.conn.execute("SELECT residents, why FROM audit_entry WHERE what LIKE '%reveal'").fetchone()
    assert kept == ([1], "asked to call back")
    assert desk.post("/care/residents/1/reveal", what=["phone"]).status_code == 422
    assert code(helper.post("/care/residents/1/reveal", **wish)) == (403, "not-permitted")
    assert code(house.person("operator", WEST).post("/care/residents/1/reveal", **wish)) == (404, "not-found")


def test_contacts_keep_the_number_that_the_page_never_saw(house: ApiHouse) -> None:
    desk = house.person("operator", EAST)
    two = [{"name": "Daughter", "phone": "13900000001"}, {"name": "Son", "phone": "13900000002"}]
    put = desk.http.put("/care/residents/1/contacts", json={"items": two})
    first, second = put.json()["contacts"]
    turned = [{"id": second["id"], "name": "Son"}, {"id": first["id"], "name": "Daughter", "relation": "d"}]
    desk.http.put("/care/residents/1/contacts", json={"items": turned})
    kept = house.conn.execute("SELECT name, phone FROM contact WHERE resident_id = 1 ORDER BY rank")
    assert kept.fetchall() == [("Son", "+8613900000002"), ("Daughter", "+8613900000001")]


def test_who_moves_takes_the_station_along_and_who_leaves_wears_nothing(house: ApiHouse) -> None:
    street = house.person("operator", STREET)
    house.clock.advance(seconds=1)
    moved = street.post("/care/residents/1/move", home_id=2)
    assert moved.json()["station"]["id"] == WEST
    assert house.person("operator", EAST).http.get("/care/residents/1").status_code == 404
    house.clock.advance(seconds=1)
    left = street.post("/care/residents/1/leave", on="2026-03-01", why="moved to her son")
    assert (left.json()["left_on"], left.json()["home"], left.json()["devices"]) == ("2026-03-01", None, [])
    history = street.get("/care/residents/1/history")
    assert [stay["home"]["code"] for stay in history["residences"]] == ["h2", "h1"]
    assert all(stay["until"] for stay in history["residences"])
    assert 1 not in [one["id"] for one in street.get("/care/residents")["items"]]
    assert [one["id"] for one in street.get("/care/residents", left=True)["items"]] == [1]
    house.clock.advance(seconds=1)
    assert street.post("/care/residents/1/return").json()["left_on"] is None
    assert street.post("/care/residents/1/move", home_id=1).json()["home"]["code"] == "h1"


def test_a_device_hangs_in_one_place_at_a_time(house: ApiHouse) -> None:
    desk = house.person("operator", EAST)
    house.clock.advance(seconds=1)
    new = desk.post("/care/homes/1/devices", code="x1", kind="wearable", resident_id=1, site="wrist").json()
    assert len(new["secret"]) >= 20
    assert desk.post("/care/homes/1/devices", code="x1", kind="door").status_code == 409
    not_there = (404, "not-found")
    assert code(desk.post("/care/homes/1/devices", code="x2", kind="door", resident_id=3)) == not_there
    assert code(desk.post("/care/homes/1/devices", code="w2")) == not_there  # it hangs in another station
    house.clock.advance(seconds=1)
    again = desk.post("/care/homes/3/devices", code="x1", resident_id=3, site="wrist").json()
    assert again == {"id": new["id"], "secret": None}
    house.clock.advance(seconds=1)
    assert desk.http.post(f"/care/devices/{new['id']}/uninstall").status_code == 204
    stays = desk.get(f"/care/devices/{new['id']}/history")["items"]
    assert [(stay["home"]["name"], stay["resident"]["id"]) for stay in stays] == [("h3", 3), ("h1", 1)]
    assert all(stay["until"] for stay in stays)
    assert code(desk.http.post(f"/care/devices/{new['id']}/uninstall")) == (409, "conflict")
    home = desk.post("/care/homes", station_id=EAST, code="h9", address="9 Lane", rooms=["kitchen"]).json()
    put = desk.http.patch(f"/care/homes/{home['id']}", json={"rooms": ["kitchen", "bathroom"]}).json()
    assert (put["rooms"], put["address"]) == (["kitchen", "bathroom"], "9 Lane")
    assert code(desk.post("/care/homes", station_id=WEST, code="h10")) == (404, "not-found")
    assert [one["code"] for one in desk.get("/care/homes", q="h9")["items"]] == ["h9"]


def test_each_role_keeps_to_its_part(house: ApiHouse) -> None:
    family, helper = house.person("family", resident=1), house.person("responder", EAST)
    desk, west = house.person("operator", EAST), house.person("operator", WEST)
    for path in ("/care/residents", "/care/residents/1", "/care/homes", "/care/visits/due", "/care/scale"):
        assert code(family.http.get(path)) == (403, "not-permitted"), path
        assert helper.http.get(path).status_code == 200, path
    assert code(patch(helper, 1, version=1, risks="x")) == (403, "not-permitted")
    assert code(helper.post("/care/residents/1/assessments", answers={})) == (403, "not-permitted")
    for path in ("/care/residents/1", "/care/residents/1/history", "/care/homes/1", "/care/residents/1/menu"):
        assert code(west.http.get(path)) == (404, "not-found"), path
    assert family.get("/care/residents/1/next-visit")["why"] == "never"
    assert code(family.http.get("/care/residents/2/next-visit")) == (404, "not-found")
    assert code(desk.http.get("/care/settlement")) == (403, "not-permitted")
    chief = house.person("administrator", CITY)
    assert chief.get("/care/settlement")["total"]["owed_fen"] == 0
    desk.http.put("/care/residents/1/consents/family_view", json={"given": False})
    assert code(family.http.get("/care/residents/1/next-visit")) == (404, "not-found")
