"""Tokens of machines: what they open, what they never do, and when they end."""

from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from tests.support.api import CITY, EAST, STREET, WEST, ApiHouse, Person, api_house

pytestmark = pytest.mark.integration


@pytest.fixture(scope="module")
def village(shared_dsn: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[ApiHouse]:
    with api_house(shared_dsn, tmp_path_factory.mktemp("village")) as built, built.serves():
        yield built


@pytest.fixture
def house(village: ApiHouse) -> ApiHouse:
    """The same for all tests here, an hour later: nobody waits for the mistakes of another test."""
    village.wall.advance(hours=1)
    return village


def make(boss: Person, *actions: str, **more: Any) -> dict[str, Any]:
    answer = boss.post("/tokens", **{"name": "city platform", "actions": list(actions)} | more)
    assert answer.status_code == 201, answer.text
    return answer.json()  # type: ignore[no-any-return]


def machine(house: ApiHouse, token: str) -> Person:
    someone = house.stranger()
    someone.http.headers["Authorization"] = f"Bearer {token}"
    return someone


def test_a_token_does_what_it_was_given_where_it_was_given(house: ApiHouse) -> None:
    boss = house.person("administrator", STREET)
    made = make(boss, "see_incidents", "act_on_incidents", station_id=EAST)
    incidents = {home: house.sos(home) for home in (1, 2)}
    robot = machine(house, made["token"])
    seen = [one["id"] for one in robot.get("/incidents")["items"]]
    assert incidents[1] in seen
    assert incidents[2] not in seen
    assert robot.act(incidents[1], "acknowledge").status_code == 200  # without any anti-forgery word
    assert robot.act(incidents[2], "acknowledge").status_code == 404
    assert robot.get(f"/incidents/{incidents[1]}")["acknowledged_by"]["name"] == "city platform"
    for path in ("/residents", "/devices", "/quarantine"):
        assert robot.http.get(path).json()["code"] == "not-permitted"


def test_a_token_is_nobody_in_person(house: ApiHouse) -> None:
    boss = house.person("administrator")
    made = make(boss, *boss.get("/tokens")["actions"])
    robot = machine(house, made["token"])
    for method, path in (
        ("GET", "/session"), ("GET", "/me"), ("GET", "/me/security"), ("GET", "/me/sessions"),
        ("GET", "/accounts"), ("GET", "/tokens"), ("POST", "/tokens"), ("POST", "/me/totp"),
        ("PUT", "/me/password"), ("POST", "/accounts/1/reset"), ("POST", "/me/endpoints"),
    ):  # fmt: skip
        body = {"name": "x", "actions": ["see_incidents"], "password": "x" * 12, "channel": "webhook"}
        answer = robot.http.request(method, path, json=None if method == "GET" else body)
        assert answer.status_code in (403, 422), (method, path)
        assert answer.status_code == 422 or answer.json()["code"] == "not-for-machines", (method, path)
    for role in ("manage_accounts", "invite_anyone", "invite_family", "be_sent"):
        assert boss.post("/tokens", name="x", actions=[role]).status_code == 422
    assert robot.post("/invitations", role="operator", station_id=EAST).json()["code"] == "not-for-machines"
    stranger = house.stranger().post("/session", login="token:x", password="!")
    assert stranger.json()["code"] == "bad-login"


def test_a_cookie_that_comes_with_a_token_is_not_looked_at(house: ApiHouse) -> None:
    boss = house.person("administrator", STREET)
    made = make(boss, "see_incidents", station_id=EAST)
    boss.http.headers["Authorization"] = f"Bearer {made['token']}"
    assert boss.http.get("/residents").json()["code"] == "not-permitted"
    boss.http.headers["Authorization"] = "Bearer nwt_wrong"
    refused = boss.http.get("/residents")
    assert (refused.status_code, refused.json()["code"]) == (401, "bad-token")
    assert refused.headers["www-authenticate"] == "Bearer"
    boss.http.headers["Authorization"] = "Basic eDp5"  # what a proxy before us asked for
    assert boss.http.get("/residents").status_code == 200
    cookie = boss.http.cookies["nw_session"]
    assert machine(house, cookie).http.get("/residents").status_code == 401


def test_a_token_is_shown_once_known_by_its_tail_and_ends_when_revoked(house: ApiHouse) -> None:
    boss = house.person("administrator", STREET)
    made = make(boss, "see_incidents", station_id=EAST, days=30)
    token = made["token"]
    assert token.startswith("nwt_")
    robot = machine(house, token)
    assert robot.get("/incidents")
    [shown] = [one for one in boss.get("/tokens")["items"] if one["id"] == made["id"]]
    assert "token" not in shown
    assert (shown["tail"], shown["used_at"] is None) == (token[-6:], False)
    kept = str(house.conn.execute("SELECT * FROM api_token").fetchall())
    assert token not in kept
    neighbour = house.person("administrator", WEST)
    assert neighbour.get("/tokens")["items"] == []
    assert neighbour.http.delete(f"/tokens/{made['id']}").status_code == 404
    assert boss.http.delete(f"/tokens/{made['id']}").status_code == 204
    assert robot.http.get("/incidents").status_code == 401


def test_a_token_ends_by_its_date_and_with_the_rights_of_who_made_it(house: ApiHouse) -> None:
    boss, maker = house.person("administrator", CITY), house.person("administrator", EAST)
    robot = machine(house, make(maker, "see_incidents", station_id=EAST, days=30)["token"])
    assert robot.http.get("/incidents").status_code == 200
    account = maker.session["account"]["id"]
    grant = boss.get(f"/accounts/{account}")["grants"][0]["id"]
    assert boss.http.delete(f"/accounts/{account}/grants/{grant}").status_code == 200
    assert robot.http.get("/incidents").status_code == 401
    other = machine(house, make(boss, "see_incidents", station_id=EAST, days=1)["token"])
    house.wall.advance(days=1)
    assert other.http.get("/incidents").status_code == 401


def test_nobody_gives_to_a_machine_what_they_may_not_do_there(house: ApiHouse) -> None:
    boss = house.person("administrator", EAST)
    assert boss.post("/tokens", name="x", actions=["see_incidents"]).status_code == 404  # not everything
    assert boss.post("/tokens", name="x", actions=["see_incidents"], station_id=WEST).status_code == 404
    assert boss.post("/tokens", name="x", actions=[], station_id=EAST).status_code == 422
    operator = house.person("operator", EAST)
    assert operator.post("/tokens", name="x", actions=["see_incidents"], station_id=EAST).status_code == 403


def test_no_socket_opens_for_a_token(house: ApiHouse) -> None:
    token = make(house.person("administrator", STREET), "see_incidents", station_id=EAST)["token"]
    with httpx.Client(base_url=f"{house.url}/api/v1") as http:
        headers = {"Authorization": f"Bearer {token}", "Connection": "Upgrade", "Upgrade": "websocket"}
        key = {"Sec-WebSocket-Key": "AAAAAAAAAAAAAAAAAAAAAA==", "Sec-WebSocket-Version": "13"}
        with http.stream("GET", "/live", headers=headers | key) as answer:
            assert answer.status_code in (101, 403)
