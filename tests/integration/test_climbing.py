"""Climbing: becoming more than one is, or staying what one was, by links, late promotions, many at once."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
import pytest

from tests.integration.test_accounts import ANOTHER, key_of, signed_in
from tests.integration.test_second_factor import login_of
from tests.support.api import CITY, EAST, PASSWORD, STREET, WEST, ApiHouse, Person, api_house

pytestmark = pytest.mark.integration


@pytest.fixture(scope="module")
def village(shared_dsn: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[ApiHouse]:
    with api_house(shared_dsn, tmp_path_factory.mktemp("village")) as built, built.serves():
        yield built


@pytest.fixture
def house(village: ApiHouse) -> ApiHouse:
    village.wall.advance(hours=1)
    return village


def code_in(answer: httpx.Response) -> str:
    assert answer.status_code == 200, answer.text
    return str(answer.json()["url"].partition("#")[2].removeprefix("reset."))


def at_once(person: Person, path: str, bodies: list[dict[str, Any]]) -> list[httpx.Response]:
    """All these requests of one person at the same time, each on a connection of its own."""

    def ask(body: dict[str, Any]) -> httpx.Response:
        with httpx.Client(headers=person.http.headers, cookies=person.http.cookies, timeout=60) as http:
            return http.post(f"{person.url}/api/v1{path}", json=body)

    with ThreadPoolExecutor(len(bodies)) as threads:
        return list(threads.map(ask, bodies))


def out(house: ApiHouse, how: str, someone: Person) -> None:
    """Somebody above puts `someone` out, or takes their role."""
    city = house.person("administrator", CITY)
    path = f"/accounts/{key_of(someone)}"
    if how == "disabled":
        assert city.http.put(f"{path}/enabled", json={"enabled": False}).status_code == 200
        return
    (grant,) = city.get(path)["grants"]
    assert city.http.delete(f"{path}/grants/{grant['id']}").status_code == 200


@pytest.mark.parametrize("how", ["disabled", "withdrawn"])
def test_whoever_is_put_out_leaves_no_door_behind(house: ApiHouse, how: str) -> None:
    boss, operator = house.person("administrator", EAST), house.person("operator", EAST)
    wishes: list[dict[str, Any]] = [
        {"role": "administrator", "station_id": EAST},
        {"role": "family", "resident_id": 1},
    ]
    invited = [code_in(boss.post("/invitations", **wish)) for wish in wishes]
    reset = code_in(boss.post(f"/accounts/{key_of(operator)}/reset", second_factor=True))
    stranger = house.stranger()
    assert [stranger.post("/invitations/look", code=code).status_code for code in invited] == [200, 200]
    assert stranger.post("/resets/look", code=reset).status_code == 200
    out(house, how, boss)
    for number, code in enumerate(invited):
        assert stranger.post("/invitations/look", code=code).status_code == 404
        wish = {"code": code, "login": f"{how}.friend{number}", "password": ANOTHER, "name": "friend"}
        assert stranger.post("/invitations/redeem", **wish).status_code == 404
    assert stranger.post("/resets/look", code=reset).status_code == 404
    assert stranger.post("/resets/redeem", code=reset, password=ANOTHER).status_code == 404
    assert signed_in(house, login_of(operator), PASSWORD)


def test_a_link_for_an_operator_is_none_for_the_administrator_they_became(house: ApiHouse) -> None:
    boss, operator = house.person("administrator", EAST), house.person("operator", EAST)
    code = code_in(boss.post(f"/accounts/{key_of(operator)}/reset", second_factor=True))
    risen = house.person("administrator", CITY).post(
        f"/accounts/{key_of(operator)}/grants", role="administrator", station_id=STREET
    )
    assert risen.status_code == 201
    assert house.stranger().post("/resets/redeem", code=code, password=ANOTHER).status_code == 404
    assert signed_in(house, login_of(operator), PASSWORD)


def test_a_board_left_open_lets_nobody_in(house: ApiHouse) -> None:
    boss = house.person("administrator", EAST)
    house.wall.advance(minutes=11)
    for wish in ({"role": "administrator", "station_id": EAST}, {"role": "family", "resident_id": 1}):
        refused = boss.post("/invitations", **wish)
        assert (refused.status_code, refused.json()["code"]) == (403, "confirm-again")
    assert boss.post("/session/confirm", password=PASSWORD).status_code == 204
    assert boss.post("/invitations", role="administrator", station_id=EAST).status_code == 200


def test_a_relative_who_becomes_staff_signs_in_as_staff(house: ApiHouse) -> None:
    boss, daughter = house.person("administrator", EAST), house.person("family", resident=1)
    given = boss.post(f"/accounts/{key_of(daughter)}/grants", role="administrator", station_id=EAST)
    assert given.status_code == 201
    assert daughter.http.get("/session").status_code == 401  # it was to last a month
    again = signed_in(house, login_of(daughter))
    assert again.session["second_factor_by"] is not None


def test_who_rises_is_asked_for_a_second_factor_from_then_on(house: ApiHouse) -> None:
    boss, operator = house.person("administrator", EAST), house.person("operator", EAST)
    assert operator.get("/session")["second_factor_by"] is None
    boss.post(f"/accounts/{key_of(operator)}/grants", role="administrator", station_id=EAST)
    assert operator.get("/session")["second_factor_by"] is not None


def test_the_glass_is_broken_five_times_an_hour_however_many_ask_at_once(house: ApiHouse) -> None:
    west = house.person("responder", WEST)
    wish = {"reason": "nobody opens the door"}
    answers = at_once(west, "/emergencies", [wish | {"resident_id": 1 + 2 * (n % 2)} for n in range(20)])
    assert sum(one.status_code == 201 for one in answers) <= 5
    assert {one.status_code for one in answers} <= {201, 409, 429}
    row = house.conn.execute(
        "SELECT count(*) FROM emergency_access WHERE account_id = %s", (key_of(west),)
    ).fetchone()
    assert row is not None
    assert row[0] <= 5


def test_one_code_makes_one_account_and_one_session_however_many_use_it_at_once(house: ApiHouse) -> None:
    boss, operator = house.person("administrator", EAST), house.person("operator", EAST)
    code = code_in(boss.post("/invitations", role="operator", station_id=EAST))
    wishes = [
        {"code": code, "login": f"many.{n}", "password": ANOTHER, "name": "many", "language": "en"}
        for n in range(6)
    ]
    got = at_once(house.stranger(), "/invitations/redeem", wishes)
    assert sorted(one.status_code for one in got) == [200, 404, 404, 404, 404, 404]
    reset = code_in(boss.post(f"/accounts/{key_of(operator)}/reset"))
    got = at_once(house.stranger(), "/resets/redeem", [{"code": reset, "password": ANOTHER}] * 6)
    assert [one.status_code for one in got].count(200) == 1
    assert {one.status_code for one in got} <= {200, 404, 429}


def test_nobody_reads_what_a_relative_wrote_without_a_trace(house: ApiHouse) -> None:
    daughter, desk = house.person("family", resident=1), house.person("operator", EAST)
    written = daughter.post(
        "/residents/1/messages", text="Is she eating?", request="3f2b8a52-0b1e-4c39-9a39-0c1f5a3f7d11"
    )
    assert written.status_code == 201, written.text
    (thread,) = desk.get("/conversations")["items"]

    def looks() -> int:
        row = house.conn.execute(
            "SELECT count(*) FROM audit_entry WHERE account_id = %s AND 1 = ANY(residents)", (key_of(desk),)
        ).fetchone()
        assert row is not None
        return int(row[0])

    before = looks()
    assert desk.get(f"/conversations/{thread['id']}/messages")["items"]
    assert looks() == before + 1
