"""Second factors: set up, asked for, guessed at, lost and given anew."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pyotp
import pytest

from core.instant import to_datetime
from tests.support.api import EAST, PASSWORD, STREET, ApiHouse, Person, api_house

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


class Phone:
    """An authenticator app."""

    def __init__(self, house: ApiHouse, secret: str) -> None:
        self._house, self.totp = house, pyotp.TOTP(secret)

    def code(self, later_s: int = 0) -> str:
        return self.totp.at(to_datetime(self._house.wall.now()) + timedelta(seconds=later_s))


def secured(house: ApiHouse, person: Person) -> tuple[Phone, list[str]]:
    """Their app and recovery codes; half a minute later, so that the next code is another one."""
    phone = Phone(house, person.post("/me/totp").json()["secret"])
    answer = person.post("/me/totp/confirm", code=phone.code())
    assert answer.status_code == 200, answer.text
    house.wall.advance(seconds=30)
    return phone, answer.json()["codes"]


def half_in(house: ApiHouse, login: str, password: str = PASSWORD) -> tuple[Person, dict[str, Any]]:
    """Somebody who has proved the password."""
    someone = house.stranger()
    answer = someone.post("/session", login=login, password=password)
    assert (answer.status_code, answer.json()["code"]) == (401, "second-factor"), answer.text
    assert "set-cookie" not in answer.headers
    return someone, answer.json()


def login_of(person: Person) -> str:
    return str(person.session["account"]["login"])


def test_an_app_is_set_up_and_from_then_on_asked_for(house: ApiHouse) -> None:
    person = house.person("operator", EAST)
    other_place = house.stranger()
    other_place.became(other_place.post("/session", login=login_of(person), password=PASSWORD))
    begun = person.post("/me/totp").json()
    assert begun["uri"].startswith("otpauth://totp/nowalls:operator")
    assert begun["qr"].startswith("data:image/svg+xml")
    assert person.post("/me/totp/confirm", code="000000").json()["code"] == "bad-code"
    assert not person.get("/me/security")["totp"]  # shown, not yet proved
    house.stranger().became(other_place.post("/session", login=login_of(person), password=PASSWORD))
    phone = Phone(house, begun["secret"])
    codes = person.post("/me/totp/confirm", code=phone.code()).json()["codes"]
    assert len(set(codes)) == 10
    assert other_place.http.get("/session").status_code == 401  # came in with less
    assert person.get("/session")["account"]
    house.wall.advance(seconds=30)
    someone, asked = half_in(house, login_of(person))
    assert asked["ways"] == ["totp", "recovery"]
    someone.became(someone.post("/session/second", step=asked["step"], code=phone.code()))
    assert someone.get("/me/security")["totp"]
    again = someone.post("/session/second", step=asked["step"], code=phone.code(30))
    assert again.json()["code"] == "step-over"


def test_a_code_that_somebody_looked_on_at_works_no_second_time(house: ApiHouse) -> None:
    person = house.person("operator", EAST)
    phone, _ = secured(house, person)
    first, asked = half_in(house, login_of(person))
    onlooker, theirs = half_in(house, login_of(person))
    code = phone.code()
    assert first.post("/session/second", step=asked["step"], code=code).status_code == 200
    refused = onlooker.post("/session/second", step=theirs["step"], code=code)
    assert (refused.status_code, refused.json()["code"]) == (401, "bad-code")
    house.wall.advance(seconds=30)
    earlier = onlooker.post("/session/second", step=theirs["step"], code=phone.code(-30))
    assert earlier.json()["code"] == "bad-code"


def test_a_recovery_code_works_once(house: ApiHouse) -> None:
    person = house.person("operator", EAST)
    _, codes = secured(house, person)
    for expected in (200, 401):
        someone, asked = half_in(house, login_of(person))
        typed = f" {codes[0].upper().replace('-', ' ')} "
        answer = someone.post("/session/second", step=asked["step"], recovery=typed)
        assert answer.status_code == expected
    assert person.get("/me/security")["recovery_left"] == 9
    renewed = person.post("/me/recovery-codes").json()["codes"]
    assert not set(renewed) & set(codes)
    someone, asked = half_in(house, login_of(person))
    house.wall.advance(minutes=1)
    assert someone.post("/session/second", step=asked["step"], recovery=codes[1]).status_code == 401
    assert someone.post("/session/second", step=asked["step"], recovery=renewed[1]).status_code == 200


def test_who_has_the_password_cannot_guess_the_code_not_even_from_many_steps(house: ApiHouse) -> None:
    person = house.person("operator", EAST)
    phone, _ = secured(house, person)
    statuses = []
    for guess in range(5):
        thief, asked = half_in(house, login_of(person))  # each with a fresh sign-in
        statuses.append(thief.post("/session/second", step=asked["step"], code=f"{guess:06d}").status_code)
    assert statuses == [401, 401, 401, 429, 429]
    thief, asked = half_in(house, login_of(person))
    assert thief.post("/session/second", step=asked["step"], recovery="abcd-efgh").status_code == 429
    assert thief.post("/session/second", step=asked["step"], code=phone.code()).status_code == 429
    house.wall.advance(seconds=5)
    assert thief.post("/session/second", step=asked["step"], code=phone.code()).status_code == 200
    seen = [(one["what"], one["outcome"]) for one in person.get("/me/logins")["items"]]
    assert ("totp", "failed") in seen
    assert ("recovery", "refused") in seen


def test_half_a_sign_in_is_none(house: ApiHouse) -> None:
    person = house.person("operator", EAST)
    phone, _ = secured(house, person)
    thief, asked = half_in(house, login_of(person))
    thief.http.cookies.set("nw_session", asked["step"])
    assert thief.http.get("/session").status_code == 401
    house.wall.advance(minutes=5)
    late = thief.post("/session/second", step=asked["step"], code=phone.code())
    assert late.json()["code"] == "step-over"
    mixed = thief.post("/session/second", step=asked["step"], code="123456", recovery="abcd")
    assert mixed.status_code == 422


def test_an_administrator_has_a_week_to_set_one_up_and_then_can_do_nothing_else(house: ApiHouse) -> None:
    person = house.person("administrator", STREET)
    login = login_of(person)
    week = to_datetime(house.wall.now()) + timedelta(days=7)
    assert datetime.fromisoformat(person.session["second_factor_by"]) == week
    assert person.get("/accounts")["items"]
    house.wall.advance(days=7)
    someone = house.stranger()
    someone.became(someone.post("/session", login=login, password=PASSWORD))
    assert someone.session["held"]
    assert someone.session["grants"] == []
    for path in ("/accounts", "/residents", "/incidents", "/quarantine"):
        refused = someone.http.get(path)
        assert (refused.status_code, refused.json()["code"]) == (403, "second-factor-required"), path
    phone, _ = secured(house, someone)
    assert someone.get("/accounts")["items"]
    refused = someone.http.delete("/me/totp")
    assert (refused.status_code, refused.json()["code"]) == (409, "last-factor")
    assert someone.get("/me/security")["totp"]
    assert phone.code() != phone.code(30)


def test_nobody_else_must_have_one_and_may_remove_it(house: ApiHouse) -> None:
    daughter = house.person("family", resident=1)
    assert daughter.session["second_factor_by"] is None
    secured(house, daughter)
    assert daughter.http.delete("/me/totp").status_code == 204
    someone = house.stranger()
    someone.became(someone.post("/session", login=login_of(daughter), password=PASSWORD))
    assert someone.get("/me/security")["recovery_left"] == 0


def test_the_demonstration_asks_nobody(dsn: str, tmp_path: Path) -> None:
    with api_house(dsn, tmp_path) as house, house.serves(demo=True):
        assert house.person("administrator", STREET).session["second_factor_by"] is None


def test_what_lets_somebody_in_lies_nowhere_readable(house: ApiHouse) -> None:
    person = house.person("operator", EAST)
    phone, codes = secured(house, person)
    thief, asked = half_in(house, login_of(person))
    assert thief
    secrets = [phone.totp.secret, asked["step"], *codes, codes[0].replace("-", "")]
    tables = ("totp", "recovery_code", "sign_in_step", "login_attempt", "session")
    kept = "".join(str(house.conn.execute(f"SELECT * FROM {table}").fetchall()) for table in tables)
    assert not [secret for secret in secrets if secret in kept]
    assert phone.totp.byte_secret() not in b"".join(
        row[0] for row in house.conn.execute("SELECT sealed FROM totp").fetchall()
    )
    key = house.folder / "keys" / "accounts.key"
    assert key.stat().st_mode & 0o777 == 0o600
    ours = key.read_bytes()
    key.write_bytes(bytes(32))  # another installation's key opens nothing, and nothing breaks
    assert thief.post("/session/second", step=asked["step"], code=phone.code()).status_code == 401
    key.write_bytes(ours)


def test_to_change_who_may_come_in_one_proves_again_to_be_there(house: ApiHouse) -> None:
    person = house.person("operator", EAST)
    house.wall.advance(minutes=11)
    refused = person.post("/me/totp")
    assert (refused.status_code, refused.json()["code"]) == (403, "confirm-again")
    assert person.post("/session/confirm/options").json()["ways"] == ["password"]
    assert person.post("/session/confirm", password="wrong").json()["code"] == "bad-code"
    assert person.get("/session")  # a wrong guess signs nobody out
    assert person.post("/session/confirm", password=PASSWORD).status_code == 204
    assert person.post("/me/totp").status_code == 200
    house.wall.advance(minutes=11)
    statuses = [person.post("/session/confirm", password="wrong").status_code for _ in range(4)]
    assert statuses == [401, 401, 401, 429]
