"""The audit: every look and change is known, and nothing can be taken back unseen."""

import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import psycopg
import pytest

from api.audit import sealer
from api.audit.verify import verify
from core.access.roles import ROLES
from core.instant import to_datetime
from tests.support.api import EAST, STREET, ApiHouse, api_house, until

pytestmark = pytest.mark.integration


@pytest.fixture
def house(dsn: str, tmp_path: Path) -> Iterator[ApiHouse]:
    with api_house(dsn, tmp_path) as built, built.serves():
        yield built


def entries(house: ApiHouse, what: str = "%") -> list[tuple[Any, ...]]:
    return house.conn.execute(
        "SELECT what, residents, actions, outcome, address, incident_id::text, account_id FROM audit_entry"
        " WHERE what LIKE %s ORDER BY id",
        (what,),
    ).fetchall()


def test_every_look_and_change_is_noted_with_who_whom_and_from_where(house: ApiHouse) -> None:
    incident = house.sos(1)
    operator = house.person("operator", EAST)
    account = operator.session["account"]["id"]
    operator.get("/residents")
    operator.get("/residents/1")
    operator.act(incident, "acknowledge")
    assert operator.http.get("/residents/2").status_code == 404  # of the neighbour
    listed, shown, acted, refused = entries(house)
    assert listed == ("GET /residents", [1, 3], ["see_residents"], 200, "127.0.0.1", None, account)
    assert (shown[0], shown[1], shown[3]) == ("GET /residents/{resident}", [1], 200)
    assert (acted[0], acted[1], acted[5]) == ("POST /incidents/{incident}/actions", [1], incident)
    assert (refused[1], refused[3]) == ([2], 404)
    operator.get("/session")  # of nobody's health
    assert len(entries(house)) == 4


def sealed(house: ApiHouse, at_least: int) -> None:
    def done() -> bool:
        linked, waiting = (
            house.conn.execute(f"SELECT count(*) FROM {table}").fetchone()[0]  # type: ignore[arg-type, index]
            for table in ("audit_link", "audit_pending")
        )
        return bool(linked >= at_least and waiting == 0)

    until(done)


def test_who_dumps_the_database_keeps_nobody_waiting_and_is_not_ended(
    house: ApiHouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sealer, "_AGAIN_S", 0.0)
    operator = house.person("operator", EAST)
    operator.get("/residents/1")
    sealed(house, 1)
    room = "SELECT to_regclass('audit_entry_202605') IS NOT NULL"
    with psycopg.connect(house.dsn) as dump:  # one table after the other, as pg_dump, and for as long
        dump.execute("LOCK TABLE audit_entry IN ACCESS SHARE MODE")
        house.wall.advance(seconds=33 * 86400)  # into the month before the one that has no room
        later = house.person("operator", EAST)
        for n in range(2, 5):
            later.get("/residents/1")
            sealed(house, n)
        dump.execute("LOCK TABLE audit_link IN ACCESS SHARE MODE")
        assert house.conn.execute(room).fetchone() == (False,)
    until(lambda: house.conn.execute(room).fetchone() == (True,))


def test_the_chain_finds_every_change_removal_and_insertion(house: ApiHouse) -> None:
    operator = house.person("operator", EAST)
    for _ in range(6):
        operator.get("/residents/1")
    sealed(house, 6)
    assert verify(house.conn, house_now(house)).faults == []
    with psycopg.connect(house.dsn, autocommit=True) as thief:  # the owner, who may switch the triggers off
        for statement in (
            "UPDATE audit_entry SET residents = '{3}'",
            "DELETE FROM audit_link",
            "TRUNCATE audit_entry",
        ):
            with pytest.raises(psycopg.errors.RaiseException, match="append-only"):
                thief.execute(statement)  # type: ignore[arg-type]

        def tampered(*statements: str) -> list[str]:
            with thief.transaction(force_rollback=True):
                for table in ("audit_entry", "audit_link"):
                    thief.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")  # type: ignore[arg-type]
                for statement in statements:
                    thief.execute(statement)  # type: ignore[arg-type]
                return verify(thief, house_now(house), [anchor]).faults

        [(last, head)] = house.conn.execute(
            "SELECT n, hash FROM audit_link ORDER BY n DESC LIMIT 1"
        ).fetchall()
        anchor = f"2026-03-01 {last} {head.hex()}"
        assert tampered() == []
        third = "(SELECT entry_id FROM audit_link WHERE n = 3)"
        assert "was changed" in tampered(f"UPDATE audit_entry SET residents = '{{3}}' WHERE id = {third}")[0]
        assert "was changed" in tampered(f"UPDATE audit_entry SET why = 'x' WHERE id = {third}")[0]
        assert "is missing" in tampered(f"DELETE FROM audit_entry WHERE id = {third}")[0]
        assert "are missing" in tampered("DELETE FROM audit_link WHERE n = 3")[0]
        assert (
            "no link"
            in tampered(
                "INSERT INTO audit_entry"
                " (at, account_id, what, actions, residents, within, why, address, outcome)"
                " VALUES ('2026-02-01', 1, 'GET /x', '{}', '{1}', '{}', '', '', 200)"
            )[0]
        )
        assert (
            "ends before the anchor"
            in tampered(
                "DELETE FROM audit_entry WHERE id IN"
                f" (SELECT entry_id FROM audit_link WHERE n >= {last - 1})",
                f"DELETE FROM audit_link WHERE n >= {last - 1}",
            )[0]
        )


