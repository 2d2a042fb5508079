"""What people may ask of whoever keeps their data: to be asked, to get everything, to be forgotten."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.support.api import EAST, ApiHouse, Person
from tests.support.care_house import as_new, shared

pytestmark = pytest.mark.integration

WORDS = {"zh": "我同意由我指定的家人查看我的日常状况，新的措辞。", "en": "I agree, in words that are newer."}


@pytest.fixture(scope="module")
def built(server: Any, template: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[ApiHouse]:
    with shared(server, template, tmp_path_factory.mktemp("rights")) as house:
        yield house


@pytest.fixture
def house(built: ApiHouse) -> ApiHouse:
    return as_new(built)


def code(answer: Any) -> tuple[int, str]:
    return answer.status_code, answer.json().get("code", "")


def agrees(person: Person, purpose: str, given: bool = True, resident: int = 1) -> dict[str, Any]:
    """The consents of the purpose after it was given or withdrawn, the latest first."""
    answer = person.http.put(f"/care/residents/{resident}/consents/{purpose}", json={"given": given})
    assert answer.status_code == 200, answer.text
    return next(one for one in answer.json()["consents"] if one["purpose"] == purpose)


def test_who_agreed_is_asked_again_when_the_words_are_new(house: ApiHouse) -> None:
    chief, desk, daughter = house.person("administrator"), house.person("operator", EAST), house.person(
        "family", resident=1
    )  # fmt: skip
    assert daughter.http.get("/residents/1").status_code == 200
    before = house.conn.execute(
        "SELECT max(version) FROM consent_text WHERE purpose = 'family_view'"
    ).fetchone()
    wish = {"purpose": "family_view", **WORDS}
    assert code(desk.post("/care/consent-texts", **wish, anew=False)) == (403, "not-permitted")
    assert chief.post("/care/consent-texts", **wish, anew=False).status_code == 201
    kept = desk.get("/care/residents/1")["consents"][0]
    assert (kept["outdated"], kept["holds"]) == (True, True)
    assert daughter.http.get("/residents/1").status_code == 200
    assert chief.post("/care/consent-texts", **wish, anew=True).status_code == 201
    kept = desk.get("/care/residents/1")["consents"][0]
    assert (kept["outdated"], kept["holds"]) == (True, False)
    assert daughter.http.get("/residents/1").status_code == 404, "those words mean something else"
    house.clock.advance(seconds=1)
    fresh = agrees(desk, "family_view")
    assert (fresh["version"], fresh["outdated"], fresh["holds"]) == (before[0] + 2, False, True)
    assert fresh["given_by"] == desk.session["account"]["name"]
    assert daughter.http.get("/residents/1").status_code == 200
    latest = [one for one in daughter.get("/care/consent-texts")["items"] if one["latest"]]
    assert len(latest) == 5
    house.clock.advance(seconds=1)
    gone = agrees(desk, "family_view", False)
    assert gone["withdrawn_by"] == desk.session["account"]["name"]
    assert daughter.http.get("/residents/1").status_code == 404
    rows = house.conn.execute("SELECT count(*) FROM consent WHERE resident_id = 1 AND withdrawn_at IS NULL")
    assert rows.fetchone() == (0,), "every version is withdrawn"


def test_nothing_is_handed_over_without_consent_unless_a_life_depends_on_it(house: ApiHouse) -> None:
    desk = house.person("operator", EAST)
    path = "/care/residents/1/handover?format=fhir"
    assert code(desk.http.get(path)) == (403, "no-consent")
    agrees(desk, "handover")
    assert desk.http.get(path).status_code == 200
    house.clock.advance(seconds=1)
    agrees(desk, "handover", False)
    assert code(desk.http.get(path)) == (403, "no-consent")
    house.sos()
    assert desk.http.get(path).status_code == 200
    why = house.conn.execute(
        "SELECT why FROM audit_entry WHERE what LIKE '%handover' AND outcome = 200 ORDER BY id DESC LIMIT 1"
    ).fetchone()
    assert why is not None and why[0].startswith("life-saving, PIPL art. 13(4): incident ")


def test_whoever_no_longer_agrees_to_be_watched_is_not_watched(house: ApiHouse) -> None:
    desk = house.person("operator", EAST)
    house.clock.advance(seconds=1)
    agrees(desk, "monitoring")
    assert len(desk.get("/care/residents/1")["devices"]) == 5
    house.clock.advance(seconds=1)
    agrees(desk, "monitoring", False)
    assert desk.get("/care/residents/1")["devices"] == []
    hung = house.conn.execute("SELECT count(*) FROM installation WHERE home_id = 3 AND upper_inf(during)")
    assert hung.fetchone() == (5,), "others go on"
