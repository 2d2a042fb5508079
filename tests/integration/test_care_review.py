"""A second pair of eyes: quiet hours, months that end, moves, races, things that do not lapse."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import psycopg
import pytest

from care.store import statistics
from tests.support.api import CITY, EAST, WEST, ApiHouse, Person
from tests.support.care_house import as_new, shared

pytestmark = pytest.mark.integration


@pytest.fixture(scope="module")
def built(server: Any, template: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[ApiHouse]:
    with shared(server, template, tmp_path_factory.mktemp("care")) as house:
        yield house


@pytest.fixture
def house(built: ApiHouse) -> ApiHouse:
    return as_new(built)


def ok(answer: Any) -> Any:
    assert answer.is_success, answer.text
    return answer.json() if answer.content else None


def contacts(desk: Person, resident: int, *people: dict[str, Any]) -> None:
    ok(desk.http.put(f"/care/residents/{resident}/contacts", json={"items": list(people)}))


def lin(name: str, start: str | None = None, end: str | None = None) -> dict[str, Any]:
    return {
        "name": name,
        "relation": "daughter",
        "phone": "13900000002",
        "quiet_from": start,
        "quiet_until": end,
    }


def told_contacts(house: ApiHouse, incident: str) -> list[str]:
    asked = (
        "SELECT c.name FROM notification n JOIN contact c ON c.id = n.recipient_id"
        " WHERE n.recipient_kind = 'contact' AND n.incident_id = %s ORDER BY c.rank"
    )
    return [row[0] for row in house.conn.execute(asked, (incident,))]


def test_an_incident_says_who_does_not_want_to_be_called_now(house: ApiHouse) -> None:
    desk = house.person("operator", EAST)
    # It is 11:00 in the village: one contact's hours hold, the other's are over.
    contacts(desk, 1, lin("Day sleeper", "10:00", "12:00"), lin("Night sleeper", "22:00", "06:00"))
    full = desk.get(f"/incidents/{house.sos()}")
    assert [(one["name"], one["quiet_from"], one["resting"]) for one in full["contacts"]] == [
        ("Day sleeper", "10:00", True),
        ("Night sleeper", "22:00", False),
    ]
    assert [one["resting"] for one in desk.get("/residents/1")["contacts"]] == [True, False]


@pytest.mark.parametrize(("kind", "told"), [("sos", ["Day sleeper"]), ("water", ["Night sleeper"])])
def test_only_what_is_urgent_wakes_a_contact(house: ApiHouse, kind: str, told: list[str]) -> None:
    contacts(
        house.person("operator", EAST), 1,
        lin("Day sleeper", "10:00", "13:00"), lin("Night sleeper", "22:00", "06:00"),
    )  # fmt: skip
    finding = house.finds(kind)
    (incident,) = house.conn.execute(
        "SELECT id FROM incident WHERE finding_id = %s", (finding.id,)
    ).fetchone()  # type: ignore[misc]
    for _ in range(12):
        if told_contacts(house, incident):
            break
        house.clock.advance(minutes=1)
        house.engine_works()
    assert told_contacts(house, incident) == told


def test_of_an_incident_of_a_couples_home_both_peoples_contacts_are_shown(house: ApiHouse) -> None:
    desk = house.person("operator", EAST)
    wife = ok(desk.post("/care/residents", name="林玉兰", home_id=1, living="couple"))["id"]
    contacts(desk, 1, lin("Son"))
    contacts(desk, wife, lin("Daughter"))
    finding = house.finds("smoke", resident=None)
    (incident,) = house.conn.execute(
        "SELECT id FROM incident WHERE finding_id = %s", (finding.id,)
    ).fetchone()  # type: ignore[misc]
    shown = desk.get(f"/incidents/{incident}")["contacts"]
    assert [(one["name"], one["of"]) for one in shown] == [("Son", shown[0]["of"]), ("Daughter", "林玉兰")]
    assert shown[0]["of"] not in ("", "林玉兰")


def at(text: str) -> datetime:
    """An instant by the clock on the wall of the village."""
    return datetime.fromisoformat(f"{text}+08:00").astimezone(UTC)


def take_in(house: ApiHouse, when: str, name: str, home: int = 1) -> int:
    house.clock.instant = house.wall.instant = int(at(when).timestamp() * 1e6)
    desk = house.person("administrator", CITY)
    body = {"name": name, "home_id": home, "category": "key"}
    return int(ok(desk.post("/care/residents", **body))["id"])


def test_who_left_on_the_last_day_of_a_month_is_not_among_its_missing(house: ApiHouse) -> None:
    left = take_in(house, "2025-12-05T09:00", "早走的人")
    chief = house.person("administrator", CITY)
    house.clock.advance(days=60)
    ok(chief.post(f"/care/residents/{left}/leave", on="2026-01-31", why="moved away"))
    month = {"month": "2026-02", "category": "key"}
    rows = chief.get("/care/visits/coverage", month="2026-02")["categories"]
    assert [row for row in rows if row["category"] == "key"] == []
    assert chief.get("/care/visits/missing", **month)["items"] == []
    assert chief.get("/care/visits/missing", month="2026-01", category="key")["items"] == []


@pytest.mark.parametrize(
    ("when", "february", "march"),
    [("2026-02-28T23:59", 1, 0), ("2026-03-01T00:01", 0, 1)],
)
def test_a_month_ends_at_the_stations_own_midnight(
    house: ApiHouse, when: str, february: int, march: int
) -> None:
    one = take_in(house, "2026-01-05T09:00", "甲")
    house.clock.instant = house.wall.instant = int(at("2026-03-02T09:00").timestamp() * 1e6)
    desk = house.person("operator", EAST)
    ok(desk.post("/care/visits", resident_id=one, way="home", result="well", at=at(when).isoformat()))
    met = {}
    for month in ("2026-02", "2026-03"):
        rows = desk.get("/care/visits/coverage", month=month)["categories"]
        met[month] = sum(row["met"] for row in rows if row["category"] == "key")
        missing = desk.get("/care/visits/missing", month=month, category="key")["items"]
        assert (one in [row["resident"]["id"] for row in missing]) is (met[month] == 0)
    assert met == {"2026-02": february, "2026-03": march}


def test_who_moves_in_mid_month_is_counted_once(house: ApiHouse) -> None:
    one = take_in(house, "2026-01-05T09:00", "甲")
    house.clock.instant = house.wall.instant = int(at("2026-02-10T09:00").timestamp() * 1e6)
    chief, helper = house.person("administrator", CITY), house.person("responder", EAST)
    ok(helper.post("/care/visits", resident_id=one, way="home", result="well"))
    chief.get("/care/visits/coverage", month="2026-02")
    house.clock.advance(days=5)
    ok(chief.post(f"/care/residents/{one}/move", home_id=2))
    covered = chief.get("/care/visits/coverage", month="2026-02")
    keys = [row for row in covered["stations"] if row["category"] == "key"]
    assert [(row["station"]["id"], row["people"], row["met"]) for row in keys] == [(WEST, 1, 1)]


@pytest.mark.parametrize("month", ["9999-12", "0001-01"])
def test_the_ends_of_time_are_refused_not_stumbled_over(house: ApiHouse, month: str) -> None:
    chief = house.person("administrator", CITY)
    for path in ("/care/visits/coverage", "/care/visits/missing", "/care/settlement"):
        assert chief.http.get(path, params={"month": month}).status_code in (200, 422), path


def test_a_change_nobody_looked_at_stays_due(house: ApiHouse) -> None:
    desk = house.person("operator", EAST)
    ok(desk.post("/care/residents/1/changes", what="Out of hospital"))
    house.clock.advance(days=70)
    desk = house.person("operator", EAST)
    first = desk.get("/care/visits/due", within_h=24)["items"]
    assert [one["why"] for one in first if one["resident"]["id"] == 1] == ["change"]


def test_two_volunteers_who_pass_time_to_each_other_at_once_both_get_it(house: ApiHouse) -> None:
    chief, desk = house.person("administrator", CITY), house.person("operator", EAST)
    helpers = [house.person("responder", EAST) for _ in range(2)]
    keys = [one.session["account"]["id"] for one in helpers]
    for key, helper in zip(keys, helpers, strict=True):
        ok(chief.post("/care/volunteers", account_id=key, station_id=EAST))
        house.clock.advance(minutes=1)
        seen = {"way": "home", "result": "well", "minutes": 120, "again": True}
        made = ok(helper.post("/care/visits", resident_id=1, **seen))
        ok(desk.http.post(f"/care/visits/{made['id']}/confirm"))

    def pass_on(way: int) -> int:
        wish = {"request": str(uuid4()), "to_kind": "volunteer", "to_id": keys[1 - way], "minutes": 1}
        return helpers[way].post("/care/time/transfers", **wish).status_code

    with ThreadPoolExecutor(8) as pool:
        assert set(pool.map(pass_on, [0, 1] * 20)) == {200}
    assert [one.get("/care/time")["balance_min"] for one in helpers] == [120, 120]


def test_a_visit_that_ends_while_a_month_is_counted_is_in_the_figure(house: ApiHouse) -> None:
    one, february = take_in(house, "2026-01-05T09:00", "甲"), datetime(2026, 2, 1).date()
    house.clock.instant = house.wall.instant = int(at("2026-02-10T09:00").timestamp() * 1e6)
    write = (
        "INSERT INTO visit (resident_id, station_id, at, way, result, written_at)"
        " VALUES (%s, %s, %s, 'home', 'well', %s)"
    )
    when = at("2026-02-09T10:00")
    with psycopg.connect(house.dsn) as slow:
        house.conn.execute(write, (3, EAST, when, when))  # the month is to be counted again
        slow.execute(write, (one, EAST, when, when))  # and somebody else's visit is not yet committed
        statistics.coverage(house.conn, [""], february)
        slow.commit()
    assert statistics.coverage(house.conn, [""], february).categories["key"] == (1, 1)
