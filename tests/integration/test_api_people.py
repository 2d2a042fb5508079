"""Coming in: invitations, log-in, sessions, and what keeps others out."""

import os
import threading
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from tests.support.api import EAST, PASSWORD, START, STREET, ApiHouse, api_house, until

pytestmark = pytest.mark.integration


@pytest.fixture
def house(dsn: str, tmp_path: Path) -> Iterator[ApiHouse]:
    with api_house(dsn, tmp_path) as built, built.serves():
        yield built


def first_link(house: ApiHouse) -> str:
    path = house.folder / "run" / "first-link"
    until(path.exists)
    return path.read_text()


def test_the_first_run_makes_one_link_and_it_makes_one_administrator(house: ApiHouse) -> None:
    line = first_link(house)
    role, url = line.split()
    assert role == "administrator"
    assert url.startswith(f"{house.url}/enter#")
    assert os.stat(house.folder / "run" / "first-link").st_mode & 0o777 == 0o600
    code = url.partition("#")[2]
    anna = house.stranger()
    assert anna.post("/invitations/look", code=code).json()["role"] == "administrator"
    redeem = {"code": code, "login": "Anna", "password": PASSWORD, "name": "Anna", "language": "en"}
    anna.became(anna.post("/invitations/redeem", **redeem))
    assert anna.session["account"]["login"] == "anna"
    assert anna.session["grants"] == [{"role": "administrator", "station_id": None, "resident_id": None}]
    again = house.stranger().post("/invitations/redeem", **redeem | {"login": "mallory"})
    assert again.status_code == 404
    assert not (house.folder / "run" / "first-link").exists()


def test_a_second_start_keeps_the_first_link_and_leads_to_where_the_pages_are_now(house: ApiHouse) -> None:
    there, _, before = first_link(house).partition("#")
    with house.serves():
        assert house.url not in there
        assert until(
            lambda: (line := first_link(house)).split()[1].startswith(f"{house.url}/enter#") and line
        )
        assert first_link(house).partition("#")[2] == before
        assert house.stranger().get("/ready") == {"status": "ok"}
        assert house.stranger().post("/invitations/look", code=before.strip()).status_code == 200
    assert house.conn.execute("SELECT count(*) FROM invitation").fetchone() == (1,)


def test_a_first_administrator_who_comes_late_sees_what_no_station_answers_for(house: ApiHouse) -> None:
    before = first_link(house)
    house.wall.advance(days=8)
    assert (
        house.stranger().post("/invitations/look", code=before.strip().partition("#")[2]).status_code == 404
    )
    with house.serves():  # the next start makes a new link
        after = until(lambda: (text := first_link(house)) != before and text).strip()
        anna = house.stranger()
        code = after.partition("#")[2]
        body = {"code": code, "login": "anna", "password": PASSWORD, "name": "Anna"}
        anna.became(anna.post("/invitations/redeem", **body))
        house.conn.execute(
            "INSERT INTO quarantine (topic, digest, reason, detail, payload, home_code, device_code,"
            " first_at, last_at) VALUES ('t', 'd', 'malformed', '', '', 'nowhere', '', %s, %s)",
            (START, START),
        )
        assert [one["topic"] for one in anna.get("/quarantine")["items"]] == ["t"]
        house.finds("detector_failed", home=None, resident=None)
        assert [one["station"] for one in anna.get("/incidents")["items"]] == [None]


def test_the_demo_mints_a_link_for_each_role(dsn: str, tmp_path: Path) -> None:
    with api_house(dsn, tmp_path) as house, house.serves(demo=True):
        roles = [line.split()[0] for line in first_link(house).splitlines()]
        assert roles == ["administrator", "operator", "responder", "family"]
        grants = house.conn.execute("SELECT station_id, resident_id FROM invitation ORDER BY id").fetchall()
        assert grants == [(None, None), (STREET, None), (STREET, None), (None, 1)]


def test_of_many_who_redeem_one_code_one_gets_in(house: ApiHouse) -> None:
    code = house.invitation("operator", EAST)
    statuses: list[int] = []

    def redeem(number: int) -> None:
        with httpx.Client(base_url=f"{house.url}/api/v1", timeout=20) as http:
            body = {"code": code, "login": f"racer{number}", "password": PASSWORD, "name": "x"}
            statuses.append(http.post("/invitations/redeem", json=body).status_code)

    racers = [threading.Thread(target=redeem, args=(number,)) for number in range(6)]
    for racer in racers:
        racer.start()
    for racer in racers:
        racer.join()
    assert sorted(statuses) == [200, 404, 404, 404, 404, 404]
    assert house.conn.execute("SELECT count(*) FROM account").fetchone() == (1,)


