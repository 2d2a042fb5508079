"""Passkeys, by an authenticator that is honest, and by ones that are not."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import httpx
import pytest

from tests.support.api import EAST, PASSWORD, ApiHouse, Person, api_house
from tests.support.authenticator import PRESENT, VERIFIED, Authenticator

pytestmark = pytest.mark.integration


@pytest.fixture(scope="module")
def village(shared_dsn: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[ApiHouse]:
    with api_house(shared_dsn, tmp_path_factory.mktemp("passkeys")) as built, built.serves():
        yield built


@pytest.fixture
def house(village: ApiHouse) -> ApiHouse:
    """The same for all tests here; whoever was slowed down is so no longer."""
    village.wall.advance(minutes=30)
    return village


def enrolled(house: ApiHouse) -> tuple[Person, Authenticator]:
    """Somebody with a passkey that counts its uses."""
    person, key = house.person("operator", EAST), Authenticator(house.url, "127.0.0.1", count=7)
    assert enrol(person, key).status_code == 201
    return person, key


def enrol(person: Person, key: Authenticator) -> httpx.Response:
    begun = person.post("/me/passkeys/options").json()
    return person.post("/me/passkeys", step=begun["step"], passkey=key.made(begun["options"]), name="phone")


def signs_in(house: ApiHouse, key: Authenticator) -> httpx.Response:
    someone = house.stranger()
    asked = someone.post("/session/passkey/options").json()
    return someone.post("/session/passkey", step=asked["step"], passkey=key.shown(asked["options"]))


def test_a_passkey_signs_in_alone_and_what_it_counts_must_go_on(house: ApiHouse) -> None:
    person, key = enrolled(house)
    key.count += 1
    answer = signs_in(house, key)
    assert answer.status_code == 200, answer.text
    assert answer.json()["account"] == person.session["account"]
    for copied in (
        key.count,
        key.count - 1,
        0,
    ):  # a copy of the key does not know how often the other was used
        assert signs_in(house, replace(key, count=copied)).status_code == 401
    assert signs_in(house, replace(key, count=key.count + 1)).status_code == 200


LIES: list[tuple[str, dict[str, Any]]] = [
    ("nobody was asked for a finger or a number", {"flags": PRESENT}),
    ("nobody was there", {"flags": VERIFIED}),
    ("a page of others asked", {"origin": "https://evil.example"}),
    ("our name in the clear on another port", {"origin": "http://127.0.0.1:1"}),
    ("a key of another site", {"host": "evil.example"}),
]


@pytest.mark.parametrize(("what", "lie"), LIES, ids=[what for what, _ in LIES])
def test_what_a_browser_would_not_let_pass_neither_enrols_nor_signs_in(
    house: ApiHouse, what: str, lie: dict[str, Any]
) -> None:
    person, key = enrolled(house)
    refused = enrol(person, replace(Authenticator(house.url, "127.0.0.1"), **lie))
    assert (refused.status_code, refused.json()["code"]) == (422, "bad-passkey"), what
    refused = signs_in(house, replace(key, count=key.count + 1, **lie))
    assert (refused.status_code, refused.json()["code"]) == (401, "bad-passkey"), what
    assert signs_in(house, replace(key, count=key.count + 1)).status_code == 200


def test_an_answer_counts_once_and_for_the_question_it_was_given_to(house: ApiHouse) -> None:
    _, key = enrolled(house)
    someone = house.stranger()
    first, second = (someone.post("/session/passkey/options").json() for _ in range(2))
    answer = replace(key, count=key.count + 1).shown(first["options"])
    assert someone.post("/session/passkey", step=second["step"], passkey=answer).status_code == 401
    assert someone.post("/session/passkey", step=first["step"], passkey=answer).status_code == 200
    assert someone.post("/session/passkey", step=first["step"], passkey=answer).status_code == 401


def test_the_key_of_somebody_else_is_no_second_factor_and_confirms_nothing(house: ApiHouse) -> None:
    person, _ = enrolled(house)
    _, foreign = enrolled(house)
    foreign.count += 1
    thief = house.stranger()
    asked = thief.post("/session", login=person.session["account"]["login"], password=PASSWORD).json()
    assert asked["ways"][0] == "passkey"
    wish = {"step": asked["step"], "passkey": foreign.shown(asked["passkey"])}
    assert thief.post("/session/second", **wish).status_code == 401
    ways = person.post("/session/confirm/options").json()
    wish = {"step": ways["step"], "passkey": foreign.shown(ways["passkey"])}
    assert person.post("/session/confirm", **wish).status_code == 401
    assert enrol(person, foreign).json()["code"] == "bad-passkey", "known already: of somebody else"


def test_a_passkey_of_who_is_let_in_no_more_lets_nobody_in(house: ApiHouse) -> None:
    person, key = enrolled(house)
    account = person.session["account"]["id"]
    house.conn.execute("UPDATE account SET disabled_at = created_at WHERE id = %s", (account,))
    assert signs_in(house, replace(key, count=key.count + 1)).status_code == 401
    house.conn.execute("UPDATE account SET disabled_at = NULL WHERE id = %s", (account,))