def test_the_newest_cannot_be_taken_away_for_longer_than_ten_minutes(house: ApiHouse) -> None:
    """A line in a file, every ten minutes: who owns the database alone cannot cut the end off unseen."""
    operator, file = house.person("operator", EAST), house.folder / "audit" / "anchors"

    def noted() -> list[str]:
        return file.read_text().splitlines() if file.exists() else []

    def more_than(before: int) -> None:
        operator.get("/residents/1")
        until(lambda: len(noted()) > before)

    more_than(0)
    house.wall.advance(minutes=10)
    more_than(len(noted()))
    first, last = noted()[0], noted()[-1]
    assert int(first.split()[1]) < int(last.split()[1])
    assert file.parent.stat().st_mode & 0o777 == 0o700
    assert verify(house.conn, house_now(house), noted()).faults == []
    with psycopg.connect(house.dsn, autocommit=True) as thief, thief.transaction(force_rollback=True):
        for table in ("audit_entry", "audit_link"):
            thief.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")  # type: ignore[arg-type]
        cut = (int(last.split()[1]),)
        thief.execute(
            "DELETE FROM audit_entry WHERE id IN (SELECT entry_id FROM audit_link WHERE n >= %s)", cut
        )
        thief.execute("DELETE FROM audit_link WHERE n >= %s", cut)
        assert verify(thief, house_now(house)).faults == [], "by itself the database does not tell"
        assert "ends before the anchor" in verify(thief, house_now(house), noted()).faults[0]


def house_now(house: ApiHouse) -> datetime:
    return to_datetime(house.wall.now()) + timedelta(hours=1)


def test_the_roles_of_the_api_can_only_add(house: ApiHouse) -> None:
    house.person("operator", EAST).get("/residents/1")
    for role in ROLES:
        with psycopg.connect(house.dsn, autocommit=True, options=f"-c role={role}") as conn:
            for statement in (
                "UPDATE audit_entry SET why = ''", "DELETE FROM audit_entry", "TRUNCATE audit_entry",
                "UPDATE audit_link SET n = 1", "DELETE FROM audit_link", "DROP TABLE audit_entry",
                "ALTER TABLE audit_entry DISABLE TRIGGER ALL", "DELETE FROM audit_anchor",
            ):  # fmt: skip
                with pytest.raises(psycopg.errors.InsufficientPrivilege):
                    conn.execute(statement)  # type: ignore[arg-type]


def test_whatever_route_shows_a_person_the_audit_names_them(house: ApiHouse) -> None:
    """Every route that is read: where a name, an address or a risk of a resident comes out, the entry of the
    request bears that resident."""
    chief, incident = house.person("administrator", STREET), house.sos(1)
    house.conn.execute("UPDATE resident SET risks = 'seizures' WHERE id = 1")
    own = {"resident": 1, "station": EAST, "home": 1, "incident": incident, "device": 1, "account": 1,
           "day": "2026-03-01", "purpose": "family_view", "metric": "heart_rate", "kind": "fall"}  # fmt: skip
    document = chief.http.get("/openapi.json").json()["paths"]
    paths = [path.removeprefix("/api/v1") for path, methods in document.items() if "get" in methods]
    paths += [f"{house.url}/fhir/{kind}" for kind in ("Patient", "Patient/1", "DetectedIssue", "Flag")]
    shown, unnamed = 0, []
    for path in paths:
        answer = chief.http.get(re.sub(r"{(\w+)}", lambda name: str(own.get(name[1], 1)), path))
        text = answer.text if answer.is_success else ""
        if not re.search(r"Resident 1\b|1 Lane|seizures", text):
            continue
        shown += 1
        entry = house.conn.execute(
            "SELECT what, residents, cardinality(within) FROM audit_entry ORDER BY id DESC LIMIT 1"
        ).fetchone()
        if entry is None or not (1 in entry[1] or entry[2]):
            unnamed.append((path, entry))
    assert unnamed == []
    assert shown >= 10


def test_the_live_feed_is_accounted_for(house: ApiHouse) -> None:
    operator = house.person("operator", EAST)
    with operator.listens() as ear:
        house.sos(1)
        ear.incident()
    until(lambda: entries(house, "WS %"))
    what, residents, *_ = entries(house, "WS %")[0]
    assert (what, residents) == ("WS /live", [1])