def test_a_taken_login_leaves_the_code_unused(house: ApiHouse) -> None:
    first = house.person("operator", EAST)
    code = house.invitation("operator", EAST)
    body = {
        "code": code,
        "login": first.session["account"]["login"].upper(),
        "password": PASSWORD,
        "name": "x",
    }
    second = house.stranger()
    refused = second.post("/invitations/redeem", **body)
    assert (refused.status_code, refused.json()["code"]) == (409, "login-taken")
    assert second.post("/invitations/redeem", **body | {"login": "somebody.else"}).status_code == 200


def test_an_invitation_ends_after_a_week(house: ApiHouse) -> None:
    code = house.invitation("operator", EAST)
    house.wall.advance(days=7)
    assert house.stranger().post("/invitations/look", code=code).status_code == 404


def test_signing_in_out_and_the_idle_time(house: ApiHouse) -> None:
    login = house.person("operator", EAST).session["account"]["login"]
    someone = house.stranger()
    assert someone.http.get("/session").json()["code"] == "signed-out"
    answer = someone.post("/session", login=f" {login.upper()} ", password=PASSWORD)
    someone.became(answer)
    cookie = answer.headers["set-cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=strict" in cookie
    for _ in range(4):  # used every hour, it lives on ...
        house.wall.advance(hours=1)
        someone.get("/session")
    assert someone.http.delete("/session").status_code == 204
    assert someone.http.get("/session").status_code == 401
    someone.became(someone.post("/session", login=login, password=PASSWORD))
    house.wall.advance(hours=2, seconds=1)  # ... unused for two, it ends
    assert someone.http.get("/session").status_code == 401


def test_a_session_ends_with_the_shift_however_much_it_is_used(house: ApiHouse) -> None:
    someone = house.person("operator", EAST)
    for _ in range(11):
        house.wall.advance(hours=1)
        someone.get("/session")
    house.wall.advance(hours=1)
    assert someone.http.get("/session").status_code == 401


def test_family_stays_signed_in_for_days(house: ApiHouse) -> None:
    daughter = house.person("family", resident=1)
    house.wall.advance(days=6)
    assert daughter.get("/session")["grants"][0]["resident_id"] == 1


def test_who_guesses_waits_and_cannot_tell_which_logins_exist(house: ApiHouse) -> None:
    login = house.person("operator", EAST).session["account"]["login"]
    someone = house.stranger()
    for name in (login, "nobody.here"):
        answers = [someone.post("/session", login=name, password="wrong") for _ in range(4)]
        assert [answer.status_code for answer in answers] == [401, 401, 401, 429]
        assert answers[0].json()["code"] == "bad-login"
        assert answers[3].headers["retry-after"] == "1"
    held = someone.post("/session", login=login, password=PASSWORD)
    assert held.status_code == 429  # even with the right password, as long as it lasts
    house.wall.advance(seconds=1)
    assert someone.post("/session", login=login, password=PASSWORD).status_code == 200
    assert someone.post("/session", login=login, password="wrong").status_code == 401  # from zero


def test_who_guesses_does_not_shut_the_door_for_all_behind_the_same_address(house: ApiHouse) -> None:
    """A station is one address to us; the guesser sits in it, too."""
    known, target = house.person("operator", EAST), house.person("operator", EAST)
    guesser = house.stranger()
    for number in range(27):
        assert guesser.post("/session", login=f"nobody.{number}", password="wrong").status_code == 401
    name, victim = known.session["account"]["login"], target.session["account"]["login"]
    for _ in range(3):
        guesser.post("/session", login=victim, password="wrong")
    for login in (name, victim, "nobody.else"):  # whether there is such a login cannot be told
        assert guesser.post("/session", login=login, password=PASSWORD).status_code == 429
    for one, login in ((known, name), (target, victim)):
        mark = one.http.cookies["nw_known"]
        assert login not in mark
        assert one.post("/session", login=login, password=PASSWORD).status_code == 200
    # The mark spares whom it is of, counts their own mistakes, and is nothing when it is another's or torn.
    house.wall.advance(seconds=1)
    answers = [known.post("/session", login=name, password="wrong").status_code for _ in range(4)]
    assert answers == [401, 401, 401, 429]
    assert known.post("/session", login=victim, password=PASSWORD).status_code == 429
    for word in (mark[:-4], "x", "A" * 5000, mark[::-1]):
        guesser.http.cookies.set("nw_known", word)
        assert guesser.post("/session", login=victim, password=PASSWORD).status_code == 429


def test_a_passkey_that_is_none_keeps_nobody_else_out(house: ApiHouse) -> None:
    someone = house.person("operator", EAST)
    broken = house.stranger()
    for _ in range(35):
        step = broken.post("/session/passkey/options").json()["step"]
        assert (
            broken.post("/session/passkey", step=step, passkey={"rawId": "eA"}).json()["code"]
            == "bad-passkey"
        )
        house.wall.advance(seconds=3)
    login = {"login": someone.session["account"]["login"], "password": PASSWORD}
    assert house.stranger().post("/session", **login).status_code == 200


def test_many_guesses_at_once_count_each_other(house: ApiHouse) -> None:
    login = house.person("operator", EAST).session["account"]["login"]
    statuses: list[int] = []

    def guess() -> None:
        with httpx.Client(base_url=f"{house.url}/api/v1", timeout=20) as http:
            body = {"login": login, "password": "wrong"}
            statuses.append(http.post("/session", json=body).status_code)

    guessers = [threading.Thread(target=guess) for _ in range(12)]
    for guesser in guessers:
        guesser.start()
    for guesser in guessers:
        guesser.join()
    assert statuses.count(401) <= 3
    assert set(statuses) == {401, 429}


def test_unsafe_requests_need_the_word_and_the_right_origin(house: ApiHouse) -> None:
    someone = house.person("administrator", STREET)
    wish = {"role": "operator", "station_id": EAST}
    good = someone.http.headers["X-CSRF-Token"]
    for word in ("", "x" * 64, good[:-1]):
        refused = someone.http.post("/invitations", json=wish, headers={"X-CSRF-Token": word})
        assert (refused.status_code, refused.json()["code"]) == (403, "bad-csrf")
    for headers in ({"Origin": "http://evil.example"}, {"Origin": "null"}, {"Sec-Fetch-Site": "cross-site"}):
        refused = someone.http.post("/invitations", json=wish, headers=headers)
        assert (refused.status_code, refused.json()["code"]) == (403, "foreign-origin")
        login = {"login": "x", "password": "y"}
        assert house.stranger().http.post("/session", json=login, headers=headers).status_code == 403
    assert someone.http.post("/invitations", json=wish, headers={"Origin": house.url}).status_code == 200


def test_who_may_invite_whom(house: ApiHouse) -> None:
    operator = house.person("operator", EAST)
    assert operator.post("/invitations", role="family", resident_id=1).status_code == 200
    assert operator.post("/invitations", role="family", resident_id=2).status_code == 404  # lives in the west
    assert operator.post("/invitations", role="operator", station_id=EAST).status_code == 403
    administrator = house.person("administrator", EAST)
    assert administrator.post("/invitations", role="operator", station_id=EAST).status_code == 200
    assert administrator.post("/invitations", role="operator", station_id=STREET).status_code == 404
    assert administrator.post("/invitations", role="operator", station_id=99999).status_code == 404
    assert administrator.post("/invitations", role="administrator").status_code == 422  # never everything
    assert administrator.post("/invitations", role="operator", resident_id=1).status_code == 422
    assert (
        house.person("responder", EAST).post("/invitations", role="family", resident_id=1).status_code == 403
    )
    url = operator.post("/invitations", role="family", resident_id=1).json()["url"]
    looked = house.stranger().post("/invitations/look", code=url.partition("#")[2]).json()
    assert looked["resident"] == {"id": 1, "name": "Resident 1"}
    house.conn.execute("UPDATE station SET name = '东社区', name_en = 'East' WHERE id = %s", (EAST,))
    url = administrator.post("/invitations", role="operator", station_id=EAST).json()["url"]
    looked = house.stranger().post("/invitations/look", code=url.partition("#")[2]).json()
    assert looked["station"] == {"id": EAST, "name": "东社区", "name_en": "East"}


def test_nothing_that_lets_anybody_in_lies_in_the_database(house: ApiHouse) -> None:
    someone = house.person("operator", EAST)
    code = house.invitation("operator", EAST)
    secrets = [someone.http.cookies["nw_session"], someone.session["csrf"], PASSWORD, code]
    tables = ("account", "session", "invitation", "login_attempt", "role_grant")
    kept = "".join(str(house.conn.execute(f"SELECT * FROM {table}").fetchall()) for table in tables)
    assert not [secret for secret in secrets if secret in kept]
