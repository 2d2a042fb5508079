"""People are found by whatever is known of them, and only where one may look."""

from datetime import UTC, datetime

import psycopg
import pytest
from click.testing import CliRunner

from care import resident_commands
from care.community import Resident
from care.identity import check_letter
from care.intake.checking import check
from care.store import intake, people, registry
from care.store.errors import CareError, Conflict
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


SHEET = """姓名,服务站编号,电话,地址
林玉兰,east,13800001234,1 Willow Lane
刘云,east,,1 Willow Lane
王芳,north,,
"""


@pytest.fixture
def sheet(tmp_path):
    path = tmp_path / "people.csv"
    path.write_text(SHEET, encoding="gb18030")
    return path


def residents(dsn: str, *arguments: str):
    return CliRunner().invoke(resident_commands.residents, [*arguments, "--database-url", dsn])


def test_a_sheet_is_looked_at_first_and_taken_in_when_accepted(conn, dsn, sheet) -> None:
    looked = residents(dsn, "import", str(sheet), "--language", "en")
    assert looked.exit_code == 1
    assert "2 people could be taken in; nothing was changed" in looked.output
    assert "there is no such station" in looked.output
    assert people.find(conn, "lyl", [""]) == []

    assert "2 people taken in" in residents(dsn, "import", str(sheet), "--accept").output
    lin, liu = people.find(conn, "13800001234", [""])[0], people.find(conn, "刘云", [""])[0]
    together = "SELECT count(DISTINCT home_id) FROM residence WHERE resident_id = ANY (%s)"
    assert conn.execute(together, ([lin, liu],)).fetchone()[0] == 1

    again = residents(dsn, "import", str(sheet), "--accept")
    assert "0 people taken in" in again.output
    assert [name for (name,) in conn.execute("SELECT name FROM resident")].count("林玉兰") == 1


def test_two_who_accept_the_same_sheet_at_once_take_people_in_once(conn, dsn) -> None:
    number = "99000019430501002" + check_letter("99000019430501002")
    rows = [(2, {"name": "林玉兰", "station": "east", "identity": number})]
    preview = check(rows, intake.known(conn, rows, [""], NOON), NOON.date())
    assert intake.take_in(conn, preview.people, [""], NOON) == 1
    with pytest.raises(Conflict):
        intake.take_in(conn, preview.people, [""], NOON)
    assert people.find(conn, number[-4:], [""]) == people.find(conn, "林玉兰", [""])


def test_nobody_is_taken_into_a_station_that_is_not_ours(conn) -> None:
    rows = [(2, {"name": "林玉兰", "station": "west"})]
    preview = check(rows, intake.known(conn, rows, [""], NOON), NOON.date())
    with pytest.raises(CareError):
        intake.take_in(conn, preview.people, path(conn, "east"), NOON)
    assert [
        p.key for p in check(rows, intake.known(conn, rows, path(conn, "east"), NOON), NOON.date()).problems
    ] == ["intake.no_station"]
