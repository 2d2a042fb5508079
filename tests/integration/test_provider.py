"""In by a city's identity provider, honest and not."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from joserfc.jwk import OctKey, RSAKey

from core.instant import to_datetime
from tests.integration.test_second_factor import Phone, secured
from tests.support.api import EAST, ApiHouse, Person, api_house
from tests.support.identity_provider import CLIENT, SECRET, IdentityProvider, identity_provider

pytestmark = pytest.mark.integration


@pytest.fixture(scope="module")
def village(shared_dsn: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[ApiHouse]:
    with api_house(shared_dsn, tmp_path_factory.mktemp("village")) as built:
        yield built


@pytest.fixture
def house(village: ApiHouse) -> ApiHouse:
    """The same for all tests here, an hour later: nobody waits for the mistakes of another test."""
    village.wall.advance(hours=1)
    return village


@pytest.fixture
def city(house: ApiHouse) -> Iterator[IdentityProvider]:
    house.conn.execute("DELETE FROM identity")
    with identity_provider(lambda: to_datetime(house.wall.now()).timestamp()) as provider:
        yield provider


@pytest.fixture
def door(house: ApiHouse, city: IdentityProvider) -> Iterator[None]:
    with house.serves(**known(city)):
        yield


def known(city: IdentityProvider, **more: Any) -> dict[str, Any]:
    own = {"oidc_issuer": city.url, "oidc_client_id": CLIENT, "oidc_client_secret": SECRET}
    return own | {"oidc_name": "City log-in", "oidc_match": "preferred_username"} | more


def comes(
    house: ApiHouse, city: IdentityProvider, person: Person | None = None, **wish: Any
) -> tuple[Person, str]:
    """Somebody goes to the provider, logs in there and comes back: (they, where they are sent)."""
    someone = person or house.stranger()
    url = someone.post("/provider/link" if person else "/provider/start", **wish).json()["url"]
    answer = someone.http.get("/provider/callback", params=city.log_in(url))
    assert answer.status_code == 303, answer.text
    return someone, answer.headers["location"]


def test_who_the_city_knows_comes_in_with_the_account_of_that_login(
    house: ApiHouse, city: IdentityProvider, door: None
) -> None:
    assert house.stranger().get("/provider") == {"provider": "City log-in", "passkey": True}
    operator = house.person("operator", EAST)
    city.person["preferred_username"] = operator.session["account"]["login"].upper()
    someone, where = comes(house, city)
    assert where == "/login"
    assert someone.get("/session")["account"] == operator.session["account"]
    assert operator.get("/me/sessions")["items"][0]["how"] == "provider"
    city.person["preferred_username"] = "renamed"  # from now on known by what never changes
    again, _ = comes(house, city)
    assert again.get("/session")["account"] == operator.session["account"]
    city.person["sub"] = "u-2"
    _, where = comes(house, city)
    assert where == "/login#problem=provider-refused"


def test_an_invitation_makes_an_account_without_a_password(
    house: ApiHouse, city: IdentityProvider, door: None
) -> None:
    someone, where = comes(house, city, invitation=house.invitation("operator", EAST))
    assert where == "/login"
    assert someone.get("/session")["account"]["name"] == "Li Na"
    assert someone.get("/session")["grants"][0]["role"] == "operator"
    assert not someone.get("/me/security")["password"]
    assert house.stranger().post("/session", login="li.na", password="!").status_code == 401
    someone.http.headers["X-CSRF-Token"] = someone.get("/session")["csrf"]
    assert someone.http.delete("/provider/link").json()["code"] == "last-factor"


def test_an_address_counts_only_once_the_provider_verified_it(
    house: ApiHouse, city: IdentityProvider
) -> None:
    with house.serves(**known(city, oidc_match="email")):
        boss = house.stranger()
        body = {"login": "boss@city.example", "password": "seven green bottles", "name": "Boss"}
        boss.became(boss.post("/invitations/redeem", code=house.invitation("operator", EAST), **body))
        city.person["email"] = "boss@city.example"
        assert comes(house, city)[1] == "/login#problem=provider-refused"
        city.person["email_verified"] = True
        assert comes(house, city)[1] == "/login"


def test_who_has_a_second_factor_here_is_asked_for_it(
    house: ApiHouse, city: IdentityProvider, door: None
) -> None:
    operator = house.person("operator", EAST)
    phone: Phone = secured(house, operator)[0]
    city.person["preferred_username"] = operator.session["account"]["login"]
    someone, where = comes(house, city)
    assert where.startswith("/login#step=")
    assert someone.http.get("/session").status_code == 401
    asked = someone.post("/session/step", step=where.partition("=")[2]).json()
    assert asked["ways"] == ["totp", "recovery"]
    someone.became(someone.post("/session/second", step=asked["step"], code=phone.code()))


def test_one_makes_oneself_known_there_and_nobody_else(house: ApiHouse, city: IdentityProvider) -> None:
    with house.serves(**known(city, oidc_match="")):
        operator, other = house.person("operator", EAST), house.person("operator", EAST)
        assert comes(house, city)[1] == "/login#problem=provider-refused"
        assert comes(house, city, operator)[1] == "/login"
        someone, _ = comes(house, city)
        assert someone.get("/session")["account"] == operator.session["account"]
        assert comes(house, city, other)[1] == "/login#problem=provider-refused"
        operator.http.headers["X-CSRF-Token"] = operator.get("/session")["csrf"]
        assert operator.http.delete("/provider/link").status_code == 204
        assert comes(house, city)[1] == "/login#problem=provider-refused"


LIES: dict[str, Callable[[dict[str, Any]], dict[str, Any]]] = {
    "for somebody else": lambda said: said | {"aud": "another"},
    "for many": lambda said: said | {"aud": [CLIENT, "another"]},
    "of another issuer": lambda said: said | {"iss": "https://evil.example"},
    "answers another question": lambda said: said | {"nonce": "x"},
    "answers no question": lambda said: {name: value for name, value in said.items() if name != "nonce"},
    "over": lambda said: said | {"exp": said["iat"] - 3600},
    "without an end": lambda said: {name: value for name, value in said.items() if name != "exp"},
    "from the future": lambda said: said | {"iat": said["iat"] + 3600},
    "names nobody": lambda said: said | {"sub": ""},
}


def test_a_token_that_lies_lets_nobody_in(house: ApiHouse, city: IdentityProvider, door: None) -> None:
    city.person["preferred_username"] = house.person("operator", EAST).session["account"]["login"]
    for what, twist in LIES.items():
        city.twist = twist
        assert comes(house, city)[1] == "/login#problem=provider-refused", what
        house.wall.advance(minutes=20)  # so that no attempt waits for the one before
    city.twist = dict
    honest = city.key
    city.key = RSAKey.generate_key(2048, {"kid": "one"})
    assert comes(house, city)[1] == "/login#problem=provider-refused"
    city.key, city.algorithm = OctKey.import_key(SECRET), "HS256"
    house.wall.advance(minutes=20)
    assert comes(house, city)[1] == "/login#problem=provider-refused"
    city.key, city.algorithm = honest, "RS256"
    house.wall.advance(minutes=20)
    assert comes(house, city)[1] == "/login"


def test_a_way_back_that_was_not_begun_here_leads_nowhere(
    house: ApiHouse, city: IdentityProvider, door: None
) -> None:
    city.person["preferred_username"] = house.person("operator", EAST).session["account"]["login"]
    thief, victim = house.stranger(), house.stranger()
    url = thief.post("/provider/start").json()["url"]
    back = city.log_in(url)
    # The thief's answer in the victim's browser would sign the victim in as the thief.
    assert victim.http.get("/provider/callback", params=back).headers["location"].endswith("provider-refused")
    assert thief.http.get("/provider/callback", params=back).headers["location"] == "/login"
    assert thief.http.get("/provider/callback", params=back).headers["location"].endswith("provider-refused")
    for odd in ({}, {"state": "x"}, {"state": "é", "code": "\x00"}, {"error": "access_denied"}):
        answer = house.stranger().http.get("/provider/callback", params=odd)
        assert answer.headers["location"] == "/login#problem=provider-refused"
    late = house.stranger()
    back = city.log_in(late.post("/provider/start").json()["url"])
    house.wall.advance(minutes=10)
    assert late.http.get("/provider/callback", params=back).headers["location"].endswith("provider-refused")


def test_a_provider_that_leads_elsewhere_is_not_followed(
    house: ApiHouse, city: IdentityProvider, monkeypatch: pytest.MonkeyPatch
) -> None:
    with house.serves(**known(city)):
        city.moved = "http://169.254.169.254/latest/meta-data/"
        refused = house.stranger().post("/provider/start")
        assert (refused.status_code, refused.json()["code"]) == (503, "provider-away")
        assert "169.254" not in refused.text
        city.moved = ""
        honest = city.document()
        for lie in (
            {"token_endpoint": "http://169.254.169.254/token"}, {"jwks_uri": "file:///etc/passwd"},
            {"jwks_uri": "https://user@evil.example/"}, {"issuer": "https://evil.example"},
            {"token_endpoint": 7},
        ):  # fmt: skip
            monkeypatch.setattr(city, "document", lambda lie=lie: honest | lie)
            assert house.stranger().post("/provider/start").status_code == 503, lie
        monkeypatch.setattr(city, "document", lambda: honest)
        assert house.stranger().post("/provider/start").status_code == 200


def test_without_a_provider_there_is_none(dsn: str, tmp_path: Path) -> None:
    with api_house(dsn, tmp_path) as house, house.serves(passkey_sign_in=False):
        assert house.stranger().get("/provider") == {"provider": None, "passkey": False}
        assert house.stranger().post("/provider/start").status_code == 404
        assert house.stranger().post("/session/passkey/options").status_code == 403
        assert house.stranger().http.get("/provider/callback").status_code == 303
