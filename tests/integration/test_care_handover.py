"""A hand-over gathers what is recorded of a person at this moment, and nothing of anybody else."""

import json
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import psycopg
import pytest
from click.testing import CliRunner

from care import resident_commands
from care.community import Contact
from care.store import handover, registry
from care.store.errors import Unknown
from core import timeseries
from core.quantity import BY_NAME
from tests.support.village import settle

pytestmark = pytest.mark.integration

NOON = datetime(2026, 3, 20, 4, tzinfo=UTC)  # noon in Shanghai


@pytest.fixture
def conn(dsn):
    settle(dsn, NOON)
    with psycopg.connect(dsn, autocommit=True) as connection:
        timeseries.make_room(connection, timeseries.engine(connection), NOON - timedelta(days=2))
        yield connection


def reading(
    conn, metric: str, value: float, minutes_ago: float, resident: int | None = 1, home: int = 1
) -> None:
    at = NOON - timedelta(minutes=minutes_ago)
    conn.execute(
        "INSERT INTO reading (time, value, home_id, device_id, resident_id, metric)"
        " VALUES (%s, %s, %s, 1, %s, %s)",
        (at, value, home, resident, BY_NAME[metric].id),
    )


def incident(conn, kind: str, state: str, hours_ago: float) -> UUID:
    key, at = uuid4(), NOON - timedelta(hours=hours_ago)
    conn.execute(
        "INSERT INTO incident (id, version, kind, severity, priority, state, station_id, resident_id,"
        " finding_id, onset, detected_at, state_since, closed_at, reason_key, reason_params)"
        " VALUES (%s, 1, %s, '', 'high', %s, 1, 1, %s, %s, %s, %s, %s, 'sos.pressed', '{}')",
        (key, kind, state, uuid4(), at, at, at, at if state == "resolved" else None),
    )
    return key


def command(dsn: str, file: str):
    arguments = ["handover", "1", file, "--database-url", dsn]
    return CliRunner().invoke(resident_commands.residents, arguments)


def test_the_last_day_of_this_person_and_of_nobody_else(conn) -> None:
    for minutes, rate in ((5, 80), (60, 120), (1500, 40)):
        reading(conn, "heart_rate", rate, minutes)
    reading(conn, "heart_rate", 200, 6, resident=2, home=2)
    reading(conn, "presence", 1, 10, resident=None)
    reading(conn, "presence", 0, 200, resident=None)
    registry.put_contacts(conn, 1, [Contact(name="A", phone="1"), Contact(name="B")])
    facts = handover.gather(conn, 1, NOON)
    assert [(v.metric, v.latest, v.least, v.greatest, v.number) for v in facts.vitals] == [
        ("heart_rate", 80, 80, 120, 2)
    ]
    assert facts.active_hours == (11,)
    assert [contact.name for contact in facts.contacts] == ["A", "B"]
    assert (facts.address, facts.station, facts.happening) == ("1 Lane", "东社区", None)


def test_it_is_about_the_latest_open_incident_or_the_one_asked_for(conn) -> None:
    old = incident(conn, "fall", "resolved", 5)
    incident(conn, "sos", "open", 2)
    incident(conn, "inactivity", "acknowledged", 1)
    assert handover.gather(conn, 1, NOON).happening.state == "acknowledged"
    assert handover.gather(conn, 1, NOON, old).happening.state == "resolved"
    assert handover.gather(conn, 2, NOON, old).happening is None  # somebody else's


def test_nobody_is_nobody(conn) -> None:
    with pytest.raises(Unknown):
        handover.gather(conn, 99, NOON)


def test_the_command_writes_a_file_only_its_owner_reads(conn, dsn, tmp_path) -> None:
    for name, start in (("page.pdf", b"%PDF"), ("page.json", b"{")):
        file = tmp_path / name
        done = CliRunner().invoke(
            resident_commands.residents, ["handover", "1", str(file), "--database-url", dsn]
        )
        assert done.exit_code == 0, done.output
        assert file.read_bytes().startswith(start)
        assert file.stat().st_mode & 0o077 == 0
    assert json.loads((tmp_path / "page.json").read_text())["type"] == "collection"
    refused = CliRunner().invoke(
        resident_commands.residents, ["handover", "1", "x.doc", "--database-url", dsn]
    )
    assert refused.exit_code == 1
