"""A community is taken in once, moves leave history, and the database gives no secret away."""

import json
import os
import subprocess
import sys
from datetime import UTC, datetime, timedelta

import msgspec
import psycopg
import pytest

from care import admission, secret
from care.community import Community, Resident, Station, parse
from care.store import registry as store
from care.store.errors import CareError, Conflict

pytestmark = pytest.mark.integration

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
DOCUMENT = {
    "stations": [
        {"code": "city", "level": "city", "name": "市"},
        {"code": "east", "level": "community", "name": "东社区", "parent": "city"},
        {"code": "west", "level": "community", "name": "西社区", "parent": "city"},
    ],
    "homes": [
        {
            "code": "h1",
            "station": "east",
            "residents": [
                {
                    "name": "Elder One",
                    "contacts": [{"name": "Daughter"}, {"name": "Neighbour"}],
                    "consents": ["a"],
                }
            ],
            "devices": [
                {"code": "h1-watch", "kind": "wearable", "site": "wrist", "wearer": 0},
                {"code": "h1-door", "kind": "door", "room": "hallway", "secret": "burnt in by its maker"},
            ],
        }
    ],
}


@pytest.fixture
def conn(dsn):
    with psycopg.connect(dsn) as connection:
        yield connection


def community(**changes) -> Community:
    home = {**DOCUMENT["homes"][0], **changes}
    return parse(json.dumps({**DOCUMENT, "homes": [home]}).encode())


def count(conn, table: str) -> int:
    return conn.execute(
        psycopg.sql.SQL("SELECT count(*) FROM {}").format(psycopg.sql.Identifier(table))
    ).fetchone()[0]


def test_a_document_taken_in_twice_adds_nothing(conn):
    first = admission.admit(conn, community(), NOON)
    again = admission.admit(conn, community(), NOON + timedelta(days=1))
    assert (first.residents, again.residents) == (1, 0)
    assert set(first.secrets) == {"h1-watch"}
    assert again.secrets == {}
    tables = ("station", "home", "resident", "residence", "contact", "consent", "device", "installation")
    assert [count(conn, table) for table in tables] == [3, 1, 1, 1, 2, 1, 2, 2]


def test_a_stations_path_leads_from_the_root(conn):
    admission.admit(conn, community(), NOON)
    below = conn.execute(
        "SELECT s.code FROM station s, station c WHERE c.code = 'city' AND s.path <@ c.path ORDER BY s.code"
    ).fetchall()
    assert [row[0] for row in below] == ["city", "east", "west"]


def test_history_may_begin_before_the_home_was_taken_in(conn):
    admission.admit(conn, community(), NOON, since=NOON - timedelta(days=21))
    wearer = conn.execute(
        "SELECT resident_id FROM installation i JOIN device d ON d.id = i.device_id"
        " WHERE d.code = 'h1-watch' AND during @> %s::timestamptz",
        (NOON - timedelta(days=20),),
    ).fetchone()
    assert wearer[0] is not None


def test_a_move_closes_one_period_and_opens_the_next(conn):
    admission.admit(conn, community(), NOON)
    home_id, _ = store.home(conn, "h1")
    [(resident, _)] = store.living_in(conn, home_id, NOON)
    other, _ = store.put_home(conn, parse(b'{"homes":[{"code":"h2","station":"west"}]}').homes[0], NOON)
    moved = NOON + timedelta(days=3)
    store.move(conn, resident, other, moved)
    assert store.living_in(conn, home_id, moved) == []
    assert store.living_in(conn, other, moved)[0][0] == resident
    assert store.living_in(conn, home_id, moved - timedelta(seconds=1))[0][0] == resident


def test_a_device_hung_elsewhere_is_no_longer_where_it_was(conn):
    admission.admit(conn, community(), NOON)
    home_id, _ = store.home(conn, "h1")
    door = store.device_id(conn, "h1-door")
    later = NOON + timedelta(hours=1)
    store.install(conn, door, home_id, None, "kitchen", "", since=later)
    rooms = conn.execute(
        "SELECT room, upper(during) FROM installation WHERE device_id = %s ORDER BY lower(during)", (door,)
    ).fetchall()
    assert rooms == [("hallway", later), ("kitchen", None)]


def test_history_is_not_rewritten_by_an_earlier_date(conn):
    admission.admit(conn, community(), NOON)
    home_id, _ = store.home(conn, "h1")
    with pytest.raises(Conflict):
        store.install(conn, store.device_id(conn, "h1-door"), home_id, None, "bath", "", since=NOON)


