"""People are found by whatever is known of them, and only where one may look."""

from datetime import UTC, datetime

import psycopg
import pytest

from care.community import Resident
from care.store import people, registry
from tests.support.village import settle

pytestmark = pytest.mark.integration

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


@pytest.fixture
def conn(dsn):
    settle(dsn, NOON)
    with psycopg.connect(dsn, autocommit=True) as connection:
        yield connection


def path(conn, code: str) -> list[str]:
    return [conn.execute("SELECT path::text FROM station WHERE code = %s", (code,)).fetchone()[0]]


def newcomer(conn, name: str, station: str, phone: str = "") -> int:
    row = conn.execute("SELECT id FROM station WHERE code = %s", (station,)).fetchone()
    return registry.add_resident(conn, Resident(name=name, phone=phone), row[0], NOON)


@pytest.mark.parametrize("many", [False, True], ids=["few people in scope", "many people in scope"])
def test_a_search_finds_people_of_the_scope_and_nobody_else(conn, monkeypatch, many: bool) -> None:
    if many:
        monkeypatch.setattr(people, "_FEW", 0)  # the other way through the index
    lin = newcomer(conn, "林玉兰", "east", "+8613800001234")
    liu = newcomer(conn, "刘云", "west", "+8613900001234")
    assert people.find(conn, "ly", path(conn, "city")) == [liu, lin]  # "ly" itself before "lyl"
    assert people.find(conn, "ly", path(conn, "east")) == [lin]
    assert people.find(conn, "1234", [*path(conn, "east"), *path(conn, "west")]) == [lin, liu]
    assert people.find(conn, "1234", [""], limit=1) == [lin]
    assert people.find(conn, "林玉兰", path(conn, "west")) == []
    assert people.find(conn, "1234", []) == []


@pytest.mark.parametrize("asked", ["", "   ", "%", "_", "\\", "\x00"])
def test_a_search_for_nothing_finds_nobody(conn, asked: str) -> None:
    newcomer(conn, "林玉兰", "east")
    assert people.find(conn, asked, [""]) == []


def test_people_who_came_before_the_index_are_found_once_it_is_made(conn) -> None:
    lin = newcomer(conn, "林玉兰", "east")
    conn.execute("DELETE FROM resident_key")
    assert people.find(conn, "lin", [""]) == []
    assert people.index(conn) == 3
    assert people.find(conn, "lin", [""]) == [lin]
