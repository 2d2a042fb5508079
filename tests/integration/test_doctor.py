"""The doctor looks at a real database and a real broker."""

import json
from datetime import UTC, datetime, time, timedelta
from pathlib import Path

import psycopg
import pytest
from click.testing import CliRunner

from alerts.roster import store as rosters
from alerts.roster.duty import Shift
from api.doctor import commands
from api.doctor.checks import examine
from api.doctor.facts import Level
from api.doctor.knocking import Heard, knock
from api.doctor.looking import look, synchronised
from core.embedded.nats import Nats
from core.instant import from_datetime, to_datetime
from core.settings import Settings
from tests.support.village import settle

pytestmark = pytest.mark.integration


def settings_of(dsn: str, folder: Path, broker: str = "") -> Settings:
    return Settings(data_dir=folder, database_url=dsn, broker_url=broker)  # type: ignore[arg-type]


def test_the_broker_is_asked_with_the_platforms_own_login(broker: Nats, tmp_path: Path) -> None:
    wrong = broker.url.replace("platform:", "platform:x")
    assert knock(settings_of("", tmp_path, broker.url), counts=False) == Heard("")
    assert knock(settings_of("", tmp_path, wrong)).refusal == "refused"
    assert knock(settings_of("", tmp_path, "mqtt://platform:x@127.0.0.1:1")).refusal == "unreachable"


def test_a_house_whose_devices_never_spoke_and_whose_parts_do_not_run(dsn: str, tmp_path: Path) -> None:
    settle(dsn, datetime.now(UTC) - timedelta(days=3))
    facts = look(settings_of(dsn, tmp_path))
    assert facts.store is not None
    assert facts.store.devices["never_heard"].many > 0
    found = {(one.check, one.level) for one in examine(facts)}
    assert ("database", Level.WELL) in found
    assert ("parts", Level.BROKEN) in found
    assert ("devices", Level.SOON) in found
    assert facts.store.unstaffed != ()
    assert ("storage", Level.WELL) in found


def test_what_waits_is_counted_from_the_instant_it_was_due(dsn: str, tmp_path: Path) -> None:
    now = datetime.now(UTC)
    with psycopg.connect(dsn) as conn:
        conn.execute(
            "INSERT INTO quarantine (topic, digest, reason, detail, payload, home_code, device_code,"
            " first_at, last_at) VALUES ('t', 'd', 'malformed', '', '', '', '', %s, %s)", (now, now)
        )  # fmt: skip
        conn.execute("INSERT INTO heartbeat VALUES ('ingest', %s)", (now,))
    facts = look(settings_of(dsn, tmp_path))
    assert facts.store is not None
    assert facts.store.quarantine["malformed"][0] == 1
    assert abs(facts.store.beats["ingest"] - now) < timedelta(seconds=1)
    assert facts.store.waiting.notification is None
    assert facts.second == to_datetime(1_000_000) - to_datetime(0)


def test_without_a_database_the_command_says_so_and_ends_with_status_2(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(commands, "load", lambda: settings_of("host=/nowhere", tmp_path))
    answer = CliRunner().invoke(commands.doctor, ["--json"])
    assert answer.exit_code == 2
    remarks = {one["check"]: one for one in json.loads(answer.output)}
    assert remarks["database"]["key"] == "doctor.database.away"
    said = CliRunner().invoke(commands.doctor, ["--language", "en"])
    assert "BROKEN  database      The database does not answer" in said.output


def test_the_kernel_is_asked_about_the_clock() -> None:
    assert synchronised() in (True, False, None)


def test_hours_without_anybody_on_duty_are_found_in_the_rosters(dsn: str, tmp_path: Path) -> None:
    now = datetime.now(UTC)
    settle(dsn, now - timedelta(days=3))
    with psycopg.connect(dsn) as conn:
        [(station,)] = conn.execute("SELECT id FROM station WHERE code = 'east'").fetchall()
        [(account,)] = conn.execute(
            "INSERT INTO account (login, name, password_hash, language, created_at)"
            " VALUES ('mei', 'Mei', '', 'zh', %s) RETURNING id", (now,)
        ).fetchall()  # fmt: skip
        conn.execute(
            "INSERT INTO role_grant (account_id, role, station_id, granted_at)"
            " VALUES (%s, 'operator', %s, %s)",
            (account, station, now),
        )
        every_day, day = frozenset(range(1, 8)), now.date() - timedelta(days=2)
        half = Shift("operator", account, every_day, time(8), time(20), day)
        rosters.put_shift(conn, station, half, from_datetime(now))
    facts = look(settings_of(dsn, tmp_path))
    assert facts.store is not None
    assert [(gap.station, gap.role, gap.zone) for gap in facts.store.gaps] == [
        ("east", "operator", "Asia/Shanghai")
    ]
    told = [one for one in examine(facts) if one.key == "doctor.rosters.operator"]
    assert [one.params["station"] for one in told] == ["east"]
    assert "east" not in facts.store.unstaffed