def test_a_device_never_changes_its_kind(conn):
    admission.admit(conn, community(), NOON)
    other = community(devices=[{"code": "h1-door", "kind": "pir"}])
    with pytest.raises(Conflict, match="is a door, not a pir"):
        admission.admit(conn, other, NOON)


@pytest.mark.parametrize(
    "wrong",
    [
        {"station": "nowhere"},
        {"devices": [{"code": "x", "kind": "wearable", "wearer": 1}]},
        {"devices": [{"code": "x", "kind": "pir", "secret": "short"}]},
    ],
)
def test_a_document_that_does_not_fit_changes_nothing(conn, wrong):
    with pytest.raises(CareError):
        admission.admit(conn, community(**wrong), NOON)
    assert count(conn, "station") == 0


def test_only_the_hash_of_a_secret_is_kept(conn):
    done = admission.admit(conn, community(), NOON)
    stored = dict(
        conn.execute("SELECT code, bcrypt FROM device_secret JOIN device ON device.id = device_id").fetchall()
    )
    assert secret.matches(done.secrets["h1-watch"], stored["h1-watch"])
    assert secret.matches("burnt in by its maker", stored["h1-door"])
    assert not secret.matches("burnt in by its maker", stored["h1-watch"])
    assert all(hashed.startswith("$2a$04$") for hashed in stored.values())


def test_everyone_who_keeps_a_directory_hears_of_it_when_it_is_true(conn, dsn):
    with psycopg.connect(dsn, autocommit=True) as ear:
        ear.execute("LISTEN devices")
        with conn.transaction():
            admission.admit(conn, community(), NOON)
            assert list(ear.notifies(timeout=0.2)) == []
        assert [notice.channel for notice in ear.notifies(timeout=5, stop_after=1)] == ["devices"]


def test_consent_is_given_once_and_can_be_withdrawn_and_given_again(conn):
    admission.admit(conn, community(), NOON)
    [(resident, _)] = store.living_in(conn, store.home(conn, "h1")[0], NOON)
    store.give_consent(conn, resident, "a", NOON + timedelta(days=1))
    assert count(conn, "consent") == 1
    assert store.withdraw_consent(conn, resident, "a", NOON + timedelta(days=2))
    assert not store.withdraw_consent(conn, resident, "a", NOON + timedelta(days=2))
    store.give_consent(conn, resident, "a", NOON + timedelta(days=3))
    assert count(conn, "consent") == 2


def test_a_withdrawal_outlasts_the_document(conn):
    since = NOON - timedelta(days=9)
    admission.admit(conn, community(), NOON, since)
    [(resident, _)] = store.living_in(conn, store.home(conn, "h1")[0], NOON)
    store.withdraw_consent(conn, resident, "a", NOON + timedelta(days=1))
    admission.admit(conn, community(), NOON + timedelta(days=2), since)  # the very same instant again
    admission.admit(conn, community(), NOON + timedelta(days=3))
    assert conn.execute("SELECT withdrawn_at FROM consent").fetchall() == [(NOON + timedelta(days=1),)]


def test_a_document_says_where_somebody_may_be(conn):
    def fenced(*fences) -> Community:
        return community(residents=[{"name": "Elder One", "fences": list(fences)}])

    park = {"name": "park", "points": [[34.8, 114.3]], "radius_m": 300, "from": "06:30", "until": "20:00"}
    block = {"points": [[34.8, 114.3], [34.9, 114.3], [34.9, 114.4]]}
    columns = "SELECT name, lats, radius_m, from_minute, until_minute FROM geofence ORDER BY id"
    admission.admit(conn, fenced(park, block), NOON)
    admission.admit(conn, fenced(park, block), NOON)
    assert conn.execute(columns).fetchall() == [
        ("park", [34.8], 300.0, 390, 1200), ("", [34.8, 34.9, 34.9], None, 0, 0),
    ]  # fmt: skip
    admission.admit(conn, community(), NOON)  # a document without any leaves what the pages have set
    assert count(conn, "geofence") == 2
    admission.admit(conn, fenced(block), NOON)
    assert count(conn, "geofence") == 1
    for wrong in ({"points": [[1, 2]]}, {"points": [[1, 2], [2, 3]]}, {"points": [], "radius_m": 5}):
        with pytest.raises(msgspec.ValidationError):
            fenced(wrong)


