"""Everything that FHIR tells of the east, asked for by tokens of the west and by one that has ended."""

from collections.abc import Iterator
from itertools import product

import pytest

from api.fhir.capability import ACTIONS
from tests.fuzz.doors import OBSERVATION
from tests.support.api import EAST, WEST, ApiHouse, Person
from tests.support.fhir import AGREES, OTHER, fhir_house, measure, token

pytestmark = pytest.mark.integration
KINDS = sorted(ACTIONS)


@pytest.fixture(scope="module")
def house(shared_dsn: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[ApiHouse]:
    with fhir_house(shared_dsn, tmp_path_factory.mktemp("village")) as built:
        for resident in (AGREES, OTHER):
            built.sos(resident)
            measure(built, resident, heart_rate=70)
        yield built


def told(person: Person, kind: str, about: int | None = None) -> set[str]:
    """The ids of what a search brings, all its pages."""
    url = f"/{kind}" + (f"?patient={about}" if about else "")
    ids: set[str] = set()
    while url:
        answer = person.http.get(url)
        if answer.status_code != 200:
            assert answer.status_code < 500, answer.text
            return ids
        page = answer.json()
        ids |= {one["resource"]["id"] for one in page.get("entry", [])}
        links = {one["relation"]: one["url"] for one in page.get("link", [])}
        url = links.get("next", "").partition("/fhir")[2]
    return ids


@pytest.fixture(scope="module")
def secrets(house: ApiHouse) -> dict[str, set[str]]:
    """What there is about the east, as who may see it is told."""
    east = token(house, station=EAST)
    found = {kind: told(east, kind) | told(east, kind, AGREES) for kind in KINDS}
    assert sum(map(bool, found.values())) >= 7, f"there is too little to be found: {found}"
    return found


@pytest.fixture(scope="module")
def attackers(house: ApiHouse) -> dict[str, Person]:
    west = token(house, station=WEST)
    ended = token(house, station=EAST)
    house.conn.execute("UPDATE api_token SET revoked_at = made_at WHERE id = (SELECT max(id) FROM api_token)")
    return {"a token of the west": west, "a token that has ended": ended}


def test_no_search_brings_it(
    house: ApiHouse, attackers: dict[str, Person], secrets: dict[str, set[str]]
) -> None:
    for (who, person), kind in product(attackers.items(), KINDS):
        assert not told(person, kind) & secrets[kind], (who, kind)
        assert not told(person, kind, AGREES), (who, kind)


def test_no_key_opens_it(house: ApiHouse, attackers: dict[str, Person], secrets: dict[str, set[str]]) -> None:
    opened = [
        (who, kind, key, answer.status_code)
        for (who, person), kind in product(attackers.items(), KINDS)
        for key in sorted(secrets[kind])
        if (answer := person.http.get(f"/{kind}/{key}")).status_code not in (401, 403, 404)
    ]
    assert opened == []
    for who, person in attackers.items():
        everything = person.http.get(f"/Patient/{AGREES}/$everything")
        assert everything.status_code in (401, 404), who


def test_a_key_of_ones_own_in_the_name_of_another_opens_nothing(
    house: ApiHouse, secrets: dict[str, set[str]]
) -> None:
    """Keys name whom they are about: with one's own number put there they are nobody's."""
    west = token(house, station=WEST)
    forged = [
        (kind, key, answer.status_code, answer.text[:300])
        for kind in KINDS
        for key in sorted(secrets[kind])
        for forge in (f"{key.rpartition('.')[0]}.{OTHER}", f"{OTHER}-{key.partition('-')[2]}")
        if (answer := west.http.get(f"/{kind}/{forge}")).status_code == 200
        and f"Patient/{OTHER}" not in answer.text
    ]
    assert forged == []


def test_no_observation_is_told_of_who_is_out_of_reach(house: ApiHouse) -> None:
    west = token(house, station=WEST)
    body = {
        "resourceType": "Observation",
        "status": "final",
        "identifier": [{"system": "urn:x", "value": "1"}],
        "code": {"coding": [{"system": "http://loinc.org", "code": "8867-4"}]},
        "subject": {"reference": f"Patient/{AGREES}"},
        "effectiveDateTime": "2026-03-01T02:00:00Z",
        "valueQuantity": {"value": 70, "system": "http://unitsofmeasure.org", "code": "/min"},
    }
    answer = west.http.post("/Observation", json=body)
    assert answer.status_code in (403, 404), answer.text


def test_what_is_null_or_without_end_is_refused_and_not_a_fault(house: ApiHouse) -> None:
    """Found by `tests.fuzz requests`: the standard's check lets null pass, and JSON nests without end."""
    east = token(house, station=EAST)
    body = OBSERVATION | {"subject": {"reference": f"Patient/{AGREES}"}}
    for name in ("subject", "code", "identifier", "valueQuantity", "effectiveDateTime", "performer"):
        answer = east.http.post("/Observation", json=body | {name: None})
        assert answer.status_code in (201, 409, 422), (name, answer.text)
    quantity = {"valueQuantity": OBSERVATION["valueQuantity"] | {"value": None}}
    assert east.http.post("/Observation", json=body | quantity).status_code == 422
    for deep in (b"[" * 60_000, b'{"a":' * 12_000):
        for kind in ("Observation", "Subscription"):
            answer = east.http.post(
                f"/{kind}", content=deep, headers={"Content-Type": "application/fhir+json"}
            )
            assert answer.status_code == 400, answer.text
