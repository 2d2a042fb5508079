"""Breaking the glass: at once, for an hour, told to the administrators, reviewed by somebody else."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from care.store import people
from tests.support.api import EAST, WEST, ApiHouse, api_house

pytestmark = pytest.mark.integration
WHY = "Neighbour heard calls for help behind the door"


@pytest.fixture
def house(dsn: str, tmp_path: Path) -> Iterator[ApiHouse]:
    with api_house(dsn, tmp_path) as built, built.serves():
        yield built


def test_an_operator_opens_somebody_elsewhere_for_an_hour_and_it_is_reviewed(house: ApiHouse) -> None:
    house.conn.execute("INSERT INTO contact (resident_id, rank, name, phone) VALUES (2, 1, 'Son', '555')")
    incident = house.sos(2)
    east, west = house.person("operator", EAST), house.person("administrator", WEST)
    assert east.http.get("/residents/2").status_code == 404
    assert east.post("/emergencies", resident_id=1, reason=WHY).json()["code"] == "in-scope"
    assert east.post("/emergencies", resident_id=99, reason=WHY).status_code == 404
    assert east.post("/emergencies", resident_id=2, reason="quick").status_code == 422
    answer = east.post("/emergencies", home="h2", reason=WHY)
    assert answer.status_code == 201, answer.text
    [opened] = answer.json()["items"]
    assert (opened["resident"]["id"], opened["reason"]) == (2, WHY)
    # At once, also telephone numbers; and nobody else of that station.
    assert east.get("/residents/2")["contacts"][0]["phone"] == "555"
    assert east.get(f"/incidents/{incident}")["contacts"]
    assert east.act(incident, "acknowledge").status_code == 200
    assert east.http.get("/residents/4").status_code == 404
    # The administrators are told at once.
    assert "break_glass" in [one["kind"] for one in west.get("/incidents")["items"]]
    waiting = west.get("/emergencies", unreviewed=True)["items"]
    assert [one["id"] for one in waiting] == [opened["id"]]
    assert east.post(f"/emergencies/{opened['id']}/review", verdict="justified").status_code == 403
    reviewed = west.post(f"/emergencies/{opened['id']}/review", verdict="justified", note="a fall").json()
    assert (reviewed["verdict"], reviewed["reviewed_by"]["name"]) == (
        "justified",
        west.session["account"]["name"],
    )
    assert west.get("/emergencies", unreviewed=True)["items"] == []
    assert west.post(f"/emergencies/{opened['id']}/review", verdict="justified").status_code == 409
    noted = house.conn.execute(
        "SELECT residents, why FROM audit_entry WHERE what = 'POST /emergencies' AND outcome = 201"
    )
    assert noted.fetchall() == [([2], WHY)]
    # An hour later it is over.
    house.wall.advance(hours=1, seconds=1)
    assert east.http.get("/residents/2").status_code == 404


def test_it_can_be_given_back_and_does_not_serve_curiosity(house: ApiHouse) -> None:
    east = house.person("operator", EAST)
    [opened] = east.post("/emergencies", resident_id=2, reason=WHY).json()["items"]
    assert east.http.delete(f"/emergencies/{opened['id']}").status_code == 204
    assert east.http.get("/residents/2").status_code == 404
    codes = [east.post("/emergencies", resident_id=2, reason=WHY).status_code for _ in range(1)]
    for _ in range(3):
        house.conn.execute(
            "INSERT INTO emergency_access"
            " (account_id, resident_id, station_id, reason, opened_at, expires_at)"
            " SELECT account_id, resident_id, station_id, reason, opened_at, expires_at"
            " FROM emergency_access ORDER BY id LIMIT 1"
        )
    assert codes == [201]
    assert east.post("/emergencies", resident_id=4, reason=WHY).status_code == 429
    daughter = house.person("family", resident=1)
    assert daughter.post("/emergencies", resident_id=2, reason=WHY).status_code == 403


@pytest.mark.parametrize(
    "known",
    [
        {"home": "h2"},
        {"home": "d2"},
        {"address": "2 Willow Lane"},
        {"name": "Wang Fang", "phone": "199 0000 0002"},
        {"name": "wang fang", "phone": "+8619900000003"},
    ],
    ids=["home", "device", "address", "own telephone", "telephone of the daughter"],
)
def test_whoever_stands_at_the_door_gets_in_by_what_they_know(house: ApiHouse, known: dict[str, str]) -> None:
    known_well(house)
    answer = house.person("operator", EAST).post("/emergencies", reason=WHY, **known)
    assert answer.status_code == 201, answer.text
    [opened] = answer.json()["items"]
    assert (opened["resident"]["id"], opened["left_s"]) == (2, 3600)


def test_nobody_is_searched_for_that_way(house: ApiHouse) -> None:
    known_well(house)
    east, patient = house.person("operator", EAST), house.person("operator", EAST)
    for known in (
        {"name": "Wang Fang"},
        {"phone": "19900000002"},
        {"name": "Wang Fang", "phone": "0002"},
        {"name": "0002", "phone": "19900000002"},
        {"home": "h2", "address": "2 Willow Lane"},
    ):
        assert east.post("/emergencies", reason=WHY, **known).status_code == 422
    assert east.post("/emergencies", name="Wang", phone="19900000002", reason=WHY).status_code == 404
    assert patient.post("/emergencies", address="2 Willow", reason=WHY).status_code == 404
    # Neither fast nor patiently.
    assert east.post("/emergencies", home="h2", reason=WHY).status_code == 429
    for _ in range(9):
        assert patient.post("/emergencies", home="h9", reason=WHY).status_code == 404
        house.wall.advance(minutes=1)
    assert patient.post("/emergencies", home="h2", reason=WHY).status_code == 429
    tried = house.person("administrator").get("/audit", what="POST /emergencies", refused=True)["items"]
    assert len(tried) == 18
    assert {one["why"] for one in tried} == {"", WHY}


def known_well(house: ApiHouse) -> None:
    """Resident 2 with all that is on record: name, telephones, address, a device."""
    house.conn.execute("UPDATE resident SET name = 'Wang Fang', phone = '+8619900000002' WHERE id = 2")
    house.conn.execute(
        "INSERT INTO contact (resident_id, rank, name, phone) VALUES (2, 1, 'Lin', '199-0000-0003')"
    )
    house.conn.execute("UPDATE home SET address = '2 Willow Lane' WHERE code = 'h2'")
    people.index(house.conn)


def test_the_family_sees_who_looked_and_strangers_do_not(house: ApiHouse) -> None:
    operator, daughter = house.person("operator", EAST), house.person("family", resident=1)
    operator.get("/residents/1")
    operator.get("/residents")
    other = house.person("family", resident=3)
    looks = daughter.get("/residents/1/looks")["items"]
    assert [(one["by"]["name"], one["times"], one["family"], one["areas"]) for one in looks] == [
        (operator.session["account"]["name"], 2, False, ["list", "person"])
    ]
    assert other.http.get("/residents/1/looks").status_code == 404
    assert operator.http.get("/residents/1/looks").status_code == 403  # for the family and administrators
    administrator, west = house.person("administrator", EAST), house.person("administrator", WEST)
    assert administrator.get("/residents/1/looks")["items"]
    assert west.http.get("/residents/1/looks").status_code == 404
    found = administrator.get("/audit", resident=1, what="GET /residents")["items"]
    assert {one["by"]["id"] for one in found} >= {operator.session["account"]["id"]}
    assert west.get("/audit", resident=1, refused=False)["items"] == []
    assert [one["roles"] for one in looks] == [["operator"]]
    assert {one["name"] for entry in found for one in entry["names"] if one["id"] == 1} == {"Resident 1"}
    assert operator.http.get("/audit").status_code == 403


def test_consent_withdrawn_ends_every_view_at_once(house: ApiHouse) -> None:
    incident, daughter = house.sos(1), house.person("family", resident=1)
    with daughter.listens() as ear:
        assert daughter.get("/residents/1")
        assert daughter.get(f"/incidents/{incident}")
        house.conn.execute(
            "UPDATE consent SET withdrawn_at = given_at + interval '1 second' WHERE resident_id = 1"
        )
        for path in ("/residents/1", "/residents/1/today", "/residents/1/looks", f"/incidents/{incident}"):
            assert daughter.http.get(path).status_code == 404, path
        ear.forget()
        ear.next("heartbeat")  # the socket's scope was looked at again
        house.person("operator", EAST).act(incident, "acknowledge")
        assert ear.next("incident", "heartbeat")["type"] == "heartbeat"
    told = house.conn.execute(
        "SELECT count(*) FROM notification WHERE incident_id = %s AND recipient_kind = 'account'"
        " AND recipient_id = %s AND n > 2",
        (incident, daughter.session["account"]["id"]),
    ).fetchone()
    assert told == (0,)