def test_who_is_taken_off_the_list_is_called_no_more(conn):
    admission.admit(conn, community(), NOON)
    [elder] = DOCUMENT["homes"][0]["residents"]
    admission.admit(conn, community(residents=[{**elder, "contacts": [{"name": "Neighbour"}]}]), NOON)
    assert conn.execute("SELECT rank, name FROM contact").fetchall() == [(1, "Neighbour")]
    admission.admit(conn, community(residents=[{**elder, "contacts": []}]), NOON)
    assert count(conn, "contact") == 0


def station_of(conn, resident: int) -> str:
    return conn.execute(
        "SELECT s.code FROM resident r JOIN station s ON s.id = r.station_id WHERE r.id = %s", (resident,)
    ).fetchone()[0]


def test_the_station_of_a_home_answers_for_those_who_live_there_now(conn):
    admission.admit(conn, community(), NOON)
    home_id, _ = store.home(conn, "h1")
    [(stays, _)] = store.living_in(conn, home_id, NOON)
    left = store.add_resident(conn, Resident(name="Elder Two"), store.home(conn, "h1")[1], NOON)
    store.move(conn, left, home_id, NOON)
    elsewhere = parse(b'{"homes":[{"code":"h2","station":"east"}]}').homes[0]
    store.move(conn, left, store.put_home(conn, elsewhere, NOON)[0], NOON + timedelta(days=1))
    admission.admit(conn, community(station="west"), NOON + timedelta(days=2))
    assert [station_of(conn, one) for one in (stays, left)] == ["west", "east"]
    store.move(conn, left, home_id, NOON + timedelta(days=3))
    assert station_of(conn, left) == "west"


@pytest.mark.parametrize("typo", ["Asia/Shanghia", "", "Asia"])
def test_a_station_in_no_time_zone_is_refused(conn, typo):
    station = Station(code="x", level="city", name="x", time_zone=typo)
    with pytest.raises(CareError, match="no time zone"):
        store.put_station(conn, station)


def nowalls(dsn: str, *words: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "NOWALLS_DATABASE_URL": dsn}
    command = [sys.executable, "-m", "core.command", *words]
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=False)


def test_a_secret_is_printed_once_and_rotated_on_demand(conn, dsn):
    admission.admit(conn, community(), NOON)
    conn.commit()
    added = nowalls(dsn, "devices", "add", "h1-pir", "--kind", "pir", "--home", "h1", "--room", "kitchen")
    assert added.returncode == 0, added.stderr
    assert added.stdout.strip() not in nowalls(dsn, "devices", "list").stdout
    rotated = nowalls(dsn, "devices", "rotate-secret", "h1-pir").stdout.strip()
    stored = conn.execute(
        "SELECT bcrypt FROM device_secret JOIN device ON device.id = device_id WHERE code = 'h1-pir'"
    ).fetchone()[0]
    assert secret.matches(rotated, stored)
    assert not secret.matches(added.stdout.strip(), stored)


def test_the_command_says_plainly_what_is_wrong(conn, dsn):
    refused = nowalls(dsn, "devices", "add", "x", "--kind", "pir", "--home", "h9")
    assert refused.returncode == 1
    assert refused.stderr.strip() == "Error: there is no home h9"


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"ability_grade": 9}, "CheckViolation (resident_ability_grade_check)"),
        ({"ability_grade": 99999}, "NumericValueOutOfRange"),
        ({"risks": "\0"}, "DataError"),
        ({"sex": "Elder Secret"}, "Invalid enum value - at `$.homes[0].residents[0].sex`"),
    ],
)
def test_what_is_refused_is_said_in_one_line_without_anybodys_name(dsn, tmp_path, wrong, said):
    path = tmp_path / "community.json"
    person = {"name": "Elder Secret", "phone": "555", **wrong}
    path.write_text(
        json.dumps({**DOCUMENT, "homes": [{"code": "h", "station": "east", "residents": [person]}]})
    )
    refused = nowalls(dsn, "community", "load", str(path))
    assert refused.returncode == 1
    [line] = refused.stderr.strip().splitlines()
    assert said in line
    assert "Secret" not in line
    assert "555" not in line


@pytest.mark.parametrize("text", [b"{", b"", b'{"homes": [}', b'{"homes": "\xff"}'])
def test_a_document_that_is_no_json_is_refused_in_one_line(dsn, tmp_path, text):
    path = tmp_path / "community.json"
    path.write_bytes(text)
    refused = nowalls(dsn, "community", "load", str(path))
    assert refused.returncode == 1
    [line] = refused.stderr.strip().splitlines()
    assert line.startswith("Error: the document cannot be read: ")
