"""Accounts: one's own sessions and password, and those of others for who administers them."""

import io
import json
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from websockets.exceptions import ConnectionClosed

from tests.integration.test_second_factor import half_in, login_of, secured
from tests.support.api import CITY, EAST, PASSWORD, STREET, WEST, ApiHouse, Person, api_house

pytestmark = pytest.mark.integration
ANOTHER = "seven green bottles on a wall"


@pytest.fixture(scope="module")
def village(shared_dsn: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[ApiHouse]:
    with api_house(shared_dsn, tmp_path_factory.mktemp("village")) as built, built.serves():
        yield built


@pytest.fixture
def house(village: ApiHouse) -> ApiHouse:
    """The same for all tests here, an hour later: nobody waits for the mistakes of another test."""
    village.wall.advance(hours=1)
    return village


def signed_in(house: ApiHouse, login: str, password: str = PASSWORD) -> Person:
    someone = house.stranger()
    someone.became(someone.post("/session", login=login, password=password))
    return someone


def key_of(person: Person) -> int:
    return int(person.session["account"]["id"])


def test_one_sees_where_one_is_signed_in_and_ends_what_one_does_not_know(house: ApiHouse) -> None:
    here = house.person("operator", EAST)
    there = signed_in(house, login_of(here))
    stranger = house.person("operator", EAST)
    items = here.get("/me/sessions")["items"]
    assert [(one["here"], one["how"]) for one in items] == [(False, "password"), (True, "invitation")]
    assert items[0]["address"] == "127.0.0.1"
    assert stranger.http.delete(f"/me/sessions/{items[0]['id']}").status_code == 404
    with there.listens() as ear:
        assert here.http.delete(f"/me/sessions/{items[0]['id']}").status_code == 204
        with pytest.raises(ConnectionClosed):
            ear.next("never")
    assert there.http.get("/session").status_code == 401
    third = signed_in(house, login_of(here))
    assert here.http.delete("/me/sessions").status_code == 204
    assert third.http.get("/session").status_code == 401
    assert here.get("/session")
    assert stranger.get("/session")


def test_a_new_password_signs_out_everybody_who_came_by_the_old_one(house: ApiHouse) -> None:
    here = house.person("operator", EAST)
    there = signed_in(house, login_of(here))

    def change(current: str, password: str) -> tuple[int, str]:
        answer = here.http.put("/me/password", json={"current": current, "password": password})
        return answer.status_code, answer.json()["code"] if answer.content else ""

    assert change("not it", ANOTHER) == (401, "bad-login")
    assert change(PASSWORD, "short") == (422, "invalid")
    for known in ("password1234", "qwertyuiop123", "1234567890", f"{login_of(here)}2026", "nowallsnowalls"):
        assert change(PASSWORD, known) == (422, "weak-password"), known
    assert change(PASSWORD, ANOTHER) == (204, "")
    assert there.http.get("/session").status_code == 401
    assert here.get("/session")
    assert house.stranger().post("/session", login=login_of(here), password=PASSWORD).status_code == 401
    assert signed_in(house, login_of(here), ANOTHER)


def test_nobody_begins_with_a_password_that_everybody_tries_first(house: ApiHouse) -> None:
    code = house.invitation("operator", EAST)
    body = {"code": code, "login": "li.na", "name": "Li Na"}
    refused = house.stranger().post("/invitations/redeem", **body, password="iloveyou1234")
    assert (refused.status_code, refused.json()["code"]) == (422, "weak-password")
    assert house.stranger().post("/invitations/redeem", **body, password=ANOTHER).status_code == 200


def test_an_administrator_sees_who_works_in_their_part_and_nobody_else(house: ApiHouse) -> None:
    east, west = house.person("operator", EAST), house.person("operator", WEST)
    daughter = house.person("family", resident=1)
    boss = house.person("administrator", EAST)
    shown = {one["id"]: one for one in boss.get("/accounts")["items"]}
    assert {key_of(east), key_of(daughter), key_of(boss)} <= set(shown)
    assert key_of(west) not in shown
    assert shown[key_of(east)]["grants"][0]["station"]["id"] == EAST
    assert shown[key_of(daughter)]["grants"][0]["resident"]["name"] == "Resident 1"
    assert [one["id"] for one in boss.get("/accounts", q="FAMILY")["items"]] == [key_of(daughter)]
    assert boss.get("/accounts", station=WEST)["items"] == []
    unknown = boss.http.get("/accounts/99999").json()
    for path in (f"/accounts/{key_of(west)}", f"/accounts/{key_of(west)}/logins"):
        assert boss.http.get(path).json() == unknown
    assert boss.get(f"/accounts/{key_of(east)}/logins")["items"] == []
    signed_in(house, login_of(east))
    assert boss.get(f"/accounts/{key_of(east)}/logins")["items"][0]["outcome"] == "passed"
    for nobody in (east, daughter):
        assert nobody.http.get("/accounts").json()["code"] == "not-permitted"


def test_a_role_is_given_and_withdrawn_and_open_sockets_feel_it(house: ApiHouse) -> None:
    boss, operator = house.person("administrator", EAST), house.person("operator", EAST)
    grants = f"/accounts/{key_of(operator)}/grants"
    assert boss.post(grants, role="responder", station_id=WEST).status_code == 404
    assert boss.post(grants, role="administrator", station_id=CITY).status_code == 404
    assert boss.post(grants, role="operator", station_id=EAST).json()["code"] == "already-there"
    given = boss.post(grants, role="administrator", station_id=EAST)
    assert given.status_code == 201
    assert operator.get("/accounts")["items"]
    with operator.listens() as ear:
        for grant in given.json()["grants"]:
            assert boss.http.delete(f"{grants}/{grant['id']}").status_code == 200
        assert operator.http.get("/residents").json()["code"] == "not-permitted"
        ear.next("heartbeat")
        assert house.sos(1)
        with pytest.raises(TimeoutError):
            ear.next("incident", seconds=1.5)
    own = boss.get(f"/accounts/{key_of(boss)}")["grants"][0]["id"]
    refused = boss.http.delete(f"/accounts/{key_of(boss)}/grants/{own}")
    assert refused.json()["code"] == "not-yourself"


def test_a_disabled_account_is_out_at_once(house: ApiHouse) -> None:
    boss, operator = house.person("administrator", STREET), house.person("operator", EAST)
    path = f"/accounts/{key_of(operator)}/enabled"
    with operator.listens() as ear:
        assert boss.http.put(path, json={"enabled": False}).json()["disabled_at"]
        with pytest.raises(ConnectionClosed):
            ear.next("never")
    assert operator.http.get("/session").status_code == 401
    refused = house.stranger().post("/session", login=login_of(operator), password=PASSWORD)
    assert refused.json()["code"] == "bad-login"
    assert boss.http.put(path, json={"enabled": True}).json()["disabled_at"] is None
    assert signed_in(house, login_of(operator))


def test_nobody_disables_or_resets_who_stands_above_them(house: ApiHouse) -> None:
    east, city = house.person("administrator", EAST), house.person("administrator", CITY)
    whole = house.person("administrator")
    house.conn.execute(
        "INSERT INTO role_grant (account_id, role, station_id, granted_at)"
        " VALUES (%s, 'operator', %s, now())",
        (key_of(city), EAST),
    )
    seen = east.get(f"/accounts/{key_of(city)}")
    assert [one["role"] for one in seen["grants"]] == ["operator"]  # not what they are elsewhere
    assert seen["elsewhere"]
    for path, body in (("enabled", {"enabled": False}), ("reset", {"second_factor": True})):
        method = "PUT" if path == "enabled" else "POST"
        for target, code in ((city, "beyond-you"), (east, "not-yourself"), (whole, "not-found")):
            answer = east.http.request(method, f"/accounts/{key_of(target)}/{path}", json=body)
            assert answer.json()["code"] == code, (path, code)
    held = seen["grants"][0]["id"]
    assert east.http.delete(f"/accounts/{key_of(city)}/grants/{held}").status_code == 200  # their own to take


def test_somebody_is_left_who_runs_everything(house: ApiHouse) -> None:
    first, second = house.person("administrator"), house.person("administrator")
    path = f"/accounts/{key_of(second)}"
    grant = first.get(path)["grants"][0]["id"]
    assert first.http.put(f"{path}/enabled", json={"enabled": False}).status_code == 200
    house.conn.execute("UPDATE account SET disabled_at = now() WHERE id = %s", (key_of(first),))
    house.conn.execute("UPDATE account SET disabled_at = NULL WHERE id = %s", (key_of(second),))
    house.conn.execute("UPDATE account SET disabled_at = NULL WHERE id = %s", (key_of(first),))
    assert first.http.delete(f"{path}/grants/{grant}").status_code == 200
    own = first.get(f"/accounts/{key_of(first)}")["grants"][0]["id"]
    refused = first.http.delete(f"/accounts/{key_of(first)}/grants/{own}")
    assert refused.json()["code"] == "not-yourself"


def test_who_lost_the_phone_gets_a_link(house: ApiHouse) -> None:
    boss, operator = house.person("administrator", EAST), house.person("operator", EAST)
    secured(house, operator)
    told = {"endpoint": "https://push.example.com/send/x", "keys": {"p256dh": "B" * 87, "auth": "a" * 22}}
    assert operator.post("/me/endpoints", channel="web_push", subscription=told).status_code == 201
    assert operator.post("/me/endpoints", channel="apprise", address="wecombot://key").status_code == 201
    older = boss.post(f"/accounts/{key_of(operator)}/reset", second_factor=True).json()["url"]
    url = boss.post(f"/accounts/{key_of(operator)}/reset", second_factor=True).json()["url"]
    code, older = url.partition("#reset.")[2], older.partition("#reset.")[2]
    someone = house.stranger()
    assert someone.post("/resets/look", code=older).status_code == 404
    assert someone.post("/resets/look", code=code).json()["login"] == login_of(operator)
    assert (
        someone.post("/resets/redeem", code=code, password="password1234").json()["code"] == "weak-password"
    )
    someone.became(someone.post("/resets/redeem", code=code, password=ANOTHER))
    assert not someone.get("/me/security")["totp"]
    kept = [one["channel"] for one in someone.get("/me/endpoints")["items"]]
    assert kept == ["apprise"], "the lost phone rings no more"
    assert operator.http.get("/session").status_code == 401
    assert someone.post("/resets/redeem", code=code, password=ANOTHER).status_code == 404
    late = boss.post(f"/accounts/{key_of(operator)}/reset").json()["url"].partition("#reset.")[2]
    house.wall.advance(days=1)
    assert house.stranger().post("/resets/look", code=late).status_code == 404


def test_who_forgot_only_the_password_still_needs_the_phone(house: ApiHouse) -> None:
    boss, operator = house.person("administrator", EAST), house.person("operator", EAST)
    phone, _ = secured(house, operator)
    url = boss.post(f"/accounts/{key_of(operator)}/reset").json()["url"]
    someone = house.stranger()
    answer = someone.post("/resets/redeem", code=url.partition("#reset.")[2], password=ANOTHER)
    assert answer.json()["code"] == "second-factor"
    assert "set-cookie" not in answer.headers
    someone.became(someone.post("/session/second", step=answer.json()["step"], code=phone.code()))
    assert half_in(house, login_of(operator), ANOTHER)


def test_an_administrator_proves_to_be_there_before_letting_anybody_in(house: ApiHouse) -> None:
    boss, operator = house.person("administrator", EAST), house.person("operator", EAST)
    house.wall.advance(minutes=11)
    path = f"/accounts/{key_of(operator)}"
    for method, part, body in (
        ("POST", "/grants", {"role": "operator", "station_id": EAST}), ("DELETE", "/grants/1", None),
        ("PUT", "/enabled", {"enabled": True}), ("POST", "/reset", {}),
    ):  # fmt: skip
        answer = boss.http.request(method, path + part, json=body)
        assert answer.json()["code"] == "confirm-again", part
    wish = {"name": "x", "actions": ["see_incidents"]}
    assert boss.post("/tokens", **wish).json()["code"] == "confirm-again"


def test_everybody_takes_along_what_is_held_about_them_and_nothing_of_others(house: ApiHouse) -> None:
    boss, east = house.person("administrator"), house.person("operator", EAST)
    house.sos(1)
    assert east.get("/residents/1")["name"] == "Resident 1"
    hook = {"channel": "webhook", "address": "https://1.1.1.1/hook?secret=eastsecret", "label": "mine"}
    assert east.post("/me/endpoints", **hook).is_success
    answer = east.http.get("/me/everything")
    assert answer.status_code == 200, answer.text
    archive = zipfile.ZipFile(io.BytesIO(answer.content))
    text = "".join(archive.read(name).decode("utf-8-sig") for name in archive.namelist())
    whole = json.loads(archive.read("everything.json"))
    assert [one["login"] for one in whole["account"]] == [east.session["account"]["login"]]
    assert [one["role"] for one in whole["roles"]] == ["operator"]
    assert [one["label"] for one in whole["endpoints"]] == ["mine"]
    assert any(one["what"] == "GET /residents/{resident}" for one in whole["looks"])
    assert len(whole["sessions"]) == 1
    assert set(whole) == {Path(name).stem for name in archive.namelist() if name.startswith("tables/")}
    for foreign in ("Resident 1", boss.session["account"]["login"], "eastsecret", "argon2"):
        assert foreign not in text
    house.wall.advance(seconds=601)
    assert east.http.get("/me/everything").json()["code"] == "confirm-again", "is it still you?"
